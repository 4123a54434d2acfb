#include "openai-speech/asking.hpp"

#include <algorithm>
#include <cmath>

namespace overture::openai_speech {
namespace {

using sdk::Outcome;
using sdk::Refused;

constexpr const char* kFunction = "understood";
constexpr std::int64_t kMostTokens = 4096;
constexpr std::int64_t kMostSoundTokens = 1200;  // two minutes of the caller's
constexpr std::int64_t kBytesPerToken = 3;

Json message(const char* role, const std::string& text) {
    const bool ours = std::string_view(role) == "assistant";
    return {{"type", "message"},
            {"role", role},
            {"content", Json::array({{{"type", ours ? "output_text" : "input_text"}, {"text", text}}})}};
}

/// The schema without the member that is said; null when nothing is left.
Json othersOf(Json schema, const std::string& aloud) {
    if (!schema.is_object() || !schema.contains("properties") || !schema["properties"].is_object()) return {};
    schema["properties"].erase(aloud);
    if (schema["properties"].empty()) return {};
    if (schema.contains("required") && schema["required"].is_array()) {
        Json required = Json::array();
        for (const auto& name : schema["required"])
            if (name.is_string() && name.get_ref<const std::string&>() != aloud) required.push_back(name);
        schema["required"] = std::move(required);
    }
    return schema;
}

std::int64_t count(const Json& in, const char* name) {
    return std::max<std::int64_t>(0, sdk::numberOf(in, name));
}

}  // namespace

Question Question::read(const Json& request) {
    Question question;
    question.aloud = sdk::textOf(request, "aloud");
    if (question.aloud.empty()) throw Refused(Outcome::invalid, "aloud: name the member that is said");
    const auto& messages = sdk::listIn(request, "messages");
    if (messages.empty()) throw Refused(Outcome::invalid, "messages: there are none");
    for (const auto& one : messages) {
        const auto role = sdk::textOf(one, "role"), content = sdk::textOf(one, "content");
        if (role == "system")
            question.system += (question.system.empty() ? "" : "\n\n") + content;
        else if (role == "user" || role == "assistant")
            question.items.push_back(message(role.c_str(), content));
        else
            throw Refused(Outcome::invalid, "messages: each role is system, user or assistant");
    }
    question.meaning = othersOf(sdk::objectIn(sdk::objectIn(request, "schema"), "schema"), question.aloud);
    if (const auto most = sdk::numberOf(request, "max_tokens"); most > 0)
        question.mostTokens = std::min(most, kMostTokens);
    question.firstTokenMs = std::max<std::int64_t>(0, sdk::numberOf(request, "first_token_ms"));
    return question;
}

Json Question::event(Responses::Role role, int answer, const std::vector<std::string>& sound) const {
    const bool voice = role == Responses::Role::voice;
    auto input = items;
    if (!sound.empty()) {
        input.push_back(message("user", "What was said now, as sound:"));
        for (const auto& item : sound) input.push_back({{"type", "item_reference"}, {"id", item}});
    }
    const auto tag = Responses::tagOf(answer, role);
    Json response{{"conversation", "none"},
                  {"metadata", {{"answer", tag}}},
                  {"input", std::move(input)},
                  {"output_modalities", Json::array({voice ? "audio" : "text"})}};
    if (voice) {
        response["instructions"] =
            system + "\n\nYou are on the telephone. Answer now by saying only the words of the member \"" +
            aloud +
            "\" of the answer that is asked for, as one says them: no JSON, no names of members, nothing "
            "about this "
            "task. Its other members are written by somebody else at the same time.";
        response["max_output_tokens"] = kMostVoiceTokens;
    } else {
        response["instructions"] = system + "\n\nThe member \"" + aloud +
                                   "\" of the answer is being said by somebody else. Call the function " +
                                   kFunction + " with all others; say nothing.";
        response["tools"] = Json::array({{{"type", "function"},
                                          {"name", kFunction},
                                          {"description", "What was understood"},
                                          {"parameters", meaning}}});
        response["tool_choice"] = {{"type", "function"}, {"name", kFunction}};
        response["max_output_tokens"] = mostTokens;
    }
    return {{"type", "response.create"}, {"event_id", tag}, {"response", std::move(response)}};
}

Prices::Prices(const Json& settings)
    : textIn(settings.value("usd_per_million_text_in", 4.0)),
      textOut(settings.value("usd_per_million_text_out", 16.0)),
      cachedIn(settings.value("usd_per_million_cached_in", 0.4)),
      soundIn(settings.value("usd_per_million_sound_in", 32.0)),
      soundOut(settings.value("usd_per_million_sound_out", 64.0)) {}

std::int64_t Prices::costOf(const Json& usage) const {
    const auto &in = sdk::objectIn(usage, "input_token_details"),
               &out = sdk::objectIn(usage, "output_token_details"),
               &cached = sdk::objectIn(in, "cached_tokens_details");
    const auto cachedText = count(cached, "text_tokens"), cachedSound = count(cached, "audio_tokens");
    const auto fresh = [](std::int64_t all, std::int64_t known) {
        return static_cast<double>(std::max<std::int64_t>(0, all - known));
    };
    const double micros = textIn * fresh(count(in, "text_tokens"), cachedText) +
                          soundIn * fresh(count(in, "audio_tokens"), cachedSound) +
                          cachedIn * static_cast<double>(cachedText + cachedSound) +
                          textOut * static_cast<double>(count(out, "text_tokens")) +
                          soundOut * static_cast<double>(count(out, "audio_tokens"));
    return std::llround(std::ceil(micros));
}

std::int64_t Prices::mostOf(const Question& question) const {
    const auto text = static_cast<std::int64_t>(question.system.size() + question.items.dump().size() +
                                                question.meaning.dump().size()) /
                          kBytesPerToken +
                      300;
    const double responses = question.meaning.is_null() ? 1 : 2;
    const double micros =
        responses * (textIn * static_cast<double>(text) + soundIn * static_cast<double>(kMostSoundTokens)) +
        textOut * static_cast<double>(question.meaning.is_null() ? 0 : question.mostTokens) +
        soundOut * static_cast<double>(kMostVoiceTokens);
    return std::llround(std::ceil(micros));
}

}  // namespace overture::openai_speech
