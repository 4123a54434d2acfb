#pragma once

#include "settings.hpp"
#include "talk.hpp"

namespace overture::smtp {

/// carrier.mailbox/1 over POP3 (RFC 1939). Ids are the server's own (UIDL). Each call is a session of its own; any number of
/// threads, though most servers let one in at a time: `limited` for the others.
///
/// fetch {most} → {messages: [{id, channel: "email", body_base64, cut?}], more}; of a message over 4 MiB the first 5000 lines (`cut`).
/// forget {ids} → {}
class Mailbox final : public sdk::Mailbox {
public:
    explicit Mailbox(Server server) : server_(std::move(server)) {}
    sdk::Answer fetch(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer forget(const sdk::Json& request, const sdk::Call& call) override;

private:
    Server server_;
};

}  // namespace overture::smtp
