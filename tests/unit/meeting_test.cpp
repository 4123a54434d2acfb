#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/slots.hpp"

namespace overture::meeting {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Instant at(const char* text) {
    return parseRfc3339(text).value();
}
ManagerId managerId(const char* name) {
    return ManagerId(uuid7(at("2026-01-01T00:00:00Z"), name));
}

std::string rangesOf(const std::string& text) {
    const auto hours = WeekHours::parse(text);
    if (!hours) return hours.problem().sentence();
    std::string out;
    for (const auto& range : hours->ranges())
        out += std::to_string(range.day) + ":" + std::to_string(range.from / 1min) + "-" +
               std::to_string(range.to / 1min) + " ";
    return out;
}

TEST(WeekHours, ReadsDaysAndTimes) {
    EXPECT_EQ(rangesOf("Mon-Tue 09:00-17:00, Sat 10:00-12:00"), "1:540-1020 2:540-1020 6:600-720 ");
    EXPECT_EQ(rangesOf("sat 10-12,Monday – tuesday 9:00 - 17:00"), "1:540-1020 2:540-1020 6:600-720 ");
    EXPECT_EQ(rangesOf("Fri-Mon 00:00-24:00"), "0:0-1440 1:0-1440 5:0-1440 6:0-1440 ");
    EXPECT_EQ(rangesOf("Mon,Wed 09:00-10:00"), "1:540-600 3:540-600 ");
    EXPECT_EQ(rangesOf("Mon 09:00-12:00, 13:00-17:00, Tue 9-10"), "1:540-720 1:780-1020 2:540-600 ");
    EXPECT_EQ(rangesOf("Mon 09:00-12:00, Mon 11:00-14:00"), "1:540-840 ");
}

TEST(WeekHours, SaysWhereAndHowToWriteIt) {
    EXPECT_THAT(rangesOf("24h"), HasSubstr("Mon-Sun 00:00-24:00"));
    EXPECT_THAT(rangesOf("Mon-Fri 09:00-17:00, Sta 10:00-12:00"),
                HasSubstr("column 22: \"sta\" is not a day of the week"));
    EXPECT_THAT(rangesOf("Mon-Fri 09:00-17:00, Sta 10:00-12:00"), HasSubstr("Did you mean \"Sat\"?"));
    EXPECT_THAT(rangesOf("Mon-Fri 9:0-17:00"), HasSubstr("\"9:0\" is not a time of day"));
    EXPECT_THAT(rangesOf("Mon-Fri 09:00-25:00"), HasSubstr("\"25:00\" is not a time of day"));
    EXPECT_THAT(rangesOf("Fri 22:00-06:00"), HasSubstr("ends before it begins"));
    EXPECT_THAT(rangesOf("09:00-17:00"), HasSubstr("on which days"));
    EXPECT_THAT(rangesOf("Mon-Fri"), HasSubstr("has no times"));
    EXPECT_THAT(rangesOf("Mon 09:00"), HasSubstr("a beginning and no end"));
    for (const char* empty : {"", "  ", "\t"}) EXPECT_THAT(rangesOf(empty), HasSubstr("empty"));
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {  // nothing crashes it
        Random random(seed);
        std::string text;
        while (!random.chance(0.05)) text += "Mon-Fri 09:17,;\xe2\x80\x93x"[random.below(20)];
        static_cast<void>(WeekHours::parse(text));
    }
}

TEST(WeekHours, ContainsWholeStretchesOnly) {
    const auto hours = std::move(WeekHours::parse("Mon 09:00-12:00, Mon 13:00-17:00")).orThrow();
    using std::chrono::Monday, std::chrono::Tuesday;
    EXPECT_TRUE(hours.contains(Monday, 9h, 12h));
    EXPECT_FALSE(hours.contains(Monday, 11h + 30min, 12h + 30min));
    EXPECT_FALSE(hours.contains(Monday, 11h, 14h));
    EXPECT_FALSE(hours.contains(Tuesday, 9h, 10h));
}

const AccountManager kSam{managerId("sam"), "Sam Okafor", "sam@example.com", "America/New_York",
                          "Mon-Fri 09:00-17:00"};
const AccountManager kRia{managerId("ria"), "Ria Sen", "ria@example.com", "America/Los_Angeles",
                          "Mon-Fri 08:00-16:00"};

Rules rules() {
    return Rules{30, 3, 24h, std::chrono::days(10), "Mon-Fri 09:00-17:00", 15min, 15min};
}

/// Every promise of `offer`, checked against its words.
void checkSlots(const std::vector<Slot>& slots, const std::vector<AccountManager>& managers,
                const std::vector<Blocked>& blocked, const Rules& given, const std::string& leadZone,
                Instant now) {
    for (const auto& slot : slots) {
        const auto lead = localTime(leadZone, slot.from), leadEnd = localTime(leadZone, slot.to);
        EXPECT_GE(lead.timeOfDay, 8h);
        EXPECT_LE(leadEnd.timeOfDay, 20h);
        EXPECT_EQ(lead.date, leadEnd.date);
        EXPECT_EQ(lead.timeOfDay % (given.minutes <= 15 ? 15min : 30min), 0s);
        EXPECT_GE(slot.from, now + given.notice);
        EXPECT_LE(slot.to, now + given.horizon);
        EXPECT_EQ(slot.to - slot.from, std::chrono::minutes(given.minutes));
        const auto manager = std::find_if(managers.begin(), managers.end(),
                                          [&](const auto& each) { return each.id == slot.manager; });
        ASSERT_NE(manager, managers.end());
        EXPECT_EQ(slot.managerName, manager->name);
        const auto theirs = localTime(manager->zone, slot.from), theirEnd = localTime(manager->zone, slot.to);
        for (const auto& text : {manager->hours, given.hours})
            EXPECT_TRUE(
                WeekHours::parse(text)->contains(theirs.weekday, theirs.timeOfDay, theirEnd.timeOfDay))
                << toRfc3339(slot.from);
        const auto kept = blockedBy(slot, given);
        for (const auto& each : blocked)
            EXPECT_FALSE(each.manager == slot.manager && each.from < kept.to && kept.from < each.to)
                << toRfc3339(slot.from);
    }
    for (std::size_t i = 1; i < slots.size(); ++i) EXPECT_LT(slots[i - 1].from, slots[i].from);
}

TEST(Slots, AreSpreadOverDaysAndHalves) {
    const auto now = at("2026-03-02T17:00:00Z");
    const auto slots = chooseSlots({kSam, kRia}, {}, rules(), "America/Phoenix", now, 7);
    ASSERT_EQ(slots.size(), 3u);
    checkSlots(slots, {kSam, kRia}, {}, rules(), "America/Phoenix", now);
    std::set<int> days, halves;
    for (const auto& slot : slots) {
        const auto local = localTime("America/Phoenix", slot.from);
        days.insert(static_cast<int>(static_cast<unsigned>(local.date.day())));
        halves.insert(local.timeOfDay < 12h ? 0 : 1);
    }
    EXPECT_EQ(days.size(), 3u);
    EXPECT_EQ(halves.size(), 2u);
}

TEST(Slots, RandomSituationsKeepEveryPromise) {
    static const char* zones[] = {"America/Phoenix",  "America/New_York", "Asia/Kolkata",
                                  "Europe/London",    "Asia/Kathmandu",   "Australia/Lord_Howe",
                                  "America/Sao_Paulo"};
    std::size_t offered = 0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        Random random(seed);
        const auto now = at("2026-01-01T00:00:00Z") + minutes(random.below(525600));
        auto given = rules();
        given.minutes = static_cast<int>(15 * (1 + random.below(4)));
        given.buffer = minutes(15 * random.below(3));
        given.offer = static_cast<int>(1 + random.below(5));
        std::vector<AccountManager> managers = {kSam, kRia};
        managers[0].zone = zones[random.below(7)];
        std::vector<Blocked> blocked;
        for (int i = 0; i < 40; ++i) {
            const auto from = now + minutes(15 * random.below(960));
            blocked.push_back({managers[random.below(2)].id, from, from + minutes(30)});
        }
        const std::string zone = zones[random.below(7)];
        const auto slots = chooseSlots(managers, blocked, given, zone, now, seed);
        checkSlots(slots, managers, blocked, given, zone, now);
        EXPECT_LE(slots.size(), static_cast<std::size_t>(given.offer));
        const auto again = chooseSlots(managers, blocked, given, zone, now, seed);
        ASSERT_EQ(again.size(), slots.size());
        for (std::size_t i = 0; i < slots.size(); ++i)
            EXPECT_TRUE(again[i].from == slots[i].from && again[i].manager == slots[i].manager);
        offered += slots.size();
    }
    EXPECT_GT(offered, 150u);
}

TEST(Slots, FollowTheClockChange) {
    // New York goes to summer time on 8 March 2026; Phoenix does not. 09:00 there is 07:00 in Phoenix before,
    // 06:00 after.
    auto given = rules();
    given.hours = "Mon-Fri 16:00-17:00";
    given.offer = 9;
    for (const auto& slot :
         chooseSlots({kSam}, {}, given, "America/Phoenix", at("2026-03-05T00:00:00Z"), 1)) {
        const auto clock = localTime("America/Phoenix", slot.from).timeOfDay;
        const bool summer = slot.from >= at("2026-03-08T07:00:00Z");
        EXPECT_TRUE(summer ? clock == 13h || clock == 13h + 30min : clock == 14h || clock == 14h + 30min)
            << toRfc3339(slot.from);
    }
}

TEST(Slots, ManagersAreBalanced) {
    const auto now = at("2026-03-02T12:00:00Z");
    auto given = rules();
    given.hours = "Mon-Fri 12:00-16:00";
    std::vector<Blocked> blocked;
    for (int day = 0; day < 3; ++day) blocked.push_back({kSam.id, now + days(day), now + days(day) + 30min});
    for (const auto& slot : chooseSlots({kSam, kRia}, blocked, given, "America/Los_Angeles", now, 3))
        if (localTime(kRia.zone, slot.from).timeOfDay >= 12h) {
            EXPECT_EQ(slot.managerName, "Ria Sen");
        }
    std::set<std::string> names;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const auto& slot : chooseSlots({kSam, kRia}, {}, given, "America/Chicago", now, seed))
            names.insert(slot.managerName);
    EXPECT_EQ(names.size(), 2u);
}

TEST(Slots, WhatOthersMayYetChooseIsOfferedLast) {
    const auto now = at("2026-03-02T12:00:00Z");
    std::vector<Blocked> offered;
    std::size_t contested = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto slots = chooseSlots({kSam, kRia}, {}, rules(), "America/Chicago", now, seed, offered);
        ASSERT_EQ(slots.size(), 3u) << "there is always something to offer";
        checkSlots(slots, {kSam, kRia}, {}, rules(), "America/Chicago", now);
        for (const auto& slot : slots) {
            const auto kept = blockedBy(slot, rules());
            const bool rival = std::any_of(offered.begin(), offered.end(), [&](const Blocked& each) {
                return each.manager == slot.manager && each.from < kept.to && each.to > kept.from;
            });
            contested += rival ? 1 : 0;
            EXPECT_FALSE(rival && seed < 8) << "offer " << seed << ": there was time nobody else may choose";
        }
        for (const auto& slot : slots) offered.push_back(blockedBy(slot, rules()));
    }
    EXPECT_GT(contested, 0u) << "180 offers are more than two people have time for";
}

TEST(Slots, NoneWhereHoursNeverMeet) {
    auto far = kSam;
    far.zone = "Asia/Tokyo";
    far.hours = "Mon-Fri 09:00-11:00";  // 16:00-18:00 the day before in Los Angeles summer, 19:00 at night in
                                        // Brasilia
    EXPECT_TRUE(chooseSlots({far}, {}, rules(), "Europe/Paris", at("2026-03-02T12:00:00Z"), 1).empty());
    EXPECT_TRUE(chooseSlots({}, {}, rules(), "Europe/Paris", at("2026-03-02T12:00:00Z"), 1).empty());
    auto bad = kSam;
    bad.hours = "whenever";
    EXPECT_THROW(chooseSlots({bad}, {}, rules(), "Europe/Paris", at("2026-03-02T12:00:00Z"), 1), Error);
}

TEST(SlotText, InTheLeadsZoneAndLanguage) {
    Slot slot{kSam.id, kSam.name, at("2026-03-03T17:30:00Z"), at("2026-03-03T18:00:00Z")};
    EXPECT_EQ(slot.text("America/Phoenix", "en"), "Tue 3 Mar, 10:30 AM MST");
    EXPECT_EQ(slot.text("America/Sao_Paulo", "en"), "Tue 3 Mar, 2:30 PM (Sao Paulo)");
    EXPECT_EQ(slot.text("Asia/Kolkata", "hi"), "मंगलवार 3 मार्च, रात 11:00 बजे IST");
    EXPECT_EQ(slot.text("Europe/London", "xx"), "Tue 3 Mar, 5:30 PM GMT");
    slot.from = at("2026-03-03T19:05:00Z");
    EXPECT_EQ(slot.text("America/Phoenix", "en"), "Tue 3 Mar, 12:05 PM MST");
}

Meeting meetingOf(const char* title) {
    Meeting meeting;
    meeting.id = MeetingId(uuid7(at("2026-03-01T00:00:00Z"), "m1"));
    meeting.managerName = "Sam \"the sun\" Okafor";
    meeting.managerEmail = "sam@example.com";
    meeting.from = at("2026-03-03T17:30:00Z");
    meeting.to = at("2026-03-03T18:00:00Z");
    meeting.state = "booked";
    meeting.title = title;
    meeting.sequence = 2;
    return meeting;
}

/// Unfolded content lines, after checking what RFC 5545 3.1 asks of the bytes.
std::vector<std::string> linesOf(const std::string& ics) {
    EXPECT_TRUE(ics.ends_with("\r\n"));
    EXPECT_EQ(replaceAll(ics, "\r\n", "").find_first_of("\r\n"), std::string::npos);
    EXPECT_TRUE(isUtf8(ics));
    for (std::size_t from = 0; from < ics.size();) {
        const auto to = ics.find("\r\n", from);
        EXPECT_LE(to - from, 75u);
        EXPECT_TRUE(isUtf8(ics.substr(from, to - from))) << "a fold splits a character";
        from = to + 2;
    }
    auto lines = split(replaceAll(replaceAll(ics, "\r\n ", ""), "\r\n", "\n"), '\n');
    lines.pop_back();
    return lines;
}

TEST(Invitation, SaysWhatRfc5545Asks) {
    const auto meeting = meetingOf("Roof, sun; and \\ more\nसौर ऊर्जा पर बातचीत और आपके घर की छत का पूरा आकलन");
    const auto lines = linesOf(invitation(meeting, "Bright Roofs", "Asha \"A\" Rao\r\nBCC: x",
                                          "asha@example.com", "REQUEST", at("2026-03-02T09:00:00.5Z")));
    const std::vector<std::string> expected = {
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Overture//Meetings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:" + meeting.id.text(),
        "SEQUENCE:2",
        "DTSTAMP:20260302T090000Z",
        "DTSTART:20260303T173000Z",
        "DTEND:20260303T180000Z",
        "SUMMARY:Roof\\, sun\\; and \\\\ more\\nसौर ऊर्जा पर बातचीत और आपके घर की छत का पूरा आकलन",
        "STATUS:CONFIRMED",
        "ORGANIZER;CN=\"Bright Roofs\":mailto:sam@example.com",
        "ATTENDEE;CN=\"Sam ^'the sun^' Okafor\";ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:sam@example.com",
        "ATTENDEE;CN=\"Asha ^'A^' Rao  BCC: "
        "x\";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:asha@example.com",
        "END:VEVENT",
        "END:VCALENDAR"};
    EXPECT_EQ(lines, expected);
}

TEST(Invitation, CancelKeepsTheUid) {
    const auto meeting = meetingOf("Roof");
    const auto ics = invitation(meeting, "Bright Roofs", "Asha", "", "CANCEL", at("2026-03-02T09:00:00Z"));
    EXPECT_THAT(ics, HasSubstr("METHOD:CANCEL\r\n"));
    EXPECT_THAT(ics, HasSubstr("STATUS:CANCELLED\r\n"));
    EXPECT_THAT(ics, HasSubstr("UID:" + meeting.id.text()));
    EXPECT_THAT(ics, Not(HasSubstr("REQ-PARTICIPANT")));
    EXPECT_THROW(invitation(meeting, "", "", "", "COUNTER", at("2026-03-02T09:00:00Z")), Error);
}

TEST(Calendar, HoldsEveryMeeting) {
    const auto lines = linesOf(calendar({meetingOf("One"), meetingOf("Two")}, at("2026-03-02T09:00:00Z")));
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "BEGIN:VEVENT"), 2);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "METHOD:PUBLISH"), 1);
    EXPECT_EQ(linesOf(calendar({}, at("2026-03-02T09:00:00Z"))).size(), 6u);
}

}  // namespace
}  // namespace overture::meeting
