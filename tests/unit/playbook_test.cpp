#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/definition.hpp"
#include "playbook/library.hpp"
#include "playbook/reference.hpp"
#include "playbook/sandbox_run.hpp"
#include "playbook/scope.hpp"
#include "playbook/spec_run.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

/// A playbook without a mistake, one key a line, so that a test can spoil one of them.
const char* const kGood = R"(local least = 80
return playbook {
  api = 1,
  id = "solar",
  about = "Book a roof consultation",
  channels = { "sms", "email" },
  languages = { "en", "hi" },
  start = "opening",
  settings = {
    company = text { required = true },
  },
  persona = { name = "Katie", role = "assistant" },
  facts = {
    bill = money { ask = { en = "What do you pay a month?", hi = "बिल कितना है?" }, min = usd(10) },
    decides = yes_no { ask = { en = "Do you decide?", hi = "क्या आप फ़ैसला करेंगे?" } },
    need = one_of { "bills", "outages", ask = { en = "What matters?", hi = "क्या ज़रूरी है?" } },
  },
  stages = {
    opening = stage {
      goal = "confirm that this is {lead.first_name}",
      guide = file "texts/opening.md",
      lines = { en = { "Hi {lead.first_name}, {persona.name} from {settings.company}." }, hi = { "नमस्ते {lead.first_name}." } },
      moves = { talking = "willing to talk", closed = "wrong person" },
      quiet = { after = "2d", go = "closed" },
    },
    talking = stage {
      goal = "learn the need",
      collect = { "bill", "decides", "need" },
      moves = {
        meeting = function(talk) return talk.facts.bill >= usd(least) and talk.facts.decides end,
        closed = "not interested",
      },
    },
    meeting = booking {
      minutes = 30, notice = "24h", horizon = "10d", hours = "Mon-Fri 09:00-17:00",
      confirm = { "sms" }, remind = { "24h", "1h" }, after = "booked",
      lines = { offer = { en = { "Which suits you: {slots}?" }, hi = { "कौन सा: {slots}?" } } },
      quiet = { after = "3d", go = "closed" },
    },
    booked = stage { goal = "look after it", moves = { closed = "cancels" } },
    closed = stage { goal = "end kindly", closes = true },
  },
  objections = {
    price = objection { hear = "costs too much", words = { "too expensive" }, answer = { en = "It is free.", hi = "मुफ़्त है." }, tries = 2, otherwise = "closed" },
  },
  cadence = { touch { channel = "sms" }, touch { channel = "email", after = "2d", between = "10:00-11:00", days = "Tue-Thu" } },
  review = { sentences = 3, never = { "guarantee" }, model = "when in doubt", otherwise = "hold" },
  on = { reply = function(talk, message)
    if message.text:find "landlord" then talk:close "not the owner" end
  end },
}
)";

Files filesOf(const std::string& source) {
    return {{"playbook.lua", source}, {"texts/opening.md", "Be short.\nName {settings.company}."}};
}

/// The good one with one piece replaced.
std::string with(const std::string& piece, const std::string& instead) {
    const std::string good = kGood;
    EXPECT_NE(good.find(piece), std::string::npos) << piece;
    return replaceAll(good, piece, instead);
}

int lineOf(const std::string& source, const std::string& piece) {
    const auto at = source.find(piece);
    EXPECT_NE(at, std::string::npos) << piece;
    return 1 + static_cast<int>(
                   std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string all(const Checked& checked) {
    std::string out;
    for (const auto& f : checked.findings)
        out += f.severity + " " + f.place + ": " + f.message + " — " + f.suggestion + "\n";
    return out;
}

/// The good one, written for WhatsApp too.
std::string withTemplates(const std::string& templates, const std::string& touch) {
    auto source = replaceAll(
        with("channels = { \"sms\", \"email\" }", "channels = { \"sms\", \"email\", \"whatsapp\" }"),
        "cadence = { touch { channel = \"sms\" },",
        "templates = {\n" + templates + "\n},\n  cadence = { touch { channel = \"sms\" },\n" + touch);
    return replaceAll(source, "quiet = { after = \"3d\", go = \"closed\" },",
                      "quiet = { after = \"3d\", go = \"closed\" }, template = \"meet\",");
}

const std::string kHello =
    "hello = template { text = { en = \"Hi {lead.first_name}, {persona.name} here.\", hi = \"नमस्ते "
    "{lead.first_name}.\" },\n"
    "approved_as = \"solar_hello\", approved_in = { en = \"en_US\" } },\n";
const std::string kMeet =
    "meet = template { text = { en = \"See you {slot} with {manager}.\", hi = \"मिलते हैं {slot}.\" } },";
const std::string kTouch = "touch { channel = \"whatsapp\", after = \"1d\", template = \"hello\" },";

TEST(Check, TemplatesAreNamedByTouchesAndStages) {
    const auto checked = check(filesOf(withTemplates(kHello + kMeet, kTouch)));
    ASSERT_TRUE(checked.ok()) << all(checked);
    EXPECT_TRUE(checked.findings.empty()) << all(checked);
    const auto& d = *checked.definition;
    const auto* hello = d.templateNamed("hello");
    ASSERT_NE(hello, nullptr);
    EXPECT_EQ(hello->approvedAs, "solar_hello");
    EXPECT_EQ(hello->approvedIn.at("en"), "en_US");
    EXPECT_EQ(hello->text.at("en"), "Hi {lead.first_name}, {persona.name} here.");
    EXPECT_EQ(d.templateNamed("meet")->approvedAs, "meet");
    EXPECT_EQ(d.touch(1)->templateName, "hello");
    EXPECT_EQ(d.stage("meeting")->templateName, "meet");
    EXPECT_EQ(d.templateNamed("other"), nullptr);
}

TEST(Check, WhatIsWrongWithTemplatesIsSaid) {
    const auto said = [](const std::string& templates, const std::string& touch) {
        return all(check(filesOf(withTemplates(templates, touch))));
    };
    const auto has = [](const std::string& found, const std::string& wanted) {
        EXPECT_NE(found.find(wanted), std::string::npos) << found << "\ndoes not say: " << wanted;
    };
    has(said(kHello + kMeet, "touch { channel = \"whatsapp\", after = \"1d\", template = \"helo\" },"),
        "there is no template \"helo\" — Did you mean \"hello\"?");
    has(said(kHello + kMeet, "touch { channel = \"whatsapp\", after = \"1d\" },"),
        "warning playbook.lua:52: touch 2 names no template, and WhatsApp takes nothing else from who writes "
        "first");
    has(said(kHello + kMeet + "spare = template { text = { en = \"Hi.\", hi = \"हाय.\" } },", kTouch),
        "nothing uses the template \"spare\"");
    const auto bare = replaceAll(withTemplates(kHello + kMeet, kTouch), ", template = \"meet\"", "");
    has(all(check(filesOf(bare))),
        "a reminder by WhatsApp needs a template once the lead has not written for a day");
    const auto silent =
        replaceAll(withTemplates(kHello + kMeet, kTouch), "quiet = { after = \"2d\", go = \"closed\" }",
                   "quiet = { after = \"2d\", go = \"later\" }");
    const auto later = replaceAll(silent, "    closed = stage {",
                                  "    later = stage { goal = \"ask once more\", lines = { en = { \"Still "
                                  "there?\" }, hi = { \"हैं?\" } }, moves = { closed "
                                  "= \"no\" } },\n    closed = stage {");
    has(all(check(filesOf(later))),
        "after 2d of silence in \"opening\" WhatsApp takes only a template, and \"later\" names none");
    has(said("hello = template { approved_as = \"x\" }," + kMeet, kTouch), "template \"hello\" has no text");
    has(said("hello = \"Hi\"," + kMeet, kTouch), "templates.hello is a text");
    has(said(
            "hello = template { text = { en = \"{lead.first_name}, {lead.first_name}!\", hi = \"हाय.\" } }," +
                kMeet,
            kTouch),
        "template \"hello\" has {lead.first_name} twice");
    has(said("hello = template { text = { en = \"Hi {lead.frist_name}\", hi = \"हाय.\" } }," + kMeet, kTouch),
        "{lead.frist_name} is not known here");
    has(said("hello = template { text = { en = \"Hi\", hi = \"हाय.\" }, approved_in = { es = \"es_MX\" } }," +
                 kMeet,
             kTouch),
        "there is no language of this playbook \"es\"");
}

TEST(Check, TheGoodOneIsGood) {
    const auto checked = check(filesOf(kGood));
    ASSERT_TRUE(checked.ok()) << all(checked);
    EXPECT_TRUE(checked.findings.empty()) << all(checked);
    const auto& d = *checked.definition;
    EXPECT_EQ(d.id, "solar");
    EXPECT_EQ(d.firstStage, "opening");
    ASSERT_EQ(d.stages.size(), 5U);
    EXPECT_EQ(d.stages[0].name, "opening");  // the file's order, not the alphabet's
    EXPECT_EQ(d.stages[1].name, "talking");
    EXPECT_EQ(d.stages[2].name, "meeting");
    EXPECT_EQ(d.facts.at("bill").type, FactType::money);
    EXPECT_EQ(d.facts.at("bill").least, 10);
    EXPECT_EQ(d.facts.at("bill").currency, "USD");
    EXPECT_EQ(d.facts.at("need").choices, (std::vector<std::string>{"bills", "outages"}));
    EXPECT_TRUE(d.settings.at("company").required);
    const auto& rules = *d.stage("meeting")->booking;
    EXPECT_EQ(rules.after, "booked");
    EXPECT_EQ(rules.horizon, seconds(std::chrono::days(10)));
    EXPECT_EQ(rules.remind, (std::vector<seconds>{std::chrono::hours(24), std::chrono::hours(1)}));
    EXPECT_EQ(linesIn(rules.offerLines, "hi", d).at(0), "कौन सा: {slots}?");
    const auto& talking = *d.stage("talking");
    ASSERT_EQ(talking.moves.size(), 2U);
    EXPECT_TRUE(talking.moves[0].isFunction);
    EXPECT_EQ(talking.moves[1].when, "not interested");
    EXPECT_EQ(d.cadence[1].after, seconds(std::chrono::days(2)));
    EXPECT_EQ(d.objection("price")->tries, 2);
    EXPECT_TRUE(d.hasReplyHook);
    EXPECT_EQ(textIn(d.stage("opening")->guide, "hi", d), "Be short.\nName {settings.company}.");
}

struct Mistake {
    const char* name;
    const char *piece, *instead;  ///< replaced in the good one
    const char* at;  ///< the finding's line is the one with this text; "" for line 2, where playbook { is
    const char *message, *suggestion;  ///< parts of them
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreFoundWithPlaceAndSuggestion) {
    const auto& mistake = GetParam();
    const auto source = with(mistake.piece, mistake.instead);
    const auto checked = check(filesOf(source));
    EXPECT_FALSE(checked.ok());
    const auto place = "playbook.lua:" + std::to_string(*mistake.at == '\0' ? 2 : lineOf(source, mistake.at));
    bool found = false;
    for (const auto& f : checked.findings)
        found = found || (f.place == place && f.message.find(mistake.message) != std::string::npos &&
                          f.suggestion.find(mistake.suggestion) != std::string::npos);
    EXPECT_TRUE(found) << "expected at " << place << ": " << mistake.message << "\n" << all(checked);
    EXPECT_EQ(all(checked), all(check(filesOf(source))));
}

const Mistake kMistakes[] = {
    {"UnknownKeyOfPlaybook", "start =", "strat =", "strat =", "no key \"strat\"", "\"start\""},
    {"UnknownKeyOfStage", "collect =", "colect =", "colect =", "no key \"colect\"", "\"collect\""},
    {"UnknownKeyOfQuiet", "quiet = { after = \"2d\", go", "quiet = { after = \"2d\", goto_", "goto_",
     "no key", ""},
    {"UnknownKeyOfFact", "min = usd(10)", "mim = usd(10)", "mim =", "no key \"mim\"", "\"min\""},
    {"UnknownKeyOfReview", "sentences = 3", "sentenses = 3", "sentenses", "no key", "\"sentences\""},
    {"UnknownWord", "opening = stage {", "opening = stge {", "stge", "no word \"stge\"", "\"stage\""},
    {"WrongType", "goal = \"learn the need\"", "goal = 5", "goal = 5", "must be a text", ""},
    {"WrongTypeOfTable", "quiet = { after = \"2d\", go = \"closed\" }", "quiet = \"2d\"", "quiet = \"2d\"",
     "must be a table", ""},
    {"WordWithoutTable", "booked = stage { goal = \"look after it\", moves = { closed = \"cancels\" } }",
     "booked = stage \"x\"", "booked = stage", "needs a table", "curly"},
    {"PlainTableForStage", "closed = stage {", "closed = {", "closed = {", "stages.closed is a table",
     "stage {"},
    {"UnknownStageInMoves", "talking = \"willing to talk\"", "talkin = \"willing to talk\"",
     "talkin =", "no stage \"talkin\"", "\"talking\""},
    {"UnknownStageInQuiet", "quiet = { after = \"3d\", go = \"closed\" }",
     "quiet = { after = \"3d\", go = \"close\" }", "go = \"close\"", "no stage \"close\"", "\"closed\""},
    {"UnknownStageInOtherwise", "tries = 2, otherwise = \"closed\"", "tries = 2, otherwise = \"nurture\"",
     "nurture", "no stage \"nurture\"", ""},
    {"UnknownStageInAfter", "after = \"booked\"", "after = \"bookd\"", "after = \"bookd\"", "no stage",
     "\"booked\""},
    {"UnknownStart", "start = \"opening\"", "start = \"openin\"", "openin\"", "no stage \"openin\"",
     "\"opening\""},
    {"UnknownFactInCollect", "\"bill\", \"decides\", \"need\" }", "\"bil\", \"decides\" }", "\"bil\"",
     "no fact \"bil\"", "\"bill\""},
    {"UnknownFactInFunction", "talk.facts.bill", "talk.facts.bil", "talk.facts.bil ", "no fact \"bil\"",
     "\"bill\""},
    {"UnknownChannel", "channels = { \"sms\", \"email\" }", "channels = { \"sms\", \"emial\" }", "emial",
     "no channel \"emial\"", "\"email\""},
    {"UnknownChannelInTouch", "touch { channel = \"email\"", "touch { channel = \"fax\"", "fax",
     "no channel \"fax\"", ""},
    {"ForeignChannelInTouch", "touch { channel = \"email\"", "touch { channel = \"voice\"", "voice",
     "no channel of this playbook", ""},
    {"UnreachableStage", "closed = stage { goal = \"end kindly\", closes = true },",
     "closed = stage { goal = \"end kindly\", closes = true },\n    lost = stage { goal = \"x\", closes = "
     "true },",
     "lost =", "never be reached", ""},
    {"NoWayOut", "booked = stage { goal = \"look after it\", moves = { closed = \"cancels\" } }",
     "booked = stage { goal = \"look after it\" }", "booked = stage", "no way out", "closes"},
    {"EmptyText", "goal = \"learn the need\"", "goal = \" \"", "goal = \" \"", "is empty", ""},
    {"EmptyLine", "hi = { \"नमस्ते {lead.first_name}.\" }", "hi = { \"\" }", "hi = { \"\" }", "is empty", ""},
    {"UnknownPlaceholder", "{persona.name} from", "{lead.frist_name} from", "frist_name", "{lead.frist_name}",
     "{lead.first_name}"},
    {"PersonaWithoutIt", "{persona.name} from", "{persona.manner} from", "persona.manner", "{persona.manner}",
     "Add manner"},
    {"SlotOutsideBooking", "hi = { \"नमस्ते {lead.first_name}.\" }", "hi = { \"नमस्ते {slots}.\" }",
     "नमस्ते {slots}", "{slots}", ""},
    {"BookingLineWithoutSlots", "\"Which suits you: {slots}?\"", "\"Which suits you?\"",
     "offer =", "does not contain {slots}", ""},
    {"MissingTranslation", "{ en = \"Do you decide?\", hi = \"क्या आप फ़ैसला करेंगे?\" }",
     "{ en = \"Do you decide?\" }", "Do you decide", "missing in: hi", ""},
    {"UnknownLanguage", "{ en = \"Do you decide?\", hi", "{ en = \"Do you decide?\", fr = \"x\", hi",
     "fr =", "language", ""},
    {"BadDuration", "after = \"2d\", go", "after = \"2 days\", go", "2 days", "not a duration", "\"3d\""},
    {"DurationAsNumber", "after = \"2d\", go", "after = 2, go", "after = 2, go", "in quotes", ""},
    {"BadHours", "Mon-Fri 09:00-17:00", "Mon-Fri 9-17", "9-17", "hours", ""},
    {"HoursBackwards", "Mon-Fri 09:00-17:00", "Mon-Fri 17:00-09:00", "17:00-09:00", "ends before it begins",
     ""},
    {"BadDays", "days = \"Tue-Thu\"", "days = \"Tue-Thr\"", "Tue-Thr", "no day", ""},
    {"BadBetween", "between = \"10:00-11:00\"", "between = \"10-11\"", "10-11", "span of time", ""},
    {"NoChoices", "one_of { \"bills\", \"outages\",", "one_of {", "one_of {", "no choices", ""},
    {"ChoiceTwice", "one_of { \"bills\", \"outages\",", "one_of { \"bills\", \"Bills\",", "one_of {",
     "there twice", ""},
    {"MinOverMax", "min = usd(10)", "min = usd(10), max = usd(5)", "min = usd(10)", "greater than max", ""},
    {"MixedCurrencies", "min = usd(10)", "min = usd(10), max = inr(500)", "min = usd(10)", "mixes currencies",
     ""},
    {"StageTwice", "booked = stage {",
     "closed = stage { goal = \"x\", closes = true },\n    booked = stage {", "closed = stage { goal = \"end",
     "written twice", "another name"},
    {"ChannelTwice", "channels = { \"sms\", \"email\" }", "channels = { \"sms\", \"sms\", \"email\" }",
     "channels", "listed twice", ""},
    {"MissingId", "id = \"solar\",", "", "", "id is missing", "id ="},
    {"MissingApi", "api = 1,", "", "", "api is missing", "api = 1"},
    {"ApiTooNew", "api = 1,", "api = 2,", "api = 2", "newer than this engine", ""},
    {"BadId", "id = \"solar\"", "id = \"so lar\"", "so lar", "other characters", ""},
    {"ReviewModel", "model = \"when in doubt\"", "model = \"sometimes\"", "sometimes", "review.model",
     "when in doubt"},
    {"ReviewOtherwise", "otherwise = \"hold\"", "otherwise = \"held\"", "\"held\"", "review.otherwise",
     "\"hold\""},
    {"TriesBelowOne", "tries = 2", "tries = 0", "tries = 0", "between 1 and", ""},
    {"ForbiddenWordInLine", "\"Which suits you: {slots}?\"", "\"We guarantee it: {slots}?\"", "guarantee it",
     "review.never", ""},
    {"NoticeAfterHorizon", "notice = \"24h\"", "notice = \"11d\"", "horizon", "no time can be offered", ""},
    {"ClosesAndMoves", "goal = \"end kindly\", closes = true",
     "goal = \"end kindly\", closes = true, moves = { booked = \"x\" }", "end kindly", "never count", ""},
    {"SelfMove", "moves = { closed = \"cancels\" }", "moves = { booked = \"x\", closed = \"cancels\" }",
     "booked = \"x\"", "moves to itself", ""},
    {"HookIsNoFunction",
     "on = { reply = function(talk, message)\n    if message.text:find \"landlord\" then talk:close \"not "
     "the owner\" end\n  end },",
     "on = { reply = \"close\" },", "on = {", "must be a function", ""},
    {"GoToUnknownStage", "talk:close \"not the owner\"", "talk:go \"nowhere\"", "nowhere",
     "no stage \"nowhere\"", ""},
    {"MissingFile", "file \"texts/opening.md\"", "file \"texts/openin.md\"", "openin.md", "no file",
     "texts/opening.md"},
    {"UnnamedStage", "booked = stage {", "stage { goal = \"x\", closes = true },\n    booked = stage {",
     "stage { goal = \"x\"", "has no name", ""},
    {"RuntimeError", "local least = 80", "local least = nil + 1", "nil + 1", "attempt to perform arithmetic",
     ""},
    {"SyntaxError", "about = \"Book a roof consultation\",", "about = \"Book a roof consultation\"",
     "about =", "a comma is missing", ""},
    {"EndlessLoop", "local least = 80", "local least = 80 while true do end", "while true", "instructions",
     "loop"},
    {"NoLibraries", "local least = 80", "local least = os.time()", "os.time", "no word \"os\"", ""},
    {"SettingThatIsNone", "talk:close \"not the owner\"", "talk:close(talk.settings.compnay)", "compnay",
     "no setting", "\"company\""},
    {"RequiredFact", "decides = yes_no {", "decides = yes_no { required = true,", "decides = yes_no",
     "only for settings", "collect"},
    {"StrictWithoutLines", "goal = \"learn the need\",", "goal = \"learn the need\", strict = true,",
     "talking = stage", "nothing may be said", ""},
};

INSTANTIATE_TEST_SUITE_P(Check, Mistakes, testing::ValuesIn(kMistakes),
                         [](const auto& mistake) { return std::string(mistake.param.name); });

TEST(Check, NoPlaybookNoReturnNoStages) {
    EXPECT_NE(all(check({})).find("there is no playbook.lua"), std::string::npos);
    EXPECT_NE(all(check({{"playbook.lua", "local x = 1"}})).find("must return playbook"), std::string::npos);
    EXPECT_NE(all(check({{"playbook.lua", "return playbook { api = 1, id = 'x', channels = { 'sms' } }"}}))
                  .find("stages is missing"),
              std::string::npos);
    EXPECT_NE(all(check({{"playbook.lua",
                          "return playbook { api = 1, id = 'x', channels = { 'sms' }, stages = {} }"}}))
                  .find("no stages"),
              std::string::npos);
    EXPECT_NE(all(check({{"playbook.lua", std::string(300 * 1024, ' ')}})).find("longer than"),
              std::string::npos);
    EXPECT_NE(all(check({{"playbook.lua", "\033Lua"}})).find("binary chunk"), std::string::npos);
}

TEST(Check, WarnsOfWhatMayBeMeant) {
    const auto source = with("\"Hi {lead.first_name}, {persona.name} from {settings.company}.\"",
                             "\"Hi {lead.first_name}. " + std::string(170, 'x') + "\"");
    const auto checked = check(filesOf(source));
    EXPECT_TRUE(checked.ok()) << all(checked);
    ASSERT_EQ(checked.findings.size(), 1U) << all(checked);
    EXPECT_EQ(checked.findings[0].severity, "warning");
    EXPECT_NE(checked.findings[0].message.find("a text message holds 160"), std::string::npos);
    const auto plain = check(filesOf(
        with("ask = { en = \"Do you decide?\", hi = \"क्या आप फ़ैसला करेंगे?\" }", "ask = \"Do you decide?\"")));
    EXPECT_TRUE(plain.ok());
    EXPECT_NE(all(plain).find("warning playbook.lua:15: ask of decides is only in en"), std::string::npos)
        << all(plain);
}

TEST(Check, PlacesOfTextFilesAreTheirOwn) {
    auto files = filesOf(kGood);
    files["texts/opening.md"] = "Be short.\n\nName {settings.compny}.";
    const auto checked = check(files);
    EXPECT_NE(all(checked).find("error texts/opening.md:3: {settings.compny} is not known here — Did you "
                                "mean {settings.company}?"),
              std::string::npos)
        << all(checked);
}

TEST(Check, FilesPerLanguageAreFound) {
    auto files = filesOf(kGood);
    files["texts/opening.hi.md"] = "छोटा रखिए.";
    const auto checked = check(files);
    ASSERT_TRUE(checked.ok()) << all(checked);
    EXPECT_EQ(textIn(checked.definition->stage("opening")->guide, "hi", *checked.definition), "छोटा रखिए.");
    EXPECT_EQ(textIn(checked.definition->stage("opening")->guide, "fr", *checked.definition),
              "Be short.\nName {settings.company}.");
}

TEST(Check, LandedPlaybooksHaveNoErrors) {
    int seen = 0;
    for (const auto& folder :
         std::filesystem::directory_iterator(std::string(OVERTURE_SOURCE_DIR) + "/playbooks")) {
        if (!std::filesystem::exists(folder.path() / "playbook.lua")) continue;
        const auto files = readFolder(folder.path().string());
        const auto checked = check(files);
        EXPECT_TRUE(checked.ok()) << folder.path() << "\n" << all(checked);
        const auto simulated = people(files);
        ASSERT_TRUE(simulated) << simulated.problem().sentence();
        EXPECT_FALSE(simulated->empty()) << folder.path();
        ++seen;
    }
    EXPECT_GE(seen, 3);
}

TEST(People, BecomeData) {
    const auto made = people({{"people/a.lua", R"(
return person { name = "eager", weight = 2, numbers = "+91", reply_after = { "2m", "3h" }, silent = 0.1, gives_up_after = 6,
  answers = { { hear = { "own" }, say = { "yes" } }, { hear = { "bye" }, say = {}, after = "silent" }, { hear = { "x" }, say = { "y" }, ["then"] = "stop", weight = 3 } },
  otherwise = { "ok" } })"}});
    ASSERT_TRUE(made) << made.problem().sentence();
    EXPECT_EQ(
        toText(*made),
        R"([{"answers":[{"hear":["own"],"say":["yes"]},{"hear":["bye"],"say":[],"then":"silent"},)"
        R"({"hear":["x"],"say":["y"],"then":"stop","weight":3.0}],"gives_up_after":6,"name":"eager","numbers":"+91",)"
        R"("otherwise":["ok"],"reply_after":[120,10800],"silent":0.1,"weight":2.0}])");
    EXPECT_TRUE(people({})->empty());
}

TEST(People, ProblemsNameFileAndLine) {
    const auto wrong = [](const std::string& source) {
        const auto made = people({{"people/a.lua", source}});
        return made ? std::string("fine") : made.problem().sentence();
    };
    EXPECT_EQ(wrong("\nperson { name = 'x', silnt = 1 }"),
              "people/a.lua:2: person has no key \"silnt\". Did you mean \"silent\"?");
    EXPECT_NE(wrong("person { name = 'x',\n reply_after = { '2 m' } }")
                  .find("people/a.lua:2: \"2 m\" is not a duration"),
              std::string::npos);
    EXPECT_NE(wrong("person { name = 'x', silent = 2 }").find("between 0 and 1"), std::string::npos);
    EXPECT_NE(wrong("person { }").find("has no name"), std::string::npos);
    EXPECT_NE(wrong("person { name = 'x' } person { name = 'x' }").find("already a person"),
              std::string::npos);
    EXPECT_NE(wrong("local x = 1").find("declares no person"), std::string::npos);
    EXPECT_NE(
        wrong("person { name = 'x', answers = { { say = { 'y' } } } }").find("does not say what it answers"),
        std::string::npos);
    const auto checked =
        check({{"playbook.lua", kGood}, {"texts/opening.md", "x"}, {"people/a.lua", "person {"}});
    EXPECT_FALSE(checked.ok());
    EXPECT_NE(all(checked).find("people/a.lua:1:"), std::string::npos) << all(checked);
}

TEST(FilesOfAPlaybook, VersionIsItsContent) {
    const auto files = filesOf(kGood);
    EXPECT_EQ(versionOf(files).size(), 64U);
    EXPECT_EQ(versionOf(files), versionOf(filesOf(kGood)));
    EXPECT_NE(versionOf(files), versionOf(filesOf(with("tries = 2", "tries = 3"))));
    EXPECT_NE(versionOf({{"a", "bc"}}), versionOf({{"ab", "c"}}));
    EXPECT_NE(versionOf({{"a", "1"}, {"b", "2"}}), versionOf({{"a", "2"}, {"b", "1"}}));
}

TEST(FilesOfAPlaybook, FolderIsReadWithoutTestsAndStrangers) {
    namespace fs = std::filesystem;
    const auto folder = fs::path(testing::TempDir()) / "overture-folder";
    fs::remove_all(folder);
    for (const char* name : {"playbook.lua", "texts/a.md", "texts/deep/b.md", "texts/.hidden.md",
                             "texts/c.bin", "people/p.lua", "tests/t.lua", "leads.csv"}) {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name) << name;
    }
    std::string names;
    for (const auto& [name, text] : readFolder(folder.string())) names += name + " ";
    EXPECT_EQ(names, "people/p.lua playbook.lua texts/a.md texts/deep/b.md ");
    fs::remove(folder / "playbook.lua");
    EXPECT_THROW(readFolder(folder.string()), Error);
    EXPECT_THROW(readFolder((folder / "none").string()), Error);
}

TEST(Render, FillsPlaceholders) {
    const Json lead = {{"first_name", "Asha"}, {"last_name", ""}, {"custom", {{"roof", 12.5}}}};
    const Json facts = {{"bill", 140}, {"owns", true}};
    Scope scope;
    scope.refer("lead", lead);
    scope.refer("facts", facts);
    scope.set("slot", "Tue 10:00");
    EXPECT_EQ(
        *render(
            "Hi {lead.first_name}, {facts.bill} {facts.owns} {lead.custom.roof} at {slot}. {not this} {} {",
            scope),
        "Hi Asha, 140 yes 12.5 at Tue 10:00. {not this} {} {");
    EXPECT_FALSE(render("Hi {lead.last_name}", scope));
    EXPECT_FALSE(render("Hi {lead.middle_name}", scope));
    EXPECT_FALSE(render("Hi {lead.first_name.x}", scope));
    EXPECT_FALSE(render("Hi {facts}", scope));
    EXPECT_NE(render("{lead.x}", scope).problem().what.find("{lead.x}"), std::string::npos);
    scope.set("lead.last_name", "Rao");
    EXPECT_EQ(*render("{lead.first_name} {lead.last_name}", scope), "Asha Rao");
}

std::string normal(FactType type, const Json& value, std::vector<std::string> choices = {}) {
    Fact fact;
    fact.name = "f";
    fact.type = type;
    fact.choices = std::move(choices);
    if (type == FactType::money) fact.least = 10;
    const auto result = normalizeFact(fact, value);
    return result ? result->dump() : "no";
}

TEST(Facts, NumbersAndMoney) {
    const auto money = [](const Json& value) { return normal(FactType::money, value); };
    EXPECT_EQ(money(140), "140");
    EXPECT_EQ(money(99.5), "99.5");
    EXPECT_EQ(money("$140"), "140");
    EXPECT_EQ(money("about 150 dollars"), "150");
    EXPECT_EQ(money("about 180 a month"), "180");
    EXPECT_EQ(money("1,200.50"), "1200.5");
    EXPECT_EQ(money("₹3,000"), "3000");
    EXPECT_EQ(money("1,00,000"), "100000");
    EXPECT_EQ(money("2k"), "2000");
    EXPECT_EQ(money("99,50 euro"), "99.5");
    EXPECT_EQ(money("1.5 lakh"), "150000");
    EXPECT_EQ(money("लगभग २८०० रुपये"), "2800");
    EXPECT_EQ(money("210 in summer, so say 210"), "210");
    EXPECT_EQ(money("5"), "no");  // below min
    EXPECT_EQ(money("-50"), "no");
    EXPECT_EQ(money("a lot"), "no");
    EXPECT_EQ(money(true), "no");
    EXPECT_EQ(money(nullptr), "no");
    EXPECT_EQ(normal(FactType::number, "we are 35 people"), "35");
    EXPECT_EQ(normal(FactType::number, std::string(3000, '9')), "no");
}

TEST(Facts, YesAndNo) {
    const auto yesNo = [](const Json& value) { return normal(FactType::yesNo, value); };
    for (const char* yes : {"yes", "Yes, it's ours", "YEP!", "sure thing", "हाँ", "haan, main hi",
                            "जी हाँ, अपना है", "I would", "of course"})
        EXPECT_EQ(yesNo(yes), "true") << yes;
    for (const char* no : {"no", "No, my landlord does", "नहीं", "nahi", "not really", "I don't"})
        EXPECT_EQ(yesNo(no), "false") << no;
    EXPECT_EQ(yesNo(true), "true");
    for (const char* unsure : {"maybe", "eyes", "know", ""}) EXPECT_EQ(yesNo(unsure), "no") << unsure;
}

TEST(Facts, OneOfTheChoices) {
    const std::vector<std::string> choices = {"now", "this quarter", "later"};
    const auto oneOf = [&](const Json& value) { return normal(FactType::oneOf, value, choices); };
    EXPECT_EQ(oneOf("Now"), "\"now\"");
    EXPECT_EQ(oneOf("this quarter works"), "\"this quarter\"");
    EXPECT_EQ(oneOf("lat"), "\"later\"");
    EXPECT_EQ(oneOf("I know"), "no");
    EXPECT_EQ(oneOf("now or later"), "no");
    EXPECT_EQ(normal(FactType::oneOf, "gas heating please", {"gas", "gas heating"}), "\"gas heating\"");
    EXPECT_EQ(normal(FactType::oneOf, "my bill mostly", {"bills", "outages"}), "\"bills\"");
    EXPECT_EQ(normal(FactType::oneOf, 3, {"bills"}), "no");
}

TEST(Facts, Forms) {
    EXPECT_EQ(normal(FactType::date, "2026-3-1"), "\"2026-03-01\"");
    EXPECT_EQ(normal(FactType::date, "2026-02-30"), "no");
    EXPECT_EQ(normal(FactType::date, "soon"), "no");
    EXPECT_EQ(normal(FactType::time, "2:30 pm"), "\"14:30\"");
    EXPECT_EQ(normal(FactType::time, "9am"), "\"09:00\"");
    EXPECT_EQ(normal(FactType::time, "12 a.m."), "\"00:00\"");
    EXPECT_EQ(normal(FactType::time, "25:00"), "no");
    EXPECT_EQ(normal(FactType::time, "9"), "no");
    EXPECT_EQ(normal(FactType::email, "asha@example.com"), "\"asha@example.com\"");
    EXPECT_EQ(normal(FactType::email, "asha@example"), "no");
    EXPECT_EQ(normal(FactType::phone, "+1 (602) 555-0101"), "\"+1 (602) 555-0101\"");
    EXPECT_EQ(normal(FactType::phone, "call me"), "no");
    EXPECT_EQ(normal(FactType::postalCode, "85004"), "\"85004\"");
    EXPECT_EQ(normal(FactType::postalCode, "SW1A 1AA"), "\"SW1A 1AA\"");
    EXPECT_EQ(normal(FactType::postalCode, "none"), "no");
    EXPECT_EQ(normal(FactType::text, "  paper "), "\"paper\"");
    EXPECT_EQ(normal(FactType::text, " "), "no");
}

TalkView view() {
    TalkView view;
    view.lead = {{"first_name", "Asha"}, {"country", "US"}};
    view.settings = {{"company", "Sunny"}};
    view.facts = Json::object();
    view.stage = "talking";
    view.channel = "sms";
    view.language = "en";
    view.messages = Json::array({{{"direction", "in"}, {"text", "hello"}}});
    view.now = *parseRfc3339("2026-07-01T17:30:00Z");
    view.zone = "America/Phoenix";
    view.seed = 11;
    return view;
}

/// The acts of a hook with this body.
std::vector<Act> hook(const std::string& body, const std::string& text = "hello") {
    return Script(
               filesOf(with("if message.text:find \"landlord\" then talk:close \"not the owner\" end", body)),
               view())
        .onReply(text);
}

std::string problemOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const ScriptError& error) {
        return (error.limit().empty() ? "" : error.limit() + " ") + error.problem().sentence();
    }
    return "none";
}

TEST(ScriptOfATurn, MovesAskTheirFunction) {
    Script script(filesOf(kGood), view());
    EXPECT_TRUE(script.moveAllowed("opening", "talking"));   // in words
    EXPECT_FALSE(script.moveAllowed("opening", "meeting"));  // no such move
    EXPECT_FALSE(script.moveAllowed("nowhere", "meeting"));
    EXPECT_FALSE(script.moveAllowed("talking", "meeting"));  // bill is not known: not now
    script.setFacts({{"bill", 120}, {"decides", true}});
    EXPECT_TRUE(script.moveAllowed("talking", "meeting"));
    script.setFacts({{"bill", 70}, {"decides", true}});
    EXPECT_FALSE(script.moveAllowed("talking", "meeting"));
}

TEST(ScriptOfATurn, AnUnknownFactIsNoButAMistakeIsAnError) {
    const auto moved = [](const std::string& function) {
        return Script(filesOf(with(
                          "function(talk) return talk.facts.bill >= usd(least) and talk.facts.decides end",
                          function)),
                      view())
            .moveAllowed("talking", "meeting");
    };
    EXPECT_FALSE(moved("function(talk) return talk.facts.bill * 2 > 10 end"));
    const int line = lineOf(kGood, "meeting = function");
    const auto at = "playbook.lua:" + std::to_string(line) + ": ";
    EXPECT_EQ(problemOf([&] { moved("function(talk) return talk.lead.age > 3 end"); }),
              at + "attempt to compare number with nil");
    EXPECT_EQ(problemOf([&] { moved("function(talk) return talk.facts['bil'] > 3 end"); }),
              at + "there is no fact \"bil\"; did you mean \"bill\"?");
    EXPECT_EQ(problemOf([&] { moved("function(talk) talk:say 'x' return true end"); }),
              at + "talk:say: a move function only answers yes or no");
    EXPECT_EQ(problemOf([&] { moved("function(talk) while true do end end"); }).find("instructions " + at),
              0U);
}

TEST(ScriptOfATurn, HooksSeeTheConversation) {
    const auto acts = hook(
        R"(talk:note(talk.lead.first_name .. "," .. talk.settings.company .. "," .. talk.stage .. "," .. talk.channel .. ","
        .. talk.language .. "," .. #talk.messages .. "," .. talk.persona.name .. "," .. message.text .. "," .. message.channel)
        local n = talk.now
        talk:note(n.year .. "-" .. n.month .. "-" .. n.day .. " " .. n.hour .. ":" .. n.min .. " " .. n.weekday))");
    ASSERT_EQ(acts.size(), 2U);
    EXPECT_EQ(acts[0].text, "Asha,Sunny,talking,sms,en,1,Katie,hello,sms");
    EXPECT_EQ(acts[1].text, "2026-7-1 10:30 Wed");
}

TEST(ScriptOfATurn, HooksAct) {
    const auto acts = hook(
        R"(talk:draft "be kind" talk:go "closed" talk:wait "2d" talk:handover "angry" talk:close() talk:note "n")");
    using Kind = Act::Kind;
    ASSERT_EQ(acts.size(), 6U);
    EXPECT_EQ(acts[0].kind, Kind::draft);
    EXPECT_EQ(acts[1].text, "closed");
    EXPECT_EQ(acts[2].duration, seconds(std::chrono::days(2)));
    EXPECT_EQ(acts[3].kind, Kind::handover);
    EXPECT_EQ(acts[4].kind, Kind::close);
    EXPECT_EQ(acts[5].kind, Kind::note);
    EXPECT_TRUE(hook("return").empty());
}

TEST(ScriptOfATurn, OneOutwardActPerTurn) {
    const auto acts =
        hook(R"(assert(talk:say "one") local ok, why = talk:book() talk:note(tostring(ok) .. " " .. why))");
    ASSERT_EQ(acts.size(), 2U);
    EXPECT_EQ(acts[0].text, "one");
    EXPECT_EQ(acts[1].text, "false this turn already has its message");
}

/// What a hook with this body notes, its tools answered by `ask`.
std::vector<std::string> noted(const std::string& body, AskTool ask) {
    Script script(
        filesOf(with("if message.text:find \"landlord\" then talk:close \"not the owner\" end", body)),
        view(), std::move(ask));
    std::vector<std::string> notes;
    for (const auto& act : script.onReply("hello")) notes.push_back(act.text);
    return notes;
}

TEST(ScriptOfATurn, AToolAnswersAtOnce) {
    std::string asked;
    const auto ask = [&](const std::string& capability, const Json& arguments) -> Json {
        asked += capability + " " + arguments.dump() + ";";
        if (capability == "crm/1") return {{"ok", false}, {"why", "it is away"}};
        return {{"ok", true}, {"answer", {{"employees", 120}, {"offices", {"Mesa", "Tempe"}}}}};
    };
    EXPECT_EQ(noted(R"(local ok, found = talk:use("enrichment/1", { company = "Acme" })
                       talk:note(tostring(ok) .. " " .. found.employees .. " " .. found.offices[2])
                       local known, why = talk:use("crm/1") talk:note(tostring(known) .. " " .. why))",
                    ask),
              (std::vector<std::string>{"true 120 Tempe", "false it is away"}));
    EXPECT_EQ(asked, R"(enrichment/1 {"company":"Acme"};crm/1 {};)");
    EXPECT_EQ(
        noted(R"(local ok, why = talk:use("crm/1", { find = 1 }) talk:note(tostring(ok) .. " " .. why))", {}),
        std::vector<std::string>{"false nobody is asked here"});
    Script script(
        filesOf(
            with("function(talk) return talk.facts.bill >= usd(least) and talk.facts.decides end",
                 "function(talk) local ok, is = talk:use('crm/1') return not ok and is == 'it is away' end")),
        view(), ask);
    EXPECT_TRUE(script.moveAllowed("talking", "meeting")) << "a move function may ask, too";
}

TEST(ScriptOfATurn, AQuestionThatMakesNoSenseIsAMistake) {
    const auto at = "playbook.lua:" + std::to_string(lineOf(kGood, "if message.text:find")) + ": ";
    EXPECT_EQ(problemOf([] { hook("local name = 'enrichmnt/1' talk:use(name)"); }),
              at + "there is no capability \"enrichmnt/1\"; did you mean \"enrichment/1\"?");
    EXPECT_EQ(problemOf([] { hook("talk:use('crm/1', { 'Acme' })"); }),
              at + "talk:use(\"crm/1\", …): the arguments must be a table with names");
    EXPECT_EQ(problemOf([] { hook("talk:use('crm/1', { find = string.rep('x', 5000) })"); }),
              at + "talk:use(\"crm/1\", …): the arguments are longer than 4096 bytes");
}

/// Thrown by the test's tool; no std::exception, like some that the engine throws.
struct Elsewhere {};

TEST(ScriptOfATurn, WhatAToolThrowsNoScriptCanCatch) {
    const auto ask = [](const std::string&, const Json&) -> Json { throw Elsewhere{}; };
    Script script(
        filesOf(with("if message.text:find \"landlord\" then talk:close \"not the owner\" end",
                     "pcall(function() talk:use('crm/1') end) xpcall(function() talk:use('crm/1') end, "
                     "function() return talk:use('crm/1') end) while true do end")),
        view(), ask);
    EXPECT_THROW(script.onReply("hello"), Elsewhere);
    EXPECT_THROW(script.moveAllowed("opening", "talking"), Elsewhere) << "and it is done";
}

TEST(ScriptOfATurn, AToolTakesNoneOfTheScriptsTime) {
    const auto busy = [](const std::string&, const Json&) -> Json {
        const auto until =
            std::clock() + 3 * CLOCKS_PER_SEC / 50;  // of the processor: more than a script may have
        while (std::clock() < until) {
        }
        return {{"ok", true}, {"answer", Json::object()}};
    };
    EXPECT_EQ(noted("talk:use('crm/1') for i = 1, 20000 do end talk:note 'still there'", busy),
              std::vector<std::string>{"still there"});
}

TEST(ScriptOfATurn, FailuresNameTheLine) {
    const int line = lineOf(kGood, "if message.text:find");
    const auto at = "playbook.lua:" + std::to_string(line) + ": ";
    EXPECT_EQ(problemOf([] { hook("local x = nil; x.y = 1"); }),
              at + "attempt to index a nil value (local 'x')");
    EXPECT_EQ(problemOf([] { hook("talk:go 'nowhere'"); }), at + "there is no stage \"nowhere\"");
    EXPECT_EQ(problemOf([] { hook("return talk.fact"); }),
              at + "there is no talk. \"fact\"; did you mean \"facts\"?");
    EXPECT_EQ(problemOf([] { hook("talk.say('x')"); }), at + "call it as talk:say(…), with a colon");
    EXPECT_EQ(problemOf([] { hook("talk:wait '2 days'"); }),
              at + "bad argument #1 to 'wait' (a duration like \"15m\", \"2h\" or \"3d\")");
    EXPECT_EQ(problemOf([] { hook("talk:note ' '"); }), at + "bad argument #1 to 'note' (an empty text)");
    EXPECT_EQ(problemOf([] { hook("while true do end"); }).find("instructions " + at), 0U);
    EXPECT_EQ(problemOf([] { hook("talk:note(string.rep('x', 100000))"); }).find("output " + at), 0U);
    EXPECT_EQ(problemOf([] {
                  hook("while true do pcall(function() talk:note(string.rep('x', 100000)) end) end");
              }).find("output " + at),
              0U);
}

TEST(ScriptOfATurn, ASpentScriptStaysSpent) {
    Script script(filesOf(with("if message.text:find \"landlord\" then talk:close \"not the owner\" end",
                               "while true do end")),
                  view());
    EXPECT_THROW(script.onReply("x"), ScriptError);
    EXPECT_THROW(script.moveAllowed("opening", "talking"), ScriptError);
}

TEST(ScriptOfATurn, TheSameSeedGivesTheSameActs) {
    const std::string body =
        "local names = {} for k in pairs(talk.lead) do names[#names + 1] = k end "
        "talk:note(table.concat(names, ',') .. math.random(1000000))";
    EXPECT_EQ(hook(body).at(0).text, hook(body).at(0).text);
}

TEST(ScriptOfATurn, HearsTheLandlord) {
    Script script(filesOf(kGood), view());
    EXPECT_TRUE(script.onReply("hello").empty());
    const auto acts = script.onReply("ask my landlord");
    ASSERT_EQ(acts.size(), 1U);
    EXPECT_EQ(acts[0].text, "not the owner");
}

// One definition, several outputs: what is generated is what is committed.
TEST(Reference, IsWhatTheVocabularySays) {
    const std::string root = std::string(OVERTURE_SOURCE_DIR) + "/";
    EXPECT_EQ(readFile(root + "playbooks/meta/overture.lua"), editorTypes())
        << "run `overture playbook words --editor`";
    EXPECT_TRUE(readFile(root + "docs/playbooks.md").ends_with(referenceMarkdown()))
        << "run `overture playbook words --markdown`";
    EXPECT_EQ(readFile(root + "docs/lua-api.md"), libraryMarkdown())
        << "run `overture playbook words --library`";
    EXPECT_EQ(readFile(root + ".luacheckrc"), luacheckConfiguration())
        << "run `overture playbook words --luacheck`";
    for (const auto& word : words())
        if (word.callable) {
            EXPECT_NE(referenceText().find(std::string(word.name) + ": "), std::string::npos);
        }
}

// A playbook written for api 1 must keep its meaning: what is recorded stays as it is, and what is new is recorded.
TEST(Reference, NothingOfTheLanguageBreaksSilently) {
    const auto now = split(recordOfTheLanguage(), '\n');
    const auto recorded = split(readFile(std::string(OVERTURE_SOURCE_DIR) + "/tests/lua/api-1.txt"), '\n');
    const std::set<std::string> there(now.begin(), now.end()), known(recorded.begin(), recorded.end());
    EXPECT_EQ(there.size(), now.size()) << "something is there twice";
    for (const auto& line : recorded)
        EXPECT_TRUE(there.contains(line))
            << line
            << "\nwas promised to playbooks with api = 1: keep it, or begin api 2 with a record of its own";
    for (const auto& line : now)
        EXPECT_TRUE(known.contains(line)) << line
                                          << "\nis new: write it into tests/lua/api-1.txt "
                                             "(`overture playbook words --record`)";
}

/// The names between "<" and ">".
std::set<std::string> listed(const std::string& text) {
    const auto from = text.find('<'), to = text.find('>');
    EXPECT_TRUE(from != std::string::npos && to != std::string::npos) << text;
    const auto names = split(text.substr(from + 1, to - from - 1), ' ');
    return {names.begin(), names.end()};
}

/// Lua that puts into `names` what is there and not in the library's table, and "-name" for what is in it and not there.
std::string whatDiffers() {
    std::string known = "local known = { ";
    for (const auto& word : libraryWords()) {
        const std::string library = word.library;
        if (!library.empty()) known += "['" + library + "'] = 1, ";
        known += "['" + (library.empty() ? "" : library + ".") + word.name + "'] = 1, ";
    }
    return known + R"(}
local names, seen = {}, {}
local function see(name)
  seen[name] = true
  if not known[name] then names[#names + 1] = name end
end
for name, value in next, _G do
  see(name)
  if type(value) == "table" and name ~= "_G" then
    for inner in next, value do see(name .. "." .. inner) end
  end
end
for name in next, known do
  if not seen[name] then names[#names + 1] = "-" .. name end
end
)";
}

// What is registered in each kind of state is what the tables say, and nothing more.
TEST(Reference, IsWhatIsRegistered) {
    const auto sandbox =
        runInSandbox(whatDiffers() + "return '<' .. table.concat(names, ' ') .. '>'", "names.lua");
    ASSERT_TRUE(sandbox.result) << sandbox.error;
    EXPECT_EQ(sandbox.result->get<std::string>(), "<>");

    std::set<std::string> inPlaybooks{"file"};
    for (const auto& word : words())
        if (word.callable) inPlaybooks.insert(word.name);
    for (const auto& word : amountWords()) inPlaybooks.insert(word);
    const auto told = whatDiffers() + "error('<' .. table.concat(names, ' ') .. '>')";
    EXPECT_EQ(listed(check({{"playbook.lua", told}}).findings.at(0).message), inPlaybooks);
    EXPECT_EQ(listed(people({{"people/a.lua", told}}).problem().what), inPlaybooks);
    const auto noted =
        replaceAll(whatDiffers(), "\n", " ") + " talk:note('<' .. table.concat(names, ' ') .. '>')";
    EXPECT_EQ(listed(hook(noted).at(0).text), inPlaybooks);

    std::set<std::string> inSpecs;
    for (const auto& word : specGlobals()) inSpecs.insert(word.name);
    EXPECT_EQ(listed(listSpecs({{"tests/a.lua", told}}, "tests/a.lua").mistakes.at(0).message), inSpecs);
}

// The page's own example must pass the check it describes.
TEST(Reference, TheSmallestPlaybookIsGood) {
    const auto page = readFile(std::string(OVERTURE_SOURCE_DIR) + "/docs/playbooks.md");
    const auto from = page.find("```lua\n") + 7;
    const auto checked = check({{"playbook.lua", page.substr(from, page.find("```", from) - from)}});
    EXPECT_TRUE(checked.ok()) << all(checked);
    EXPECT_TRUE(checked.findings.empty()) << all(checked);
}

}  // namespace
}  // namespace overture::playbook
