#include "net/web_socket.hpp"

#include <Poco/Exception.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <variant>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/frames.hpp"
#include "net/retry_after.hpp"
#include "net/target.hpp"
#include "net/upgrade.hpp"
#include "net/wire.hpp"

namespace overture::net {
namespace {

using Steady = std::chrono::steady_clock;
using How = WebSocketEnd::How;
using Addresses = std::vector<Poco::Net::SocketAddress>;

constexpr std::size_t kReadAtOnce = 16 * 1024;
constexpr int kReadsInARow = 16;  // of one socket, before the others have their turn
constexpr milliseconds kRefusalBody{1000};
constexpr auto kNever = Steady::time_point::max();

/// What other threads have for the thread of the sockets; kept by those who resolve a name as long as they do.
class Mail {
public:
    Mail() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    ~Mail() { ::close(wake_); }
    int socket() const { return wake_; }

    void put(std::function<void()> letter) {
        const std::scoped_lock lock(mutex_);
        letters_.push_back(std::move(letter));
        if (letters_.size() > 1) return;
        const std::uint64_t one = 1;
        if (::write(wake_, &one, sizeof one) < 0) return;  // full: it is awake
    }
    std::vector<std::function<void()>> take() {
        std::uint64_t count = 0;
        const std::scoped_lock lock(mutex_);
        if (::read(wake_, &count, sizeof count) < 0) return std::exchange(letters_, {});
        return std::exchange(letters_, {});
    }

private:
    int wake_;
    std::mutex mutex_;
    std::vector<std::function<void()>> letters_;
};

/// One socket. What stands under `mutex` is for any thread, `running` is held while its events run, the rest is the loop's.
struct Socket {
    enum class State {
        waiting,
        resolving,
        connecting,
        tunnelling,
        handshaking,
        upgrading,
        refusing,
        open,
        over
    };

    Socket(const WebSocketRequest& asked, WebSocketEvents& given) : request(asked), events(&given) {}

    WebSocketRequest request;
    WebSocketEvents* events;

    std::mutex running;
    bool released = false;  // under `running`; the loop's own thread needs it not

    std::mutex mutex;
    std::deque<std::string> queue;  // frames
    std::size_t queued = 0;
    std::optional<std::string> closing;  // the close that goes out after them
    bool dead = false, called = false;

    State state = State::waiting;
    Target target;
    const Proxy* proxy = nullptr;
    Addresses addresses;
    std::unique_ptr<Wire> wire;
    std::string outgoing, key, trouble;
    std::size_t sent = 0;  // of `outgoing`
    UpgradeAnswer answer;
    std::optional<Frames> frames;
    bool closeSent = false, pinged = false;
    int ourCode = 1000;
    std::uint32_t watched = 0;
    Steady::time_point begins, deadline = kNever, nextTick = kNever, heard, closeBy = kNever;
};
using Held = std::shared_ptr<Socket>;

}  // namespace

struct WebSockets::Impl {
    Impl(HttpLimits given, WebSocketTimes wanted)
        : limits(std::make_shared<const HttpLimits>(std::move(given))),
          times(wanted),
          epoll(::epoll_create1(EPOLL_CLOEXEC)) {
        epoll_event event{EPOLLIN, {}};
        event.data.ptr = nullptr;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, mail->socket(), &event);
        thread = std::thread([this] { run(); });
    }
    ~Impl() {
        mail->put([this] { stopping = true; });
        thread.join();
        ::close(epoll);
    }

    void run() {
        std::vector<epoll_event> events(64);
        while (!stopping) {
            const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), untilDue());
            for (auto& letter : mail->take()) letter();
            for (int i = 0; i < count; ++i) {
                const auto found =
                    sockets.find(static_cast<Socket*>(events[static_cast<std::size_t>(i)].data.ptr));
                if (found == sockets.end()) continue;
                const auto socket = found->second;
                advance(*socket);
            }
            if (Steady::now() >= due || !again.empty()) lookAtTimes();
        }
    }

    int untilDue() {
        if (!again.empty()) return 0;
        if (due == kNever) return -1;
        const auto rest = std::chrono::ceil<milliseconds>(due - Steady::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(rest, 0, 60'000));
    }

    // ---------------------------------------------------------------------------------------------- what time brings

    Steady::time_point nextOf(const Socket& socket) const {
        auto next = std::min({socket.deadline, socket.nextTick, socket.closeBy});
        if (socket.state == Socket::State::waiting) next = std::min(next, socket.begins);
        if (socket.state == Socket::State::open)
            next =
                std::min(next, socket.heard + times.silence + (socket.pinged ? times.pong : milliseconds(0)));
        return next;
    }
    void dueAt(const Socket& socket) { due = std::min(due, nextOf(socket)); }

    void lookAtTimes() {
        const auto now = Steady::now();
        std::vector<Held> all;
        for (const auto& [key, socket] : sockets) all.push_back(socket);
        const auto more = std::exchange(again, {});
        due = kNever;
        for (const auto& socket : all) {
            if (std::find(more.begin(), more.end(), socket.get()) != more.end()) advance(*socket);
            if (nextOf(*socket) <= now) timeIsUp(*socket, now);
        }
        due = kNever;
        for (const auto& [key, socket] : sockets) dueAt(*socket);
    }

    void timeIsUp(Socket& socket, Steady::time_point now) {
        if (now >= socket.nextTick) {
            socket.nextTick += socket.request.tick;
            if (socket.nextTick <= now) socket.nextTick = now + socket.request.tick;
            tell(socket, [](WebSocketEvents& events) { events.tick(); });
        }
        if (socket.state == Socket::State::over) return;
        if (socket.state == Socket::State::waiting && now >= socket.begins) return begin(socket);
        if (now >= socket.closeBy) {
            end(socket, done(socket));
        } else if (now >= socket.deadline) {
            if (socket.state == Socket::State::refusing) return refuse(socket);
            end(socket, {How::notOpened,
                         0,
                         {},
                         {},
                         host(socket) + ": not open within " +
                             std::to_string(socket.request.deadline.count()) + " ms" + at(socket)});
        } else if (socket.state == Socket::State::open && now >= socket.heard + times.silence) {
            if (socket.pinged && now >= socket.heard + times.silence + times.pong)
                return end(socket,
                           {How::lost, 0, {}, {}, host(socket) + ": it went silent and answers no ping"});
            if (std::exchange(socket.pinged, true)) return;
            socket.outgoing += frame(Side::client, Opcode::ping, "");
            advance(socket);
        }
    }

    static std::string at(const Socket& socket) {
        switch (socket.state) {
            case Socket::State::resolving: return " (looking for its address)";
            case Socket::State::connecting: return " (connecting)";
            case Socket::State::tunnelling: return " (asking the proxy for a tunnel)";
            case Socket::State::handshaking: return " (shaking hands for TLS)";
            case Socket::State::upgrading: return " (it does not answer)";
            default: return "";
        }
    }
    static WebSocketEnd done(const Socket& socket, std::string said = {}) {
        return {How::done, socket.ourCode, {}, std::move(said), host(socket) + ": closed by us"};
    }
    static std::string host(const Socket& socket) {
        return socket.target.host.empty() ? std::string("the socket") : socket.target.host;
    }

    // ------------------------------------------------------------------------------------------------ the way there

    void add(const Held& socket) {
        sockets[socket.get()] = socket;
        const auto now = Steady::now();
        socket->begins = now + socket->request.delay;
        if (socket->request.tick > milliseconds(0))
            socket->nextTick = now + std::max(socket->request.tick, milliseconds(10));
        if (socket->request.delay <= milliseconds(0)) begin(*socket);
        dueAt(*socket);
    }

    void begin(Socket& socket) {
        socket.deadline = Steady::now() + socket.request.deadline;
        const auto fail = [&](std::string why) { end(socket, {How::notOpened, 0, {}, {}, std::move(why)}); };
        HttpRequest asked{"GET", socket.request.url, socket.request.headers, {}};
        const auto scheme = lowerAscii(asked.url.substr(0, asked.url.find(':')));
        if (scheme != "ws" && scheme != "wss") return fail("the socket's URL is neither ws nor wss");
        asked.url.replace(0, scheme.size(), scheme == "wss" ? "https" : "http");
        for (const auto& [name, value] : asked.headers) {
            const auto key = lowerAscii(name);
            if (key == "upgrade" || key == "host" ||
                (key.starts_with("sec-websocket-") && key != "sec-websocket-protocol"))
                return fail("header " + name + " belongs to the socket and cannot be given");
        }
        const auto checked = targetOf(asked, *limits);
        if (const auto* trouble = std::get_if<std::string>(&checked)) return fail(*trouble);
        socket.target = std::get<Target>(checked);
        socket.proxy = limits->proxies.of(socket.target.secure, socket.target.host);
        socket.state = Socket::State::resolving;
        resolveAside(sockets.at(&socket));
    }

    /// The system's resolver blocks: it runs aside, and its answer is left lying when the sockets are gone.
    void resolveAside(const Held& socket) {
        const std::weak_ptr<Socket> waiting = socket;
        std::thread([this, waiting, box = mail, limits_ = limits, target = socket->target,
                     proxy = socket->proxy, until = socket->deadline] {
            const auto found = resolve(target, *limits_, proxy, until);
            box->put([this, waiting, found] {
                const auto held = waiting.lock();
                if (held && held->state == Socket::State::resolving) resolved(*held, found);
            });
        }).detach();
    }

    void resolved(Socket& socket, const std::variant<Addresses, std::string>& found) {
        if (const auto* trouble = std::get_if<std::string>(&found))
            return end(socket, {How::notOpened, 0, {}, {}, socket.target.host + ": " + *trouble});
        socket.addresses = std::get<Addresses>(found);
        connectNext(socket);
    }

    void connectNext(Socket& socket) {
        if (socket.addresses.empty()) {
            const auto through =
                socket.proxy == nullptr ? std::string() : " through the proxy " + socket.proxy->key();
            return end(socket, {How::notOpened,
                                0,
                                {},
                                {},
                                socket.target.host + ": cannot connect" + through + ": " + socket.trouble});
        }
        const auto address = socket.addresses.front();
        socket.addresses.erase(socket.addresses.begin());
        try {
            socket.wire = std::make_unique<Wire>(address);
        } catch (const Poco::Exception& error) {
            socket.trouble = error.displayText();
            return connectNext(socket);
        }
        socket.state = Socket::State::connecting;
        socket.watched = 0;
        watch(socket, EPOLLOUT);
    }

    void watch(Socket& socket, std::uint32_t wanted) {
        if (socket.watched == wanted) return;
        epoll_event event{wanted, {}};
        event.data.ptr = &socket;
        ::epoll_ctl(epoll, socket.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket.wire->socket(),
                    &event);
        socket.watched = wanted;
    }

    /// Goes on as far as it can without waiting.
    void advance(Socket& socket) {
        try {
            go(socket);
        } catch (const Poco::Exception& error) {
            broken(socket, error.message());
        } catch (const std::exception& error) {
            broken(socket, error.what());
        }
        if (socket.state == Socket::State::over || !socket.wire) return;
        const bool writes = socket.wire->wantsWrite() || socket.state == Socket::State::connecting ||
                            socket.sent < socket.outgoing.size();
        watch(socket, writes ? EPOLLIN | EPOLLOUT : EPOLLIN);
        dueAt(socket);
    }

    void broken(Socket& socket, const std::string& why) {
        if (socket.state == Socket::State::refusing) return refuse(socket);
        const bool open = socket.state == Socket::State::open;
        if (open && socket.closeSent) return end(socket, done(socket));
        end(socket, {open ? How::lost : How::notOpened, 0, {}, {}, host(socket) + ": " + why + at(socket)});
    }

    void go(Socket& socket) {
        using State = Socket::State;
        if (socket.state == State::connecting && !connected(socket)) return;
        if (socket.state == State::tunnelling && !tunnelled(socket)) return;
        if (socket.state == State::handshaking && !shaken(socket)) return;
        if (socket.state == State::upgrading && !upgraded(socket)) return;
        if (socket.state == State::refusing) {
            const auto trouble = readSome(socket, [&](std::string_view bytes) { socket.answer.take(bytes); });
            if (!trouble.empty() || socket.answer.wholeBody()) refuse(socket);
            return;
        }
        if (socket.state == State::open) talk(socket);
    }

    bool connected(Socket& socket) {
        const auto step = socket.wire->connected();
        if (step == Wire::Step::again) return false;
        if (step == Wire::Step::failed) {
            socket.trouble = socket.wire->trouble();
            socket.wire.reset();
            connectNext(socket);
            return false;
        }
        if (socket.proxy != nullptr) {
            socket.outgoing = tunnelRequest(socket.target, *socket.proxy);
            socket.state = Socket::State::tunnelling;
        } else {
            greet(socket);
        }
        return true;
    }

    bool tunnelled(Socket& socket) {
        flush(socket);
        const auto trouble = readSome(socket, [&](std::string_view bytes) { socket.answer.take(bytes); });
        if (!wholeHead(socket, trouble)) return false;
        const int status = socket.answer.response.status;
        if (status < 200 || status > 299)
            throw Poco::RuntimeException("the proxy refused to make a tunnel (" + std::to_string(status) +
                                         ")");
        socket.answer = {};
        greet(socket);
        return true;
    }

    void greet(Socket& socket) {
        if (!socket.target.secure) return ask(socket);
        if (!tls) tls.emplace();
        socket.wire->secure(*tls, socket.target.host);
        socket.state = Socket::State::handshaking;
    }

    bool shaken(Socket& socket) {
        const auto step = socket.wire->handshake();
        if (step == Wire::Step::failed) {
            end(socket, {How::notOpened, 0, {}, {}, socket.target.host + ": " + socket.wire->trouble()});
            return false;
        }
        if (step == Wire::Step::again) return false;
        ask(socket);
        return true;
    }

    void ask(Socket& socket) {
        socket.key = upgradeKey();
        socket.outgoing = upgradeRequest(socket.target, socket.request, socket.key);
        socket.sent = 0;
        socket.state = Socket::State::upgrading;
    }

    bool upgraded(Socket& socket) {
        flush(socket);
        const auto trouble = readSome(socket, [&](std::string_view bytes) { socket.answer.take(bytes); });
        if (!wholeHead(socket, trouble)) return false;
        if (socket.answer.response.status != 101) {
            socket.state = Socket::State::refusing;
            socket.deadline = std::min(socket.deadline, Steady::now() + kRefusalBody);
            if (socket.answer.wholeBody()) refuse(socket);
            return false;
        }
        if (const auto other = agreementTrouble(socket.answer.response, socket.key, socket.request);
            !other.empty())
            throw Poco::RuntimeException(other);
        socket.frames.emplace(Side::server, socket.request.largest);
        socket.frames->take(socket.answer.rest());
        socket.state = Socket::State::open;
        socket.deadline = kNever;
        socket.heard = Steady::now();
        tell(socket, [](WebSocketEvents& events) { events.opened(); });
        return socket.state == Socket::State::open;
    }

    void refuse(Socket& socket) {
        const auto& response = socket.answer.response;
        WebSocketEnd end_{How::refused, response.status, {}, {}, {}};
        if (const auto after = retryAfterOf(response)) end_.retryAfter = *after;
        end_.said = toValidUtf8(socket.answer.rest().substr(0, 4096));
        end_.why =
            socket.target.host + ": it refused the socket with status " + std::to_string(response.status);
        end(socket, end_);
    }

    // ----------------------------------------------------------------------------------------------------- when open

    /// "" or why nothing more will come.
    template <typename Take>
    std::string readSome(Socket& socket, Take take) try {
        char buffer[kReadAtOnce];
        for (int i = 0; i < kReadsInARow; ++i) {
            const auto got = socket.wire->read(buffer, sizeof buffer);
            if (got == 0) return {};
            socket.heard = Steady::now();
            socket.pinged = false;
            take(std::string_view(buffer, got));
        }
        again.push_back(&socket);
        return {};
    } catch (const Poco::Exception& error) {
        return error.message();
    }

    /// Whether the head of the answer is whole; throws when it never will be.
    static bool wholeHead(Socket& socket, const std::string& trouble) {
        if (socket.answer.head()) return true;
        if (!socket.answer.fault().empty()) throw Poco::RuntimeException(socket.answer.fault());
        if (!trouble.empty()) throw Poco::RuntimeException(trouble);
        return false;
    }

    void talk(Socket& socket) {
        hear(socket);
        if (socket.state == Socket::State::over) return;
        const auto trouble = readSome(socket, [&](std::string_view bytes) { socket.frames->take(bytes); });
        hear(socket);  // what came before it still counts
        if (socket.state == Socket::State::over) return;
        if (!trouble.empty()) throw Poco::RuntimeException(trouble);
        say(socket);
    }

    void hear(Socket& socket) {
        while (auto incoming = socket.frames->next()) {
            switch (incoming->opcode) {
                case Opcode::text:
                    tell(socket, [&](WebSocketEvents& events) { events.text(incoming->payload); });
                    break;
                case Opcode::binary:
                    tell(socket, [&](WebSocketEvents& events) { events.binary(incoming->payload); });
                    break;
                case Opcode::ping:
                    if (!socket.closeSent)
                        socket.outgoing += frame(Side::client, Opcode::pong, incoming->payload);
                    break;
                case Opcode::close: return closedByPeer(socket, *incoming);
                default: break;
            }
            if (socket.state == Socket::State::over) return;
        }
        if (const auto& fault = socket.frames->fault()) {
            farewell(socket, closeFrame(Side::client, fault->code, ""));
            end(socket,
                {How::lost, static_cast<int>(fault->code), {}, {}, host(socket) + ": it " + fault->sentence});
        }
    }

    void closedByPeer(Socket& socket, const Frames::Incoming& close) {
        if (socket.closeSent) return end(socket, done(socket, close.payload));
        farewell(socket, closeFrame(Side::client, close.code, ""));
        const int code = static_cast<int>(close.code);
        end(socket, {How::closed,
                     code,
                     {},
                     close.payload,
                     host(socket) + ": it closed the socket with " + std::to_string(code)});
    }

    /// The last frame, if it can go at once.
    void farewell(Socket& socket, const std::string& bytes) {
        try {
            socket.outgoing += bytes;
            flush(socket);
        } catch (const Poco::Exception&) {  // it is gone already
        }
    }

    void say(Socket& socket) {
        for (;;) {
            if (socket.sent == socket.outgoing.size()) {
                socket.outgoing.clear();
                socket.sent = 0;
                if (!fill(socket)) return;
            }
            if (!flush(socket)) return;
        }
    }

    /// Takes of the queue what goes out next; false when there is nothing.
    bool fill(Socket& socket) {
        const std::scoped_lock lock(socket.mutex);
        socket.called = false;
        while (!socket.queue.empty() && socket.outgoing.size() < kReadAtOnce) {
            socket.queued -= socket.queue.front().size();
            socket.outgoing += socket.queue.front();
            socket.queue.pop_front();
        }
        if (socket.outgoing.empty() && socket.closing && !socket.closeSent) {
            socket.outgoing = *socket.closing;
            socket.closeSent = true;
        }
        return !socket.outgoing.empty();
    }

    /// Whether all of it has gone.
    bool flush(Socket& socket) {
        while (socket.sent < socket.outgoing.size()) {
            const auto went = socket.wire->write(std::string_view(socket.outgoing).substr(socket.sent));
            if (went == 0) return false;
            socket.sent += went;
        }
        return true;
    }

    // --------------------------------------------------------------------------------------------------------- ends

    template <typename Step>
    void tell(Socket& socket, Step step) {
        const std::scoped_lock lock(socket.running);
        if (socket.released) return;
        try {
            step(*socket.events);
        } catch (const std::exception& error) {
            log::error("socket", {{"line", "an event threw"}, {"error", error.what()}});
        }
    }

    void end(Socket& socket, const WebSocketEnd& why) {
        if (socket.state == Socket::State::over) return;
        const auto held = sockets.at(&socket);
        socket.state = Socket::State::over;
        socket.wire.reset();
        {
            const std::scoped_lock lock(socket.mutex);
            socket.dead = true;
            socket.queue.clear();
        }
        std::erase(again, &socket);
        sockets.erase(&socket);
        tell(socket, [&](WebSocketEvents& events) { events.closed(why); });
    }

    // ---------------------------------------------------------------------------------------- what other threads ask

    WebSocketSent send(const Held& socket, Opcode opcode, std::string_view message) {
        auto bytes = frame(Side::client, opcode, message);
        {
            const std::scoped_lock lock(socket->mutex);
            if (socket->dead || socket->closing) return WebSocketSent::over;
            if (socket->queued + message.size() > kMostQueued) return WebSocketSent::full;
            socket->queued += bytes.size();
            socket->queue.push_back(std::move(bytes));
            if (std::exchange(socket->called, true)) return WebSocketSent::queued;
        }
        call(socket);
        return WebSocketSent::queued;
    }

    void call(const Held& socket) {
        mail->put([this, socket] {
            if (socket->state == Socket::State::open) advance(*socket);
        });
    }

    void close(const Held& socket, int code, std::string_view reason) {
        {
            const std::scoped_lock lock(socket->mutex);
            if (socket->dead || socket->closing) return;
            socket->closing = closeFrame(Side::client, static_cast<CloseCode>(code), reason);
        }
        mail->put([this, socket, code] {
            if (socket->state == Socket::State::over) return;
            socket->ourCode = code;
            socket->closeBy = Steady::now() + times.closing;
            if (socket->state == Socket::State::open) return advance(*socket);
            if (!hasMore(*socket)) return end(*socket, done(*socket));
            dueAt(*socket);
        });
    }

    static bool hasMore(Socket& socket) {
        const std::scoped_lock lock(socket.mutex);
        return !socket.queue.empty();
    }

    void release(const Held& socket) {
        const bool inside = std::this_thread::get_id() == thread.get_id();
        if (inside) {
            socket->released = true;
        } else {
            const std::scoped_lock lock(socket->running);
            socket->released = true;
        }
        close(socket, 1000, "");
    }

    const std::shared_ptr<const HttpLimits> limits;
    const WebSocketTimes times;
    const std::shared_ptr<Mail> mail = std::make_shared<Mail>();
    std::optional<ClientTls> tls;
    int epoll;
    bool stopping = false;
    std::unordered_map<Socket*, Held> sockets;
    std::vector<Socket*> again;  // there may be more to read
    Steady::time_point due = kNever;
    std::thread thread;
};

/// Lets go of its socket when it ends.
class WebSockets::Handle final : public WebSocket {
public:
    Handle(Impl& sockets, Held socket) : sockets_(sockets), socket_(std::move(socket)) {}
    ~Handle() override { sockets_.release(socket_); }
    WebSocketSent sendText(std::string_view message) override {
        return sockets_.send(socket_, Opcode::text, message);
    }
    WebSocketSent sendBinary(std::string_view message) override {
        return sockets_.send(socket_, Opcode::binary, message);
    }
    void close(int code, std::string_view reason) override { sockets_.close(socket_, code, reason); }

private:
    Impl& sockets_;
    Held socket_;
};

WebSockets::WebSockets(HttpLimits limits, WebSocketTimes times)
    : impl_(std::make_unique<Impl>(std::move(limits), times)) {}
WebSockets::~WebSockets() = default;

std::unique_ptr<WebSocket> WebSockets::open(const WebSocketRequest& request, WebSocketEvents& events) {
    const auto socket = std::make_shared<Socket>(request, events);
    auto handle = std::make_unique<Handle>(*impl_, socket);
    impl_->mail->put([impl = impl_.get(), socket] { impl->add(socket); });
    return handle;
}

}  // namespace overture::net
