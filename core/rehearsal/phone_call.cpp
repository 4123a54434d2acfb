#include "rehearsal/phone_call.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/text.hpp"

namespace overture::rehearsal {
namespace {

using call::Moment;
constexpr auto kDeadline = milliseconds(10000);
constexpr auto kRinging = milliseconds(3000);  // of who takes a transferred call, or does not

class Ear final : public plugin::Hearing {
public:
    void words(const Json& document) override { came.push_back(document); }
    void ended(const plugin::Reply& why) override {
        if (!why.ok()) trouble = why.message;
    }
    std::vector<Json> came;
    std::string trouble;
};

class PhoneCall {
public:
    PhoneCall(const call::Plan& plan, Phone& phone, const PhoneCallParts& parts)
        : session_(plan), phone_(phone), parts_(parts) {
        const auto reply = parts_.hearing->listen(
            {{"language", parts_.language}, {"encoding", "mulaw"}, {"rate", call::kRate}}, ear_, listening_,
            kDeadline);
        if (!reply.ok())
            throw Error("nobody listens: " + reply.message, "plugin " + parts_.hearing->plugin());
    }

    PhoneCallRan run(milliseconds most) {
        session_.started(phone_.now());
        obey();
        while (!session_.over() && phone_.now() < most) step();
        ran_.reason = session_.reason();
        ran_.length = phone_.now();
        return std::move(ran_);
    }

private:
    void step() {
        const auto tick = phone_.tick();
        const auto now = phone_.now();
        ran_.person += tick.spoken;
        ran_.agent += tick.heard;
        for (const auto& mark : tick.played) session_.played(now, mark);
        for (const char key : tick.keys) session_.key(now, std::string(1, key));
        session_.sound(now, (now - call::kFrame).count(), tick.spoken);
        if (tick.hangsUp) session_.stopped(now, "hung_up");
        speakDue(now);
        answerDue(now);
        transferDue(now);
        session_.tick(now);
        obey();
    }

    void speakDue(Moment now) {
        while (!sounds_.empty() && sounds_.front().at <= now) {
            const auto sound = std::move(sounds_.front());
            sounds_.pop_front();
            session_.synthesized(now, sound.sentence, sound.audio);
            session_.spoken(now, sound.sentence);
        }
    }

    void answerDue(Moment now) {
        if (words_.empty() || now < answerAt_) return;
        const auto answer = parts_.answer(std::exchange(words_, {}));
        const int speech = session_.beginSpeech(now);
        for (const auto& sentence : answer.sentences)
            if (!session_.say(now, speech, sentence)) break;
        session_.endSpeech(now, speech);
        session_.beSlow(answer.slow);
        if (!answer.transferTo.empty()) session_.transfer(now, answer.transferTo);
    }

    void transferDue(Moment now) {
        if (!transferAt_ || now < *transferAt_) return;
        transferAt_.reset();
        if (parts_.somebodyTakes)
            session_.stopped(now, "transferred");
        else
            session_.notTransferred(now);
    }

    /// Acts bring acts: a mark that comes back, words that are heard.
    void obey() {
        for (auto acts = session_.take(); !acts.empty(); acts = session_.take())
            for (auto& act : acts) std::visit([this](auto& one) { doIt(one); }, act);
    }

    void doIt(call::SendSound& act) { phone_.sound(act.mulaw); }
    void doIt(call::SendMark& act) { phone_.mark(act.name); }
    void doIt(call::SendClear&) {
        for (const auto& mark : phone_.clear()) session_.played(phone_.now(), mark);
    }
    void doIt(call::Recognize& act) {
        if (!listening_) return;
        listening_->audio(act.mulaw);
        if (!ear_.trouble.empty()) {
            listening_.reset();
            session_.end(phone_.now(), "deaf", true);
            return;
        }
        for (const auto& document : std::exchange(ear_.came, {}))
            session_.recognized(phone_.now(), call::Recognized::fromJson(document));
    }
    void doIt(call::Synthesize& act) {
        Sound sound{phone_.now() + parts_.synthesis, act.sentence, {}};
        const auto reply = parts_.speaking->speak(
            {{"text", act.text}, {"language", parts_.language}, {"encoding", "mulaw"}, {"rate", call::kRate}},
            [&](std::string_view bytes) {
                sound.audio += bytes;
                return true;
            },
            kDeadline);
        if (reply.ok())
            sounds_.push_back(std::move(sound));
        else
            session_.unspoken(phone_.now(), act.sentence);
    }
    void doIt(call::Forget& act) {
        std::erase_if(sounds_, [&](const Sound& sound) { return sound.sentence == act.sentence; });
    }
    void doIt(call::Said& act) {
        words_ += (words_.empty() ? "" : "\n") + act.text;
        answerAt_ = phone_.now() + parts_.thinking;
        ran_.said.push_back(act);
    }
    void doIt(call::Line& act) { ran_.lines.push_back(act); }
    void doIt(call::WasHeard& act) { ran_.heard.push_back(act); }
    void doIt(call::Signal& act) { ran_.signals.push_back(act); }
    void doIt(call::HangUp&) {}
    void doIt(call::Transfer&) { transferAt_ = phone_.now() + kRinging; }

    struct Sound {
        Moment at;
        int sentence;
        std::string audio;
    };
    call::Session session_;
    Phone& phone_;
    const PhoneCallParts& parts_;
    PhoneCallRan ran_;
    std::deque<Sound> sounds_;
    std::string words_;
    Moment answerAt_{0};
    std::optional<Moment> transferAt_;
    Ear ear_;
    std::unique_ptr<plugin::Listening> listening_;  // last: it ends first
};

}  // namespace

PhoneCallRan phoneCall(const call::Plan& plan, Phone& phone, const PhoneCallParts& parts, milliseconds most) {
    return PhoneCall(plan, phone, parts).run(most);
}

}  // namespace overture::rehearsal
