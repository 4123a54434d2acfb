#include "openai-speech/synthesizer.hpp"

#include <array>

#include "common/spoken.hpp"
#include "openai-speech/refusals.hpp"

namespace overture::openai_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr sdk::AudioForm kGiven{false, 24000};  // "pcm"
constexpr std::array kVoices{"alloy", "ash",  "ballad",  "coral", "echo",  "fable", "onyx",
                             "nova",  "sage", "shimmer", "verse", "marin", "cedar"};

std::optional<Answer> spokenRefusal(const sdk::HttpAnswer& head, const std::string& body) {
    const auto document = sdk::parsed(body);
    const auto& error = sdk::objectIn(document, "error");
    const auto said = "OpenAI answered " + std::to_string(head.status);
    if (auto no = byCode(error, said)) return no;
    const bool aboutVoice = sdk::textOf(error, "param") == "voice" ||
                            sdk::textOf(error, "message").find("'voice'") != std::string::npos;
    if (head.status == 400 && aboutVoice) return Answer::no(Outcome::invalid, said, speech::kNoSuchVoice);
    return std::nullopt;
}

Json voiceOf(const std::string& voice) {
    return voice.starts_with("voice_") ? Json{{"id", voice}} : Json(voice);
}

}  // namespace

Answer SpeechSynthesizer::speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    const auto asked = sdk::SpeakRequest::read(request);
    const auto key = host_.secret("api_key").value_or("");
    if (key.empty()) return Answer::no(Outcome::auth, "the secret api_key is missing");
    speech::Speech speech;
    speech.vendor = "OpenAI";
    speech.voice = asked.voice.empty() ? settings_.value("voice", "coral") : asked.voice;
    speech.model = settings_.value("speak_model", "gpt-4o-mini-tts");
    speech.given = kGiven;
    Json body{{"model", speech.model},
              {"input", asked.text},
              {"voice", voiceOf(speech.voice)},
              {"response_format", "pcm"}};
    const auto instructions = settings_.value("instructions", "");
    if (!instructions.empty() && !speech.model.starts_with("tts-1")) body["instructions"] = instructions;
    if (asked.speed) body["speed"] = *asked.speed;
    speech.request = {"POST",
                      settings_.value("base_url", "https://api.openai.com/v1") + "/audio/speech",
                      {{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}},
                      body.dump(-1, ' ', false, Json::error_handler_t::replace)};
    speech.refusal = spokenRefusal;
    speech.voices = [this](const sdk::Call& left) { return voices(Json::object(), left); };
    speech.patienceMs = settings_.value("first_audio_ms", std::int64_t{4000});
    speech.usdAMillion = settings_.value("usd_per_million_characters", 0.0);
    speech.usdAMinute = settings_.value("usd_per_minute_spoken", 0.015);
    return speech::sayOver(host_, speech, asked, sink, call);
}

/// There is no way to ask for them; each speaks every language.
Answer SpeechSynthesizer::voices(const Json& request, const sdk::Call&) {
    sdk::detail::askedLanguage(request);
    auto list = Json::array();
    for (const std::string id : kVoices) {
        auto name = id;
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        list.push_back({{"id", id}, {"name", name}, {"language", "any"}});
    }
    return Answer::ok({{"voices", std::move(list)}});
}

}  // namespace overture::openai_speech
