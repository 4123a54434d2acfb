// overture campaign report: what a campaign came to.
#include "campaign/report.hpp"

#include <iostream>

#include "base/money.hpp"
#include "base/time.hpp"
#include "cli/campaign_named.hpp"

namespace overture::cli {
namespace {

std::string count(const Json& figures, const char* name) {
    return std::to_string(figures.at(name).get<std::int64_t>());
}

void line(const std::string& name, const Json& figures) {
    std::cout << "  " << name << std::string(name.size() < 23 ? 24 - name.size() : 1, ' ')
              << count(figures, "people") << " people, " << count(figures, "touched") << " touched, "
              << count(figures, "replied") << " replied, " << count(figures, "booked") << " with a meeting, "
              << count(figures, "opted_out") << " opted out\n";
}

void tell(const Json& report) {
    const auto& funnel = report["funnel"];
    std::cout << "campaign \"" << textOf(report, "campaign") << "\"\n";
    line("all", funnel);
    std::cout << "  meetings                " << count(funnel, "took_place") << " took place, "
              << count(funnel, "no_show") << " nobody came, " << count(funnel, "cancelled") << " cancelled\n"
              << "  models cost             "
              << Money{report["cost_micros"].get<std::int64_t>(), "USD"}.text();
    if (const auto& each = report["cost_per_meeting_micros"]; !each.is_null())
        std::cout << ", " << Money{each.get<std::int64_t>(), "USD"}.text() << " a meeting";
    std::cout << "\n";
    for (const auto* part : {"stage", "channel", "version"})
        for (const auto& one : report[std::string(part) + "s"])
            line(std::string(part) + " " + textOf(one, part).substr(0, 12), one);
    for (const auto& day : report["days"])
        if (day["touched"] != 0 || day["replied"] != 0 || day["booked"] != 0)
            std::cout << "  " << textOf(day, "day") << "              " << count(day, "touched")
                      << " touched first, " << count(day, "replied") << " replied first, "
                      << count(day, "booked") << " booked\n";
}

int run(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "days=", "zone=", "json"}));
    const auto zone = arguments.value("zone", "UTC");
    if (!isZone(zone)) throw UsageError{"--zone takes a zone such as America/Phoenix, not \"" + zone + "\""};
    const auto length = static_cast<int>(arguments.number("days", 30, 1, 366));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto meant = campaignMeant(*opened.database, arguments);
    auto tx = opened.database->begin(meant.organization);
    const auto report =
        campaign::report(tx, meant.organization, meant.campaign, zone, length, SystemClock{}.now());
    tx.commit();
    if (arguments.has("json"))
        std::cout << toText(report) << "\n";
    else
        tell(report);
    return 0;
}

const std::string kHelp =
    std::string(
        R"(Usage: overture campaign report [NAME] [--days N] [--zone Z] [--organization NAME] [--json] [OPTIONS]

What a campaign came to: how far its people came, by stage, channel and version, on which days they were first written to and first
wrote, and what a meeting cost.

  NAME                name or id of the campaign; may be left out when there is only one
  --days N            so many of the last ones, default 30
  --zone Z            whose days they are, default UTC
  --organization NAME name or id; may be left out when there is only one
  --json              one JSON object with everything
)") +
    kDatabaseHelp + R"(
Example: overture campaign report solar-consult --zone America/Phoenix)";

const Registered registered{{"campaign report", "what a campaign came to", kHelp.c_str(), run}};

}  // namespace
}  // namespace overture::cli
