#include "service/listeners.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/metrics.hpp"

namespace overture::service {
namespace {

constexpr int kSendBuffer = 64 * 1024;  // the system's, of each socket
constexpr auto kLinger = seconds(2);    // for the other side to read the end
constexpr int kLingerLook = 200;        // ms

Bytes bytesOf(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

std::uint64_t nextId() {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

bool wouldWait() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

WirePtr wireOf(const OrganizationId& organization, const std::string& kind, const Json& document) {
    const auto text = toText(document);
    auto event = document.contains("id") ? "id: " + textOf(document, "id") + "\n" : std::string();
    event += "event: " + kind + "\ndata: " + text + "\n\n";
    return std::make_shared<const Wire>(
        Wire{organization, kind, bytesOf(std::move(event)),
             bytesOf(net::frame(net::Side::server, net::Opcode::text, text))});
}

Socket::Socket(Poco::Net::StreamSocket&& given, Live::Listener&& listener)
    : socket(std::move(given)),
      stream(std::move(listener.stream)),
      webSocket(listener.webSocket),
      authorization(std::move(listener.authorization)),
      id(nextId()),
      moved(Steady::now()) {
    socket.setBlocking(false);
    socket.setNoDelay(true);
    handle = socket.impl()->sockfd();
    bytes = listener.head.size();
    waiting.push_back(bytesOf(std::move(listener.head)));
    if (webSocket) frames.take(listener.read);
}

bool Socket::wants(const std::string& kind) const {
    return stream.kinds.empty() ||
           std::find(stream.kinds.begin(), stream.kinds.end(), kind) != stream.kinds.end();
}

Listeners::Listeners(const LiveOptions& options, std::function<void(const Socket&)> gone)
    : options_(options),
      gone_(std::move(gone)),
      ping_(bytesOf(net::frame(net::Side::server, net::Opcode::ping, ""))) {
    poller_ = ::epoll_create1(EPOLL_CLOEXEC);
    alarm_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poller_ < 0 || alarm_ < 0)
        throw Error("the system gives no more file handles", "live", "Raise the limit (ulimit -n)");
    epoll_event event{EPOLLIN, {.u64 = 0}};
    ::epoll_ctl(poller_, EPOLL_CTL_ADD, alarm_, &event);
    thread_ = std::thread([this] { loop(); });
}

Listeners::~Listeners() {
    stop();
    ::close(poller_);
    ::close(alarm_);
}

void Listeners::stop() {
    if (stopping_.exchange(true)) return;
    ring();
    thread_.join();
}

void Listeners::take(SocketPtr socket) {
    order([this, socket = std::move(socket)] { begin(socket); });
}

void Listeners::tellAll(std::vector<WirePtr> wires) {
    order([this, wires = std::move(wires)] {
        for (const auto& [id, one] : sockets_)
            if (one->level)
                for (const auto& wire : wires) hear(*one, *wire);
    });
}

void Listeners::tell(SocketPtr socket, std::vector<WirePtr> wires) {
    order([this, socket = std::move(socket), wires = std::move(wires)] {
        for (const auto& wire : wires) hear(*socket, *wire);
    });
}

void Listeners::makeLevel(SocketPtr socket, WirePtr ready) {
    order([this, socket = std::move(socket), ready = std::move(ready)] {
        socket->level = true;
        add(*socket, socket->webSocket ? ready->frame : ready->event);
    });
}

void Listeners::end(SocketPtr socket, net::CloseCode code, std::string reason) {
    order([this, socket = std::move(socket), code, reason = std::move(reason)] {
        finish(*socket, code, reason);
    });
}

void Listeners::endLevel(net::CloseCode code, std::string reason) {
    order([this, code, reason = std::move(reason)] {
        for (const auto& [id, one] : sockets_)
            if (one->level) finish(*one, code, reason);
    });
}

void Listeners::beat(WirePtr here) {
    order([this, here = std::move(here)] {
        for (const auto& [id, one] : sockets_) beatTo(*one, *here);
    });
}

void Listeners::order(std::function<void()> act) {
    {
        const std::scoped_lock lock(mutex_);
        orders_.push_back(std::move(act));
    }
    ring();
}

void Listeners::ring() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto rung = ::write(alarm_, &one, sizeof one);
}

void Listeners::loop() {
    std::array<epoll_event, 256> events;
    while (!stopping_) {
        const int ready =
            ::epoll_wait(poller_, events.data(), events.size(), lingering_.empty() ? -1 : kLingerLook);
        for (int i = 0; i < ready; ++i) {
            const auto found = sockets_.find(events[i].data.u64);
            if (found == sockets_.end()) {
                std::uint64_t rings = 0;
                [[maybe_unused]] const auto heard = ::read(alarm_, &rings, sizeof rings);
                continue;
            }
            auto& one = *found->second;
            if ((events[i].events & ~std::uint32_t{EPOLLOUT}) != 0) readFrom(one);
            if ((events[i].events & EPOLLOUT) != 0) touched_.insert(one.id);
        }
        obey();
        sweep();
    }
    sayGoodbye();
}

void Listeners::obey() {
    std::vector<std::function<void()>> now;
    {
        const std::scoped_lock lock(mutex_);
        now.swap(orders_);
    }
    for (const auto& act : now) act();
    for (const auto id : touched_)
        if (const auto found = sockets_.find(id); found != sockets_.end()) {
            writeTo(*found->second);
            watch(*found->second);
        }
    touched_.clear();
}

void Listeners::begin(const SocketPtr& socket) {
    auto& one = *socket;
    ::setsockopt(one.handle, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    const int patience = static_cast<int>(options_.silence.count());
    ::setsockopt(one.handle, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    sockets_.emplace(one.id, socket);
    epoll_event event{EPOLLIN | EPOLLRDHUP, {.u64 = one.id}};
    if (::epoll_ctl(poller_, EPOLL_CTL_ADD, one.handle, &event) != 0) return cut(one, "no_handle");
    touched_.insert(one.id);
    answerFrames(one);
}

void Listeners::hear(Socket& one, const Wire& wire) {
    if (wire.organization == one.stream.organization && one.wants(wire.kind))
        add(one, one.webSocket ? wire.frame : wire.event);
}

void Listeners::beatTo(Socket& one, const Wire& here) {
    const auto now = Steady::now();
    if (one.pinged && now - *one.pinged > options_.silence) return cut(one, "silent");
    if (one.webSocket) {
        if (!one.pinged) one.pinged = now;
        add(one, ping_);
    }
    if (one.level) add(one, one.webSocket ? here.frame : here.event);
    if (!one.waiting.empty() && now - one.moved > options_.silence) cut(one, "slow");
}

void Listeners::add(Socket& one, const Bytes& bytes) {
    if (one.ending || one.over) return;
    if (one.bytes + bytes->size() > options_.mostWaiting) writeTo(one);
    if (one.bytes + bytes->size() > options_.mostWaiting) return cut(one, "slow");
    if (one.waiting.empty()) one.moved = Steady::now();
    one.waiting.push_back(bytes);
    one.bytes += bytes->size();
    touched_.insert(one.id);
}

void Listeners::finish(Socket& one, net::CloseCode code, const std::string& reason) {
    if (one.ending) return;
    add(one, bytesOf(one.webSocket
                         ? net::closeFrame(net::Side::server, code, reason)
                         : "event: end\ndata: " + toText({{"kind", "end"}, {"reason", reason}}) + "\n\n"));
    one.ending = true;
}

/// Without a word: there is no room for one.
void Listeners::cut(Socket& one, const char* why) {
    one.ending = true;
    one.waiting.clear();
    one.bytes = 0;
    metrics::count("overture_live_cut_total", {{"reason", why}});
    over_.insert(one.id);
}

void Listeners::readFrom(Socket& one) {
    std::array<char, 4096> buffer;
    const auto got = ::recv(one.handle, buffer.data(), buffer.size(), 0);
    if (got == 0 || (got < 0 && !wouldWait())) over_.insert(one.id);
    if (got <= 0) return;
    one.pinged.reset();
    if (!one.webSocket || one.ending) return;  // events go one way: what is said here is nothing to us
    one.frames.take({buffer.data(), static_cast<std::size_t>(got)});
    answerFrames(one);
}

void Listeners::answerFrames(Socket& one) {
    while (const auto incoming = one.frames.next()) {
        if (incoming->opcode == net::Opcode::ping)
            add(one, bytesOf(net::frame(net::Side::server, net::Opcode::pong, incoming->payload)));
        if (incoming->opcode != net::Opcode::close) continue;
        add(one, bytesOf(net::closeFrame(net::Side::server, incoming->code, "")));
        one.ending = true;
        return;
    }
    if (const auto& fault = one.frames.fault()) finish(one, fault->code, "");
}

void Listeners::writeTo(Socket& one) {
    while (!one.waiting.empty()) {
        const auto& first = *one.waiting.front();
        const auto sent =
            ::send(one.handle, first.data() + one.written, first.size() - one.written, MSG_NOSIGNAL);
        if (sent < 0) {
            if (!wouldWait()) over_.insert(one.id);
            return;
        }
        one.moved = Steady::now();
        one.written += static_cast<std::size_t>(sent);
        one.bytes -= static_cast<std::size_t>(sent);
        if (one.written < first.size()) continue;
        one.waiting.pop_front();
        one.written = 0;
    }
}

/// For room to write while something waits; at the end until the other side has read it.
void Listeners::watch(Socket& one) {
    if (one.waiting.empty() && one.ending && !one.shut) {
        one.shut = true;
        ::shutdown(one.handle, SHUT_WR);
        lingering_.emplace_back(Steady::now() + kLinger, one.id);
    }
    if (one.watched == !one.waiting.empty()) return;
    one.watched = !one.watched;
    epoll_event event{EPOLLIN | EPOLLRDHUP | (one.watched ? std::uint32_t{EPOLLOUT} : 0U), {.u64 = one.id}};
    ::epoll_ctl(poller_, EPOLL_CTL_MOD, one.handle, &event);
}

void Listeners::sweep() {
    for (; !lingering_.empty() && lingering_.front().first <= Steady::now(); lingering_.pop_front())
        over_.insert(lingering_.front().second);
    for (const auto id : over_) {
        const auto found = sockets_.find(id);
        if (found == sockets_.end()) continue;
        const auto one = found->second;
        one->over = true;
        ::epoll_ctl(poller_, EPOLL_CTL_DEL, one->handle, nullptr);
        one->socket.close();
        sockets_.erase(found);
        gone_(*one);
    }
    over_.clear();
    if (count_ == static_cast<int>(sockets_.size())) return;
    count_ = static_cast<int>(sockets_.size());
    metrics::set("overture_live_listeners", {}, count_);
}

void Listeners::sayGoodbye() {
    obey();
    for (const auto& [id, one] : sockets_) finish(*one, net::CloseCode::goingAway, "this server stops");
    obey();
    for (const auto& [id, one] : sockets_) over_.insert(id);
    sweep();
}

}  // namespace overture::service
