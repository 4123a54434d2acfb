// Calls from sound to sound: who hears the caller also answers, and nothing of it is heard that was not reviewed.
#include "agent/partial_answer.hpp"
#include "agent/reading.hpp"
#include "pg/sounding_calls.hpp"
#include "realtime_peer.hpp"

namespace overture::service {
namespace {

using overture::testing::RealtimePeer;

/// Asks whoever hears the call, and says what passes.
class Reviewer final : public turn::Handler {
public:
    turn::Outcome handle(const turn::Opened& opened, turn::Journal&) override {
        turn::Outcome outcome;
        const auto speaker = calls->speaker(opened);
        for (const auto& event : opened.events)
            if (event.kind == "message")
                outcome.messages.push_back({"in", "lead", "voice", textOf(event.payload, "text"), "opening",
                                            opened.now, event.id, std::nullopt, Json::object()});
        if (!speaker || outcome.messages.empty()) return outcome;
        const auto converser = speaker->converser();
        if (!converser) throw Error("nobody converses here");
        agent::PartialAnswer partial("the_reply");
        std::size_t heard = 0;
        const auto reply = speaker->answer(
            toText(Json{
                {"purpose", "csr"},
                {"messages",
                 {{{"role", "system"}, {"content", "You sell roofs."}},
                  {{"role", "user"}, {"content", outcome.messages.back().text}}}},
                {"schema",
                 {{"name", "answer"},
                  {"schema",
                   {{"type", "object"},
                    {"properties", {{"move", {{"type", "string"}}}, {"the_reply", {{"type", "string"}}}}}}}}},
                {"aloud", "the_reply"}}),
            seconds(20), [&](std::string_view content) {
                partial.take(content);
                const auto text = std::string_view(partial.text()).substr(heard);
                const auto whole = partial.ended() ? text.size() : agent::reading::wholeSentences(text);
                for (const auto& sentence : agent::reading::sentencesOf(text.substr(0, whole))) {
                    if (!refuses.empty() && sentence.find(refuses) != std::string::npos) return false;
                    if (!speaker->say(sentence)) return false;
                    said.push_back(sentence);
                }
                heard += whole;
                return true;
            });
        outcomes.push_back(std::string(plugin::nameOf(reply.outcome)) + " " +
                           textOf(reply.document, "finish") + reply.code);
        if (!reply.ok()) speaker->say("Sorry, say that again?");
        const bool cut = textOf(reply.document, "finish") == "stopped";
        if (cut && !refuses.empty()) speaker->say("Let me put that differently.");
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
        ++turns;
        return outcome;
    }
    Calls* calls = nullptr;
    std::string refuses;
    std::vector<std::string> said, outcomes;
    std::atomic<int> turns = 0;
};

class ConversingCalls : public SoundingCalls {
protected:
    void bind() override {
        SoundingCalls::bind();
        peer = std::make_unique<RealtimePeer>([this](const std::string& sound) { return wordsIn(sound); },
                                              [this](const std::string& text) { return soundOf(text); });
        const BindingId own(uuid7(clock.now(), "own"));
        instances.all[own] = opened("openai-speech", {{"base_url", peer->url()}}, {{"api_key", "k3y"}});
        set("bindings", {{"converse", own.text()}});
        peer->meaning = {{"move", "price"}};
    }
    void SetUp() override {
        SoundingCalls::SetUp();
        reviewer.calls = calls.get();
        startPool("engine one", reviewer);
        connected();
        ASSERT_TRUE(becomes([&] { return heardByThem().ends_with("Is now a bad time?"); })) << heardByThem();
    }
    void TearDown() override {
        SoundingCalls::TearDown();
        instances.all.clear();  // its sockets are the peer's
    }
    bool hear(const std::string& end) {
        return becomes([&] { return heardByThem().ends_with(end); });
    }

    std::unique_ptr<RealtimePeer> peer;
    Reviewer reviewer;
};

TEST_F(ConversingCalls, WhoHearsAnswersInItsOwnVoice) {
    peer->sentences = {"We can come on Tuesday.", "It costs nothing.", "Is that good?"};
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(hear("Is that good?")) << heardByThem();
    ASSERT_TRUE(becomes([&] { return reviewer.turns == 1; }));
    EXPECT_TRUE(heardByThem().ends_with("We can come on Tuesday. It costs nothing. Is that good?"))
        << "its own sound, whole: " << heardByThem();
    EXPECT_EQ(reviewer.outcomes, std::vector<std::string>{"ok stop"});
    const auto asked = peer->asked("response.create");
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[1]["response"]["input"].back()["type"], "item_reference")
        << "it answers what it heard itself";
    EXPECT_EQ(
        peer->asked("session.update")[0]["session"]["audio"]["input"]["turn_detection"]["create_response"],
        false);
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("state") == "ended"; }));
    EXPECT_EQ(transcript(),
              "agent: I am an automated assistant. | agent: Hi Asha. Is now a bad time? | lead: No, go on. | "
              "agent: We can come on Tuesday. | agent: It costs nothing. | agent: Is that good?");
    ASSERT_TRUE(becomes([&] {
        return word("select details ->> 'heard' as w from messages where number = 3") ==
               "We can come on Tuesday. It costs nothing. Is that good?";
    }));
}

TEST_F(ConversingCalls, NothingThatWasRefusedIsHeard) {
    peer->sentences = {"We can come on Tuesday to have a look.", "I promise you nine thousand dollars.",
                       "Deal?"};
    reviewer.refuses = "promise";
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(hear("Let me put that differently.")) << heardByThem();
    EXPECT_NE(heardByThem().find("We can come on Tuesday"), std::string::npos) << heardByThem();
    EXPECT_EQ(heardByThem().find("promise"), std::string::npos) << heardByThem();
    EXPECT_EQ(heardByThem().find("Deal"), std::string::npos) << heardByThem();
    EXPECT_EQ(reviewer.outcomes, std::vector<std::string>{"ok stopped"});
}

TEST_F(ConversingCalls, WhoInterruptsItIsAnsweredByIt) {
    peer->sentences = {"First I would like to tell you all about our roofs, which takes a while.",
                       "They are red, and some are green.", "Or blue."};
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(becomes([&] { return heardByThem().find("First I would") != std::string::npos; }));
    ASSERT_TRUE(becomes([&] { return reviewer.turns == 1; }));
    peer->sentences = {"Nine thousand."};
    phone->says(soundOf("Wait, what does it cost?"));
    ASSERT_TRUE(becomes([&] { return phone->clears() > 0; }));
    ASSERT_TRUE(hear("Nine thousand.")) << heardByThem();
    EXPECT_EQ(heardByThem().find("Or blue."), std::string::npos);
    ASSERT_TRUE(becomes([&] {
        return word("select coalesce(details ->> 'heard', '-') as w from messages where number = 3") != "-";
    }));
    const auto heard = word("select details ->> 'heard' as w from messages where number = 3");
    EXPECT_TRUE(heard.starts_with("First I")) << heard;
    EXPECT_LT(heard.size(), 75u) << heard;
}

TEST_F(ConversingCalls, WhenItFailsTheCallGoesOn) {
    peer->sentences = {"Never said."};
    peer->fails = "server_error";
    phone->says(soundOf("No, go on."));
    ASSERT_TRUE(hear("Sorry, say that again?")) << heardByThem();
    peer->fails.clear();
    peer->breaks = true;
    phone->says(soundOf("I said go on."));
    ASSERT_TRUE(becomes([&] { return reviewer.turns == 2; }));
    EXPECT_EQ(reviewer.outcomes, (std::vector<std::string>{"unknown server_error", "unknown lost"}));
    peer->breaks = false;
    peer->sentences = {"Now I am here."};
    ASSERT_TRUE(becomes([&] { return peer->sessions() == 2; }));
    phone->says(soundOf("Hello?"));
    ASSERT_TRUE(hear("Now I am here.")) << heardByThem();
    phone->hangUp();
    ASSERT_TRUE(becomes([&] { return row("reason") == "hung_up"; }));
}

}  // namespace
}  // namespace overture::service
