#include "campaign/forecast.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <thread>

#include "base/time.hpp"
#include "compliance/main_zone.hpp"

namespace overture::campaign {
namespace {

using namespace std::chrono;

void add(Forecast& into, const Forecast& from) {
    into.people += from.people;
    into.reached += from.reached;
    into.unfinished += from.unfinished;
    for (const auto& [reason, people] : from.skipped) into.skipped[reason] += people;
    for (const auto& [channel, touches] : from.touches) into.touches[channel] += touches;
    for (const auto& [cell, touches] : from.load) into.load[cell] += touches;
    for (const auto& [hour, touches] : from.hours) into.hours[hour] += touches;
    const auto earliest = [](std::optional<Instant>& a, const std::optional<Instant>& b) {
        if (b && (!a || *b < *a)) a = b;
    };
    const auto latest = [](std::optional<Instant>& a, const std::optional<Instant>& b) {
        if (b && (!a || *b > *a)) a = b;
    };
    earliest(into.firstTouch, from.firstTouch);
    latest(into.lastFirstTouch, from.lastFirstTouch);
    latest(into.lastTouch, from.lastTouch);
}

/// The calendar of some of the people, one after the other. One thread.
class Calendar {
public:
    Calendar(const playbook::Definition& definition, const compliance::Gate& gate,
             const ForecastRequest& request)
        : definition_(definition),
          gate_(gate),
          request_(request),
          days_(request.pace.warmUp, floor<std::chrono::days>(request.from)) {
        forecast_.from = request.from;
        forecast_.to = request.from + std::chrono::days(request.days);
    }

    void add(const Prospect& person) {
        ++forecast_.people;
        std::vector<std::string> reachable;
        for (const auto& contact : person.contacts) reachable.push_back(contact.channel);
        std::vector<Instant> attempts;
        if (!person.contacts.empty()) attempts = person.contacts.front().attempts;
        std::string why = "no channel of the cadence reaches this person (campaign.channels)";
        int touched = 0;
        auto from = request_.from;
        seconds waited{0};
        for (auto next = nextTouch(definition_, std::nullopt, reachable); next;
             next = nextTouch(definition_, next->number, reachable)) {
            if (touched > 0) waited += next->after;
            const auto pace = paceOf(person, next->number, from + waited, attempts);
            if (!pace.at) {
                if (touched == 0 && why.find("campaign.channels") != std::string::npos)
                    why = pace.reason + " (" + pace.rule + ")";
                if (touched == 0) continue;
                if (pace.rule == "campaign.end") ++forecast_.unfinished;
                break;
            }
            count(person, definition_.cadence[next->number].channel, *pace.at, touched == 0);
            attempts.push_back(*pace.at);
            ++touched;
            from = *pace.at;
            waited = seconds(0);
        }
        if (touched == 0)
            ++forecast_.skipped[why];
        else
            ++forecast_.reached;
    }

    const Forecast& forecast() const { return forecast_; }

private:
    Pace paceOf(const Prospect& person, std::size_t number, Instant from,
                const std::vector<Instant>& attempts) {
        const auto& touch = definition_.cadence[number];
        const auto contact = std::find_if(person.contacts.begin(), person.contacts.end(),
                                          [&](const auto& one) { return one.channel == touch.channel; });
        PaceRequest request;
        request.contact = *contact;
        request.contact.attempts = attempts;
        request.between = touch.between;
        request.days = touch.days;
        request.from = from;
        request.seed = paceSeed(request_.seed, person.id, number);
        request.deadline = forecast_.to;
        request.best = request_.pace.best;
        request.patience = request_.pace.patience;
        if (days_.limited())
            request.isFull = [&](sys_days date) { return days_.isFull(touch.channel, date); };
        return nextSlot(gate_, request, openTimes_);
    }

    void count(const Prospect& person, const std::string& channel, Instant at, bool first) {
        const auto local = localTime(person.zone, at);
        const sys_days date(local.date);
        ++forecast_.touches[channel];
        ++forecast_.load[{channel, date, static_cast<int>(floor<hours>(local.timeOfDay).count())}];
        ++forecast_.hours[floor<hours>(at)];
        if (days_.limited()) days_.add(channel, date);
        if (!forecast_.firstTouch || at < *forecast_.firstTouch) forecast_.firstTouch = at;
        if (!forecast_.lastTouch || at > *forecast_.lastTouch) forecast_.lastTouch = at;
        if (first && (!forecast_.lastFirstTouch || at > *forecast_.lastFirstTouch))
            forecast_.lastFirstTouch = at;
    }

    const playbook::Definition& definition_;
    const compliance::Gate& gate_;
    const ForecastRequest& request_;
    OpenTimes openTimes_;
    DayLoad days_;
    Forecast forecast_;
};

Json instantOrNull(const std::optional<Instant>& at) {
    return at ? Json(toRfc3339(*at)) : Json(nullptr);
}

std::string dateText(sys_days date) {
    return toRfc3339(Instant(date)).substr(0, 10);
}

}  // namespace

int Forecast::total() const {
    int all = 0;
    for (const auto& [channel, count] : touches) all += count;
    return all;
}

std::pair<Instant, int> Forecast::busiestHour() const {
    std::pair<Instant, int> most{from, 0};
    for (const auto& [hour, count] : hours)
        if (count > most.second) most = {hour, count};
    return most;
}

Json Forecast::toJson() const {
    auto cells = Json::array(), why = Json::array();
    for (const auto& [cell, count] : load) {
        const auto& [channel, date, hour] = cell;
        cells.push_back({{"date", dateText(date)}, {"hour", hour}, {"channel", channel}, {"touches", count}});
    }
    for (const auto& [reason, count] : skipped) why.push_back({{"reason", reason}, {"people", count}});
    std::stable_sort(why.begin(), why.end(),
                     [](const Json& a, const Json& b) { return a["people"] > b["people"]; });
    const auto busiest = busiestHour();
    return {{"from", toRfc3339(from)},
            {"to", toRfc3339(to)},
            {"people", people},
            {"reached", reached},
            {"cut_off_by_the_end", unfinished},
            {"skipped", why},
            {"touches", touches},
            {"first_touch", instantOrNull(firstTouch)},
            {"last_person_reached", instantOrNull(lastFirstTouch)},
            {"last_touch", instantOrNull(lastTouch)},
            {"busiest_hour", {{"at", toRfc3339(busiest.first)}, {"touches", busiest.second}}},
            {"load", cells}};
}

std::string Forecast::csv() const {
    std::string out = "date,hour,channel,touches\r\n";
    for (const auto& [cell, count] : load) {
        const auto& [channel, date, hour] = cell;
        out += dateText(date) + "," + std::to_string(hour) + "," + channel + "," + std::to_string(count) +
               "\r\n";
    }
    return out;
}

Forecast forecast(const playbook::Definition& definition, const compliance::Gate& gate,
                  const std::vector<Prospect>& people, const ForecastRequest& request) {
    // Whoever fills up a day stands in another's way: then all are one after the other.
    const bool apart = request.pace.warmUp.firstDay <= 0 && request.pace.warmUp.most <= 0;
    const auto wished = request.threads > 0 ? static_cast<unsigned>(request.threads)
                                            : std::max(1U, std::thread::hardware_concurrency());
    const std::size_t parts = apart ? std::min<std::size_t>(wished, 1 + people.size() / 1000) : 1;
    std::deque<Calendar> calendars;
    for (std::size_t i = 0; i < parts; ++i) calendars.emplace_back(definition, gate, request);
    std::vector<std::exception_ptr> faults(parts);
    const auto work = [&](std::size_t part) {
        try {
            for (auto i = people.size() * part / parts; i < people.size() * (part + 1) / parts; ++i)
                calendars[part].add(people[i]);
        } catch (...) {
            faults[part] = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < parts; ++i) threads.emplace_back(work, i);
    work(0);
    for (auto& thread : threads) thread.join();
    for (const auto& fault : faults)
        if (fault) std::rethrow_exception(fault);
    Forecast whole;
    whole.from = request.from;
    whole.to = request.from + std::chrono::days(request.days);
    for (const auto& calendar : calendars) add(whole, calendar.forecast());
    return whole;
}

}  // namespace overture::campaign
