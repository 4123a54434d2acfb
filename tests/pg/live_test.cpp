// The feed over real sockets: events and WebSockets, those who break the rules, those who do not read, and two thousand at once.
#include "service/live.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/WebSocket.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "pg/turn_world.hpp"
#include "service/server.hpp"
#include "tenant/keys.hpp"

namespace overture::service {
namespace {

using overture::testing::addOrganization;
using overture::testing::TurnWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kPatience = seconds(20);

/// A client that reads and writes bytes.
class Wire {
public:
    explicit Wire(std::uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
        socket_.setReceiveTimeout(Poco::Timespan(kPatience.count(), 0));
    }
    void send(const std::string& bytes) { socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size())); }
    void get(const std::string& target, const std::string& token, const std::string& headers) {
        send("GET " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n" + headers +
             "\r\n");
    }
    /// Reads until `mark` is there and returns all up to its end; what the other side closed before is all there is.
    std::string until(const std::string& mark) {
        for (;;) {
            const auto at = had_.find(mark);
            if (at != std::string::npos) {
                const auto out = had_.substr(0, at + mark.size());
                had_.erase(0, at + mark.size());
                return out;
            }
            if (!more()) return std::exchange(had_, {});
        }
    }
    std::string bytes(std::size_t count) {
        while (had_.size() < count && more()) {
        }
        const auto out = had_.substr(0, count);
        had_.erase(0, count);
        return out;
    }
    bool ended() {
        while (more()) had_.clear();
        return true;
    }
    /// The next event that is no sign of life, as its data.
    Json event(std::string* name = nullptr) {
        for (;;) {
            const auto text = until("\n\n");
            if (text.empty()) return {};
            const auto data = text.find("data: ");
            if (data == std::string::npos) continue;
            const auto document = Json::parse(text.substr(data + 6));
            if (document["kind"] == "here") continue;
            if (name != nullptr) *name = text;
            return document;
        }
    }
    Poco::Net::StreamSocket& socket() { return socket_; }

private:
    bool more() {
        char buffer[65536];
        int got = 0;
        try {
            got = socket_.receiveBytes(buffer, sizeof buffer);
        } catch (const Poco::TimeoutException&) {
            throw std::runtime_error("nothing came in time");
        } catch (const Poco::Exception&) {
            return false;
        }
        had_.append(buffer, static_cast<std::size_t>(std::max(got, 0)));
        return got > 0;
    }
    Poco::Net::StreamSocket socket_;
    std::string had_;
};

struct LiveTest : TurnWorld {
    Intake intake{*database, [](const OrganizationId&, const BindingId&) { return nullptr; }, [] {}};
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    std::unique_ptr<Server> server;
    std::string token = key(organization);
    ConversationId conversation = addConversation();
    int said = 0;

    void SetUp() override {
        serve({.poll = milliseconds(20),
               .beat = milliseconds(200),
               .recheck = milliseconds(100),
               .progress = milliseconds(50)});
    }
    void serve(const LiveOptions& live) {
        server =
            std::make_unique<Server>(ServerOptions{.port = 0, .live = live}, *database, intake, api, clock);
    }
    std::string key(const OrganizationId& whose) {
        auto tx = database->begin(whose);
        const auto made =
            *tenant::createKey(tx, whose, "desk", tenant::Role::agent, std::nullopt, clock.now());
        tx.commit();
        return made;
    }
    void say(int count = 1, const std::string& text = "x") {
        auto tx = database->begin(organization);
        tx.run({"test/say",
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at) "
                "select $1::uuid, $2::uuid, n, 'in', 'lead', 'sms', $5, 'opening', '2026-03-03T17:00:00Z' "
                "from generate_series($3::integer, $4::integer) n"},
               {organization, conversation, said + 1, said + count, text});
        tx.commit();
        said += count;
    }
    std::unique_ptr<Wire> listen(const std::string& target = "/v1/live", const std::string& with = {},
                                 const std::string& headers = {}) {
        auto wire = std::make_unique<Wire>(server->port());
        wire->get(target, with.empty() ? token : with, "Accept: text/event-stream\r\n" + headers);
        return wire;
    }
    /// One who has been told that they hear everything from now on.
    std::unique_ptr<Wire> listening(const std::string& target = "/v1/live", const std::string& with = {}) {
        auto wire = listen(target, with);
        EXPECT_THAT(wire->until("\r\n\r\n"),
                    StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"));
        EXPECT_EQ(wire->event()["kind"], "ready");
        return wire;
    }
    std::unique_ptr<Wire> raw(const std::string& more = {}) {
        auto wire = std::make_unique<Wire>(server->port());
        wire->get("/v1/live", token,
                  "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                      more);
        return wire;
    }
    std::unique_ptr<Wire> upgraded() {
        auto wire = raw();
        const auto head = wire->until("\r\n\r\n");
        EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
        EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            << "the example of RFC 6455";
        return wire;
    }
    static std::string masked(int first, const std::string& payload, int lengthByte = -1) {
        const std::string mask = "\x11\x22\x33\x44";
        std::string out;
        out += static_cast<char>(first);
        out += static_cast<char>(0x80 | (lengthByte < 0 ? static_cast<int>(payload.size()) : lengthByte));
        out += mask;
        for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ mask[i % 4]);
        return out;
    }
    /// The next frame of the server's that is no sign of life: its first byte and its payload.
    static std::pair<int, std::string> nextFrame(Wire& wire) {
        for (;;) {
            const auto head = wire.bytes(2);
            if (head.size() < 2) return {0, ""};
            std::size_t length = static_cast<unsigned char>(head[1]);
            if (length == 126) {
                const auto more = wire.bytes(2);
                length = static_cast<unsigned char>(more[0]) * 256U + static_cast<unsigned char>(more[1]);
            }
            const auto payload = wire.bytes(length);
            const int first = static_cast<unsigned char>(head[0]);
            if (first == 0x89 || payload.find("\"kind\":\"here\"") != std::string::npos) continue;
            return {first, payload};
        }
    }
    /// What the server closes the connection with.
    static int closeCode(Wire& wire) {
        for (;;) {
            const auto [first, payload] = nextFrame(wire);
            if (first == 0) return 0;
            if (first == 0x88)
                return payload.size() < 2 ? -1
                                          : static_cast<unsigned char>(payload[0]) * 256 +
                                                static_cast<unsigned char>(payload[1]);
        }
    }
    void waitForListeners(int wanted) {
        const auto until = std::chrono::steady_clock::now() + kPatience;
        while (server->listening() != wanted && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(5));
        ASSERT_EQ(server->listening(), wanted);
    }
};

TEST_F(LiveTest, EventsAreToldAndALaterListenerGoesOnWhereTheFirstBroke) {
    auto first = listening();
    say(1, "Hello there");
    std::string text;
    const auto hello = first->event(&text);
    EXPECT_EQ(hello["kind"], "message.received");
    EXPECT_EQ(hello["data"]["text"], "Hello there");
    EXPECT_THAT(text, HasSubstr("event: message.received\n"));
    EXPECT_THAT(text, StartsWith("id: " + hello["id"].get<std::string>() + "\n"));
    say(3);
    EXPECT_EQ(first->event()["kind"], "campaign.progress") << "a figure, without an id";
    const auto second = first->event();
    first.reset();  // two of the three are not read
    auto tx = database->begin(organization);
    tx.script("update conversations set state = 'held'", "test");
    tx.commit();
    for (const auto& target :
         {"/v1/live?after=" + second["id"].get<std::string>(), std::string("/v1/live")}) {
        auto again =
            listen(target, "",
                   target == "/v1/live" ? "Last-Event-ID: " + second["id"].get<std::string>() + "\r\n" : "");
        again->until("\r\n\r\n");
        EXPECT_EQ(again->event()["data"]["number"], 3);
        EXPECT_EQ(again->event()["data"]["number"], 4);
        EXPECT_EQ(again->event()["kind"], "conversation.held");
        EXPECT_EQ(again->event()["kind"], "ready");
    }
}

TEST_F(LiveTest, ProgressIsCounted) {
    auto wire = listening("/v1/live?kinds=campaign.progress");
    say();
    const auto progress = wire->event();
    EXPECT_EQ(progress["data"]["campaign"], campaign.text());
    EXPECT_EQ(progress["data"]["conversations"]["open"], 1);
    EXPECT_FALSE(progress.contains("id"));
}

TEST_F(LiveTest, OnlyTheKindsAskedFor) {
    auto wire = listening("/v1/live?kinds=conversation.held,conversation.moved");
    say();
    auto tx = database->begin(organization);
    tx.script("update conversations set stage = 'later'", "test");
    tx.commit();
    EXPECT_EQ(wire->event()["kind"], "conversation.moved");
    auto wrong = listen("/v1/live?kinds=conversation.hold");
    EXPECT_THAT(wrong->until("}"), HasSubstr("did you mean conversation.held"));
}

TEST_F(LiveTest, AnotherOrganizationHearsNothing) {
    const auto other = addOrganization(*database, "Brook Pest");
    const auto theirs = key(other);
    auto stranger = listening("/v1/live", theirs);
    auto ours = listening();
    say();
    const auto heard = ours->event();
    EXPECT_EQ(heard["kind"], "message.received");
    auto replayed = listen("/v1/live?after=" + heard["id"].get<std::string>(), theirs);
    replayed->until("\r\n\r\n");
    EXPECT_EQ(replayed->event()["kind"], "ready") << "our cursor shows them nothing of ours";
    auto tx = database->begin(other);
    tx.script("insert into playbook_versions values ('" + other.text() +
                  "', 'v1', 'p', '{}', '2026-03-03T17:00:00Z'); "
                  "insert into campaigns (organization_id, campaign_id, name, version, channels, state, "
                  "starts_at, created_at) values ('" +
                  other.text() + "', '" + uuid7(clock.now()).text() +
                  "', 'Theirs', 'v1', '{sms}', 'draft', '2026-03-03T17:00:00Z', '2026-03-03T17:00:00Z')",
              "test");
    tx.commit();
    EXPECT_EQ(stranger->event()["data"]["name"], "Theirs") << "the first thing they hear";
}

TEST_F(LiveTest, APageIsForThoseWhoAsk) {
    const auto ask = [&](const std::string& target) {
        return api.answer({"GET", target, {{"authorization", "Bearer " + token}}, "", "192.0.2.7"});
    };
    auto page = Json::parse(ask("/v1/live").body);
    EXPECT_TRUE(page["items"].empty());
    say(5);
    page = Json::parse(ask("/v1/live?limit=3&after=" + page["next"].get<std::string>()).body);
    EXPECT_EQ(page["items"].size(), 3U);
    EXPECT_EQ(page["next"], page["items"][2]["id"]);
    page = Json::parse(ask("/v1/live?limit=3&after=" + page["next"].get<std::string>()).body);
    EXPECT_EQ(page["items"].size(), 2U);
    EXPECT_EQ(ask("/v1/live?after=nothing").status, 400);
    EXPECT_EQ(ask("/v1/live?after=abc_1:1:").status, 410);
    EXPECT_EQ(ask("/v1/live?after=abc_1:1:' or 1=1").status, 400);
}

TEST_F(LiveTest, ARevokedKeyHearsNoMore) {
    auto wire = listening();
    auto socket = upgraded();
    auto tx = database->begin(organization);
    tx.script("update api_keys set revoked_at = '2026-03-03T17:00:00Z'", "test");
    tx.commit();
    EXPECT_EQ(wire->event()["reason"], "the key no longer holds");
    EXPECT_TRUE(wire->ended());
    EXPECT_EQ(closeCode(*socket), 1008);
    waitForListeners(0);
}

TEST_F(LiveTest, AnOrganizationHasAFewEndpoints) {
    auto tx = database->begin(organization);
    const auto admin =
        *tenant::createKey(tx, organization, "crm", tenant::Role::admin, std::nullopt, clock.now());
    tx.script(
        "insert into endpoints (organization_id, endpoint_id, url, secrets, seen, created_at) select '" +
            organization.text() +
            "', gen_random_uuid(), 'https://crm.example/in', '', pg_current_snapshot(), now() from "
            "generate_series(1, 20)",
        "test");
    tx.commit();
    const auto answer =
        api.answer({"POST",
                    "/v1/endpoints",
                    {{"authorization", "Bearer " + admin}, {"content-type", "application/json"}},
                    R"({"url": "https://crm.example/in"})",
                    "192.0.2.7"});
    EXPECT_EQ(answer.status, 409);
    EXPECT_THAT(answer.body, HasSubstr("20 endpoints already"));
}

TEST_F(LiveTest, ACloseCodeThatMayNotBeSentIsAFault) {
    for (const int code : {999, 1004, 1005, 1006, 1015, 2000, 5000}) {
        auto socket = upgraded();
        socket->send(masked(0x88, {static_cast<char>(code / 256), static_cast<char>(code % 256)}));
        EXPECT_EQ(closeCode(*socket), 1002) << code;
    }
    for (const int code : {1000, 1001, 1011, 3000, 4999}) {
        auto socket = upgraded();
        socket->send(masked(0x88, {static_cast<char>(code / 256), static_cast<char>(code % 256)}));
        EXPECT_EQ(closeCode(*socket), code);
    }
}

/// While the database does not answer nobody is pinged; then nobody is cut off for not having answered.
TEST_F(LiveTest, APauseOfTheDatabaseIsNoSilenceOfTheClients) {
    server.reset();
    serve({.poll = milliseconds(20), .beat = milliseconds(50), .silence = milliseconds(400)});
    auto socket = upgraded();
    std::atomic<bool> heard = false, ended = false;
    std::thread client([&] {
        for (;;) {
            const auto head = socket->bytes(2);
            if (head.size() < 2) break;
            std::size_t length = static_cast<unsigned char>(head[1]);
            if (length == 126) {
                const auto more = socket->bytes(2);
                length = static_cast<unsigned char>(more[0]) * 256U + static_cast<unsigned char>(more[1]);
            }
            const auto payload = socket->bytes(length);
            const int first = static_cast<unsigned char>(head[0]);
            if (first == 0x89) socket->send(masked(0x8a, payload));
            if (payload.find("message.received") != std::string::npos) {
                heard = true;
                break;
            }
        }
        ended = true;
    });
    waitForListeners(1);
    std::this_thread::sleep_for(milliseconds(300));
    auto owner = database->beginOwner();
    owner.script("lock table feed in access exclusive mode", "test");
    std::this_thread::sleep_for(milliseconds(1200));
    owner.commit();
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_FALSE(ended);
    say();
    client.join();
    EXPECT_TRUE(heard);
}

TEST_F(LiveTest, AWebSocketClientHearsTheSame) {
    Poco::Net::HTTPClientSession session("127.0.0.1", server->port());
    Poco::Net::HTTPRequest request("GET", "/v1/live?kinds=message.received", "HTTP/1.1");
    request.set("Sec-WebSocket-Protocol", "overture, bearer." + token);
    Poco::Net::HTTPResponse response;
    Poco::Net::WebSocket socket(session, request, response);
    EXPECT_EQ(response.get("Sec-WebSocket-Protocol"), "overture") << "the token is not said back";
    socket.setReceiveTimeout(Poco::Timespan(kPatience.count(), 0));
    const auto next = [&] {
        for (;;) {
            char buffer[65536];
            int flags = 0;
            const int got = socket.receiveFrame(buffer, sizeof buffer, flags);
            if ((flags & Poco::Net::WebSocket::FRAME_OP_BITMASK) == Poco::Net::WebSocket::FRAME_OP_PING)
                socket.sendFrame(buffer, got, 0x8a);
            if ((flags & Poco::Net::WebSocket::FRAME_OP_BITMASK) != Poco::Net::WebSocket::FRAME_OP_TEXT)
                continue;
            const auto document = Json::parse(std::string(buffer, static_cast<std::size_t>(got)));
            if (document["kind"] != "here") return document;
        }
    };
    EXPECT_EQ(next()["kind"], "ready");
    say(1, std::string(3000, 'y'));
    EXPECT_EQ(next()["data"]["text"].get<std::string>().size(), 3000U);
    say(1, std::string(9000, 'z'));
    const auto cut = next();
    EXPECT_EQ(cut["data"]["text"].get<std::string>().size(), 4000U);
    EXPECT_EQ(cut["data"]["text_cut"], true);
    socket.shutdown();
    waitForListeners(0);
}

TEST_F(LiveTest, AHandshakeThatIsNoneIsRefused) {
    const auto told = [&](const std::string& headers) {
        Wire wire(server->port());
        wire.get("/v1/live", token, "Upgrade: websocket\r\n" + headers);
        return wire.until("\r\n\r\n").substr(0, 12);
    };
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    EXPECT_EQ(told("Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n" + key), "HTTP/1.1 426");
    EXPECT_EQ(told("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"), "HTTP/1.1 400");
    EXPECT_EQ(told("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n"),
              "HTTP/1.1 400");
    EXPECT_EQ(told("Sec-WebSocket-Version: 13\r\n" + key), "HTTP/1.1 400");
    Wire stranger(server->port());
    stranger.get("/v1/live", "ovt_no",
                 "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + key);
    EXPECT_THAT(stranger.until("\r\n\r\n"), StartsWith("HTTP/1.1 401"));
    EXPECT_EQ(server->listening(), 0);
}

TEST_F(LiveTest, WhoBreaksTheProtocolIsToldSo) {
    const auto code = [&](const std::string& bytes) {
        auto wire = upgraded();
        wire->send(bytes);
        const int closed = closeCode(*wire);
        EXPECT_TRUE(wire->ended());
        return closed;
    };
    EXPECT_EQ(code(std::string("\x81\x02hi", 4)), 1002) << "not masked";
    EXPECT_EQ(code(masked(0xc1, "hi")), 1002) << "a reserved bit";
    EXPECT_EQ(code(masked(0x83, "hi")), 1002) << "an opcode that nobody knows";
    EXPECT_EQ(code(masked(0x80, "hi")), 1002) << "goes on with nothing";
    EXPECT_EQ(code(masked(0x01, "a") + masked(0x01, "b")), 1002) << "begins anew in the middle";
    EXPECT_EQ(code(masked(0x09, "a")), 1002) << "a ping in pieces";
    EXPECT_EQ(code(masked(0x89, "", 126)), 1002) << "a long ping";
    EXPECT_EQ(code(masked(0x88, "x")), 1002) << "half a close code";
    EXPECT_EQ(code(masked(0x81, "\xff\xfe")), 1007) << "no UTF-8";
    EXPECT_EQ(code(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10)), 1009) << "a huge length";
    EXPECT_EQ(code(std::string("\x82\xfe\xff\xff", 4)), 1009);
    std::string pieces = masked(0x01, std::string(100, 'a'));
    for (int i = 0; i < 45; ++i) pieces += masked(0x00, std::string(100, 'a'));
    EXPECT_EQ(code(pieces), 1009) << "too much in pieces";
    waitForListeners(0);
}

TEST_F(LiveTest, WhoKeepsTheProtocolMayTalkInAnyPieces) {
    auto wire = upgraded();
    EXPECT_EQ(nextFrame(*wire).second.substr(0, 2), "{\"");
    const auto all = masked(0x01, "one ") + masked(0x89, "in between") + masked(0x80, "two") +
                     masked(0x82, "bytes") + masked(0x8a, "");
    for (const char c : all) wire->send(std::string(1, c));
    EXPECT_EQ(nextFrame(*wire), (std::pair<int, std::string>{0x8a, "in between"}));
    std::string nearlyTooMuch;
    for (int i = 0; i < 40; ++i) nearlyTooMuch += masked(i == 0 ? 0x01 : 0x00, std::string(102, 'a'));
    wire->send(nearlyTooMuch + masked(0x89, "of no length that counts") + masked(0x80, "end"));
    EXPECT_EQ(nextFrame(*wire), (std::pair<int, std::string>{0x8a, "of no length that counts"}));
    wire->send(masked(0x88, "\x03\xe8 bye"));
    EXPECT_EQ(nextFrame(*wire), (std::pair<int, std::string>{0x88, "\x03\xe8"}));
    EXPECT_TRUE(wire->ended());
    auto early = raw();  // and speaks before it was answered
    early->send(masked(0x89, "early"));
    early->until("\r\n\r\n");
    for (;;) {
        const auto [first, payload] = nextFrame(*early);
        ASSERT_NE(first, 0);
        if (first == 0x8a) break;
    }
}

TEST_F(LiveTest, WhoDoesNotReadIsCutOffAndOthersGoOn) {
    server.reset();
    serve({.mostWaiting = 64 * 1024, .poll = milliseconds(20)});
    auto slow = listening();
    auto fast = listening();
    for (int i = 0; i < 100; ++i) {
        say(10, std::string(3000, 'x'));
        for (int heard = 0; heard < 10;) {
            const auto one = fast->event();
            ASSERT_FALSE(one.is_null());
            if (one["kind"] == "message.received") ++heard;
        }
    }
    waitForListeners(1);
    EXPECT_TRUE(slow->ended());
}

TEST_F(LiveTest, WhoWasLongAwayHearsAllOfItAtTheirOwnPace) {
    server.reset();
    serve({.mostWaiting = 64 * 1024, .poll = milliseconds(20)});
    std::string cursor;
    {
        auto tx = database->begin(organization);
        cursor = feed::now(tx).text();
    }
    for (int i = 0; i < 30; ++i) say(100, std::string(1000, 'x'));
    auto wire = listen("/v1/live?after=" + cursor);
    wire->until("\r\n\r\n");
    std::this_thread::sleep_for(milliseconds(300));
    say(5);
    for (int i = 1; i <= 3005;) {
        const auto one = wire->event();
        ASSERT_FALSE(one.is_null());
        if (one["kind"] != "message.received") continue;
        ASSERT_EQ(one["data"]["number"], i++);
    }
}

TEST_F(LiveTest, APostWithoutABodyIsAnsweredAtOnce) {
    Wire wire(server->port());
    const auto begun = std::chrono::steady_clock::now();
    wire.send("POST /v1/conversations/" + conversation.text() +
              "/take HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    EXPECT_THAT(wire.until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5)) << "as `curl -X POST` sends it";
}

TEST_F(LiveTest, TheEndIsSaid) {
    auto wire = listening();
    auto socket = upgraded();
    server->stop();
    EXPECT_EQ(wire->event()["reason"], "this server stops");
    EXPECT_EQ(closeCode(*socket), 1001);
}

TEST_F(LiveTest, ThereIsRoomForSoManyAndNoMore) {
    server.reset();
    serve({.mostSockets = 3, .mostOfOrganization = 2, .poll = milliseconds(20)});
    auto first = listening();
    auto second = listening();
    auto third = listen();
    EXPECT_THAT(third->until("\r\n\r\n"), StartsWith("HTTP/1.1 503"));
    first.reset();
    waitForListeners(1);
    listening();
}

long threadsNow() {
    long count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

long kibNow() {
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * 4;
}

TEST_F(LiveTest, TwoThousandListenWithoutAThreadEach) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 4500) GTEST_SKIP() << "needs 4500 file handles";
    constexpr int kListeners = 2000;
    serve({});  // as in service: five signs of life a second to each would be the test's own load
    listening();
    const auto threads = threadsNow();
    const auto memory = kibNow();
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < kListeners; ++i) {
        wires.push_back(i % 2 == 0 ? listen() : raw());
        wires.back()->until("\r\n\r\n");
    }
    waitForListeners(kListeners);
    const auto more = threadsNow() - threads;
    const auto each = (kibNow() - memory) / kListeners;
    RecordProperty("kib_each", std::to_string(each));
    EXPECT_LT(more, 20) << "the HTTP server's own threads, not theirs";
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what was freed
    EXPECT_LT(each, 40) << "KiB of both sides of each connection";
#endif
    const auto begun = std::chrono::steady_clock::now();
    say(1, "Hello everybody");
    for (auto& wire : wires)
        EXPECT_THAT(wire->until("Hello everybody"), HasSubstr("\"text\":\"Hello everybody"));
    std::cout << kListeners << " listeners: " << more << " more threads, " << each << " KiB each, told in "
              << std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun).count()
              << " ms\n";
    wires.clear();
    waitForListeners(0);
}

}  // namespace
}  // namespace overture::service
