#pragma once

#include <cstddef>

#include "overture/plugin.hpp"

namespace overture::email {

/// channel.message/1 for email. Holds nothing but its settings: any number of threads.
///
/// compose {text, sender_name, language, delivery_id, from, to, to_name?, now, postal_address, unsubscribe_url?, thread?}
///     → {text, parts: [{mime, message_id, letter (in pieces), subject, encoding: "MIME", segments: 1, units: bytes}], segments: 1, thread}
///   A first line "Subject: …" of the text is the subject; without one it is the thread's, or the text's first words.
/// read {text} → {text, signals}, or {raw_base64} → {id, from, from_name, to, subject, text, signals, answers, attachments,
///     at?, thread, bounce? {status, code, recipient, final}}; `answers` are the message ids that it refers to, the nearest first.
///   Signals: stop, auto_reply, bounce, delayed.
/// `thread` is the channel's own note on where a conversation stands; it is given back as it came.
class Channel final : public sdk::Channel {
public:
    /// Settings: longest (characters of one message, default 20000).
    explicit Channel(const sdk::Json& settings);

    sdk::Answer window(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer compose(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer read(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer measure(const sdk::Json& request, const sdk::Call& call) override;

private:
    std::size_t longest_;
};

}  // namespace overture::email
