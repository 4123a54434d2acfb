#include "deepgram/transcriber.hpp"

#include <algorithm>
#include <cmath>

#include "common/query.hpp"
#include "common/stream.hpp"
#include "overture/documents.hpp"
#include "overture/speech.hpp"

namespace overture::deepgram {
namespace {

using sdk::Answer;
using sdk::Outcome;
using speech::Said;

constexpr std::int64_t kLongestTurnMs = 5000;
constexpr std::int64_t kLeastUtteranceEndMs = 1000;  // Deepgram takes no less
constexpr std::size_t kMostHints = 50;

std::int64_t msOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return 0;
    const auto seconds = found->get<double>();
    return std::isfinite(seconds) ? std::llround(std::clamp(seconds, 0.0, 1e7) * 1000) : 0;
}

double shareOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? std::clamp(found->get<double>(), 0.0, 1.0) : 1.0;
}

class Live final : public speech::Dialect {
public:
    Live(std::string url, std::string key) : url_(std::move(url)), key_(std::move(key)) {}

    sdk::WebSocketRequest request() override { return {url_, {{"Authorization", "Token " + key_}}}; }
    std::optional<Message> keepAlive() override { return Message{false, R"({"type":"KeepAlive"})"}; }
    std::vector<Message> farewell() override {
        return {{false, R"({"type":"Finalize"})"}, {false, R"({"type":"CloseStream"})"}};
    }
    std::string vendor() const override { return "Deepgram"; }

    Said read(bool binary, std::string_view text) override {
        if (binary) return {};
        const auto message = sdk::parsed(text);
        const auto type = sdk::textOf(message, "type");
        if (type == "Results") return results(message);
        if (type == "SpeechStarted") return started(msOf(message, "timestamp"));
        if (type == "UtteranceEnd") return endTurn(msOf(message, "last_word_end"));
        return {};  // Metadata, and what is new
    }

private:
    Said started(std::int64_t at) {
        if (std::exchange(turn_, true)) return {};
        return {{wordsOf("started", "", at, at, 1.0, Json::array())}};
    }
    Said endTurn(std::int64_t at) {
        if (!std::exchange(turn_, false)) return {};
        return {{wordsOf("ended_turn", "", at, at, 1.0, Json::array())}};
    }

    Said results(const Json& message) {
        const auto from = msOf(message, "start"), to = from + msOf(message, "duration");
        const bool final = message.value("is_final", Json()) == true;
        const auto& alternatives = sdk::listIn(sdk::objectIn(message, "channel"), "alternatives");
        const Json nothing = Json::object();
        const auto& best = alternatives.empty() ? nothing : alternatives.front();
        const auto text = sdk::textOf(best, "transcript");
        Said said;
        if (!text.empty()) {
            const auto list = listOf(best);
            const auto begins = list.empty() ? from : list.front()["from_ms"].get<std::int64_t>();
            const auto ends = list.empty() ? to : list.back()["to_ms"].get<std::int64_t>();
            said = started(begins);
            said.words.push_back(
                wordsOf(final ? "final" : "interim", text, begins, ends, shareOf(best, "confidence"), list));
        }
        if (final) said.settledMs = to;
        if (message.value("speech_final", Json()) == true)
            for (auto& words : endTurn(to).words) said.words.push_back(std::move(words));
        return said;
    }

    static Json listOf(const Json& best) {
        auto list = Json::array();
        for (const auto& word : sdk::listIn(best, "words")) {
            if (!word.is_object()) continue;
            auto text = sdk::textOf(word, "punctuated_word");
            if (text.empty()) text = sdk::textOf(word, "word");
            list.push_back({{"text", text},
                            {"from_ms", msOf(word, "start")},
                            {"to_ms", msOf(word, "end")},
                            {"confidence", shareOf(word, "confidence")}});
        }
        return list;
    }

    static Json wordsOf(const char* kind, const std::string& text, std::int64_t from, std::int64_t to,
                        double confidence, Json list) {
        return {{"kind", kind},    {"text", text}, {"confidence", confidence},
                {"from_ms", from}, {"to_ms", to},  {"words", std::move(list)}};
    }

    std::string url_, key_;
    bool turn_ = false;  // somebody has spoken since the last end of one
};

}  // namespace

Answer LiveTranscriber::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                               std::unique_ptr<sdk::Listening>& listening) {
    const auto asked = sdk::ListenRequest::read(request);
    const auto& form = asked.form;
    const auto key = host_.secret("api_key").value_or("");
    if (key.empty()) return Answer::no(Outcome::auth, "the secret api_key is missing");
    const auto model = settings_.value("model", "nova-3");
    const auto patience = std::clamp<std::int64_t>(
        asked.patienceMs.value_or(settings_.value("turn_after_ms", std::int64_t{500})), 10, kLongestTurnMs);
    std::string url = settings_.value("base_url", "wss://api.deepgram.com") + "/v1/listen?channels=1";
    const auto add = [&](const std::string& name, const std::string& value) {
        url += "&" + name + "=" + speech::percentEncoded(value);
    };
    add("model", model);
    add("language", asked.language.empty() ? "en" : asked.language);
    add("encoding", form.mulaw ? "mulaw" : "linear16");
    add("sample_rate", std::to_string(form.rate));
    add("interim_results", "true");
    add("punctuate", "true");
    add("smart_format", settings_.value("smart_format", true) ? "true" : "false");
    add("vad_events", "true");
    add("endpointing", std::to_string(patience));
    add("utterance_end_ms", std::to_string(std::max(kLeastUtteranceEndMs, patience)));
    for (std::size_t i = 0; i < std::min(kMostHints, asked.words.size()); ++i)
        add(model.starts_with("nova-3") ? "keyterm" : "keywords", asked.words[i]);
    listening = speech::listenOver(host_, form, std::make_unique<Live>(url, key), heard);
    return Answer::ok({{"model", model},
                       {"micros_per_minute", std::llround(settings_.value("usd_per_minute", 0.0077) * 1e6)},
                       {"currency", "USD"}});
}

}  // namespace overture::deepgram
