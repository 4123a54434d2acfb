#pragma once

#include <mutex>

#include "api.hpp"

namespace overture::gmail {

/// carrier.mailbox/1 over the Gmail API: the mail that a search finds and that has not the label of what is taken. Ids are
/// Gmail's. Nothing is taken out of the mailbox: `forget` gives the label. Any number of threads.
///
/// fetch {most} → {messages: [{id, channel: "email", body_base64, cut?}], more}; of a message over 4 MiB its headers and
/// first words (`cut`).
/// forget {ids} → {}
class Mailbox final : public sdk::Mailbox {
public:
    Mailbox(sdk::Host host, const Settings& settings)
        : host_(host), settings_(settings), api_(host, settings) {}
    sdk::Answer fetch(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer forget(const sdk::Json& request, const sdk::Call& call) override;

    /// What waits, oldest first, as far as there is time; throws Stopped. `more` when that is not all.
    sdk::Json waiting(std::size_t most, const Until& until, bool& more);

private:
    std::string labelId(const Until& until);
    void watch(const Until& until);

    sdk::Host host_;
    Settings settings_;
    Api api_;
    std::mutex mutex_;
    std::string labelId_;
    std::int64_t watchedAt_ = 0;
};

}  // namespace overture::gmail
