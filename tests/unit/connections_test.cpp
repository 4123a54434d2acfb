// HTTP over real sockets with few workers: who is idle or slow keeps nobody waiting.
#include "service/connections.hpp"

#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/NetException.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <semaphore>
#include <thread>

namespace overture::service {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Answers with the path and the body, as long as nobody is told to wait.
struct Echo {
    std::counting_semaphore<> begun{0}, goOn{0};
    void answer(HTTPServerRequest& request, HTTPServerResponse& response) {
        std::string body;
        if (request.hasContentLength()) body.assign(std::istreambuf_iterator<char>(request.stream()), {});
        if (request.getURI() == "/slow") {
            begun.release();
            goOn.acquire();
        }
        const auto text = request.getURI() + " " + std::to_string(body.size());
        response.sendBuffer(text.data(), text.size());
    }
};

class Client {
public:
    explicit Client(const Poco::Net::ServerSocket& server) : socket_(server.address()) {
        socket_.setReceiveTimeout(Poco::Timespan(20, 0));
    }
    void send(const std::string& bytes) { socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size())); }
    /// The head and the body of the next answer; what there was when the other side closed.
    std::string answer() {
        for (;;) {
            const auto head = had_.find("\r\n\r\n");
            if (head != std::string::npos) {
                const auto at = had_.find("Content-Length: ");
                const auto length = at < head ? std::stoul(had_.substr(at + 16)) : 0;
                if (had_.size() >= head + 4 + length) {
                    const auto whole = had_.substr(0, head + 4 + length);
                    had_.erase(0, whole.size());
                    return whole;
                }
            }
            if (!more()) return std::exchange(had_, {});
        }
    }
    std::string get(const std::string& path) {
        send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return answer();
    }
    bool ended() {
        while (more()) had_.clear();
        return true;
    }

private:
    bool more() {
        char buffer[4096];
        try {
            const int got = socket_.receiveBytes(buffer, sizeof buffer);
            had_.append(buffer, static_cast<std::size_t>(std::max(got, 0)));
            return got > 0;
        } catch (const Poco::Net::ConnectionResetException&) {
            return false;
        }
    }
    Poco::Net::StreamSocket socket_;
    std::string had_;
};

struct ConnectionsTest : ::testing::Test {
    Poco::Net::ServerSocket listener{Poco::Net::SocketAddress("127.0.0.1", 0), 256};
    Echo echo;
    std::unique_ptr<Connections> connections;

    void serve(const ConnectionsOptions& options = {.workers = 2}) {
        connections = std::make_unique<Connections>(
            listener, [this](auto& request, auto& response) { echo.answer(request, response); }, options);
    }
};

TEST_F(ConnectionsTest, WhoIsIdleKeepsNobodyWaiting) {
    serve();
    std::vector<std::unique_ptr<Client>> clients;
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 50; ++i) {
            if (round == 0) clients.push_back(std::make_unique<Client>(listener));
            EXPECT_THAT(clients[static_cast<std::size_t>(i)]->get("/" + std::to_string(i)),
                        EndsWith("\r\n\r\n/" + std::to_string(i) + " 0"));
        }
    EXPECT_EQ(connections->open(), 50);
}

TEST_F(ConnectionsTest, WhoIsSlowKeepsNobodyWaiting) {
    serve();
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 10; ++i) {
        slow.push_back(std::make_unique<Client>(listener));
        slow.back()->send(i % 2 == 0 ? "GET /head HTTP/1.1\r\nHos"
                                     : "POST /body HTTP/1.1\r\nHost: x\r\ncontent-LENGTH:  10 \r\n\r\n12345");
    }
    EXPECT_THAT(Client(listener).get("/quick"), EndsWith("/quick 0"));
    for (int i = 0; i < 10; ++i) {
        slow[static_cast<std::size_t>(i)]->send(i % 2 == 0 ? "t: x\r\n\r\n" : "67890");
        EXPECT_THAT(slow[static_cast<std::size_t>(i)]->answer(),
                    EndsWith(i % 2 == 0 ? "/head 0" : "/body 10"));
    }
}

TEST_F(ConnectionsTest, ARequestMayComeInAnyPieces) {
    serve();
    Client client(listener);
    const std::string two =
        "POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /two HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const char c : two) client.send(std::string(1, c));
    EXPECT_THAT(client.answer(), EndsWith("/one 3"));
    EXPECT_THAT(client.answer(), EndsWith("/two 0"));
    client.send(two + two);
    for (int i = 0; i < 4; ++i) EXPECT_THAT(client.answer(), EndsWith(i % 2 == 0 ? "/one 3" : "/two 0"));
}

TEST_F(ConnectionsTest, ALargeBodyIsReadByWhoAnswers) {
    serve();
    Client client(listener);
    client.send("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" +
                std::string(300000, 'x'));
    EXPECT_THAT(client.answer(), EndsWith("/large 300000"));
    EXPECT_THAT(client.get("/after"), EndsWith("/after 0"));
}

TEST_F(ConnectionsTest, WhoAsksWhetherToGoOnIsTold) {
    serve();
    Client client(listener);
    client.send("POST /asked HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 100 "));
    client.send("ok");
    EXPECT_THAT(client.answer(), EndsWith("/asked 2"));
}

TEST_F(ConnectionsTest, ALengthThatIsNoneIsRefusedAtOnce) {
    serve({.workers = 2, .timeout = seconds(600)});
    for (const auto* length : {"-5", "x", "99999999999999999999", "", "5x", "+5", "5\r\nContent-Length: 6",
                               "5\r\ncontent-length: 5", "5\r\nTransfer-Encoding: chunked"}) {
        Client client(listener);
        client.send(std::string("POST /odd HTTP/1.1\r\nHost: x\r\nContent-Length: ") + length +
                    "\r\n\r\n12345");
        EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400 ")) << length;
        EXPECT_TRUE(client.ended()) << length;
    }
}

TEST_F(ConnectionsTest, WhatIsNoRequestIsRefused) {
    serve();
    Client client(listener);
    client.send("GET " + std::string(40000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.answer(), StartsWith("HTTP/1.1 400 "));
    EXPECT_TRUE(client.ended());
}

TEST_F(ConnectionsTest, WhoNeverAsksIsSentAway) {
    serve({.workers = 2, .timeout = seconds(1), .idle = seconds(1)});
    Client silent(listener), half(listener), idle(listener);
    half.send("GET /never HTTP/1.1\r\n");
    EXPECT_THAT(idle.get("/once"), EndsWith("/once 0"));
    EXPECT_TRUE(silent.ended());
    EXPECT_TRUE(half.ended());
    EXPECT_TRUE(idle.ended());
    EXPECT_EQ(connections->open(), 0);
}

TEST_F(ConnectionsTest, ThereIsRoomForSoMany) {
    serve({.workers = 2, .most = 3});
    std::vector<std::unique_ptr<Client>> kept;
    for (int i = 0; i < 3; ++i) {
        kept.push_back(std::make_unique<Client>(listener));
        EXPECT_THAT(kept.back()->get("/kept"), EndsWith("/kept 0"));
    }
    EXPECT_TRUE(Client(listener).ended());
    EXPECT_THAT(kept.front()->get("/still"), EndsWith("/still 0"));
    kept.pop_back();
    while (connections->open() > 2) std::this_thread::yield();
    EXPECT_THAT(Client(listener).get("/again"), EndsWith("/again 0"));
}

TEST_F(ConnectionsTest, AnAnswererMayTakeTheSocketAway) {
    Poco::Net::StreamSocket taken;
    std::latch done(1);
    connections = std::make_unique<Connections>(
        listener,
        [&](HTTPServerRequest& request, HTTPServerResponse&) {
            taken = static_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket();
            done.count_down();
        },
        ConnectionsOptions{.workers = 1});
    Client client(listener);
    client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
    done.wait();
    connections.reset();
    const std::string said = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    taken.sendBytes(said.data(), static_cast<int>(said.size()));
    EXPECT_THAT(client.answer(), EndsWith("\r\n\r\nhi"));
}

TEST_F(ConnectionsTest, StoppingLetsThoseAtWorkFinishAndTakesNobodyMore) {
    serve();
    Client client(listener), idle(listener);
    EXPECT_THAT(idle.get("/idle"), EndsWith("/idle 0"));
    client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    echo.begun.acquire();
    std::thread stopping([&] { connections->stop(seconds(20)); });
    EXPECT_TRUE(idle.ended());
    echo.goOn.release();
    EXPECT_THAT(client.answer(), EndsWith("/slow 0"));
    stopping.join();
    EXPECT_THROW(Client late(listener), Poco::Net::ConnectionRefusedException);
}

}  // namespace
}  // namespace overture::service
