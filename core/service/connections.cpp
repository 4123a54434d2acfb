#include "service/connections.hpp"

#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/NetException.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"

namespace overture::service {
namespace {

using Poco::Net::HTTPResponse;

constexpr std::size_t kSeen = 16384;  // bytes that are waited for: a head with a body that fits beside it
constexpr int kLook = 1000;           // ms
constexpr auto kBreath = milliseconds(50);
constexpr std::uint64_t kListener = 1ULL << 32, kAlarm = 1ULL << 33;  // beside handles

Poco::Net::HTTPServerParams::Ptr paramsOf(const ConnectionsOptions& options) {
    Poco::Net::HTTPServerParams::Ptr params(new Poco::Net::HTTPServerParams);
    params->setSoftwareVersion("overture");
    params->setTimeout(Poco::Timespan(static_cast<long>(options.timeout.count()), 0));
    params->setKeepAliveTimeout(Poco::Timespan(0));  // what is not there yet is waited for elsewhere
    return params;
}

/// How many bytes there must be before a worker looks at a request that begins like this; 0: its head has no end yet.
std::size_t wantedOf(std::string_view seen) {
    const auto end = seen.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const auto head = lowerAscii(seen.substr(0, end + 2));
    constexpr std::string_view kLength = "\r\ncontent-length:";
    const auto at = head.find(kLength);
    if (at == std::string::npos || head.find("\r\nexpect:") != std::string::npos) return end + 4;
    std::size_t length = 0;
    const auto text = trim(
        std::string_view(head).substr(at + kLength.size(), head.find('\r', at + 2) - at - kLength.size()));
    std::from_chars(text.data(), text.data() + text.size(), length);
    return std::min(end + 4 + std::min(length, kSeen), kSeen);
}

bool isThere(const Poco::Net::StreamSocket& socket) {
    return socket.impl()->initialized();
}

void refuse(Poco::Net::HTTPServerSession& session, HTTPResponse::HTTPStatus status) {
    Poco::Net::HTTPServerResponseImpl response(session);
    response.setVersion(Poco::Net::HTTPMessage::HTTP_1_1);
    response.setStatusAndReason(status);
    response.setKeepAlive(false);
    session.setKeepAlive(false);
    response.setContentLength(0);
    response.send();
}

/// One number at most, and nothing beside it that says where the body ends (RFC 9112, 6.3): what is not sound is refused before
/// anything is read to an end that may never come, or that a proxy sees elsewhere.
bool hasSoundLength(const Poco::Net::HTTPServerRequest& request) {
    constexpr std::size_t kMostDigits = 15;
    int lengths = 0;
    for (auto field = request.find("Content-Length");
         field != request.end() && lowerAscii(field->first) == "content-length"; ++field, ++lengths)
        if (field->second.empty() || field->second.size() > kMostDigits ||
            field->second.find_first_not_of("0123456789") != std::string::npos)
            return false;
    return lengths == 0 || (lengths == 1 && !request.has("Transfer-Encoding"));
}

}  // namespace

Connections::Connections(const Poco::Net::ServerSocket& listener, Answer answer,
                         const ConnectionsOptions& options)
    : answer_(std::move(answer)),
      options_(options),
      listener_(listener),
      params_(paramsOf(options)),
      poller_(::epoll_create1(EPOLL_CLOEXEC)),
      alarm_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      bytes_(kSeen) {
    if (poller_ < 0 || alarm_ < 0) throw Error("no handle is left to watch connections with");
    listener_.setBlocking(false);
    epoll_event event{EPOLLIN, {.u64 = kListener}};
    ::epoll_ctl(poller_, EPOLL_CTL_ADD, listener_.impl()->sockfd(), &event);
    event.data.u64 = kAlarm;
    ::epoll_ctl(poller_, EPOLL_CTL_ADD, alarm_, &event);
    watcher_ = std::thread([this] { watch(); });
    for (int i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { work(); });
}

Connections::~Connections() {
    stop(milliseconds(0));
    ::close(alarm_);
    ::close(poller_);
}

int Connections::open() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<int>(waiting_.size() + requests_.size() + answered_.size());
}

void Connections::stop(milliseconds grace) {
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto rung = ::write(alarm_, &one, sizeof one);
    ::shutdown(listener_.impl()->sockfd(), SHUT_RDWR);  // who comes now goes elsewhere at once
    asked_.notify_all();
    quiet_.wait_for(lock, grace, [&] { return answered_.empty() && requests_.empty(); });
    requests_.clear();
    for (auto& [handle, socket] : answered_) ::shutdown(socket.impl()->sockfd(), SHUT_RDWR);
    asked_.notify_all();
    lock.unlock();
    watcher_.join();
    for (auto& worker : workers_) worker.join();
}

void Connections::watch() {
    std::array<epoll_event, 256> events;
    auto sweepAt = Steady::now() + milliseconds(kLook);
    for (;;) {
        const int ready = ::epoll_wait(poller_, events.data(), events.size(), kLook);
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) return waiting_.clear();
        }
        for (int i = 0; i < ready; ++i)
            if (events[i].data.u64 == kListener)
                accept();
            else if (events[i].data.u64 != kAlarm)
                look(static_cast<int>(events[i].data.u64));
        if (Steady::now() < sweepAt) continue;
        sweep();
        sweepAt = Steady::now() + milliseconds(kLook);
    }
}

void Connections::accept() {
    try {
        auto socket = listener_.acceptConnection();
        socket.setBlocking(true);
        socket.setNoDelay(true);
        if (!wait(socket, Steady::now() + options_.timeout))
            log::warning("too_many_connections", {{"most", options_.most}});
    } catch (const Poco::Exception& error) {
        if (error.code() == EAGAIN || error.code() == EWOULDBLOCK || error.code() == ECONNABORTED) return;
        log::warning("no_connection_taken", {{"problem", error.displayText()}});
        std::this_thread::sleep_for(kBreath);
    }
}

/// False when there are too many already.
bool Connections::wait(const Socket& socket, Steady::time_point until) {
    const int handle = socket.impl()->sockfd();
    const std::scoped_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= options_.most) return false;
    waiting_.insert_or_assign(handle, Waiting{socket, until, true});
    watchFor(handle);
    return true;
}

void Connections::watchFor(int handle) const {
    epoll_event event{EPOLLIN | EPOLLRDHUP | EPOLLET, {.u64 = static_cast<std::uint64_t>(handle)}};
    ::epoll_ctl(poller_, EPOLL_CTL_ADD, handle, &event);
}

void Connections::look(int handle) {
    const std::scoped_lock lock(mutex_);
    const auto found = waiting_.find(handle);
    if (found == waiting_.end()) return;
    const auto heard = hear(found->second);
    if (heard == Heard::more) return;
    ::epoll_ctl(poller_, EPOLL_CTL_DEL, handle, nullptr);
    if (heard == Heard::enough) {
        requests_.push_back(found->second.socket);
        asked_.notify_one();
    }
    waiting_.erase(found);
}

Connections::Heard Connections::hear(Waiting& one) {
    const int handle = one.socket.impl()->sockfd();
    int there = 0;
    if (one.wanted > 0 && ::ioctl(handle, FIONREAD, &there) == 0 && there > 0 && there < one.wanted)
        return Heard::more;
    const auto got = ::recv(handle, bytes_.data(), bytes_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Heard::more : Heard::gone;
    if (got == 0) return Heard::gone;
    const std::string_view seen(bytes_.data(), static_cast<std::size_t>(got));
    const auto wanted = wantedOf(seen);
    if (seen.size() >= (wanted == 0 ? kSeen : wanted)) return Heard::enough;
    one.wanted = static_cast<int>(wanted);
    if (std::exchange(one.fresh, false)) one.until = std::min(one.until, Steady::now() + options_.timeout);
    return Heard::more;
}

void Connections::sweep() {
    const auto now = Steady::now();
    const std::scoped_lock lock(mutex_);
    std::erase_if(waiting_, [&](const auto& one) { return one.second.until <= now; });
    metrics::set("overture_http_connections", {},
                 static_cast<double>(waiting_.size() + requests_.size() + answered_.size()));
}

void Connections::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        asked_.wait(lock, [&] { return stopping_ || !requests_.empty(); });
        if (requests_.empty()) return;
        const auto socket = std::move(requests_.front());
        requests_.pop_front();
        const int handle = socket.impl()->sockfd();
        answered_.emplace(handle, socket);
        lock.unlock();
        bool goesOn = false;
        try {
            goesOn = answerAll(socket);
        } catch (const std::exception& error) {
            log::write(log::Level::debug, "connection_ended", {{"problem", error.what()}});
        }
        lock.lock();
        answered_.erase(handle);
        if (answered_.empty() && requests_.empty()) quiet_.notify_all();
        if (!goesOn || stopping_) continue;
        lock.unlock();
        wait(socket, Steady::now() + options_.idle);
        lock.lock();
    }
}

/// What is there of this connection; true when more may come.
bool Connections::answerAll(const Socket& socket) {
    Poco::Net::HTTPServerSession session(socket, params_);
    while (session.hasMoreRequests()) try {
            Poco::Net::HTTPServerResponseImpl response(session);
            Poco::Net::HTTPServerRequestImpl request(response, session, params_);
            response.setDate(Poco::Timestamp());
            response.setVersion(request.getVersion());
            response.setKeepAlive(request.getKeepAlive());
            response.set("Server", params_->getSoftwareVersion());
            if (!hasSoundLength(request)) throw Poco::Net::MessageException("no sound length");
            if (request.getExpectContinue()) response.sendContinue();
            answer_(request, response);
            session.setKeepAlive(response.getKeepAlive());
        } catch (const Poco::Net::NoMessageException&) {
            return false;
        } catch (const Poco::Net::MessageException&) {
            refuse(session, HTTPResponse::HTTP_BAD_REQUEST);
        } catch (const Poco::SyntaxException&) {  // a length that Poco cannot read
            refuse(session, HTTPResponse::HTTP_BAD_REQUEST);
        }
    if (!isThere(session.socket()) || !session.getKeepAlive()) return false;
    session.detachSocket();  // or its end would be the connection's
    return true;
}

}  // namespace overture::service
