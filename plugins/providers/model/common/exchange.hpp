// One call of a model, with what its server refuses left out, streamed when there is a patience.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/values.hpp"

namespace overture::models {

/// Puts a streamed answer together into the body of one that is not streamed.
class StreamedAnswer {
public:
    virtual ~StreamedAnswer() = default;
    /// A piece of the body, cut anywhere. True once it holds, with what came before, something of the answer itself: text, a
    /// refusal or a tool call; thoughts, comments and empty pieces are none.
    virtual bool take(std::string_view bytes) = 0;
    /// The model said why it ended, or an error came: nothing is missing, whatever happens to the connection after that.
    virtual bool whole() const = 0;
    /// The body, or the error object that came in place of one.
    virtual std::string body() const = 0;
    /// The text of the answer so far: it only grows.
    virtual std::string text() const = 0;
};

/// A vendor's side of a call.
class Exchange {
public:
    virtual ~Exchange() = default;
    virtual bool mayStream() const { return true; }
    /// The request as it stands now. Its deadline is for all of it.
    virtual sdk::HttpRequest request(bool streamed, std::int64_t deadlineMs) = 0;
    virtual std::unique_ptr<StreamedAnswer> reader() const = 0;
    /// What the content type of a streamed answer has in it; anything else is read as one that is not streamed.
    virtual std::string_view streamType() const { return "event-stream"; }
    /// Leaves out what the server refused in its answer to the last request; false when it refused something else.
    virtual bool giveWay(const sdk::HttpAnswer&) { return false; }
    virtual sdk::Answer read(const sdk::HttpAnswer&) = 0;
};

/// Asks until the server refuses nothing more that can be left out, within the call's time. Streamed when `asked` has
/// first_token_ms, or somebody waits for pieces; nothing useful by then is `transient` with the code "late". A streamed answer that
/// was enough before its end is `ok` with finish "stopped", unpriced.
sdk::Answer complete(const sdk::Host& host, const Json& asked, const sdk::Call& call, Exchange& exchange);

}  // namespace overture::models
