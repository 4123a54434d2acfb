// An organization's copies of national do-not-call lists, in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"

namespace overture::compliance {

struct Registry {
    std::string
        name;  ///< "us-dnc": what rule packs call it; any other name is a list of the organization's own
    std::string country;  ///< alpha-2, or ""
    Instant asOf;         ///< when the copy was fetched
    Instant importedAt;
    std::int64_t entries = 0;
    std::optional<int> maxAgeDays{};  ///< the organization's own limit
    Json source = Json::object();     ///< {files, lines, bad, other}
};

std::vector<Registry> registries(store::Transaction& tx, const OrganizationId& organization);

/// Makes these numbers (ascending, each once, as NumberList::take() gives them) the whole of the registry, from the commit on;
/// look-ups see the old list until then and wait for nothing. False, and nothing of it, when the copy that is there is a
/// later one: roll back then. `registry.entries` is ignored.
bool replaceRegistry(store::Transaction& tx, const OrganizationId& organization, const Registry& registry,
                     const std::vector<std::uint64_t>& numbers);

/// False when there is none of this name.
bool removeRegistry(store::Transaction& tx, const OrganizationId& organization, const std::string& name);

/// A registry that a plugin answers for, number by number, instead of a copy that we keep.
struct RegistrySource {
    std::string name, country;  ///< as Registry's
    BindingId binding;
    std::optional<int> maxAgeDays{};
};
std::vector<RegistrySource> registrySources(store::Transaction& tx, const OrganizationId& organization);
std::optional<BindingId> registryBinding(store::Transaction& tx, const OrganizationId& organization,
                                         const std::string& name);
/// Writes it, or changes it; what was answered before is forgotten. The binding must exist.
void saveRegistrySource(store::Transaction& tx, const OrganizationId& organization,
                        const RegistrySource& source, Instant now);
/// And its answers. False when there is none of this name.
bool removeRegistrySource(store::Transaction& tx, const OrganizationId& organization,
                          const std::string& name);

/// What a registry said of a number, as of when. An earlier word than the one that is kept changes nothing.
void saveRegistryAnswer(store::Transaction& tx, const OrganizationId& organization, const std::string& name,
                        const std::string& address, bool listed, Instant asOf, Instant now);

}  // namespace overture::compliance
