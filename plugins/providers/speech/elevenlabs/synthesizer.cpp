#include "elevenlabs/synthesizer.hpp"

#include <algorithm>
#include <array>

#include "common/query.hpp"
#include "common/spoken.hpp"
#include "overture/documents.hpp"

namespace overture::elevenlabs {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::array<int, 5> kRates{8000, 16000, 22050, 24000, 44100};
constexpr std::int64_t kLongestList = 5000;

/// The form that needs the least done to it.
sdk::AudioForm formAt(const sdk::AudioForm& wanted) {
    if (wanted.mulaw && wanted.rate == 8000) return wanted;
    const bool has = std::find(kRates.begin(), kRates.end(), wanted.rate) != kRates.end();
    return {false, has ? wanted.rate : 24000};
}

std::string nameOf(const sdk::AudioForm& form) {
    return form.mulaw ? "ulaw_8000" : "pcm_" + std::to_string(form.rate);
}

/// {detail: {status, message}} of what is refused.
std::optional<Answer> refusal(const sdk::HttpAnswer& head, const std::string& body) {
    const int status = head.status;
    const auto code = sdk::textOf(sdk::objectIn(sdk::parsed(body), "detail"), "status");
    if (code == "quota_exceeded")
        return Answer::no(Outcome::auth, "ElevenLabs: the account's characters are used up", code);
    if (code == "voice_not_found" || (status == 404 && code.empty()))
        return Answer::no(Outcome::invalid, "there is no such voice", speech::kNoSuchVoice);
    if (code == "too_many_concurrent_requests" || code == "system_busy")
        return Answer::no(Outcome::limited,
                          "ElevenLabs answered " + std::to_string(status) + ": it asks to slow down", code);
    return std::nullopt;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> StreamedSynthesizer::headers() const {
    const auto key = host_.secret("api_key").value_or("");
    if (key.empty()) throw sdk::Refused(Outcome::auth, "the secret api_key is missing");
    return {{"xi-api-key", key}, {"Content-Type", "application/json"}};
}

Answer StreamedSynthesizer::speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    const auto asked = sdk::SpeakRequest::read(request);
    const auto& [text, named, language, wanted, speed] = asked;
    speech::Speech speech;
    speech.vendor = "ElevenLabs";
    speech.voice = named.empty() ? settings_.value("voice", "21m00Tcm4TlvDq8ikWAM") : named;
    const auto& model = speech.model = settings_.value("model", "eleven_flash_v2_5");
    Json body{{"text", text}, {"model_id", model}};
    if (language.size() >= 2 &&
        (model.find("turbo_v2_5") != std::string::npos || model.find("flash_v2_5") != std::string::npos))
        body["language_code"] = language.substr(0, 2);
    if (speed) body["voice_settings"] = {{"speed", std::clamp(*speed, 0.7, 1.2)}};
    speech.given = formAt(wanted);
    speech.request = {"POST",
                      base() + "/v1/text-to-speech/" + speech::percentEncoded(speech.voice) +
                          "/stream?output_format=" + nameOf(speech.given),
                      headers(), body.dump(-1, ' ', false, Json::error_handler_t::replace)};
    speech.refusal = refusal;
    speech.voices = [this](const sdk::Call& left) { return voices(Json::object(), left); };
    speech.patienceMs = settings_.value("first_audio_ms", std::int64_t{4000});
    speech.usdAMillion = settings_.value("usd_per_million_characters", 50.0);
    return speech::sayOver(host_, speech, asked, sink, call);
}

Answer StreamedSynthesizer::voices(const Json& request, const sdk::Call& call) {
    const auto http =
        host_.http({"GET", base() + "/v1/voices", headers(), {}, std::min(call.deadlineMs, kLongestList)});
    if (!http.answered)
        return Answer::no(Outcome::transient, "ElevenLabs was not reached: " + http.error, "no_answer");
    const auto code = std::to_string(http.status);
    if (http.status == 401 || http.status == 403)
        return Answer::no(Outcome::auth, "ElevenLabs answered " + code + ": check its key", code);
    if (http.status == 429) {
        auto limited = Answer::no(Outcome::limited, "ElevenLabs answered 429: it asks to slow down", code);
        limited.retryAfterMs = sdk::retryAfterMs(http);
        return limited;
    }
    const auto document = sdk::parsed(http.body);
    if (http.status != 200 || !document.is_object() || !document.contains("voices"))
        return Answer::no(http.status >= 300 && http.status < 500 ? Outcome::invalid : Outcome::transient,
                          "ElevenLabs answered " + code + " without a list of voices", code);
    const auto language = sdk::detail::askedLanguage(request).substr(0, 2);
    auto list = Json::array();
    for (const auto& voice : sdk::listIn(document, "voices")) {
        const auto id = sdk::textOf(voice, "voice_id");
        const auto& labels = sdk::objectIn(voice, "labels");
        const auto speaks = sdk::textOf(labels, "language");
        if (id.empty() || (!language.empty() && !speaks.empty() && speaks != language)) continue;
        list.push_back({{"id", id},
                        {"name", sdk::textOf(voice, "name")},
                        {"language", speaks.empty() ? "any" : speaks}});
    }
    return Answer::ok({{"voices", std::move(list)}});
}

}  // namespace overture::elevenlabs
