// What people's words about time mean, on their own clock, also where clocks change.
#include <date/tz.h>
#include <gtest/gtest.h>

#include "base/time.hpp"
#include "compliance/callback.hpp"
#include "compliance/when.hpp"

namespace overture::compliance {
namespace {

constexpr const char* kPhoenix = "America/Phoenix";

When at(const std::string& text, const std::string& now, const std::string& zone = kPhoenix) {
    Listener listener;
    listener.zone = zone;
    listener.now = *parseRfc3339(now);
    return readWhen(text, listener);
}

/// Said on Tuesday 3 March 2026 at ten in Phoenix: "told 2026-03-05 13:00 to 17:00" without what is the same.
std::string read(const std::string& text, const std::string& now = "2026-03-03T17:00:00Z",
                 const std::string& zone = kPhoenix) {
    const auto when = at(text, now, zone);
    std::string out(nameOf(when.kind));
    if (!when.from) return out;
    const auto shown = [&](Instant instant) { return localTime(zone, instant).rfc3339().substr(0, 16); };
    const auto from = shown(*when.from), to = shown(*when.to);
    out += " " + from.substr(5, 5) + " " + from.substr(11);
    if (to == from) return out;
    return out + (when.open ? " or later"
                            : " to " + (to.substr(0, 10) == from.substr(0, 10)
                                            ? to.substr(11)
                                            : to.substr(5, 5) + " " + to.substr(11)));
}

struct Case {
    const char *text, *meant;
};
void expectAll(const std::vector<Case>& cases) {
    for (const auto& one : cases)
        EXPECT_EQ(read(one.text), one.meant) << one.text << ": " << at(one.text, "2026-03-03T17:00:00Z").why;
}

TEST(When, DaysAndPartsOfThem) {
    expectAll({{"call me Thursday after lunch", "told 03-05 13:00 to 17:00"},
               {"tomorrow morning", "told 03-04 08:00 to 12:00"},
               {"tonight is better", "told 03-03 18:00 to 22:00"},
               {"day after tomorrow at noon", "told 03-05 12:00"},
               {"next week", "told 03-09 00:00 to 03-16 00:00"},
               {"early next week", "told 03-09 00:00 to 03-11 00:00"},
               {"Thursday next week", "told 03-12 00:00 to 03-13 00:00"},
               {"the weekend", "told 03-07 00:00 to 03-09 00:00"},
               {"end of the month works", "told 03-25 00:00 to 04-01 00:00"},
               {"next month", "told 04-01 00:00 to 05-01 00:00"},
               {"Mon-Wed", "told 03-09 00:00 to 03-12 00:00"},
               {"this morning", "told 03-03 10:00 to 12:00"}});
}

TEST(When, HoursAreThoseAtWhichPeopleAreCalled) {
    expectAll({{"after 6", "told 03-03 18:00 to 03-04 00:00"},
               {"at 3", "told 03-03 15:00"},
               {"tomorrow at 9", "told 03-04 09:00"},
               {"half past four", "told 03-03 16:30"},
               {"Friday 2-4pm", "told 03-06 14:00 to 16:00"},
               {"between 11 and 1 tomorrow", "told 03-04 11:00 to 13:00"},
               {"tomorrow evening at 7", "told 03-04 19:00"},
               {"before 5", "told 03-03 10:00 to 17:00"},
               {"I'm in meetings until 3", "told 03-03 15:00 to 03-04 00:00"},
               {"I'm free until 3", "told 03-03 10:00 to 15:00"},
               {"don't call before 11", "told 03-03 11:00 to 03-04 00:00"},
               {"9:15 works", "told 03-04 09:15"},
               {"ten thirty tomorrow", "told 03-04 10:30"},
               {"15:45 tomorrow", "told 03-04 15:45"}});
}

TEST(When, DatesAndWhatIsAhead) {
    expectAll({{"the 12th", "told 03-12 00:00 to 03-13 00:00"},
               {"the 2nd", "told 04-02 00:00 to 04-03 00:00"},
               {"March 12 at 10am", "told 03-12 10:00"},
               {"12 March", "told 03-12 00:00 to 03-13 00:00"},
               {"2026-03-20 14:00", "told 03-20 14:00"},
               {"Monday the 9th at 11", "told 03-09 11:00"},
               {"in two hours", "told 03-03 12:00"},
               {"in half an hour", "told 03-03 10:30"},
               {"an hour and a half from now", "told 03-03 11:30"},
               {"in a fortnight", "told 03-17 00:00 to 03-18 00:00"},
               {"in 3 weeks", "told 03-24 00:00 to 03-25 00:00"},
               {"a week from Thursday", "told 03-12 00:00 to 03-13 00:00"},
               {"in a few days", "told 03-05 00:00 to 03-08 00:00"}});
}

TEST(When, BeginningsWithoutAnEndAndDaysThatAreOut) {
    expectAll({{"not before Monday", "told 03-09 00:00 or later"},
               {"I'm away until Monday", "told 03-09 00:00 or later"},
               {"after the 15th", "told 03-16 00:00 or later"},
               {"not this week", "told 03-09 00:00 or later"},
               {"before Friday", "told 03-03 10:00 to 03-06 00:00"},
               {"by Friday", "told 03-03 10:00 to 03-07 00:00"},
               {"not today, tomorrow", "told 03-04 00:00 to 03-05 00:00"},
               {"can't do Thursday, Friday works", "told 03-06 00:00 to 03-07 00:00"}});
}

TEST(When, SpanishAndHindiInBothScripts) {
    expectAll({{"mañana por la tarde", "told 03-04 12:00 to 19:00"},
               {"mañana por la mañana", "told 03-04 08:00 to 12:00"},
               {"pasado mañana a las 10", "told 03-05 10:00"},
               {"el jueves a las 4 de la tarde", "told 03-05 16:00"},
               {"después de las 6", "told 03-03 18:00 to 03-04 00:00"},
               {"no antes del lunes", "told 03-09 00:00 or later"},
               {"la semana que viene", "told 03-09 00:00 to 03-16 00:00"},
               {"en dos horas", "told 03-03 12:00"},
               {"hoy no, mañana", "told 03-04 00:00 to 03-05 00:00"},
               {"kal subah", "told 03-04 08:00 to 12:00"},
               {"kal shaam 5 baje", "told 03-04 17:00"},
               {"parso 10 baje ke baad", "told 03-05 10:00 to 03-06 00:00"},
               {"do ghante baad call karo", "told 03-03 12:00"},
               {"somvar se pehle nahi", "told 03-09 00:00 or later"},
               {"कल सुबह 10 बजे", "told 03-04 10:00"},
               {"शुक्रवार को दोपहर 2 बजे", "told 03-06 14:00"},
               {"शाम 6 बजे से पहले", "told 03-03 10:00 to 18:00"},
               {"अगले हफ्ते", "told 03-09 00:00 to 03-16 00:00"},
               {"१५ तारीख को", "told 03-15 00:00 to 03-16 00:00"}});
}

TEST(When, FrenchGermanPortuguese) {
    expectAll({{"jeudi à 15h", "told 03-05 15:00"},
               {"demain matin", "told 03-04 08:00 to 12:00"},
               {"après-demain", "told 03-05 00:00 to 03-06 00:00"},
               {"Donnerstag um 15 Uhr", "told 03-05 15:00"},
               {"morgen Nachmittag", "told 03-04 12:00 to 17:00"},
               {"in zwei Stunden", "told 03-03 12:00"},
               {"quinta às 15h", "told 03-05 15:00"},
               {"semana que vem", "told 03-09 00:00 to 03-16 00:00"}});
}

TEST(When, WhatCannotBeToldIsUnsure) {
    for (const char* text : {"later", "soon", "at 8", "next Friday", "Tuesday afternoon", "3/4 at 2pm",
                             "3pm your time", "the 3rd", "every Monday", "in the morning", "Feb 30",
                             "9am today", "Monday the 10th", "luego", "baad mein"})
        EXPECT_EQ(at(text, "2026-03-03T17:00:00Z").kind, When::Kind::unsure) << text;
    for (const char* text : {"", "yes", "I have 3 kids", "my roof is 12 years old", "I may be interested",
                             "who is this", "2 panels"})
        EXPECT_EQ(at(text, "2026-03-03T17:00:00Z").kind, When::Kind::none) << text;
}

TEST(When, OtherPeoplesClocks) {
    EXPECT_EQ(read("3pm eastern tomorrow"), "told 03-04 13:00");
    Listener listener;
    listener.zone = kPhoenix;
    listener.ourZone = "America/New_York";
    listener.now = *parseRfc3339("2026-03-03T17:00:00Z");
    EXPECT_EQ(toRfc3339(*readWhen("tomorrow at 3pm your time", listener).from), "2026-03-04T20:00:00Z");
    listener.zone = "Mars/Olympus";
    EXPECT_THROW(readWhen("tomorrow", listener), Error);
}

TEST(When, SkippedAndRepeatedHours) {
    // Clocks in New York jump from 02:00 to 03:00 on 8 March 2026 and fall back to 01:00 on 1 November.
    const auto skipped = at("tomorrow at 2:30 am", "2026-03-07T17:00:00Z", "America/New_York");
    EXPECT_EQ(toRfc3339(*skipped.from), "2026-03-08T07:00:00Z");
    const auto whole = at("tomorrow", "2026-03-07T17:00:00Z", "America/New_York");
    EXPECT_EQ(*whole.to - *whole.from, hours(23));
    const auto twice = at("tomorrow at 1:30 am", "2026-10-31T17:00:00Z", "America/New_York");
    EXPECT_EQ(toRfc3339(*twice.from), "2026-11-01T05:30:00Z");
}

TEST(Callback, OnlyWhoAsksToBeContactedHasAWish) {
    Listener listener;
    listener.zone = kPhoenix;
    listener.now = *parseRfc3339("2026-03-03T17:00:00Z");
    for (const char* text :
         {"call me Thursday after lunch", "busy, try again tomorrow", "not now, in 2 hours",
          "llámame mañana por la tarde", "kal subah call karo", "कल सुबह फोन करो", "I'm in a meeting until 3"})
        EXPECT_TRUE(readCallback(text, "May I ask something?", listener)) << text;
    for (const char* text :
         {"the roof was done in March", "tomorrow", "call me", "I have 2 dogs", "later", "yes"})
        EXPECT_FALSE(readCallback(text, "May I ask something?", listener)) << text;
    EXPECT_TRUE(readCallback("tomorrow morning", "When would be a good time to talk?", listener));
    EXPECT_EQ(readCallback("call me at 8", "", listener)->kind, When::Kind::unsure);
}

/// The wall clock of every zone before and after each of its changes, judged by date/tz on its own.
TEST(When, EveryZoneAtEveryTransition) {
    using namespace std::chrono;
    const auto begin = *parseRfc3339("2020-01-01T00:00:00Z"), end = *parseRfc3339("2037-12-31T00:00:00Z");
    long asked = 0;
    std::string last;
    for (const auto& zone : date::get_tzdb().zones) {
        if (!isZone(zone.name())) continue;
        for (auto info = zone.get_info(floor<seconds>(begin)); info.end < floor<seconds>(end);
             info = zone.get_info(info.end)) {
            for (const auto before : {hours(30), hours(1), hours(-1)}) {
                Listener listener;
                listener.zone = zone.name();
                listener.now = Instant(info.end) - before;
                const auto local = [&](Instant instant) {
                    return instant.time_since_epoch() + zone.get_info(floor<seconds>(instant)).offset;
                };
                const auto day = floor<days>(local(listener.now)) + days(1);
                const auto check = [&](const char* text, microseconds from, microseconds to) {
                    const auto when = readWhen(text, listener);
                    ASSERT_EQ(when.kind, When::Kind::told)
                        << zone.name() << " " << toRfc3339(listener.now) << " " << text;
                    ASSERT_GE(*when.from, listener.now);
                    ASSERT_GE(*when.to, *when.from);
                    // Exactly the first instant whose wall clock shows it, or the first after a gap that swallowed it.
                    for (const auto& [instant, wanted] :
                         {std::pair(*when.from, day + from), std::pair(*when.to, day + to)}) {
                        ASSERT_GE(local(instant), wanted)
                            << zone.name() << " " << toRfc3339(listener.now) << " " << text;
                        ASSERT_LT(local(instant - microseconds(1)), wanted)
                            << zone.name() << " " << toRfc3339(listener.now) << " " << text;
                    }
                    ++asked;
                };
                check("tomorrow", microseconds(0), hours(24));
                check("tomorrow morning", hours(8), hours(12));
                check("tomorrow at 2:30 am", hours(2) + minutes(30), hours(2) + minutes(30));
                const auto soon = readWhen("in two hours", listener);
                ASSERT_EQ(*soon.from, listener.now + hours(2));
            }
        }
    }
    EXPECT_GT(asked, 20'000);
}

}  // namespace
}  // namespace overture::compliance
