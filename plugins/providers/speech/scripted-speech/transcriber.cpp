#include "scripted-speech/transcriber.hpp"

#include <algorithm>

#include "overture/speech.hpp"
#include "scripted-speech/sound.hpp"

namespace overture::scripted_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;

class Stream final : public sdk::Listening {
public:
    Stream(const TextTranscriber::Settings& settings, const sdk::ListenRequest& asked, sdk::Heard heard)
        : settings_(settings),
          form_(asked.form),
          language_(asked.language),
          heard_(heard),
          bytes_(form_.mulaw) {
        settings_.turnAfterMs = asked.patienceMs.value_or(settings_.turnAfterMs);
    }

    void audio(std::string_view bytes) override {
        if (over_) return;
        for (const auto sample : bytes_.take(bytes)) {
            if (const auto byte = sound_.take(sample)) add(*byte);
            look();
        }
        if (settings_.failsAfterMs >= 0 && ms(sound_.now()) >= settings_.failsAfterMs)
            end(Answer::no(Outcome::transient, "the stream was set to fail here", "fails_after_ms"));
    }

    void finish() override {
        if (over_) return;
        makeFinal();
        endTurn();
        end(Answer::ok(nullptr));
    }

private:
    std::int64_t ms(std::int64_t samples) const { return samples * 1000 / form_.rate; }

    void add(const Reader::Byte& byte) {
        if (text_.empty()) {
            heard_.words(words("started", ""));
            from_ = byte.from;
        }
        speaks_ = true;
        to_ = byte.to;
        text_ += static_cast<char>(byte.value);
        if (byte.value == ' ') return endWord(true);
        if (word_.empty()) wordFrom_ = byte.from;
        wordTo_ = byte.to;
        word_ += static_cast<char>(byte.value);
    }

    void look() {
        if (!speaks_) return;
        if (!text_.empty() && ms(sound_.quiet()) >= settings_.finalAfterMs) makeFinal();
        if (text_.empty() && ms(sound_.quiet()) >= settings_.turnAfterMs) endTurn();
    }

    double confidenceOf(const std::string& word) const {
        std::string plain;
        for (const char c : word)
            if (std::isalnum(static_cast<unsigned char>(c)) != 0)
                plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return settings_.unsureOf.value(plain, settings_.confidence);
    }

    void endWord(bool tell) {
        if (word_.empty()) return;
        list_.push_back({{"text", word_},
                         {"from_ms", ms(wordFrom_)},
                         {"to_ms", ms(wordTo_)},
                         {"confidence", confidenceOf(word_)}});
        word_.clear();
        if (tell) heard_.words(words("interim", text_));
    }

    void makeFinal() {
        if (text_.empty()) return;
        endWord(false);
        heard_.words(words("final", text_));
        text_.clear();
        list_ = Json::array();
    }

    void endTurn() {
        if (!speaks_) return;
        speaks_ = false;
        heard_.words(words("ended_turn", ""));
    }

    Json words(const char* kind, std::string text) const {
        while (text.ends_with(' ')) text.pop_back();
        double confidence = settings_.confidence;
        for (const auto& word : list_) confidence = std::min(confidence, word["confidence"].get<double>());
        const bool silent = text.empty();
        Json document{{"kind", kind},
                      {"text", std::move(text)},
                      {"confidence", confidence},
                      {"from_ms", ms(silent ? sound_.now() : from_)},
                      {"to_ms", ms(silent ? sound_.now() : to_)},
                      {"words", silent ? Json::array() : list_}};
        if (!language_.empty()) document["language"] = language_;
        return document;
    }

    void end(const Answer& answer) {
        over_ = true;
        heard_.ended(answer);
    }

    TextTranscriber::Settings settings_;
    sdk::AudioForm form_;
    std::string language_;
    sdk::Heard heard_;
    sdk::SampleReader bytes_;
    Reader sound_;
    bool over_ = false;
    bool speaks_ = false;  // since the last end of a turn
    std::string text_, word_;
    std::int64_t from_ = 0, to_ = 0, wordFrom_ = 0, wordTo_ = 0;
    Json list_ = Json::array();
};

}  // namespace

TextTranscriber::TextTranscriber(const Json& settings)
    : settings_{settings.value("final_after_ms", std::int64_t{200}),
                settings.value("turn_after_ms", std::int64_t{500}), settings.value("confidence", 0.95),
                settings.value("unsure_of", Json::object()),
                settings.value("fails_after_ms", std::int64_t{-1})} {}

Answer TextTranscriber::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                               std::unique_ptr<sdk::Listening>& listening) {
    listening = std::make_unique<Stream>(settings_, sdk::ListenRequest::read(request), heard);
    return Answer::ok({{"model", "scripted"}, {"micros_per_minute", 0}, {"currency", "USD"}});
}

}  // namespace overture::scripted_speech
