#pragma once

#include <cstddef>

#include "overture/plugin.hpp"

namespace overture::whatsapp {

/// channel.message/1 for WhatsApp. Holds nothing but its settings: any number of threads.
///
/// window {to, last_inbound_at?, now, purpose?} → {allow: free, until} for a day after the person's last message, otherwise
///     {allow: template}; {allow: nothing, why} for marketing to the United States, where templates for it are not delivered.
/// compose {text, language, template? {name, language, variables}, choices? [{id, title}]} → {text, segments: 1, parts:
///     [{text, encoding: "WhatsApp", segments: 1, units: characters, template? | choices? as shownChoices() has them}]}
///   A template's text is what was approved, filled in; it goes as it is. Any other text may be Markdown.
class Channel final : public sdk::Channel {
public:
    /// Settings: longest (characters of one message, default 4096).
    explicit Channel(const sdk::Json& settings);

    sdk::Answer window(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer compose(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer read(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer measure(const sdk::Json& request, const sdk::Call& call) override;

private:
    std::size_t longest_;
};

}  // namespace overture::whatsapp
