#include "bench/vendors.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "chaos/marker.hpp"

namespace overture::bench {
namespace {

constexpr const char* kHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";

std::string answerOf(const std::string& body, const char* head = kHead) {
    return head + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::size_t lengthIn(std::string_view head) {
    for (const auto* name : {"Content-Length: ", "content-length: "})
        if (const auto at = head.find(name); at != std::string_view::npos) {
            std::size_t length = 0;
            const auto* begin = head.data() + at + 16;
            std::from_chars(begin, head.data() + head.size(), length);
            return length;
        }
    return 0;
}

/// Whom a form's "To" names.
std::string numberIn(std::string_view form) {
    constexpr std::string_view kTo = "To=%2B";
    auto at = form.starts_with(kTo) ? 0 : form.find("&To=%2B");
    if (at == std::string_view::npos) return {};
    at = form.find('B', at) + 1;
    return "+" + std::string(form.substr(at, form.find('&', at) - at));
}

}  // namespace

Vendors::Vendors() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 4096) != 0)
        throw Error("no port is free", "the stub of model and carrier");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{EPOLLIN, {.fd = listener_}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, listener_, &event);
    thread_ = std::thread([this] { serve(); });
}

Vendors::~Vendors() {
    over_ = true;
    thread_.join();
    for (const auto& [socket, connection] : connections_) ::close(socket);
    ::close(listener_);
    ::close(poll_);
}

std::string Vendors::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

std::optional<Steady::time_point> Vendors::sentAt(const std::string& marker) const {
    const std::scoped_lock lock(mutex_);
    const auto found = sent_.find(marker);
    return found == sent_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Steady::time_point> Vendors::sentTo(const std::string& number) const {
    return sentAt(number);
}

std::vector<std::string> Vendors::references() const {
    std::vector<std::string> all;
    for (std::size_t i = 1; i <= sends_; ++i) {
        char sid[40];
        std::snprintf(sid, sizeof sid, "SM%032zx", i);
        all.emplace_back(sid);
    }
    return all;
}

void Vendors::serve() {
    epoll_event events[256];
    while (!over_) {
        const int count = ::epoll_wait(poll_, events, 256, later_.size() > laterFrom_ ? 1 : 50);
        for (int i = 0; i < count; ++i)
            if (events[i].data.fd == listener_)
                accept();
            else
                read(events[i].data.fd);
        flushLater();
    }
}

void Vendors::accept() {
    for (int socket = 0;
         (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{EPOLLIN, {.fd = socket}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
        connections_[socket] = {};
        serials_[socket] = ++serial_;
    }
}

void Vendors::read(int socket) {
    auto& in = connections_[socket].in;
    char bytes[65536];
    for (;;) {
        const auto count = ::read(socket, bytes, sizeof bytes);
        if (count > 0) {
            in.append(bytes, static_cast<std::size_t>(count));
            continue;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) return forget(socket);
        break;
    }
    const auto head = in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const auto whole = head + 4 + lengthIn(std::string_view(in).substr(0, head));
    if (in.size() < whole) return;
    const auto request = std::exchange(in, {});
    const auto path = request.substr(0, request.find(" HTTP/"));
    handle(socket, path, std::string_view(request).substr(head + 4));
}

void Vendors::handle(int socket, std::string_view path, std::string_view body) {
    if (!path.ends_with("/chat/completions")) return write(socket, send(body));
    ++modelCalls_;
    auto answer = complete(body);
    const milliseconds delay(delay_);
    if (delay == milliseconds(0)) return write(socket, answer);
    later_.push_back({Steady::now() + delay, socket, serials_[socket], std::move(answer)});
    mostWaiting_ = std::max<std::size_t>(mostWaiting_, later_.size() - laterFrom_);
}

std::string Vendors::complete(std::string_view body) {
    if (body.find(R"("stream":true)") != std::string_view::npos) return spoken();
    const bool review = body.find("overseer_review") != std::string_view::npos;
    std::string content = R"({\"verdict\":\"approve\",\"reasons\":[]})";
    if (!review) {
        const auto at = body.rfind("The lead wrote:");
        const auto markers = at == std::string_view::npos
                                 ? std::vector<std::string>()
                                 : chaos::markersIn(body.substr(at), chaos::kInbound);
        // The first words say what California wants to hear.
        const auto reply = "This is Robin, an automated assistant. We look into " +
                           (markers.empty() ? "it" : join(markers, " and ")) + " for you.";
        content = R"({\"reply\":\")" + reply +
                  R"(\",\"move\":null,\"facts\":[],\"objection\":null,\"sentiment\":\"neutral\",)"
                  R"(\"language\":\"en\",\"wants_person\":false,\"slot_choice\":0,\"slot_answer\":null,)"
                  R"(\"declined\":false,\"nothing_to_say\":false,\"unsure\":false})";
    }
    return answerOf(R"({"id":"c","object":"chat.completion","model":"stub","choices":[{"index":0,"message":)"
                    R"({"role":"assistant","content":")" +
                    content +
                    R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":20,)"
                    R"("total_tokens":120}})");
}

/// A draft in pieces, each time another one: who hears the same again and again hangs up.
std::string Vendors::spoken() {
    const auto number = std::to_string(modelCalls_);
    std::string body;
    const auto piece = [&](const std::string& delta, const char* finish) {
        body +=
            R"(data: {"id":"c","object":"chat.completion.chunk","model":"stub","choices":[{"index":0,"delta":)" +
            delta + R"(,"finish_reason":)" + finish + "}]}\n\n";
    };
    piece(R"({"role":"assistant","content":""})", "null");
    for (const auto& text :
         {std::string(R"({\"move\":null,\"facts\":[],\"objection\":null,\"sentiment\":\"neutral\",)"
                      R"(\"language\":\"en\",\"wants_person\":false,\"slot_choice\":0,\"slot_answer\":null,)"
                      R"(\"declined\":false,\"nothing_to_say\":false,\"unsure\":false,\"your_reply\":\")"),
          "That is note " + number + ". ",
          "We look into all of it for you, and " + number + " is where it stands.", std::string(R"(\"})")})
        piece(R"({"content":")" + text + R"("})", "null");
    piece("{}", R"("stop")");
    body += R"(data: {"id":"c","object":"chat.completion.chunk","model":"stub","choices":[],"usage":)"
            R"({"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}})"
            "\n\ndata: [DONE]\n\n";
    return answerOf(body, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ");
}

std::string Vendors::send(std::string_view body) {
    const auto number = ++sends_;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& marker : chaos::markersIn(body, chaos::kInbound))
            sent_.emplace(marker, Steady::now());
        if (auto to = numberIn(body); !to.empty()) sent_.emplace(std::move(to), Steady::now());
    }
    char sid[40];
    std::snprintf(sid, sizeof sid, "SM%032zx", number);
    return answerOf(std::string(R"({"sid":")") + sid + R"(","status":"queued","error_code":null})",
                    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ");
}

/// Answers are small and sockets empty: what does not fit at once is a connection that nobody reads.
void Vendors::write(int socket, const std::string& answer) {
    if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(answer.size()))
        forget(socket);
}

void Vendors::flushLater() {
    const auto now = Steady::now();
    for (; laterFrom_ < later_.size() && later_[laterFrom_].at <= now; ++laterFrom_) {
        const auto& later = later_[laterFrom_];
        const auto serial = serials_.find(later.socket);
        if (serial != serials_.end() && serial->second == later.serial) write(later.socket, later.answer);
    }
    if (laterFrom_ == later_.size()) {
        later_.clear();
        laterFrom_ = 0;
    }
}

void Vendors::forget(int socket) {
    ::close(socket);
    connections_.erase(socket);
    serials_.erase(socket);
}

}  // namespace overture::bench
