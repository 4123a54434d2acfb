#include "cli/campaign_source.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/team.hpp"
#include "cli/campaign_named.hpp"

namespace overture::cli {
namespace {

namespace fs = std::filesystem;

double decimal(const std::string& text, const char* name) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value) || value < 0)
        throw UsageError{std::string("--") + name + " takes a number, not \"" + text + "\""};
    return value;
}

campaign::ForecastRequest requestOf(const Arguments& arguments, Instant now) {
    campaign::ForecastRequest request;
    request.days = static_cast<int>(arguments.number("days", 30, 1, 365));
    request.seed = static_cast<std::uint64_t>(arguments.number("seed", 1, 0, 1L << 52));
    request.from = now;
    if (arguments.has("start")) {
        const auto start = parseRfc3339(arguments.value("start"));
        if (!start) throw UsageError{"--start takes an instant such as 2026-09-14T00:00:00Z"};
        request.from = *start;
    }
    return request;
}

/// What the campaign says, unless the command line says something else.
campaign::PaceRules paceOf(const Arguments& arguments, Json document) {
    if (!document.is_object()) document = Json::object();
    const std::pair<const char*, const char*> options[] = {
        {"best", "best_hours"}, {"patience", "patience"}, {"warm-up", "warm_up"}};
    for (const auto& [option, key] : options)
        if (arguments.has(option)) document[key] = arguments.value(option);
    return campaign::PaceRules::read(document, "the command line");
}

std::string beside(const Arguments& arguments, const char* option, const std::string& folder,
                   const char* name) {
    if (arguments.has(option)) return arguments.value(option);
    const auto path = folder + "/" + name;
    return fs::exists(path) ? path : "";
}

std::vector<std::string> channelsOf(const Arguments& arguments, const std::vector<std::string>& all) {
    if (!arguments.has("channels")) return all;
    std::vector<std::string> channels;
    for (const auto& one : split(arguments.value("channels"), ',')) {
        const auto channel = std::string(trim(one));
        if (std::find(all.begin(), all.end(), channel) == all.end())
            throw UsageError{"\"" + channel + "\" is none of its channels: " + join(all, ", ")};
        channels.push_back(channel);
    }
    return channels;
}

campaign::PreflightFacts fromFolder(const Arguments& arguments, const std::string& folder,
                                    const campaign::ForecastRequest& request) {
    campaign::PreflightFacts facts;
    const auto checked = playbook::check(playbook::readFolder(folder));
    if (!checked.ok())
        throw Error("this playbook has mistakes", folder, "`overture playbook check` lists them.");
    facts.definition = checked.definition;
    facts.channels = channelsOf(arguments, checked.definition->channels);
    if (const auto settings = beside(arguments, "settings", folder, "settings.json"); !settings.empty())
        facts.settings = parseJson(readFile(settings), settings).orThrow();
    if (const auto team = beside(arguments, "team", folder, "team.csv"); !team.empty())
        facts.team = campaign::readTeam(readFile(team), team, request.from);
    const auto leads = beside(arguments, "leads", folder, "leads.csv");
    if (leads.empty()) throw UsageError{"give a list of leads with --leads FILE.csv"};
    campaign::ImportOptions options;
    options.region = arguments.value("region", textOf(facts.settings, "country", "US"));
    options.file = leads;
    auto list = campaign::readLeads(readFile(leads), options, request.from);
    facts.rows = list.rows;
    facts.rejected = static_cast<int>(list.rejected.size());
    const auto readable = static_cast<int>(list.leads.size());
    facts.people = campaign::prospectsOf(std::move(list), facts.channels, request.from, request.seed);
    facts.merged = readable - static_cast<int>(facts.people.size());
    return facts;
}

campaign::PreflightFacts fromDatabase(const Arguments& arguments, campaign::ForecastRequest& request) {
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto meant = campaignMeant(*opened.database, arguments);
    const auto definition = definitionOf(*opened.database, meant);
    auto tx = opened.database->begin(meant.organization);
    auto [facts, pace, left] =
        campaign::standingOf(tx, meant.organization, meant.campaign, definition, request.from);
    facts.channels = channelsOf(arguments, facts.channels);
    request.pace = paceOf(arguments, pace);
    if (left && !arguments.has("days")) request.days = *left;
    facts.people =
        campaign::prospectsOf(tx, meant.organization, meant.campaign, facts.channels, request.from);
    tx.commit();
    return std::move(facts);
}

}  // namespace

const char* const kSourceHelp =
    R"(  NAME | PLAYBOOK_DIR a campaign on the database (leads whose first touch is still to come), or a playbook's folder:
                      with the leads, team and settings beside it, or those named here. Without either, the only
                      campaign there is
  --leads, --team, --settings FILE       of a playbook's folder
  --channels A,B      only these
  --region CC         of numbers without a country code, default US
  --start INSTANT     where it begins, default now; --days N, default what the campaign has left, else 30
  --seed S            default 1; the same seed gives the same bytes
  --best HOURS        touches without hours of their own prefer these, such as "Tue-Thu 10:00-11:00, Tue-Thu 16:00-17:00",
                      where there are any within --patience (default 2d)
  --warm-up N[xG][..M] a new sender makes N touches a channel on its first day, each day G times as many (1.5), at most M
  --organization NAME name or id; may be left out when there is only one
)";

std::vector<std::string> sourceOptions(std::vector<std::string> more) {
    for (const char* name : {"organization=", "leads=", "team=", "settings=", "channels=", "region=",
                             "start=", "days=", "seed=", "best=", "patience=", "warm-up="})
        more.emplace_back(name);
    return databaseOptions(std::move(more));
}

campaign::PreflightFacts readSource(const Arguments& arguments) {
    if (arguments.positional().size() > 1) throw UsageError{"name one campaign or playbook folder"};
    const auto now = SystemClock{}.now();
    auto request = requestOf(arguments, now);
    request.pace = paceOf(arguments, nullptr);
    const auto name = arguments.positional().empty() ? std::string() : arguments.positional().front();
    auto facts =
        fs::is_directory(name) ? fromFolder(arguments, name, request) : fromDatabase(arguments, request);
    const compliance::Gate gate;
    facts.now = now;
    facts.packs = gate.version();
    facts.forecast = campaign::forecast(*facts.definition, gate, facts.people, request);
    return facts;
}

double shareOf(const Arguments& arguments, const char* name, double otherwise) {
    if (!arguments.has(name)) return otherwise;
    const auto share = decimal(arguments.value(name), name);
    if (share > 1) throw UsageError{std::string("--") + name + " takes a share such as 0.2"};
    return share;
}

}  // namespace overture::cli
