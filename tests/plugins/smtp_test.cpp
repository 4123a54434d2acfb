// Mail through a server: what each of its words means for a delivery, and a mailbox that loses nothing.
#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "mail_stubs.hpp"
#include "mailbox.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::smtp {
namespace {

using overture::testing::FakeHost;
using overture::testing::PopStub;
using overture::testing::SmtpStub;
using sdk::Answer;
using sdk::Outcome;
using sdk::Refused;

using Replies = std::map<std::string, std::string>;

constexpr sdk::Call kCall{5000};
constexpr std::int64_t kNow = 1'772'384'400;  // the fake host's clock
const std::string kMessage =
    "From: katie@brightroof.example\r\nTo: ann@example.com\r\nSubject: Hi\r\n\r\nHello\r\n.\r\n..two\r\n";

Settings settings(const Json& given, bool password = true) {
    FakeHost host;
    if (password) host.secret("password", "secret");
    return Settings::read(sdk::Host(host.table()), given);
}

/// On a host whose clock stands at kNow.
Carrier carrierWith(Settings settings) {
    static FakeHost host;
    return {sdk::Host(host.table()), std::move(settings)};
}

Json settingsFor(int port) {
    return {{"host", "127.0.0.1"}, {"port", port}, {"security", "none"}, {"user", "katie"}};
}

Json message() {
    return {{"delivery_id", "d1"},
            {"channel", "email"},
            {"from", "Katie <katie@brightroof.example>"},
            {"to", "ann@example.com"},
            {"text", "Hello"},
            {"parts", {{{"mime", kMessage}, {"message_id", "<d1@brightroof.example>"}}}}};
}

Answer sent(const std::map<std::string, std::string>& replies) {
    SmtpStub server(replies);
    return carrierWith(settings(settingsFor(server.port()))).send(message(), kCall);
}

TEST(Send, HandsTheWholeMessageOver) {
    SmtpStub server;
    auto given = settingsFor(server.port());
    given["hello"] = "engine.brightroof.example";
    given["bounces_to"] = "bounces@brightroof.example";
    const auto answer = carrierWith(settings(given)).send(message(), kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"reference", "<d1@brightroof.example>"}, {"status", "sent"}}));
    ASSERT_EQ(server.messages().size(), 1u);
    EXPECT_EQ(server.messages()[0], kMessage) << "with its dots";
    const auto commands = server.commands();
    EXPECT_EQ(commands[0], "EHLO engine.brightroof.example");
    EXPECT_EQ(commands[1], "AUTH PLAIN " + toBase64(std::string("\0katie\0secret", 13)));
    const auto has = [&](const char* prefix) {
        return std::any_of(commands.begin(), commands.end(),
                           [&](const auto& one) { return one.starts_with(prefix); });
    };
    EXPECT_TRUE(has("MAIL FROM:<bounces@brightroof.example>"));
    EXPECT_TRUE(has("RCPT TO:<ann@example.com>"));
}

/// What a server that offers this is told of one message, after AUTH.
std::vector<std::string> toldTo(const std::string& offers,
                                const std::string& id = "<d1@brightroof.example>") {
    SmtpStub server(Replies{{"EHLO", offers}});
    auto request = message();
    request["parts"][0]["message_id"] = id;
    const auto answer = carrierWith(settings(settingsFor(server.port()))).send(request, kCall);
    EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(server.messages(), std::vector<std::string>{kMessage});
    auto commands = server.commands();
    commands.erase(commands.begin(), commands.begin() + 2);
    if (commands.back() == "QUIT") commands.pop_back();
    return commands;
}

TEST(Send, AsksForReportsWhereTheServerGivesThem) {
    const std::vector<std::string> plain{"MAIL FROM:<katie@brightroof.example>", "RCPT TO:<ann@example.com>",
                                         "DATA"};
    EXPECT_EQ(toldTo("250-stub\r\n250 AUTH PLAIN"), plain);
    EXPECT_EQ(toldTo("250-stub\r\n250-PIPELINING\r\n250-DSNOT\r\n250 AUTH PLAIN"), plain);
    EXPECT_EQ(toldTo("250-stub\r\n250-AUTH PLAIN\r\n250-size 10240000\r\n250 DSN"),
              (std::vector<std::string>{
                  "MAIL FROM:<katie@brightroof.example> SIZE=" + std::to_string(kMessage.size()) +
                      " RET=HDRS ENVID=<d1@brightroof.example>",
                  "RCPT TO:<ann@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ann@example.com", "DATA"}));
    EXPECT_EQ(toldTo("250-AUTH PLAIN\r\n250 DSN", "<a+b=c d@x>")[0],
              "MAIL FROM:<katie@brightroof.example> RET=HDRS ENVID=<a+2Bb+3Dc+20d@x>");
    EXPECT_EQ(toldTo("250-AUTH PLAIN\r\n250 DSN", "<" + std::string(200, 'x') + "@x>")[0],
              "MAIL FROM:<katie@brightroof.example> RET=HDRS")
        << "an id has a hundred characters";
}

TEST(Send, CommandsGoOutTogetherWhereTheServerTakesThemSo) {
    for (const auto& [word, reply] :
         std::map<std::string, std::string>{{"MAIL", "550 5.1.0 no"}, {"RCPT", "550 5.1.1 no"}}) {
        SmtpStub together(Replies{{"EHLO", "250-PIPELINING\r\n250 AUTH PLAIN"}, {word, reply}});
        const auto answer = carrierWith(settings(settingsFor(together.port()))).send(message(), kCall);
        EXPECT_EQ(answer.outcome, Outcome::rejected) << answer.message;
        EXPECT_EQ(answer.code, reply.substr(0, 9)) << "the first refusal counts";
        EXPECT_TRUE(together.messages().empty()) << "a server that goes on all the same gets nothing";
        const auto told = together.commands();
        EXPECT_EQ(std::count(told.begin(), told.end(), "DATA"), 1) << "said before the refusal was heard";
        SmtpStub alone(Replies{{word, reply}});
        EXPECT_EQ(carrierWith(settings(settingsFor(alone.port()))).send(message(), kCall).code,
                  reply.substr(0, 9));
        const auto said = alone.commands();
        EXPECT_EQ(std::count(said.begin(), said.end(), "DATA"), 0);
    }
}

TEST(Send, AServerThatSaysNothingMoreIsWaitedForUntilTheDeadline) {
    for (const auto& [word, outcome] :
         std::map<std::string, Outcome>{{"RCPT", Outcome::transient}, {".", Outcome::unknown}}) {
        SmtpStub server(Replies{{word, "250-and\r\n250-so on"}});
        const auto answer = carrierWith(settings(settingsFor(server.port()))).send(message(), {1500});
        EXPECT_EQ(answer.outcome, outcome) << word << ": " << answer.message;
    }
}

TEST(Send, EveryWordOfTheServerHasItsOutcome) {
    struct Case {
        const char* about;
        std::map<std::string, std::string> replies;
        Outcome outcome;
        const char* code;
    };
    const std::vector<Case> cases{
        {"greeting 421", {{"greeting", "421 4.3.2 busy"}}, Outcome::transient, "421 4.3.2"},
        {"greeting 554", {{"greeting", "554 5.7.1 no"}}, Outcome::auth, "554 5.7.1"},
        {"no greeting", {{"greeting", "drop"}}, Outcome::transient, ""},
        {"password refused", {{"AUTH", "535 5.7.8 bad"}}, Outcome::auth, "535 5.7.8"},
        {"password not checked just now", {{"AUTH", "454 4.7.0 later"}}, Outcome::transient, "454 4.7.0"},
        {"sign-in wanted", {{"MAIL", "530 5.7.0 sign in"}}, Outcome::auth, "530 5.7.0"},
        {"sender refused", {{"MAIL", "550 5.1.0 no"}}, Outcome::rejected, "550 5.1.0"},
        {"sender later", {{"MAIL", "451 4.1.8 later"}}, Outcome::transient, "451 4.1.8"},
        {"recipient refused",
         {{"RCPT", "550 5.1.1 ann@example.com unknown"}},
         Outcome::rejected,
         "550 5.1.1"},
        {"recipient greylisted", {{"RCPT", "450 4.2.0 grey"}}, Outcome::transient, "450 4.2.0"},
        {"data refused", {{"DATA", "554 5.3.4 no"}}, Outcome::rejected, "554 5.3.4"},
        {"data later", {{"DATA", "452 4.3.1 full"}}, Outcome::transient, "452 4.3.1"},
        {"lost at data", {{"DATA", "drop"}}, Outcome::transient, ""},
        {"message refused", {{".", "550 5.7.1 spam"}}, Outcome::rejected, "550 5.7.1"},
        {"message later", {{".", "451 4.3.0 later"}}, Outcome::transient, "451 4.3.0"},
        {"lost after the message", {{".", "drop"}}, Outcome::unknown, ""},
    };
    for (const auto& one : cases) {
        const auto answer = sent(one.replies);
        EXPECT_EQ(answer.outcome, one.outcome) << one.about << ": " << answer.message;
        EXPECT_EQ(*one.code == '\0' ? "" : answer.code, one.code) << one.about;
        EXPECT_EQ(answer.message.find("ann@"), std::string::npos) << one.about << ": " << answer.message;
    }
}

TEST(Send, AServerThatIsNotThereGotNothing) {
    int port = 0;
    {
        const SmtpStub gone;
        port = gone.port();
    }
    EXPECT_EQ(carrierWith(settings(settingsFor(port))).send(message(), kCall).outcome, Outcome::transient);
}

TEST(Send, WithoutTlsWhereItIsWantedNothingIsSaid) {
    SmtpStub server;
    auto given = settingsFor(server.port());
    given["security"] = "starttls";
    const auto answer = carrierWith(settings(given)).send(message(), kCall);
    EXPECT_EQ(answer.outcome, Outcome::auth) << answer.message;
    for (const auto& command : server.commands()) EXPECT_FALSE(command.starts_with("AUTH")) << command;
}

TEST(Send, RefusesWhatIsNoMailOfOurs) {
    const auto carrier = carrierWith(settings(settingsFor(1)));
    const auto with = [&](const Json& more) {
        auto request = message();
        request.update(more);
        try {
            return Carrier(carrier).send(request, kCall);
        } catch (const Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    };
    EXPECT_EQ(with({{"parts", Json::array()}}).outcome, Outcome::invalid);
    EXPECT_EQ(with({{"parts", {{{"text", "an SMS"}}}}}).outcome, Outcome::invalid);
    EXPECT_EQ(with({{"to", "ann@example.com>\r\nRCPT TO:<all@example.com"}}).outcome, Outcome::invalid);
    EXPECT_EQ(with({{"to", "+15555550100"}}).outcome, Outcome::invalid);
    EXPECT_EQ(with({{"from", ""}}).outcome, Outcome::invalid);
}

TEST(Lookup, SignsInAndSaysThatItCannotTell) {
    SmtpStub server;
    auto carrier = carrierWith(settings(settingsFor(server.port())));
    const auto answer = carrier.lookup(message(), kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"found", false}, {"trusted", false}}));
    SmtpStub shut(std::map<std::string, std::string>{{"AUTH", "535 5.7.8 bad"}});
    EXPECT_EQ(carrierWith(settings(settingsFor(shut.port()))).lookup(message(), kCall).outcome,
              Outcome::auth);
}

std::string signedAt(std::int64_t at, const std::string& body, const std::string& secret = "made-up") {
    const auto time = std::to_string(at);
    return "t=" + time + ",v1=" + toHex(hmacSha256(secret, time + "." + body));
}

/// A call with this header, and a carrier that knows the secret.
Answer handedOver(const std::string& signature, const std::string& body,
                  const std::string& secret = "made-up") {
    Settings given = settings(settingsFor(9));
    given.webhookSecret = secret;
    return carrierWith(given).webhook({{"method", "POST"},
                                       {"url", "https://hooks.example.com/hooks/b1"},
                                       {"headers", {{"x-overture-signature", signature}}},
                                       {"body_base64", toBase64(body)}},
                                      kCall);
}

TEST(Webhook, AWholeMessageIsHandedOnAsItCame) {
    const auto answer = handedOver(signedAt(kNow, kMessage), kMessage);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["events"], (Json::array({{{"kind", "mail"},
                                                        {"id", "mail:" + toHex(sha256(kMessage))},
                                                        {"channel", "email"},
                                                        {"raw_base64", toBase64(kMessage)}}})))
        << "and by the same name each time";
    EXPECT_EQ(handedOver(signedAt(kNow, ""), "").outcome, Outcome::invalid);
}

TEST(Webhook, NothingButTheRightSecretTheWholeMessageAndTheRightTime) {
    const auto good = signedAt(kNow, kMessage);
    const auto refused = [](const std::string& signature, const std::string& body, const char* what) {
        EXPECT_EQ(handedOver(signature, body).outcome, Outcome::rejected) << what;
    };
    refused("", kMessage, "none");
    refused(good, kMessage + " ", "a byte more");
    refused(good, kMessage.substr(1), "a byte less");
    refused(signedAt(kNow, kMessage, "another"), kMessage, "another secret");
    refused(good.substr(0, good.size() - 2), kMessage, "cut short");
    refused(good + "00", kMessage, "longer");
    refused("v1=" + good.substr(good.find("v1=") + 3) + ",t=" + std::to_string(kNow), kMessage,
            "in another order");
    refused("t=" + std::to_string(kNow + 1) + good.substr(good.find(',')), kMessage, "another time");
    refused(signedAt(kNow - 301, kMessage), kMessage, "stale");
    refused(signedAt(kNow + 301, kMessage), kMessage, "of a time to come");
    EXPECT_EQ(handedOver(signedAt(kNow - 300, kMessage), kMessage).outcome, Outcome::ok);
    for (const auto* time : {"", "now", "1772384400x", "99999999999999999999"})
        refused("t=" + std::string(time) +
                    ",v1=" + toHex(hmacSha256("made-up", std::string(time) + "." + kMessage)),
                kMessage, time);
    auto upper = good;
    std::transform(upper.begin() + 17, upper.end(), upper.begin() + 17,
                   [](char c) { return static_cast<char>(std::toupper(c)); });
    refused(upper, kMessage, "in capitals");
    EXPECT_EQ(handedOver(good, kMessage, "").message,
              "nothing proves this call: give the binding a webhook_secret");
}

TEST(Webhook, DamagedCallsNeverCrashTheReader) {
    damage::each({signedAt(kNow, kMessage), "t=1,v1=00"}, [](const std::string& signature) {
        ASSERT_EQ(handedOver(toHex(signature).substr(0, 60) + signature, "From: a\r\n").outcome,
                  Outcome::rejected);
    });
}

TEST(SettingsTest, WhatIsWrongIsNamed) {
    const auto refusal = [](const Json& given, bool password = true) {
        try {
            (void)settings(given, password);
        } catch (const Refused& refused) {
            return std::string(refused.what());
        }
        return std::string("taken");
    };
    EXPECT_NE(refusal({{"host", "mail.example.com"}, {"security", "none"}}).find("is not this machine"),
              std::string::npos);
    EXPECT_NE(refusal({{"host", "mail.example.com/x"}}).find("host"), std::string::npos);
    EXPECT_NE(refusal({{"host", "m.example"}, {"user", "a"}}, false).find("password"), std::string::npos);
    EXPECT_NE(refusal({{"host", "m.example"}, {"bounces_to", "x y"}}).find("bounces_to"), std::string::npos);
    EXPECT_NE(refusal({{"host", "m.example"}, {"mailbox", {{"host", "p.example"}, {"user", "a"}}}}, false)
                  .find("mailbox_password"),
              std::string::npos);
    EXPECT_EQ(settings({{"host", "m.example"}}).submission.port, 587);
    EXPECT_EQ(settings({{"host", "m.example"}, {"security", "tls"}}).submission.port, 465);
    EXPECT_EQ(
        settings({{"host", "m.example"}, {"mailbox", {{"host", "p.example"}, {"user", "a"}}}}).mailbox->port,
        995);
}

struct MailboxTest : ::testing::Test {
    Mailbox box() {
        auto given = settingsFor(1);
        given["mailbox"] = {
            {"host", "127.0.0.1"}, {"port", server.port()}, {"security", "none"}, {"user", "katie"}};
        return Mailbox(*settings(given).mailbox);
    }
    PopStub server;
};

TEST_F(MailboxTest, WhatIsFetchedStaysUntilItIsForgotten) {
    server.put("From: a@example.com\r\n\r\nOne\r\n.dot\r\n");
    server.put("From: b@example.com\r\n\r\nTwo\r\n");
    server.put("From: c@example.com\r\n\r\nThree\r\n");
    const auto first = box().fetch({{"most", 2u}}, kCall);
    ASSERT_EQ(first.outcome, Outcome::ok) << first.message;
    ASSERT_EQ(first.document["messages"].size(), 2u);
    EXPECT_EQ(first.document["more"], true);
    EXPECT_EQ(first.document["messages"][0]["id"], "u1");
    EXPECT_EQ(first.document["messages"][0]["body_base64"],
              toBase64("From: a@example.com\r\n\r\nOne\r\n.dot\r\n"));
    EXPECT_EQ(server.size(), 3u) << "nothing is taken away by looking";
    const auto forgotten = box().forget({{"ids", {"u1", "u2", "never"}}}, kCall);
    ASSERT_EQ(forgotten.outcome, Outcome::ok) << forgotten.message;
    const auto rest = box().fetch({{"most", 2u}}, kCall);
    ASSERT_EQ(rest.document["messages"].size(), 1u) << rest.message;
    EXPECT_EQ(rest.document["messages"][0]["id"], "u3");
    EXPECT_EQ(rest.document["more"], false);
}

TEST_F(MailboxTest, ALostConnectionTakesNothingAway) {
    server.put("From: a@example.com\r\n\r\nOne\r\n");
    server.put("From: b@example.com\r\n\r\nTwo\r\n");
    for (const char* word : {"UIDL", "RETR", "LIST"}) {
        server.dropAt(word);
        EXPECT_EQ(box().fetch({{"most", 9u}}, kCall).outcome, Outcome::transient) << word;
    }
    server.dropAt("DELE");
    EXPECT_EQ(box().forget({{"ids", {"u1"}}}, kCall).outcome, Outcome::transient);
    server.dropAt("QUIT");
    (void)box().forget({{"ids", {"u1"}}}, kCall);
    EXPECT_EQ(box().fetch({{"most", 9u}}, kCall).document["messages"].size(), 2u);
}

TEST_F(MailboxTest, AShutOrBusyMailboxIsToldApart) {
    EXPECT_EQ(box().fetch({{"most", 0u}}, kCall).outcome, Outcome::ok);
    server.atPassword("-ERR [AUTH] no");
    EXPECT_EQ(box().fetch({{"most", 0u}}, kCall).outcome, Outcome::auth);
    server.atPassword("-ERR [IN-USE] locked");
    const auto busy = box().fetch({{"most", 0u}}, kCall);
    EXPECT_EQ(busy.outcome, Outcome::limited) << busy.message;
    EXPECT_TRUE(busy.retryAfterMs);
    EXPECT_EQ(box().fetch(Json::object(), kCall).outcome, Outcome::invalid);
}

TEST_F(MailboxTest, AHugeMessageIsCut) {
    std::string huge = "From: a@example.com\r\n\r\nThe answer\r\n";
    while (huge.size() < 5 * 1024 * 1024) huge += std::string(70, 'x') + "\r\n";
    server.put(huge);
    const auto fetched = box().fetch({{"most", 9u}}, kCall);
    ASSERT_EQ(fetched.outcome, Outcome::ok) << fetched.message;
    EXPECT_EQ(fetched.document["messages"][0]["cut"], true);
    EXPECT_LE(fetched.document["messages"][0]["body_base64"].get<std::string>().size(), 6u * 1024 * 1024);
}

// ------------------------------------------------------------------------------------------------------------ damage

/// Says all it has to say at once, whatever it is asked, and then nothing more.
class Babbler final : public testing::LineServer {
public:
    Babbler() { start(); }
    ~Babbler() override { stop(); }
    void say(const std::string& text) {
        const std::lock_guard lock(mutex_);
        text_ = text;
    }

private:
    void serve(Poco::Net::DialogSocket& client) override {
        std::string text;
        {
            const std::lock_guard lock(mutex_);
            text = text_;
        }
        client.sendString(text);
        client.shutdownSend();
        std::string line;
        while (client.receiveMessage(line)) continue;
    }
    std::mutex mutex_;
    std::string text_;
};

TEST(Talk, DamagedServersNeverCrashTheReader) {
    const std::string greeting = "+OK stub\r\n+OK\r\nUSER\r\nUIDL\r\n.\r\n+OK\r\n+OK in\r\n";
    const std::string list = "+OK\r\n1 abc\r\n2 def\r\n.\r\n", sizes = "+OK\r\n1 30\r\n2 999999999\r\n.\r\n";
    const std::string mail = "+OK\r\nFrom: a@example.com\r\n\r\n..One\r\n.\r\n";
    const std::vector<std::string> mailboxes{greeting + list + sizes + mail + mail + "+OK bye\r\n",
                                             greeting + "-ERR [IN-USE] locked\r\n",
                                             greeting + list + "+OK\r\n+OK\r\n+OK\r\n"};
    const std::vector<std::string> submissions{
        "220 stub\r\n250-stub\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-DSN\r\n250 AUTH PLAIN\r\n235 "
        "in\r\n250 fine\r\n250 fine\r\n354 "
        "go\r\n250 2.0.0 "
        "taken\r\n221 bye\r\n",
        "220-stub\r\n220 ready\r\n250 stub\r\n550 5.1.1 nobody\r\n"};
    Babbler server;
    auto given = settingsFor(server.port());
    given["mailbox"] = {{"host", "127.0.0.1"}, {"port", server.port()}, {"security", "none"}, {"user", "k"}};
    const auto read = settings(given);
    Mailbox mailbox(*read.mailbox);
    auto carrier = carrierWith(read);
    const auto sound = [](const Answer& answer) {
        return answer.outcome == Outcome::ok || !answer.message.empty();
    };
    auto all = mailboxes;
    all.insert(all.end(), submissions.begin(), submissions.end());
    damage::each(all, [&](const std::string& bytes) {
        server.say(bytes);
        if (bytes.starts_with("2")) {
            ASSERT_TRUE(sound(carrier.send(message(), {1500})));
        } else {
            ASSERT_TRUE(sound(mailbox.fetch({{"most", 5u}}, {1500})));
            ASSERT_TRUE(sound(mailbox.forget({{"ids", {"abc"}}}, {1500})));
        }
    });
}

}  // namespace
}  // namespace overture::smtp
