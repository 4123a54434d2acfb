// overture playbook new, graph and chat: what a person does with a playbook before anybody is written to.
#include <map>

#include "base/time.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

const std::string kSolar = OVERTURE_SOURCE_DIR "/playbooks/solar-consult";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// What a chat says to these lines.
std::string chat(const std::string& directory, const std::string& lines,
                 const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"playbook", "chat", directory};
    words.insert(words.end(), more.begin(), more.end());
    const auto finished = overture(words, lines);
    EXPECT_EQ(finished.status, 0) << finished.output();
    return finished.output();
}

TEST(NewPlaybook, WorksAtOnce) {
    const Folder folder("new");
    const auto directory = folder / "spring-renewal";
    ASSERT_EQ(overture({"playbook", "new", directory}).status, 0);
    const auto checked = overture({"playbook", "check", directory});
    EXPECT_EQ(checked.status, 0) << checked.output();
    EXPECT_TRUE(has(checked.out, "spring-renewal: 6 stages, 2 facts, 1 objection, 0 warnings"))
        << checked.output();
    const auto tested = overture({"playbook", "test", directory});
    EXPECT_EQ(tested.status, 0) << tested.output();
    EXPECT_TRUE(has(tested.out, "4 cases, none failed")) << tested.output();
    const auto ran =
        overture({"run", directory, "--days", "20", "--data", folder / "data", "--out", folder / "out"});
    EXPECT_EQ(ran.status, 0) << ran.output();
    const auto report = parseJson(readFile(folder / "out" + "/report.json"), "report").orThrow();
    EXPECT_EQ(report.at("leads").at("imported"), 8) << report;
    const auto again = overture({"playbook", "new", directory});
    EXPECT_EQ(again.status, 1);
    EXPECT_TRUE(has(again.err, "has something in it. Choose another name.")) << again.err;
    EXPECT_TRUE(has(overture({"playbook", "new", folder / "Two Words"}).err, "cannot be a playbook's name"));
}

/// A conversation of a rehearsal as a case: what the lead wrote, when, and where it stood in the end.
std::string caseOf(const Json& conversation, const std::vector<std::string>& lead, Instant end) {
    const auto& messages = conversation.at("messages");
    auto now = parseRfc3339(textOf(messages[0], "at")).value();
    std::string phone = "+1";
    for (const char c : lead[3])
        if (c >= '0' && c <= '9') phone += c;
    std::string lua = "it(\"" + lead[0] + "\", function()\n  local talk = conversation { at = \"" +
                      toRfc3339(now) + "\", lead = { first_name = \"" + lead[1] + "\", phone = \"" + phone +
                      "\", country = \"US\", state = \"" + lead[6] + "\" } }\n";
    const auto later = [&](Instant at) {
        if (at > now)
            lua += "  talk:later \"" + toDurationText(std::chrono::floor<seconds>(at - now)) + "\"\n";
        now = at;
    };
    int sent = 0;
    for (const auto& message : messages) {
        if (textOf(message, "direction") == "out") ++sent;
        if (textOf(message, "direction") != "in") continue;
        later(parseRfc3339(textOf(message, "at")).value());
        lua += "  talk:hears [[" + textOf(message, "text") + "]]\n";
    }
    later(end);
    lua += "  expect(talk.stage):is \"" + textOf(conversation, "stage") + "\"\n  expect(talk.state):is \"" +
           textOf(conversation, "state") + "\"\n  expect(talk):has_sent(" + std::to_string(sent) + ")\n";
    for (const auto& [name, value] : conversation.at("facts").items())
        lua += "  expect(talk):knows { " + name + " = " + toText(value) + " }\n";
    return lua + "end)\n";
}

// The engine keeps conversations in PostgreSQL, specs keep theirs in memory: both must come to the same end.
TEST(Trial, EndsWhereTheRehearsalOfTheSameConversationEnded) {
    const Folder folder("same");
    const auto directory = folder / "spring-renewal";
    ASSERT_EQ(overture({"playbook", "new", directory}).status, 0);
    const auto ran =
        overture({"run", directory, "--days", "25", "--data", folder / "data", "--out", folder / "out"});
    ASSERT_EQ(ran.status, 0) << ran.output();
    std::map<std::string, std::vector<std::string>> leads;
    for (const auto& lead : readCsv(readFile(directory + "/leads.csv"))) leads[lead[0]] = lead;
    std::string specs;
    int cases = 0, booked = 0;
    for (const auto& line : split(readFile(folder / "out" + "/conversations.jsonl"), '\n')) {
        if (line.empty()) continue;
        const auto conversation = parseJson(line, "conversations.jsonl").orThrow();
        if (conversation.at("messages").empty()) continue;
        specs += caseOf(conversation, leads.at(textOf(conversation, "lead")),
                        parseRfc3339("2026-10-09T00:00:00Z").value());
        booked += textOf(conversation, "stage") == "booked" ? 1 : 0;
        ++cases;
    }
    EXPECT_GE(cases, 6);
    EXPECT_GE(booked, 1);
    std::filesystem::remove_all(directory + "/tests");
    std::filesystem::create_directories(directory + "/tests");
    writeFile(directory + "/tests/rehearsed.lua", specs);
    const auto tested = overture({"playbook", "test", directory});
    EXPECT_EQ(tested.status, 0) << tested.output() << specs;
}

TEST(Graph, ShowsEveryStageAndWay) {
    const auto mermaid = overture({"playbook", "graph", kSolar});
    EXPECT_EQ(mermaid.status, 0) << mermaid.output();
    for (const auto* part :
         {"flowchart TD\n", "  s_opening([\"opening\"])\n", "  s_booking{{\"booking\"}}\n",
          "  s_closed((\"closed\"))\n", "  inbound --> s_discovery\n",
          "  s_opening -- \"willing to talk\" --> s_discovery\n",
          "  s_discovery -- \"rule\" --> s_qualification\n", "  s_booking -- \"booked\" --> s_booked\n",
          "  s_opening -. \"quiet 9d\" .-> s_nurture\n", "  objections -. \"price after 2\" .-> s_nurture\n"})
        EXPECT_TRUE(has(mermaid.out, part)) << part << "\n" << mermaid.out;
    const auto dot = overture({"playbook", "graph", kSolar, "--format", "dot"});
    EXPECT_TRUE(dot.out.starts_with("digraph \"solar-consult\" {\n")) << dot.output();
    EXPECT_TRUE(has(dot.out, "\"opening\" -> \"discovery\" [label=\"willing to talk\"];")) << dot.out;
    EXPECT_EQ(overture({"playbook", "graph", kSolar, "--format", "gif"}).status, 2);
}

TEST(Graph, SaysClearlyWhenGraphvizIsMissingAndUsesItWhenItIsThere) {
    const Folder folder("graph");
    const std::vector<std::string> words{"playbook", "graph", kSolar, "--format", "svg"};
    const auto none = overture(words, {}, "env -i PATH=" + folder.path());
    EXPECT_EQ(none.status, 1);
    EXPECT_TRUE(has(none.err, "Graphviz's program \"dot\" is not installed. Install the package graphviz"))
        << none.err;
    folder.write(
        "dot",
        "#!/bin/sh\n[ \"$1\" = -Tsvg ] && [ \"$2\" = -o ] && { echo '<svg>'; /bin/cat \"$4\"; } > \"$3\"\n");
    std::filesystem::permissions(folder / "dot", std::filesystem::perms(0755));
    const auto drawn = overture(words, {}, "env -i PATH=" + folder.path());
    EXPECT_EQ(drawn.status, 0) << drawn.output();
    EXPECT_TRUE(drawn.out.starts_with("<svg>\ndigraph \"solar-consult\"")) << drawn.output();
}

TEST(Chat, ShowsWhatIsSentAndWhereItStands) {
    const auto said = chat(kSolar, "sure\nyes\n");
    for (const auto* part :
         {"we    Hi Asha, I'm Katie, the automated assistant at Brightroof.", "| stage    opening\n",
          "| verdict  approve\n", "| stage    discovery; the CSR understood: discovery\n",
          "Do you own the home you live in?", "| facts    owns = true\n",
          "| clock    Mon 14 Sep 2026 10:00; something is due in "})
        EXPECT_TRUE(has(said, part)) << part << "\n" << said;
    EXPECT_FALSE(has(said, "\x1b[")) << "no colours into a pipe";
    const auto stopped = chat(kSolar, "STOP\n");
    EXPECT_TRUE(has(stopped, "(nothing is sent)")) << stopped;
    EXPECT_TRUE(has(stopped, "| state    closed: opted out")) << stopped;
}

TEST(Chat, GoesForwardInTimeAndBack) {
    const auto said = chat(kSolar, "sure\n/time +5d\n/back\n/back 9\n/back\n");
    EXPECT_TRUE(has(said, "| stage    nurture; no word for 4d")) << said;
    EXPECT_TRUE(has(said, "| clock    Sat 19 Sep 2026 10:00")) << said;
    EXPECT_TRUE(has(said.substr(said.find("back 1 step\n")), "| stage    discovery")) << said;
    EXPECT_TRUE(has(said.substr(said.rfind("back 1 step\n")), "| stage    opening\n")) << said;
    EXPECT_TRUE(has(said, "/back: there is nothing to take back")) << said;
}

TEST(Chat, LetsASimulatedPersonAnswer) {
    const auto said = chat(kSolar, "/as\n/as eager 3\n/as eagr\n");
    EXPECT_TRUE(has(said, "people: ") && has(said, "eager, ")) << said;
    EXPECT_TRUE(has(said, "  eager  ")) << said;
    EXPECT_TRUE(has(said, "| facts    ")) << said;
    EXPECT_TRUE(has(said, "there is nobody called \"eagr\". Did you mean \"eager\"?")) << said;
}

TEST(Chat, SavesASpecThatHolds) {
    const Folder folder("chat");
    const auto directory = folder / "spring-renewal";
    ASSERT_EQ(overture({"playbook", "new", directory}).status, 0);
    std::filesystem::remove_all(directory + "/tests");
    const auto said = chat(
        directory, "he said \"ok\" \\o/\n/time 15m\nsure\nyes\n20\n1\nyes\n/save booked\n/save booked\n");
    EXPECT_TRUE(has(said, "saved as ")) << said;
    EXPECT_TRUE(has(said, "this file is there already")) << said;
    const auto spec = readFile(directory + "/tests/booked.lua");
    for (const auto* part : {"it(\"booked\", function()\n", "  talk:hears \"he said \\\"ok\\\" \\\\o/\"\n",
                             "  talk:later \"15m\"\n", "  expect(talk):is_booked()\n", "[\"size\"] = 20"})
        EXPECT_TRUE(has(spec, part)) << part << "\n" << spec;
    const auto tested = overture({"playbook", "test", directory});
    EXPECT_EQ(tested.status, 0) << tested.output() << spec;
    // and it can fail
    writeFile(directory + "/playbook.lua",
              replaceAll(readFile(directory + "/playbook.lua"), "size >= 5", "size >= 50"));
    EXPECT_EQ(overture({"playbook", "test", directory}).status, 1);
}

TEST(Chat, SaysWhatItDoesNotKnow) {
    const auto said = chat(kSolar, "/bakc\n/time soon\n/save\n/help\n/quit\nnever read\n");
    EXPECT_TRUE(has(said, "there is no /bakc. Did you mean /back?")) << said;
    EXPECT_TRUE(has(said, "Write /time +2d, +3h or +15m")) << said;
    EXPECT_TRUE(has(said, "/save needs a name")) << said;
    EXPECT_TRUE(has(said, "/as PERSON [N]")) << said;
    EXPECT_FALSE(has(said, "never read")) << said;
    const auto wrong = overture({"playbook", "chat", kSolar, "--stage", "bookng"});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_TRUE(has(wrong.err, "there is no stage \"bookng\"; did you mean \"booking\"?")) << wrong.err;
}

}  // namespace
}  // namespace overture::testing
