#pragma once

#include "turn/gather.hpp"
#include "turn/types.hpp"

namespace overture::turn {

struct DelivererOptions {
    seconds lease{60};  ///< a delivery left in `sending` for longer is an unknown outcome
    int batch = 32;
    int mostTries = 5;
};

/// What became of one delivery, on its way into its row.
struct Settled {
    DeliveryId delivery;
    PermitId permit;  ///< of the try that this is the outcome of
    std::string state, reference, note;
    std::optional<Instant> dueAt;
    Instant at;
    bool untried = false;  ///< the carrier was not asked
    bool refused = false;  ///< failed, and would again: by the carrier's word, or because its time is over
};

/// Takes deliveries to their carriers: due → sending → sent | failed | held, unknown → looked up. The permit is asked for
/// again right before sending; what its channel takes no more is not sent. The conversation of one that failed hears of it. Any
/// number of threads and processes beside each other.
class Deliverer {
public:
    Deliverer(store::Database& database, const Clock& clock, const compliance::Gate& gate, Sender& sender,
              DelivererOptions options = {});
    /// Claims one batch of what is due or unknown and works it. Returns how many deliveries were claimed.
    int runBatch();
    /// Sends what a commit made ready, on this thread.
    void send(const std::vector<Ready>& ready);

private:
    void workThrough(const OrganizationId& organization, const std::vector<std::string>& due,
                     const std::vector<std::string>& unknown, Instant claimedAt);
    std::vector<Ready> permitted(store::Transaction& tx, std::vector<Delivery> deliveries,
                                 std::vector<Settled>& settled);
    void keepOurs(store::Transaction tx, const OrganizationId& organization, std::vector<Ready>& ready,
                  Instant claimedAt);
    Settled outcomeOf(const Delivery& delivery, const SendResult& result) const;
    Settled lookUp(const Delivery& delivery);
    Settled sendOne(const Ready& ready);
    void settle(const OrganizationId& organization, const std::vector<Settled>& settled);

    store::Database& database_;
    const Clock& clock_;
    const compliance::Gate& gate_;
    Sender& sender_;
    DelivererOptions options_;
    Gather<const std::vector<Settled>> settling_;
};

}  // namespace overture::turn
