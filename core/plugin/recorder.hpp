#pragma once

#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "net/http_client.hpp"

namespace overture::plugin {

/// Writes a binding's HTTP exchanges into a file, for the SDK's fake host to play: one JSON object a line,
///
///     {"at", "request": {"method", "url", "headers": [[name, value]], "body"}, "answer": {"status", "headers", "body"}}
///
/// or, in the answer's place, "failed": not_sent, unknown or late, and "why". A body that is no text is "body_base64". Secrets are
/// taken out (Redaction); what people wrote is not. Any thread.
class Recorder {
public:
    using Result = std::variant<net::HttpResponse, net::HttpError>;

    /// Appends to the file, which only its owner can read. Throws Error when it cannot be written.
    explicit Recorder(std::string path, std::size_t largest = 64 * 1024 * 1024);

    void write(Instant at, const net::HttpRequest& request, const Result& result,
               const std::vector<std::string>& secrets);

private:
    std::string path_;
    std::size_t largest_, size_ = 0;
    bool full_ = false;
    std::mutex mutex_;
};

}  // namespace overture::plugin
