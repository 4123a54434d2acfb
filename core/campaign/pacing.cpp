#include <algorithm>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;

constexpr seconds kLeastSpread = 1h;
constexpr auto kLookAhead = days(60);  // as far as the gate looks
constexpr int kMostWindows = 60;

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

/// Gate and touch together.
class Pacer {
public:
    Pacer(const compliance::Gate& gate, const PaceRequest& request, TouchHours hours)
        : gate_(gate), request_(request), hours_(std::move(hours)), contact_(request.contact) {}

    /// The first instant at or after `at`, on a whole second, that gate and touch both allow, and where the
    /// touch's stretch ends.
    std::optional<Window> first(Instant at) {
        const auto horizon = at + kLookAhead;
        while (at < horizon) {
            contact_.at = ceil<seconds>(at);
            const auto allowed = gate_.earliest(contact_, request_.own);
            if (!allowed) return std::nullopt;
            const auto open = hours_.next(ceil<seconds>(*allowed));
            if (!open) return std::nullopt;
            if (open->from == ceil<seconds>(*allowed)) return open;
            at = open->from;
        }
        return std::nullopt;
    }

    bool allows(Instant at) {
        contact_.at = at;
        return hours_.isOpen(at) &&
               std::holds_alternative<compliance::Permit>(gate_.decide(contact_, request_.own));
    }

    /// How far the stretch that begins at `stretch.from` stays allowed, to the minute.
    Instant lastsUntil(const Window& stretch, const std::string& zone) {
        const auto nextDay = sys_days(localTime(zone, stretch.from).date) + days(1);
        const auto end = std::min(stretch.to, instantOf(zone, nextDay, 0s));
        auto low = stretch.from, high = end;
        if (allows(end - seconds(1))) return end;
        while (high - low > minutes(1)) {
            const auto middle = low + floor<seconds>((high - low) / 2);
            (allows(middle) ? low : high) = middle;
        }
        return std::max(low, stretch.from + seconds(1));
    }

private:
    const compliance::Gate& gate_;
    const PaceRequest& request_;
    TouchHours hours_;
    compliance::ContactRequest contact_;
};

meeting::WeekHours readHours(const PaceRequest& request) {
    const auto text = (request.days.empty() ? std::string("Mon-Sun") : request.days) + " " +
                      (request.between.empty() ? std::string("00:00-24:00") : request.between);
    return meeting::WeekHours::parse(text).orThrow();
}

// The windows to spread over: from the first on, until there is enough room or the deadline comes.
std::vector<Window> windowsOf(Pacer& pacer, const PaceRequest& request, const std::string& zone) {
    std::vector<Window> windows;
    microseconds room{0};
    auto at = request.from;
    while (room < kLeastSpread && static_cast<int>(windows.size()) < kMostWindows) {
        const auto stretch = pacer.first(at);
        if (!stretch || (request.deadline && stretch->from >= *request.deadline)) break;
        auto end = pacer.lastsUntil(*stretch, zone);
        if (request.deadline) end = std::min(end, *request.deadline);
        windows.push_back({stretch->from, end});
        room += end - stretch->from;
        at = end + seconds(1);
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
Pace never(const compliance::Gate& gate, const PaceRequest& request) {
    auto contact = request.contact;
    contact.at = request.from;
    const auto verdict = gate.decide(contact, request.own);
    if (const auto* refused = std::get_if<compliance::Refused>(&verdict))
        return {std::nullopt, refused->rule, refused->reason};
    if (const auto* later = std::get_if<compliance::NotBefore>(&verdict);
        later && request.deadline && later->at >= *request.deadline)
        return {std::nullopt, "campaign.end", "the campaign ends before " + later->rule + " allows it"};
    if (request.deadline && *request.deadline <= request.from + kLookAhead)
        return {std::nullopt, "campaign.end", "the campaign ends before the next time that is allowed"};
    return {std::nullopt, "touch.hours", "the touch's own hours and the allowed ones never meet"};
}

}  // namespace

Pace nextSlot(const compliance::Gate& gate, const PaceRequest& request) {
    const auto hours = readHours(request);
    auto contact = request.contact;
    contact.at = request.from;
    if (std::holds_alternative<compliance::Refused>(gate.decide(contact, request.own)))
        return never(gate, request);
    auto zones = compliance::placesOf(request.contact.place).zones;
    if (request.between.empty() && request.days.empty() && !zones.empty()) zones.resize(1);
    for (; !zones.empty(); zones.resize(zones.size() == 1 ? 0 : 1)) {
        Pacer pacer(gate, request, TouchHours(hours, zones));
        const auto windows = windowsOf(pacer, request, zones.front());
        if (windows.empty()) continue;
        auto at = pick(windows, request.seed);
        if (!pacer.allows(at)) {  // a gap inside the window, such as a break at noon
            const auto after = pacer.first(at);
            at = after && (!request.deadline || after->from < *request.deadline) ? after->from
                                                                                 : windows.front().from;
        }
        return {at, {}, {}};
    }
    return never(gate, request);
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
