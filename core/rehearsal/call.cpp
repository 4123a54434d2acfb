#include "rehearsal/call.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.hpp"

namespace overture::rehearsal {
namespace {

constexpr auto kDeadline = milliseconds(30000);

call::Recognized recognizedFrom(const Json& document) {
    using Kind = call::Recognized::Kind;
    call::Recognized heard;
    const auto kind = textOf(document, "kind");
    heard.kind = kind == "started"      ? Kind::started
                 : kind == "final"      ? Kind::final
                 : kind == "ended_turn" ? Kind::endedTurn
                                        : Kind::interim;
    heard.text = textOf(document, "text");
    heard.confidence = document.value("confidence", 1.0);
    heard.from = milliseconds(document.value("from_ms", std::int64_t{0}));
    heard.to = milliseconds(document.value("to_ms", std::int64_t{0}));
    heard.words = document.value("words", Json::array());
    return heard;
}

/// What the recognizer says, until the scene's own thread takes it.
class Ear final : public plugin::Hearing {
public:
    void words(const Json& document) override {
        const std::scoped_lock lock(mutex_);
        came_.push_back(document);
    }
    void ended(const plugin::Reply& why) override {
        const std::scoped_lock lock(mutex_);
        if (!why.ok()) problem_ = why.message;
    }
    std::vector<Json> take(std::string& problem) {
        const std::scoped_lock lock(mutex_);
        problem = std::exchange(problem_, {});
        return std::exchange(came_, {});
    }

private:
    std::mutex mutex_;
    std::vector<Json> came_;
    std::string problem_;
};

class Scene {
public:
    explicit Scene(const CallScene& scene)
        : scene_(scene), session_(scene.plan), phone_(scene.person, scene.seed) {
        const auto reply = scene.hearing->listen(
            {{"language", scene.language}, {"encoding", "mulaw"}, {"rate", call::kRate}}, ear_, listening_,
            kDeadline);
        if (!reply.ok()) throw Error("nobody can hear: " + reply.message, scene.hearing->plugin());
    }

    CallRecord run() {
        const auto begun = std::chrono::steady_clock::now();
        session_.started(now_);
        obey();
        while (!session_.over() && now_ < scene_.most) {
            if (scene_.realTime) std::this_thread::sleep_until(begun + now_);
            step();
        }
        if (!session_.over()) session_.stopped(now_, "the rehearsal's end");
        obey();
        listening_->finish();
        record_.length = now_;
        return std::move(record_);
    }

private:
    void step() {
        auto tick = phone_.tick();
        now_ += call::kFrame;
        record_.theirs += tick.spoken;
        record_.ours += tick.heard;
        for (const auto& mark : tick.played) session_.played(now_, mark);
        for (const char key : tick.keys) session_.key(now_, std::string(1, key));
        if (tick.hangsUp) session_.stopped(now_, "hung_up");
        session_.sound(now_, (now_ - call::kFrame).count(), tick.spoken);
        obey();
        takeWords();
        answerDue();
        session_.tick(now_);
        obey();
        react();
    }

    void takeWords() {
        std::string problem;
        for (const auto& one : ear_.take(problem)) session_.recognized(now_, recognizedFrom(one));
        if (!problem.empty()) session_.end(now_, "deaf: " + problem, true);
        obey();
    }

    /// An answer is begun once for all that was said meanwhile.
    void answerDue() {
        if (!answerAt_ || now_ < *answerAt_) return;
        answerAt_.reset();
        const auto answer = scene_.answer(std::exchange(asked_, {}));
        const int speech = session_.beginSpeech(now_);
        for (const auto& sentence : answer.sentences)
            if (!session_.say(now_, speech, sentence)) break;
        session_.endSpeech(now_, speech);
        if (!answer.over.empty()) session_.end(now_, answer.over, false);
        obey();
    }

    void react() {
        if (!scene_.react || heardByThem_.empty() || !phone_.done() ||
            asked_.size() + (answerAt_ ? 1 : 0) > 0)
            return;
        if (phone_.waiting().count() > 0) return;
        for (auto& act : scene_.react(std::exchange(heardByThem_, {}))) phone_.then(std::move(act));
    }

    void obey() {
        for (auto acts = session_.take(); !acts.empty(); acts = session_.take())
            for (const auto& act : acts) std::visit([this](const auto& one) { act_(one); }, act);
    }

    void act_(const call::SendSound& one) { phone_.sound(one.mulaw); }
    void act_(const call::SendMark& one) { phone_.mark(one.name); }
    void act_(const call::SendClear&) {
        ++record_.clears;
        for (const auto& mark : phone_.clear()) session_.played(now_, mark);
    }
    void act_(const call::Recognize& one) { listening_->audio(one.mulaw); }
    void act_(const call::Synthesize& one) {
        try {
            session_.synthesized(now_, one.sentence,
                                 soundOf(*scene_.speaking, one.text, scene_.language, scene_.voice));
            session_.spoken(now_, one.sentence);
        } catch (const Error&) {
            session_.unspoken(now_, one.sentence);
        }
    }
    void act_(const call::Forget&) {}
    void act_(const call::Said& one) {
        record_.said.push_back(one);
        asked_ += (asked_.empty() ? "" : "\n") + one.text;
        answerAt_ = now_ + scene_.thinks;
    }
    void act_(const call::Line& one) {
        record_.lines.push_back(one);
        if (one.who == "agent") heardByThem_ += (heardByThem_.empty() ? "" : " ") + one.text;
    }
    void act_(const call::WasHeard& one) { record_.heard.push_back(one); }
    void act_(const call::Signal& one) { record_.signals.push_back(one); }
    void act_(const call::HangUp& one) { record_.reason = one.reason; }
    void act_(const call::Transfer& one) { record_.signals.push_back({"transfer", {{"to", one.to}}}); }

    const CallScene& scene_;
    call::Session session_;
    Phone phone_;
    Ear ear_;
    CallRecord record_;
    call::Moment now_{0};
    std::string asked_, heardByThem_;
    std::optional<call::Moment> answerAt_;
    std::unique_ptr<plugin::Listening> listening_;  // ends before the ear
};

std::string clockOf(milliseconds at) {
    std::array<char, 32> text{};
    const auto tenths = at.count() / 100;
    std::snprintf(text.data(), text.size(), "%2d:%02d.%d", static_cast<int>(tenths / 600),
                  static_cast<int>(tenths / 10 % 60), static_cast<int>(tenths % 10));
    return text.data();
}

}  // namespace

std::string soundOf(plugin::Instance& speaking, const std::string& text, const std::string& language,
                    const Json& voice) {
    Json request{{"text", text}, {"language", language}, {"encoding", "mulaw"}, {"rate", call::kRate}};
    request.update(voice);
    std::string sound;
    const auto reply = speaking.speak(
        request,
        [&](std::string_view piece) {
            sound += piece;
            return true;
        },
        kDeadline);
    if (!reply.ok()) throw Error("\"" + text + "\" cannot be spoken: " + reply.message, speaking.plugin());
    return sound;
}

CallRecord rehearseCall(const CallScene& scene) {
    return Scene(scene).run();
}

std::string transcriptOf(const CallRecord& record) {
    auto lines = record.lines;
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    std::string out;
    for (const auto& line : lines)
        out += clockOf(line.from) + "  " + (line.who == "lead" ? "lead   " : "agent  ") + line.text +
               (line.kind.empty() ? "" : "  (" + line.kind + ")") + "\n";
    return out + clockOf(record.length) + "  over: " + record.reason + "\n";
}

Json documentOf(const CallRecord& record) {
    Json lines = Json::array(), signals = Json::array();
    for (const auto& line : record.lines)
        lines.push_back({{"who", line.who},
                         {"text", line.text},
                         {"kind", line.kind},
                         {"from_ms", line.from.count()},
                         {"to_ms", line.to.count()},
                         {"confidence", line.confidence},
                         {"words", line.words}});
    for (const auto& signal : record.signals)
        signals.push_back({{"kind", signal.kind}, {"details", signal.details}});
    return {{"lines", lines},
            {"signals", signals},
            {"reason", record.reason},
            {"length_ms", record.length.count()}};
}

}  // namespace overture::rehearsal
