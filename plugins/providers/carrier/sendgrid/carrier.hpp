#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::sendgrid {

/// carrier.message/1 over SendGrid's mail send. Holds nothing that changes: any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    /// The reference is the Message-ID, which answers name and events bring back.
    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// SendGrid cannot be asked what became of a message: {found: false, trusted: false}. Asks for something that is not there,
    /// so that a key that does not work is said.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// Signed events (JSON), or a signed message of inbound parse (a multipart form).
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::Answer proved(const sdk::Json& request, const std::string& body, const PublicKey* key,
                       const char* setting) const;

    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::sendgrid
