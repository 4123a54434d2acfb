#include "transcribe/transcriber.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "aws/event_stream.hpp"
#include "aws/refusals.hpp"
#include "aws/sigv4.hpp"
#include "common/stream.hpp"
#include "overture/documents.hpp"
#include "overture/speech.hpp"

namespace overture::transcribe {
namespace {

using sdk::Answer;
using sdk::Outcome;
using speech::Said;

constexpr int kUrlSeconds = 300;          // the most that it takes
constexpr std::int64_t kSilenceMs = 100;  // that keeps a stream, which ends after 15 s without sound

std::int64_t msOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return 0;
    const auto seconds = found->get<double>();
    return std::isfinite(seconds) ? std::llround(std::clamp(seconds, 0.0, 1e6) * 1000) : 0;
}

std::optional<double> confidenceOf(const Json& item) {
    const auto found = item.find("Confidence");
    if (found == item.end() || !found->is_number()) return std::nullopt;
    return std::clamp(found->get<double>(), 0.0, 1.0);
}

Json wordsOf(const char* kind, const std::string& text, std::int64_t from, std::int64_t to, double confidence,
             Json list = Json::array()) {
    return {{"kind", kind},    {"text", text}, {"confidence", confidence},
            {"from_ms", from}, {"to_ms", to},  {"words", std::move(list)}};
}

std::string frameOf(std::string_view sound) {
    return aws::frameOf({{":content-type", "application/octet-stream"},
                         {":event-type", "AudioEvent"},
                         {":message-type", "event"}},
                        sound);
}

/// What a connection needs to be signed anew: a URL is good for five minutes.
struct Address {
    sdk::Host host;
    std::string url;
    aws::Credentials who;
    aws::Signing signing;
};

class Live final : public speech::Dialect {
public:
    Live(Address address, const sdk::AudioForm& form, std::int64_t patienceMs)
        : address_(std::move(address)), form_(form), patienceMs_(patienceMs), reader_(form.mulaw) {}

    sdk::WebSocketRequest request() override {
        silences_.clear();
        sentMs_ = spokenMs_ = 0;
        reader_ = sdk::SampleReader(form_.mulaw);
        return {aws::presigned(address_.url, address_.who, address_.signing, address_.host.nowMicros(),
                               kUrlSeconds),
                {}};
    }
    Message audio(std::string_view bytes) override {
        return {true, frameOf(sdk::bytesOf(reader_.take(bytes), false))};
    }
    std::optional<Message> keepAlive() override {
        silences_.push_back(sentMs_ + kSilenceMs * static_cast<std::int64_t>(silences_.size()));
        return Message{true, frameOf(std::string(sdk::AudioForm{false, form_.rate}.bytes(kSilenceMs), '\0'))};
    }
    std::vector<Message> farewell() override { return {{true, frameOf({})}}; }
    std::string vendor() const override { return "Amazon Transcribe"; }

    Said read(bool binary, std::string_view bytes) override {
        if (!binary) return {};
        Said said;
        bool any = false;
        aws::EventStream stream;
        stream.take(bytes, [&](const aws::StreamMessage& message) {
            any = true;
            if (!said.trouble) readOne(message, said);
        });
        if (!any) return troubleOf("a message that cannot be read", Outcome::transient, true, "unreadable");
        return said;
    }

    std::vector<Json> passed(std::int64_t milliseconds) override {
        sentMs_ = milliseconds;
        return endedTurn();
    }

private:
    static Said troubleOf(const std::string& why, Outcome outcome, bool again, const std::string& code) {
        Said said;
        said.trouble = Answer::no(outcome, "Amazon Transcribe: " + why, code);
        said.again = again;
        return said;
    }

    void readOne(const aws::StreamMessage& message, Said& said) {
        const auto kind = message.text(":message-type");
        const auto document = sdk::parsed(message.payload);
        if (kind == "exception" || kind == "error") {
            const auto no =
                refused(message.text(kind == "exception" ? ":exception-type" : ":error-code"), document);
            said.trouble = no.trouble;
            said.again = no.again;
        }
        if (kind != "event" || message.text(":event-type") != "TranscriptEvent") return;
        for (const auto& result : sdk::listIn(sdk::objectIn(document, "Transcript"), "Results"))
            if (result.is_object()) add(said, result);
    }

    static Said refused(const std::string& code, const Json& document) {
        if (aws::refusesWhoAsks(code))
            return troubleOf("check the access key and its permissions", Outcome::auth, false, code);
        if (aws::asksToSlowDown(code)) return troubleOf("it asks to slow down", Outcome::limited, true, code);
        // With the same name it ends streams that were silent too long, and refuses what is asked.
        const bool late = sdk::textOf(document, "Message").find("timed out") != std::string::npos;
        if (code == "BadRequestException" && !late)
            return troubleOf("it refuses the stream: check the language, the rate and the settings",
                             Outcome::invalid, false, code);
        return troubleOf("the stream was broken off", Outcome::transient, true, code);
    }

    void add(Said& said, const Json& result) {
        const bool final = result.value("IsPartial", Json(true)) == false;
        const auto from = ours(msOf(result, "StartTime")), to = std::max(from, ours(msOf(result, "EndTime")));
        const auto& alternatives = sdk::listIn(result, "Alternatives");
        const Json nothing = Json::object();
        const auto& best = alternatives.empty() || !alternatives[0].is_object() ? nothing : alternatives[0];
        const auto text = sdk::textOf(best, "Transcript");
        if (!text.empty()) {
            double confidence = 1;
            auto list = listOf(best, confidence);
            const auto begins = list.empty() ? from : list.front()["from_ms"].get<std::int64_t>();
            spokenMs_ = list.empty() ? to : list.back()["to_ms"].get<std::int64_t>();
            open_ = !final;
            if (!std::exchange(turn_, true))
                said.words.push_back(wordsOf("started", "", begins, begins, 1.0));
            said.words.push_back(wordsOf(final ? "final" : "interim", text, begins,
                                         std::max(begins, spokenMs_), confidence, std::move(list)));
            const auto language = sdk::textOf(result, "LanguageCode");
            if (!language.empty()) said.words.back()["language"] = language;
        }
        if (!final) return;
        open_ = false;
        said.settledMs = to;
        for (auto& words : endedTurn()) said.words.push_back(std::move(words));
    }

    /// The words, each with what follows it at once ("three."), and how sure it is of all of them.
    Json listOf(const Json& best, double& confidence) const {
        auto list = Json::array();
        double sum = 0;
        std::size_t known = 0;
        for (const auto& item : sdk::listIn(best, "Items")) {
            if (!item.is_object()) continue;
            const auto text = sdk::textOf(item, "Content");
            if (sdk::textOf(item, "Type") == "punctuation") {
                if (!list.empty()) list.back()["text"] = list.back()["text"].get<std::string>() + text;
                continue;
            }
            const auto sure = confidenceOf(item);
            const auto from = ours(msOf(item, "StartTime"));
            list.push_back({{"text", text},
                            {"from_ms", from},
                            {"to_ms", std::max(from, ours(msOf(item, "EndTime")))},
                            {"confidence", sure.value_or(1.0)}});
            if (!sure) continue;
            sum += *sure;
            ++known;
        }
        confidence = known == 0 ? 1.0 : sum / static_cast<double>(known);
        return list;
    }

    /// It leaves to us when a turn ends: all is final, and so much sound came after it.
    std::vector<Json> endedTurn() {
        if (!turn_ || open_ || sentMs_ - spokenMs_ < patienceMs_) return {};
        turn_ = false;
        return {wordsOf("ended_turn", "", spokenMs_, spokenMs_, 1.0)};
    }

    /// Its clock without the silence that was put in to keep the stream.
    std::int64_t ours(std::int64_t theirs) const {
        const auto before = std::count_if(silences_.begin(), silences_.end(),
                                          [&](std::int64_t at) { return at + kSilenceMs <= theirs; });
        return std::max<std::int64_t>(0, theirs - kSilenceMs * before);
    }

    const Address address_;
    const sdk::AudioForm form_;
    const std::int64_t patienceMs_;
    sdk::SampleReader reader_;
    std::vector<std::int64_t> silences_;      // where on its clock they begin
    std::int64_t sentMs_ = 0, spokenMs_ = 0;  // of this connection: sound; to the last word's end
    bool turn_ = false, open_ = false;        // somebody has spoken; not all of it is final
};

/// It wants a country with the language; "" for a language that it then has to be told.
std::string languageOf(const std::string& asked) {
    constexpr std::array<std::pair<const char*, const char*>, 12> kUsual{{{"", "en-US"},
                                                                          {"en", "en-US"},
                                                                          {"es", "es-US"},
                                                                          {"fr", "fr-FR"},
                                                                          {"de", "de-DE"},
                                                                          {"it", "it-IT"},
                                                                          {"pt", "pt-BR"},
                                                                          {"nl", "nl-NL"},
                                                                          {"hi", "hi-IN"},
                                                                          {"ja", "ja-JP"},
                                                                          {"ko", "ko-KR"},
                                                                          {"zh", "zh-CN"}}};
    if (asked.find('-') != std::string::npos) return asked;
    for (const auto& [language, whole] : kUsual)
        if (asked == language) return whole;
    return {};
}

}  // namespace

Answer StreamingTranscriber::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                                    std::unique_ptr<sdk::Listening>& listening) {
    const auto asked = sdk::ListenRequest::read(request);
    const auto language = languageOf(asked.language);
    if (language.empty())
        return Answer::no(Outcome::invalid,
                          "language: Amazon Transcribe wants the country as well, as in en-US");
    const aws::Credentials who{host_.secret("access_key_id").value_or(""),
                               host_.secret("secret_access_key").value_or(""),
                               host_.secret("session_token").value_or("")};
    if (who.accessKeyId.empty() || who.secretAccessKey.empty())
        return Answer::no(Outcome::auth, "the secrets access_key_id and secret_access_key are missing");
    const auto region = settings_.value("region", "us-east-1");
    auto url = settings_.value("base_url", "wss://transcribestreaming." + region + ".amazonaws.com:8443") +
               "/stream-transcription-websocket?language-code=" + aws::percentEncoded(language) +
               "&media-encoding=pcm&sample-rate=" + std::to_string(asked.form.rate);
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) url += std::string("&") + name + "=" + aws::percentEncoded(value);
    };
    if (const auto stability = settings_.value("stability", "high"); stability != "off") {
        add("enable-partial-results-stabilization", "true");
        add("partial-results-stability", stability);
    }
    add("vocabulary-name", settings_.value("vocabulary", ""));
    add("language-model-name", settings_.value("language_model", ""));
    listening = speech::listenOver(
        host_, asked.form,
        std::make_unique<Live>(
            Address{host_, url, who, {region, "transcribe"}}, asked.form,
            asked.patienceMs.value_or(settings_.value("turn_after_ms", std::int64_t{700}))),
        heard);
    return Answer::ok({{"model", "transcribe " + language},
                       {"micros_per_minute", std::llround(settings_.value("usd_per_minute", 0.024) * 1e6)},
                       {"currency", "USD"}});
}

}  // namespace overture::transcribe
