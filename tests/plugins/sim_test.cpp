#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "carrier.hpp"
#include "overture/instant.hpp"
#include "overture/testing/fake_host.hpp"
#include "people.hpp"

namespace overture::sim {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

constexpr sdk::Call kCall{1000};
constexpr std::int64_t kSecond = 1'000'000;
const std::string kHook = "https://hooks.example.com/hooks/b1";

std::string numberOf(int i) {
    return "+1555555" + std::to_string(1000 + i);
}

/// One person with the given habits, who always answers after 100 seconds, on a carrier that reaches
/// everybody.
Json personWith(Json habits) {
    Json person{{"name", "Ann"}, {"reply_after", {100, 100}}, {"otherwise", {"ok"}}};
    person.update(habits);
    return person;
}
Json settingsWith(Json people, Json extra = Json::object()) {
    Json settings{{"seed", 7}, {"webhook_url", kHook}, {"undelivered", 0}, {"people", std::move(people)}};
    settings.update(extra);
    return settings;
}

class SimTest : public ::testing::Test {
protected:
    void SetUp() override { open(settingsWith({personWith(Json::object())})); }
    void open(const Json& settings) {
        carrier = std::make_unique<Carrier>(sdk::Host(host.table()), settings);
    }
    void at(std::int64_t seconds) { host.now(start + seconds * kSecond); }

    Answer send(const std::string& key, const std::string& to, const std::string& text = "Hello") {
        return carrier->send({{"delivery_id", "d-" + key},
                              {"channel", "sms"},
                              {"from", "+15555550100"},
                              {"to", to},
                              {"text", text},
                              {"idempotency_key", key}},
                             kCall);
    }
    Json due(std::int64_t seconds) {
        return carrier->due({{"now", sdk::toRfc3339(start + seconds * kSecond)}}, kCall).document;
    }
    /// The events whose time has come, read back through the carrier's own webhook door.
    std::vector<Json> events(std::int64_t seconds) {
        std::vector<Json> all;
        const auto document = due(seconds);
        for (const auto& webhook : document["webhooks"]) {
            const auto answer = carrier->webhook(webhook, kCall);
            EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
            EXPECT_EQ(webhook["at"], answer.document["events"][0]["at"]);
            all.push_back(answer.document["events"][0]);
        }
        return all;
    }
    std::vector<std::string> said(std::int64_t seconds) {
        std::vector<std::string> texts;
        for (const auto& event : events(seconds))
            if (event["kind"] == "message") texts.push_back(event["text"]);
        return texts;
    }

    FakeHost host;
    const std::int64_t start =
        *sdk::parseRfc3339("2026-03-01T17:00:00Z");  // where the fake host's clock stands
    std::unique_ptr<Carrier> carrier;
};

using Texts = std::vector<std::string>;

TEST_F(SimTest, AMessageIsQueuedDeliveredAndAnswered) {
    const auto answer = send("k1", numberOf(1));
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document["status"], "queued");
    const std::string reference = answer.document["reference"];

    EXPECT_EQ(due(0)["webhooks"], Json::array());
    EXPECT_TRUE(due(0).contains("next_at"));
    const auto statuses = events(60);
    ASSERT_EQ(statuses.size(), 1u);
    EXPECT_EQ(statuses[0]["status"], "delivered");
    EXPECT_EQ(statuses[0]["reference"], reference);

    EXPECT_EQ(due(99)["next_at"], "2026-03-01T17:01:40Z");
    const auto replies = events(100);
    ASSERT_EQ(replies.size(), 1u);
    EXPECT_EQ(replies[0]["kind"], "message");
    EXPECT_EQ(replies[0]["from"], numberOf(1));
    EXPECT_EQ(replies[0]["to"], "+15555550100");
    EXPECT_EQ(replies[0]["text"], "ok");
    EXPECT_EQ(replies[0]["channel"], "sms");
    EXPECT_EQ(due(1000), (Json{{"webhooks", Json::array()}})) << "each comes once, and nothing is left";
}

TEST_F(SimTest, TheSameKeyHappensOnce) {
    const auto first = send("k1", numberOf(1)), again = send("k1", numberOf(1));
    EXPECT_EQ(first.document, again.document);
    EXPECT_NE(send("k2", numberOf(2)).document["reference"], first.document["reference"]);
    at(200);
    EXPECT_EQ(send("k1", numberOf(1)).document["reference"], first.document["reference"]);
    EXPECT_EQ(said(1000), (Texts{"ok", "ok"})) << "one for each of the two messages";
}

TEST_F(SimTest, LooksUpByDeliveryAndByReference) {
    EXPECT_EQ(carrier->lookup({{"delivery_id", "d-k1"}}, kCall).document,
              (Json{{"found", false}, {"trusted", true}}));
    const std::string reference = send("k1", numberOf(1)).document["reference"];
    EXPECT_EQ(carrier->lookup({{"delivery_id", "d-k1"}}, kCall).document,
              (Json{{"found", true}, {"reference", reference}, {"status", "queued"}, {"trusted", true}}));
    at(60);
    EXPECT_EQ(carrier->lookup({{"reference", reference}}, kCall).document["status"], "delivered");
}

TEST_F(SimTest, NothingGoesToANumberThatSaidStop) {
    open(settingsWith({personWith({{"answers", {{{"hear", {"hello"}}, {"say", {"Stop."}}}}}})}));
    send("k1", numberOf(1));
    at(99);
    EXPECT_EQ(send("k2", numberOf(1), "still there?").outcome, Outcome::ok) << "not said yet";
    at(100);
    const auto refused = send("k3", numberOf(1), "and now?");
    EXPECT_EQ(refused.outcome, Outcome::rejected);
    EXPECT_EQ(refused.code, "opted_out");
    EXPECT_EQ(refused.message.find(numberOf(1)), std::string::npos);
    EXPECT_EQ(send("k4", numberOf(2)).outcome, Outcome::ok);
    EXPECT_EQ(send("k1", numberOf(1)).outcome, Outcome::ok) << "that one went out before";
    EXPECT_EQ(carrier->lookup({{"delivery_id", "d-k3"}}, kCall).document["found"], false);
    EXPECT_EQ(said(10000), (Texts{"Stop.", "ok", "Stop."}));
}

TEST_F(SimTest, StartOpensTheNumberAgain) {
    open(settingsWith({personWith(
        {{"answers", {{{"hear", {"one"}}, {"say", {"STOP"}}}, {{"hear", {"two"}}, {"say", {"start"}}}}}})}));
    send("k1", numberOf(1), "one");
    at(50);
    send("k2", numberOf(1), "two");
    at(120);
    EXPECT_EQ(send("k3", numberOf(1)).outcome, Outcome::rejected);
    at(150);
    EXPECT_EQ(send("k4", numberOf(1)).outcome, Outcome::ok);
}

TEST_F(SimTest, ASentenceWithStopInItOptsNobodyOut) {
    open(settingsWith({personWith({{"otherwise", {"stop by on Tuesday"}}})}));
    send("k1", numberOf(1));
    at(500);
    EXPECT_EQ(send("k2", numberOf(1)).outcome, Outcome::ok) << "what it means is for the engine to judge";
}

TEST_F(SimTest, SomeNumbersAreNeverReached) {
    open(settingsWith({personWith(Json::object())}, {{"undelivered", 0.2}}));
    for (int i = 0; i < 500; ++i) send("k" + std::to_string(i), numberOf(i));
    std::set<std::string> spoke;
    std::map<std::string, std::string> last;
    for (const auto& event : events(10000)) {
        if (event["kind"] == "message") spoke.insert(event["from"]);
        if (event["kind"] == "status") last[event["reference"]] = event["status"];
        EXPECT_EQ(event.value("code", "") == "unreachable", event.value("status", "") == "undelivered");
    }
    const auto lost =
        std::count_if(last.begin(), last.end(), [](const auto& one) { return one.second == "undelivered"; });
    EXPECT_GT(lost, 70);
    EXPECT_LT(lost, 130);
    EXPECT_EQ(spoke.size() + static_cast<std::size_t>(lost), 500u) << "who is not reached does not answer";
}

TEST_F(SimTest, HabitsFirstLineThatHearsWins) {
    open(settingsWith({personWith({{"answers",
                                    {{{"hear", {"bill", "price"}}, {"say", {"about 180"}}},
                                     {{"hear", {"PRICE", "own"}}, {"say", {"yes"}}},
                                     {{"hear", {"done:"}}, {"say", Json::object()}},
                                     {{"hear", {"bye"}}, {"say", {"bye"}}, {"then", "silent"}}}}})}));
    send("k1", numberOf(1), "What PRICE?");
    send("k2", numberOf(2), "Do you OWN it?");
    send("k3", numberOf(3), "Done: see you");
    send("k4", numberOf(4), "Bye");
    send("k5", numberOf(4), "What price?");
    send("k6", numberOf(5), "something else");
    auto texts = said(10000);
    std::sort(texts.begin(), texts.end());
    EXPECT_EQ(texts, (Texts{"about 180", "bye", "ok", "yes"}));
}

TEST_F(SimTest, SilentPeopleAndThoseWhoGiveUp) {
    open(settingsWith({personWith({{"silent", 1}})}));
    send("k1", numberOf(1));
    EXPECT_EQ(said(10000), Texts{});
    open(settingsWith({personWith({{"gives_up_after", 2}})}));
    for (const auto* key : {"a", "b", "c", "d"}) send(key, numberOf(1));
    EXPECT_EQ(said(10000), (Texts{"ok", "ok"}));
    open(settingsWith({personWith({{"silent", 0.3}})}));
    for (int i = 0; i < 1000; ++i) send("k" + std::to_string(i), numberOf(i));
    const auto answered = said(10000).size();
    EXPECT_GT(answered, 640u);
    EXPECT_LT(answered, 760u);
}

TEST_F(SimTest, PeopleAreChosenByPrefixAndWeight) {
    const auto ann = personWith({{"otherwise", {"ann"}}, {"weight", 3}}),
               bob = personWith({{"otherwise", {"bob"}}});
    const auto asha = personWith({{"otherwise", {"asha"}}, {"numbers", "+91"}, {"weight", 1e9}});
    open(settingsWith({ann, bob, asha}));
    for (int i = 0; i < 1000; ++i) send("k" + std::to_string(i), numberOf(i));
    send("india", "+915555550100");
    const auto texts = said(10000);
    const auto count = [&](const char* name) { return std::count(texts.begin(), texts.end(), name); };
    EXPECT_EQ(count("asha"), 1);
    EXPECT_GT(count("ann"), 690);
    EXPECT_LT(count("ann"), 810);
    EXPECT_EQ(count("ann") + count("bob"), 1000);
    open(settingsWith({asha}));
    send("k", numberOf(1));
    EXPECT_EQ(events(10000).size(), 1u) << "nobody's number: delivered, never answered";
}

/// What happened to each number, whatever else happened in between.
std::map<std::string, Texts> byNumber(const std::vector<Json>& events) {
    std::map<std::string, Texts> result;
    for (const auto& event : events)
        result[event["kind"] == "message" ? event["from"] : event["reference"]].push_back(event.dump());
    return result;
}

TEST_F(SimTest, TheOrderOfRecipientsChangesNothing) {
    const Json people{
        personWith({{"reply_after", {60, 86400}}, {"silent", 0.2}, {"otherwise", {"a", "b", "c"}}}),
        personWith({{"reply_after", {10, 20}}, {"otherwise", {"x", "y"}}})};
    const auto settings = settingsWith(people, {{"undelivered", 0.1}});
    std::vector<std::pair<std::string, std::string>> messages;
    for (int i = 0; i < 200; ++i) messages.emplace_back("k" + std::to_string(i), numberOf(i % 100));
    const auto play = [&] {
        open(settings);
        for (const auto& [key, to] : messages) send(key, to);
        return byNumber(events(1'000'000));
    };
    const auto straight = play();
    EXPECT_EQ(play(), straight) << "the same seed, the same bytes";
    std::stable_sort(messages.begin(), messages.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    EXPECT_EQ(play(), straight);
    auto other = settings;
    other["seed"] = 8;
    open(other);
    for (const auto& [key, to] : messages) send(key, to);
    EXPECT_NE(byNumber(events(1'000'000)), straight);
}

TEST_F(SimTest, ManyThreadsAtOnce) {
    const auto count = [&](int threads) {
        open(settingsWith({personWith({{"reply_after", {60, 600}}, {"otherwise", {"a", "b", "c"}}})}));
        std::vector<std::jthread> workers;
        for (int t = 0; t < threads; ++t)
            workers.emplace_back([&, t] {
                for (int i = t; i < 400; i += threads) send("k" + std::to_string(i), numberOf(i));
            });
        workers.clear();
        return byNumber(events(100'000));
    };
    EXPECT_EQ(count(8), count(1));
}

TEST_F(SimTest, ARandomReplyTimeStaysInItsSpan) {
    open(settingsWith({personWith({{"reply_after", {60, 120}}})}));
    for (int i = 0; i < 300; ++i) send("k" + std::to_string(i), numberOf(i));
    std::set<std::string> times;
    for (const auto& event : events(100'000)) {
        if (event["kind"] != "message") continue;
        const auto after = (*sdk::parseRfc3339(event["at"].get<std::string>()) - start) / kSecond;
        EXPECT_GE(after, 60);
        EXPECT_LE(after, 120);
        times.insert(event["at"]);
    }
    EXPECT_GT(times.size(), 50u) << "spread over the span";
}

TEST_F(SimTest, AWebhookMustBeProved) {
    send("k1", numberOf(1));
    auto webhook = due(60)["webhooks"][0];
    EXPECT_EQ(webhook["url"], kHook);
    EXPECT_EQ(carrier->webhook(webhook, kCall).outcome, Outcome::ok);
    auto lower = webhook;
    lower["headers"] = {{"x-sim-signature", webhook["headers"]["X-Sim-Signature"]}};
    EXPECT_EQ(carrier->webhook(lower, kCall).outcome, Outcome::ok) << "header names have no case";
    auto changed = webhook;
    changed["body_base64"] = toBase64(fromBase64(webhook["body_base64"].get<std::string>()) + " ");
    EXPECT_EQ(carrier->webhook(changed, kCall).outcome, Outcome::rejected);
    changed = webhook;
    changed["headers"].erase("X-Sim-Signature");
    EXPECT_EQ(carrier->webhook(changed, kCall).outcome, Outcome::rejected);
    changed["body_base64"] = "?";
    EXPECT_EQ(carrier->webhook(changed, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier->webhook(Json::object(), kCall).outcome, Outcome::rejected);

    host.secret("signing_key", "another key");
    open(settingsWith({personWith(Json::object())}));
    EXPECT_EQ(carrier->webhook(webhook, kCall).outcome, Outcome::rejected);
}

TEST_F(SimTest, AProvedBodyMustBeAnEvent) {
    for (const std::string body :
         {"", "[]", "{}", "null", R"({"kind":"message","id":"1"})", R"({"kind":"status","id":1})", "\xFF"}) {
        const auto digest = hmacSha256("sim-7", kHook + body);
        const Json webhook{{"method", "POST"},
                           {"url", kHook},
                           {"headers", {{"X-Sim-Signature", toHex(digest)}}},
                           {"body_base64", toBase64(body)}};
        EXPECT_EQ(carrier->webhook(webhook, kCall).outcome, Outcome::invalid) << body;
    }
}

TEST_F(SimTest, BadRequestsAreAnswered) {
    EXPECT_EQ(carrier->send({{"to", numberOf(1)}, {"text", "x"}}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier->send({{"idempotency_key", "k"}, {"text", "x"}}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier->due({{"now", "noon"}}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(carrier->due(Json::object(), kCall).outcome, Outcome::invalid);
}

TEST_F(SimTest, BadPeopleAreRefusedByName) {
    const std::vector<std::pair<Json, std::string>> cases{
        {Json{{"weight", 1}}, "people[0]: a person needs a name"},
        {personWith({{"reply_after", {5, 1}}}), "people[0] (Ann): reply_after must be [least, most] seconds"},
        {personWith({{"silent", 2}}), "people[0] (Ann): silent must be a number from 0 to 1"},
        {personWith({{"answers", {{{"say", {"x"}}}}}}),
         "people[0] (Ann).answers[0]: an answer needs at least one phrase to hear"},
        {personWith({{"answers", {{{"hear", {"x"}}, {"say", {"x"}}, {"then", "explode"}}}}}),
         "people[0] (Ann).answers[0]: then can only be \"silent\", \"stop\" or \"booked\""},
        {personWith({{"otherwise", {1}}}), "people[0] (Ann): otherwise must be a list of texts"},
        {personWith({{"replyafter", 1}}), "people[0] (Ann): \"replyafter\" is not known here"},
    };
    for (const auto& [person, sentence] : cases) {
        try {
            readPeople(Json::array({person}));
            ADD_FAILURE() << sentence;
        } catch (const sdk::Refused& refused) {
            EXPECT_EQ(refused.what(), sentence);
        }
    }
    EXPECT_THROW(readPeople(Json::object()), sdk::Refused);
}

TEST(Instants, ThereAndBack) {
    for (const std::int64_t micros :
         {0LL, 1'772'384'400'000'000LL, 1'772'384'400'000'001LL, 951'782'399'999'999LL})
        EXPECT_EQ(sdk::parseRfc3339(sdk::toRfc3339(micros)), micros);
    EXPECT_EQ(sdk::parseRfc3339("2026-03-01T10:00:00.5-07:00"), 1'772'384'400'500'000LL);
    for (const auto* bad :
         {"", "2026-03-01", "2026-02-30T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T10:00:00",
          "2026-03-01T10:00:00Z ", "2026-03-01T10:00:00.Z", "2026-03-01T10:00:00+7"})
        EXPECT_FALSE(sdk::parseRfc3339(bad)) << bad;
}

}  // namespace
}  // namespace overture::sim
