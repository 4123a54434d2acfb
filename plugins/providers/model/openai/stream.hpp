#pragma once

#include <string>
#include <string_view>

#include "settings.hpp"

namespace overture::openai {

/// Puts a streamed answer (server-sent events of chat.completion.chunk) together into the body of one that is not streamed.
class StreamReader {
public:
    /// A piece of the body, cut anywhere. True once it holds, with what came before, something of the answer itself: text, a
    /// refusal or a tool call; thoughts, comments and empty deltas are none.
    bool take(std::string_view bytes);
    /// The model said why it ended, or an error came: nothing is missing, whatever happens to the connection after that.
    bool whole() const { return !finish_.empty() || !error_.is_null(); }
    /// The body of a chat.completion, or the error object that came in place of one.
    std::string body() const;

private:
    void event(std::string_view data);
    void choice(const Json& choice);
    void toolCall(const Json& delta);

    std::string pending_;  ///< an event's lines that are not whole yet
    std::string model_, content_, refusal_, finish_;
    Json calls_ = Json::array(), usage_, error_;
    bool useful_ = false;
};

}  // namespace overture::openai
