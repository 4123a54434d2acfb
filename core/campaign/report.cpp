#include "campaign/report.hpp"

#include <map>

#include "base/time.hpp"
#include "campaign/versions.hpp"
#include "queries/campaign.hpp"

namespace overture::campaign {
namespace {

constexpr const char* kFigures[] = {"people",  "touched",   "replied",   "booked", "took_place",
                                    "no_show", "cancelled", "opted_out", "held",   "closed"};

Json figuresIn(const store::Row& row) {
    Json figures = Json::object();
    for (const auto* name : kFigures) figures[name] = row.integer(name);
    return figures;
}

Json noFigures() {
    Json figures = Json::object();
    for (const auto* name : kFigures) figures[name] = 0;
    return figures;
}

std::string dayOf(const std::string& zone, Instant at) {
    return toRfc3339(Instant(std::chrono::sys_days(localTime(zone, at).date))).substr(0, 10);
}

/// The last `length` days, whether or not anything happened.
std::map<std::string, Json> calendar(const std::string& zone, int length, Instant now) {
    std::map<std::string, Json> days;
    const std::chrono::sys_days today(localTime(zone, now).date);
    for (int back = 0; back < length; ++back) {
        const auto day = toRfc3339(Instant(today - std::chrono::days(back))).substr(0, 10);
        days[day] = {{"day", day}, {"touched", 0}, {"replied", 0}, {"booked", 0}};
    }
    return days;
}

}  // namespace

Json report(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
            const std::string& zone, int length, Instant now) {
    const auto standing = tx.run(sql::campaign::preflight, {organization, campaign});
    if (standing.empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    const auto share = shareOf(tx, organization, campaign);
    Json out{{"campaign", standing[0].text("name")},
             {"id", campaign.text()},
             {"zone", zone},
             {"funnel", noFigures()},
             {"cost_micros", 0},
             {"cost_per_meeting_micros", nullptr},
             {"stages", Json::array()},
             {"channels", Json::array()},
             {"versions", Json::array()},
             {"days", Json::array()}};
    auto days = calendar(zone, length, now);
    const Instant from = now - std::chrono::days(length + 1);
    for (const auto row : tx.run(sql::campaign::report, {organization, campaign, from})) {
        const auto part = row.text("part");
        if (part == "time") {
            const auto day = days.find(dayOf(zone, row.instant("at")));
            if (day == days.end()) continue;
            for (const auto* name : {"touched", "replied", "booked"})
                day->second[name] = day->second[name].get<std::int64_t>() + row.integer(name);
            continue;
        }
        auto figures = figuresIn(row);
        const auto cost = row.integer("cost_micros");
        if (part == "all") {
            out["funnel"] = figures;
            out["cost_micros"] = cost;
            if (const auto booked = row.integer("booked"); booked > 0)
                out["cost_per_meeting_micros"] = cost / booked;
            continue;
        }
        figures[part] = row.text("name");
        figures["cost_micros"] = cost;
        if (part == "version")
            figures["share_percent"] =
                share && share->version == row.text("name") ? Json(share->percent) : Json();
        out[part + "s"].push_back(std::move(figures));
    }
    for (auto& [day, figures] : days) out["days"].push_back(std::move(figures));
    return out;
}

}  // namespace overture::campaign
