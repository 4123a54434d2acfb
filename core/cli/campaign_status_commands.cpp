// overture campaign status, list.
#include <iostream>

#include "base/money.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/status.hpp"
#include "cli/campaign_named.hpp"

namespace overture::cli {
namespace {

constexpr std::size_t kReasonsShown = 8;

std::string count(const Json& object, const char* key) {
    return std::to_string(object.at(key).get<std::int64_t>());
}

void row(const std::string& label, const std::string& text) {
    std::cout << "  " << label << std::string(label.size() < 15 ? 16 - label.size() : 1, ' ') << text << "\n";
}

/// "12 sent, 3 failed": those that are not 0, the first in any case.
std::string counts(const Json& object, const std::vector<std::pair<const char*, const char*>>& names) {
    std::vector<std::string> parts;
    for (const auto& [key, word] : names)
        if (parts.empty() || object.at(key) != 0) parts.push_back(count(object, key) + " " + word);
    return join(parts, ", ");
}

void tell(const Json& status) {
    std::cout << "campaign \"" << textOf(status, "campaign") << "\" is " << textOf(status, "state")
              << (status["since"].is_null() ? "" : " since " + textOf(status, "since")) << "\n";
    row("playbook", textOf(status, "playbook") + ", version " + textOf(status, "version").substr(0, 12));
    row("time", textOf(status, "starts_at") + " to " +
                    (status["ends_at"].is_null() ? std::string("no end") : textOf(status, "ends_at")));
    row("leads", counts(status["leads"], {{"total", "in all"},
                                          {"untouched", "untouched"},
                                          {"touched", "touched, no word yet"},
                                          {"talking", "talking"},
                                          {"held", "held for a person"},
                                          {"taken", "taken by a person"},
                                          {"closed", "closed"}}));
    const auto& reasons = status["reasons"];
    for (std::size_t i = 0; i < reasons.size() && i < kReasonsShown; ++i)
        std::cout << "      " << count(reasons[i], "people") << " " << textOf(reasons[i], "state") << ": "
                  << textOf(reasons[i], "reason") << "\n";
    if (reasons.size() > kReasonsShown)
        std::cout << "      … and " << reasons.size() - kReasonsShown << " more reasons (--json has all)\n";
    for (const auto& channel : status["channels"])
        row(textOf(channel, "channel"), counts(channel, {{"sent", "sent"},
                                                         {"delivered", "delivered"},
                                                         {"failed", "failed"},
                                                         {"waiting", "on their way"},
                                                         {"held", "held for a person"},
                                                         {"cancelled", "cancelled"},
                                                         {"received", "received"}}));
    for (const auto& variant : status["variants"])
        row(textOf(variant, "variant").empty() ? "own words" : "variant " + textOf(variant, "variant"),
            counts(
                variant,
                {{"people", "people"}, {"answered", "answered"}, {"booked", "booked"}, {"score", "points"}}));
    for (const auto& checkpoint : status["checkpoints"])
        row("checkpoint", textOf(checkpoint, "checkpoint") + ": " + count(checkpoint, "people") + " people");
    row("meetings", counts(status["meetings"], {{"booked", "booked"}, {"cancelled", "cancelled"}}));
    row("models cost", Money{status["cost_micros"].get<std::int64_t>(), "USD"}.text());
    row("touches",
        count(status, "touches_planned") + " planned" +
            (status["next_touch"].is_null() ? "" : ", the next at " + textOf(status, "next_touch")));
}

int runStatus(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto meant = campaignMeant(*opened.database, arguments);
    auto tx = opened.database->begin(meant.organization);
    const auto status = campaign::status(tx, meant.organization, meant.campaign);
    tx.commit();
    if (arguments.has("json"))
        std::cout << toText(status) << "\n";
    else
        tell(status);
    return 0;
}

int runList(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    for (const auto& organization :
         tenant::organizationsNamed(*opened.database, arguments.value("organization"))) {
        auto tx = opened.database->begin(organization.id);
        const auto all = campaign::list(tx, organization.id);
        tx.commit();
        if (!arguments.has("json"))
            std::cout << organization.name << (all.empty() ? ": no campaigns\n" : "\n");
        for (auto one : all) {
            one["organization"] = organization.name;
            if (arguments.has("json"))
                std::cout << toText(one) << "\n";
            else
                std::cout << "  " << textOf(one, "campaign") << ": " << textOf(one, "state") << ", "
                          << textOf(one, "playbook") << " by "
                          << join(one["channels"].get<std::vector<std::string>>(), ", ") << ", "
                          << count(one, "leads") << " leads, " << count(one, "open") << " open  ("
                          << textOf(one, "id") << ")\n";
        }
    }
    return 0;
}

const std::string kStatusHelp =
    std::string(
        R"(Usage: overture campaign status [NAME] [--organization NAME] [--json] [OPTIONS]

How a campaign stands: leads by state and the reasons, messages by channel, meetings, what waits for a person, what its models
have cost, and the next touch.

  NAME                name or id of the campaign; may be left out when there is only one
  --organization NAME name or id; may be left out when there is only one
  --json              one JSON object with everything
)") +
    kDatabaseHelp + R"(
Example: overture campaign status solar-consult --json)";

const std::string kListHelp = std::string(
                                  R"(Usage: overture campaign list [--organization NAME] [--json] [OPTIONS]

Every campaign with its state and its leads.

  --organization NAME name or id; otherwise all of them
  --json              one JSON object a line
)") + kDatabaseHelp + R"(
Example: overture campaign list)";

const Registered statusCommand{{"campaign status", "how a campaign stands", kStatusHelp.c_str(), runStatus}};
const Registered listCommand{{"campaign list", "every campaign and its state", kListHelp.c_str(), runList}};

}  // namespace
}  // namespace overture::cli
