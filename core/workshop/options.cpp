#include "workshop/options.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/main_zone.hpp"
#include "meeting/meetings.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::workshop {
namespace {

using namespace std::chrono;

constexpr auto kFirstMonday = 2026y / September / 14;

[[noreturn]] void refuse(const std::string& what, const std::string& remedy = {}) {
    throw Error("conversation: " + what, {}, remedy);
}

std::string unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
    const auto near = nearest(name, known);
    return "there is no " + what + " \"" + name + "\"" +
           (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

std::string textIn(const Json& table, const char* key, const std::string& label) {
    const auto found = table.find(key);
    if (found == table.end() || found->is_null()) return {};
    if (!found->is_string()) refuse(label + " must be a text in quotes");
    return found->get<std::string>();
}

/// Numbers that nobody has (or that are kept for examples).
std::string numberIn(const std::string& country) {
    if (country == "IN") return "+919000000011";
    if (country == "GB") return "+441134960011";
    return country == "US" ? "+16025550111" : "";
}

std::optional<seconds> clockTime(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const auto at : {0, 1, 3, 4})
        if (text[static_cast<std::size_t>(at)] < '0' || text[static_cast<std::size_t>(at)] > '9')
            return std::nullopt;
    const int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    if (hour > 23 || minute > 59) return std::nullopt;
    return hours(hour) + minutes(minute);
}

std::optional<year_month_day> dayOf(const std::string& text) {
    static const std::vector<std::string> names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const auto name = std::find(names.begin(), names.end(), lowerAscii(text));
    if (name != names.end()) return year_month_day(sys_days(kFirstMonday) + days(name - names.begin()));
    const auto midnight = parseRfc3339(text + "T00:00:00Z");
    return midnight ? std::optional(year_month_day(floor<days>(*midnight))) : std::nullopt;
}

}  // namespace

turn::Lead leadOf(const Json& options) {
    static const std::vector<std::string> known{
        "first_name",  "last_name", "phone",   "email", "zone",        "country", "state",
        "postal_code", "language",  "company", "title", "external_id", "custom"};
    const auto given = options.value("lead", Json::object());
    if (!given.is_object()) refuse("lead must be a table: lead = { first_name = \"Asha\" }");
    for (const auto& [key, value] : given.items())
        if (std::find(known.begin(), known.end(), key) == known.end()) refuse(unknown("lead.", key, known));
    auto document = given;
    for (const auto& key : known)
        if (key != "custom") (void)textIn(given, key.c_str(), "lead." + key);
    auto lead = turn::Lead::fromJson(document);
    lead.id = LeadId(uuid7(sys_days(kFirstMonday), "lead"));
    if (!given.contains("first_name")) lead.firstName = "Asha";
    if (!given.contains("country")) lead.country = given.contains("phone") ? "" : "US";
    const bool nowhere = !given.contains("country") && !given.contains("zone") && !given.contains("state") &&
                         !given.contains("postal_code") && !given.contains("phone");
    if (nowhere) lead.state = "AZ";
    if (!given.contains("phone")) lead.phone = numberIn(lead.country);
    if (!given.contains("email")) lead.email = "lead@example.com";
    if (lead.phone.empty() && !given.contains("phone"))
        refuse("a lead in \"" + lead.country + "\" needs a phone",
               "Write lead = { country = \"" + lead.country + "\", phone = \"+…\" }.");
    if (!lead.phone.empty() && !lead.phone.starts_with("+"))
        refuse("\"" + lead.phone + "\" has no country code", "Write it like +16025550111.");
    if (!lead.zone.empty() && !isZone(lead.zone))
        refuse("\"" + lead.zone + "\" is no time zone", "Write one such as America/Phoenix.");
    return lead;
}

std::string zoneOf(const turn::Lead& lead) {
    return isZone(lead.zone) ? lead.zone : compliance::mainZone(compliance::placesOf(lead.place()));
}

Instant startOf(const Json& options, const std::string& zone) {
    const auto text = textIn(options, "at", "at");
    if (text.empty()) return instantOf(zone, kFirstMonday, hours(10));
    if (const auto instant = parseRfc3339(text)) return *instant;
    const auto space = text.find(' ');
    if (space != std::string::npos)
        if (const auto day = dayOf(text.substr(0, space)))
            if (const auto time = clockTime(std::string_view(text).substr(space + 1)))
                return instantOf(zone, *day, *time);
    refuse("\"" + text + "\" is no time", "Write at = \"Tue 10:00\", \"2026-09-14 10:00\" or an instant.");
}

Json settingsOf(const Json& options, const Bench& bench) {
    auto settings = bench.settings();
    const auto own = options.value("settings", Json::object());
    std::vector<std::string> known;
    for (const auto& [name, setting] : bench.definition().settings) known.push_back(name);
    for (const auto& [name, value] : own.items()) {
        if (!bench.definition().settings.contains(name)) refuse(unknown("setting", name, known));
        settings[name] = value;
    }
    for (const auto& [name, setting] : bench.definition().settings)
        if (setting.required && !settings.contains(name))
            refuse("the playbook needs the setting \"" + name + "\"",
                   "Write it into settings.json, or settings = { " + name + " = \"…\" } here.");
    return settings;
}

std::vector<meeting::AccountManager> teamOf(const Json& options, const Bench& bench) {
    if (!options.contains("team")) return bench.team();
    std::vector<meeting::AccountManager> team;
    for (const auto& each : options["team"]) {
        if (!each.is_object()) refuse("team is a list of tables: team = { { name = \"Nora\" } }");
        meeting::AccountManager manager{{},
                                        textIn(each, "name", "a manager's name"),
                                        {},
                                        textIn(each, "zone", "a manager's zone"),
                                        textIn(each, "hours", "a manager's hours")};
        if (manager.name.empty()) refuse("everybody in team needs a name");
        if (manager.zone.empty()) manager.zone = "America/Phoenix";
        if (!isZone(manager.zone)) refuse("\"" + manager.zone + "\" is no time zone");
        if (manager.hours.empty()) manager.hours = "Mon-Fri 09:00-17:00";
        if (const auto read = meeting::WeekHours::parse(manager.hours); !read)
            refuse(read.problem().what, read.problem().remedy);
        manager.id = ManagerId(uuid7(Instant(), "manager:" + manager.name));
        team.push_back(std::move(manager));
    }
    return team;
}

std::string variantIn(const Json& options, const playbook::Definition& definition) {
    const auto name = textIn(options, "variant", "variant");
    if (name.empty() || definition.worded.contains(name)) return name;
    std::vector<std::string> known;
    for (const auto& variant : definition.variants) known.push_back(variant.name);
    refuse(unknown("variant", name, known));
}

Json factsOf(const Json& options, const playbook::Definition& definition) {
    Json facts = Json::object();
    const auto given = options.value("facts", Json::object());
    if (!given.is_object()) refuse("facts must be a table: facts = { bill = 140 }");
    std::vector<std::string> known;
    for (const auto& [name, fact] : definition.facts) known.push_back(name);
    for (const auto& [name, value] : given.items()) {
        const auto fact = definition.facts.find(name);
        if (fact == definition.facts.end()) refuse(unknown("fact", name, known));
        const auto normal = playbook::normalizeFact(fact->second, value);
        if (!normal) refuse("the fact \"" + name + "\": " + normal.problem().what, normal.problem().remedy);
        facts[name] = *normal;
    }
    return facts;
}

compliance::ConsentLevel consentOf(const Json& options) {
    const auto text = textIn(options, "consent", "consent");
    if (text.empty() || text == "express_written") return compliance::ConsentLevel::expressWritten;
    if (text == "express") return compliance::ConsentLevel::express;
    if (text != "none") refuse("\"" + text + "\" is no consent", "Write none, express or express_written.");
    return compliance::ConsentLevel::none;
}

Json toolsOf(const Json& options) {
    const auto given = options.value("tools", Json::object());
    if (!given.is_object()) refuse("tools must be a table: tools = { [\"crm/1\"] = { id = 7 } }");
    const auto known = playbook::toolNames();
    for (const auto& [capability, answer] : given.items()) {
        if (std::find(known.begin(), known.end(), capability) == known.end())
            refuse(unknown("capability", capability, known));
        if (!answer.is_object() && !answer.is_string())
            refuse("what " + capability + " answers is a table, or a text that says why it cannot");
    }
    return given;
}

const playbook::Stage& stageNamed(const std::string& name, const playbook::Definition& definition) {
    if (const auto* stage = definition.stage(name)) return *stage;
    std::vector<std::string> known;
    for (const auto& stage : definition.stages) known.push_back(stage.name);
    refuse(unknown("stage", name, known));
}

}  // namespace overture::workshop
