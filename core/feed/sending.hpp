#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "base/random.hpp"
#include "feed/endpoints.hpp"
#include "net/http_client.hpp"

namespace overture::feed {

struct SendingOptions {
    seconds lease{60};             ///< what a killed engine had in hand is sent by another after this long
    milliseconds patience{15000};  ///< for an endpoint's answer
    int share = 4;  ///< under way at once for one endpoint, in all engines; twice that for one organization
    int ofOrganization = 4;   ///< under way at once for one organization, in this engine
    milliseconds slow{2000};  ///< an endpoint that takes longer to answer is sent one at a time
    std::vector<seconds> pauses{
        seconds(5), seconds(30), minutes(2), minutes(10), hours(1),
        hours(3),   hours(8),    hours(16),  hours(24)};  ///< after each failed try; then it is given up
    days giveUp{3};                                       ///< nothing older is tried again
    days switchOff{5};                                    ///< an endpoint that failed for so long
};

/// Sends notices to endpoints as Standard Webhooks says. Any number in any number of engines: each notice is sent by one of them, again only
/// after a failure, or when an engine died before it could note the answer. Any thread.
class Sending {
public:
    /// `client` keeps the operator's egress policy.
    Sending(store::Database& database, const Clock& clock, net::HttpClient& client,
            const tenant::Vault& vault, SendingOptions options = {});
    /// Puts what is new in the feed on its way. Returns how many notices.
    int spread();
    /// Sends one notice that is due. Returns 1, or 0 when there is none.
    int sendOne();
    /// Forgets what was done before the feed's own time.
    void forget();

private:
    struct Claimed {
        OrganizationId organization;
        SendId id;
        Instant leaseUntil;
    };
    int spread(const OrganizationId& organization, const EndpointId& endpoint);
    std::optional<Claimed> claim();
    void send(const Claimed& claimed);
    void putDown(const OrganizationId& organization);
    milliseconds jittered(seconds pause);

    store::Database& database_;
    const Clock& clock_;
    net::HttpClient& client_;
    const tenant::Vault& vault_;
    const SendingOptions options_;
    std::mutex claiming_, mutex_;
    std::map<OrganizationId, int> inHand_;
    Random random_;
};

}  // namespace overture::feed
