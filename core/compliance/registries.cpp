#include "compliance/registries.hpp"

#include "queries/compliance.hpp"

namespace overture::compliance {
namespace {

constexpr std::size_t kBlocksAtOnce = 20'000;

/// Blocks as rows to copy, so many at a time.
class BlockWriter {
public:
    BlockWriter(store::Transaction& tx, const OrganizationId& organization, std::string registry,
                std::string edition)
        : tx_(tx),
          organization_(organization.text()),
          registry_(std::move(registry)),
          edition_(std::move(edition)) {}

    void write(const std::vector<std::uint64_t>& numbers) {
        for (std::size_t at = 0; at < numbers.size();) at = block(numbers, at);
        flush();
    }

private:
    std::size_t block(const std::vector<std::uint64_t>& numbers, std::size_t at) {
        const auto block = numbers[at] >> 16;
        std::string rest = "{";
        for (; at < numbers.size() && numbers[at] >> 16 == block; ++at) {
            if (rest.size() > 1) rest += ',';
            rest += std::to_string(static_cast<int>(numbers[at] & 65535) - 32768);
        }
        rows_.push_back({organization_, registry_, edition_, std::to_string(block), rest + "}"});
        if (rows_.size() >= kBlocksAtOnce) flush();
        return at;
    }

    void flush() {
        if (rows_.empty()) return;
        tx_.copyIn("registry_blocks (organization_id, registry, edition, block, numbers)", rows_);
        rows_.clear();
    }

    store::Transaction& tx_;
    std::string organization_, registry_, edition_;
    std::vector<std::vector<std::optional<std::string>>> rows_;
};

}  // namespace

std::vector<Registry> registries(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<Registry> all;
    for (const auto row : tx.run(sql::compliance::registries, {organization})) {
        Registry registry{row.text("name"),           row.text("country"),    row.instant("as_of"),
                          row.instant("imported_at"), row.integer("entries"), std::nullopt,
                          row.json("source")};
        if (!row.isNull("max_age_days")) registry.maxAgeDays = static_cast<int>(row.integer("max_age_days"));
        all.push_back(std::move(registry));
    }
    return all;
}

bool replaceRegistry(store::Transaction& tx, const OrganizationId& organization, const Registry& registry,
                     const std::vector<std::uint64_t>& numbers) {
    const auto edition = uuid7(registry.importedAt);
    BlockWriter(tx, organization, registry.name, edition.text()).write(numbers);
    const auto named =
        tx.run(sql::compliance::name_edition,
               {organization, registry.name, registry.country, edition, registry.asOf, registry.importedAt,
                static_cast<std::int64_t>(numbers.size()), registry.maxAgeDays, registry.source});
    if (named.empty()) return false;
    tx.run(sql::compliance::remove_other_editions, {organization, registry.name, edition});
    return true;
}

bool removeRegistry(store::Transaction& tx, const OrganizationId& organization, const std::string& name) {
    return tx.run(sql::compliance::remove_registry, {organization, name}).affected() > 0;
}

std::vector<RegistrySource> registrySources(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<RegistrySource> all;
    for (const auto row : tx.run(sql::compliance::registry_sources, {organization})) {
        RegistrySource source{row.text("name"), row.text("country"), row.id<BindingId>("binding_id"),
                              std::nullopt};
        if (!row.isNull("max_age_days")) source.maxAgeDays = static_cast<int>(row.integer("max_age_days"));
        all.push_back(std::move(source));
    }
    return all;
}

std::optional<BindingId> registryBinding(store::Transaction& tx, const OrganizationId& organization,
                                         const std::string& name) {
    const auto rows = tx.run(sql::compliance::registry_source, {organization, name});
    return rows.empty() ? std::nullopt : std::optional(rows[0].id<BindingId>("binding_id"));
}

void saveRegistrySource(store::Transaction& tx, const OrganizationId& organization,
                        const RegistrySource& source, Instant now) {
    tx.run(sql::compliance::save_registry_source,
           {organization, source.name, source.country, source.binding, source.maxAgeDays, now});
}

bool removeRegistrySource(store::Transaction& tx, const OrganizationId& organization,
                          const std::string& name) {
    return tx.run(sql::compliance::remove_registry_source, {organization, name}).affected() > 0;
}

void saveRegistryAnswer(store::Transaction& tx, const OrganizationId& organization, const std::string& name,
                        const std::string& address, bool listed, Instant asOf, Instant now) {
    tx.run(sql::compliance::save_registry_answer, {organization, name, address, listed, asOf, now});
}

}  // namespace overture::compliance
