#include "bench/caller.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::bench {

Caller::~Caller() {
    if (socket_ >= 0) ::close(socket_);
}

bool Caller::connect() {
    if (socket_ >= 0) ::close(socket_);
    in_.clear();
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool Caller::exchange(const std::string& request, Answer& answer) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return false;
    for (;;) {
        const auto head = in_.find("\r\n\r\n");
        if (head != std::string::npos) {
            const auto fields = lowerAscii(in_.substr(0, head));
            const auto at = fields.find("content-length: ");
            std::size_t length = 0;
            if (at != std::string::npos)
                std::from_chars(fields.data() + at + 16, fields.data() + fields.size(), length);
            if (in_.size() >= head + 4 + length) {
                answer.status = std::stoi(in_.substr(9, 3));
                answer.body = in_.substr(head + 4, length);
                in_.erase(0, head + 4 + length);
                return true;
            }
        }
        char bytes[65536];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        in_.append(bytes, static_cast<std::size_t>(got));
    }
}

Caller::Answer Caller::ask(const char* method, const std::string& target, const std::string& body,
                           const std::string& more) {
    auto request = std::string(method) + " " + target +
                   " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token_ + "\r\n" + more;
    if (!body.empty())
        request +=
            "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    request += "\r\n" + body;
    const auto begun = std::chrono::steady_clock::now();
    Answer answer;
    if ((socket_ < 0 || !exchange(request, answer)) && (!connect() || !exchange(request, answer)))
        throw Error("the server does not answer", target);
    answer.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
    if (answer.status != 200)
        throw Error("answered " + std::to_string(answer.status) + ": " + answer.body, target);
    return answer;
}

}  // namespace overture::bench
