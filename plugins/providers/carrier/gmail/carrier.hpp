#pragma once

#include <memory>

#include "letter.hpp"
#include "mailbox.hpp"
#include "push.hpp"

namespace overture::gmail {

/// carrier.message/1 over the Gmail API. Any number of threads.
class Carrier final : public sdk::Carrier {
public:
    Carrier(sdk::Host host, const Settings& settings, std::shared_ptr<Mailbox> mailbox)
        : host_(host),
          settings_(settings),
          api_(host, settings),
          mailbox_(std::move(mailbox)),
          keys_(host, settings.keysUrl) {}

    /// An answer joins its thread in the sender's mailbox. The reference is the Message-ID that the message has at Gmail.
    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    /// Searched for by its Message-ID, and then among what went to that address since: an absence can be believed two minutes
    /// after the message was made, unless somebody wrote to them from the same mailbox.
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// A push of Pub/Sub says only that something came: what waits is read. It stays there until the mailbox is asked.
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;

private:
    std::string threadOf(const std::string& messageId, const Until& until) const;
    std::string referenceOf(const std::string& id, const std::string& otherwise, const Until& until) const;
    sdk::Json found(const sdk::Json& request, const std::string& messageId, const Until& until) const;

    sdk::Host host_;
    Settings settings_;
    Api api_;
    std::shared_ptr<Mailbox> mailbox_;
    Keys keys_;
};

}  // namespace overture::gmail
