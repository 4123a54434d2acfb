#pragma once

#include <string>
#include <string_view>

namespace overture::compliance {

enum class OptOut { none, optout, help, resubscribe, unsure };

struct OptOutVerdict {
    OptOut verdict = OptOut::none;
    std::string why;  ///< the word or rule that decided
};

/// Exact words per language first, then rules of meaning. `language` is a hint ("en", "es", "hi", …); every language's exact
/// words are tried. `lastOutbound` is what we said before it, which makes "no" after "shall I stop?" readable.
/// `unsure` is treated as an opt-out from marketing and shown to a person. Pure, any thread.
OptOutVerdict checkOptOut(std::string_view text, std::string_view language = {},
                          std::string_view lastOutbound = {});

/// "optout", "help", "resubscribe", "none", "unsure"
std::string_view nameOf(OptOut verdict);

}  // namespace overture::compliance
