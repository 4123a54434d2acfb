#pragma once

#include <string>
#include <string_view>

/// What a message says whatever was asked, by word lists (English, Hindi in both scripts, some Spanish).
namespace overture::scripted {

enum class Polarity { none, yes, no };

struct Signals {
    Polarity polarity = Polarity::none;
    bool declines = false;  ///< not interested
    bool later = false;     ///< not now
    bool wrongPerson = false;
    bool wantsPerson = false;
    bool asksForBot = false;  ///< "am I talking to a bot?"
    bool interested = false;  ///< says so, more than a polite yes
    bool otherTime = false;   ///< wants another time
    bool cancels = false;
    bool problem = false;  ///< something is wrong, a complaint
    bool angry = false;
    bool thanks = false;
};

Signals signalsIn(std::string_view text);
Polarity polarityOf(std::string_view text);
/// "hi", "es" or "en" when the words tell; "" otherwise.
std::string languageOf(std::string_view text);

}  // namespace overture::scripted
