#include "agent/telling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "agent/reading.hpp"
#include "base/random.hpp"

namespace overture::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The text of `reply` after every piece, when the object comes in pieces of so many bytes.
std::string textOfReply(const std::string& object, std::size_t piece) {
    PartialAnswer partial("your_reply");
    std::string before;
    for (std::size_t at = 0; at < object.size(); at += piece) {
        partial.take(std::string_view(object).substr(at, piece));
        EXPECT_TRUE(partial.text().starts_with(before)) << "it only grows";
        before = partial.text();
    }
    return before;
}

TEST(PartialAnswer, GivesTheTextAsFarAsItHasComeHoweverItIsCut) {
    const Json object{{"facts", {{{"name", "your_reply"}, {"value", "x\"y"}}}},
                      {"move", nullptr},
                      {"sentiment", "neu\\tral"},
                      {"your_reply", "नमस्ते, \"Asha\" 👋.\nA tab\t, a slash / and a \\ too: é"}};
    const auto wanted = object["your_reply"].get<std::string>();
    for (const bool ascii : {false, true})
        for (std::size_t piece = 1; piece < 40; ++piece)
            EXPECT_EQ(textOfReply(object.dump(-1, ' ', ascii), piece), wanted) << piece;
    EXPECT_EQ(textOfReply("```json\n" + object.dump(2) + "\n```", 3), wanted) << "in a fence, with blanks";

    PartialAnswer partial("your_reply");
    partial.take(R"({"move":"closed","your_reply":"Good )");
    ASSERT_TRUE(partial.before());
    EXPECT_EQ(*partial.before(), (Json{{"move", "closed"}}));
    EXPECT_EQ(partial.text(), "Good ");
    EXPECT_FALSE(partial.ended());
    partial.take(R"(day.", "more": 1})");
    EXPECT_TRUE(partial.ended());
    EXPECT_EQ(partial.text(), "Good day.");
}

TEST(PartialAnswer, WhatIsNoSuchObjectHasNoText) {
    for (const char* other :
         {R"(["your_reply","x"])", R"({"a":{"your_reply":"deep"}})", R"({"your_reply":5})",
          R"({"your_reply":null})", "plain words", R"({"a":1}{"your_reply":"second"})",
          R"({"a" 1 "your_reply":"x"})", R"({"x":"your_reply"})", ""}) {
        PartialAnswer partial("your_reply");
        partial.take(other);
        EXPECT_EQ(partial.text(), "") << other;
    }
    PartialAnswer deep("your_reply");
    deep.take("{\"a\":" + std::string(100000, '[') + "\"");
    deep.take(R"("your_reply":"x")");
    EXPECT_EQ(deep.text(), "");
}

TEST(PartialAnswer, NoiseIsNoTrouble) {
    Random random(8);
    const std::string good =
        R"({"facts":[{"name":"bill","value":140}],"move":null,"your_reply":"Fine é. Ok?"})";
    for (int round = 0; round < 3000; ++round) {
        auto text = good;
        for (int change = 0; change < 4; ++change)
            text[random.below(text.size())] = static_cast<char>(random.below(256));
        PartialAnswer partial("your_reply");
        for (const char c : text) partial.take({&c, 1});
        EXPECT_LE(partial.text().size(), text.size());
    }
}

TEST(Sentences, EndWhereTheNextHasBegun) {
    EXPECT_THAT(
        reading::sentencesOf("It costs $1.50 at 3.5 % for Mr. Ray. Is that fine? \"Yes!\" Good… ठीक है। हाँ"),
        ElementsAre("It costs $1.50 at 3.5 % for Mr. Ray.", "Is that fine?", "\"Yes!\"", "Good…", "ठीक है।",
                    "हाँ"));
    EXPECT_EQ(reading::wholeSentences("It costs 3."), 0U) << "a figure may go on";
    EXPECT_EQ(reading::wholeSentences("It costs 3.5 a"), 0U);
    EXPECT_EQ(reading::wholeSentences("Good day. "), 0U) << "only what follows shows that it has ended";
    EXPECT_EQ(reading::wholeSentences("Good day. I"), 9U);
    EXPECT_EQ(reading::wholeSentences("Call Mr. R"), 0U);
    EXPECT_THAT(reading::sentencesOf("  "), IsEmpty());
}

class Listening final : public agent::Speaker {
public:
    bool say(const std::string& sentence) override {
        if (hears == 0) return false;
        --hears;
        all.push_back(sentence);
        return true;
    }
    std::vector<std::string> said() const override { return all; }
    std::vector<std::string> all;
    int hears = 100;
};

/// Writes its answer in pieces; with a piece refused, what came so far.
class WritingModel final : public plugin::Instance {
public:
    const std::string& plugin() const override { return name_; }
    bool offers(std::string_view) const override { return true; }
    bool readsContext() const override { return false; }
    plugin::Reply call(std::string_view, std::string_view, const Json& request, milliseconds) override {
        requests.push_back(request);
        auto answer = std::move(queue.front());
        queue.pop_front();
        return replyOf(answer.dump(), answer, "stop");
    }
    plugin::Reply callInPieces(std::string_view, std::string_view, std::string_view request, milliseconds,
                               const plugin::Pieces& pieces) override {
        requests.push_back(Json::parse(request));
        const auto answer = std::move(queue.front());
        queue.pop_front();
        const auto text = answer.dump();
        for (std::size_t at = 0; at < text.size(); at += 5) {
            if (breaksAt > 0 && at > breaksAt)
                return {plugin::Outcome::unknown, {}, {}, "the line broke", {}};
            if (!pieces(std::string_view(text).substr(at, 5)))
                return replyOf(text.substr(0, at + 5), nullptr, "stopped");
            written = at + 5;
        }
        return replyOf(text, answer, "stop");
    }
    static plugin::Reply replyOf(const std::string& content, const Json& json, const char* finish) {
        return {plugin::Outcome::ok,
                {{"content", content},
                 {"json", json},
                 {"finish", finish},
                 {"model", "m"},
                 {"usage", {{"cost_micros", 10}}}},
                {},
                {},
                {}};
    }
    std::deque<Json> queue;
    std::vector<Json> requests;
    std::size_t written = 0, breaksAt = 0;

private:
    std::string name_ = "writing";
};

/// Keeps results by their place, and gives them back when it is wound up again.
class Kept final : public turn::Journal {
public:
    Json step(std::string_view kind, const Json& request,
              const std::function<turn::StepResult()>& call) override {
        const auto what = std::string(kind) + request.dump();
        if (at < steps.size()) {
            EXPECT_EQ(steps[at].first, what) << "the same turn asks the same";
            return steps[at++].second;
        }
        auto result = call();
        cost += result.costMicros;
        steps.emplace_back(what, result.result);
        ++at;
        return result.result;
    }
    std::vector<std::pair<std::string, Json>> steps;
    std::size_t at = 0;
    std::int64_t cost = 0;
};

class Aloud : public ::testing::Test {
protected:
    Aloud() {
        auto made = std::make_shared<playbook::Definition>();
        made->id = "solar";
        made->languages = {"en"};
        made->persona = {{"name", "Katie"}};
        playbook::Stage talk;
        talk.name = "talk";
        talk.goal = "learn what the lead pays for power";
        made->stages = {talk};
        made->review.never = {"guarantee"};
        made->review.model = "never";
        made->review.sentences = 4;
        definition = made;
        briefing.definition = definition;
        briefing.stage = &definition->stages[0];
        briefing.view.lead = {{"first_name", "Asha"}};
        briefing.view.settings = {{"company", "Sunny Roofs"}};
        briefing.view.facts = Json::object();
        briefing.view.messages = Json::array();
        briefing.view.language = "en";
        briefing.view.channel = "voice";
        briefing.incoming = "Tell me more";
        briefing.spoken = true;
        models.order = {{[this] { return model; }}};
    }
    static Json answer(const std::string& reply, const Json& more = Json::object()) {
        Json all{{"your_reply", reply},     {"move", nullptr},   {"facts", Json::array()},
                 {"objection", nullptr},    {"language", "en"},  {"sentiment", "neutral"},
                 {"wants_person", false},   {"slot_choice", 0},  {"slot_answer", nullptr},
                 {"nothing_to_say", false}, {"declined", false}, {"unsure", false}};
        all.update(more);
        return all;
    }
    Draft told(const Json& given) {
        model->queue.push_back(given);
        return again();
    }
    Draft again() {
        Telling telling(models, briefing, listener, [this](const Draft& draft) {
            judged.push_back(draft.reply);
            return !draft.wantsPerson;
        });
        return draft(models, briefing, journal, &telling).orThrow();
    }

    std::shared_ptr<playbook::Definition> definition;
    std::shared_ptr<WritingModel> model = std::make_shared<WritingModel>();
    Models models;
    Briefing briefing;
    Listening listener;
    Kept journal;
    std::vector<std::string> judged;
};

TEST_F(Aloud, EachSentenceIsSaidWhileTheNextIsWritten) {
    std::size_t writtenAtFirst = 0;
    class Noting final : public agent::Speaker {
    public:
        explicit Noting(std::function<void()> given) : note(std::move(given)) {}
        bool say(const std::string& sentence) override {
            note();
            all.push_back(sentence);
            return true;
        }
        std::vector<std::string> said() const override { return all; }
        std::vector<std::string> all;
        std::function<void()> note;
    } speaker([&] { writtenAtFirst = writtenAtFirst == 0 ? model->written : writtenAtFirst; });
    const auto given =
        answer("Good to hear. A visit takes half an hour. Shall we look at your roof together?");
    model->queue.push_back(given);
    Telling telling(models, briefing, speaker, [](const Draft&) { return true; });
    const auto made = draft(models, briefing, journal, &telling).orThrow();
    EXPECT_THAT(speaker.all, ElementsAre("Good to hear.", "A visit takes half an hour.",
                                         "Shall we look at your roof together?"));
    EXPECT_LT(writtenAtFirst, given.dump().size() - 50) << "the first was said long before the end";
    ASSERT_TRUE(made.told);
    EXPECT_EQ(made.told->said, speaker.all);
    EXPECT_FALSE(made.told->cut);
    EXPECT_EQ(made.told->verdict, "");
    EXPECT_EQ(made.reply, "Good to hear. A visit takes half an hour. Shall we look at your roof together?");
}

TEST_F(Aloud, NothingOfASentenceThatIsNotApprovedIsHeard) {
    const auto made = told(answer("Good to hear. We guarantee savings. Fine?"));
    EXPECT_THAT(listener.all, ElementsAre("Good to hear."));
    ASSERT_TRUE(made.told);
    EXPECT_EQ(made.told->verdict, "revise");
    EXPECT_EQ(made.told->by, "rules");
    EXPECT_FALSE(made.told->reasons.empty());
    EXPECT_EQ(made.reply, "Good to hear. We guarantee savings.") << "what the reasons are about";
    EXPECT_EQ(model->requests.size(), 1U);
    told(answer("What do you pay for power?"));
    EXPECT_THAT(listener.all, ElementsAre("Good to hear.", "What do you pay for power?"));
    const auto asked = model->requests.back()["messages"].back()["content"].get<std::string>();
    EXPECT_NE(asked.find("\"Good to hear.\""), std::string::npos) << "the next draft goes on from there";
}

TEST_F(Aloud, WhenNobodyHearsItTheRestIsNotWritten) {
    listener.hears = 1;
    const auto given =
        answer("Good to hear. A visit takes half an hour. It is free. Shall we look at your roof?");
    const auto made = told(given);
    EXPECT_THAT(listener.all, ElementsAre("Good to hear."));
    EXPECT_TRUE(made.told->cut);
    EXPECT_EQ(made.reply, "Good to hear.");
    EXPECT_LT(model->written, given.dump().size() - 30);
}

TEST_F(Aloud, WhatLeadsElsewhereIsNotSaidWhileItIsWritten) {
    auto made = told(answer("I am asking a colleague.", {{"wants_person", true}}));
    EXPECT_THAT(listener.all, IsEmpty());
    EXPECT_FALSE(made.told);
    EXPECT_EQ(made.reply, "I am asking a colleague.");
    model->queue = {answer("Good to hear. Fine.", {{"slot_choice", 0.5}}),
                    answer("Good to hear. Fine.", {{"slot_choice", 0.5}})};
    EXPECT_THROW(again(), Error);
    EXPECT_THAT(listener.all, IsEmpty()) << "an answer that is refused";
}

TEST_F(Aloud, AReplyThatComesBeforeWhatWasUnderstoodWaitsForIt) {
    auto given = answer("");
    given.erase("your_reply");
    given["declined"] = false;
    given["a_reply"] = "x";
    given["reply"] = "Good to hear. Fine.";
    const auto made = told(given);
    EXPECT_THAT(listener.all, IsEmpty());
    EXPECT_EQ(made.reply, "Good to hear. Fine.");
}

TEST_F(Aloud, TheRecordIsNotSaidAgain) {
    told(answer("Good to hear. Fine."));
    ASSERT_EQ(journal.steps.size(), 1U);
    journal.at = 0;
    const auto made = again();
    EXPECT_THAT(listener.all, ElementsAre("Good to hear.", "Fine."));
    EXPECT_EQ(made.told->said, listener.all);
    EXPECT_EQ(model->requests.size(), 1U);
}

TEST_F(Aloud, AnAttemptThatWasNotRecordedIsGoneOnFrom) {
    told(answer("Good to hear. Fine."));
    journal.steps.clear();
    journal.at = 0;
    const auto made = told(answer("What do you pay for power?"));
    EXPECT_THAT(made.told->before, ElementsAre("Good to hear.", "Fine."));
    EXPECT_THAT(made.told->said, ElementsAre("What do you pay for power?"));
    EXPECT_EQ(journal.steps.size(), 1U) << "and it is the same question, for the journal";
}

TEST_F(Aloud, ALineThatBreaksIsNotAskedAgainOnceSomethingWasSaid) {
    const auto given = answer("Good to hear. A visit takes half an hour. It is free of charge for you.");
    model->breaksAt = given.dump().size() - 20;
    const auto made = told(given);
    EXPECT_THAT(listener.all, ElementsAre("Good to hear.", "A visit takes half an hour."));
    EXPECT_TRUE(made.told->cut);
    EXPECT_EQ(model->requests.size(), 1U);
    model->breaksAt = 20;
    journal.steps.clear();
    journal.at = 0;
    listener.all.clear();
    model->queue = {answer("One."), answer("Two.")};
    model->breaksAt = 20;
    EXPECT_THROW(again(), Error) << "nothing was said: it was asked again, in vain";
    EXPECT_EQ(model->requests.size(), 3U);
}

TEST_F(Aloud, TheModelTierLooksAtASentenceBeforeItIsHeard) {
    definition->review.model = "always";
    model->queue = {answer("Good to hear. A visit takes half an hour. Fine?"),
                    {{"verdict", "approve"}, {"reasons", Json::array()}},
                    {{"verdict", "hold"}, {"reasons", {"Who says so?"}}}};
    const auto made = again();
    EXPECT_THAT(listener.all, ElementsAre("Good to hear."));
    EXPECT_EQ(made.told->verdict, "hold");
    EXPECT_EQ(made.told->by, "model");
    EXPECT_EQ(journal.steps.size(), 1U) << "the reviews stand in the draft's record";
    EXPECT_EQ(journal.cost, 30);
    EXPECT_EQ(made.costMicros, 30);
}

}  // namespace
}  // namespace overture::agent
