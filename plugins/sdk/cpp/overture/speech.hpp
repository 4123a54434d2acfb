// What the engine asks of a transcriber and a synthesizer, read and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "overture/audio.hpp"

namespace overture::sdk {

namespace detail {

inline std::string askedText(const Json& request, const char* name, std::size_t longest) {
    const auto found = request.find(name);
    if (found == request.end() || found->is_null()) return {};
    if (!found->is_string()) throw Refused(Outcome::invalid, std::string(name) + ": this is no text");
    if (found->get_ref<const std::string&>().size() > longest)
        throw Refused(Outcome::invalid,
                      std::string(name) + ": it is longer than " + std::to_string(longest) + " bytes");
    return *found;
}

/// "en", "en-US", "zh-Hant-TW".
inline bool isLanguage(std::string_view tag) {
    if (tag.size() < 2 || tag.size() > 35 || tag.front() == '-' || tag.back() == '-') return false;
    for (const char c : tag)
        if (c != '-' && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    return true;
}

inline std::string askedLanguage(const Json& request) {
    auto language = askedText(request, "language", 35);
    if (!language.empty() && !isLanguage(language))
        throw Refused(Outcome::invalid, "language: write a tag such as en or en-US");
    return language;
}

}  // namespace detail

/// `speak` of speech.synthesize/1.
struct SpeakRequest {
    std::string text, voice, language;  ///< "" where the request has none
    AudioForm form;
    std::optional<double> speed;  ///< 0.25 to 4

    /// Throws Refused (invalid) with the place.
    static SpeakRequest read(const Json& request) {
        constexpr std::size_t kLongestText = 4096, kLongestVoice = 200;
        SpeakRequest asked{detail::askedText(request, "text", kLongestText),
                           detail::askedText(request, "voice", kLongestVoice), detail::askedLanguage(request),
                           audioFormOf(request), std::nullopt};
        if (!request.contains("text") || !request["text"].is_string())
            throw Refused(Outcome::invalid, "text: there is none");
        if (const auto speed = request.find("speed"); speed != request.end() && !speed->is_null()) {
            if (!speed->is_number() || !(speed->get<double>() >= 0.25) || !(speed->get<double>() <= 4))
                throw Refused(Outcome::invalid, "speed: write a number from 0.25 to 4");
            asked.speed = speed->get<double>();
        }
        return asked;
    }
    bool silent() const { return text.find_first_not_of(" \t\r\n") == std::string::npos; }
};

/// `listen` of speech.transcribe/1.
struct ListenRequest {
    std::string language;  ///< "" where the request has none
    AudioForm form;
    std::vector<std::string> words;
    std::optional<std::int64_t> patienceMs;

    /// Throws Refused (invalid) with the place.
    static ListenRequest read(const Json& request) {
        constexpr std::size_t kMostWords = 500, kLongestWord = 100;
        ListenRequest asked{detail::askedLanguage(request), audioFormOf(request), {}, std::nullopt};
        if (const auto words = request.find("words"); words != request.end() && !words->is_null()) {
            if (!words->is_array() || words->size() > kMostWords)
                throw Refused(Outcome::invalid, "words: write a list of at most 500 words");
            for (const auto& word : *words) {
                if (!word.is_string() || word.get_ref<const std::string&>().size() > kLongestWord)
                    throw Refused(Outcome::invalid, "words: each is a text of at most 100 bytes");
                asked.words.push_back(word);
            }
        }
        if (const auto patience = request.find("patience_ms");
            patience != request.end() && !patience->is_null()) {
            if (!patience->is_number_integer() || patience->get<std::int64_t>() < 1 ||
                patience->get<std::int64_t>() > 60'000)
                throw Refused(Outcome::invalid, "patience_ms: write milliseconds, from 1 to 60000");
            asked.patienceMs = patience->get<std::int64_t>();
        }
        return asked;
    }
};

}  // namespace overture::sdk
