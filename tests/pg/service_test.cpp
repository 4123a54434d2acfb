// Webhooks from the wire to the mailbox: a real server, the real plugins, a real database.
#include "service/server.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/HMACEngine.h>
#include <Poco/SHA1Engine.h>

#include <atomic>
#include <future>
#include <map>
#include <sstream>
#include <thread>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "mail_stubs.hpp"
#include "net/http_client.hpp"
#include "pg/fixture.hpp"
#include "service/mailboxes.hpp"
#include "service/unsubscribing.hpp"
#include "signing_key.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;
using overture::testing::tuesday;
using ::testing::HasSubstr;

constexpr const char* kLead = "+15555550101";
constexpr const char* kPublicUrl = "https://hooks.example.com";
constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

struct Answered {
    int status = 0;
    std::string body, retryAfter;
};

struct Service : ::testing::Test {
    std::string url = Postgres::shared().freshDatabase();
    store::Database database{{.url = url, .sessions = 8}};
    OrganizationId organization = addOrganization(database);
    VirtualClock clock{tuesday()};
    net::HttpClient http;
    plugin::Host host{{http, clock}};
    tenant::Vault vault{std::string(32, 'k')};
    std::mutex mutex;
    std::map<BindingId, std::shared_ptr<plugin::Instance>> instances;
    std::atomic<int> woken = 0;
    Intake intake{database,
                  [this](const OrganizationId& whose, const BindingId& id) { return open(whose, id); },
                  [this] { ++woken; }};
    api::Api api{database, clock};
    std::unique_ptr<Server> server;
    BindingId sim, twilio;
    ConversationId conversation;

    void SetUp() override {
        host.loadAll(OVERTURE_BUILD_DIR "/plugins");
        sim = bind(organization, "sim", {{"seed", 1}}, {{"signing_key", "key"}});
        twilio = bind(organization, "twilio", {{"account_sid", "AC0123456789abcdef0123456789abcdef"}},
                      {{"auth_token", kToken}});
        conversation = converse(organization, kLead, "ann@example.com");
        server = std::make_unique<Server>(ServerOptions{.port = 0, .publicUrl = kPublicUrl}, database, intake,
                                          api, clock);
    }

    BindingId bind(const OrganizationId& whose, const std::string& plugin, const Json& settings,
                   const tenant::Secrets& secrets) {
        auto tx = database.begin(whose);
        const BindingId id(uuid7(tuesday()));
        tenant::saveBinding(tx, whose, {id, plugin, plugin, settings, secrets}, &vault, tuesday());
        tx.commit();
        return id;
    }

    std::shared_ptr<plugin::Instance> open(const OrganizationId& whose, const BindingId& id) {
        const std::lock_guard lock(mutex);
        auto& instance = instances[id];
        if (instance) return instance;
        auto tx = database.begin(whose);
        const auto binding = tenant::findBinding(tx, whose, id, &vault);
        return instance = host.open(binding->plugin, binding->settings, binding->secrets).orThrow();
    }

    /// A lead in an open conversation, with a sent delivery whose carrier reference is "sent-1".
    ConversationId converse(const OrganizationId& whose, const std::string& phone, const std::string& email) {
        const auto id = [&](const char* what) {
            return "'" + uuid7(tuesday(), what + whose.text()).text() + "'";
        };
        const auto own = "'" + whose.text() + "', ";
        const auto now = "'" + toRfc3339(tuesday()) + "'";
        auto tx = database.begin(whose);
        tx.script("insert into playbook_versions values (" + own + "'v1', 'solar', '{}', " + now +
                      ");"
                      "insert into campaigns (organization_id, campaign_id, name, version, channels, state, "
                      "starts_at, created_at) values (" +
                      own + id("campaign") + ", 'Spring', 'v1', '{sms}', 'running', " + now + ", " + now +
                      ");"
                      "insert into leads (organization_id, lead_id, phone, email, created_at) values (" +
                      own + id("lead") + ", '" + phone + "', '" + email + "', " + now +
                      ");"
                      "insert into conversations (organization_id, conversation_id, campaign_id, lead_id, "
                      "version, stage, state, created_at, "
                      "updated_at) values (" +
                      own + id("conversation") + ", " + id("campaign") + ", " + id("lead") +
                      ", 'v1', 'open', 'open', " + now + ", " + now +
                      ");"
                      "insert into permits values (" +
                      own + id("permit") + ", 1, '" + phone + "', 'sms', 'marketing', " + now +
                      ", '{}', '', 'h');",
                  "test");
        if (whose == organization)
            tx.script(
                "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, "
                "turn_number, channel, binding_id, "
                "recipient, text, state, due_at, permit_id, takeover_fence, reference, created_at, "
                "updated_at) values (" +
                    own + id("delivery") + ", " + id("conversation") + ", " + id("lead") + ", 1, 'sms', '" +
                    sim.text() + "', '" + phone + "', 'Hi', 'sent', " + now + ", " + id("permit") +
                    ", 0, 'sent-1', " + now + ", " + now + ")",
                "test");
        tx.commit();
        return ConversationId(uuid7(tuesday(), "conversation" + whose.text()));
    }

    Answered call(const std::string& path, const std::string& body = {},
                  std::vector<std::pair<std::string, std::string>> headers = {},
                  const std::string& method = "POST") {
        const auto answer = http.send({.method = method,
                                       .url = "http://127.0.0.1:" + std::to_string(server->port()) + path,
                                       .headers = std::move(headers),
                                       .body = body});
        if (const auto* error = std::get_if<net::HttpError>(&answer)) {
            ADD_FAILURE() << error->message;
            return {};
        }
        const auto& response = std::get<net::HttpResponse>(answer);
        return {response.status, response.body, response.header("Retry-After")};
    }

    /// A call of the simulated carrier, signed over the public URL.
    Answered fromSim(const Json& event, const std::string& key = "key",
                     std::optional<BindingId> binding = {}) {
        const auto path = "/hooks/" + binding.value_or(sim).text();
        const auto body = toText(event);
        return call(path, body, {{"X-Sim-Signature", toHex(hmacSha256(key, kPublicUrl + path + body))}});
    }

    static Json said(const std::string& text, const std::string& id = "m1", const std::string& from = kLead) {
        return {{"kind", "message"},    {"id", id},     {"from", from},
                {"to", "+15555550100"}, {"text", text}, {"channel", "sms"}};
    }

    store::Rows all(const char* sql) { return database.run(organization, {"test/all", sql}); }
    store::Rows events() {
        return all("select *, payload ->> 'text' as text from events order by received_at, event_id");
    }
    std::string webhookOutcome() {
        const auto rows = all("select outcome, note from webhooks order by webhook_id desc limit 1");
        return rows.empty() ? "" : rows[0].text("outcome");
    }
};

TEST_F(Service, AHandshakesSecretIsNotKept) {
    call("/hooks/" + sim.text() + "?hub.verify_token=between-us", "", {}, "GET");
    const auto kept = all("select * from webhooks");
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].text("url"), kPublicUrl + ("/hooks/" + sim.text()));
}

TEST_F(Service, AMessageIsKeptAsItCameAndPutIntoItsMailbox) {
    EXPECT_EQ(fromSim(said("Hello, who is this?")).status, 200);
    const auto rows = events();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].id<ConversationId>("conversation_id"), conversation);
    EXPECT_EQ(rows[0].text("kind"), "message");
    EXPECT_EQ(rows[0].instant("due_at"), tuesday());
    EXPECT_EQ(rows[0].json("payload"), (Json{{"text", "Hello, who is this?"},
                                             {"from", kLead},
                                             {"to", "+15555550100"},
                                             {"channel", "sms"},
                                             {"binding_id", sim.text()},
                                             {"reference", "m1"}}));
    const auto mailbox = all("select wake_at from mailboxes");
    ASSERT_EQ(mailbox.size(), 1U);
    EXPECT_EQ(mailbox[0].instant("wake_at"), tuesday());
    const auto kept = all("select * from webhooks");
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].text("outcome"), "accepted");
    EXPECT_EQ(kept[0].bytes("body"), toText(said("Hello, who is this?")));
    EXPECT_EQ(kept[0].text("url"), kPublicUrl + ("/hooks/" + sim.text()));
    EXPECT_EQ(woken, 1);
}

TEST_F(Service, TheSameEventManyTimesAtOnceIsOneEvent) {
    std::vector<std::thread> threads;
    std::atomic<int> accepted = 0;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5; ++i)
                accepted += fromSim(said("yes", "m" + std::to_string(i))).status == 200 ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, 40);
    EXPECT_EQ(events().size(), 5U);
}

TEST_F(Service, WhatComesTogetherIsKeptTogether) {
    const auto webhook = [&](const Json& event) {
        const auto called = kPublicUrl + ("/hooks/" + sim.text());
        const auto body = toText(event);
        return Webhook{sim,  "POST",   called, {{"X-Sim-Signature", toHex(hmacSha256("key", called + body))}},
                       body, tuesday()};
    };
    const auto status = [&](const std::string& word, const std::string& id) {
        return webhook({{"kind", "status"}, {"id", id}, {"reference", "sent-1"}, {"status", word}});
    };
    const auto stranger = said("STOP", "m9", "+15555550199");
    const int posted = intake.receiveAll({webhook(said("yes")), status("sent", "s1"), webhook(said("yes")),
                                          status("delivered", "s2"), webhook(stranger), status("sent", "s3"),
                                          webhook({{"kind", "picture"}})});
    EXPECT_EQ(posted, 1);
    EXPECT_EQ(events().size(), 1U);
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(all("select state from deliveries")[0].text("state"), "delivered");
    EXPECT_EQ(all("select 1 from suppressions where address = '+15555550199'").size(), 1U);
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'accepted'").size(), 4U);
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'unreadable'").size(), 1U);
}

TEST_F(Service, TheApiIsAnsweredOnTheSamePort) {
    auto tx = database.begin(organization);
    const auto token =
        *tenant::createKey(tx, organization, "desk", tenant::Role::agent, std::nullopt, tuesday());
    tx.commit();
    const auto get = [&](const std::string& path, const std::string& key) {
        return call(path, "", {{"Authorization", "Bearer " + key}}, "GET");
    };
    EXPECT_EQ(get("/v1/me", token).status, 200);
    EXPECT_EQ(get("/v1/me", token + "x").status, 401);
    EXPECT_THAT(get("/v1/conversations/" + conversation.text(), token).body, HasSubstr(kLead));
    const auto taken = call("/v1/conversations/" + conversation.text() + "/take", R"({"by": "Dana"})",
                            {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}});
    EXPECT_EQ(taken.status, 200) << taken.body;
    const auto packed = call("/v1/openapi.json", "", {{"Accept-Encoding", "gzip"}}, "GET");
    EXPECT_TRUE(packed.body.starts_with("\x1f\x8b")) << packed.body.substr(0, 20);
    for (const auto* wish : {"gzip;q=0", "br, gzip; q=0.000", "identity", "gzipped"})
        EXPECT_TRUE(call("/v1/openapi.json", "", {{"Accept-Encoding", wish}}, "GET").body.starts_with("{"))
            << wish;
    EXPECT_TRUE(call("/v1/openapi.json", "", {{"Accept-Encoding", "br, GZIP;q=0.5"}}, "GET")
                    .body.starts_with("\x1f\x8b"));
    EXPECT_EQ(call("/v1/me", std::string(std::size_t{2} << 20, 'x')).status, 413)
        << "read to its end, then answered";
}

TEST_F(Service, FiguresAreForWhoHasTheirToken) {
    EXPECT_EQ(call("/metrics", "", {}, "GET").status, 404) << "without a token there are none";
    server =
        std::make_unique<Server>(ServerOptions{.port = 0, .publicUrl = kPublicUrl, .metricsToken = "made-up"},
                                 database, intake, api, clock);
    EXPECT_EQ(fromSim(said("Hi")).status, 200);
    EXPECT_EQ(call("/metrics", "", {}, "GET").status, 404);
    EXPECT_EQ(call("/metrics", "", {{"Authorization", "Bearer made-u"}}, "GET").status, 404);
    const auto figures = call("/metrics", "", {{"Authorization", "Bearer made-up"}}, "GET");
    EXPECT_EQ(figures.status, 200);
    for (const char* one : {"# TYPE overture_turn_duration_seconds histogram\n",
                            "overture_http_request_duration_seconds_count{status=\"404\"}",
                            "overture_plugin_call_duration_seconds_bucket{plugin=\"sim\",call=\"carrier."
                            "message/1 webhook\",outcome=\"ok\","
                            "le=\"+Inf\"}",
                            "overture_plugin_call_duration_seconds_count{plugin=\"sim\",call=\"carrier."
                            "message/1 webhook\",outcome=\"ok\"}",
                            "process_resident_memory_bytes "})
        EXPECT_THAT(figures.body, HasSubstr(one));
}

TEST_F(Service, AWrongSignatureIsRefusedAndOnlyItsBeginningKept) {
    EXPECT_EQ(fromSim(said(std::string(20000, 'x')), "wrong key").status, 403);
    EXPECT_TRUE(events().empty());
    EXPECT_EQ(webhookOutcome(), "refused");
    EXPECT_EQ(all("select length(body) as n from webhooks")[0].integer("n"), 4096);
}

TEST_F(Service, TheHostHeaderDoesNotDecideWhatWasSigned) {
    const auto path = "/hooks/" + sim.text();
    const auto body = toText(said("hi"));
    const auto signedFor = [&](const std::string& base) {
        return call(path, body,
                    {{"Host", "evil.example"},
                     {"X-Sim-Signature", toHex(hmacSha256("key", base + path + body))}})
            .status;
    };
    EXPECT_EQ(signedFor("http://evil.example"), 403);
    EXPECT_EQ(signedFor(kPublicUrl), 200);
}

TEST_F(Service, WhatCannotBeReadIsAnswered400) {
    EXPECT_EQ(fromSim({{"kind", "picture"}}).status, 400);
    EXPECT_EQ(webhookOutcome(), "unreadable");
}

TEST_F(Service, UnknownPlacesAndMethodsAreSaid) {
    EXPECT_EQ(call("/hooks/" + BindingId(uuid7(tuesday())).text(), "x").status, 404);
    EXPECT_EQ(call("/hooks/nonsense", "x").status, 404);
    EXPECT_EQ(call("/elsewhere", "x").status, 404);
    EXPECT_EQ(call("/hooks/" + sim.text(), "x", {}, "DELETE").status, 405);
    EXPECT_TRUE(all("select 1 from webhooks").empty());
}

TEST_F(Service, AStatusFindsItsDelivery) {
    EXPECT_EQ(
        fromSim({{"kind", "status"}, {"id", "s0"}, {"reference", "sent-1"}, {"status", "delivered"}}).status,
        200);
    EXPECT_TRUE(events().empty())
        << "a status that the handler need not hear of only moves the delivery's row";
    EXPECT_EQ(all("select state from deliveries where reference = 'sent-1'")[0].text("state"), "delivered");
    EXPECT_EQ(webhookOutcome(), "accepted");

    clock.advanceTo(tuesday() + milliseconds(1));
    EXPECT_EQ(fromSim({{"kind", "status"}, {"id", "s1"}, {"reference", "sent-1"}, {"status", "undelivered"}})
                  .status,
              200);
    const auto rows = events();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text("kind"), "status");
    EXPECT_EQ(rows[0].id<ConversationId>("conversation_id"), conversation);
    EXPECT_EQ(rows[0].json("payload")["status"], "undelivered");
    EXPECT_EQ(rows[0].json("payload")["reference"], "sent-1");
    EXPECT_EQ(rows[0].json("payload")["delivery_id"],
              uuid7(tuesday(), "delivery" + organization.text()).text());

    clock.advanceTo(tuesday() + seconds(1));
    EXPECT_EQ(
        fromSim({{"kind", "status"}, {"id", "s2"}, {"reference", "sent-99"}, {"status", "delivered"}}).status,
        200);
    EXPECT_EQ(events().size(), 1U);
    EXPECT_EQ(webhookOutcome(), "unmatched");
}

TEST_F(Service, AStrangerIsUnmatchedButTheirStopCounts) {
    EXPECT_EQ(fromSim(said("Hello?", "m1", "+15555550199")).status, 200);
    EXPECT_EQ(webhookOutcome(), "unmatched");
    EXPECT_TRUE(all("select 1 from suppressions").empty());
    EXPECT_EQ(fromSim(said("STOP", "m2", "+15555550199")).status, 200);
    EXPECT_TRUE(events().empty());
    const auto suppressed = all("select address from suppressions");
    ASSERT_GE(suppressed.size(), 1U);
    EXPECT_EQ(suppressed[0].text("address"), "+15555550199");
}

TEST_F(Service, AStrangerWhoMayHaveMeantStopIsSuppressedForAPersonToLookAt) {
    EXPECT_EQ(fromSim(said("I never signed up for this", "m1", "+15555550199")).status, 200);
    EXPECT_TRUE(events().empty());
    const auto suppressed = all("select address, reason, proof ->> 'text' as text from suppressions");
    ASSERT_EQ(suppressed.size(), 1U);
    EXPECT_EQ(suppressed[0].text("address"), "+15555550199");
    EXPECT_EQ(suppressed[0].text("reason"), "may have opted out");
    EXPECT_THAT(all("select note from webhooks")[0].text("note"), HasSubstr("please look"));
}

TEST_F(Service, SomebodyNewWhoWritesFirstGetsAConversationWhereACampaignTakesThem) {
    all(("update campaigns set inbound_stage = 'help', bindings = jsonb_build_object('sms', '" + sim.text() +
         "') returning 1")
            .c_str());
    EXPECT_EQ(fromSim(said("There are ants in my kitchen", "m1", "+12025550199")).status, 200);
    EXPECT_EQ(fromSim(said("Many!", "m2", "+12025550199")).status, 200);
    EXPECT_EQ(webhookOutcome(), "accepted");
    const auto rows =
        all("select l.phone, l.country, c.stage, c.state, c.channel, c.version, count(e.*) as events, "
            "min(m.wake_at) as "
            "wake_at from leads l join conversations c using (organization_id, lead_id) join events e using "
            "(organization_id, conversation_id) join mailboxes m using (organization_id, conversation_id) "
            "where l.phone = "
            "'+12025550199' group by l.phone, l.country, c.stage, c.state, c.channel, c.version");
    ASSERT_EQ(rows.size(), 1U) << "one lead and one conversation for both messages";
    EXPECT_EQ(rows[0].integer("events"), 2);
    EXPECT_EQ(rows[0].text("stage"), "help");
    EXPECT_EQ(rows[0].text("state"), "open");
    EXPECT_EQ(rows[0].text("channel"), "sms");
    EXPECT_EQ(rows[0].text("country"), "US");
    EXPECT_EQ(rows[0].instant("wake_at"), tuesday());
    EXPECT_EQ(fromSim(said("STOP", "m3", "+12025550188")).status, 200);
    EXPECT_EQ(fromSim(said("your code is 1234", "m4", "24273")).status, 200);
    EXPECT_EQ(all("select count(*) as n from leads")[0].integer("n"), 2)
        << "no lead of a STOP or a short code";
}

TEST_F(Service, ManyFirstMessagesAtOnceAreOneLead) {
    all(("update campaigns set inbound_stage = 'help', bindings = jsonb_build_object('sms', '" + sim.text() +
         "') returning 1")
            .c_str());
    std::vector<std::thread> threads;
    std::atomic<int> accepted = 0;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            accepted += fromSim(said("ants", "m" + std::to_string(t), "+12025550199")).status == 200 ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, 8);
    EXPECT_EQ(all("select count(*) as n from leads")[0].integer("n"), 2);
    EXPECT_EQ(all("select count(*) as n from conversations")[0].integer("n"), 2);
    EXPECT_EQ(events().size(), 8U);
}

TEST_F(Service, AnotherOrganizationsLeadIsAStranger) {
    const auto other = addOrganization(database, "Another");
    converse(other, "+15555550177", "bob@example.com");
    EXPECT_EQ(fromSim(said("Hi", "m1", "+15555550177")).status, 200);
    EXPECT_EQ(webhookOutcome(), "unmatched");
    EXPECT_TRUE(database.run(other, {"test/events", "select 1 from events"}).empty());
}

TEST_F(Service, ALeadIsKnownByEmailInAnyCase) {
    auto mail = said("Hi", "m1", "Ann@Example.com");
    mail["channel"] = "email";
    EXPECT_EQ(fromSim(mail).status, 200);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].id<ConversationId>("conversation_id"), conversation);
}

// ---------------------------------------------------------------------------------------------------- mail

struct MailService : Service {
    MailService() {
        smtp =
            bind(organization, "smtp",
                 {{"host", "127.0.0.1"},
                  {"port", 9},
                  {"security", "none"},
                  {"mailbox",
                   {{"host", "127.0.0.1"}, {"port", box.port()}, {"security", "none"}, {"user", "katie"}}}},
                 {{"password", "made-up"}});
    }
    void SetUp() override {
        Service::SetUp();
        auto tx = database.begin(organization);
        tx.script(
            "update deliveries set binding_id = '" + smtp.text() +
                "', channel = 'email', recipient = 'ann@example.com', reference = '<d1@brightroof.example>'",
            "test");
        tx.commit();
    }
    void put(const std::string& head, const std::string& body,
             const std::string& from = "Ann <Ann@example.com>") {
        box.put(replaceAll("From: " + from + "\nTo: katie@brightroof.example\nMessage-ID: <m" +
                               std::to_string(++count) + "@example.com>\n" + head + "\n" + body + "\n",
                           "\n", "\r\n"));
    }
    DeliveryId delivery() {
        return all("select delivery_id from deliveries")[0].id<DeliveryId>("delivery_id");
    }
    std::string lastNote() {
        return all("select note from webhooks order by webhook_id desc limit 1")[0].text("note");
    }

    testing::PopStub box;
    BindingId smtp;
    int count = 0;
    Intake mailIntake{
        database,
        [this](const OrganizationId& whose, const BindingId& id) { return open(whose, id); },
        [this] { ++woken; },
        {},
        [this](const std::string& channel) { return host.open(channel, Json::object(), {}).orThrow(); }};
    Mailboxes mailboxes{
        database,   clock,
        mailIntake, [this](const OrganizationId& whose, const BindingId& id) { return open(whose, id); },
        {"smtp"},   {}};
};

TEST_F(MailService, AnAnswerIsFoundByItsThreadAndThenByItsSender) {
    put("In-Reply-To: <d1@brightroof.example>\nSubject: Re: Your roof\n",
        "Yes please\n\nOn Tue, Katie wrote:\n> Hi", "Ann at work <ann.lee@work.example>");
    put("Subject: Hello\n", "Are you there?");
    put("Subject: Hello\n", "Buy this", "stranger@example.net");
    EXPECT_EQ(mailboxes.runOnce(), 3);
    EXPECT_EQ(box.size(), 0U) << "kept, and then forgotten there";
    const auto rows = all("select conversation_id, payload from events order by payload ->> 'reference'");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].id<ConversationId>("conversation_id"), conversation);
    EXPECT_EQ(rows[0].json("payload")["text"], "Yes please");
    EXPECT_EQ(
        rows[0].json("payload")["thread"],
        (Json{{"subject", "Your roof"}, {"references", {"<d1@brightroof.example>", "<m1@example.com>"}}}));
    EXPECT_EQ(rows[1].json("payload")["text"], "Are you there?");
    EXPECT_EQ(rows[1].json("payload")["channel"], "email");
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'accepted'").size(), 2U);
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'unmatched'").size(), 1U);
    EXPECT_EQ(mailboxes.runOnce(), 0) << "asked again only after a while";
    put("Subject: Hello\n", "Again");
    clock.advanceTo(clock.now() + seconds(31));
    EXPECT_EQ(mailboxes.runOnce(), 1);
}

TEST_F(MailService, WhatMailSystemsSayNeverCountsAsAnAnswer) {
    put("Auto-Submitted: auto-replied\nIn-Reply-To: <d1@brightroof.example>\n", "I am away");
    EXPECT_EQ(mailboxes.runOnce(), 1);
    EXPECT_EQ(events().size(), 0U);
    EXPECT_EQ(lastNote(), "no answer of a person: auto_reply");
    put("Subject: failure\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n",
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; "
        "ann@example.com\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: <d1@brightroof.example>\n--b--",
        "MAILER-DAEMON@mx.example.com");
    put("Subject: broken\n", "x", "nobody");
    clock.advanceTo(clock.now() + seconds(31));
    EXPECT_EQ(mailboxes.runOnce(), 2);
    const auto rows = all("select kind, payload from events");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text("kind"), "status");
    EXPECT_EQ(rows[0].json("payload"), (Json{{"delivery_id", delivery().text()},
                                             {"reference", "<d1@brightroof.example>"},
                                             {"status", "undelivered"},
                                             {"code", "5.1.1"},
                                             {"final", true}}));
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'unreadable'").size(), 1U)
        << "kept as it came all the same";
    EXPECT_EQ(box.size(), 0U);
}

TEST_F(MailService, AMessageThatACarrierHandsOnIsReadByItsChannel) {
    const testing::SigningKey events, parse;
    const auto sendgrid =
        bind(organization, "sendgrid", {{"event_key", events.publicKey()}, {"parse_key", parse.publicKey()}},
             {{"api_key", "made-up"}});
    all(("update deliveries set binding_id = '" + sendgrid.text() + "' returning 1").c_str());
    const auto call = [&](const std::string& body, const testing::SigningKey& key, const std::string& type) {
        const auto at = std::to_string(clock.now().time_since_epoch() / seconds(1));
        return mailIntake
            .receive({sendgrid,
                      "POST",
                      kPublicUrl + ("/hooks/" + sendgrid.text()),
                      {{"X-Twilio-Email-Event-Webhook-Signature", key.sign(at + body)},
                       {"X-Twilio-Email-Event-Webhook-Timestamp", at},
                       {"Content-Type", type}},
                      body,
                      clock.now()})
            .status;
    };
    const auto mail = [&](const std::string& raw) {
        return call("--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n" +
                        replaceAll(raw, "\n", "\r\n") + "\r\n--b--\r\n",
                    parse, "multipart/form-data; boundary=b");
    };
    const std::string answer =
        "From: Ann at work <ann.lee@work.example>\nMessage-ID: <m1@work.example>\nIn-Reply-To: "
        "<d1@brightroof.example>\n"
        "Subject: Re: Your roof\n\nYes please\n\nOn Tue, Katie wrote:\n> Hi\n";
    EXPECT_EQ(mail(answer), 200);
    EXPECT_EQ(mail(answer), 200) << "the carrier repeats itself";
    const auto rows = all("select conversation_id, payload from events");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].id<ConversationId>("conversation_id"), conversation) << "by its thread";
    EXPECT_EQ(rows[0].json("payload")["text"], "Yes please") << "without quotes";
    EXPECT_EQ(mail("no message at all"), 200) << "it would not be better the next time";
    EXPECT_EQ(all("select 1 from webhooks where outcome = 'unreadable'").size(), 1U);
    EXPECT_EQ(call(toText(Json::array({{{"event", "bounce"},
                                        {"type", "bounce"},
                                        {"status", "5.1.1"},
                                        {"email", "ann@example.com"},
                                        {"sg_event_id", "e1"},
                                        {"overture_reference", "<d1@brightroof.example>"}}})),
                   events, "application/json"),
              200);
    const auto bounced = all("select payload from events where kind = 'status'");
    ASSERT_EQ(bounced.size(), 1U);
    EXPECT_EQ(bounced[0].json("payload")["status"], "undelivered");
    EXPECT_EQ(bounced[0].json("payload")["final"], true);
    EXPECT_EQ(call("[]", parse, "application/json"), 403);
}

TEST_F(MailService, ACrashBetweenKeepingAndForgettingLosesNothingAndDoublesNothing) {
    put("Subject: Hello\n", "Are you there?");
    setWaitpoint("mailbox.before_forget", [] { throw Error("the engine died here", "test"); });
    EXPECT_EQ(mailboxes.runOnce(), 0);
    setWaitpoint("mailbox.before_forget", {});
    EXPECT_EQ(events().size(), 1U);
    EXPECT_EQ(box.size(), 1U);
    clock.advanceTo(clock.now() + minutes(2));
    EXPECT_EQ(mailboxes.runOnce(), 1);
    EXPECT_EQ(events().size(), 1U);
    EXPECT_EQ(box.size(), 0U);
    setWaitpoint("webhook.before_commit", [] { throw Error("the engine died here", "test"); });
    put("Subject: Hello\n", "Second");
    clock.advanceTo(clock.now() + minutes(2));
    EXPECT_EQ(mailboxes.runOnce(), 0);
    setWaitpoint("webhook.before_commit", {});
    EXPECT_EQ(box.size(), 1U) << "what was not kept stays where it is";
    clock.advanceTo(clock.now() + minutes(2));
    EXPECT_EQ(mailboxes.runOnce(), 1);
    EXPECT_EQ(events().size(), 2U);
}

TEST_F(MailService, OneClickIsAnOptOutOnEveryChannelAndLookingIsNone) {
    Unsubscribing unsubscribing(database, clock, vault, kPublicUrl, [this] { ++woken; });
    server = std::make_unique<Server>(
        ServerOptions{.port = 0, .publicUrl = kPublicUrl, .unsubscribing = &unsubscribing}, database, intake,
        api, clock);
    const auto address = unsubscribing.urlOf(organization, delivery());
    ASSERT_TRUE(address.starts_with(std::string(kPublicUrl) + "/unsubscribe/")) << address;
    const auto path = address.substr(std::string_view(kPublicUrl).size());
    const auto suppressed = [&] { return all("select address from suppressions order by address"); };
    EXPECT_THAT(call(path, "", {}, "GET").body, HasSubstr("<form method=\"post\">"));
    EXPECT_EQ(call(path, "", {}, "DELETE").status, 405);
    const auto oneClick = [&](const std::string& where) {
        return call(where, "List-Unsubscribe=One-Click",
                    {{"Content-Type", "application/x-www-form-urlencoded"}})
            .status;
    };
    auto forged = path;
    forged.back() = forged.back() == '0' ? '1' : '0';
    EXPECT_EQ(oneClick(forged), 404);
    EXPECT_EQ(oneClick("/unsubscribe/"), 404);
    EXPECT_EQ(oneClick("/unsubscribe/a/b/c"), 404);
    const auto other = unsubscribing.urlOf(organization, DeliveryId(uuid7(tuesday(), "none")));
    EXPECT_EQ(oneClick(other.substr(std::string_view(kPublicUrl).size())), 404)
        << "signed, but of no delivery";
    EXPECT_EQ(suppressed().size(), 0U);
    EXPECT_EQ(oneClick(path), 200);
    EXPECT_EQ(oneClick(path), 200) << "as often as one likes";
    const auto rows = suppressed();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].text("address"), kLead);
    EXPECT_EQ(rows[1].text("address"), "ann@example.com");
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].text("text"), "unsubscribe");
    EXPECT_EQ(woken, 2);
}

TEST_F(Service, AZeroByteFromAStrangerDoesNotStopTheMail) {
    EXPECT_EQ(fromSim(said(std::string("a\0b", 3))).status, 200);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].text("text"), "ab");
}

TEST_F(Service, ATwilioMessageSignedForThePublicAddressIsTaken) {
    const auto path = "/hooks/" + twilio.text();
    const std::map<std::string, std::string> form{{"Body", "Yes please"},
                                                  {"From", kLead},
                                                  {"MessageSid", "SM0123456789abcdef0123456789abcdef"},
                                                  {"To", "+15555550100"}};
    auto toSign = kPublicUrl + path;
    for (const auto& [name, value] : form) toSign += name + value;
    Poco::HMACEngine<Poco::SHA1Engine> engine{std::string(kToken)};
    engine.update(toSign);
    const auto digest = engine.digest();
    const auto signature = toBase64(std::string(digest.begin(), digest.end()));
    const std::string body =
        "Body=Yes+please&From=%2B15555550101&MessageSid=SM0123456789abcdef0123456789abcdef&To=%2B15555550100";
    const std::string type = "application/x-www-form-urlencoded";
    EXPECT_EQ(call(path, body, {{"Content-Type", type}, {"X-Twilio-Signature", "AAAA" + signature.substr(4)}})
                  .status,
              403);
    EXPECT_EQ(call(path, body, {{"Content-Type", type}, {"X-Twilio-Signature", signature}}).status, 200);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].text("text"), "Yes please");
}

TEST_F(Service, WhatCameAlongIsKeptWithTheMessage) {
    const auto path = "/hooks/" + twilio.text();
    const std::map<std::string, std::string> form{{"From", kLead},
                                                  {"MediaContentType0", "image/jpeg"},
                                                  {"MediaUrl0", "https://media.example/ME1"},
                                                  {"MessageSid", "SM0123456789abcdef0123456789abcdee"},
                                                  {"NumMedia", "1"},
                                                  {"To", "+15555550100"}};
    auto toSign = kPublicUrl + path;
    std::string body;
    for (const auto& [name, value] : form) {
        toSign += name + value;
        body += (body.empty() ? "" : "&") + name + "=" +
                replaceAll(replaceAll(replaceAll(value, "+", "%2B"), ":", "%3A"), "/", "%2F");
    }
    Poco::HMACEngine<Poco::SHA1Engine> engine{std::string(kToken)};
    engine.update(toSign);
    const auto digest = engine.digest();
    EXPECT_EQ(call(path, body,
                   {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"X-Twilio-Signature", toBase64(std::string(digest.begin(), digest.end()))}})
                  .status,
              200);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events()[0].text("text"), "[image]");
    EXPECT_EQ(events()[0].json("payload")["media"], (Json::array({{{"url", "https://media.example/ME1"},
                                                                   {"content_type", "image/jpeg"},
                                                                   {"binding_id", twilio.text()}}})));
}

TEST_F(Service, ACarriersNoticeOfItsLimitIsKeptForItsBinding) {
    const auto meta = bind(organization, "meta", {{"phone_number_id", "106540352242922"}},
                           {{"access_token", "t"}, {"app_secret", "s"}, {"verify_token", "v"}});
    const auto notice = [&](const char* tier) {
        const Json value{
            {"display_phone_number", "12025550100"}, {"event", "DOWNGRADE"}, {"current_limit", tier}};
        const auto body = toText(
            {{"object", "whatsapp_business_account"},
             {"entry",
              {{{"id", "1"}, {"changes", {{{"field", "phone_number_quality_update"}, {"value", value}}}}}}}});
        return call("/hooks/" + meta.text(), body,
                    {{"Content-Type", "application/json"},
                     {"X-Hub-Signature-256", "sha256=" + toHex(hmacSha256("s", body))}})
            .status;
    };
    const auto kept = [&] {
        auto tx = database.begin(organization);
        const auto people = tenant::settingsOf(tx, organization).value("people", Json::object());
        tx.commit();
        return people.value(meta.text(), Json());
    };
    EXPECT_EQ(notice("TIER_250"), 200);
    EXPECT_EQ(kept(), (Json{{"carrier", 250}}));
    EXPECT_EQ(webhookOutcome(), "accepted");
    EXPECT_EQ(notice("TIER_UNLIMITED"), 200);
    EXPECT_EQ(kept(), Json()) << "no limit is none";
    EXPECT_EQ(notice("TIER_OF_NOBODY"), 200);
    EXPECT_EQ(kept(), Json());
}

TEST_F(Service, ABodyBeyondTheLimitIsNotRead) {
    server = std::make_unique<Server>(ServerOptions{.port = 0, .publicUrl = kPublicUrl, .largestBody = 1000},
                                      database, intake, api, clock);
    EXPECT_EQ(call("/hooks/" + sim.text(), std::string(1001, 'x')).status, 413);
    EXPECT_EQ(fromSim(said("short")).status, 200);
}

TEST_F(Service, WithoutItsDatabaseItAsksTheCarrierToComeAgain) {
    EXPECT_EQ(call("/healthz", "", {}, "GET").status, 200);
    EXPECT_EQ(call("/readyz", "", {}, "GET").status, 200);
    Postgres::shared().drop(url);
    const auto answer = fromSim(said("Hi"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(answer.retryAfter.empty());
    EXPECT_EQ(call("/healthz", "", {}, "GET").status, 200);
    EXPECT_EQ(call("/readyz", "", {}, "GET").status, 503);
}

TEST_F(Service, ADatabaseThatIsNotMigratedIsNotReady) {
    store::Database empty({.url = Postgres::shared().emptyDatabase(), .sessions = 2});
    server = std::make_unique<Server>(ServerOptions{.port = 0}, empty, intake, api, clock);
    const auto answer = call("/readyz", "", {}, "GET");
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("overture db migrate"));
}

TEST_F(Service, ADatabaseOfANewerProgramIsReady) {
    auto tx = database.beginOwner();
    tx.script(
        "insert into schema_migrations select 9999, '9999_later', 'x', applied_at from schema_migrations "
        "limit 1; "
        "create table later (id integer)",
        "test");
    tx.commit();
    EXPECT_EQ(call("/readyz", "", {}, "GET").status, 200)
        << "an engine goes on while the next version is brought in";
    EXPECT_EQ(fromSim(said("still here")).status, 200);
}

TEST_F(Service, MetricsSayWhatWaits) {
    server =
        std::make_unique<Server>(ServerOptions{.port = 0, .publicUrl = kPublicUrl, .metricsToken = "hush"},
                                 database, intake, api, clock);
    fromSim(said("Hello"));
    clock.advanceTo(tuesday() + seconds(90));
    const auto figures = [&] { return call("/metrics", "", {{"Authorization", "Bearer hush"}}, "GET").body; };
    for (const auto* line :
         {"overture_queue_length{queue=\"turns\"} 1\n", "overture_queue_oldest_seconds{queue=\"turns\"} 90\n",
          "overture_queue_length{queue=\"deliveries\"} 0\n", "overture_budgets_nearly_used 0\n",
          "overture_webhooks_total{outcome=\"accepted\"}"})
        EXPECT_THAT(figures(), HasSubstr(line));
    const auto own = "'" + organization.text() + "', ";
    auto tx = database.begin(organization);
    tx.script(
        "insert into budgets select " + own +
            "'organization', 'total', '00000000-0000-0000-0000-000000000000', 100, 'USD', '2026-03-03Z'; "
            "insert into budget_usage select " +
            own + "'00000000-0000-0000-0000-000000000000', '-infinity', 96",
        "test");
    tx.commit();
    EXPECT_THAT(figures(), HasSubstr("overture_budgets_nearly_used 1\n"));
}

TEST_F(Service, APortInUseIsSaidInOneSentence) {
    try {
        Server second({.port = server->port()}, database, intake, api, clock);
        ADD_FAILURE() << "two servers on one port";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("127.0.0.1:" + std::to_string(server->port())),
                                                   HasSubstr("in use"), HasSubstr("--port")));
    }
    EXPECT_THROW(Server({.address = "203.0.113.1", .port = 0}, database, intake, api, clock), Error);
}

TEST_F(Service, StoppingLetsARequestAtWorkFinish) {
    std::promise<void> inside, go;
    Intake slow(database, [&](const OrganizationId& whose, const BindingId& id) {
        inside.set_value();
        go.get_future().wait();
        return open(whose, id);
    });
    server = std::make_unique<Server>(ServerOptions{.port = 0, .publicUrl = kPublicUrl}, database, slow, api,
                                      clock);
    auto answer = std::async(std::launch::async, [&] { return fromSim(said("Hi")).status; });
    inside.get_future().wait();
    auto stopping = std::async(std::launch::async, [&] { server->stop(); });
    go.set_value();
    EXPECT_EQ(answer.get(), 200);
    stopping.get();
    EXPECT_EQ(events().size(), 1U);
}

}  // namespace
}  // namespace overture::service
