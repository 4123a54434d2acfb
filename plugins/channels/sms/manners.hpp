// What is polite and required in a text message, apart from its length.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace overture::sms {

/// Typographic quotes, dashes, spaces and the ellipsis in their GSM-7 spelling, when that makes all of the
/// text GSM-7; otherwise the text as it was (it would cost the author's typography and save nothing).
std::string straighten(std::string_view text);

/// "Reply STOP to opt out" in the language ("hi-IN" is "hi"; English for one not known). Hindi written in
/// Latin letters gets Latin letters, so that the text stays GSM-7.
std::string_view optOutFooter(std::string_view language, bool latinOnly);

struct Draft {
    std::string text, senderName, language;
    bool first = false;   ///< first message to this person
    bool optOut = false;  ///< the opt-out words are wanted
};
/// A first message says who writes ("Acme Solar: …", unless the text names them) and, where wanted, how to
/// opt out (unless the text does already: the word STOP in capitals). CTIA Messaging Principles 5.1, 5.2.
std::string dress(const Draft& draft);

/// Spaces and control characters of both ends away.
std::string_view trimmed(std::string_view text);

/// "stop", "start" or "help" when the whole text is such a keyword, whatever its case and the punctuation
/// around it; nothing for a sentence that only contains one. What a sentence means is for the engine to
/// judge.
std::vector<std::string> signalsOf(std::string_view text);

}  // namespace overture::sms
