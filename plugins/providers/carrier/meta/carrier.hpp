#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::meta {

/// carrier.message/1 over the WhatsApp Cloud API. Holds nothing that changes: any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}

    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// The API cannot be asked what became of a message: {found: false, trusted: false}. Asks for the number itself, so that a
    /// token or an account that does not work is said; `about` is how the number stands.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// POST: signed messages and statuses. GET: the handshake for the callback URL.
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer media(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Settings settings_;
};

}  // namespace overture::meta
