#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;

constexpr microseconds kLeastSpread = 1h;
constexpr microseconds kAll = microseconds::max();
constexpr auto kLookAhead = days(60);  // as far as the gate looks
constexpr int kMostDays = 61;
constexpr auto kStep = 1h;
constexpr std::size_t kMostKept = 5000, kMostDaysKept = 1000;

struct Window {
    Instant from, to;
};

/// The touch's own hours, in every zone given.
class TouchHours {
public:
    TouchHours(meeting::WeekHours hours, std::vector<std::string> zones)
        : hours_(std::move(hours)), zones_(std::move(zones)) {}

    /// The first stretch that is open in all zones and ends after `at`, cut to begin no earlier than `at`.
    std::optional<Window> next(Instant at) const {
        for (const auto horizon = at + kLookAhead; at < horizon;) {
            Window common{at, Instant::max()};
            for (const auto& zone : zones_) {
                const auto own = nextIn(zone, at);
                if (!own) return std::nullopt;
                common = {std::max(common.from, own->from), std::min(common.to, own->to)};
            }
            if (common.from < common.to) return common;
            at = common.from;
        }
        return std::nullopt;
    }

    const std::string& zone() const { return zones_.front(); }

    bool isOpen(Instant at) const {
        return std::all_of(zones_.begin(), zones_.end(), [&](const std::string& zone) {
            const auto local = localTime(zone, at);
            return std::any_of(hours_.ranges().begin(), hours_.ranges().end(), [&](const auto& range) {
                return range.day == local.weekday.c_encoding() && local.timeOfDay >= range.from &&
                       local.timeOfDay < range.to;
            });
        });
    }

private:
    std::optional<Window> nextIn(const std::string& zone, Instant at) const {
        auto date = sys_days(localTime(zone, at).date);
        for (int i = 0; i <= 8; ++i, date += days(1))
            for (const auto& range : hours_.ranges()) {
                if (range.day != weekday(date).c_encoding()) continue;
                const Window window{std::max(at, instantOf(zone, date, range.from)),
                                    instantOf(zone, date, range.to)};
                if (window.from < window.to) return window;
            }
        return std::nullopt;
    }

    meeting::WeekHours hours_;
    std::vector<std::string> zones_;
};

/// Gate and touch together, for people who live under the same rules; their earlier attempts are left out.
class Openings {
public:
    Openings(const compliance::Gate& gate, const PaceRequest& request, TouchHours hours)
        : gate_(&gate), hours_(std::move(hours)), contact_(request.contact), own_(request.own) {
        contact_.attempts.clear();
    }

    /// The stretches of one day, on the first zone's calendar, that gate and touch both allow.
    const std::vector<Window>& of(sys_days date) {
        auto [place, fresh] = days_.try_emplace(date);
        if (fresh) place->second = find(date);
        return place->second;
    }
    void use(const compliance::Gate& gate) { gate_ = &gate; }
    const std::string& zone() const { return hours_.zone(); }
    bool inHours(Instant at) const { return hours_.isOpen(at); }
    std::size_t size() const { return days_.size(); }

private:
    std::vector<Window> find(sys_days date) {
        const auto end = instantOf(zone(), date + days(1), 0s);
        std::vector<Window> found;
        for (auto at = instantOf(zone(), date, 0s); at < end;) {
            const auto from = opens(at, end);
            if (!from) break;
            found.push_back({*from, closes(*from, end)});
            at = found.back().to;
        }
        return found;
    }

    std::optional<Instant> opens(Instant at, Instant end) {
        while (at < end) {
            contact_.at = ceil<seconds>(at);
            const auto allowed = gate_->earliest(contact_, own_);
            if (!allowed || *allowed >= end) return std::nullopt;
            const auto open = hours_.next(ceil<seconds>(*allowed));
            if (!open || open->from >= end) return std::nullopt;
            if (open->from == ceil<seconds>(*allowed)) return open->from;
            at = open->from;
        }
        return std::nullopt;
    }

    /// Exact to the second for whatever stays closed for an hour.
    Instant closes(Instant from, Instant end) {
        for (auto open = from; open < end - 1s;) {
            const auto probe = std::min<Instant>(open + kStep, end - 1s);
            if (allows(probe)) {
                open = probe;
                continue;
            }
            auto shut = probe;
            while (shut - open > 1s) {
                const auto middle = open + floor<seconds>((shut - open) / 2);
                (allows(middle) ? open : shut) = middle;
            }
            return shut;
        }
        return end;
    }

    bool allows(Instant at) {
        contact_.at = at;
        return hours_.isOpen(at) && std::holds_alternative<compliance::Permit>(gate_->decide(contact_, own_));
    }

    const compliance::Gate* gate_;
    TouchHours hours_;
    compliance::ContactRequest contact_;
    compliance::OwnRules own_;
    std::map<sys_days, std::vector<Window>> days_;
};

meeting::WeekHours readHours(const std::string& text) {
    return meeting::WeekHours::parse(text).orThrow();
}

std::string touchHours(const PaceRequest& request) {
    return (request.days.empty() ? std::string("Mon-Sun") : request.days) + " " +
           (request.between.empty() ? std::string("00:00-24:00") : request.between);
}

/// The windows to spread over: from `begin` on, until there is enough room or `end` comes.
std::vector<Window> windowsOf(Openings& openings, const PaceRequest& request, Instant begin, Instant end,
                              microseconds enough) {
    std::vector<Window> windows;
    microseconds room{0};
    auto date = sys_days(localTime(openings.zone(), begin).date);
    for (int i = 0; i <= kMostDays && room < enough; ++i, date += days(1)) {
        if (request.isFull && request.isFull(date)) continue;
        const auto& open = openings.of(date);
        for (const auto& window : open) {
            const Window cut{std::max(window.from, begin), std::min(window.to, end)};
            if (cut.from >= cut.to) continue;
            windows.push_back(cut);
            room += cut.to - cut.from;
        }
        if (!open.empty() && open.front().from >= end) break;
    }
    return windows;
}

Instant pick(const std::vector<Window>& windows, std::uint64_t seed) {
    microseconds room{0};
    for (const auto& window : windows) room += window.to - window.from;
    auto offset = seconds(Random(seed).below(
        static_cast<std::uint64_t>(std::max<std::int64_t>(1, floor<seconds>(room).count()))));
    for (const auto& window : windows) {
        if (window.from + offset < window.to) return window.from + offset;
        offset -= floor<seconds>(window.to - window.from);
    }
    return windows.front().from;
}

// Why there is no slot, in the gate's own words where it is the gate.
Pace never(const compliance::Verdict& verdict, const PaceRequest& request) {
    if (const auto* refused = std::get_if<compliance::Refused>(&verdict))
        return {std::nullopt, refused->rule, refused->reason};
    if (const auto* later = std::get_if<compliance::NotBefore>(&verdict);
        later && request.deadline && later->at >= *request.deadline)
        return {std::nullopt, "campaign.end", "the campaign ends before " + later->rule + " allows it"};
    if (request.deadline && *request.deadline <= request.from + kLookAhead)
        return {std::nullopt, "campaign.end", "the campaign ends before the next time that is allowed"};
    return {std::nullopt, "touch.hours", "the touch's own hours and the allowed ones never meet"};
}

/// What decides about open hours: two requests with one key have the same.
std::string keyOf(const PaceRequest& request, const compliance::Places& places, const std::string& hours,
                  std::size_t zones) {
    std::string key = request.contact.channel + '|' + request.contact.purpose + '|' + hours + '|' +
                      std::to_string(static_cast<int>(request.contact.consent)) + std::to_string(zones);
    for (const auto* own : {&request.own, &request.contact.own})
        for (const auto& part : {own->window, own->days}) key += '|' + part.value_or("");
    for (const auto& registry : request.contact.registries)
        key += '|' + registry.name + std::to_string(registry.ageDays.value_or(-1)) +
               (registry.listed ? "l" : "");
    for (const auto* list : {&places.zones, &places.jurisdictions}) {
        key += '|';
        for (const auto& one : *list) key += one + ',';
    }
    return key;
}

}  // namespace

struct OpenTimes::Impl {
    std::unordered_map<std::string, Openings> known;
    std::string version;

    Openings& of(const compliance::Gate& gate, const PaceRequest& request, const compliance::Places& places,
                 const std::string& hours, std::size_t zones) {
        if (version != gate.version() || known.size() > kMostKept) {
            known.clear();
            version = gate.version();
        }
        const auto key = keyOf(request, places, hours, zones);
        const auto found = known.find(key);
        if (found != known.end() && found->second.size() < kMostDaysKept) {
            found->second.use(gate);
            return found->second;
        }
        if (found != known.end()) known.erase(found);
        return known
            .emplace(key, Openings(gate, request,
                                   TouchHours(readHours(hours),
                                              {places.zones.begin(),
                                               places.zones.begin() + static_cast<std::ptrdiff_t>(zones)})))
            .first->second;
    }
};

namespace {

/// A registry that a plugin answers for is asked when the touch is due: until then it stands in nobody's way.
std::optional<PaceRequest> asThoughAnswered(const PaceRequest& request) {
    const auto open = [](const compliance::RegistryState& state) { return state.asked && !state.listed; };
    const auto& all = request.contact.registries;
    if (std::none_of(all.begin(), all.end(), open)) return std::nullopt;
    auto answered = request;
    for (auto& state : answered.contact.registries)
        if (open(state)) {
            state.ageDays = 0;
            state.asked = false;
        }
    return answered;
}

}  // namespace

OpenTimes::OpenTimes() : impl_(new Impl) {}
OpenTimes::~OpenTimes() = default;

Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request, OpenTimes& kept) {
    if (const auto answered = asThoughAnswered(request)) return nextSlot(gate, *answered, kept);
    const auto own = touchHours(request);
    auto contact = request.contact;
    contact.at = ceil<seconds>(request.from);
    const auto verdict = gate.decide(contact, request.own);
    if (std::holds_alternative<compliance::Refused>(verdict)) return never(verdict, request);
    const auto* later = std::get_if<compliance::NotBefore>(&verdict);
    const auto begin = later != nullptr ? ceil<seconds>(later->at) : contact.at;
    const auto& places = later != nullptr ? later->places : std::get<compliance::Permit>(verdict).places();
    const auto end = request.deadline.value_or(Instant::max());
    const bool free = request.between.empty() && request.days.empty();
    const auto slotIn = [&](const std::string& hours, std::size_t zones, Instant until,
                            microseconds enough) -> std::optional<Instant> {
        auto& openings = kept.impl_->of(gate, request, places, hours, zones);
        const auto windows = windowsOf(openings, request, begin, until, enough);
        if (windows.empty()) return std::nullopt;
        for (const auto at : {pick(windows, request.seed), windows.front().from}) {
            contact.at = at;  // a break shorter than an hour, or a cap, may lie inside a window
            if (openings.inHours(at) &&
                std::holds_alternative<compliance::Permit>(gate.decide(contact, request.own)))
                return at;
        }
        return std::nullopt;
    };
    if (free && !request.best.empty())
        if (const auto at = slotIn(request.best, 1, std::min(end, begin + request.patience), kAll))
            return {at, {}, {}};
    if (free || places.zones.size() == 1) {
        const auto at = slotIn(own, 1, end, kLeastSpread);
        return at ? Pace{at, {}, {}} : never(verdict, request);
    }
    for (const auto zones : {places.zones.size(), std::size_t{1}})
        if (const auto at = slotIn(own, zones, end, kLeastSpread)) return {at, {}, {}};
    return never(verdict, request);
}

Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request) {
    OpenTimes once;
    return nextSlot(gate, request, once);
}

std::optional<NextTouch> nextTouch(const playbook::Definition& definition, std::optional<std::size_t> done,
                                   const std::vector<std::string>& channels) {
    seconds after{0};
    for (std::size_t number = done ? *done + 1 : 0; number < definition.cadence.size(); ++number) {
        const auto& touch = definition.cadence[number];
        after += touch.after;
        if (std::find(channels.begin(), channels.end(), touch.channel) != channels.end())
            return NextTouch{number, after};
    }
    return std::nullopt;
}

std::string addressOn(const turn::Lead& lead, const std::string& channel) {
    return channel == "email" ? lead.email : lead.phone;
}

std::uint64_t paceSeed(std::uint64_t campaignSeed, const LeadId& lead, std::size_t touch) {
    return hash64(lead.text() + ":" + std::to_string(touch), campaignSeed);
}

}  // namespace overture::campaign
