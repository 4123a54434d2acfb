#include "openai-speech/converser.hpp"

#include <cmath>

#include "openai-speech/asking.hpp"
#include "openai-speech/realtime_hearing.hpp"
#include "openai-speech/refusals.hpp"
#include "overture/bytes.hpp"

namespace overture::openai_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;
using Role = Responses::Role;
using Event = Responses::Event;
using Clock = std::chrono::steady_clock;

constexpr auto kForItsName = std::chrono::milliseconds(300);
constexpr double kLeastSpeed = 0.25, kMostSpeed = 1.5;

/// Its session answers only when it is asked to.
class Session final : public RealtimeHearing {
public:
    Session(sdk::WebSocketRequest request, Json session, const sdk::AudioForm& form, std::int64_t silenceMs,
            std::shared_ptr<Responses> responses)
        : RealtimeHearing(std::move(request), std::move(session), form, silenceMs),
          responses_(std::move(responses)) {}
    sdk::WebSocketRequest request() override {
        responses_->lost();
        return RealtimeHearing::request();
    }

protected:
    bool other(const std::string& type, const Json& message) override {
        return responses_->take(type, message);
    }
    void pieceKept(const std::string& item) override { responses_->itemKept(item); }

private:
    const std::shared_ptr<Responses> responses_;
};

std::string dumped(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The answer's text as it comes: the members that were understood, then the words that are said.
class Telling {
public:
    Telling(std::string aloud, const sdk::Pieces* pieces) : aloud_(std::move(aloud)), pieces_(pieces) {}

    bool understood(const Json& members) {
        object_ = members;
        object_.erase(aloud_);
        auto head = dumped(object_);
        head.pop_back();
        head += (object_.empty() ? "" : ",") + dumped(aloud_) + ":\"";
        begun_ = true;
        return put(head + escaped(words_));
    }
    bool words(const std::string& more) {
        words_ += more;
        return !begun_ || put(escaped(more));
    }
    bool end() { return put("\"}"); }
    Json object() const {
        auto whole = object_;
        whole[aloud_] = words_;
        return whole;
    }
    const std::string& content() const { return content_; }
    bool any() const { return !object_.empty() || !words_.empty(); }

private:
    static std::string escaped(const std::string& text) {
        const auto quoted = dumped(text);
        return quoted.substr(1, quoted.size() - 2);
    }
    bool put(const std::string& text) {
        content_ += text;
        return pieces_ == nullptr || text.empty() || (*pieces_)(text);
    }
    const std::string aloud_;
    const sdk::Pieces* pieces_;
    Json object_ = Json::object();
    std::string words_, content_;
    bool begun_ = false;
};

/// Sound in the vendor's form, on its way to whoever listens.
class Outward {
public:
    Outward(const sdk::AudioForm& form, const sdk::AudioSink& sink) : sink_(sink) {
        if (!form.mulaw || form.rate != 8000) outlet_.emplace(kPcmRate, form, sink);
    }
    bool take(const std::string& base64) {
        const auto bytes = sdk::fromBase64(base64);
        if (!bytes || bytes->empty()) return true;
        return outlet_ ? outlet_->put(reader_.take(*bytes)) : sink_(*bytes);
    }
    bool finish() { return !outlet_ || outlet_->finish(); }

private:
    const sdk::AudioSink& sink_;
    sdk::SampleReader reader_{false};
    std::optional<audio::Outlet> outlet_;
};

class Conversation final : public sdk::Conversing {
public:
    Conversation(std::unique_ptr<speech::Line> line, std::shared_ptr<Responses> responses,
                 const sdk::AudioForm& form, std::string model, const Prices& prices)
        : responses_(std::move(responses)),
          form_(form),
          model_(std::move(model)),
          prices_(prices),
          line_(std::move(line)) {}
    void audio(std::string_view bytes) override { line_->audio(bytes); }
    void finish() override { line_->finish(); }
    Answer answer(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) override;

private:
    struct Run;
    Answer follow(Run& run);
    std::optional<Answer> obey(Run& run, const Event& event);
    std::optional<Answer> ended(Run& run, const Event& event);
    Answer givenUp(Run& run, Answer why);
    Answer stopped(Run& run);
    void cancel(const Run& run);

    const std::shared_ptr<Responses> responses_;
    const sdk::AudioForm form_;
    const std::string model_;
    const Prices prices_;
    const std::unique_ptr<speech::Line> line_;  // last: it ends first
};

/// One answer while it is made.
struct Conversation::Run {
    const Question question;
    const std::vector<std::string> sound;
    Telling telling;
    Outward outward;
    Clock::time_point until, firstUntil;
    bool understood, meaningDone, voiceDone = false;
    std::int64_t micros = 0, in = 0, out = 0;
    bool unpriced = false;

    Json usage() const {
        Json all{{"input_tokens", in}, {"output_tokens", out}, {"cost_micros", micros}, {"currency", "USD"}};
        if (unpriced || !meaningDone || !voiceDone) all["unpriced"] = true;
        return all;
    }
};

Answer Conversation::answer(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    auto question = Question::read(request);
    const auto begun = Clock::now();
    const auto until = begun + std::chrono::milliseconds(call.deadlineMs);
    const auto first = question.firstTokenMs > 0
                           ? std::min(until, begun + std::chrono::milliseconds(question.firstTokenMs))
                           : until;
    const bool silent = question.meaning.is_null();
    Run run{question,
            responses_->unanswered(),
            {question.aloud, call.pieces},
            {form_, sink},
            until,
            first,
            silent,
            silent};
    const auto number = responses_->begin();
    if (silent) run.telling.understood(Json::object());
    const bool asked =
        (silent || line_->say(RealtimeHearing::event(question.event(Role::meaning, number, run.sound)))) &&
        line_->say(RealtimeHearing::event(question.event(Role::voice, number, run.sound)));
    if (!asked) return Answer::no(Outcome::transient, "OpenAI: the line is not open", "not_open");
    return follow(run);
}

Answer Conversation::follow(Run& run) {
    while (!run.meaningDone || !run.voiceDone) {
        const auto event = responses_->next(run.telling.any() ? run.until : run.firstUntil);
        if (!event)
            return givenUp(run, Answer::no(run.telling.any() ? Outcome::unknown : Outcome::transient,
                                           "OpenAI did not answer in time", "late"));
        if (auto answer = obey(run, *event)) return *answer;
    }
    if (!run.outward.finish() || !run.telling.end()) return stopped(run);
    responses_->answered(run.sound);
    return Answer::ok({{"content", run.telling.content()},
                       {"json", run.telling.object()},
                       {"tool_calls", Json::array()},
                       {"finish", "stop"},
                       {"model", model_},
                       {"usage", run.usage()}});
}

/// What is to be answered now, if anything.
std::optional<Answer> Conversation::obey(Run& run, const Event& event) {
    switch (event.kind) {
        case Event::Kind::words:
            if (!run.telling.words(event.text)) return stopped(run);
            return std::nullopt;
        case Event::Kind::sound:
            if (!run.outward.take(event.text)) return stopped(run);
            return std::nullopt;
        case Event::Kind::meaning: {
            if (run.understood) return std::nullopt;
            const auto members = sdk::parsed(event.text);
            if (!members.is_object())
                return givenUp(
                    run, Answer::no(Outcome::unknown, "OpenAI did not say what it understood", "no_meaning"));
            run.understood = true;
            if (!run.telling.understood(members)) return stopped(run);
            return std::nullopt;
        }
        case Event::Kind::done: return ended(run, event);
        case Event::Kind::failed: return givenUp(run, event.why);
    }
    return std::nullopt;
}

std::optional<Answer> Conversation::ended(Run& run, const Event& event) {
    const auto& usage = sdk::objectIn(event.response, "usage");
    run.unpriced = run.unpriced || usage.empty();
    run.micros += prices_.costOf(usage);
    run.in += std::max<std::int64_t>(0, sdk::numberOf(usage, "input_tokens"));
    run.out += std::max<std::int64_t>(0, sdk::numberOf(usage, "output_tokens"));
    (event.role == Role::voice ? run.voiceDone : run.meaningDone) = true;
    const auto status = sdk::textOf(event.response, "status");
    if (status == "completed") {
        if (event.role == Role::voice || run.understood) return std::nullopt;
        return givenUp(run,
                       Answer::no(Outcome::unknown, "OpenAI did not say what it understood", "no_meaning"));
    }
    const auto& details = sdk::objectIn(event.response, "status_details");
    const auto reason = sdk::textOf(details, "reason");
    if (status == "failed") {
        const std::string said = "OpenAI could not answer";
        const auto& error = sdk::objectIn(details, "error");
        auto why = byCode(error, said);
        return givenUp(run, why ? *why : Answer::no(Outcome::unknown, said, sdk::textOf(error, "code")));
    }
    return givenUp(run, Answer::no(reason == "content_filter" ? Outcome::rejected : Outcome::unknown,
                                   "OpenAI broke its answer off", reason));
}

Answer Conversation::givenUp(Run& run, Answer why) {
    cancel(run);
    return why;
}

/// Nobody wants the rest; what was said was an answer all the same.
Answer Conversation::stopped(Run& run) {
    cancel(run);
    responses_->answered(run.sound);
    return Answer::ok({{"content", run.telling.content()},
                       {"json", nullptr},
                       {"tool_calls", Json::array()},
                       {"finish", "stopped"},
                       {"model", model_},
                       {"usage", run.usage()}});
}

void Conversation::cancel(const Run& run) {
    for (const auto& [role, done] :
         {std::pair(Role::meaning, run.meaningDone), {Role::voice, run.voiceDone}}) {
        if (done) continue;
        const auto id = responses_->idOf(role, Clock::now() + kForItsName);
        if (!id.empty())
            line_->say(RealtimeHearing::event(
                {{"type", "response.cancel"}, {"event_id", "answer-cancel"}, {"response_id", id}}));
    }
    responses_->begin();
}

}  // namespace

Answer RealtimeConverser::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                                 std::unique_ptr<sdk::Conversing>& conversing) {
    const auto asked = sdk::ListenRequest::read(request);
    const auto speed = request.value("speed", Json());
    if (!speed.is_null() &&
        (!speed.is_number() || !(speed.get<double>() >= kLeastSpeed) || !(speed.get<double>() <= kMostSpeed)))
        return Answer::no(Outcome::invalid, "speed: write a number from 0.25 to 1.5");
    const auto key = host_.secret("api_key").value_or("");
    if (key.empty()) return Answer::no(Outcome::auth, "the secret api_key is missing");
    auto plan = hearingPlan(settings_, asked);
    if (!plan.fault.empty()) return Answer::no(Outcome::invalid, plan.fault);
    plan.input["turn_detection"].update({{"create_response", false}, {"interrupt_response", false}});
    auto voice = sdk::textOf(request, "voice");
    if (voice.empty()) voice = settings_.value("voice", "coral");
    const auto model = settings_.value("converse_model", "gpt-realtime");
    Json output{{"format", plan.input["format"]},
                {"voice", voice.starts_with("voice_") ? Json{{"id", voice}} : Json(voice)}};
    if (!speed.is_null()) output["speed"] = speed;
    Json session{{"type", "realtime"},
                 {"model", model},
                 {"output_modalities", Json::array({"audio"})},
                 {"audio", {{"input", std::move(plan.input)}, {"output", std::move(output)}}},
                 {"include", {"item.input_audio_transcription.logprobs"}}};
    const auto base = settings_.value("base_url", "https://api.openai.com/v1");
    auto responses = std::make_shared<Responses>();
    auto line = speech::listenOver(
        host_, asked.form,
        std::make_unique<Session>(sdk::WebSocketRequest{"ws" + base.substr(4) + "/realtime?model=" + model,
                                                        {{"Authorization", "Bearer " + key}}},
                                  std::move(session), asked.form, plan.silenceMs, responses),
        heard);
    conversing = std::make_unique<Conversation>(std::move(line), std::move(responses), asked.form, model,
                                                Prices(settings_));
    return Answer::ok(
        {{"model", model},
         {"micros_per_minute", std::llround(settings_.value("usd_per_minute_heard", 0.006) * 1e6)},
         {"currency", "USD"}});
}

Answer RealtimeConverser::estimate(const Json& request, const sdk::Call&) {
    return Answer::ok(
        {{"cost_micros", Prices(settings_).mostOf(Question::read(request))}, {"currency", "USD"}});
}

}  // namespace overture::openai_speech
