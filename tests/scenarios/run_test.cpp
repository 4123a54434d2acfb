// A whole campaign through the real binary: the laws, read off the files it leaves behind.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/json.hpp"
#include "base/time.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

const std::string kSolar = OVERTURE_SOURCE_DIR "/playbooks/solar-consult";

/// The header, every `step`-th line of the sample list, which mixes zones, countries and bad rows, and each line that says
/// not to contact the person.
std::string sampleLeads(std::size_t step) {
    std::istringstream in(readFile(kSolar + "/leads.csv"));
    std::string out, line;
    for (std::size_t number = 0; std::getline(in, line); ++number)
        if (number == 0 || number % step == 0 || line.ends_with(",yes")) out += line + "\n";
    return out;
}

struct Delivered {
    std::string lead, zone, local, permit, text, status;
    Instant at;
};

class Run : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        folder = new Folder("run");
        writeFile(*folder / "leads.csv", sampleLeads(7));
        const auto finished =
            overtureLine("run " + kSolar + " --leads " + (*folder / "leads.csv") +
                         " --days 12 --seed 11 --out " + (*folder / "out") + " --data " + (*folder / "data"));
        status = finished.status;
        printed = finished.output();
        if (status != 0) return;
        report = parseJson(readFile(*folder / "out/report.json"), "report.json").orThrow();
        const auto rows = readCsv(readFile(*folder / "out/deliveries.csv"));
        for (std::size_t i = 1; i < rows.size(); ++i)
            deliveries.push_back({rows[i][0], rows[i][3], rows[i][4], rows[i][5], rows[i][6], rows[i][7],
                                  parseRfc3339(rows[i][2]).value()});
        std::istringstream in(readFile(*folder / "out/conversations.jsonl"));
        for (std::string line; std::getline(in, line);) {
            auto conversation = parseJson(line, "conversations.jsonl").orThrow();
            const auto lead = textOf(conversation, "lead");
            conversations[lead] = std::move(conversation);
        }
    }
    static void TearDownTestSuite() { delete folder; }
    void SetUp() override { ASSERT_EQ(status, 0) << printed; }

    static std::map<std::string, std::vector<std::string>> leadRows() {
        std::map<std::string, std::vector<std::string>> rows;
        for (const auto& row : readCsv(readFile(*folder / "leads.csv"))) rows[row[0]] = row;
        return rows;
    }

    static inline Folder* folder = nullptr;
    static inline int status = -1;
    static inline std::string printed;
    static inline Json report;
    static inline std::vector<Delivered> deliveries;
    static inline std::map<std::string, Json> conversations;
};

TEST_F(Run, PeopleAreReachedAndMeetingsAreBooked) {
    EXPECT_GT(deliveries.size(), 100U);
    EXPECT_GT(report["people"]["answered"].get<int>(), 20);
    EXPECT_GT(report["meetings"]["booked"].get<int>(), 3);
    EXPECT_NE(printed.find("Meetings booked"), std::string::npos);
    EXPECT_NE(printed.find("scripted"), std::string::npos) << "it says that no model is used";
    EXPECT_EQ(report["work"]["failed_turns"], 0);
}

TEST_F(Run, ARecordedTurnDecidesTheSameAgain) {
    std::string longest;
    for (const auto& [lead, conversation] : conversations)
        if (longest.empty() || conversation["messages"].size() > conversations[longest]["messages"].size())
            longest = lead;
    ASSERT_GT(conversations[longest]["messages"].size(), 6U);
    const auto data = " --data " + (*folder / "data");
    for (const char* number : {"1", "2", "3"}) {
        const auto replayed = overtureLine("turn replay " + longest + " " + number + data);
        EXPECT_EQ(replayed.status, 0) << replayed.output();
        EXPECT_NE(replayed.out.find("the same"), std::string::npos) << replayed.output();
    }
    std::size_t steps = 0;  // a turn that waits for the morning has none
    for (const char* number : {"1", "2", "3", "4"}) {
        const auto shown = overtureLine("turn show " + longest + " " + number + " --json" + data);
        const auto turn = parseJson(shown.out, shown.output()).orThrow();
        EXPECT_EQ(turn["state"], "committed");
        EXPECT_FALSE(turn["opened"]["conversation"].empty());
        steps += turn["steps"].size();
    }
    EXPECT_GT(steps, 0U);
    EXPECT_EQ(overtureLine("turn replay " + longest + " 999" + data).status, 1);
    EXPECT_EQ(overtureLine("event list --dead" + data).out, "0 events were set aside\n");
}

TEST_F(Run, TheForecastSaidWhomItWouldReachAndWhen) {
    const auto asked =
        overtureLine("campaign forecast " + kSolar + " --leads " + (*folder / "leads.csv") +
                     " --start 2026-09-14T00:00:00Z --days 12 --seed 11 --channels sms --json");
    ASSERT_EQ(asked.status, 0) << asked.err;
    const auto forecast = parseJson(asked.out, "forecast").orThrow();
    EXPECT_EQ(forecast["people"], report["people"]["in_campaign"]);
    EXPECT_EQ(forecast["reached"], report["people"]["planned"]);
    std::map<std::string, int> said, was;
    for (const auto& one : forecast["skipped"]) said[textOf(one, "reason")] = one["people"];
    for (const auto& one : report["people"]["skipped_why"]) was[textOf(one, "reason")] = one["people"];
    EXPECT_EQ(said, was);
    auto first = Instant::max();
    for (const auto& one : deliveries) first = std::min(first, one.at);
    EXPECT_EQ(std::chrono::ceil<minutes>(*parseRfc3339(textOf(forecast, "first_touch"))), first);
    std::map<std::string, Instant> firstOf;
    for (const auto& one : deliveries)
        firstOf[one.lead] = std::min(firstOf.contains(one.lead) ? firstOf[one.lead] : Instant::max(), one.at);
    auto last = Instant::min();
    for (const auto& [lead, at] : firstOf) last = std::max(last, at);
    EXPECT_LE(std::chrono::ceil<minutes>(*parseRfc3339(textOf(forecast, "last_person_reached"))), last);
}

TEST_F(Run, NobodyIsTextedOutsideTheirHours) {
    const auto rows = leadRows();
    std::set<std::string> zones;
    for (const auto& delivery : deliveries) {
        ASSERT_TRUE(isZone(delivery.zone)) << delivery.zone;
        zones.insert(delivery.zone);
        const auto local = localTime(delivery.zone, delivery.at);
        EXPECT_EQ(local.rfc3339(), delivery.local);
        const auto country = rows.at(delivery.lead)[5];
        const auto state = rows.at(delivery.lead)[6];
        hours open{8}, close{21};
        if (country == "IN") open = hours(10);
        if (state == "FL") close = hours(20);
        if (state == "TX") open = local.weekday == std::chrono::Sunday ? hours(12) : hours(9);
        EXPECT_GE(local.timeOfDay, open) << delivery.lead << " " << delivery.local;
        EXPECT_LT(local.timeOfDay, close) << delivery.lead << " " << delivery.local;
    }
    EXPECT_GE(zones.size(), 6U) << "the sample spans the country and beyond";
}

TEST_F(Run, EveryDeliveryHasAPermitOfItsOwn) {
    std::set<std::string> permits;
    for (const auto& delivery : deliveries) {
        EXPECT_EQ(delivery.permit.size(), 36U);
        EXPECT_TRUE(permits.insert(delivery.permit).second) << "one permit, one delivery";
    }
}

TEST_F(Run, TheRecordOfPermitsIsWholeAndSaysWhy) {
    const auto verified = overtureLine("permit verify --data " + (*folder / "data"));
    EXPECT_EQ(verified.status, 0) << verified.output();
    EXPECT_NE(verified.out.find("the chain is whole"), std::string::npos) << verified.out;
    const auto& delivery = deliveries.at(deliveries.size() / 2);
    const auto explained =
        overtureLine("permit explain " + delivery.permit + " --data " + (*folder / "data"));
    EXPECT_EQ(explained.status, 0) << explained.output();
    EXPECT_NE(explained.out.find(delivery.text.substr(0, 20)), std::string::npos) << explained.out;
}

TEST_F(Run, NothingGoesOutAfterAnOptOut) {
    int optedOut = 0;
    for (const auto& [lead, conversation] : conversations) {
        if (textOf(conversation, "reason") != "opted out") continue;
        ++optedOut;
        Instant said{};
        for (const auto& message : conversation["messages"])
            if (textOf(message, "direction") == "in") said = parseRfc3339(textOf(message, "at")).value();
        for (const auto& delivery : deliveries) {
            if (delivery.lead == lead) {
                EXPECT_LE(delivery.at, said) << lead;
            }
        }
    }
    EXPECT_GT(optedOut, 2);
}

TEST_F(Run, WhoMustNotBeContactedIsNot) {
    const auto rows = leadRows();
    std::set<std::string> contacted;
    for (const auto& delivery : deliveries) contacted.insert(delivery.lead);
    int suppressed = 0, withoutConsent = 0;
    for (const auto& [id, row] : rows) {
        if (row.size() < 16 || id == "id") continue;
        if (!row[15].empty() && row[15] != "no") {
            ++suppressed;
            EXPECT_FALSE(contacted.contains(id)) << id << " asked not to be contacted";
        }
        if (row[5] == "US" && (row[12] == "no" || row[12].empty())) {
            ++withoutConsent;
            EXPECT_FALSE(contacted.contains(id)) << id << " never consented to marketing texts";
        }
    }
    EXPECT_GT(suppressed + withoutConsent, 3);
}

TEST_F(Run, TheReportAddsUp) {
    const auto& leads = report["leads"];
    EXPECT_EQ(leads["rows"].get<int>(),
              leads["imported"].get<int>() + leads["merged"].get<int>() + leads["rejected"].get<int>());
    EXPECT_EQ(leads["imported"], report["people"]["in_campaign"]);
    EXPECT_EQ(report["people"]["in_campaign"].get<int>(),
              report["people"]["planned"].get<int>() + report["people"]["skipped"].get<int>());
    const auto sent = std::count_if(deliveries.begin(), deliveries.end(),
                                    [](const Delivered& delivery) { return delivery.status != "failed"; });
    EXPECT_EQ(report["messages"]["out"].get<std::int64_t>(), sent);
    int incoming = 0;
    for (const auto& [lead, conversation] : conversations)
        for (const auto& message : conversation["messages"]) incoming += textOf(message, "direction") == "in";
    EXPECT_EQ(report["messages"]["in"].get<int>(), incoming);
    EXPECT_EQ(conversations.size(), report["people"]["in_campaign"].get<std::size_t>());
}

TEST_F(Run, AMeetingIsInFreeTimeOnceAndConfirmedByTheLeadFirst) {
    std::map<std::string, std::vector<std::pair<Instant, Instant>>> byManager;
    std::set<std::string> conversationsWithMeeting;
    for (const auto& meeting : report["meetings"]["list"]) {
        const auto starts = parseRfc3339(textOf(meeting, "starts")).value();
        const auto ends = parseRfc3339(textOf(meeting, "ends")).value();
        EXPECT_TRUE(conversationsWithMeeting.insert(textOf(meeting, "conversation")).second)
            << "one meeting a conversation";
        for (const auto& [from, to] : byManager[textOf(meeting, "with")])
            EXPECT_TRUE(ends <= from || starts >= to)
                << textOf(meeting, "with") << " is in two meetings at once";
        byManager[textOf(meeting, "with")].emplace_back(starts, ends);

        const auto& messages = conversations.at(textOf(meeting, "lead"))["messages"];
        std::size_t asked = messages.size(), booked = messages.size();
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const auto text = textOf(messages[i], "text");
            if (text.find("Shall I book it?") != std::string::npos ||
                text.find("बुक कर दूँ") != std::string::npos)
                asked = i;
            if (text.starts_with("Done:") || text.starts_with("हो गया")) booked = std::min(booked, i);
        }
        ASSERT_LT(asked, booked) << textOf(meeting, "lead");
        ASSERT_LT(booked, messages.size());
        const auto yes =
            std::any_of(messages.begin() + static_cast<std::ptrdiff_t>(asked),
                        messages.begin() + static_cast<std::ptrdiff_t>(booked),
                        [](const Json& message) { return textOf(message, "direction") == "in"; });
        EXPECT_TRUE(yes) << "the lead's own yes stands between the question and the booking";
    }
    const auto calendar = readFile(*folder / "out/meetings.ics");
    std::size_t events = 0;
    for (std::size_t at = 0; (at = calendar.find("BEGIN:VEVENT", at)) != std::string::npos; ++at) ++events;
    EXPECT_EQ(events, report["meetings"]["list"].size());
}

TEST_F(Run, TheSameSeedGivesTheSameBytes) {
    const auto again =
        overtureLine("run " + kSolar + " --leads " + (*folder / "leads.csv") + " --days 12 --seed 11 --out " +
                     (*folder / "again") + " --data " + (*folder / "data"));
    ASSERT_EQ(again.status, 0) << again.output();
    for (const char* name : {"report.json", "deliveries.csv", "conversations.jsonl", "meetings.ics"})
        EXPECT_EQ(readFile(*folder / (std::string("out/") + name)),
                  readFile(*folder / (std::string("again/") + name)))
            << name;
}

TEST_F(Run, AConversationCanBeFollowedToTheEnd) {
    ASSERT_FALSE(report["meetings"]["list"].empty());
    const auto lead = textOf(report["meetings"]["list"][0], "lead");
    const auto shown = overtureLine("conversation show " + lead + " --data " + (*folder / "data"));
    EXPECT_EQ(shown.status, 0) << shown.output();
    for (const auto& message : conversations.at(lead)["messages"])
        EXPECT_NE(shown.output().find(textOf(message, "text")), std::string::npos) << textOf(message, "text");
    for (const char* word : {"channel plugin \"sms\"", "carrier plugin \"sim\"", "model scripted", "permit",
                             "Overseer", "opening ->", "booked"})
        EXPECT_NE(shown.output().find(word), std::string::npos) << word;
}

struct Mistake {
    const char* what;
    std::string words;
    std::vector<std::string> says;
};

TEST(RunMistakes, EachGivesOneClearSentenceAndLeavesNothingBehind) {
    const Folder folder("mistakes");
    writeFile(folder / "empty.csv", "");
    writeFile(folder / "nophone.csv", "name,colour\nAsha,red\n");
    const auto data = " --data " + (folder / "data") + " --out " + (folder / "out");
    const std::vector<Mistake> mistakes{
        {"no playbook there", "run " + (folder / "nowhere") + data, {"nowhere"}},
        {"no such list",
         "run " + kSolar + " --leads " + (folder / "none.csv") + data,
         {"none.csv", "cannot read"}},
        {"an empty list", "run " + kSolar + " --leads " + (folder / "empty.csv") + data, {"empty"}},
        {"no way to reach anybody",
         "run " + kSolar + " --leads " + (folder / "nophone.csv") + data,
         {"phone", "email"}},
        {"a model without a key", "run " + kSolar + " --model openai" + data, {"OPENAI_API_KEY"}},
        {"an unknown model", "run " + kSolar + " --model opnai" + data, {"opnai"}},
        {"a misspelt option", "run --sede 3" + data, {"--seed"}},
        {"a bad number", "run --days soon" + data, {"--days", "soon"}},
        {"a file where the output folder should be",
         "run " + kSolar + " --out " + (folder / "empty.csv") + " --data " + (folder / "data"),
         {"empty.csv"}},
    };
    for (const auto& mistake : mistakes) {
        const auto finished = overtureLine(mistake.words, "", "env -u OPENAI_API_KEY -u OPENAI_BASE_URL");
        EXPECT_NE(finished.status, 0) << mistake.what;
        for (const auto& word : mistake.says)
            EXPECT_NE(finished.output().find(word), std::string::npos)
                << mistake.what << ": " << finished.output();
        EXPECT_EQ(finished.output().find("terminate called"), std::string::npos) << mistake.what;
        EXPECT_FALSE(std::filesystem::exists(folder / "out/report.json")) << mistake.what;
    }
}

}  // namespace
}  // namespace overture::testing
