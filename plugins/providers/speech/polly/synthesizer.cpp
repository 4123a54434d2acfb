#include "polly/synthesizer.hpp"

#include <algorithm>
#include <cmath>

#include "aws/refusals.hpp"
#include "aws/sigv4.hpp"
#include "common/spoken.hpp"
#include "overture/documents.hpp"

namespace overture::polly {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::int64_t kLongestList = 5000;

/// AWS says what is the matter by a name, with the status 400 for most.
std::optional<Answer> byCode(int status, const std::string& code, const std::string& message) {
    const auto said = "Polly answered " + std::to_string(status) + (code.empty() ? "" : " " + code);
    if (aws::refusesWhoAsks(code))
        return Answer::no(Outcome::auth, said + ": check the access key and its permissions", code);
    if (aws::asksToSlowDown(code)) return Answer::no(Outcome::limited, said + ": it asks to slow down", code);
    if (code == "EngineNotSupportedException")
        return Answer::no(Outcome::invalid, said + ": this voice does not speak with this engine", code);
    if (code == "ValidationException" && message.find("oiceId") != std::string::npos)
        return Answer::no(Outcome::invalid, said, speech::kNoSuchVoice);
    return std::nullopt;
}

std::optional<Answer> refusal(const sdk::HttpAnswer& head, const std::string& body) {
    const auto document = sdk::parsed(body);
    auto code = head.header("x-amzn-errortype");
    if (code.empty()) code = sdk::textOf(document, "__type");
    auto message = sdk::textOf(document, "message");
    if (message.empty()) message = sdk::textOf(document, "Message");
    return byCode(head.status, aws::plainCode(code), message);
}

bool isVoice(const std::string& name) {
    return name.size() <= 30 && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

}  // namespace

sdk::HttpRequest PollySynthesizer::signedRequest(const std::string& method, const std::string& path,
                                                 std::string body) const {
    const aws::Credentials who{host_.secret("access_key_id").value_or(""),
                               host_.secret("secret_access_key").value_or(""),
                               host_.secret("session_token").value_or("")};
    if (who.accessKeyId.empty() || who.secretAccessKey.empty())
        throw sdk::Refused(Outcome::auth, "the secrets access_key_id and secret_access_key are missing");
    const auto base = settings_.value("base_url", "https://polly." + region() + ".amazonaws.com");
    sdk::HttpRequest request{method, base + path, {}, std::move(body)};
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    aws::sign(request, who, {region(), "polly"}, host_.nowMicros());
    return request;
}

Answer PollySynthesizer::speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    const auto asked = sdk::SpeakRequest::read(request);
    speech::Speech speech;
    speech.vendor = "Polly";
    speech.voice = asked.voice.empty() ? settings_.value("voice", "Joanna") : asked.voice;
    if (!isVoice(speech.voice))
        return Answer::no(Outcome::invalid, "voice: one of Polly's is a name such as Joanna");
    const auto engine = settings_.value("engine", "neural");
    speech.model = "polly " + engine;
    speech.given = {false, asked.form.rate > 8000 ? 16000 : 8000};
    Json body{
        {"Engine", engine},   {"OutputFormat", "pcm"}, {"SampleRate", std::to_string(speech.given.rate)},
        {"Text", asked.text}, {"TextType", "text"},    {"VoiceId", speech.voice}};
    if (asked.speed) {
        const auto percent = std::clamp<long>(std::lround(*asked.speed * 100), 20, 200);
        body["TextType"] = "ssml";
        body["Text"] = "<speak><prosody rate=\"" + std::to_string(percent) + "%\">" + escaped(asked.text) +
                       "</prosody></speak>";
    }
    speech.request =
        signedRequest("POST", "/v1/speech", body.dump(-1, ' ', false, Json::error_handler_t::replace));
    speech.refusal = refusal;
    speech.voices = [this](const sdk::Call& left) { return voices(Json::object(), left); };
    speech.patienceMs = settings_.value("first_audio_ms", std::int64_t{4000});
    speech.usdAMillion = settings_.value("usd_per_million_characters", 16.0);
    return speech::sayOver(host_, speech, asked, sink, call);
}

Answer PollySynthesizer::voices(const Json& request, const sdk::Call& call) {
    const auto language = sdk::detail::askedLanguage(request);
    auto list = signedRequest("GET", "/v1/voices?Engine=" + settings_.value("engine", "neural"), {});
    list.deadlineMs = std::min(call.deadlineMs, kLongestList);
    const auto http = host_.http(list);
    if (!http.answered)
        return Answer::no(Outcome::transient, "Polly was not reached: " + http.error, "no_answer");
    const auto code = std::to_string(http.status);
    if (http.status != 200) {
        if (auto no = byCode(http.status, aws::plainCode(http.header("x-amzn-errortype")), "")) {
            no->retryAfterMs = sdk::retryAfterMs(http);
            return *no;
        }
        if (http.status == 401 || http.status == 403)
            return Answer::no(Outcome::auth, "Polly answered " + code + ": check the access key", code);
        auto no = Answer::no(http.status == 429                        ? Outcome::limited
                             : http.status >= 300 && http.status < 500 ? Outcome::invalid
                                                                       : Outcome::transient,
                             "Polly answered " + code, code);
        no.retryAfterMs = sdk::retryAfterMs(http);
        return no;
    }
    const auto document = sdk::parsed(http.body);
    if (!document.is_object() || !document.contains("Voices"))
        return Answer::no(Outcome::transient, "Polly answered without a list of voices", code);
    auto voices = Json::array();
    for (const auto& voice : sdk::listIn(document, "Voices")) {
        const auto speaks = sdk::textOf(voice, "LanguageCode");
        const auto id = sdk::textOf(voice, "Id");
        if (id.empty() || speaks.substr(0, language.size()) != language) continue;
        voices.push_back({{"id", id}, {"name", sdk::textOf(voice, "Name")}, {"language", speaks}});
    }
    return Answer::ok({{"voices", std::move(voices)}});
}

}  // namespace overture::polly
