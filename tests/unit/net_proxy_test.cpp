// Outbound HTTP through a proxy: a small one of the test's own, which resolves every name to this machine.
#include <Poco/Net/NetException.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <mutex>

#include "base/call_deadline.hpp"
#include "base/failpoint.hpp"
#include "http_peer.hpp"
#include "tls_peer.hpp"

namespace overture::net {
namespace {

/// Moves bytes both ways until one side has closed.
void pump(StreamSocket& left, StreamSocket& right) {
    for (char buffer[4096];;) {
        pollfd both[] = {{left.impl()->sockfd(), POLLIN, 0}, {right.impl()->sockfd(), POLLIN, 0}};
        ::poll(both, 2, -1);
        for (const int from : {0, 1}) {
            if (both[from].revents == 0) continue;
            const int got = (from == 0 ? left : right).receiveBytes(buffer, sizeof buffer);
            if (got <= 0) return;
            (from == 0 ? right : left).sendBytes(buffer, got);
        }
    }
}

/// A proxy that tunnels and forwards for whoever knows the password ("": everybody).
class ForwardProxy {
public:
    explicit ForwardProxy(std::string credentials = "")
        : credentials_(std::move(credentials)), peer_([this](StreamSocket& socket, int) { serve(socket); }) {}

    Proxies both(std::string user = "") const {
        const auto proxy =
            proxyNamed("http://" + (user.empty() ? "" : user + "@") + peer_.url().substr(7)).orThrow();
        return {proxy, proxy, {}};
    }
    std::vector<std::string> asked() const {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }
    int connections() const { return peer_.accepted(); }

private:
    void serve(StreamSocket& socket) {
        for (;;) {
            const auto request = readRequest(socket);
            if (request.empty()) return;
            const auto line = request.substr(0, request.find("\r\n"));
            {
                const std::scoped_lock lock(mutex_);
                asked_.push_back(line);
            }
            if (!credentials_.empty() &&
                request.find("Proxy-Authorization: Basic " + credentials_ + "\r\n") == std::string::npos) {
                say(socket, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                continue;
            }
            const auto words = split(line, ' ');
            if (words[0] == "CONNECT") return tunnel(socket, words[1]);
            forward(socket, request, words[1]);
        }
    }

    static StreamSocket connected(const std::string& authority) {
        StreamSocket there;
        const auto port = std::stoi(authority.substr(authority.rfind(':') + 1));
        there.connect(Poco::Net::SocketAddress("127.0.0.1", static_cast<std::uint16_t>(port)));
        return there;
    }

    static void tunnel(StreamSocket& socket, const std::string& authority) {
        auto there = connected(authority);
        say(socket, "HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n");
        pump(socket, there);
    }

    static void forward(StreamSocket& socket, std::string request, const std::string& url) {
        const auto path = url.find('/', 7);
        auto there = connected(url.substr(7, path - 7));
        request.replace(request.find(url), path, "");
        if (const auto at = request.find("Proxy-Authorization"); at != std::string::npos)
            request.erase(at, request.find("\r\n", at) + 2 - at);
        say(there, request);
        std::string answer;
        for (char c = 0; !answer.ends_with("\r\n\r\nok") && there.receiveBytes(&c, 1) > 0;) answer += c;
        say(socket, answer);
    }

    std::string credentials_;
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    Peer peer_;
};

HttpClient through(const Proxies& proxies, HttpLimits limits = {}) {
    limits.proxies = proxies;
    return HttpClient(std::move(limits));
}

/// "user:p@ss" as a URL has it, and in base64.
constexpr const char* kUser = "user:p%40ss";
constexpr const char* kCredentials = "dXNlcjpwQHNz";

TEST(Proxy, TlsGoesThroughATunnelThatIsKept) {
    TlsPeer peer("other_name");
    const ForwardProxy proxy(kCredentials);
    auto client = through(proxy.both(kUser));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(whole(client.send(post(peer.url("api.example.test")))).body, "ok");
    EXPECT_EQ(peer.requests(), 3);
    EXPECT_EQ(proxy.asked(), std::vector<std::string>{
                                 "CONNECT api.example.test:" + std::to_string(peer.port()) + " HTTP/1.1"});
}

TEST(Proxy, WhatIsAtTheTunnelsEndMustProveItsName) {
    TlsPeer peer("stranger");
    const ForwardProxy proxy;
    auto client = through(proxy.both());
    const auto error = failed(client.send(post(peer.url())));
    EXPECT_EQ(error.failure, HttpFailure::notSent) << error.message;
    EXPECT_NE(error.message.find("certificate"), std::string::npos) << error.message;
    EXPECT_EQ(peer.requests(), 0);
}

TEST(Proxy, PlainHttpIsAskedOfIt) {
    std::string seen;
    Peer peer([&](StreamSocket& socket, int) {
        seen = readRequest(socket);
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        waitForClose(socket);
    });
    const auto authority = "crm.example.test" + peer.url().substr(16);
    {
        const ForwardProxy proxy(kCredentials);
        auto client = through(proxy.both(kUser));
        EXPECT_EQ(whole(client.send(post("http://" + authority + "v1?a=%2B"))).body, "ok");
        EXPECT_EQ(proxy.asked(), std::vector<std::string>{"POST http://" + authority + "v1?a=%2B HTTP/1.1"});
    }
    EXPECT_TRUE(seen.starts_with("POST /v1?a=%2B HTTP/1.1\r\n")) << seen;
    EXPECT_EQ(seen.find("Proxy-Authorization"), std::string::npos) << seen;
    EXPECT_NE(seen.find("Host: " + authority.substr(0, authority.size() - 1)), std::string::npos) << seen;
}

TEST(Proxy, OneThatWantsOtherCredentialsSentNothing) {
    TlsPeer secure("trusted");
    Peer plain(answerAll);
    const ForwardProxy proxy(kCredentials);
    for (const std::string user : {"", "user:wrong"})
        for (const auto& url : {secure.url(), plain.url()}) {
            auto client = through(proxy.both(user));
            const auto error = failed(client.send(post(url)));
            EXPECT_EQ(error.failure, HttpFailure::notSent) << error.message;
            EXPECT_NE(error.message.find("the proxy wants a user name and password, or other ones (407)"),
                      std::string::npos)
                << error.message;
            EXPECT_EQ(error.message.find("wrong"), std::string::npos);
        }
    EXPECT_EQ(secure.requests(), 0);
    EXPECT_EQ(plain.accepted(), 0);
}

/// What a proxy does to a CONNECT, and what we say of it.
TEST(Proxy, OneThatMakesNoTunnelSentNothing) {
    struct Manner {
        std::string answer;  // then it holds the line, or when empty closes it
        bool holds;
        std::string said;
    };
    const Manner manners[] = {
        {"", false, "the proxy closed the connection without a tunnel"},
        {"", true, "no tunnel before the deadline"},
        {"HTTP/1.1 200 OK\r\nX-Half: ", true, "no tunnel before the deadline"},
        {"HTTP/1.1 200 OK\r\n\r\n", true, "no TLS handshake before the deadline"},
        {"HTTP/1.1 200 OK\r\n\r\n", false, ""},
        {"HTTP/1.1 403 Forbidden\r\n\r\n", true, "the proxy refused to make a tunnel (403)"},
        {"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", false, "the proxy refused to make a tunnel (502)"},
        {"SSH-2.0-x\r\n\r\n", true, "it speaks no HTTP"},
        {"HTTP/1.1\r\n\r\n", true, "it speaks no HTTP"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'), true, "the proxy's answer is too long"},
    };
    for (const auto& manner : manners) {
        Peer peer([&](StreamSocket& socket, int) {
            readRequest(socket);
            say(socket, manner.answer);
            if (manner.holds) waitForClose(socket);
        });
        const auto proxy = proxyNamed(peer.url()).orThrow();
        auto client = through({proxy, proxy, {}});
        auto request = post("https://localhost/");
        request.deadline = milliseconds(300);
        const auto error = failed(client.send(request));
        EXPECT_EQ(error.failure, HttpFailure::notSent) << error.message;
        EXPECT_NE(error.message.find(manner.said), std::string::npos) << manner.answer << error.message;
        EXPECT_TRUE(error.message.starts_with("localhost: cannot connect through the proxy 127.0.0.1:"));
    }
}

TEST(Proxy, OneThatIsDownSentNothing) {
    const auto proxy = proxyNamed("http://127.0.0.1:1").orThrow();
    auto client = through({proxy, proxy, {}});
    for (const std::string url : {"https://localhost/", "http://localhost/"}) {
        const auto error = failed(client.send(post(url)));
        EXPECT_EQ(error.failure, HttpFailure::notSent) << error.message;
    }
}

TEST(Proxy, ATunnelThatBreaksUnderARequestLeavesItUnknown) {
    std::atomic<int> tunnels = 0;
    TlsPeer peer("trusted");
    Peer proxy([&](StreamSocket& socket, int) {
        readRequest(socket);
        ++tunnels;
        StreamSocket there(Poco::Net::SocketAddress("127.0.0.1", peer.port()));
        say(socket, "HTTP/1.1 200 OK\r\n\r\n");
        char buffer[4096];
        for (int flight = 0; flight < 2;
             ++flight) {  // the handshake: one flight of the server's, and it is done
            there.sendBytes(buffer, socket.receiveBytes(buffer, sizeof buffer));
            if (flight == 0)
                for (pollfd one{there.impl()->sockfd(), POLLIN, 0}; ::poll(&one, 1, 50) > 0;)
                    socket.sendBytes(buffer, there.receiveBytes(buffer, sizeof buffer));
        }
        waitForClose(socket);  // half open: nothing comes through any more
    });
    const auto named = proxyNamed(proxy.url()).orThrow();
    auto client = through({named, named, {}});
    auto request = post(peer.url());
    request.deadline = milliseconds(500);
    const auto error = failed(client.send(request));
    EXPECT_EQ(error.failure, HttpFailure::unknown) << error.message;
    EXPECT_EQ(error.message, "localhost: no whole answer within 500 ms");
    EXPECT_EQ(tunnels, 1) << "a request that may have arrived is not sent over another tunnel";
}

TEST(Proxy, TheTargetIsHeldToTheSameLimits) {
    const ForwardProxy proxy;
    const auto messageOf = [&](const std::string& url, const HttpLimits& limits) {
        auto client = through(proxy.both(), limits);
        return failed(client.send(post(url))).message;
    };
    HttpLimits listed;
    listed.allowedHosts = {"api.example.test"};
    EXPECT_EQ(messageOf("https://other.example.test/", listed),
              "other.example.test: this host is not on the allow list");
    HttpLimits publicOnly;
    publicOnly.allowPrivate = false;
    for (const std::string host :
         {"127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:192.168.0.1]",
          "2130706433", "0x7f.1", "127.1", "[64:ff9b::a9fe:a9fe]", "[2002:0a00:0005::1]", "[::192.168.0.1]",
          "198.18.0.1", "192.0.0.8", "240.0.0.1"})
        for (const std::string scheme : {"http", "https"})
            EXPECT_NE(
                messageOf(scheme + "://" + host + "/", publicOnly).find("this host has no public address"),
                std::string::npos)
                << host;
    EXPECT_EQ(proxy.connections(), 0) << "the proxy was asked for what is not allowed";

    Peer peer(answerAll);
    publicOnly.privateHosts = {"127.0.0.1"};
    auto client = through(proxy.both(), publicOnly);
    EXPECT_EQ(whole(client.send(post(peer.url()))).body, "ok");
    EXPECT_EQ(proxy.connections(), 1) << "the proxy itself may be at a private address";
}

TEST(Proxy, AHostOnTheBypassListIsAskedDirectly) {
    Peer peer(answerAll);
    const ForwardProxy proxy;
    auto proxies = proxy.both();
    proxies.bypass = {"127.0.0.0/8"};
    auto client = through(proxies);
    EXPECT_EQ(whole(client.send(post(peer.url()))).body, "ok");
    EXPECT_EQ(proxy.connections(), 0);
}

TEST(Proxy, TheBypassListHasNamesAddressesAndNetworks) {
    const auto past = [](std::vector<std::string> bypass, const std::string& host) {
        return Proxies{Proxy{"p", 1}, Proxy{"p", 1}, std::move(bypass)}.of(true, host) == nullptr;
    };
    for (const std::string entry : {"Example.test", ".example.test", "*.example.test", " example.test "}) {
        EXPECT_TRUE(past({entry}, "example.test")) << entry;
        EXPECT_TRUE(past({entry}, "api.example.test")) << entry;
        EXPECT_FALSE(past({entry}, "badexample.test")) << entry;
        EXPECT_FALSE(past({entry}, "example.test.evil")) << entry;
    }
    EXPECT_TRUE(past({"10.0.0.0/8"}, "10.200.0.1"));
    EXPECT_FALSE(past({"10.0.0.0/8"}, "11.0.0.1"));
    EXPECT_FALSE(past({"10.0.0.0/x", "10.0.0.0/99", "/8", "", "."}, "10.0.0.1"));
    EXPECT_TRUE(past({"fd00::/8"}, "fd12::1"));
    EXPECT_TRUE(past({"192.168.1.1"}, "192.168.1.1"));
    EXPECT_FALSE(past({"1"}, "192.168.1.1"));
    EXPECT_TRUE(past({"*"}, "anything"));
    EXPECT_EQ((Proxies{Proxy{"p", 1}, std::nullopt, {}}.of(true, "a")), nullptr);
}

TEST(Proxy, ItsUrlIsReadOrRefusedWithASentence) {
    const auto read = [](const std::string& url) { return proxyNamed(url).orThrow(); };
    EXPECT_EQ(read("proxy.example:3128").key(), "proxy.example:3128");
    EXPECT_EQ(read("http://Proxy.example").key(), "proxy.example:80");
    EXPECT_EQ(read("http://user:p%40ss@proxy.example:8080/").authorization,
              std::string("Basic ") + kCredentials);
    for (const std::string url : {"https://proxy.example", "socks5://proxy.example", "http://", "http://a/b",
                                  "http://a?b", "http://a:99999", ""}) {
        const auto proxy = proxyNamed(url);
        ASSERT_FALSE(proxy) << url;
        EXPECT_NE(proxy.problem().sentence().find("proxy"), std::string::npos);
    }
    const auto secret = proxyNamed("ftp://user:s3cret@proxy.example");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.problem().sentence().find("s3cret"), std::string::npos);
}

/// In a process of its own: asks, is stopped at the write of that number, and woken after its deadline.
void askAndSleep(const std::string& url, const Proxies& proxies, int stopsAt) {
    constexpr auto kTime = milliseconds(700);
    const auto child = ::fork();
    if (child == 0) {
        int writes = 0;
        setWaitpoint("http.before_write", [&] {
            if (++writes == stopsAt) ::kill(::getpid(), SIGSTOP);
        });
        const CallDeadline ours(CallDeadline::Steady::now() + kTime);
        auto request = post(url);
        request.body = std::string(100'000, 'x');  // more than one write
        auto client = through(proxies);
        const auto result = client.send(request);
        ::_exit(std::holds_alternative<HttpError>(result) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, WUNTRACED);
    EXPECT_TRUE(WIFSTOPPED(status)) << "it never came to write number " << stopsAt;
    if (WIFSTOPPED(status)) {
        const auto over = CallDeadline::Steady::now() + kTime;
        while (CallDeadline::Steady::now() < over) std::this_thread::yield();
        ::kill(child, SIGCONT);
        ::waitpid(child, &status, 0);
    }
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "an answer came";
}

TEST(Proxy, AProcessThatSleptPastItsDeadlineEndsNoRequest) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "a process of many threads that forks may start none under this sanitizer";
#endif
    std::atomic<int> requests = 0;
    Peer plain([&](StreamSocket& socket, int) {
        while (!readRequest(socket).empty()) ++requests;
    });
    for (const int stopsAt : {1, 2}) {
        TlsPeer secure("trusted");
        const ForwardProxy proxy;
        askAndSleep(secure.url(), proxy.both(), stopsAt);
        EXPECT_EQ(proxy.connections(), 1) << "a tunnel was made for what was left of it";
        EXPECT_EQ(secure.requests(), stopsAt - 1) << "its head alone is what this peer counts";
        const ForwardProxy other;
        askAndSleep(plain.url(), other.both(), stopsAt);
        EXPECT_EQ(other.connections(), 1);
    }
    EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace overture::net
