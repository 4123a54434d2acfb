#pragma once

#include <string>
#include <vector>

#include "openai-speech/responses.hpp"

namespace overture::openai_speech {

/// `answer` of speech.converse/1, read.
struct Question {
    std::string system;             ///< what it is told
    Json items = Json::array();     ///< of the conversation, as OpenAI takes them
    std::string aloud;              ///< the member that is said
    Json meaning = Json();          ///< the schema of the others; null: there are none
    std::int64_t mostTokens = 900;  ///< of the meaning
    std::int64_t firstTokenMs = 0;  ///< 0: as long as there is time

    /// Throws sdk::Refused with the place.
    static Question read(const Json& request);
    /// The event that asks for one of its two responses; `sound`: items of the session with what was said now.
    Json event(Responses::Role role, int answer, const std::vector<std::string>& sound) const;
};

constexpr std::int64_t kMostVoiceTokens = 2048;  // a minute and a half

/// What tokens cost.
struct Prices {
    explicit Prices(const Json& settings);
    /// A response's `usage`; adds up in whole micros.
    std::int64_t costOf(const Json& usage) const;
    /// The most that a question's answers may cost.
    std::int64_t mostOf(const Question& question) const;
    double textIn, textOut, cachedIn, soundIn, soundOut;  // dollars a million
};

}  // namespace overture::openai_speech
