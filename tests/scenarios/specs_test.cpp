// overture playbook test: what specs may say, what a failed one shows, and that the specs that come along notice what they are for.
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string kPlaybooks = OVERTURE_SOURCE_DIR "/playbooks/";

/// A copy of a playbook that comes along, to be changed.
class Copy : public Folder {
public:
    explicit Copy(const std::string& name = "solar-consult", bool withSpecs = false) : Folder("specs") {
        fs::copy(kPlaybooks + name, path(), fs::copy_options::recursive);
        if (!withSpecs) fs::remove_all(*this / "tests");
        fs::create_directories(*this / "tests");
    }
    void change(const std::string& from, const std::string& to) const {
        const auto text = readFile(*this / "playbook.lua");
        ASSERT_TRUE(has(text, from)) << from;
        write("playbook.lua", replaceAll(text, from, to));
    }
    Finished test(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"playbook", "test", path()};
        words.insert(words.end(), more.begin(), more.end());
        return overture(words);
    }
    /// Runs one case with this body.
    Finished body(const std::string& lua) const {
        write("tests/case.lua", "it(\"case\", function()\n" + lua + "\nend)\n");
        return test();
    }
};

TEST(Specs, OfTheShippedPlaybooksNoticeWhatTheyAreFor) {
    const std::vector<std::vector<std::string>> changes{
        {"solar-consult", "tries = 2, otherwise = \"nurture\"", "tries = 9, otherwise = \"nurture\""},
        {"solar-consult", "offer = 3", "offer = 2"},
        {"solar-consult", "remind = { \"3h\" }", "remind = {}"},
        {"solar-consult", "return talk.facts.owns == false", "return false"},
        {"solar-consult", "IN = 2500", "IN = 25"},
        {"solar-consult", "confirm_before_booking = true", "confirm_before_booking = false"},
        {"pest-renewal", "talk.facts.seen == \"termites\"", "talk.facts.seen == \"ants\""},
        {"pest-renewal", "\"refund\",", ""},
        {"pest-renewal", "inbound = \"help\",", ""},
        {"b2b-demo", "(talk.facts.team_size or 0) >= 500", "false"},
        {"b2b-demo", "\"student\", \"intern\"", "\"intern\""},
    };
    for (const auto& change : changes) {
        const Copy copy(change[0], true);
        copy.change(change[1], change[2]);
        const auto finished = copy.test();
        EXPECT_EQ(finished.status, 1) << change[1] << " → " << change[2] << "\n" << finished.output();
        EXPECT_TRUE(has(finished.out, "FAILED")) << finished.output();
    }
}

TEST(Specs, AFailureShowsPlaceExpectationAndTheConversationSoFar) {
    const Copy copy;
    const auto finished =
        copy.body("local talk = conversation {}\ntalk:hears \"sure\"\nexpect(talk.stage):is \"discovry\"");
    EXPECT_EQ(finished.status, 1);
    for (const auto* part :
         {"/tests/case.lua:4: expected \"discovry\"", "but there is \"discovery\"",
          "did you mean \"discovery\"?", "Mon 14 Sep 2026 10:00  we    [opening] Hi Asha, I'm Katie",
          "Mon 14 Sep 2026 10:00  lead  sure", "now Mon 14 Sep 2026 10:00, stage \"discovery\", open",
          "1 case, 1 failed"})
        EXPECT_TRUE(has(finished.out, part)) << part << "\n" << finished.output();
}

TEST(Specs, EachMistakeIsOneClearSentenceWithItsPlace) {
    const Copy copy;
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"expect(conversation {}):is_bookd()",
         "there is no expectation \"is_bookd\"; did you mean \"is_booked\"?"},
        {"conversation { staeg = \"booking\" }", "conversation has no \"staeg\"; did you mean \"stage\"?"},
        {"conversation { stage = \"bookng\" }", "there is no stage \"bookng\"; did you mean \"booking\"?"},
        {"conversation { facts = { bil = 1 } }", "there is no fact \"bil\"; did you mean \"bill\"?"},
        {"conversation { stage = \"discovery\", asked = \"own\" }",
         "there is no fact \"own\"; did you mean \"owns\"?"},
        {"conversation { lead = { nmae = \"Bo\" } }", "there is no lead. \"nmae\""},
        {"conversation { lead = { zone = \"Mars\" } }", "\"Mars\" is no time zone"},
        {"conversation { at = \"noonish\" }", "Write at = \"Tue 10:00\""},
        {"conversation { consent = \"maybe\" }", "Write none, express or express_written."},
        {"conversation \"booking\"", "conversation needs a table"},
        {"conversation {}:heers \"x\"", "a conversation has no \"heers\"; did you mean \"hears\"?"},
        {"conversation {}:hears(3, 4)", "talk:hears needs the lead's words in quotes, not number"},
        {"conversation {}:hears(\"x\", { channel = \"email\" })", "the channel \"email\" has no plugin here"},
        {"conversation {}:later \"soon\"", "talk:later needs a time like \"15m\""},
        {"conversation {}:twice()", "nothing has happened yet that could happen again"},
        {"conversation {}:model_says { replay = \"x\" }",
         "talk:model_says has no \"replay\"; did you mean \"reply\"?"},
        {"local talk = conversation {} talk.hears \"x\"", "write talk:hears with a colon"},
        {"conversation {}.stage = \"booking\"", "it cannot set its parts"},
        {"expect(3):is_booked()", "is_booked is said of a conversation"},
        {"expect(conversation {}):is \"x\"", "a conversation is no value"},
        {"expct(1)", "there is no word \"expct\"; did you mean \"expect\"?"},
        {"it(\"x\", function() end)", "it cannot stand inside another it"},
        {"while true do end", "the script ran more than 5,000,000 instructions"},
        {"local talk = conversation {} while true do talk:later \"1m\" end", "a case may do 500 things"},
        {"for _ = 1, 30 do conversation {} end", "a case may hold 20 conversations"},
        {"io.open(\"/etc/passwd\")", "there is no word \"io\""},
        {"error \"my own\"", "my own"},
    };
    for (const auto& [lua, sentence] : mistakes) {
        const auto finished = copy.body(lua);
        EXPECT_EQ(finished.status, 1) << lua;
        EXPECT_TRUE(has(finished.out, "/tests/case.lua:2: ") && has(finished.out, sentence))
            << lua << "\n"
            << finished.output();
    }
    copy.write("tests/case.lua", "describe(\"x\", function( end)");
    EXPECT_TRUE(has(copy.test().out, "/tests/case.lua:1: ")) << copy.test().output();
    copy.write("tests/case.lua", "conversation {}");
    EXPECT_TRUE(has(copy.test().out, "belongs inside it(")) << copy.test().output();
    EXPECT_EQ(copy.test().status, 1);
    fs::remove_all(copy / "tests");
    EXPECT_TRUE(has(copy.test().err, "there are no specs here")) << copy.test().output();
}

TEST(Specs, AFailureCannotBeCaughtAway) {
    const Copy copy;
    const auto finished = copy.body("pcall(function() expect(1):is(2) end)");
    EXPECT_EQ(finished.status, 1) << finished.output();
}

/// What `playbook new` writes, for WhatsApp: with the real channel, outside and inside of its 24 hours.
TEST(Specs, WhatsAppBeginsWithATemplateAndIsFreeForADayAfterEachMessage) {
    const Folder folder("whatsapp");
    ASSERT_EQ(overture({"playbook", "new", folder / "demo"}).status, 0);
    auto source = readFile(folder / "demo/playbook.lua");
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"{ \"sms\" }", "{ \"whatsapp\" }"},
             {"channel = \"sms\"", "channel = \"whatsapp\", template = \"hello\""},
             {"after = \"booked\",", "after = \"booked\", template = \"meet\","},
             {"  review = {",
              "  templates = {\n    hello = template { text = \"Hi {lead.first_name}, {persona.name} here, "
              "an automated "
              "assistant. Is now a good time?\" },\n    meet = template { text = \"See you {slot} with "
              "{manager}.\" },\n  },\n"
              "  review = {"}})
        source = replaceAll(source, from, to);
    folder.write("demo/playbook.lua", source);
    fs::remove_all(folder / "demo/tests");
    fs::create_directories(folder / "demo/tests");
    folder.write("demo/tests/whatsapp.lua", R"lua(
local india = { phone = "+919000000011", country = "IN", zone = "Asia/Kolkata" }

it("begins with the template, then is free, and reminds with a template", function()
  local talk = conversation { lead = india }
  expect(talk.reply):is "Hi Asha, Sam here, an automated assistant. Is now a good time?"
  talk:hears "sure, go ahead"
  expect(talk.stage):is "questions"
  talk:hears "yes, I decide"
  talk:hears "20 people"
  expect(talk.stage):is "booking"
  talk:hears "the first one"
  talk:hears "yes"
  expect(talk.stage):is "booked"
  talk:later "12d"
  expect(talk):has_sent { exactly = 1, saying = "See you" }
end)

it("writes nothing first to a number of the United States", function()
  expect(conversation {}):has_sent(0)
end)

it("is held where no template is named after a day of silence", function()
  local talk = conversation { lead = india }
  talk:hears "sure, go ahead"
  talk:later "5d"
  expect(talk):is_held()
  expect(talk):has_sent(2)
end)
)lua");
    const auto finished = overture({"playbook", "test", folder / "demo"});
    EXPECT_EQ(finished.status, 0) << finished.output();
    EXPECT_TRUE(has(finished.out, "3 cases, none failed")) << finished.output();
}

TEST(Specs, EveryCaseStartsFresh) {
    const Copy copy;
    copy.write("tests/fresh.lua",
               "local count = 0\n"
               "before_each(function() count = count + 1 end)\n"
               "describe(\"group\", function()\n"
               "  before_each(function() count = count * 10 end)\n"
               "  it(\"one\", function() leaked = 1; expect(count):is(10) end)\n"
               "  it(\"two\", function() expect(count):is(10); expect(rawget(_G, \"leaked\")):is(nil) end)\n"
               "end)\n"
               "it(\"outside\", function() expect(count):is(1) end)\n");
    const auto finished = copy.test();
    EXPECT_EQ(finished.status, 0) << finished.output();
    EXPECT_TRUE(has(finished.out, "3 cases, none failed")) << finished.output();
}

TEST(Specs, TheSamePlaybookAndSpecsGiveTheSameBytes) {
    const Copy copy;
    const auto said = [&] {
        return copy
            .body(
                "local talk = conversation { seed = 4 }:hears \"sure\":hears \"yes\"\n"
                "talk:later \"3d\"\nexpect(talk.messages):is(nil)")
            .out;
    };
    const auto first = said().substr(0, said().rfind("1 case"));
    EXPECT_EQ(first, said().substr(0, said().rfind("1 case")));
    EXPECT_TRUE(has(first, "lead  sure"));
}

TEST(Specs, NeedNeitherNetworkNorDatabase) {
    const Copy copy;
    copy.write("tests/case.lua",
               "it(\"books\", function()\n"
               "  local talk = conversation { stage = \"booking\" }\n"
               "  talk:hears \"ok\":hears \"1\":hears \"yes\"\n"
               "  expect(talk):is_booked()\nend)\n");
    const auto finished = overture({"playbook", "test", copy.path()}, {},
                                   "env -i PATH=/nowhere OVERTURE_DATABASE=postgresql://nobody@192.0.2.1/x");
    EXPECT_EQ(finished.status, 0) << finished.output();
}

TEST(Specs, ABookedTimeCannotBeTakenTwiceAndCanBeMoved) {
    const Copy copy;
    const auto finished = copy.body(
        "local talk = conversation { stage = \"booking\" }\n"
        "talk:hears \"ok\":hears \"1\":hears \"yes\"\n"
        "local before = talk.meeting.from\n"
        "talk:hears \"I need another time please\"\n"
        "expect(talk):has_offered(3)\n"
        "for _, time in ipairs(talk.offered) do expect(time):is_not(before) end\n"
        "talk:hears \"2\":hears \"yes\"\n"
        "expect(talk):is_booked()\n"
        "expect(talk.meeting.from):is_not(before)");
    EXPECT_EQ(finished.status, 0) << finished.output();
}

TEST(Specs, FiltersAndReportsForMachines) {
    const Copy copy;
    copy.write("tests/case.lua",
               "it(\"good <one>\", function() end)\nit(\"bad & worse\", function() expect(1):is(2) end)\n");
    const auto tap = copy.test({"--tap", "--junit", copy / "report.xml"});
    EXPECT_EQ(tap.status, 1);
    EXPECT_TRUE(tap.out.starts_with("TAP version 13\n1..2\n")) << tap.out;
    EXPECT_TRUE(has(tap.out, "ok 1 - tests/case.lua: good <one>\n")) << tap.out;
    EXPECT_TRUE(has(tap.out, "not ok 2 - tests/case.lua: bad & worse\n")) << tap.out;
    const auto junit = readFile(copy / "report.xml");
    EXPECT_TRUE(has(junit, "<testsuites tests=\"2\" failures=\"1\" errors=\"0\"")) << junit;
    EXPECT_TRUE(has(junit, "name=\"bad &amp; worse\"")) << junit;
    EXPECT_TRUE(has(junit, "expected 2")) << junit;
    EXPECT_EQ(copy.test({"--filter", "GOOD"}).status, 0);
    const auto none = copy.test({"--filter", "nothing like it"});
    EXPECT_EQ(none.status, 1);
    EXPECT_TRUE(has(none.err, "no case's name contains \"nothing like it\"")) << none.output();
}

}  // namespace
}  // namespace overture::testing
