// A carrier in the shape of Twilio's Messages API that remembers every message it took.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>

#include "base/random.hpp"
#include "chaos/http.hpp"
#include "chaos/judge.hpp"

namespace overture::chaos {

/// Takes messages, now and then as a bad network does: taken and never answered, not taken and never answered, slowed
/// down. Lists them truthfully, newest first. Any thread.
class StubCarrier {
public:
    StubCarrier(std::string account, std::uint64_t seed);
    std::string url() const { return server_.url(); }
    std::vector<Send> sends() const;
    bool hasAnswered(const std::string& marker) const;
    /// The next status callback to post, oldest first; nothing within `patience`.
    std::optional<Form> nextStatus(milliseconds patience);

private:
    struct Taken {
        std::string sid;
        Form form;
        Instant at;
    };
    Said answer(const Heard& heard);
    Said take(const Form& form);
    Said list(const std::string& to) const;
    Said one(const std::string& sid) const;
    static std::string sidOf(std::size_t number);

    std::string account_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Random random_;
    std::vector<Taken> taken_;
    std::set<std::string> answered_;
    std::deque<Form> statuses_;
    HttpServer server_;
};

}  // namespace overture::chaos
