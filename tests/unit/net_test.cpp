#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "base/call_deadline.hpp"
#include "base/failpoint.hpp"
#include "http_peer.hpp"

namespace overture::net {
namespace {

TEST(HttpClient, ReusesAConnection) {
    Peer peer(answerAll);
    HttpClient client;
    for (int i = 0; i < 5; ++i) {
        const auto response = whole(client.send(i % 2 == 0 ? get(peer.url()) : post(peer.url())));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "ok");
        EXPECT_EQ(response.header("x-kind"), "whole");
    }
    EXPECT_EQ(peer.accepted(), 1);
}

TEST(HttpClient, SendsMethodPathHeadersAndBody) {
    std::promise<std::string> seen;
    Peer peer([&](StreamSocket& socket, int) {
        seen.set_value(readRequest(socket));
        say(socket, "HTTP/1.1 204 No Content\r\n\r\n");
        waitForClose(socket);
    });
    {
        HttpClient client;
        auto request = post(peer.url("/v1/Messages.json?To=%2B15555550100"));
        request.headers = {{"Authorization", "Basic abc"}};
        EXPECT_EQ(whole(client.send(request)).status, 204);
    }
    const auto text = seen.get_future().get();
    EXPECT_TRUE(text.starts_with("POST /v1/Messages.json?To=%2B15555550100 HTTP/1.1\r\n")) << text;
    EXPECT_NE(text.find("Authorization: Basic abc\r\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\na=1")) << text;
}

TEST(HttpClient, ThePathGoesOutAsItWasGiven) {
    std::promise<std::string> line;
    const auto lineOf = [&](const std::string& path) {
        line = {};
        Peer peer([&](StreamSocket& socket, int) {
            const auto request = readRequest(socket);
            line.set_value(request.substr(0, request.find("\r\n")));
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        HttpClient client;
        whole(client.send(get(peer.url(path))));
        return line.get_future().get();
    };
    EXPECT_EQ(lineOf("/model/arn%3Aa%2Fb/converse?next=%2B1&to=a/b#part"),
              "GET /model/arn%3Aa%2Fb/converse?next=%2B1&to=a/b HTTP/1.1");
    EXPECT_EQ(lineOf("?a=b"), "GET /?a=b HTTP/1.1");
    EXPECT_EQ(lineOf("#part"), "GET / HTTP/1.1");
    EXPECT_EQ(lineOf("/नम\"<x>"), "GET /%E0%A4%A8%E0%A4%AE%22%3Cx%3E HTTP/1.1");
}

TEST(HttpClient, ManyThreadsShareIt) {
    Peer peer(answerAll);
    HttpClient client;
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 20; ++n) good += whole(client.send(get(peer.url()))).body == "ok" ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 160);
    EXPECT_LE(peer.accepted(), 8);
}

TEST(HttpClient, DeadlineEndsASilentPeer) {
    Peer peer([](StreamSocket& socket, int) {
        readRequest(socket);
        waitForClose(socket);
    });
    HttpClient client;
    auto request = get(peer.url());
    request.deadline = milliseconds(150);
    const auto error = failed(client.send(request));
    EXPECT_EQ(error.failure, HttpFailure::unknown);
    EXPECT_EQ(error.message, "127.0.0.1: no whole answer within 150 ms");
}

void waitUntil(CallDeadline::Steady::time_point at) {
    while (CallDeadline::Steady::now() < at) std::this_thread::yield();
}

/// As when the process is stopped between what it decided and what it does: before the first byte, or before the last.
TEST(HttpClient, NothingIsSentAfterTheDeadline) {
    std::atomic<int> requests = 0;
    Peer peer([&](StreamSocket& socket, int) {
        while (!readRequest(socket).empty()) {
            ++requests;
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    HttpClient client;
    whole(client.send(post(peer.url())));
    for (const int stopsAt : {1, 2}) {
        const auto end = CallDeadline::Steady::now() + milliseconds(30);
        int writes = 0;
        setWaitpoint("http.before_write", [&] {
            if (++writes == stopsAt) waitUntil(end);
        });
        const CallDeadline ours(end);
        auto request = post(peer.url());
        request.body = std::string(100'000, 'x');  // more than one write
        const auto error = failed(client.send(request));
        EXPECT_EQ(error.failure, stopsAt == 1 ? HttpFailure::notSent : HttpFailure::unknown) << error.message;
        EXPECT_GE(writes, stopsAt);
    }
    setWaitpoint("http.before_write", {});
    whole(client.send(post(peer.url())));
    EXPECT_EQ(requests, 2) << "one in the middle was sent";
}

/// In a process of its own: asks, stops at the write of that number, and is woken after its deadline. No watchdog runs meanwhile.
void askAndSleep(const std::string& url, int stopsAt) {
    constexpr auto kTime = milliseconds(20);
    const auto begun = CallDeadline::Steady::now();
    const auto child = ::fork();
    if (child == 0) {
        int writes = 0;
        setWaitpoint("http.before_write", [&] {
            if (++writes == stopsAt) ::kill(::getpid(), SIGSTOP);
        });
        const CallDeadline ours(CallDeadline::Steady::now() + kTime);
        auto request = post(url);
        request.body = std::string(100'000, 'x');  // more than one write
        HttpClient client;
        const auto result = client.send(request);
        ::_exit(std::holds_alternative<HttpError>(result) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, WUNTRACED);
    if (WIFSTOPPED(status)) {
        waitUntil(std::max(begun, CallDeadline::Steady::now()) + kTime);
        ::kill(child, SIGCONT);
        ::waitpid(child, &status, 0);
    }
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "an answer came";
}

TEST(HttpClient, AProcessThatSleptPastItsDeadlineEndsNoRequest) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "a process of many threads that forks may start none under this sanitizer";
#endif
    std::atomic<int> requests = 0;
    Peer peer([&](StreamSocket& socket, int) {
        while (!readRequest(socket).empty()) ++requests;
    });
    for (int i = 0; i < 10; ++i)
        for (const int stopsAt : {1, 2}) askAndSleep(peer.url(), stopsAt);
    EXPECT_EQ(peer.accepted(), 20);
    EXPECT_EQ(requests, 0);
}

TEST(HttpClient, ACallsDeadlineShortensARequests) {
    Peer peer([](StreamSocket& socket, int) {
        readRequest(socket);
        waitForClose(socket);
    });
    HttpClient client;
    const CallDeadline outer(CallDeadline::Steady::now() + milliseconds(100));
    const CallDeadline inner(CallDeadline::Steady::now() + minutes(1));
    const auto error = failed(client.send(post(peer.url())));
    EXPECT_EQ(error.failure, HttpFailure::unknown);
    EXPECT_TRUE(error.message.find("no whole answer within") != std::string::npos) << error.message;
    waitUntil(CallDeadline::end());
    EXPECT_EQ(failed(client.send(post(peer.url()))).failure, HttpFailure::notSent);
}

TEST(HttpClient, DeadlineEndsADrippingPeer) {
    Peer peer([](StreamSocket& socket, int) {
        readRequest(socket);
        say(socket, "HTTP/1.1 200 OK\r\nX-Slow: ");
        socket.setReceiveTimeout(Poco::Timespan(0, 10'000));
        for (char c = 0;;) {  // one more header byte every 10 ms, until the client has gone
            say(socket, "z");
            try {
                if (socket.receiveBytes(&c, 1) == 0) return;
            } catch (const Poco::TimeoutException&) {
                continue;
            }
        }
    });
    HttpClient client;
    auto request = get(peer.url());
    request.deadline = milliseconds(200);
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(failed(client.send(request)).failure, HttpFailure::unknown);
    EXPECT_LT(std::chrono::steady_clock::now() - started, seconds(3));
}

/// Keeps what came and says what the test wants.
struct Listener {
    explicit Listener(std::function<Piece(std::string_view)> says, milliseconds patience = milliseconds(5000))
        : streaming{patience, [this](const HttpResponse& head) { status = head.status; },
                    [this, says = std::move(says)](std::string_view bytes) {
                        body.append(bytes);
                        return says(body);
                    }} {}
    HttpRequest to(const std::string& url, milliseconds deadline = milliseconds(5000)) const {
        auto request = post(url);
        request.deadline = deadline;
        request.streaming = &streaming;
        return request;
    }
    int status = 0;
    std::string body;
    Streaming streaming;
};

constexpr const char* kStreamHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(HttpStream, PiecesComeBeforeTheAnswerIsWhole) {
    std::promise<void> heard;
    Peer peer([&](StreamSocket& socket, int) {
        readRequest(socket);
        say(socket, std::string(kStreamHead) + "3\r\none\r\n");
        heard.get_future().wait();  // not a byte more until the first piece was read
        say(socket, "3\r\ntwo\r\n0\r\n\r\n");
        waitForClose(socket);
    });
    HttpClient client;
    Listener listener([&, told = false](std::string_view) mutable {
        if (!told) heard.set_value();
        told = true;
        return Piece::useful;
    });
    const auto response = whole(client.send(listener.to(peer.url())));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(listener.status, 200);
    EXPECT_EQ(listener.body, "onetwo");
    EXPECT_EQ(failed(client.send(listener.to("http://127.0.0.1:1/"))).failure, HttpFailure::notSent);
}

TEST(HttpStream, PatienceEndsWhenNothingUsefulComes) {
    for (const std::string words :
         {"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n: hi\r\n"}) {
        Peer peer([&](StreamSocket& socket, int) {
            readRequest(socket);
            say(socket, words);
            waitForClose(socket);
        });
        HttpClient client;
        Listener listener([](std::string_view) { return Piece::wait; }, milliseconds(150));
        const auto started = std::chrono::steady_clock::now();
        const auto error = failed(client.send(listener.to(peer.url(), milliseconds(30'000))));
        EXPECT_EQ(error.failure, HttpFailure::late) << error.message;
        EXPECT_EQ(error.message, "127.0.0.1: nothing useful within 150 ms");
        EXPECT_LT(std::chrono::steady_clock::now() - started, seconds(10));
    }
}

TEST(HttpStream, OnceUsefulTheDeadlineCounts) {
    Peer peer([&](StreamSocket& socket, int) {
        readRequest(socket);
        say(socket, std::string(kStreamHead) + "3\r\none\r\n");
        waitForClose(socket);
    });
    HttpClient client;
    Listener listener([](std::string_view) { return Piece::useful; }, milliseconds(100));
    const auto started = std::chrono::steady_clock::now();
    const auto error = failed(client.send(listener.to(peer.url(), milliseconds(400))));
    EXPECT_EQ(error.failure, HttpFailure::unknown);
    EXPECT_EQ(error.message, "127.0.0.1: no whole answer within 400 ms");
    EXPECT_GE(std::chrono::steady_clock::now() - started, milliseconds(390));
}

TEST(HttpStream, TheReaderMayStop) {
    Peer peer([&](StreamSocket& socket, int) {
        readRequest(socket);
        say(socket, std::string(kStreamHead) + "3\r\none\r\n");
        waitForClose(socket);
    });
    HttpClient client;
    Listener listener([](std::string_view) { return Piece::stop; });
    EXPECT_EQ(failed(client.send(listener.to(peer.url()))).failure, HttpFailure::stopped);
    EXPECT_EQ(failed(client.send(listener.to(peer.url()))).failure, HttpFailure::stopped);
    EXPECT_EQ(peer.accepted(), 2) << "a connection with an unread rest is not used again";
}

TEST(HttpClient, ATruncatedAnswerIsNoAnswer) {
    for (const char* half : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nConte",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"}) {
        Peer peer([&](StreamSocket& socket, int) {
            readRequest(socket);
            say(socket, half);
        });
        HttpClient client;
        EXPECT_EQ(failed(client.send(get(peer.url()))).failure, HttpFailure::unknown) << half;
        EXPECT_EQ(peer.accepted(), 1) << half;
    }
}

TEST(HttpClient, ReadsChunkedAndUntilClose) {
    Peer peer([](StreamSocket& socket, int number) {
        readRequest(socket);
        if (number == 1)
            say(socket,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                "4\r\nWiki\r\n5;a=b\r\npedia\r\n0\r\nTrailer: x\r\n\r\n");
        else
            say(socket, "HTTP/1.0 200 OK\r\n\r\nto the end");
    });
    HttpClient client;
    EXPECT_EQ(whole(client.send(get(peer.url()))).body, "Wikipedia");
    EXPECT_EQ(whole(client.send(get(peer.url()))).body, "to the end");
}

TEST(HttpClient, RefusesAnAnswerThatIsTooLarge) {
    for (const char* head : {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n"}) {
        Peer peer([&](StreamSocket& socket, int) {
            readRequest(socket);
            say(socket, head + std::string(2000, 'x'));
        });
        HttpClient client(HttpLimits{1000, {}, true});
        const auto error = failed(client.send(get(peer.url())));
        EXPECT_EQ(error.failure, HttpFailure::unknown);
        EXPECT_NE(error.message.find("larger than 1000 bytes"), std::string::npos) << error.message;
    }
}

TEST(HttpClient, WhatNeverLeftIsNotSent) {
    std::string closedPort;
    {
        Poco::Net::ServerSocket listener(Poco::Net::SocketAddress("127.0.0.1", 0));
        closedPort = std::to_string(listener.address().port());
    }
    HttpClient client;
    for (const auto& url :
         std::vector<std::string>{"http://127.0.0.1:" + closedPort + "/", "http://no-such-host.invalid/",
                                  "ftp://example.test/", "not a url", "", "http:///path",
                                  "http://user:word@example.test/", "http://example.test/a\r\nX: y"})
        EXPECT_EQ(failed(client.send(post(url))).failure, HttpFailure::notSent) << url;
}

TEST(HttpClient, RefusesHeaderInjection) {
    Peer peer(answerAll);
    HttpClient client;
    for (const auto& header : std::vector<std::pair<std::string, std::string>>{{"X-A", "one\r\nX-B: two"},
                                                                               {"X-A", "one\ntwo"},
                                                                               {"X A", "one"},
                                                                               {"X-A\r\n", "one"},
                                                                               {"Content-Length", "0"}}) {
        auto request = get(peer.url());
        request.headers = {header};
        EXPECT_EQ(failed(client.send(request)).failure, HttpFailure::notSent) << header.first;
    }
    auto request = get(peer.url());
    request.method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET";
    EXPECT_EQ(failed(client.send(request)).failure, HttpFailure::notSent);
    EXPECT_EQ(peer.accepted(), 0);
}

TEST(HttpClient, KeepsToTheAllowList) {
    Peer peer(answerAll);
    HttpClient others(HttpLimits{1000, {"api.example.test", "*.example.test"}, true});
    const auto error = failed(others.send(get(peer.url())));
    EXPECT_EQ(error.failure, HttpFailure::notSent);
    EXPECT_EQ(error.message, "127.0.0.1: this host is not on the allow list");
    HttpClient publicOnly(HttpLimits{1000, {}, false});
    for (const char* host : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1",
                             "0.0.0.0", "[::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "localhost"})
        EXPECT_NE(failed(publicOnly.send(get(std::string("http://") + host + "/")))
                      .message.find("no public address"),
                  std::string::npos)
            << host;
    HttpClient listed(HttpLimits{1000, {"127.0.0.1"}, true});
    EXPECT_EQ(whole(listed.send(get(peer.url()))).body, "ok");
    EXPECT_EQ(peer.accepted(), 1);
}

/// Answers the first request of the first connection, reads the second there and closes without a word.
void closeOnTheSecond(StreamSocket& socket, int number) {
    if (number > 1) return answerAll(socket, number);
    readRequest(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    readRequest(socket);
    socket.shutdown();
}

TEST(HttpClient, KeepAliveRaceRepeatsOnlyWhatMayBeRepeated) {
    {
        Peer peer(closeOnTheSecond);
        HttpClient client;
        whole(client.send(get(peer.url())));
        EXPECT_EQ(whole(client.send(get(peer.url()))).body, "ok");
        EXPECT_EQ(peer.accepted(), 2);
    }
    Peer peer(closeOnTheSecond);
    HttpClient client;
    whole(client.send(get(peer.url())));
    EXPECT_EQ(failed(client.send(post(peer.url()))).failure, HttpFailure::unknown);
    EXPECT_EQ(peer.accepted(), 1);
}

TEST(HttpClient, AConnectionClosedWhileIdleIsNotUsed) {
    std::promise<void> closed;
    Peer peer([&](StreamSocket& socket, int number) {
        if (number > 1) return answerAll(socket, number);
        readRequest(socket);
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        socket.close();
        closed.set_value();
    });
    HttpClient client;
    whole(client.send(get(peer.url())));
    closed.get_future().wait();
    EXPECT_EQ(whole(client.send(post(peer.url()))).body, "ok");
    EXPECT_EQ(peer.accepted(), 2);
}

TEST(HttpClient, DoesNotFollowRedirects) {
    Peer peer([](StreamSocket& socket, int) {
        readRequest(socket);
        say(socket,
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/elsewhere\r\nContent-Length: 0\r\n\r\n");
    });
    HttpClient client;
    const auto response = whole(client.send(get(peer.url())));
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response.header("location"), "http://127.0.0.1/elsewhere");
}

TEST(HttpClient, AnAnswerToHeadHasNoBody) {
    Peer peer([](StreamSocket& socket, int) {
        while (!readRequest(socket).empty()) say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    });
    HttpClient client;
    auto request = get(peer.url());
    request.method = "HEAD";
    EXPECT_EQ(whole(client.send(request)).status, 200);
    EXPECT_EQ(whole(client.send(request)).body, "");
    EXPECT_EQ(peer.accepted(), 1);
}

}  // namespace
}  // namespace overture::net
