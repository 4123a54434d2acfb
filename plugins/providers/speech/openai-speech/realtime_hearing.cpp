#include "openai-speech/realtime_hearing.hpp"

#include <algorithm>
#include <cmath>

#include "openai-speech/refusals.hpp"
#include "overture/bytes.hpp"

namespace overture::openai_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;
using speech::Said;

constexpr std::int64_t kShortestTurnMs = 100, kLongestTurnMs = 5000;
constexpr std::int64_t kSlowMs = 1500,
                       kQuickMs = 400;  // patience beyond which a turn is waited for, or is not
constexpr std::int64_t kLongestMs = 86'400'000;
constexpr std::size_t kMostOpen = 8;  // pieces whose words have not come
constexpr std::size_t kMostHints = 100;
constexpr const char* kBegin = "begin";  // ids of our events, for what is answered to them
constexpr const char* kEnd = "end";

std::int64_t msOf(const Json& message, const char* name) {
    return std::clamp<std::int64_t>(sdk::numberOf(message, name), 0, kLongestMs);
}

/// The mean probability of its tokens; 1 when it is not known.
double confidenceOf(const Json& message) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& token : sdk::listIn(message, "logprobs")) {
        const auto& found = token.is_object() ? token.value("logprob", Json()) : Json();
        if (!found.is_number() || !std::isfinite(found.get<double>())) continue;
        sum += std::clamp(found.get<double>(), -100.0, 0.0);
        ++count;
    }
    return count == 0 ? 1.0 : std::exp(sum / static_cast<double>(count));
}

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::optional<Said> troubleOf(const Json& what) {
    auto no = byCode(what, "OpenAI refused to listen");
    if (!no) return std::nullopt;
    Said said;
    said.again = no->outcome == Outcome::limited;
    said.trouble = std::move(no);
    return said;
}

Said again(const std::string& why, const Json& what) {
    Said said;
    said.again = true;
    said.trouble = Answer::no(Outcome::transient, "OpenAI: " + why, sdk::textOf(what, "code"));
    return said;
}

/// Times of single words are not told.
Json wordsOf(const char* kind, const std::string& text, std::int64_t from, std::int64_t to,
             double confidence) {
    return {{"kind", kind},    {"text", text}, {"confidence", confidence},
            {"from_ms", from}, {"to_ms", to},  {"words", Json::array()}};
}

/// Each model takes words that may come up in its own way, or in none.
void addHints(Json& transcription, const std::string& model, const std::vector<std::string>& words) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMostHints, words.size()));
    if (count == 0 || model.find("diarize") != std::string::npos) return;
    if (model == "gpt-transcribe" || model == "gpt-live-transcribe") {
        transcription["keywords"] = std::vector<std::string>(words.begin(), words.begin() + count);
        return;
    }
    std::string list;
    for (std::ptrdiff_t i = 0; i < count; ++i)
        list += (i == 0 ? "" : ", ") + words[static_cast<std::size_t>(i)];
    transcription["prompt"] = model.starts_with("whisper") ? list : "Words that may come up: " + list;
}

Json turnDetection(const std::string& kind, std::int64_t patienceMs) {
    if (kind == "semantic_vad")
        return {{"type", kind},
                {"eagerness", patienceMs >= kSlowMs    ? "low"
                              : patienceMs <= kQuickMs ? "high"
                                                       : "auto"}};
    return {{"type", kind}, {"silence_duration_ms", patienceMs}};
}

}  // namespace

HearingPlan hearingPlan(const Json& settings, const sdk::ListenRequest& asked) {
    HearingPlan plan{nullptr, 0, settings.value("listen_model", "gpt-4o-transcribe")};
    if (plan.model == "gpt-realtime-whisper") {
        plan.fault =
            "listen_model: gpt-realtime-whisper does not find the ends of turns; take gpt-4o-transcribe";
        return plan;
    }
    const auto detection = settings.value("turn_detection", "server_vad");
    const auto patience =
        std::clamp(asked.patienceMs.value_or(settings.value("turn_after_ms", std::int64_t{500})),
                   kShortestTurnMs, kLongestTurnMs);
    Json transcription{{"model", plan.model}};
    const auto language = asked.language.substr(0, asked.language.find('-'));
    if (language.size() == 2) transcription["language"] = language;
    addHints(transcription, plan.model, asked.words);
    plan.input = {{"format", asked.form.mulaw && asked.form.rate == 8000
                                 ? Json{{"type", "audio/pcmu"}}
                                 : Json{{"type", "audio/pcm"}, {"rate", kPcmRate}}},
                  {"transcription", std::move(transcription)},
                  {"turn_detection", turnDetection(detection, patience)}};
    if (const auto noise = settings.value("noise_reduction", "off"); noise != "off")
        plan.input["noise_reduction"] = {{"type", noise}};
    plan.silenceMs = detection == "server_vad" ? patience : 0;
    return plan;
}

RealtimeHearing::Sound::Sound(const sdk::AudioForm& form)
    : reader(form.mulaw), resampler(form.rate, kPcmRate) {}

std::string RealtimeHearing::Sound::take(std::string_view bytes) {
    return sdk::bytesOf(resampler.take(reader.take(bytes)), false);
}

speech::Dialect::Message RealtimeHearing::event(const Json& document) {
    return {false, document.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

RealtimeHearing::RealtimeHearing(sdk::WebSocketRequest request, Json session, const sdk::AudioForm& form,
                                 std::int64_t silenceMs)
    : request_(std::move(request)), session_(std::move(session)), form_(form), silenceMs_(silenceMs) {}

sdk::WebSocketRequest RealtimeHearing::request() {
    pieces_.clear();
    leaving_ = left_ = false;
    if (!isTheirs()) sound_.emplace(form_);
    return request_;
}
std::vector<speech::Dialect::Message> RealtimeHearing::greeting() {
    return {event({{"type", "session.update"}, {"event_id", kBegin}, {"session", session_}})};
}
speech::Dialect::Message RealtimeHearing::audio(std::string_view bytes) {
    const auto theirs = isTheirs() ? sdk::toBase64(bytes) : sdk::toBase64(sound_->take(bytes));
    return {false, R"({"type":"input_audio_buffer.append","audio":")" + theirs + "\"}"};
}
std::vector<speech::Dialect::Message> RealtimeHearing::farewell() {
    leaving_ = true;
    return {event({{"type", "input_audio_buffer.commit"}, {"event_id", kEnd}})};
}

Said RealtimeHearing::read(bool binary, std::string_view text) {
    if (binary) return {};
    const auto message = sdk::parsed(text);
    const auto type = sdk::textOf(message, "type"), id = sdk::textOf(message, "item_id");
    if (other(type, message)) return {};
    if (type == "input_audio_buffer.speech_started") return started(id, msOf(message, "audio_start_ms"));
    if (type == "input_audio_buffer.speech_stopped") return stopped(id, msOf(message, "audio_end_ms"));
    if (type == "input_audio_buffer.committed") return committed(id);
    if (type == "conversation.item.input_audio_transcription.delta")
        return heard(id, sdk::textOf(message, "delta"));
    if (type == "conversation.item.input_audio_transcription.completed") return completed(id, message);
    if (type == "conversation.item.input_audio_transcription.failed")
        return failed(id, sdk::objectIn(message, "error"));
    if (type == "error") return error(sdk::objectIn(message, "error"));
    return {};  // session.created and the like, and what is new
}

bool RealtimeHearing::isTheirs() const {
    return form_.mulaw ? form_.rate == 8000 : form_.rate == kPcmRate;
}

RealtimeHearing::Piece* RealtimeHearing::pieceOf(const std::string& id) {
    const auto found =
        std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.id == id; });
    return found == pieces_.end() ? nullptr : &*found;
}

Said RealtimeHearing::started(const std::string& id, std::int64_t at) {
    if (id.empty() || pieceOf(id) != nullptr) return {};
    const bool first = pieces_.empty();  // also after a break, of which it knows nothing
    pieces_.push_back({id, at});
    auto said = flushed();
    if (!std::exchange(turn_, true) || first) said.words.push_back(wordsOf("started", "", at, at, 1.0));
    return said;
}

Said RealtimeHearing::stopped(const std::string& id, std::int64_t at) {
    if (auto* piece = pieceOf(id)) piece->toMs = std::max(piece->fromMs, at);
    return {};
}

/// Its own doing after silence; or ours at the end, which then may have cut off a piece that was announced by another id.
Said RealtimeHearing::committed(const std::string& id) {
    auto* piece = pieceOf(id);
    if (piece == nullptr && leaving_) {
        left_ = true;
        if (!pieces_.empty() && !pieces_.back().committed) (piece = &pieces_.back())->id = id;
    }
    if (piece == nullptr && !id.empty()) {
        pieces_.push_back({id, pieces_.empty() ? 0 : pieces_.back().fromMs});
        piece = &pieces_.back();
    }
    if (piece != nullptr) piece->committed = true;
    if (piece != nullptr) pieceKept(id);
    return flushed();
}

Said RealtimeHearing::heard(const std::string& id, const std::string& delta) {
    auto* piece = pieceOf(id);
    if (piece == nullptr || piece->done || delta.empty()) return {};
    piece->text += delta;
    std::string text;
    for (const auto& one : pieces_)
        if (const auto words = trimmed(one.text); !words.empty()) text += (text.empty() ? "" : " ") + words;
    if (text.empty()) return {};
    return {{wordsOf("interim", text, pieces_.front().fromMs, endOf(*piece), 1.0)}};
}

Said RealtimeHearing::completed(const std::string& id, const Json& message) {
    auto* piece = pieceOf(id);
    if (piece == nullptr) return {};  // a second time
    failedOnce_ = false;
    piece->done = true;
    piece->text = sdk::textOf(message, "transcript");
    piece->confidence = confidenceOf(message);
    const auto& languages = sdk::listIn(message, "languages");
    if (languages.size() == 1) piece->language = sdk::textOf(languages[0], "code");
    return flushed();
}

/// The sound of that piece is still here: it is sent again, once.
Said RealtimeHearing::failed(const std::string& id, const Json& what) {
    if (auto no = troubleOf(what)) return std::move(*no);
    if (!std::exchange(failedOnce_, true)) return again("it could not hear a piece", what);
    failedOnce_ = false;
    if (auto* piece = pieceOf(id)) {
        piece->done = true;
        piece->confidence = 0;
    }
    return flushed();
}

Said RealtimeHearing::error(const Json& what) {
    if (auto no = troubleOf(what)) return std::move(*no);
    if (sdk::textOf(what, "code") == "session_expired") return again("the session has ended", what);
    const auto ours = sdk::textOf(what, "event_id");
    if (ours == kBegin) {
        Said said;
        said.trouble =
            Answer::no(Outcome::invalid, "OpenAI refused the session: check listen_model and the language",
                       sdk::textOf(what, "code"));
        return said;
    }
    const bool nothingLeft = sdk::textOf(what, "code") == "input_audio_buffer_commit_empty";
    if (ours == kEnd || (leaving_ && nothingLeft)) left_ = true;
    return flushed();
}

std::int64_t RealtimeHearing::endOf(const Piece& piece) const {
    return piece.toMs ? std::max(piece.fromMs, *piece.toMs - silenceMs_) : piece.fromMs;
}

/// What can be said now: words come in any order, and are said in the caller's.
Said RealtimeHearing::flushed() {
    Said said;
    while (!pieces_.empty() && (pieces_.front().done || pieces_.size() > kMostOpen)) {
        const auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        if (const auto text = trimmed(piece.text); !text.empty()) {
            said.words.push_back(wordsOf("final", text, piece.fromMs, endOf(piece), piece.confidence));
            if (!piece.language.empty()) said.words.back()["language"] = piece.language;
        }
        if (piece.toMs) said.settledMs = piece.toMs;
        if (pieces_.empty() && std::exchange(turn_, false))
            said.words.push_back(wordsOf("ended_turn", "", endOf(piece), endOf(piece), 1.0));
    }
    said.done = left_ && pieces_.empty();
    return said;
}

}  // namespace overture::openai_speech
