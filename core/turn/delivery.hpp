#pragma once

#include "turn/types.hpp"

namespace overture::turn {

struct DelivererOptions {
    seconds lease{60};   ///< a delivery left in `sending` for longer is an unknown outcome
    int batch = 32;
    int mostTries = 5;
};

/// Takes due deliveries to their carriers: due → sending → sent | failed | held, unknown → looked up. The permit is asked for
/// again right before sending. One thread per call; any number of threads and processes beside each other.
class Deliverer {
public:
    Deliverer(store::Database& database, const Clock& clock, const compliance::Gate& gate, Sender& sender,
              DelivererOptions options = {});
    /// One batch. Returns how many deliveries were claimed.
    int runBatch();

private:
    void runOne(const OrganizationId& organization, const DeliveryId& id, bool unknown);
    std::optional<compliance::Permit> permit(store::Transaction& tx, const Delivery& delivery);
    void send(const compliance::Permit& permit, const Delivery& delivery);
    void lookUp(const Delivery& delivery);
    void settle(const Delivery& delivery, const char* state, const std::string& reference, const std::string& note,
                std::optional<Instant> dueAt);

    store::Database& database_;
    const Clock& clock_;
    const compliance::Gate& gate_;
    Sender& sender_;
    DelivererOptions options_;
};

}  // namespace overture::turn
