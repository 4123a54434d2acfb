// Touches are paced around every clock change of every zone: never outside, never earlier, and on the first days that have room.
#include <date/tz.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/random.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::string clockText(int minute) {
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return text;
}

/// A rule's window of each weekday, in minutes of the local day; empty: closed.
struct Week {
    std::array<std::pair<int, int>, 7> open{};

    static Week random(Random& random) {
        Week week;
        for (auto& day : week.open) {
            if (random.chance(0.25)) continue;
            const int from = static_cast<int>(random.below(random.chance(0.5) ? 240 : 1200));
            day = {from, std::min(1440, from + 30 + static_cast<int>(random.below(600)))};
        }
        week.open[3] = {600, 900};
        return week;
    }

    std::string pack() const {
        auto windows = Json::array();
        for (std::size_t day = 0; day < 7; ++day)
            if (open[day].second > 0)
                windows.push_back({{"days", kDays[day]},
                                   {"from", clockText(open[day].first)},
                                   {"to", clockText(open[day].second)}});
        return Json{{"pack", "test"},
                    {"version", 1},
                    {"revised", "2026-01-01"},
                    {"counsel", "none"},
                    {"jurisdictions", {"*", "every"}},
                    {"rules",
                     {{{"id", "test.window"},
                       {"kind", "window"},
                       {"channels", {"email"}},
                       {"windows", windows},
                       {"source", "test"},
                       {"about", "test"}}}}}
            .dump();
    }

    bool isOpen(const date::time_zone& zone, Instant at) const {
        const auto local = at.time_since_epoch() + zone.get_info(floor<seconds>(at)).offset;
        const auto day = floor<days>(local);
        const auto minute = duration_cast<minutes>(local - day).count();
        const auto& [from, to] = open[static_cast<std::size_t>(((day.count() + 4) % 7 + 7) % 7)];
        return minute >= from && minute < to;
    }
};

std::unique_ptr<const compliance::Gate> gateOf(const Week& week) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("overture-pacing-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "pack.json") << week.pack();
    auto gate = std::make_unique<const compliance::Gate>(folder.string());
    std::filesystem::remove_all(folder);
    return gate;
}

/// How long the rule is open between two instants, exactly: the wall clock runs evenly between two changes.
microseconds openBetween(const Week& week, const date::time_zone& zone, Instant from, Instant to) {
    microseconds room{0};
    for (auto at = from; at < to;) {
        const auto info = zone.get_info(floor<seconds>(at));
        const auto end = std::min(to, Instant(info.end));
        for (auto day = floor<days>(at.time_since_epoch() + info.offset); Instant(day) - info.offset < end;
             day += days(1)) {
            const auto& open = week.open[static_cast<std::size_t>(((day.count() + 4) % 7 + 7) % 7)];
            const auto begins = std::max(at, Instant(day + minutes(open.first)) - info.offset);
            const auto ends = std::min(end, Instant(day + minutes(open.second)) - info.offset);
            if (begins < ends) room += ends - begins;
        }
        at = end;
    }
    return room;
}

/// The touch's own hours: minutes of the day, and days as bits; whole days without a text.
struct Own {
    int from = 0, to = 1440;
    unsigned bits = 127;

    std::pair<Instant, Instant> on(const std::string& zone, sys_days date) const {
        if ((bits >> weekday(date).c_encoding() & 1) == 0) return {};
        return {instantOf(zone, date, minutes(from)), to == 1440 ? instantOf(zone, date + days(1), seconds(0))
                                                                 : instantOf(zone, date, minutes(to))};
    }
};

TEST(PacingProperty, EveryZoneAtEveryTransitionUntil2037NeverOutsideAndOnTheFirstDaysThatHaveRoom) {
    Random random(2037);
    std::vector<Week> weeks;
    std::vector<std::unique_ptr<const compliance::Gate>> gates;
    for (int i = 0; i < 24; ++i) {
        weeks.push_back(Week::random(random));
        gates.push_back(gateOf(weeks.back()));
    }
    std::vector<OpenTimes> kept(gates.size());
    int zones = 0, transitions = 0, found = 0, early = 0, never = 0;
    for (const auto& zone : date::get_tzdb().zones) {
        if (!isZone(zone.name()) || compliance::placesOf({.zone = zone.name()}).zones.empty()) continue;
        ++zones;
        auto info = zone.get_info(sys_seconds(sys_days(2020y / January / 1)));
        for (; info.end < sys_seconds(sys_days(2038y / January / 1)); info = zone.get_info(info.end)) {
            ++transitions;
            const auto which = random.below(gates.size());
            Own own;
            PaceRequest asked;
            asked.contact.channel = "email";
            asked.contact.address = "ann@example.com";
            asked.contact.place.zone = zone.name();
            asked.contact.consent = compliance::ConsentLevel::expressWritten;
            asked.from = Instant(info.end) - seconds(random.below(3 * 86400)) + hours(6);
            asked.seed = static_cast<std::uint64_t>(transitions);
            if (random.chance(0.6)) {
                own.from = static_cast<int>(random.below(random.chance(0.5) ? 180 : 1200));
                own.to = std::min(1440, own.from + 20 + static_cast<int>(random.below(300)));
                asked.between = clockText(own.from) + "-" + clockText(own.to);
            }
            if (random.chance(0.3)) {
                own.bits = 0b0011110;  // Mon-Thu
                asked.days = "Mon-Thu";
            }
            const auto pace = nextSlot(*gates[which], asked, kept[which]);

            // Day by day, until there is an hour to spread over.
            microseconds room{0};
            std::optional<Instant> latest;
            auto date = sys_days(localTime(zone.name(), asked.from).date);
            for (int day = 0; day <= 61 && room < hours(1); ++day, date += days(1)) {
                const auto [from, to] = own.on(zone.name(), date);
                room +=
                    openBetween(weeks[which], zone, std::max(from, Instant(ceil<seconds>(asked.from))), to);
                latest = instantOf(zone.name(), date + days(1), seconds(0));
            }
            const auto told = zone.name() + " from " + toRfc3339(asked.from) + ", touch " + asked.between +
                              " " + asked.days + ", week " + std::to_string(which);
            if (room == microseconds(0)) {
                ++never;
                continue;
            }
            ASSERT_TRUE(pace.at) << told << ": " << pace.reason;
            ++found;
            EXPECT_GE(*pace.at, asked.from) << told;
            if (room >= hours(1)) {  // two months may have less: then any of it will do
                EXPECT_LT(*pace.at, *latest) << told << ": " << toRfc3339(*pace.at);
                ++early;
            }
            EXPECT_TRUE(weeks[which].isOpen(zone, *pace.at)) << told << ": " << toRfc3339(*pace.at);
            const auto local = localTime(zone.name(), *pace.at);
            EXPECT_TRUE(local.timeOfDay >= minutes(own.from) && local.timeOfDay < minutes(own.to))
                << told << ": " << toRfc3339(*pace.at);
            EXPECT_NE(own.bits >> local.weekday.c_encoding() & 1, 0U) << told << ": " << toRfc3339(*pace.at);
            if (HasFailure()) return;
        }
    }
    EXPECT_GT(zones, 400);
    EXPECT_GT(transitions, 5'000);
    EXPECT_GT(found, 4'000);
    EXPECT_GT(early, 4'000);
    std::cout << zones << " zones, " << transitions << " transitions, " << found << " touches, " << never
              << " that never may be made\n";
}

}  // namespace
}  // namespace overture::campaign
