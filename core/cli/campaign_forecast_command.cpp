// overture campaign forecast: the load of a whole campaign before it runs.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/heat_map.hpp"
#include "cli/campaign_source.hpp"
#include "cli/open_database.hpp"

namespace overture::cli {
namespace {

bool wantsColour(const Arguments& arguments) {
    const auto wish = arguments.value("colour", "auto");
    if (wish != "auto" && wish != "always" && wish != "never")
        throw UsageError{"--colour takes auto, always or never"};
    return wish == "always" ||
           (wish == "auto" && isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr);
}

void tell(const campaign::Forecast& forecast, const campaign::HeatMapOptions& options) {
    std::cout << forecast.reached << " of " << forecast.people << " people get " << forecast.total()
              << " touches if nobody answers";
    if (forecast.lastFirstTouch)
        std::cout << "; the last of them is first reached at " << toRfc3339(*forecast.lastFirstTouch);
    std::cout << "\n";
    const auto document = forecast.toJson();
    for (const auto& one : document["skipped"])
        std::cout << "  " << one["people"] << " not: " << textOf(one, "reason") << "\n";
    if (forecast.unfinished > 0)
        std::cout << "  the end cuts off the cadence of " << forecast.unfinished << "\n";
    std::cout << "\n" << heatMapText(forecast, options);
}

int run(const std::vector<std::string>& words) {
    const Arguments arguments(words, sourceOptions({"channel=", "colour=", "svg=", "csv=", "json"}));
    const bool colour = wantsColour(arguments);
    const auto facts = readSource(arguments);
    const auto channel = arguments.value("channel");
    const auto title = facts.definition->id + ": touches by local hour and day" +
                       (channel.empty() ? "" : ", " + channel + " only");
    if (arguments.has("svg"))
        writeFile(arguments.value("svg"), heatMapSvg(facts.forecast, {channel, false, title}));
    if (arguments.has("csv")) writeFile(arguments.value("csv"), facts.forecast.csv());
    if (arguments.has("json"))
        std::cout << toText(facts.forecast.toJson()) << "\n";
    else
        tell(facts.forecast, {channel, colour, title});
    return 0;
}

const std::string kHelp = std::string(
                              R"(Usage: overture campaign forecast [NAME | PLAYBOOK_DIR] [OPTIONS]

Every touch of the whole campaign, planned by the same pacing and gate that run it, as if nobody answered: who is reached and
who is not, when the last person is, and how much goes out in each hour of each day on people's own clocks. Writes nothing to
the database.

)") + kSourceHelp + kDatabaseHelp +
                          R"(  --channel C         the picture of one channel
  --colour WHEN       always, never, or auto (a terminal without NO_COLOR)
  --svg FILE          the picture as SVG; --csv FILE: date,hour,channel,touches
  --json              everything as one JSON object

Example: overture campaign forecast playbooks/solar-consult --start 2026-09-14T00:00:00Z --days 14 --svg load.svg)";

const Registered registered{
    {"campaign forecast", "the load of a whole campaign before it runs", kHelp.c_str(), run}};

}  // namespace
}  // namespace overture::cli
