// WebSockets to the outside, against a peer that behaves and against many that do not.
#include "damage.hpp"
#include "net/frames.hpp"
#include "socket_peer.hpp"

namespace overture::net {
namespace {

using How = WebSocketEnd::How;

std::string ws(const Peer& peer) {
    return "ws" + peer.url("/listen?model=x").substr(4);
}

/// A peer whose every connection is a talk.
struct Talking : Peer {
    explicit Talking(std::function<void(Talk&)> manners)
        : Peer([manners](StreamSocket& socket, int) {
              Talk talk(socket);
              manners(talk);
          }) {}
    WebSocketRequest request() const { return {ws(*this), {}}; }
};

/// How a socket ends with a peer of these manners.
WebSocketEnd endWith(std::function<void(Talk&)> manners, milliseconds deadline = milliseconds(5000),
                     WebSocketTimes times = {}) {
    Talking peer(std::move(manners));
    WebSockets sockets({}, times);
    Seen seen;
    auto request = peer.request();
    request.deadline = deadline;
    const auto socket = sockets.open(request, seen);
    return seen.end();
}

TEST(Sockets, CarryMessagesBothWaysAndClose) {
    std::string request;
    std::vector<Talk::Frame> got;
    Talking peer([&](Talk& talk) {
        talk.agree();
        request = talk.request;
        talk.frame(1, "hello");
        talk.frame(2, std::string(70'000, 'b'));
        for (auto frame = talk.read(); frame.opcode >= 0; frame = talk.read()) {
            got.push_back(frame);
            if (frame.opcode == 8) return talk.frame(8, frame.payload);
        }
    });
    WebSockets sockets{HttpLimits{}};
    Seen seen;
    auto asked = peer.request();
    asked.headers = {{"Authorization", "Token k3y"}};
    auto socket = sockets.open(asked, seen);
    EXPECT_EQ(socket->sendText("before it is open"), WebSocketSent::queued);
    const auto all = seen.wait(3);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0] + ", " + all[1], "opened, text hello");
    EXPECT_EQ(all[2], "binary " + std::string(70'000, 'b'));
    EXPECT_EQ(socket->sendBinary(std::string(100'000, 'a')), WebSocketSent::queued);
    socket->close(1000, "enough");
    EXPECT_EQ(socket->sendText("too late"), WebSocketSent::over);
    EXPECT_EQ(seen.end().how, How::done);
    EXPECT_EQ(seen.end().code, 1000);
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[0].payload, "before it is open");
    EXPECT_TRUE(got[0].masked);
    EXPECT_EQ(got[1].payload, std::string(100'000, 'a'));
    EXPECT_EQ(got[2].payload,
              "\x03\xe8"
              "enough");
    EXPECT_NE(request.find("GET /listen?model=x HTTP/1.1\r\n"), std::string::npos) << request;
    EXPECT_NE(request.find("Authorization: Token k3y\r\n"), std::string::npos);
}

TEST(Sockets, AnswerPingsPutPartsTogetherAndSayWhyThePeerClosed) {
    Talk::Frame pong;
    Talking peer([&](Talk& talk) {
        talk.agree();
        talk.frame(1, "one ", false);
        talk.frame(9, "still there?");
        talk.frame(0, "mess", false);
        talk.frame(0, "age – ü");
        pong = talk.read();
        talk.frame(8,
                   "\x0f\xa0"
                   "the stream is over");
        talk.waitForClose();
    });
    WebSockets sockets{HttpLimits{}};
    Seen seen;
    const auto socket = sockets.open(peer.request(), seen);
    EXPECT_EQ(seen.wait(2)[1], "text one message – ü");
    const auto end = seen.end();
    EXPECT_EQ(end.how, How::closed);
    EXPECT_EQ(end.code, 4000);
    EXPECT_EQ(end.said, "the stream is over");
    EXPECT_EQ(end.why, "127.0.0.1: it closed the socket with 4000");
    EXPECT_EQ(pong.opcode, 10);
    EXPECT_EQ(pong.payload, "still there?");
    EXPECT_EQ(socket->sendText("x"), WebSocketSent::over);
}

TEST(Sockets, ARefusalIsToldWithStatusWordsAndRetryAfter) {
    const auto end = endWith([](Talk& talk) {
        readRequest(talk.socket());
        talk.raw(
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 18\r\n\r\n{\"err\":\"too "
            "many\"}");
        talk.waitForClose();
    });
    EXPECT_EQ(end.how, How::refused);
    EXPECT_EQ(end.code, 429);
    EXPECT_EQ(end.retryAfter, milliseconds(7000));
    EXPECT_EQ(end.said, "{\"err\":\"too many\"}");
    EXPECT_EQ(end.why, "127.0.0.1: it refused the socket with status 429");
    const auto redirect = endWith([](Talk& talk) {
        readRequest(talk.socket());
        talk.raw("HTTP/1.1 302 Found\r\nLocation: wss://other.example/\r\n\r\n");
    });
    EXPECT_EQ(redirect.how, How::refused);
    EXPECT_EQ(redirect.code, 302);
    const auto endless = endWith([](Talk& talk) {
        readRequest(talk.socket());
        talk.raw("HTTP/1.1 503 Unwell\r\n\r\n" + std::string(100'000, 'x'));
        talk.waitForClose();
    });
    EXPECT_EQ(endless.code, 503);
    EXPECT_EQ(endless.said.size(), 4096u);
}

TEST(Sockets, WhatIsNoAgreementIsNone) {
    const std::vector<std::pair<std::string, std::string>> answers{
        {"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
         "its Sec-WebSocket-Accept is not of our key"},
        {"HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "agreed to another protocol"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "what answered speaks no HTTP"},
        {"HTTP/1.1 9x1 x\r\n\r\n", "what answered speaks no HTTP"},
        {"HTTP/1.1 101 " + std::string(20'000, 'x'), "head is too long"},
        {"", "the connection was closed"}};
    for (const auto& [answer, sentence] : answers) {
        const auto end = endWith([&, text = answer](Talk& talk) {
            readRequest(talk.socket());
            talk.raw(text);
            if (!text.empty()) talk.waitForClose();
        });
        EXPECT_EQ(end.how, How::notOpened) << answer;
        EXPECT_NE(end.why.find(sentence), std::string::npos) << end.why;
    }
    const auto extension =
        endWith([](Talk& talk) { talk.agree("Sec-WebSocket-Extensions: permessage-deflate\r\n"); });
    EXPECT_NE(extension.why.find("an extension that nobody offered"), std::string::npos) << extension.why;
    const auto protocol = endWith([](Talk& talk) { talk.agree("Sec-WebSocket-Protocol: chat\r\n"); });
    EXPECT_NE(protocol.why.find("a subprotocol that nobody offered"), std::string::npos) << protocol.why;
}

TEST(Sockets, APeerThatNeverAnswersMeetsTheDeadline) {
    const auto end = endWith([](Talk& talk) { talk.waitForClose(); }, milliseconds(150));
    EXPECT_EQ(end.how, How::notOpened);
    EXPECT_EQ(end.why, "127.0.0.1: not open within 150 ms (it does not answer)");
}

TEST(Sockets, APeerThatWentSilentIsPingedAndThenLost) {
    std::atomic<int> pings = 0;
    const auto end = endWith(
        [&](Talk& talk) {
            talk.agree();
            while (talk.read().opcode == 9) ++pings;
        },
        milliseconds(5000), {milliseconds(60), milliseconds(60), milliseconds(500)});
    EXPECT_EQ(end.how, How::lost);
    EXPECT_NE(end.why.find("answers no ping"), std::string::npos) << end.why;
    EXPECT_EQ(pings, 1);
}

TEST(Sockets, APeerThatBreaksTheProtocolIsToldAndLost) {
    const std::vector<std::pair<std::string, int>> wrongs{
        {"\xc1\x01x", 1002},                                       // a reserved bit
        {"\x83\x01x", 1002},                                       // an unknown kind
        {std::string("\x81\x81\0\0\0\0x", 7), 1002},               // masked
        {serverFrame(0, "x"), 1002},                               // a part of nothing
        {serverFrame(1, "a", false) + serverFrame(1, "b"), 1002},  // a beginning inside
        {serverFrame(9, "x", false), 1002},                        // a ping in parts
        {std::string("\x88\x01\x03"), 1002},                       // half a code
        {serverFrame(8, std::string("\x03\xed", 2)), 1002},        // 1005
        {serverFrame(1, "\xff\xfe"), 1007},                        // no UTF-8
        {std::string("\x82\x7f\x00\x00\x00\x00\x7f\xff\xff\xff", 10), 1009},
        {serverFrame(2, std::string(600'000, 'x'), false) + serverFrame(0, std::string(600'000, 'x')), 1009}};
    for (const auto& [bytes, code] : wrongs) {
        int told = 0;
        const auto end = endWith([&, wrong = bytes](Talk& talk) {
            talk.agree();
            talk.raw(wrong);
            const auto frame = talk.read();
            if (frame.opcode == 8 && frame.payload.size() >= 2)
                told = static_cast<std::uint8_t>(frame.payload[0]) << 8 |
                       static_cast<std::uint8_t>(frame.payload[1]);
        });
        EXPECT_EQ(end.how, How::lost) << code;
        EXPECT_EQ(end.code, code) << end.why;
        EXPECT_EQ(told, code) << end.why;
    }
}

TEST(Sockets, ABrokenConnectionIsLostAfterWhatCameBefore) {
    Talking peer([](Talk& talk) {
        talk.agree();
        talk.raw(serverFrame(1, "the last words") + serverFrame(1, "half").substr(0, 3));
    });
    WebSockets sockets{HttpLimits{}};
    Seen seen;
    const auto socket = sockets.open(peer.request(), seen);
    const auto end = seen.end();
    EXPECT_EQ(end.how, How::lost);
    EXPECT_EQ(seen.wait(3)[1], "text the last words");
}

TEST(Sockets, AFullQueueSaysSoAndTakesNothing) {
    std::atomic<bool> read = false, whole = false;
    std::size_t bytes = 0;
    Talking peer([&](Talk& talk) {
        talk.agree();
        read.wait(false);
        for (auto frame = talk.read(); frame.opcode == 2; frame = talk.read()) bytes += frame.payload.size();
        whole = true;
        whole.notify_all();
    });
    WebSockets sockets{HttpLimits{}};
    Seen seen;
    auto socket = sockets.open(peer.request(), seen);
    seen.wait(1);
    std::size_t taken = 0;
    const std::string message(64 * 1024, 'x');
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    WebSocketSent sent = WebSocketSent::queued;
    for (; std::chrono::steady_clock::now() < until; taken += message.size())
        if ((sent = socket->sendBinary(message)) != WebSocketSent::queued) break;
    EXPECT_EQ(sent, WebSocketSent::full);
    EXPECT_FALSE(seen.over());
    socket.reset();  // what is queued still goes out
    read = true;
    read.notify_all();
    whole.wait(false);
    EXPECT_EQ(bytes, taken);
}

TEST(Sockets, NothingHappensOnASocketThatWasLetGo) {
    Talking peer([](Talk& talk) {
        talk.agree();
        try {
            for (;;) talk.frame(1, "again and again");
        } catch (const Poco::Exception&) {
            return;
        }
    });
    WebSockets sockets({}, {milliseconds(20'000), milliseconds(10'000), milliseconds(50)});
    for (int i = 0; i < 20; ++i) {
        auto seen = std::make_unique<Seen>();
        auto socket = sockets.open(peer.request(), *seen);
        seen->wait(static_cast<std::size_t>(1 + i % 3));
        socket.reset();
        seen.reset();  // an event after this would be seen by the sanitizer
    }
}

/// Lets go of its own socket from inside an event.
class Quitting final : public WebSocketEvents {
public:
    void text(std::string_view) override {
        const std::scoped_lock lock(mutex);
        socket.reset();
        quit = true;
        changed.notify_all();
    }
    void closed(const WebSocketEnd&) override { ADD_FAILURE() << "it was let go before"; }
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_ptr<WebSocket> socket;
    bool quit = false;
};

TEST(Sockets, MayBeLetGoFromInsideAnEvent) {
    Talking peer([](Talk& talk) {
        talk.agree();
        for (int i = 0; i < 10; ++i) talk.frame(1, "x");
        talk.waitForClose();
    });
    WebSockets sockets{HttpLimits{}};
    Quitting events;
    {
        std::unique_lock lock(events.mutex);
        events.socket = sockets.open(peer.request(), events);
        EXPECT_TRUE(events.changed.wait_for(lock, seconds(20), [&] { return events.quit; }));
    }
}

TEST(Sockets, TickWhileTheyLiveAndConnectWhenTheyAreTold) {
    Talking peer([](Talk& talk) {
        talk.agree();
        talk.waitForClose();
    });
    WebSockets sockets{HttpLimits{}};
    Seen seen;
    auto request = peer.request();
    request.tick = milliseconds(10);
    request.delay = milliseconds(60);
    const auto begun = std::chrono::steady_clock::now();
    const auto socket = sockets.open(request, seen);
    for (std::size_t i = 1;; ++i)
        if (seen.wait(i).back() == "opened") break;
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(60));
    const auto all = seen.wait(10);
    EXPECT_GE(std::count(all.begin(), all.end(), "tick"), 5);
    Seen never;
    auto later = peer.request();
    later.delay = seconds(100);
    auto waiting = sockets.open(later, never);
    waiting->close(1000, "");
    EXPECT_EQ(never.end().how, How::done) << "closed before it began";
}

TEST(Sockets, GoTheSameWayOutAsRequests) {
    Talking peer([](Talk& talk) { talk.agree(); });
    const auto why = [&](HttpLimits limits, const std::string& url,
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
        WebSockets sockets(std::move(limits));
        Seen seen;
        const auto socket = sockets.open({url, std::move(headers)}, seen);
        EXPECT_EQ(seen.end().how, How::notOpened);
        return seen.end().why;
    };
    HttpLimits listed, open;
    listed.allowedHosts = {"api.example.com"};
    open.allowPrivate = false;
    EXPECT_NE(why(listed, ws(peer)).find("not on the allow list"), std::string::npos);
    EXPECT_NE(why(open, ws(peer)).find("no public address"), std::string::npos);
    EXPECT_NE(why({}, peer.url()).find("neither ws nor wss"), std::string::npos);
    EXPECT_NE(why({}, "ws://").find("names no host"), std::string::npos) << why({}, "ws://");
    EXPECT_NE(why({}, ws(peer), {{"Sec-WebSocket-Key", "x"}}).find("belongs to the socket"),
              std::string::npos);
    EXPECT_NE(why({}, ws(peer), {{"X", "a\r\nb"}}).find("line break"), std::string::npos);
    EXPECT_NE(why({}, "ws://127.0.0.1:1/").find("cannot connect"), std::string::npos);
    EXPECT_NE(why({}, "ws://no-such-host.invalid/").find("no address"), std::string::npos);
    EXPECT_EQ(peer.accepted(), 0);
}

TEST(Sockets, GoThroughTheProxyByATunnel) {
    std::string asked;
    Talking proxy([&](Talk& talk) {
        asked = readRequest(talk.socket());
        talk.raw("HTTP/1.1 200 Connection established\r\n\r\n");
        talk.agree();
        talk.frame(1, "through");
        talk.waitForClose();
    });
    HttpLimits limits;
    limits.proxies.plain = proxyNamed("http://sam:secret@" + proxy.url("").substr(7)).orThrow();
    {
        WebSockets sockets(limits);
        Seen seen;
        const auto socket = sockets.open({"ws://api.example:81/x", {}}, seen);
        EXPECT_EQ(seen.wait(2).back(), "text through");
    }
    EXPECT_EQ(asked,
              "CONNECT api.example:81 HTTP/1.1\r\nHost: api.example:81\r\nProxy-Authorization: Basic " +
                  toBase64("sam:secret") + "\r\n\r\n");
    Talking refusing([&](Talk& talk) {
        readRequest(talk.socket());
        talk.raw("HTTP/1.1 407 Who are you\r\n\r\n");
    });
    limits.proxies.plain = proxyNamed(refusing.url("")).orThrow();
    WebSockets sockets(limits);
    Seen seen;
    const auto socket = sockets.open({"ws://api.example:81/x", {}}, seen);
    EXPECT_NE(seen.end().why.find("the proxy refused to make a tunnel (407)"), std::string::npos)
        << seen.end().why;
}

TEST(Sockets, OverTlsOnlyToWhomTheAuthoritiesVouchFor) {
    const auto talkTo = [](const std::string& name, Seen& seen, bool wait) {
        SecureSocketPeer peer(name, [](Talk& talk) {
            talk.agree();
            talk.frame(2, std::string(200'000, 's'));
            talk.frame(1, talk.read().payload);
            talk.waitForClose();
        });
        WebSockets sockets{HttpLimits{}};
        const auto socket = sockets.open({peer.url(), {}}, seen);
        socket->sendText("over TLS");
        if (wait) return seen.wait(3);
        seen.end();
        return seen.wait(1);
    };
    Seen good, stranger, other;
    EXPECT_EQ(talkTo("trusted", good, true).back(), "text over TLS");
    EXPECT_EQ(talkTo("stranger", stranger, false).back(), "closed");
    EXPECT_EQ(stranger.end().how, How::notOpened);
    EXPECT_NE(stranger.end().why.find("certificate"), std::string::npos) << stranger.end().why;
    talkTo("other_name", other, false);
    EXPECT_NE(other.end().why.find("certificate"), std::string::npos) << other.end().why;
}

TEST(Sockets, ManyLiveOnOneThread) {
    constexpr std::size_t kMany = 100;
    Talking peer([](Talk& talk) {
        talk.agree();
        for (auto frame = talk.read(); frame.opcode == 2; frame = talk.read()) talk.frame(2, frame.payload);
    });
    WebSockets sockets{HttpLimits{}};
    std::vector<std::unique_ptr<Seen>> seen;
    std::vector<std::unique_ptr<WebSocket>> open;
    for (std::size_t i = 0; i < kMany; ++i) {
        seen.push_back(std::make_unique<Seen>());
        open.push_back(sockets.open(peer.request(), *seen.back()));
    }
    for (int frame = 0; frame < 10; ++frame)
        for (std::size_t i = 0; i < kMany; ++i)
            EXPECT_EQ(open[i]->sendBinary(std::to_string(i) + "/" + std::to_string(frame)),
                      WebSocketSent::queued);
    for (std::size_t i = 0; i < kMany; ++i)
        EXPECT_EQ(seen[i]->wait(11).back(), "binary " + std::to_string(i) + "/9");
    open.clear();
}

/// What strangers send, damaged: nothing but a message, a fault, or a wait for more.
TEST(Sockets, DamagedFramesAreReadOrRefused) {
    std::vector<std::string> good{serverFrame(1, "hello – ü"), serverFrame(2, std::string(300, 'x')),
                                  serverFrame(1, "a", false) + serverFrame(9, "p") + serverFrame(0, "b"),
                                  serverFrame(8,
                                              "\x03\xe8"
                                              "bye")};
    damage::each(good, [](const std::string& bytes) {
        Frames frames(Side::server, 4096);
        for (std::size_t at = 0; at < bytes.size(); at += 7) {
            frames.take(std::string_view(bytes).substr(at, 7));
            while (const auto incoming = frames.next())
                EXPECT_TRUE(incoming->opcode != Opcode::text || isUtf8(incoming->payload));
        }
    });
}

}  // namespace
}  // namespace overture::net
