#pragma once

#include "agent/parts.hpp"

namespace overture::agent {

/// Joins channel × carrier for deliveries. Any thread.
class CarrierSender final : public turn::Sender {
public:
    explicit CarrierSender(Instances& instances, milliseconds deadline = milliseconds(15000))
        : instances_(instances), deadline_(deadline) {}
    compliance::ContactRequest contact(const turn::Delivery& delivery, Instant now) override;
    turn::SendResult send(const compliance::Permit& permit, const turn::Delivery& delivery) override;
    turn::LookupResult lookup(const turn::Delivery& delivery) override;

private:
    Instances& instances_;
    milliseconds deadline_;
};

}  // namespace overture::agent
