#include "net/connection.hpp"

#include <Poco/Ascii.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <optional>
#include <ostream>
#include <utility>

#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace overture::net {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPSClientSession;

constexpr int kMostHeaders = 256;
constexpr std::size_t kLongestHead = 16384;  // of a proxy's answer to CONNECT
constexpr const char* kNoHandshake = "no TLS handshake before the deadline";
constexpr Poco::Timespan::TimeDiff kSoon = 100'000;  // an answer that takes longer, microseconds
constexpr std::size_t kLargestWrite = 32 * 1024;     // between two of them the deadline is looked at
constexpr int kEnd = std::char_traits<char>::eof();

Poco::Net::Context::Ptr tls() {
    static const Poco::Net::Context::Ptr context = [] {
        Poco::Net::initializeSSL();
        Poco::Net::Context::Ptr made = new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", "",
                                                              Poco::Net::Context::VERIFY_STRICT, 9, true);
        made->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
        return made;
    }();
    return context;
}

Poco::Timespan left(Deadline deadline) {
    const auto rest = std::chrono::duration_cast<microseconds>(deadline - std::chrono::steady_clock::now());
    if (rest.count() <= 0) throw Poco::TimeoutException("the deadline is over");
    return {static_cast<Poco::Timespan::TimeDiff>(rest.count())};
}

[[noreturn]] void refusedByProxy(int status) {
    throw Poco::Net::NetException(
        status == 407 ? "the proxy wants a user name and password, or other ones (407)"
                      : "the proxy refused to make a tunnel (" + std::to_string(status) + ")");
}

/// Asks a proxy for a tunnel, of which not one byte is read.
void askForTunnel(Poco::Net::StreamSocket& socket, const Target& target, const Proxy& proxy) {
    std::string ask = "CONNECT " + target.authority() + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n";
    if (!proxy.authorization.empty()) ask += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    ask += "\r\n";
    for (std::size_t sent = 0; sent < ask.size();)
        sent += static_cast<std::size_t>(
            socket.sendBytes(ask.data() + sent, static_cast<int>(ask.size() - sent)));
    std::string head;
    for (char c = 0; !head.ends_with("\r\n\r\n"); head += c) {
        if (head.size() == kLongestHead) throw Poco::Net::NetException("the proxy's answer is too long");
        if (socket.receiveBytes(&c, 1) <= 0)
            throw Poco::Net::NetException("the proxy closed the connection without a tunnel");
    }
    const auto code =
        head.starts_with("HTTP/1.") ? head.substr(std::min<std::size_t>(9, head.size()), 3) : "";
    int status = 0;
    std::from_chars(code.data(), code.data() + code.size(), status);
    if (status < 100) throw Poco::Net::NetException("what answered for the proxy is none: it speaks no HTTP");
    if (status < 200 || status > 299) refusedByProxy(status);
}

/// Poco's session with its own reconnecting taken out: whether a request may be repeated is not its to
/// decide.
template <typename Session>
class SessionConnection final : public Session, public Connection {
public:
    template <typename... Arguments>
    explicit SessionConnection(const Proxy* proxy, Arguments&&... arguments)
        : Session(std::forward<Arguments>(arguments)...), proxy_(proxy) {
        this->setKeepAlive(true);
        if constexpr (kSecure) {
            Poco::Net::SecureStreamSocket socket(this->socket());
            socket.setLazyHandshake(true);
            socket.setPeerHostName(this->getHost());
        }
    }

    void open(const Poco::Net::SocketAddress& address, const Target& target, Watchdog& dog,
              Deadline deadline) override {
        this->setTimeout(left(deadline), 0, 0);
        if constexpr (!kSecure)
            this->connect(address);
        else if (proxy_ == nullptr)
            openSecure(address, dog, deadline);
        else
            openTunnel(address, target, dog, deadline);
    }

    bool quiet() const override {
        auto socket = const_cast<SessionConnection*>(this)->socket();
        return this->buffered() == 0 &&
               !socket.poll(0, Poco::Net::Socket::SELECT_READ | Poco::Net::Socket::SELECT_ERROR);
    }

    Exchange exchange(const HttpRequest& request, const Target& target, Watchdog& dog,
                      const ExchangeLimits& limits) override {
        Exchange result;
        touched_ = false;
        sendBy_ = limits.patience;
        std::optional<Watchdog::Watch> watch;
        const auto socket = this->socket().impl()->sockfd();
        Body body{result, request.streaming, limits.largest, 0, [&] {
                      if (!watch->fired()) watch.emplace(dog, socket, limits.deadline);
                  }};
        try {
            watch.emplace(dog, socket, limits.patience);
            sendAll(request, target);
            if (!this->socket().poll(kSoon, Poco::Net::Socket::SELECT_READ)) giveBackMemory();
            result.answering = this->peek() != kEnd;
            if (!result.answering)
                throw Poco::Net::NetException("the connection was closed without an answer");
            receiveAll(result, body, request.method == "HEAD");
        } catch (const Stopped&) {
            result.stopped = true;
        } catch (const Poco::Exception& error) {
            result.trouble = error.displayText();
        }
        if (!result.complete) dropRest();
        result.sent = touched_;
        if (watch && watch->fired()) {
            result.complete = false;
            result.answering = true;  // slow is not the same as closed: never a reason to ask again
            const bool whole = request.streaming == nullptr || result.useful;
            const auto allowed = (whole ? limits.deadline : limits.patience) - limits.begun;
            result.trouble = (whole ? "no whole answer within " : "nothing useful within ") +
                             std::to_string(std::chrono::round<milliseconds>(allowed).count()) + " ms";
        }
        return result;
    }

protected:
    int write(const char* buffer, std::streamsize length) override {
        if (!dropping_) outgoing_.append(buffer, static_cast<std::size_t>(length));
        return static_cast<int>(length);
    }
    bool mustReconnect() const override { return false; }

private:
    static constexpr bool kSecure = std::is_same_v<Session, HTTPSClientSession>;

    template <typename Step>
    static void inTime(const Watchdog::Watch& watch, const char* late, Step step) try {
        step();
    } catch (const Poco::Exception&) {
        if (watch.fired()) throw Poco::TimeoutException(late);
        throw;
    }

    void openSecure(const Poco::Net::SocketAddress& address, Watchdog& dog, Deadline deadline) {
        this->connect(address);
        const Watchdog::Watch watch(dog, this->socket().impl()->sockfd(), deadline);
        Poco::Net::SecureStreamSocket socket(this->socket());
        inTime(watch, kNoHandshake, [&] { socket.completeHandshake(); });
        socket.verifyPeerCertificate(this->getHost());
    }

    void openTunnel(const Poco::Net::SocketAddress& address, const Target& target, Watchdog& dog,
                    Deadline deadline) {
        Poco::Net::StreamSocket tunnel;
        tunnel.connect(address, left(deadline));
        tunnel.setNoDelay(true);
        const Watchdog::Watch watch(dog, tunnel.impl()->sockfd(), deadline);
        inTime(watch, "no tunnel before the deadline", [&] { askForTunnel(tunnel, target, *proxy_); });
        inTime(watch, kNoHandshake, [&] {
            auto socket = Poco::Net::SecureStreamSocket::attach(tunnel, this->getHost(), tls());
            socket.verifyPeerCertificate(this->getHost());
            this->attachSocket(socket);
        });
    }

    /// Otherwise the session's end would flush what is left in its stream, over a connection made for it.
    void dropRest() {
        dropping_ = true;
        try {
            this->flushRequest();
        } catch (const Poco::Exception&) {  // the one that is known already
        }
    }

    void sendAll(const HttpRequest& request, const Target& target) {
        const bool asksProxy = !kSecure && proxy_ != nullptr;
        Poco::Net::HTTPRequest head(request.method, (asksProxy ? target.key() : "") + target.path,
                                    Poco::Net::HTTPMessage::HTTP_1_1);
        head.set("User-Agent", "overture/" OVERTURE_VERSION);
        for (const auto& [name, value] : request.headers)
            if (lowerAscii(name) == "user-agent")
                head.set(name, value);
            else
                head.add(name, value);
        if (asksProxy && !proxy_->authorization.empty())
            head.set("Proxy-Authorization", proxy_->authorization);
        const bool carries = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
        if (carries || !request.body.empty())
            head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
        outgoing_.clear();
        this->sendRequest(head).flush();
        outgoing_ += request.body;
        writeOut(std::exchange(outgoing_, {}));
    }

    /// Few large writes: each of them wakes the peer. A half request is none, so nothing goes out after the deadline.
    void writeOut(std::string_view rest) {
        while (!rest.empty()) {
            failpoint("http.before_write");
            if (std::chrono::steady_clock::now() >= sendBy_)
                throw Poco::TimeoutException("the deadline was over before the whole request was sent");
            if (kSecure) touched_ = true;
            const auto most = static_cast<std::streamsize>(std::min(rest.size(), kLargestWrite));
            const int written = Session::HTTPSession::write(rest.data(), most);
            if (written <= 0) throw Poco::Net::NetException("the request could not be written");
            touched_ = true;
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    /// Thrown out of reading when the reader of a stream has enough.
    struct Stopped {};

    /// Where the bytes of an answer go: kept, or handed over as they come.
    struct Body {
        Exchange& result;
        const Streaming* streaming;
        std::size_t largest, size;
        std::function<void()> becameUseful;

        void put(std::string_view bytes) {
            size += bytes.size();
            if (size > largest) tooLarge(largest);
            if (streaming == nullptr) {
                result.response.body.append(bytes);
                return;
            }
            const auto said = streaming->piece(bytes);
            if (said == Piece::stop) throw Stopped();
            if (said == Piece::wait || result.useful) return;
            result.useful = true;
            becameUseful();
        }
    };

    void receiveAll(Exchange& result, Body& body, bool head) {
        Poco::Net::HTTPResponse response;
        response.setFieldLimit(kMostHeaders);
        this->receiveResponse(response);
        result.response.status = response.getStatus();
        if (!kSecure && proxy_ != nullptr && result.response.status == 407) {
            touched_ = false;  // it went no further than the proxy
            refusedByProxy(407);
        }
        for (const auto& [name, value] : response) result.response.headers.emplace_back(name, value);
        if (body.streaming != nullptr) body.streaming->head(result.response);
        const auto status = result.response.status;
        const bool empty = head || status == 204 || status == 304;
        bool delimited = true;
        if (empty) {
        } else if (response.getChunkedTransferEncoding()) {
            readChunks(body);
        } else if (response.hasContentLength()) {
            readExactly(body, response.getContentLength64());
        } else {
            delimited = false;
            readToEnd(body);
        }
        result.complete = true;
        result.reusable = delimited && response.getKeepAlive() && this->buffered() == 0;
    }

    [[noreturn]] static void tooLarge(std::size_t largest) {
        throw Poco::Net::NetException("the answer is larger than " + std::to_string(largest) + " bytes");
    }
    [[noreturn]] static void truncated() { throw Poco::Net::NetException("the answer was cut off"); }

    void readExactly(Body& body, Poco::Int64 length) {
        if (length < 0 || static_cast<std::uint64_t>(length) > body.largest - body.size)
            tooLarge(body.largest);
        char buffer[4096];
        while (length > 0) {
            const int got = this->read(buffer, std::min<std::streamsize>(length, sizeof buffer));
            if (got <= 0) truncated();
            body.put({buffer, static_cast<std::size_t>(got)});
            length -= got;
        }
    }

    void readToEnd(Body& body) {
        char buffer[16384];
        for (int got = 0; (got = this->read(buffer, sizeof buffer)) > 0;)
            body.put({buffer, static_cast<std::size_t>(got)});
    }

    std::string readLine() {
        std::string line;
        for (int c = this->get(); c != '\n'; c = this->get()) {
            if (c == kEnd) truncated();
            if (line.size() > 8192) throw Poco::Net::MessageException("a line of the answer is too long");
            line += static_cast<char>(c);
        }
        if (line.ends_with('\r')) line.pop_back();
        return line;
    }

    void readChunks(Body& body) {
        for (;;) {
            const auto line = readLine();
            const auto digits = trim(std::string_view(line).substr(0, line.find(';')));
            std::uint32_t size = 0;
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
            if (error != std::errc() || end != digits.data() + digits.size())
                throw Poco::Net::MessageException("a chunk of the answer has no size");
            if (size == 0) break;
            readExactly(body, size);
            if (!readLine().empty())
                throw Poco::Net::MessageException("a chunk of the answer is longer than it says");
        }
        while (!readLine().empty()) {
        }
    }

    const Proxy* proxy_;
    bool touched_ = false, dropping_ = false;
    std::string outgoing_;  ///< the request, until it is whole
    Deadline sendBy_;
};

}  // namespace

std::unique_ptr<Connection> makeConnection(const Target& target, const Proxy* proxy) {
    if (!target.secure)
        return std::make_unique<SessionConnection<HTTPClientSession>>(proxy, target.host, target.port);
    return std::make_unique<SessionConnection<HTTPSClientSession>>(proxy, target.host, target.port, tls());
}

}  // namespace overture::net
