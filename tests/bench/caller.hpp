// One keep-alive connection to the API, as cheap as can be, so that what is measured is the server.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace overture::bench {

class Caller {
public:
    struct Answer {
        int status = 0;
        std::string body;
        double milliseconds = 0;
    };
    Caller(std::uint16_t port, std::string token) : port_(port), token_(std::move(token)) {}
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;
    /// Throws Error when the connection breaks twice or the answer is not 200.
    Answer get(const std::string& target) { return ask("GET", target, "", ""); }
    /// `more`: header lines, each with its end.
    Answer post(const std::string& target, const std::string& body, const std::string& more = {}) {
        return ask("POST", target, body, more);
    }

private:
    Answer ask(const char* method, const std::string& target, const std::string& body,
               const std::string& more);
    bool connect();
    bool exchange(const std::string& request, Answer& answer);

    const std::uint16_t port_;
    const std::string token_;
    int socket_ = -1;
    std::string in_;
};

}  // namespace overture::bench
