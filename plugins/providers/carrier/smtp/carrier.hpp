#pragma once

#include "settings.hpp"
#include "talk.hpp"

namespace overture::smtp {

/// carrier.message/1 over SMTP submission (RFC 6409). Each message is a connection of its own; any number of threads.
///
/// send: 4yz `transient`, 5yz `rejected`, a refused sign-in or a certificate that is not believed `auth`, a connection lost
/// before the end of the message `transient` (RFC 5321, 4.1.1.4: nothing was accepted), and one lost after it, with no reply,
/// `unknown`. The reference is the Message-ID.
/// lookup: signs in, so that it shows whether the settings are right, and then says the truth: SMTP cannot be asked what became
/// of a message.
/// webhook: a whole message that came in elsewhere, signed with webhook_secret.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, Settings settings) : host_(host), settings_(std::move(settings)) {}
    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;

private:
    sdk::Host host_;
    Settings settings_;
};

/// What an exchange that was not ok means.
sdk::Answer failure(const Said& said);

}  // namespace overture::smtp
