// Whole calls of a carrier that asks for each reply by a request, over real connections: Vapi as published, turns on a pool, one database.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>

#include <future>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"
#include "pg/turn_world.hpp"
#include "plugin/host.hpp"
#include "service/calls.hpp"
#include "service/intake.hpp"
#include "service/server.hpp"
#include "turn/pool.hpp"

namespace overture::service {
namespace {

using overture::testing::TurnWorld;

const std::string kSecret = "a-long-secret-of-ours";
const std::string kReference = "00000000-0000-4000-8000-000000000002";

/// Says what it was told to say, while it "writes" it.
struct Answerer final : turn::Handler {
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls == nullptr ? nullptr : calls->speaker(opened);
        for (const auto& event : opened.events) {
            if (event.kind != "message") continue;
            heard.push_back(textOf(event.payload, "text"));
            outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                        opened.now, event.id, std::nullopt, Json::object()});
        }
        std::vector<std::string> said;
        if (speaker)
            for (const auto& sentence : reply) {
                if (between) between();
                if (speaker->say(sentence)) said.push_back(sentence);
                ++tried;
            }
        if (!said.empty())
            outcome.messages.push_back({"out",
                                        "agent",
                                        "voice",
                                        join(said, " "),
                                        "opening",
                                        opened.now,
                                        std::nullopt,
                                        std::nullopt,
                                        {{"call", opened.events.back().payload["call"]}}});
        if (!becomes.empty()) {
            outcome.state = becomes;
            outcome.reason = "the test says so";
        }
        ++turns;
        return outcome;
    }
    Calls* calls = nullptr;
    std::vector<std::string> reply, heard;
    std::function<void()> between;
    std::atomic<int> tried = 0;
    std::string becomes;
    std::atomic<int> turns = 0;
};

class AskedCallsTest : public TurnWorld {
protected:
    struct Bound final : agent::Instances {
        std::shared_ptr<plugin::Instance> of(const OrganizationId&, const BindingId& which) override {
            return all.at(which);
        }
        std::shared_ptr<plugin::Instance> channel(const std::string&) override { return voice; }
        std::map<BindingId, std::shared_ptr<plugin::Instance>> all;
        std::shared_ptr<plugin::Instance> voice;
    };

    void SetUp() override {
        const std::string folder = OVERTURE_BUILD_DIR "/plugins/";
        for (const char* name : {"vapi", "voice"}) {
            const auto listing = host.load(folder + name);
            ASSERT_EQ(listing.state, "loaded") << listing.reason;
        }
        auto owner = database->beginOwner();  // nothing here is about permits
        owner.run({"test/permits",
                   "alter table deliveries drop constraint deliveries_organization_id_permit_id_fkey"},
                  {});
        owner.commit();
        instances.voice = host.open("voice", Json::object(), {}).orThrow();
        hook = "https://calls.example/hooks/" + binding.text();
        instances.all[binding] = host.open("vapi",
                                           {{"phone_number_id", "00000000-0000-4000-8000-000000000001"},
                                            {"webhook_url", hook},
                                            {"base_url", "http://127.0.0.1:9"}},
                                           {{"api_key", "key"}, {"server_secret", kSecret}})
                                     .orThrow();
        conversation = addConversation();
        calls = std::make_unique<Calls>(
            *database, clock, instances,
            CallsOptions{.engine = "engine one", .publicUrl = "https://calls.example"}, [this] {
                if (pool) pool->wake();
            });
        teller.calls = calls.get();
        pool = std::make_unique<turn::Pool>(
            *database, clock, teller,
            turn::PoolOptions{.name = "engine one", .threads = 4, .poll = milliseconds(50)});
        intake = std::make_unique<Intake>(
            *database,
            [this](const OrganizationId&, const BindingId& which) { return instances.all.at(which); }, [] {},
            turn::Quiet{}, Intake::ChannelOf{}, calls.get());
        server = std::make_unique<Server>(ServerOptions{.port = 0, .calls = calls.get()}, *database, *intake,
                                          api, clock);
        set({{"company", "Bright Roof"}});
    }
    void TearDown() override {
        server.reset();
        if (calls) calls->stop();
        pool.reset();
    }

    void set(const Json& settings) {
        auto tx = database->begin(organization);
        tx.run({"test/settings",
                "update campaigns set settings = settings || $2::jsonb where organization_id = $1::uuid"},
               {organization, settings});
        tx.commit();
    }
    turn::Delivery delivery(const std::string& text = "Hi Asha. Is now a bad time?") {
        turn::Delivery one;
        one.id = DeliveryId(uuid7(clock.now(), text));
        one.organization = organization;
        one.conversation = conversation;
        one.binding = binding;
        one.channel = "voice";
        one.sender = "+12025550100";
        one.recipient = "+16025550100";
        one.parts = Json::array({{{"text", text},
                                  {"notice", {"I am an automated assistant."}},
                                  {"sentences", Json::array({text})}}});
        auto tx = database->begin(organization);
        tx.run({"test/delivery",
                "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, "
                "turn_number, binding_id, channel, "
                "sender, recipient, text, parts, state, due_at, created_at, updated_at, takeover_fence, "
                "permit_id) "
                "select $1::uuid, $2::uuid, c.conversation_id, c.lead_id, 1, $4::uuid, 'voice', $5, $6, $7, "
                "$8::jsonb, 'sent', "
                "$9::timestamptz, $9::timestamptz, $9::timestamptz, 0, $2::uuid from conversations c where "
                "c.conversation_id = "
                "$3::uuid and c.organization_id = $1::uuid"},
               {organization, one.id, conversation, binding, one.sender, one.recipient, text,
                Json::array(
                    {{{"text", text}, {"notice", {"I am an automated assistant."}}, {"sentences", {text}}}}),
                clock.now()});
        tx.run({"test/opening",
                "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
                "text, stage, at, "
                "delivery_id) values ($1::uuid, $2::uuid, 1, 'out', 'agent', 'voice', $3, 'opening', "
                "$4::timestamptz, $5::uuid)"},
               {organization, conversation, text, clock.now(), one.id});
        tx.run({"test/count", "update conversations set message_count = 1 where organization_id = $1::uuid"},
               {organization});
        tx.commit();
        return one;
    }
    turn::Delivery placed() {
        const auto one = delivery();
        const auto asked = calls->place(one);
        token = (*asked)["media"]["token"];
        calls->placed(one, {turn::SendResult::Kind::sent, kReference, "queued", "", {}});
        placedWith = *asked;
        id = one.id.text();
        return one;
    }
    static Json user(const std::string& text) { return {{"role", "user"}, {"content", text}}; }
    static Json assistant(const std::string& text) { return {{"role", "assistant"}, {"content", text}}; }
    const std::string kFirst = "I am an automated assistant. Hi Asha. Is now a bad time?";

    /// A request as Vapi makes it.
    struct Question {
        Question(std::uint16_t port, const std::string& binding, const Json& messages,
                 const std::string& secret = kSecret, const std::string& call = kReference)
            : session("127.0.0.1", port) {
            const auto body = Json{
                {"model", "overture"},
                {"stream", true},
                {"messages", messages},
                {"call",
                 {{"id", call}}}}.dump();
            Poco::Net::HTTPRequest request("POST", "/v1/calls/words/" + binding + "/chat/completions",
                                           "HTTP/1.1");
            request.setContentType("application/json");
            request.setContentLength(static_cast<int>(body.size()));
            request.set("X-Vapi-Secret", secret);
            session.setTimeout(Poco::Timespan(25, 0));
            (session.sendRequest(request) << body).flush();
        }
        /// Everything that is said, and what it is told to do.
        std::string text() {
            auto& stream = session.receiveResponse(response);
            std::string raw;
            Poco::StreamCopier::copyToString(stream, raw);
            if (response.getStatus() != 200) return std::to_string(response.getStatus());
            std::string all;
            for (std::size_t at = 0; at < raw.size();) {
                const auto end = raw.find("\n\n", at);
                const auto line = raw.substr(at + 6, end - at - 6);
                at = end + 2;
                if (line == "[DONE]") {
                    all += "$";
                    continue;
                }
                const auto delta = Json::parse(line)["choices"][0]["delta"];
                all += textOf(delta, "content");
                if (delta.contains("tool_calls"))
                    all += "<" + textOf(delta["tool_calls"][0]["function"], "name") +
                           textOf(delta["tool_calls"][0]["function"], "arguments") + ">";
            }
            return all;
        }
        Poco::Net::HTTPClientSession session;
        Poco::Net::HTTPResponse response;
    };
    std::unique_ptr<Question> ask(const Json& messages) {
        return std::make_unique<Question>(server->port(), binding.text(), messages);
    }
    std::string answerTo(const Json& messages) { return ask(messages)->text(); }
    void told(const Json& message) {
        EXPECT_EQ(intake
                      ->receive({binding,
                                 "POST",
                                 hook + "?call=" + id,
                                 {{"X-Vapi-Secret", kSecret}},
                                 Json{{"message", message}}.dump(),
                                 clock.now()})
                      .status,
                  200);
    }
    template <typename Condition>
    bool becomes(Condition condition, seconds patience = seconds(20)) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(milliseconds(20));
        return condition();
    }
    std::string row(const std::string& what) { return word("select " + what + " as w from calls"); }
    std::string transcript() {
        return word("select string_agg(who || ': ' || text, ' | ' order by number) as w from call_lines");
    }

    net::HttpClient http;
    plugin::Host host{{http, clock}};
    Bound instances;
    api::Api api{*database, clock, [] {}, {1000000, 1000000}};
    Answerer teller;
    std::unique_ptr<Calls> calls;
    std::unique_ptr<turn::Pool> pool;
    std::unique_ptr<Intake> intake;
    std::unique_ptr<Server> server;
    ConversationId conversation;
    Json placedWith;
    std::string hook, token, id;
};

TEST_F(AskedCallsTest, AWholeCallOfQuestions) {
    placed();
    EXPECT_EQ(placedWith["say"],
              Json::array({"I am an automated assistant.", "Hi Asha. Is now a bad time?"}));
    EXPECT_EQ(placedWith["media"]["words_url"], "https://calls.example/v1/calls/words/" + binding.text());
    teller.reply = {"We can come on Tuesday.", "Is that good?"};
    EXPECT_EQ(answerTo({assistant(kFirst), user("No, go on.")}), "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(teller.heard, std::vector<std::string>{"No, go on."});
    EXPECT_EQ(row("state"), "talking");
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 1"),
              "Hi Asha. Is now a bad time?");
    teller.reply = {"Then goodbye."};
    teller.becomes = "closed";
    EXPECT_EQ(answerTo({assistant(kFirst), user("No, go on."), assistant("We can come on Tuesday. Is that"),
                        user("Never call again.")}),
              "Then goodbye. <endCall{}>$");
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 3"),
              "We can come on Tuesday. Is that")
        << "as the carrier has it";
    told({{"type", "end-of-call-report"},
          {"endedReason", "assistant-ended-call"},
          {"call", {{"id", kReference}}}});
    EXPECT_EQ(row("state"), "ended");
    EXPECT_EQ(transcript(),
              "agent: " + kFirst +
                  " | lead: No, go on. | agent: We can come on Tuesday. Is that | lead: Never call again. | "
                  "agent: Then goodbye.");
    EXPECT_EQ(answerTo(Json::array({user("Hello?")})), "404") << "it is over";
}

TEST_F(AskedCallsTest, TheSameWordsHaveTheSameAnswerAndOneTurn) {
    placed();
    teller.reply = {"We can come on Tuesday.", "Is that good?"};
    const Json messages{assistant(kFirst), user("No, go on.")};
    std::promise<void> go;
    auto gone = go.get_future().share();
    teller.between = [&] { gone.wait(); };
    const auto first = ask(messages);
    ASSERT_TRUE(becomes([&] { return number("select count(*) as n from events") == 1; }));
    const auto second = ask(messages);  // while the first is being answered
    ASSERT_TRUE(
        becomes([&] { return number("select count(*) as n from calls where state = 'talking'") == 1; }));
    go.set_value();
    EXPECT_EQ(first->text(), "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(second->text(), "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(answerTo(messages), "We can come on Tuesday. Is that good? $") << "and after it";
    ASSERT_TRUE(
        becomes([&] { return number("select count(*) as n from messages where direction = 'out'") == 2; }));
    EXPECT_EQ(teller.turns, 1);
    EXPECT_EQ(number("select count(*) as n from call_lines where who = 'lead'"), 1);
}

TEST_F(AskedCallsTest, AnEngineThatDoesNotRememberTheAnswerFindsItInTheRecord) {
    placed();
    teller.reply = {"We can come on Tuesday.", "Is that good?"};
    const Json messages{assistant(kFirst), user("No, go on.")};
    EXPECT_EQ(answerTo(messages), "We can come on Tuesday. Is that good? $");
    ASSERT_TRUE(
        becomes([&] { return number("select count(*) as n from messages where direction = 'out'") == 2; }));
    Calls other(*database, clock, instances,
                CallsOptions{.engine = "engine two", .publicUrl = "https://calls.example"}, [] {});
    Server second(ServerOptions{.port = 0, .calls = &other}, *database, *intake, api, clock);
    EXPECT_EQ(Question(second.port(), binding.text(), messages).text(),
              "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(teller.turns, 1);
}

TEST_F(AskedCallsTest, WhoBreaksOffIsNotTalkedToAnyMore) {
    placed();
    teller.reply = {"First.", "Second.", "Third.", "Fourth.", "Fifth."};
    teller.between = [&] { std::this_thread::sleep_for(milliseconds(600)); };
    auto first = ask({assistant(kFirst), user("No, go on.")});
    ASSERT_TRUE(becomes([&] { return teller.tried >= 1; }));
    first->session.reset();  // they spoke, and Vapi dropped the request
    ASSERT_TRUE(becomes([&] { return teller.turns == 1; }));
    const auto said = word("select text as w from messages where number = 3");
    EXPECT_EQ(said.find("Fifth."), std::string::npos) << said;
    teller.between = {};
    teller.reply = {"It costs nothing."};
    EXPECT_EQ(
        answerTo({assistant(kFirst), user("No, go on."), assistant("First."), user("What does it cost?")}),
        "It costs nothing. $");
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 3"), "First.");
}

TEST_F(AskedCallsTest, WhoAsksTheSameAgainAtOnceGetsAllOfIt) {
    placed();
    teller.reply = {"First.", "Second.", "Third."};
    teller.between = [&] { std::this_thread::sleep_for(milliseconds(400)); };
    const Json messages{assistant(kFirst), user("No, go on.")};
    auto first = ask(messages);
    ASSERT_TRUE(becomes([&] { return teller.tried >= 1; }));
    first->session.reset();
    EXPECT_EQ(answerTo(messages), "First. Second. Third. $");
    EXPECT_EQ(teller.turns, 1);
}

TEST_F(AskedCallsTest, NewerWordsEndTheAnswerToOlderOnes) {
    placed();
    teller.reply = {"First.", "Second.", "Third."};
    teller.between = [&] { std::this_thread::sleep_for(milliseconds(400)); };
    const auto first = ask({assistant(kFirst), user("I want")});
    ASSERT_TRUE(becomes([&] { return teller.tried >= 1; }));
    const auto second = ask({assistant(kFirst), user("I want Tuesday.")});
    EXPECT_EQ(first->text(), "First. $");
    EXPECT_EQ(second->text(), "First. Second. Third. $");
    EXPECT_EQ(teller.heard, (std::vector<std::string>{"I want", "I want Tuesday."}));
}

TEST_F(AskedCallsTest, WhoAsksForAPersonIsConnected) {
    set({{"voice_transfer_to", "+16025550124"}});
    placed();
    EXPECT_EQ(placedWith["transfer_to"], "+16025550124");
    teller.reply = {"I connect you with Sam."};
    teller.becomes = "held";
    EXPECT_EQ(answerTo({assistant(kFirst), user("A person please.")}),
              "I connect you with Sam. <transferCall{\"destination\":\"+16025550124\"}>$");
    EXPECT_EQ(answerTo({assistant(kFirst), user("A person please."), user("Hello?")}),
              "<transferCall{\"destination\":\"+16025550124\"}>$")
        << "a conversation that waits for a person has no turns";
}

TEST_F(AskedCallsTest, OnlyItsCarrierIsAnswered) {
    placed();
    EXPECT_EQ(Question(server->port(), binding.text(), Json::array({user("Hi")}), "guess").text(), "403");
    EXPECT_EQ(
        Question(server->port(), binding.text(), Json::array({user("Hi")}), kSecret, "another-call").text(),
        "404");
    EXPECT_EQ(Question(server->port(), DeliveryId(uuid7(clock.now(), "x")).text(), Json::array({user("Hi")}))
                  .text(),
              "404");
    EXPECT_EQ(Question(server->port(), binding.text(), Json::array()).text(), "403");
    EXPECT_EQ(number("select count(*) as n from events"), 0);
    EXPECT_EQ(row("state"), "ringing");
}

TEST_F(AskedCallsTest, WhoSaysNothingIsAnsweredWithNothing) {
    placed();
    EXPECT_EQ(answerTo(Json::array({assistant(kFirst)})), "$");
    EXPECT_EQ(number("select count(*) as n from events"), 0);
}

TEST_F(AskedCallsTest, ACallThatNobodyAnswersIsATouchThatDidNotArrive) {
    placed();
    told({{"type", "status-update"},
          {"status", "ended"},
          {"endedReason", "customer-did-not-answer"},
          {"call", {{"id", kReference}}}});
    EXPECT_EQ(row("reason"), "no_answer");
    EXPECT_EQ(word("select payload ->> 'code' as w from events where kind = 'status'"), "no_answer");
}

}  // namespace
}  // namespace overture::service
