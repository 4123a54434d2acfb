// What is said and meant in calls, by language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace overture::voice {

using Words = std::vector<std::string>;

struct Language {
    std::string_view code;
    Words backchannels, greetings, fillers, clarify, areYouThere;
    std::string goodbye;
    Words machine, screening, menu;     ///< phrases that tell who answered
    std::string sayAi, recorded;        ///< what must be said where a rule asks for it
    Words machineWords, recordedWords;  ///< by which a text says so itself
    std::string nobody;                 ///< to whom nobody could be found
    std::string unrecorded;             ///< to who does not want to be recorded
    std::string leave, whoCalls;        ///< with {sender}
    std::string at, dot, slash, dash, underscore;
    std::string dollars, rupees, euros, pounds, percent;
};

/// "hi-IN" is "hi"; English for one that is not known.
const Language& languageOf(std::string_view code);

}  // namespace overture::voice
