// Reads rule packs from JSON and says where a mistake is.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/digest.hpp"
#include "base/schema.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/rules.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

using namespace std::chrono;
using Calendars = std::map<std::string, std::shared_ptr<const Calendar>>;

/// A place in a pack, for errors: "rules/us.json: /rules/3/level".
struct Reader {
    std::string file;

    [[noreturn]] void wrong(const std::string& path, const std::string& what) const {
        throw Error(what, file + ": " + path,
                    "Correct the rule pack; docs/compliance.md describes the format, and `overture gate "
                    "schema` prints "
                    "its JSON Schema.");
    }
    const Json& need(const Json& object, const std::string& path, const char* key) const {
        if (!object.is_object()) wrong(path, "an object is needed here");
        const auto at = object.find(key);
        if (at == object.end()) wrong(path, std::string("\"") + key + "\" is missing");
        return *at;
    }
    std::string text(const Json& object, const std::string& path, const char* key) const {
        const auto& value = need(object, path, key);
        if (!value.is_string() || value.get_ref<const std::string&>().empty())
            wrong(path + "/" + key, "a text is needed here");
        return value;
    }
    int integer(const Json& object, const std::string& path, const char* key, int least, int most) const {
        const auto& value = need(object, path, key);
        if (!value.is_number_integer() || value < least || value > most)
            wrong(path + "/" + key, "a whole number from " + std::to_string(least) + " to " +
                                        std::to_string(most) + " is needed here");
        return value;
    }
    std::vector<std::string> texts(const Json& object, const std::string& path, const char* key) const {
        const auto& value = need(object, path, key);
        const bool fits =
            value.is_array() && !value.empty() &&
            std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
        if (!fits) wrong(path + "/" + key, "a list of texts is needed here");
        return value;
    }
    void onlyKeys(const Json& object, const std::string& path, const std::vector<std::string>& known) const {
        if (!object.is_object()) wrong(path, "an object is needed here");
        for (const auto& item : object.items()) {
            if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
            const auto near = nearest(item.key(), known);
            wrong(path + "/" + item.key(),
                  "unknown key" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
        }
    }
    sys_days date(const Json& object, const std::string& path, const char* key) const {
        const auto value = text(object, path, key);
        const auto at = parseRfc3339(value + "T00:00:00Z");
        if (!at || value.size() != 10) wrong(path + "/" + key, "a date such as 2026-01-15 is needed here");
        return floor<days>(*at);
    }
};

unsigned weekdayIn(const Reader& reader, const Json& item, const std::string& path) {
    const auto bits = daysOf(reader.text(item, path, "day"));
    for (unsigned day = 0; bits && day < 7; ++day)
        if (*bits == 1u << day) return day;
    reader.wrong(path + "/day", "one day such as Mon is needed here");
}

Holiday readHoliday(const Reader& reader, const Json& item, const std::string& path) {
    reader.onlyKeys(item, path, {"date", "observed", "nth", "day", "month", "plus", "easter"});
    Holiday holiday;
    if (item.contains("easter")) {
        holiday.easter = reader.integer(item, path, "easter", -100, 100);
    } else if (item.contains("nth")) {
        holiday.nth = reader.integer(item, path, "nth", -1, 5);
        if (holiday.nth == 0) reader.wrong(path + "/nth", "1 to 5, or -1 for the last, is needed here");
        holiday.weekday = weekdayIn(reader, item, path);
        holiday.month = static_cast<unsigned>(reader.integer(item, path, "month", 1, 12));
        if (item.contains("plus")) holiday.plus = reader.integer(item, path, "plus", 0, 6);
    } else {
        const auto date = parseRfc3339("2024-" + reader.text(item, path, "date") + "T00:00:00Z");
        if (!date) reader.wrong(path + "/date", "month-day such as 12-25 is needed here");
        const year_month_day ymd(floor<days>(*date));
        holiday.month = static_cast<unsigned>(ymd.month());
        holiday.day = static_cast<unsigned>(ymd.day());
        holiday.observed = item.value("observed", false);
    }
    return holiday;
}

void readCalendars(const Reader& reader, const Json& document, Calendars& calendars) {
    const auto& all = reader.need(document, "/", "calendars");
    if (!all.is_object()) reader.wrong("/calendars", "an object is needed here");
    for (const auto& entry : all.items()) {
        const auto path = "/calendars/" + entry.key();
        if (!entry.value().is_array()) reader.wrong(path, "a list is needed here");
        auto calendar = std::make_shared<Calendar>();
        for (std::size_t i = 0; i < entry.value().size(); ++i)
            calendar->push_back(readHoliday(reader, entry.value()[i], path + "/" + std::to_string(i)));
        calendars[entry.key()] = std::move(calendar);
    }
}

void readWindows(const Reader& reader, const Json& document, const std::string& path, Rule& rule) {
    const auto& windows = reader.need(document, path, "windows");
    if (!windows.is_array() || windows.empty())
        reader.wrong(path + "/windows", "a list of windows is needed here");
    for (std::size_t i = 0; i < windows.size(); ++i) {
        const auto at = path + "/windows/" + std::to_string(i);
        reader.onlyKeys(windows[i], at, {"days", "from", "to"});
        const auto bits = daysOf(reader.text(windows[i], at, "days"));
        const auto open =
            openTimeOf(reader.text(windows[i], at, "from") + "-" + reader.text(windows[i], at, "to"));
        if (!bits) reader.wrong(at + "/days", "days such as Mon-Fri or Sat,Sun are needed here");
        if (!open) reader.wrong(at, "times such as 09:00 to 17:30 are needed here, the first earlier");
        for (unsigned day = 0; day < 7; ++day)
            if ((*bits >> day & 1) != 0) rule.open[day].push_back(*open);
    }
    for (auto& day : rule.open) {
        std::sort(day.begin(), day.end(),
                  [](const OpenTime& a, const OpenTime& b) { return a.from < b.from; });
        for (std::size_t i = 1; i < day.size(); ++i)
            if (day[i].from < day[i - 1].to)
                reader.wrong(path + "/windows", "two windows of one day overlap");
    }
}

ConsentLevel readLevel(const Reader& reader, const Json& document, const std::string& path, const char* key) {
    const auto level = consentLevelOf(reader.text(document, path, key));
    if (!level || *level == ConsentLevel::none)
        reader.wrong(path + "/" + key, "express or express_written is needed here");
    return *level;
}

std::uint8_t readBits(const Reader& reader, const Json& document, const std::string& path, const char* key,
                      std::uint8_t (*bitOf)(std::string_view)) {
    std::uint8_t bits = 0;
    for (const auto& word : reader.texts(document, path, key)) {
        const auto bit = bitOf(word);
        if (bit == 0) reader.wrong(path + "/" + key, "\"" + word + "\" is not known here");
        bits = static_cast<std::uint8_t>(bits | bit);
    }
    return bits;
}

Rule readRule(const Reader& reader, const Json& document, const std::string& path,
              const Calendars& calendars) {
    Rule rule;
    rule.id = reader.text(document, path, "id");
    rule.source = reader.text(document, path, "source");
    rule.about = reader.text(document, path, "about");
    rule.channels = readBits(reader, document, path, "channels", channelBit);
    rule.purposes =
        document.contains("purposes") ? readBits(reader, document, path, "purposes", purposeBit) : 7;
    std::vector<std::string> known = {"id", "kind", "source", "about", "channels", "purposes"};
    const auto also = [&](std::initializer_list<const char*> keys) {
        known.insert(known.end(), keys.begin(), keys.end());
    };
    const auto kind = reader.text(document, path, "kind");
    if (kind == "window") {
        rule.kind = Rule::Kind::window;
        also({"windows", "closed_on"});
        readWindows(reader, document, path, rule);
        if (document.contains("closed_on"))
            for (const auto& name : reader.texts(document, path, "closed_on")) {
                const auto at = calendars.find(name);
                if (at == calendars.end())
                    reader.wrong(path + "/closed_on", "there is no calendar \"" + name + "\"");
                rule.closedOn.push_back(at->second);
            }
    } else if (kind == "consent") {
        rule.kind = Rule::Kind::consent;
        also({"level"});
        rule.level = readLevel(reader, document, path, "level");
    } else if (kind == "registry") {
        rule.kind = Rule::Kind::registry;
        also({"registry", "max_age_days", "unless_consent", "unknown"});
        if (document.contains("registry")) rule.registry = reader.text(document, path, "registry");
        rule.maxAgeDays = reader.integer(document, path, "max_age_days", 0, 366);
        rule.level = readLevel(reader, document, path, "unless_consent");
        const auto unknown = reader.text(document, path, "unknown");
        if (unknown != "refuse" && unknown != "allow")
            reader.wrong(path + "/unknown", "refuse or allow is needed here");
        rule.unknownRefuses = unknown == "refuse";
    } else if (kind == "cap") {
        rule.kind = Rule::Kind::cap;
        also({"attempts", "hours"});
        rule.attempts = static_cast<std::size_t>(reader.integer(document, path, "attempts", 1, 1000));
        rule.period = hours(reader.integer(document, path, "hours", 1, 8784));
    } else if (kind == "duty") {
        rule.kind = Rule::Kind::duty;
        also({"duty", "from_date"});
        rule.duty = reader.text(document, path, "duty");
        if (document.contains("from_date")) rule.fromDate = reader.date(document, path, "from_date");
    } else {
        reader.wrong(path + "/kind", "window, consent, registry, cap or duty is needed here");
    }
    reader.onlyKeys(document, path, known);
    return rule;
}

RulePack readPack(const Reader& reader, const Json& document, const Calendars& calendars,
                  std::set<std::string>& ids) {
    reader.onlyKeys(document, "",
                    {"pack", "version", "revised", "about", "counsel", "jurisdictions", "rules"});
    RulePack pack;
    pack.name = reader.text(document, "", "pack");
    reader.integer(document, "", "version", 1, 1000000);
    reader.text(document, "", "counsel");
    pack.jurisdictions = reader.texts(document, "", "jurisdictions");
    const auto& rules = reader.need(document, "", "rules");
    if (!rules.is_array()) reader.wrong("/rules", "a list is needed here");
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto path = "/rules/" + std::to_string(i);
        pack.rules.push_back(readRule(reader, rules[i], path, calendars));
        if (!ids.insert(pack.rules.back().id).second)
            reader.wrong(path + "/id", "\"" + pack.rules.back().id + "\" is the id of another rule");
    }
    return pack;
}

void holdToSchema(const Reader& reader, Json document) {
    static const auto schema = parseJson(std::string(RulePacks::schema()), "schema/rule-pack.json").orThrow();
    const auto problem = applySchema(schema, document, "", Paths::pointers);
    if (!problem) return;
    auto remedy = problem->remedy;
    if (!remedy.empty() && remedy[0] >= 'A' && remedy[0] <= 'Z')
        remedy[0] = static_cast<char>(remedy[0] - 'A' + 'a');
    if (remedy.ends_with('.')) remedy.pop_back();
    reader.wrong(problem->where, problem->what + (remedy.empty() ? "" : "; " + remedy));
}

std::vector<std::pair<std::string, std::string>> filesOf(const std::string& directory) {
    std::vector<std::pair<std::string, std::string>> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(directory, failed))
        if (entry.path().extension() == ".json")
            files.emplace_back(entry.path().string(), readFile(entry.path().string()));
    if (failed)
        throw Error("the rule packs cannot be read: " + failed.message(), directory,
                    "Name a readable directory.");
    if (files.empty())
        throw Error("there is no rule pack (*.json)", directory,
                    "Start from a copy of core/compliance/rules.");
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

std::shared_ptr<const RulePacks> RulePacks::load(const std::string& directory) {
    const char* const own = std::getenv("OVERTURE_RULES");
    const auto from = directory.empty() && own != nullptr ? std::string(own) : directory;
    return std::shared_ptr<const RulePacks>(
        new RulePacks(from.empty() ? embeddedFiles("rules/") : filesOf(from), !from.empty()));
}

std::string_view RulePacks::schema() {
    return embeddedFile("schema/rule-pack.json");
}

RulePacks::RulePacks(const Files& files, bool held) {
    Calendars calendars;
    std::vector<std::pair<Reader, Json>> documents;
    std::string bytes, revised;
    for (const auto& [path, content] : files) {
        const Reader reader{path};
        auto document = parseJson(content, path).orThrow();
        if (held) holdToSchema(reader, document);
        document.erase("$schema");
        reader.date(document, "", "revised");
        revised = std::max(revised, document["revised"].get<std::string>());
        bytes += content;
        if (document.contains("calendars"))
            readCalendars(reader, document, calendars);
        else
            documents.emplace_back(reader, std::move(document));
    }
    std::set<std::string> ids;
    for (const auto& [reader, document] : documents) {
        packs_.push_back(std::make_unique<const RulePack>(readPack(reader, document, calendars, ids)));
        for (const auto& jurisdiction : packs_.back()->jurisdictions)
            for (const auto& rule : packs_.back()->rules) byJurisdiction_[jurisdiction].push_back(&rule);
        for (const auto& jurisdiction : packs_.back()->jurisdictions)
            byJurisdiction_.try_emplace(jurisdiction);
        for (const auto& rule : packs_.back()->rules)
            if (!rule.registry.empty())
                byRegistry_.try_emplace(rule.registry, &rule, packs_.back()->jurisdictions.front());
    }
    if (of("*").empty())
        throw Error("no pack covers every other country (jurisdiction \"*\")", files.front().first,
                    "Without one, countries with no pack would have no rules.");
    version_ = revised + "+" + toHex(sha256(bytes)).substr(0, 12);
}

}  // namespace overture::compliance
