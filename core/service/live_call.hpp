// Inside service: one call while it has sound.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "agent/speaker.hpp"
#include "base/ids.hpp"
#include "call/answer_sound.hpp"
#include "call/session.hpp"
#include "plugin/host.hpp"
#include "plugin/media.hpp"
#include "service/tapes.hpp"

namespace overture::service {

/// Which call it is, and with what it is held.
struct CallFacts {
    OrganizationId organization;
    ConversationId conversation;
    BindingId binding;
    std::string id;  ///< of the call; a DeliveryId where we called
    bool outward = true;
    std::string reference, phone, language;
    std::string opening;     ///< the text that the call began with, as its delivery has it
    std::string transferTo;  ///< who takes the call when a person is asked for; "": nobody
    bool returned = false;   ///< nobody took it: the person came back
    int linesBefore = 0;     ///< of its transcript, before they came back
    std::shared_ptr<plugin::Instance> carrier, hearing,
        speaking;  ///< the carrier alone where it hears and speaks
    std::optional<agent::Converser> conversing =
        {};                           ///< who hears also answers, with its own voice; the same as `hearing`
    Json voice = Json::object();      ///< {voice?, speed?} for who speaks
    std::shared_ptr<Tape> tape = {};  ///< of a call that is recorded
    bool tellsAloud = true;           ///< who takes the call hears first who it is and why
    std::vector<std::string> nobody = {};      ///< said to whom nobody took
    std::vector<std::string> unrecorded = {};  ///< said to who does not want to be recorded
};

/// Joins a session with its socket, its recognizer and its synthesizer. Any thread, but its media are read by one.
class LiveCall final : public plugin::Hearing, public std::enable_shared_from_this<LiveCall> {
public:
    using Steady = std::chrono::steady_clock;
    /// What a call wants from those around it. Any thread; none of it waits.
    struct Around {
        std::function<void(std::shared_ptr<LiveCall>, call::Act)>
            desk;                                             ///< acts for the database and the carrier
        std::function<void(std::function<void()>)> speaking;  ///< a thread for a sentence
        std::function<void()> ring;                           ///< there are words to be looked at
    };
    LiveCall(CallFacts facts, call::Plan plan, std::unique_ptr<plugin::Media> media,
             Poco::Net::StreamSocket socket, Around around);
    ~LiveCall() override;

    void begin();  ///< once, after the making
    /// One whole message of the socket.
    void read(bool binary, std::string_view message);
    void socketGone();
    void tick();
    void takeWords();  ///< those that came since
    void answeredBy(call::Who who);
    void end(const std::string& reason, bool politely);
    bool beginsToMove() { return !moving_.exchange(true); }  ///< once
    /// `aloud` is said to who takes it; "": nothing is.
    void transfer(const std::string& to, const std::string& aloud);
    void notTransferred();  ///< its carrier would not

    // For turns.
    void firstToken();
    void beSlow(bool slow);
    int beginSpeech(int utterance);  ///< 0: they have said something else since
    /// `own`: its sound comes from answer().
    bool say(int speech, const std::string& key, const std::string& sentence, bool own = false);
    /// Who hears the call answers; waits for it.
    plugin::Reply answer(int speech, std::string_view request, milliseconds deadline,
                         const plugin::Pieces& pieces);
    void endSpeech(int speech);
    std::vector<std::string> said(const std::string& key) const;
    std::string generated(int speech) const;

    const CallFacts& facts() const { return facts_; }
    bool over() const { return over_; }
    Json figures() const;  ///< of legs, frames, who answered; for the record
    int nextLine() { return lines_++; }
    bool answered() const { return spoke_; }               ///< they have said something that counted
    bool returned() const { return returned_; }            ///< nobody took it
    bool leftAMessage() const { return left_; }            ///< at a machine
    bool answeredSince() const { return answeredSince_; }  ///< that nobody took it
    std::string aloud() const;                             ///< what is said to who takes it
    std::string who() const;
    void sendControl(const std::string& frame);
    void listenNoMore();  ///< who keeps the call for its record keeps nobody listening to it

    void words(const Json& document) override;
    void ended(const plugin::Reply& why) override;

private:
    call::Moment now() const;
    void hear(const plugin::Media::Message& message);
    void obey();
    void heedRefusal(const std::string& words, bool whole);  ///< to be recorded
    void noteLeg(const Json& leg);
    void listen();
    void synthesize(int sentence, const std::string& text);
    void playOwn();
    void endOwn(const plugin::Reply& reply);
    /// False where this carrier has no such thing.
    bool put(int kind, std::string_view text, std::string_view bytes);
    bool putDocument(int kind, const Json& document);
    void flush();
    bool wanted(int sentence) const;

    std::shared_ptr<Tape> tape_;  // of the facts, as long as it is recorded
    const CallFacts facts_;
    const Around around_;
    const Steady::time_point begun_ = Steady::now();
    mutable std::mutex mutex_;
    call::Session session_;
    std::unique_ptr<plugin::Media> media_;
    Poco::Net::StreamSocket socket_;
    std::string out_;  // that the socket has not taken yet
    std::set<int> unwanted_;
    std::map<std::string, std::vector<std::string>> answers_;  // what was said to which events
    std::map<int, std::vector<std::string>> speeches_;
    Json legs_ = Json::array();
    int problems_ = 0;
    std::atomic<int> lines_;
    std::atomic<bool> over_ = false, spoke_ = false, moving_ = false, returned_ = false,
                      answeredSince_ = false, left_ = false;
    std::string aloud_;
    std::string theirWords_;  // since what they said counted last
    bool unrecorded_ = false, toldUnrecorded_ = false;
    std::mutex wordsMutex_;
    std::vector<Json> words_;
    std::optional<plugin::Reply> deaf_;
    struct OwnSound {
        int speech;
        call::AnswerSound sound = {};
    };
    std::optional<OwnSound> own_;  // of the answer that is being given, or was given last
    bool sayingOwn_ = false;
    // Last: they end first. One of the two.
    std::unique_ptr<plugin::Listening> listening_;
    std::shared_ptr<plugin::Conversing> conversing_;
};

}  // namespace overture::service
