#pragma once

#include <map>
#include <mutex>
#include <set>

#include "agent/breaker.hpp"
#include "agent/parts.hpp"
#include "agent/rates.hpp"
#include "agent/reach.hpp"

namespace overture::agent {

/// Who keeps the calls that deliveries of the channel "voice" become; any thread.
class CallBook {
public:
    virtual ~CallBook() = default;
    /// What the carrier is asked (carrier.call/1 `start`), written down before; nothing when this delivery's call was placed already.
    virtual std::optional<Json> place(const turn::Delivery& delivery) = 0;
    virtual void placed(const turn::Delivery& delivery, const turn::SendResult& result) = 0;
};

/// What keeps messages from a carrier; each may be absent.
struct Restraint {
    tenant::Policies* policies = nullptr;
    Breakers* breakers = nullptr;
    Rates* rates = nullptr;
    Reach* reach = nullptr;
    CallBook* calls = nullptr;  ///< none: nobody is called
};

/// Joins channel × carrier for deliveries. A carrier whose breaker is open is not asked, nor one sooner than its rates allow
/// or for more people than it may reach in a day: then the result is `notTried`. Any thread.
class CarrierSender final : public turn::Sender {
public:
    explicit CarrierSender(Instances& instances, milliseconds deadline = milliseconds(15000),
                           Restraint restraint = {})
        : instances_(instances), deadline_(deadline), restraint_(restraint) {}
    compliance::ContactRequest contact(const turn::Delivery& delivery, Instant now) override;
    turn::SendResult send(const compliance::Permit& permit, const turn::Delivery& delivery) override;
    turn::LookupResult lookup(const turn::Delivery& delivery) override;

private:
    std::optional<Json> callFor(const turn::Delivery& delivery) const;
    static std::optional<Json> messageFor(const turn::Delivery& delivery);
    turn::SendResult comesAgain(const turn::Delivery& delivery);
    void isAtWork(const turn::Delivery& delivery);
    std::optional<turn::SendResult> waits(const turn::Delivery& delivery);
    void heed(const turn::Delivery& delivery, const plugin::Reply& reply, Breaker::Pass& pass);

    Instances& instances_;
    milliseconds deadline_;
    Restraint restraint_;
    std::mutex mutex_;
    std::map<BindingId, std::set<DeliveryId>> putBack_;  ///< because their carrier was busy
};

}  // namespace overture::agent
