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
constexpr auto kRinging = milliseconds(3000);  // of who takes a call, or does not

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
        soundsDue();
        answerDue();
        transferDue();
        session_.tick(now_);
        obey();
        react();
    }

    void takeWords() {
        std::string problem;
        for (const auto& one : ear_.take(problem)) session_.recognized(now_, call::Recognized::fromJson(one));
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
        session_.beSlow(answer.slow);
        if (!answer.transferTo.empty()) session_.transfer(now_, answer.transferTo);
        if (!answer.over.empty()) session_.end(now_, answer.over, false);
        obey();
    }

    void soundsDue() {
        while (!sounds_.empty() && sounds_.front().at <= now_) {
            const auto sound = std::move(sounds_.front());
            sounds_.pop_front();
            session_.synthesized(now_, sound.sentence, sound.bytes);
            session_.spoken(now_, sound.sentence);
        }
        obey();
    }

    void transferDue() {
        if (!transferAt_ || now_ < *transferAt_) return;
        transferAt_.reset();
        if (scene_.somebodyTakes)
            session_.stopped(now_, "transferred");
        else
            session_.notTransferred(now_);
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

    void act_(const call::Keep&) {}
    void act_(const call::SendSound& one) { phone_.sound(one.mulaw); }
    void act_(const call::SendMark& one) { phone_.mark(one.name); }
    void act_(const call::SendClear&) {
        ++record_.clears;
        for (const auto& mark : phone_.clear()) session_.played(now_, mark);
    }
    void act_(const call::SendText&) {}  // none: this carrier has sound
    void act_(const call::Recognize& one) { listening_->audio(one.mulaw); }
    void act_(const call::Synthesize& one) {
        try {
            sounds_.push_back({now_ + scene_.speaks, one.sentence,
                               soundOf(*scene_.speaking, one.text, scene_.language, scene_.voice)});
        } catch (const Error&) {
            session_.unspoken(now_, one.sentence);
        }
    }
    void act_(const call::Forget& one) {
        std::erase_if(sounds_, [&](const Sound& sound) { return sound.sentence == one.sentence; });
    }
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
    void act_(const call::Transfer& one) {
        record_.signals.push_back({"transfer", {{"to", one.to}}});
        transferAt_ = now_ + kRinging;
    }

    struct Sound {
        call::Moment at;
        int sentence;
        std::string bytes;
    };

    const CallScene& scene_;
    call::Session session_;
    Phone phone_;
    Ear ear_;
    CallRecord record_;
    call::Moment now_{0};
    std::string asked_, heardByThem_;
    std::optional<call::Moment> answerAt_, transferAt_;
    std::deque<Sound> sounds_;
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
