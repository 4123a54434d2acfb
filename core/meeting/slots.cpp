#include "meeting/slots.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace overture::meeting {
namespace {

using namespace std::chrono;

constexpr seconds kDecentFrom = 8h, kDecentTo = 20h;  // of the lead's zone

WeekHours readHours(const std::string& text, const std::string& whose) {
    auto hours = WeekHours::parse(text);
    if (hours) return std::move(hours).value();
    auto problem = hours.problem();
    problem.where = whose + ", " + problem.where;
    throw Error(std::move(problem));
}

/// A manager while slots are chosen.
struct Candidate {
    const AccountManager* manager;
    WeekHours hours;
    std::vector<Blocked> blocked;  // sorted
    std::vector<Blocked> offered;  // to others, who may yet choose it
    std::size_t load = 0;
    std::uint64_t order = 0;  // settles equal loads

    bool isFree(Instant from, Instant to) const {
        const auto next = std::lower_bound(blocked.begin(), blocked.end(), from,
                                           [](const Blocked& each, Instant at) { return each.to <= at; });
        return next == blocked.end() || next->from >= to;
    }
    std::size_t rivals(Instant from, Instant to) const {
        return static_cast<std::size_t>(
            std::count_if(offered.begin(), offered.end(),
                          [&](const Blocked& each) { return each.from < to && each.to > from; }));
    }
};

/// A time at which somebody is free.
struct Opening {
    Instant from;
    seconds timeOfDay{};                // in the lead's zone
    std::vector<std::size_t> managers;  // those whom the fewest others may yet choose then
    std::size_t rivals = 0;             // how many others that are
};

struct Day {
    std::vector<Opening> halves[2];  // morning, afternoon
    bool empty() const { return halves[0].empty() && halves[1].empty(); }
    std::size_t fewestRivals() const {
        auto fewest = std::numeric_limits<std::size_t>::max();
        for (const auto& half : halves)
            for (const auto& opening : half) fewest = std::min(fewest, opening.rivals);
        return fewest;
    }
};

bool worksThrough(const Candidate& candidate, const WeekHours& rulesHours, Instant from, Instant to) {
    const auto begin = localTime(candidate.manager->zone, from), end = localTime(candidate.manager->zone, to);
    auto until = end.timeOfDay;
    if (end.date != begin.date) {
        if (until != 0s || sys_days(end.date) != sys_days(begin.date) + days(1)) return false;
        until = 24h;
    }
    return candidate.hours.contains(begin.weekday, begin.timeOfDay, until) &&
           rulesHours.contains(begin.weekday, begin.timeOfDay, until);
}

class Search {
public:
    Search(const std::vector<AccountManager>& managers, const std::vector<Blocked>& blocked,
           const std::vector<Blocked>& offered, const Rules& rules, const std::string& leadZone, Instant now,
           std::uint64_t seed)
        : rules_(rules),
          zone_(leadZone),
          now_(now),
          rulesHours_(readHours(rules.hours, "the booking stage's hours")),
          random_(seed) {
        for (const auto& manager : managers) {
            Candidate candidate{&manager, readHours(manager.hours, manager.name), {}, {},
                                0,        hash64(manager.id.text(), seed)};
            for (const auto& each : offered)
                if (each.manager == manager.id) candidate.offered.push_back(each);
            for (const auto& each : blocked)
                if (each.manager == manager.id) candidate.blocked.push_back(each);
            std::sort(candidate.blocked.begin(), candidate.blocked.end(),
                      [](const Blocked& a, const Blocked& b) { return a.from < b.from; });
            candidate.load = candidate.blocked.size();
            candidates_.push_back(std::move(candidate));
        }
    }

    std::vector<Slot> choose() {
        auto days = openDays();
        std::vector<Slot> chosen;
        std::size_t half = random_.below(2);
        // Once round the days for one slot each, then round again in their other halves.
        while (static_cast<int>(chosen.size()) < rules_.offer && !days.empty()) {
            for (auto& day : days) {
                if (static_cast<int>(chosen.size()) == rules_.offer) break;
                if (day.empty()) continue;
                const auto& opening = pick(day, half);
                chosen.push_back(slotAt(opening));
                remove(day, Instant(opening.from));
                half = 1 - half;
            }
            std::erase_if(days, [](const Day& day) { return day.empty(); });
        }
        std::sort(chosen.begin(), chosen.end(), [](const Slot& a, const Slot& b) { return a.from < b.from; });
        return chosen;
    }

private:
    // One of the day's openings with the fewest rivals, in the wanted half where that has one.
    const Opening& pick(const Day& day, std::size_t half) {
        const auto fewest = day.fewestRivals();
        std::vector<const Opening*> best;
        for (const auto which : {half, 1 - half}) {
            for (const auto& opening : day.halves[which])
                if (opening.rivals == fewest) best.push_back(&opening);
            if (!best.empty()) break;
        }
        return *best[random_.below(best.size())];
    }

    // The first rules.offer days of the lead that have an opening nobody else may yet choose; where there are not so many
    // of those, the days with the fewest others, the earliest first.
    std::vector<Day> openDays() const {
        std::vector<Day> free, contested;
        const auto first = sys_days(localTime(zone_, now_ + rules_.notice).date),
                   last = sys_days(localTime(zone_, now_ + rules_.horizon).date);
        const auto wanted = static_cast<std::size_t>(rules_.offer);
        for (auto date = first; date <= last && free.size() < wanted; date += days(1)) {
            Day day;
            const seconds grid = rules_.minutes <= 15 ? minutes(15) : minutes(30);
            for (auto time = kDecentFrom; time + minutes(rules_.minutes) <= kDecentTo; time += grid)
                if (auto opening = openingAt(date, time); !opening.managers.empty())
                    day.halves[time < hours(12) ? 0 : 1].push_back(std::move(opening));
            if (!day.empty()) (day.fewestRivals() == 0 ? free : contested).push_back(std::move(day));
        }
        std::stable_sort(contested.begin(), contested.end(),
                         [](const Day& a, const Day& b) { return a.fewestRivals() < b.fewestRivals(); });
        for (std::size_t i = 0; i < contested.size() && free.size() < wanted; ++i)
            free.push_back(std::move(contested[i]));
        return free;
    }

    Opening openingAt(sys_days date, seconds time) const {
        Opening opening{instantOf(zone_, date, time), time, {}, 0};
        const auto to = opening.from + minutes(rules_.minutes);
        const auto begins = localTime(zone_, opening.from), ends = localTime(zone_, to);
        const bool shown = begins.timeOfDay == time && ends.timeOfDay <= kDecentTo &&
                           ends.date == begins.date;  // not skipped by a clock change
        if (!shown || opening.from < now_ + rules_.notice || to > now_ + rules_.horizon) return opening;
        const auto kept = blockedBy(Slot{{}, {}, opening.from, to}, rules_);
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (!candidates_[i].isFree(kept.from, kept.to) ||
                !worksThrough(candidates_[i], rulesHours_, opening.from, to))
                continue;
            const auto rivals = candidates_[i].rivals(kept.from, kept.to);
            if (!opening.managers.empty() && rivals > opening.rivals) continue;
            if (rivals < opening.rivals) opening.managers.clear();
            opening.rivals = rivals;
            opening.managers.push_back(i);
        }
        return opening;
    }

    Slot slotAt(const Opening& opening) {
        const auto lightest = *std::min_element(
            opening.managers.begin(), opening.managers.end(), [&](std::size_t a, std::size_t b) {
                return std::pair(candidates_[a].load, candidates_[a].order) <
                       std::pair(candidates_[b].load, candidates_[b].order);
            });
        ++candidates_[lightest].load;
        const auto& manager = *candidates_[lightest].manager;
        return Slot{manager.id, manager.name, opening.from, opening.from + minutes(rules_.minutes)};
    }

    // The slot's own time and what overlaps it; nobody wants to choose between 10:00 and 10:30.
    void remove(Day& day, Instant from) const {
        const auto near = std::max<seconds>(minutes(rules_.minutes), hours(1));
        for (auto& openings : day.halves)
            std::erase_if(openings, [&](const Opening& each) { return abs(each.from - from) < near; });
    }

    const Rules& rules_;
    const std::string& zone_;
    Instant now_;
    WeekHours rulesHours_;
    std::vector<Candidate> candidates_;
    Random random_;
};

}  // namespace

Blocked blockedBy(const Slot& slot, const Rules& rules) {
    return {slot.manager, slot.from - rules.buffer / 2, slot.to + (rules.buffer - rules.buffer / 2)};
}

std::vector<Slot> chooseSlots(const std::vector<AccountManager>& managers,
                              const std::vector<Blocked>& blocked, const Rules& rules,
                              const std::string& leadZone, Instant now, std::uint64_t seed,
                              const std::vector<Blocked>& offered) {
    return Search(managers, blocked, offered, rules, leadZone, now, seed).choose();
}

}  // namespace overture::meeting
