#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "overture/documents.hpp"
#include "overture/plugin.hpp"

namespace overture::openai_speech {

using sdk::Json;

/// What a session answers, on its way from the socket to whoever asked: an answer is up to two responses at once. The functions
/// of the socket and those of the one who asks may come from any thread.
class Responses {
public:
    /// What was meant, as a call of a function; what is said, as sound with its words.
    enum class Role { meaning, voice };
    struct Event {
        enum class Kind { words, sound, meaning, done, failed } kind = Kind::done;
        Role role = Role::voice;
        std::string text = {};   ///< words; sound, as base64; the meaning's arguments
        Json response = Json();  ///< done: as it ended
        sdk::Answer why = {};    ///< failed
    };

    // For the socket. None waits.
    bool take(const std::string& type, const Json& message);  ///< false: it is about something else
    void itemKept(const std::string& item);
    void lost();  ///< the session is gone, with all it knew

    // For the one who asks.
    /// Another answer; what comes for those before it is dropped.
    int begin();
    static std::string tagOf(int answer, Role role);
    /// The next event of this answer; nothing by then.
    std::optional<Event> next(std::chrono::steady_clock::time_point until);
    /// What OpenAI calls this response, once it has told.
    std::string idOf(Role role, std::chrono::steady_clock::time_point until);
    std::vector<std::string> unanswered() const;  ///< sound that was said since the last answer: its items
    void answered(const std::vector<std::string>& items);

private:
    bool refused(const Json& error);
    void add(Event event);  // with the lock held
    std::optional<Role> roleOf(const std::string& response) const;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int answer_ = 0;
    std::map<std::string, Role> ids_;  // of this answer's responses
    std::deque<Event> events_;
    std::vector<std::string> items_;
};

}  // namespace overture::openai_speech
