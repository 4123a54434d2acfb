// application/vnd.amazon.eventstream: the frames in which AWS streams.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace overture::aws {

/// Numbers of every width, and instants in milliseconds, are int64; bytes and UUIDs are text as they came.
using HeaderValue = std::variant<bool, std::int64_t, std::string>;

struct StreamMessage {
    std::map<std::string, HeaderValue> headers;
    std::string payload;

    /// A header's text; "" when there is none, or it is no text.
    std::string text(const std::string& name) const;
};

/// Reads messages out of a body that comes in pieces, cut anywhere. What does not fit its checksums is not read, nor is
/// anything after it.
class EventStream {
public:
    /// Calls `message` for each that is whole. False once the stream is broken.
    bool take(std::string_view bytes, const std::function<void(const StreamMessage&)>& message);
    /// Why it is broken; "" otherwise.
    const std::string& problem() const { return problem_; }

private:
    bool broken(const char* problem);

    std::string pending_, problem_;
};

/// One message as it is sent, with headers that are text.
std::string frameOf(const std::map<std::string, std::string>& headers, std::string_view payload);

}  // namespace overture::aws
