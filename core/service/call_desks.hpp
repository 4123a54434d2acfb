// Inside service: what calls write down, and ask of their carriers.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "call/session.hpp"
#include "service/hands.hpp"
#include "service/live_call.hpp"
#include "store/database.hpp"

namespace overture::service {

/// A few threads that do what waits for the database or for a carrier; the jobs of one key in their order. What people said is not lost
/// when the database is away for a while: their desk waits for it. What is written twice is there once. Any thread.
class CallDesks {
public:
    /// `wake` is called when a conversation has something new.
    CallDesks(store::Database& database, const Clock& clock, std::function<void()> wake);
    ~CallDesks();  ///< does what was given

    void give(const std::string& key, std::function<void()> job);
    /// What a call wants done: its words, its record, its end.
    void give(const std::shared_ptr<LiveCall>& call, call::Act act);
    /// Tells whoever takes it, then connects it with them.
    void handOver(const std::shared_ptr<LiveCall>& call);
    /// A call that was over before it was connected.
    void giveLost(const CallFacts& facts);

    /// Writes what was heard of replies whose turns were not committed yet; to be called now and then.
    void noteWhatWasHeard();
    void stopWaiting();  ///< for a database that is away

private:
    struct Heard {
        std::shared_ptr<LiveCall> call;
        std::string generated, heard;
        bool opening;
        int tries;
    };
    void surely(const std::function<void()>& job);
    void act(const std::shared_ptr<LiveCall>& call, const call::Act& act, int number);
    void accept(const CallFacts& facts, const call::Said& said);
    void add(const CallFacts& facts, const call::Line& line, int number);
    void note(const std::shared_ptr<LiveCall>& call, const call::WasHeard& heard);
    bool note(const Heard& heard);
    void refuse(const CallFacts& facts);  // to be recorded
    void connect(LiveCall& call, const std::string& to);
    void hangUp(LiveCall& call, const std::string& reason);
    void move(const LiveCall& call);  // to somebody else; it may come back
    void end(const CallFacts& facts, const std::string& reason, const std::string& who, const Json& figures);
    void tellUnreached(const CallFacts& facts, const std::string& reason);

    store::Database& database_;
    const Clock& clock_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool stopping_ = false;
    std::vector<Heard> unheard_;
    std::vector<std::unique_ptr<Hands>> desks_;  // last: they end first
};

}  // namespace overture::service
