// Small HTTP servers and calls of the harness: they live in its own process and so survive every kill.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace overture::chaos {

using Form = std::map<std::string, std::string>;

struct Heard {
    std::string method, path;
    Form fields;  ///< of the query, and of the body when it is a form
    std::string body;
};

struct Said {
    int status = 200;
    std::string body = {};
    std::string retryAfter = {};  ///< the header, when not empty
    bool hangUp = false;          ///< the connection is closed without an answer
    milliseconds wait{0};         ///< before answering
};

/// Serves on a free port of the loopback address from construction to destruction. `answer` is called by any thread.
class HttpServer {
public:
    explicit HttpServer(std::function<Said(const Heard&)> answer);
    ~HttpServer();
    std::string url() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// POSTs a form signed as Twilio signs its webhooks for `signedUrl`, to the engine on `port`. The status, or 0 when no
/// answer came; its body goes to `said`.
int postSigned(std::uint16_t port, const std::string& signedUrl, const std::string& token, const Form& form,
               std::string* said = nullptr);

std::uint16_t freePort();

}  // namespace overture::chaos
