// The gate against random zones, windows and clock changes, judged by date/tz on its own.
#include <date/tz.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"

namespace overture::compliance {
namespace {

using namespace std::chrono;

/// A directory with one rule pack, gone with the test.
class PackDirectory {
public:
    explicit PackDirectory(const std::string& text) {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("overture-packs-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directory(path_);
        std::ofstream(path_ / "pack.json") << text;
    }
    ~PackDirectory() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

struct Open {
    int from = 0, to = 0;  // minutes of the local day
};
using Week = std::array<std::vector<Open>, 7>;

std::string clockText(int minute) {
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    return text;
}

Json packOf(const Json& rules) {
    return {{"pack", "test"},    {"version", 1},    {"revised", "2026-01-01"},
            {"counsel", "none"}, {"about", "test"}, {"jurisdictions", {"*", "every"}},
            {"rules", rules}};
}

Json windowRule(const Week& week) {
    static constexpr const char* names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    auto windows = Json::array();
    for (std::size_t day = 0; day < 7; ++day)
        for (const auto& open : week[day])
            windows.push_back(
                {{"days", names[day]}, {"from", clockText(open.from)}, {"to", clockText(open.to)}});
    return {{"id", "test.window"}, {"kind", "window"}, {"channels", {"email"}},
            {"windows", windows},  {"source", "test"}, {"about", "test"}};
}

/// Windows at odd hours, many of them in the hours where clocks change.
Week randomWeek(Random& random) {
    Week week;
    for (auto& day : week) {
        if (random.chance(0.3)) continue;
        const int from =
            random.chance(0.5) ? static_cast<int>(random.below(240)) : static_cast<int>(random.below(1380));
        day.push_back({from, std::min(1440, from + 15 + static_cast<int>(random.below(300)))});
        if (day[0].to < 1380 && random.chance(0.4))
            day.push_back({day[0].to + 10, std::min(1440, day[0].to + 60)});
    }
    week[3].assign({{600, 900}});
    return week;
}

bool isOpen(const Week& week, const date::time_zone& zone, Instant at) {
    const auto local = at.time_since_epoch() + zone.get_info(floor<seconds>(at)).offset;
    const auto day = floor<days>(local);
    const auto minute = duration_cast<minutes>(local - day).count();
    const auto weekday = static_cast<std::size_t>(((day.count() + 4) % 7 + 7) % 7);
    return std::any_of(week[weekday].begin(), week[weekday].end(),
                       [&](const Open& open) { return minute >= open.from && minute < open.to; });
}

struct Case {
    std::vector<std::string> zones;
    Instant at;
};

/// Near a change of the first zone's clock between 2020 and 2037, where it has any.
Case randomCase(Random& random, const std::vector<std::string>& names) {
    Case one;
    one.zones.push_back(names[random.below(names.size())]);
    if (random.chance(0.4)) one.zones.push_back(names[random.below(names.size())]);
    const auto start = sys_days(2020y / January / 1) + days(random.below(365 * 17));
    const auto info = date::locate_zone(one.zones[0])->get_info(sys_seconds(start));
    const auto near = info.end < sys_seconds(sys_days(2038y / January / 1)) ? info.end : sys_seconds(start);
    one.at = Instant(near) + minutes(static_cast<int>(random.below(4 * 1440)) - 3 * 1440) +
             seconds(random.below(60));
    return one;
}

ContactRequest requestOf(const Case& one) {
    ContactRequest request;
    request.channel = "email";
    request.address = "ann@example.com";
    request.at = one.at;
    request.place.zone = one.zones[0];
    if (one.zones.size() > 1) request.place.said = one.zones[1];
    return request;
}

std::vector<std::string> allZones() {
    std::vector<std::string> names;
    for (const auto& line :
         split(readFile(std::string(OVERTURE_SOURCE_DIR) + "/core/compliance/data/zones.csv"), '\n'))
        if (const auto fields = split(line, ';'); fields.size() == 2 && line[0] != '#')
            names.push_back(fields[1]);
    return names;
}

TEST(GateProperty, NeverOutsideAlwaysTheEarliest) {
    const auto names = allZones();
    ASSERT_GT(names.size(), 400u);
    Random random(20260303);
    int allowed = 0, later = 0, never = 0;
    for (int packs = 0; packs < 30; ++packs) {
        const auto week = randomWeek(random);
        const PackDirectory directory(toText(packOf(Json::array({windowRule(week)}))));
        const Gate gate(directory.path());
        for (int round = 0; round < 25; ++round) {
            const auto one = randomCase(random, names);
            const auto request = requestOf(one);
            const auto verdict = gate.decide(request);
            std::vector<const date::time_zone*> zones;
            for (const auto& zone : one.zones) zones.push_back(date::locate_zone(zone));
            const auto open = [&](Instant at) {
                return std::all_of(zones.begin(), zones.end(),
                                   [&](const auto* zone) { return isOpen(week, *zone, at); });
            };
            const auto where = one.zones[0] + (one.zones.size() > 1 ? " + " + one.zones[1] : "") + " at " +
                               toRfc3339(one.at);
            if (std::holds_alternative<Permit>(verdict)) {
                EXPECT_TRUE(open(one.at)) << where;
                ++allowed;
            } else if (const auto* found = std::get_if<NotBefore>(&verdict)) {
                EXPECT_TRUE(open(found->at)) << where << " → " << toRfc3339(found->at);
                EXPECT_FALSE(open(found->at - microseconds(1))) << where << " → " << toRfc3339(found->at);
                bool earlier = false;
                for (auto at = one.at; at < found->at; at = floor<minutes>(at) + minutes(1))
                    earlier = earlier || open(at);
                EXPECT_FALSE(earlier) << where << " → " << toRfc3339(found->at);
                auto then = request;
                then.at = found->at;
                EXPECT_TRUE(std::holds_alternative<Permit>(gate.decide(then))) << where;
                EXPECT_EQ(gate.earliest(request), found->at);
                ++later;
            } else {
                EXPECT_EQ(one.zones.size(), 2u) << "one zone always opens again: " << where;
                ++never;
            }
        }
    }
    EXPECT_GT(allowed, 50);
    EXPECT_GT(later, 300);
    EXPECT_LT(never, 150);
}

TEST(GateProperty, EveryZoneWakesUpOnTheMorningOfItsClockChange) {
    const Week week{{{{540, 1260}},
                     {{540, 1260}},
                     {{540, 1260}},
                     {{540, 1260}},
                     {{540, 1260}},
                     {{540, 1260}},
                     {{540, 1260}}}};
    const PackDirectory directory(toText(packOf(Json::array({windowRule(week)}))));
    const Gate gate(directory.path());
    int changes = 0;
    for (const auto& name : allZones()) {
        const auto* zone = date::locate_zone(name);
        auto info = zone->get_info(sys_seconds(sys_days(2026y / January / 1)));
        while (info.end < sys_seconds(sys_days(2027y / January / 1))) {
            ++changes;
            ContactRequest request = requestOf({{name}, Instant(info.end) - hours(1)});
            const auto at = gate.earliest(request);
            ASSERT_TRUE(at) << name;
            EXPECT_TRUE(isOpen(week, *zone, *at)) << name << " " << toRfc3339(*at);
            EXPECT_TRUE(*at == request.at || !isOpen(week, *zone, *at - microseconds(1)))
                << name << " " << toRfc3339(*at);
            info = zone->get_info(info.end);
        }
    }
    EXPECT_GT(changes, 200);
}

/// The earliest open instant from `at` on, found without the gate: a window opens where the wall clock enters it or where a
/// clock change puts the wall clock into it, so that only those instants need be looked at.
std::optional<Instant> earliestBy(const Week& week, const date::time_zone& zone, Instant at) {
    if (isOpen(week, zone, at)) return at;
    std::optional<Instant> first;
    const auto consider = [&](Instant candidate) {
        if (candidate >= at && (!first || candidate < *first) && isOpen(week, zone, candidate))
            first = candidate;
    };
    const auto until = at + days(9);
    for (auto info = zone.get_info(floor<seconds>(at)); Instant(info.begin) < until;
         info = zone.get_info(info.end)) {
        consider(Instant(info.begin));
        const auto from = std::max(Instant(info.begin), at), to = std::min(Instant(info.end), until);
        for (auto day = floor<days>((from + info.offset).time_since_epoch());
             day <= floor<days>((to + info.offset).time_since_epoch()); day += days(1))
            for (const auto& open : week[static_cast<std::size_t>(((day.count() + 4) % 7 + 7) % 7)])
                consider(Instant(day + minutes(open.from) - info.offset));
        if (Instant(info.end) >= until) break;
    }
    return first;
}

TEST(GateProperty, EveryZoneAtEveryTransitionUntil2037WithRandomWindows) {
    Random random(20370101);
    std::vector<Week> weeks;
    std::vector<std::unique_ptr<const Gate>> gates;
    for (int i = 0; i < 48; ++i) {
        weeks.push_back(randomWeek(random));
        const PackDirectory directory(toText(packOf(Json::array({windowRule(weeks.back())}))));
        gates.push_back(std::make_unique<const Gate>(directory.path()));
    }
    int zones = 0, transitions = 0, allowed = 0, later = 0;
    for (const auto& zone : date::get_tzdb().zones) {
        if (!isZone(zone.name()) || placesOf({.zone = zone.name()}).zones.empty()) continue;
        ++zones;
        auto info = zone.get_info(sys_seconds(sys_days(2020y / January / 1)));
        for (; info.end < sys_seconds(sys_days(2038y / January / 1)); info = zone.get_info(info.end)) {
            ++transitions;
            for (int round = 0; round < 8; ++round) {
                const auto which = random.below(gates.size());
                const auto before = round == 0  ? seconds(0)
                                    : round < 4 ? seconds(random.below(3 * 3600))
                                                : seconds(random.below(4 * 86400)) - hours(24);
                const auto request = requestOf({{zone.name()}, Instant(info.end) - before});
                const auto wanted = earliestBy(weeks[which], zone, request.at);
                ASSERT_EQ(gates[which]->earliest(request), wanted)
                    << zone.name() << " at " << toRfc3339(request.at) << ", window pack " << which;
                (wanted == request.at ? allowed : later) += 1;
            }
        }
    }
    EXPECT_GT(zones, 400);
    EXPECT_GT(transitions, 5'000);
    EXPECT_GT(allowed, 1'000);
    EXPECT_GT(later, 5'000);
    std::cout << zones << " zones, " << transitions << " transitions, " << allowed + later << " questions\n";
}

TEST(RulePacks, AMistakeIsRefusedWithItsPlace) {
    const auto complaint = [](Json pack) -> std::string {
        const PackDirectory directory(toText(pack));
        try {
            const Gate gate(directory.path());
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    const Week week{{{}, {{540, 1260}}, {}, {}, {}, {}, {}}};
    const auto good = packOf(Json::array({windowRule(week)}));
    EXPECT_EQ(complaint(good), "");
    const auto with = [&](const std::string& path, const Json& value) {
        auto pack = good;
        pack[Json::json_pointer(path)] = value;
        return complaint(std::move(pack));
    };
    EXPECT_NE(with("/rules/0/kind", "wish").find("pack.json: /rules/0/kind"), std::string::npos);
    EXPECT_NE(with("/rules/0/windows/0/from", "25:00").find("/rules/0/windows/0"), std::string::npos);
    EXPECT_NE(with("/rules/0/windows/0/days", "Funday").find("/rules/0/windows/0/days"), std::string::npos);
    EXPECT_NE(with("/rules/0/channels", Json::array({"pigeon"})).find("\"pigeon\""), std::string::npos);
    EXPECT_NE(with("/rules/0/windws", 1).find("did you mean \"windows\""), std::string::npos);
    EXPECT_NE(with("/rules/0/closed_on", Json::array({"never"})).find("no calendar \"never\""),
              std::string::npos);
    EXPECT_NE(with("/rules/1", good["rules"][0]).find("is the id of another rule"), std::string::npos);
    EXPECT_NE(with("/jurisdictions", Json::array({"FR"})).find("no pack covers every other country"),
              std::string::npos);
    EXPECT_NE(with("/revised", "soon").find("/revised"), std::string::npos);
    EXPECT_NE(with("/counsel", Json()).find("/counsel"), std::string::npos);
    EXPECT_THROW(Gate("/nonexistent/rules"), Error);
}

TEST(RulePacks, TheVersionFollowsTheBytes) {
    const Week week{{{}, {{540, 1260}}, {}, {}, {}, {}, {}}};
    auto pack = packOf(Json::array({windowRule(week)}));
    const PackDirectory one(toText(pack)), same(toText(pack));
    pack["rules"][0]["about"] = "other words";
    const PackDirectory other(toText(pack));
    EXPECT_EQ(Gate(one.path()).version(), Gate(same.path()).version());
    EXPECT_NE(Gate(one.path()).version(), Gate(other.path()).version());
    EXPECT_TRUE(Gate(one.path()).version().starts_with("2026-01-01+"));
}

}  // namespace
}  // namespace overture::compliance
