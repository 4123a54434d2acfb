#pragma once

#include <optional>
#include <string>
#include <vector>

#include "feed/feed.hpp"
#include "tenant/tenants.hpp"

namespace overture::feed {

using EndpointId = Id<struct EndpointTag>;
using SendId = Id<struct SendTag>;

/// An address of the organization's own that notices are sent to.
struct Endpoint {
    EndpointId id;
    std::string url;
    std::vector<std::string> kinds;  ///< none: all
    std::string about;
    bool on = true;
    std::string note;  ///< why it is off, or what it said last
    int failures = 0;  ///< in a row
    std::optional<Instant> restingUntil, secretBeforeUntil;
    Instant createdAt;
    std::int64_t due = 0, dead = 0;  ///< what waits; what was given up
};

/// Why notices cannot be sent there, as a sentence; nothing when they can. `https` it must be, but for a private host that is allowed.
std::optional<std::string> faultOfUrl(const std::string& url);
/// Likewise of kinds; those told live only are none of an endpoint's.
std::optional<std::string> faultOfKinds(const std::vector<std::string>& kinds);

/// So many an organization may have.
inline constexpr int kMostEndpoints = 20;
struct NewEndpoint {
    EndpointId id;
    std::string secret;  ///< "whsec_…": shown this once
};
/// It is sent what happens from now on.
NewEndpoint createEndpoint(store::Transaction& tx, const OrganizationId& organization, const std::string& url,
                           const std::vector<std::string>& kinds, const std::string& about,
                           const tenant::Vault& vault, Instant now);
std::vector<Endpoint> endpoints(store::Transaction& tx, const OrganizationId& organization,
                                const std::optional<EndpointId>& only = std::nullopt);

struct EndpointChange {
    std::optional<std::string> url, about;
    std::optional<std::vector<std::string>> kinds;
    std::optional<bool> on;  ///< one that was off is sent what happens from then on
};
bool changeEndpoint(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint,
                    const EndpointChange& change);
bool removeEndpoint(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint);

/// How long the secret before signs as well.
inline constexpr hours kBothSecrets{24};
/// A new secret; nothing when there is no such endpoint.
std::optional<std::string> rotateSecret(store::Transaction& tx, const OrganizationId& organization,
                                        const EndpointId& endpoint, const tenant::Vault& vault, Instant now);

struct Replay {
    std::optional<SendId> only;
    std::optional<Instant> since;  ///< of what happened then or later
    bool sentToo = false;          ///< not only what was given up
};
/// Sends them again, with the ids they had. Returns how many.
std::size_t replay(store::Transaction& tx, const OrganizationId& organization, const EndpointId& endpoint,
                   const Replay& which, Instant now);

/// `webhook-signature` of Standard Webhooks for these secrets: "v1,… v1,…".
std::string signatures(const std::vector<std::string>& secrets, const std::string& id, std::int64_t timestamp,
                       const std::string& body);

}  // namespace overture::feed
