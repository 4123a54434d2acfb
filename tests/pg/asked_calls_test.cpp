// Whole calls of a carrier that asks for each reply by a request, over real connections: Vapi as published, turns on a pool, one database.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>

#include <future>

#include "base/digest.hpp"
#include "pg/calls_world.hpp"

namespace overture::service {
namespace {

const std::string kSecret = "a-long-secret-of-ours";
const std::string kReference = "00000000-0000-4000-8000-000000000002";

class AskedCallsTest : public CallsWorld {
protected:
    void bind() override {
        instances.all[binding] = opened("vapi",
                                        {{"phone_number_id", "00000000-0000-4000-8000-000000000001"},
                                         {"webhook_url", hook},
                                         {"base_url", "http://127.0.0.1:9"}},
                                        {{"api_key", "key"}, {"server_secret", kSecret}});
    }
    turn::Delivery placed() { return placedAs(kReference); }
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
    /// What the hook answers to who calls by nobody's wish.
    Json hooked(const Json& message, const std::string& more = "") {
        const auto answer = intake->receive({binding,
                                             "POST",
                                             hook + more,
                                             {{"X-Vapi-Secret", kSecret}},
                                             Json{{"message", message}}.dump(),
                                             clock.now()});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return Json::parse(answer.body);
    }
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
};

TEST_F(AskedCallsTest, AWholeCallOfQuestions) {
    placed();
    EXPECT_EQ(placedWith["say"],
              Json::array({"I am an automated assistant.", "Hi Asha. Is now a bad time?"}));
    EXPECT_EQ(placedWith["media"]["words_url"], "https://calls.example/v1/calls/words/" + binding.text());
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    EXPECT_EQ(answerTo({assistant(kFirst), user("No, go on.")}), "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(talker.heard(), std::vector<std::string>{"No, go on."});
    EXPECT_EQ(row("state"), "talking");
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 1"),
              "Hi Asha. Is now a bad time?");
    talker.reply = {"Then goodbye."};
    talker.becomes = "closed";
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
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    const Json messages{assistant(kFirst), user("No, go on.")};
    std::promise<void> go;
    auto gone = go.get_future().share();
    talker.between = [&] { gone.wait(); };
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
    EXPECT_EQ(talker.turns, 1);
    EXPECT_EQ(number("select count(*) as n from call_lines where who = 'lead'"), 1);
}

TEST_F(AskedCallsTest, AnEngineThatDoesNotRememberTheAnswerFindsItInTheRecord) {
    placed();
    talker.reply = {"We can come on Tuesday.", "Is that good?"};
    const Json messages{assistant(kFirst), user("No, go on.")};
    EXPECT_EQ(answerTo(messages), "We can come on Tuesday. Is that good? $");
    ASSERT_TRUE(
        becomes([&] { return number("select count(*) as n from messages where direction = 'out'") == 2; }));
    Calls other(*database, clock, instances,
                CallsOptions{.engine = "engine two", .publicUrl = "https://calls.example"}, [] {});
    Server second(ServerOptions{.port = 0, .calls = &other}, *database, *intake, api, clock);
    EXPECT_EQ(Question(second.port(), binding.text(), messages).text(),
              "We can come on Tuesday. Is that good? $");
    EXPECT_EQ(talker.turns, 1);
}

TEST_F(AskedCallsTest, WhoBreaksOffIsNotTalkedToAnyMore) {
    placed();
    talker.reply = {"First.", "Second.", "Third.", "Fourth.", "Fifth."};
    talker.between = [&] { std::this_thread::sleep_for(milliseconds(600)); };
    auto first = ask({assistant(kFirst), user("No, go on.")});
    ASSERT_TRUE(becomes([&] { return talker.tried >= 1; }));
    first->session.reset();  // they spoke, and Vapi dropped the request
    ASSERT_TRUE(becomes([&] { return talker.turns == 1; }));
    const auto said = word("select text as w from messages where number = 3");
    EXPECT_EQ(said.find("Fifth."), std::string::npos) << said;
    talker.between = {};
    talker.reply = {"It costs nothing."};
    EXPECT_EQ(
        answerTo({assistant(kFirst), user("No, go on."), assistant("First."), user("What does it cost?")}),
        "It costs nothing. $");
    EXPECT_EQ(word("select details ->> 'heard' as w from messages where number = 3"), "First.");
}

TEST_F(AskedCallsTest, WhoAsksTheSameAgainAtOnceGetsAllOfIt) {
    placed();
    talker.reply = {"First.", "Second.", "Third."};
    talker.between = [&] { std::this_thread::sleep_for(milliseconds(400)); };
    const Json messages{assistant(kFirst), user("No, go on.")};
    auto first = ask(messages);
    ASSERT_TRUE(becomes([&] { return talker.tried >= 1; }));
    first->session.reset();
    EXPECT_EQ(answerTo(messages), "First. Second. Third. $");
    EXPECT_EQ(talker.turns, 1);
}

TEST_F(AskedCallsTest, NewerWordsEndTheAnswerToOlderOnes) {
    placed();
    talker.reply = {"First.", "Second.", "Third."};
    talker.between = [&] { std::this_thread::sleep_for(milliseconds(400)); };
    const auto first = ask({assistant(kFirst), user("I want")});
    ASSERT_TRUE(becomes([&] { return talker.tried >= 1; }));
    const auto second = ask({assistant(kFirst), user("I want Tuesday.")});
    EXPECT_EQ(first->text(), "First. $");
    EXPECT_EQ(second->text(), "First. Second. Third. $");
    EXPECT_EQ(talker.heard(), (std::vector<std::string>{"I want", "I want Tuesday."}));
}

TEST_F(AskedCallsTest, WhoAsksForAPersonIsConnected) {
    set("settings", {{"voice_transfer_to", "+16025550124"}});
    placed();
    EXPECT_EQ(placedWith["transfer_to"], "+16025550124");
    talker.reply = {"I connect you with Sam."};
    talker.becomes = "held";
    EXPECT_EQ(answerTo({assistant(kFirst), user("A person please.")}),
              "I connect you with Sam. <transferCall{\"destination\":\"+16025550124\"}>$");
    EXPECT_EQ(answerTo({assistant(kFirst), user("A person please."), user("Hello?")}),
              "<transferCall{\"destination\":\"+16025550124\"}>$")
        << "a conversation that waits for a person has no turns";
}

TEST_F(AskedCallsTest, WhoTakesTheirCallIsToldWhoTheyAre) {
    set("settings", {{"voice_transfer_to", "+16025550124"}});
    placed();
    talker.reply = {"I connect you."};
    talker.becomes = "held";
    EXPECT_NE(answerTo({assistant(kFirst), user("I want to talk to a person.")}).find("<transferCall"),
              std::string::npos);
    EXPECT_EQ(row("transfer_to"), "+16025550124");
    EXPECT_NE(word("select text as w from messages where direction = 'note'")
                  .find("They: I want to talk to a person."),
              std::string::npos);
    const auto answer = hooked(
        {{"type", "transfer-destination-request"},
         {"call", {{"id", kReference}, {"assistant", {{"metadata", {{"transfer_to", "+16025550124"}}}}}}}},
        "?call=" + id);
    EXPECT_EQ(answer["destination"]["number"], "+16025550124");
    const auto said = textOf(answer["destination"]["transferPlan"], "message");
    EXPECT_TRUE(said.starts_with("Asha is on the line.")) << said;
    EXPECT_TRUE(said.ends_with("They said: I want to talk to a person.")) << said;
    hooked({{"type", "end-of-call-report"},
            {"endedReason", "assistant-forwarded-call"},
            {"call", {{"id", kReference}}}},
           "?call=" + id);
    EXPECT_EQ(row("state || ' ' || transfer_outcome"), "ended answered");
}

TEST_F(AskedCallsTest, WhoCallsUsIsInTheirConversation) {
    const auto ring = [&](const std::string& from) {
        return hooked(
            {{"type", "assistant-request"},
             {"call", {{"id", kReference}, {"type", "inboundPhoneCall"}, {"customer", {{"number", from}}}}}});
    };
    EXPECT_TRUE(ring("+13035550199").contains("error")) << "nobody of ours";
    EXPECT_EQ(number("select count(*) as n from calls"), 0);
    const auto answer = ring("+16025550100");
    ASSERT_TRUE(answer.contains("assistant")) << answer.dump();
    EXPECT_EQ(answer["assistant"]["firstMessage"], "This is an automated assistant of Bright Roof.");
    EXPECT_EQ(answer["assistant"]["model"]["url"], "https://calls.example/v1/calls/words/" + binding.text());
    EXPECT_EQ(answer["assistant"]["metadata"]["call_id"], row("call_id::text"));
    EXPECT_EQ(row("conversation_id::text"), conversation.text());
    EXPECT_TRUE(ring("+16025550100").contains("assistant")) << "asked again";
    EXPECT_EQ(number("select count(*) as n from calls"), 1);
    talker.reply = {"Glad that you call."};
    EXPECT_EQ(answerTo({assistant("This is an automated assistant of Bright Roof."), user("You called me.")}),
              "Glad that you call. $");
    EXPECT_EQ(talker.heard(), std::vector<std::string>{"You called me."});
    EXPECT_EQ(row("state || ' ' || direction"), "talking inbound");
    hooked({{"type", "end-of-call-report"},
            {"endedReason", "customer-ended-call"},
            {"call", {{"id", kReference}}}});
    EXPECT_EQ(row("state"), "ended");
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
