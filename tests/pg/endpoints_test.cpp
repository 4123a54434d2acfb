// Notices on their way to an organization's own endpoints: signed, once, again after failures, and nobody held up by another.
#include "feed/endpoints.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/StreamCopier.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "feed/sending.hpp"
#include "pg/turn_world.hpp"

namespace overture::feed {
namespace {

using overture::testing::addOrganization;
using overture::testing::TurnWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Somebody's own server, which answers as told and remembers what it was sent.
class Receiver {
public:
    struct Got {
        std::string path, id, timestamp, signature, body;
        Json document() const { return Json::parse(body); }
    };
    struct Answer {
        int status = 204;
        std::string retryAfter = {}, location = {};
        milliseconds slow{0};
    };

    Receiver()
        : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)), server_(new Factory(*this), socket_, params()) {
        server_.start();
    }
    ~Receiver() { server_.stopAll(true); }
    std::string url(const std::string& path = "/in") {
        return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + path;
    }
    void answers(const std::string& path, const Answer& answer) {
        const std::scoped_lock lock(mutex_);
        answers_[path] = answer;
    }
    std::vector<Got> got(const std::string& path = "/in") {
        const std::scoped_lock lock(mutex_);
        std::vector<Got> all;
        for (const auto& one : got_)
            if (one.path == path) all.push_back(one);
        return all;
    }

private:
    static Poco::Net::HTTPServerParams* params() {
        auto* const made = new Poco::Net::HTTPServerParams;
        made->setMaxThreads(16);
        return made;
    }
    struct Factory : Poco::Net::HTTPRequestHandlerFactory {
        explicit Factory(Receiver& whose) : receiver(whose) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler(receiver);
        }
        Receiver& receiver;
    };
    struct Handler : Poco::Net::HTTPRequestHandler {
        explicit Handler(Receiver& whose) : receiver(whose) {}
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            Got got{request.getURI(), request.get("webhook-id", ""), request.get("webhook-timestamp", ""),
                    request.get("webhook-signature", ""), ""};
            Poco::StreamCopier::copyToString(request.stream(), got.body);
            Answer answer;
            {
                const std::scoped_lock lock(receiver.mutex_);
                receiver.got_.push_back(got);
                answer = receiver.answers_[got.path];
            }
            std::this_thread::sleep_for(answer.slow);
            response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
            if (!answer.retryAfter.empty()) response.set("Retry-After", answer.retryAfter);
            if (!answer.location.empty()) response.set("Location", answer.location);
            response.setContentLength(0);
            response.send();
        }
        Receiver& receiver;
    };
    Poco::Net::ServerSocket socket_;
    std::mutex mutex_;
    std::vector<Got> got_;
    std::map<std::string, Answer> answers_;
    Poco::Net::HTTPServer server_;
};

struct EndpointsTest : TurnWorld {
    Receiver receiver;
    net::HttpClient client{net::HttpLimits{}};
    tenant::Vault vault{std::string(32, 'k')};
    Sending sending{*database, clock, client, vault};
    ConversationId conversation = addConversation();
    int said = 0;

    NewEndpoint endpoint(const std::string& url, const std::vector<std::string>& kinds = {},
                         const OrganizationId* whose = nullptr) {
        const auto& organizationOf = whose == nullptr ? organization : *whose;
        auto tx = database->begin(organizationOf);
        const auto made = createEndpoint(tx, organizationOf, url, kinds, "", vault, clock.now());
        tx.commit();
        return made;
    }
    void say(int count = 1) {
        auto tx = database->begin(organization);
        tx.run({"test/say",
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at) "
                "select $1::uuid, $2::uuid, n, 'in', 'lead', 'sms', 'word ' || n, 'opening', $5::timestamptz "
                "from generate_series($3::integer, $4::integer) n"},
               {organization, conversation, said + 1, said + count, clock.now()});
        tx.commit();
        said += count;
    }
    void change(const std::string& sql) {
        auto tx = database->beginOwner();
        tx.script(sql, "test");
        tx.commit();
    }
    int sendAll(Sending& with) {
        int all = 0;
        while (with.spread() > 0) {
        }
        while (with.sendOne() > 0) ++all;
        return all;
    }
    int sendAll() { return sendAll(sending); }
    void later(seconds by) { clock.advanceTo(clock.now() + by); }
    Endpoint shown(const EndpointId& id) {
        auto tx = database->begin(organization);
        return endpoints(tx, organization, id).at(0);
    }
};

TEST_F(EndpointsTest, ANoticeIsSentSignedAndOnce) {
    const auto made = endpoint(receiver.url());
    EXPECT_THAT(made.secret, StartsWith("whsec_"));
    say();
    change("update conversations set state = 'held', reason = 'asked for a person'");
    EXPECT_EQ(sendAll(), 2);
    EXPECT_EQ(sendAll(), 0);
    const auto got = receiver.got();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].document()["type"], "message.received");
    EXPECT_EQ(got[0].document()["data"]["text"], "word 1");
    EXPECT_EQ(got[1].document()["type"], "conversation.held");
    EXPECT_EQ(got[1].document()["data"]["conversation"], conversation.text());
    // As a receiver checks it, by the words of the specification.
    const auto digest =
        hmacSha256(fromBase64(made.secret.substr(6)), got[0].id + "." + got[0].timestamp + "." + got[0].body);
    EXPECT_EQ(got[0].signature,
              "v1," + toBase64({reinterpret_cast<const char*>(digest.data()), digest.size()}));
    EXPECT_EQ(got[0].timestamp,
              std::to_string(std::chrono::floor<seconds>(clock.now()).time_since_epoch().count()));
    EXPECT_NE(got[0].id, got[1].id);
    EXPECT_EQ(number("select count(*) as n from endpoint_sends where data::text like '%word%'"), 0)
        << "no words are kept on the way";
}

/// The example of the Standard Webhooks specification's own libraries.
TEST(Signatures, AreThoseOfStandardWebhooks) {
    EXPECT_EQ(signatures({"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                         1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_F(EndpointsTest, OnlyTheKindsChosenAndOnlyOfItsOwnOrganization) {
    const auto other = addOrganization(*database, "Brook Pest");
    endpoint(receiver.url("/theirs"), {}, &other);
    endpoint(receiver.url(), {"conversation.moved"});
    say();
    change("update conversations set stage = 'later'");
    EXPECT_EQ(sendAll(), 1);
    ASSERT_EQ(receiver.got().size(), 1U);
    EXPECT_EQ(receiver.got()[0].document()["type"], "conversation.moved");
    EXPECT_TRUE(receiver.got("/theirs").empty());
    EXPECT_EQ(*faultOfKinds({"conversation.hold"}),
              "there is no kind \"conversation.hold\"; did you mean conversation.held");
    EXPECT_TRUE(faultOfKinds({"campaign.progress"}));
    EXPECT_FALSE(faultOfKinds({"message.received"}));
}

TEST_F(EndpointsTest, TwoSecretsSignWhileOneTakesTheOthersPlace) {
    const auto made = endpoint(receiver.url());
    auto tx = database->begin(organization);
    const auto fresh = *rotateSecret(tx, organization, made.id, vault, clock.now());
    tx.commit();
    say();
    sendAll();
    later(hours(25));
    say();
    sendAll();
    const auto got = receiver.got();
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].signature,
              signatures({fresh, made.secret}, got[0].id, std::stoll(got[0].timestamp), got[0].body));
    EXPECT_EQ(got[1].signature, signatures({fresh}, got[1].id, std::stoll(got[1].timestamp), got[1].body));
    EXPECT_EQ(number("select count(*) as n from endpoints where encode(secrets, 'escape') like '%whsec%'"), 0)
        << "sealed";
}

TEST_F(EndpointsTest, AFailureIsTriedAgainWithLongerPausesUntilItIsGivenUpAndCanBeReplayed) {
    const auto made = endpoint(receiver.url());
    receiver.answers("/in", {.status = 500});
    say();
    EXPECT_EQ(sendAll(), 1);
    EXPECT_EQ(sendAll(), 0) << "not at once";
    std::vector<seconds> pauses;
    auto last = clock.now();
    for (int i = 0; i < 3000 && shown(made.id).dead == 0; ++i) {
        later(i < 600 ? seconds(1) : seconds(600));
        if (sendAll() == 0) continue;
        pauses.push_back(std::chrono::duration_cast<seconds>(clock.now() - last));
        last = clock.now();
    }
    ASSERT_EQ(pauses.size(), 9U) << word("select row(s.*)::text as w from endpoint_sends s")
                                 << word("select row(s.*)::text as w from endpoints s");
    EXPECT_GE(pauses[0], seconds(4));
    EXPECT_LE(pauses[0], seconds(7));
    EXPECT_GE(pauses[7], hours(12));
    auto got = receiver.got();
    ASSERT_EQ(got.size(), 10U);
    for (const auto& one : got) EXPECT_EQ(one.id, got[0].id) << "the same id each time";
    EXPECT_EQ(shown(made.id).dead, 1);
    EXPECT_THAT(word("select note as w from endpoint_sends"), HasSubstr("500"));

    receiver.answers("/in", {.status = 200});
    EXPECT_EQ(sendAll(), 0) << "what was given up stays so";
    auto tx = database->begin(organization);
    EXPECT_EQ(replay(tx, organization, made.id, {}, clock.now()), 1U);
    tx.commit();
    EXPECT_EQ(sendAll(), 1);
    EXPECT_EQ(receiver.got().back().id, got[0].id);
    EXPECT_EQ(shown(made.id).dead, 0);
    auto again = database->begin(organization);
    EXPECT_EQ(replay(again, organization, made.id, {}, clock.now()), 0U)
        << "what was sent only when asked for";
    EXPECT_EQ(replay(again, organization, made.id, {.only = {}, .since = {}, .sentToo = true}, clock.now()),
              1U);
}

TEST_F(EndpointsTest, WhatItIsAskedToWaitForItWaitsFor) {
    endpoint(receiver.url());
    receiver.answers("/in", {.status = 429, .retryAfter = "600"});
    say();
    EXPECT_EQ(sendAll(), 1);
    receiver.answers("/in", {});
    later(seconds(500));
    EXPECT_EQ(sendAll(), 0);
    later(seconds(101));
    EXPECT_EQ(sendAll(), 1);
}

TEST_F(EndpointsTest, OneThatIsGoneOrFailsForDaysIsSwitchedOff) {
    const auto gone = endpoint(receiver.url("/gone"));
    const auto broken = endpoint(receiver.url("/broken"));
    receiver.answers("/gone", {.status = 410});
    receiver.answers("/broken", {.status = 503});
    say();
    sendAll();
    EXPECT_FALSE(shown(gone.id).on);
    EXPECT_THAT(shown(gone.id).note, HasSubstr("410"));
    EXPECT_TRUE(shown(broken.id).on);
    for (int i = 0; i < 10 && shown(broken.id).on; ++i) {
        later(days(1));
        say();
        sendAll();
    }
    EXPECT_FALSE(shown(broken.id).on);
    EXPECT_THAT(shown(broken.id).note, HasSubstr("switched off"));
    say();
    receiver.answers("/broken", {});
    auto tx = database->begin(organization);
    EXPECT_TRUE(
        changeEndpoint(tx, organization, broken.id, {.url = {}, .about = {}, .kinds = {}, .on = true}));
    tx.commit();
    const auto before = receiver.got("/broken").size();
    say();
    sendAll();
    EXPECT_GE(receiver.got("/broken").size(), before + 1);
    EXPECT_EQ(receiver.got("/broken").back().document()["data"]["number"], said)
        << "and what happened meanwhile is not told";
}

TEST_F(EndpointsTest, OneThatAnswersAgainAfterDaysStaysOn) {
    const auto made = endpoint(receiver.url());
    receiver.answers("/in", {.status = 503});
    say();
    sendAll();
    receiver.answers("/in", {});
    later(days(6));
    say();
    EXPECT_EQ(sendAll(), 2);
    EXPECT_TRUE(shown(made.id).on);
    EXPECT_EQ(shown(made.id).note, "");
}

TEST_F(EndpointsTest, OneThatIsSlowIsSentOneAtATime) {
    endpoint(receiver.url());
    receiver.answers("/in", {.slow = milliseconds(60)});
    Sending impatient{*database, clock, client, vault, {.slow = milliseconds(50)}};
    say(3);
    impatient.spread();
    EXPECT_EQ(impatient.sendOne(), 1);
    change("update endpoint_sends set lease_until = '" + toRfc3339(clock.now() + seconds(60)) +
           "' where send_id = (select send_id from endpoint_sends where state = 'due' order by send_id limit "
           "1)");
    EXPECT_EQ(impatient.sendOne(), 0) << "another engine has one in hand";
    later(seconds(61));
    receiver.answers("/in", {});
    EXPECT_EQ(impatient.sendOne(), 1);
    change("update endpoint_sends set lease_until = '" + toRfc3339(clock.now() + seconds(60)) +
           "' where send_id = (select send_id from endpoint_sends where state = 'due' order by send_id limit "
           "1)");
    say();
    impatient.spread();
    EXPECT_EQ(impatient.sendOne(), 1) << "it was quick the last time";
}

TEST_F(EndpointsTest, AnOrganizationGetsItsShareOfTheThreadsAndNoMore) {
    const auto other = addOrganization(*database, "Brook Pest");
    endpoint(receiver.url());
    endpoint(receiver.url("/theirs"), {}, &other);
    receiver.answers("/in", {.slow = milliseconds(1500)});
    Sending narrow{*database, clock, client, vault, {.ofOrganization = 1}};
    say(3);
    change("insert into playbook_versions values ('" + other.text() +
           "', 'v1', 'p', '{}', '2026-03-03T17:00:00Z'); "
           "insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, "
           "created_at) values ('" +
           other.text() + "', '" + uuid7(clock.now()).text() +
           "', 'x', 'v1', '{sms}', 'draft', '2026-03-03T17:00:00Z', '2026-03-03T17:00:00Z')");
    change("update endpoints set resting_until = '" + toRfc3339(clock.now() + hours(1)) +
           "' where organization_id = '" + other.text() + "'");
    while (narrow.spread() > 0) {
    }
    std::thread busy([&] { narrow.sendOne(); });
    while (receiver.got().empty()) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_EQ(narrow.sendOne(), 0) << "it has its thread";
    change("update endpoints set resting_until = null");
    EXPECT_EQ(narrow.sendOne(), 1);
    EXPECT_EQ(receiver.got("/theirs").size(), 1U);
    EXPECT_EQ(receiver.got().size(), 1U);
    busy.join();
    EXPECT_EQ(narrow.sendOne(), 1) << "and has it again";
}

TEST_F(EndpointsTest, NobodyIsForgottenBehindAnOrganizationOfManyEndpoints) {
    const auto other = addOrganization(*database, "Brook Pest");
    for (int i = 0; i < 15; ++i) endpoint(receiver.url());
    endpoint(receiver.url("/theirs"), {}, &other);
    for (const auto& whose : {organization, other})
        change("insert into feed (organization_id, written_by, position, at, topic, what) values ('" +
               whose.text() + "', pg_current_xact_id(), nextval('feed_positions'), now(), 'campaign', '{}')");
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(number("select count(distinct organization_id) as n from endpoints_behind(2)"), 2);
    EXPECT_EQ(number("select count(*) as n from endpoints_behind(100)"), 16);
}

TEST_F(EndpointsTest, WhatWasDoneLongAgoIsForgotten) {
    endpoint(receiver.url());
    say(2);
    sendAll();
    change(
        "update endpoint_sends set done_at = done_at - interval '100 days' where send_id = "
        "(select send_id from endpoint_sends limit 1)");
    sending.forget();
    EXPECT_EQ(number("select count(*) as n from endpoint_sends"), 1);
    EXPECT_EQ(number("select forget_sends('2100-01-01', 0) as n"), 0) << "no more than was asked for";
    EXPECT_EQ(number("select forget_sends('2100-01-01', 5) as n"), 1);
}

TEST_F(EndpointsTest, ARedirectIsNotFollowedAndAPrivateAddressNotCalled) {
    const auto moved = endpoint(receiver.url("/moved"));
    receiver.answers("/moved", {.status = 302, .location = receiver.url("/elsewhere")});
    say();
    sendAll();
    EXPECT_TRUE(receiver.got("/elsewhere").empty());
    EXPECT_THAT(shown(moved.id).note, HasSubstr("redirects are not followed"));

    net::HttpClient careful{net::HttpLimits{.allowedHosts = {}, .allowPrivate = false}};
    Sending policed{*database, clock, careful, vault};
    const auto inside = endpoint(receiver.url("/inside"));
    say();
    sendAll(policed);
    EXPECT_TRUE(receiver.got("/inside").empty());
    EXPECT_THAT(shown(inside.id).note, HasSubstr("no public address"));
    for (const auto* bad : {"ftp://x.example/", "https://", "https://user:pw@x.example/",
                            "https://x .example/", "javascript:alert(1)"})
        EXPECT_TRUE(faultOfUrl(bad)) << bad;
    EXPECT_FALSE(faultOfUrl("https://crm.example/in?x=1"));
}

TEST_F(EndpointsTest, ManyEnginesSendEachOnce) {
    endpoint(receiver.url());
    say(60);
    std::vector<std::unique_ptr<Sending>> engines;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) engines.push_back(std::make_unique<Sending>(*database, clock, client, vault));
    for (auto& engine : engines)
        threads.emplace_back([&] {
            for (int idle = 0; idle < 20; ++idle) {
                if (engine->spread() + engine->sendOne() > 0) idle = 0;
                std::this_thread::sleep_for(milliseconds(2));
            }
        });
    for (auto& thread : threads) thread.join();
    std::map<std::string, int> times;
    for (const auto& one : receiver.got()) ++times[one.id];
    EXPECT_EQ(times.size(), 60U);
    EXPECT_EQ(receiver.got().size(), 60U);
    EXPECT_EQ(number("select count(*) as n from endpoint_sends where state = 'sent'"), 60);
}

TEST_F(EndpointsTest, WhatAKilledEngineHadInHandIsSentByAnother) {
    endpoint(receiver.url());
    say();
    sending.spread();
    change("update endpoint_sends set lease_until = '" + toRfc3339(clock.now() + seconds(60)) + "'");
    EXPECT_EQ(sending.sendOne(), 0);
    later(seconds(61));
    EXPECT_EQ(sending.sendOne(), 1);
    EXPECT_EQ(receiver.got().size(), 1U);
}

TEST_F(EndpointsTest, ADeadEndpointHoldsUpNobodyElse) {
    const auto other = addOrganization(*database, "Brook Pest");
    for (int i = 0; i < 3; ++i) endpoint(receiver.url("/dead"), {}, &other);
    endpoint(receiver.url());
    receiver.answers("/dead", {.status = 500, .slow = milliseconds(400)});
    change("insert into playbook_versions values ('" + other.text() +
           "', 'v1', 'p', '{}', '2026-03-03T17:00:00Z')");
    for (int i = 0; i < 200; ++i)
        change(
            "insert into campaigns (organization_id, campaign_id, name, version, channels, state, starts_at, "
            "created_at) values ('" +
            other.text() + "', '" + uuid7(clock.now()).text() +
            "', 'x', 'v1', '{sms}', 'draft', '2026-03-03T17:00:00Z', '2026-03-03T17:00:00Z')");
    while (sending.spread() > 0) {
    }
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i)
        threads.emplace_back([&] {
            while (!over)
                if (sending.sendOne() == 0) std::this_thread::sleep_for(milliseconds(2));
        });
    std::this_thread::sleep_for(milliseconds(100));  // they are at work on the dead ones
    const auto begun = std::chrono::steady_clock::now();
    say(20);
    while (sending.spread() > 0) {
    }
    while (receiver.got().size() < 20 && std::chrono::steady_clock::now() - begun < seconds(20))
        std::this_thread::sleep_for(milliseconds(5));
    const auto took = std::chrono::steady_clock::now() - begun;
    over = true;
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(receiver.got().size(), 20U);
    EXPECT_LT(took, seconds(5));
    EXPECT_LE(receiver.got("/dead").size(), 12U) << "of 600 that wait: one failure lets the others rest";
}

}  // namespace
}  // namespace overture::feed
