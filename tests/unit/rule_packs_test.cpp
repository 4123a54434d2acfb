// Rule packs against their schema: those that are shipped fit, and each way to break one is refused at its place.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/schema.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"
#include "compliance/rules.hpp"

namespace overture::compliance {
namespace {

namespace fs = std::filesystem;

Json schema() {
    return Json::parse(RulePacks::schema());
}

/// {file name, pack} of every pack that is shipped.
std::vector<std::pair<std::string, Json>> shipped() {
    std::vector<std::pair<std::string, Json>> packs;
    for (const auto& entry : fs::directory_iterator(OVERTURE_SOURCE_DIR "/core/compliance/rules"))
        packs.emplace_back(entry.path().filename().string(), Json::parse(readFile(entry.path().string())));
    std::sort(packs.begin(), packs.end());
    return packs;
}

/// A copy of all of them, one changed; what is said of it.
class Copies {
public:
    Copies() : folder_(fs::temp_directory_path() / ("overture-packs-" + std::to_string(::getpid()))) {
        fs::create_directory(folder_);
        for (const auto& [name, pack] : shipped()) std::ofstream(folder_ / name) << pack.dump();
    }
    ~Copies() { fs::remove_all(folder_); }
    std::string said() const {
        try {
            const Gate gate(folder_.string());
            return "";
        } catch (const Error& error) {
            return replaceAll(error.what(), folder_.string() + "/", "");
        }
    }
    std::string with(const std::string& name, const std::function<void(Json&)>& change) const {
        const auto before = readFile((folder_ / name).string());
        auto pack = Json::parse(before);
        change(pack);
        std::ofstream(folder_ / name) << pack.dump();
        auto answer = said();
        std::ofstream(folder_ / name) << before;
        return answer;
    }

private:
    fs::path folder_;
};

TEST(RulePackSchema, IsInOrderAndEveryShippedPackFits) {
    EXPECT_FALSE(checkSchema(schema(), "schema")) << checkSchema(schema(), "schema")->sentence();
    ASSERT_GT(shipped().size(), 25U);
    for (auto [name, pack] : shipped()) {
        const auto problem = applySchema(schema(), pack, name, Paths::pointers);
        EXPECT_FALSE(problem) << problem->sentence();
    }
    EXPECT_EQ(Copies().said(), "");
    EXPECT_EQ(Copies().with("us-fl.json", [](Json& pack) { pack["$schema"] = "rule-pack.schema.json"; }), "");
}

TEST(RulePackSchema, EveryValueOfAWrongTypeIsRefusedAtItsPlace) {
    const auto wanted = schema();
    int leaves = 0;
    for (const auto& [name, pack] : shipped())
        for (const auto& entry : Json(pack.flatten()).get<std::map<std::string, Json>>()) {
            const auto& path = entry.first;
            if (path == "/about" && pack.contains("calendars")) continue;
            auto broken = pack;
            broken[Json::json_pointer(path)] = Json::array({Json::object()});
            const auto problem = applySchema(wanted, broken, "", Paths::pointers);
            ASSERT_TRUE(problem) << name << " " << path;
            EXPECT_EQ(problem->where, path) << name << ": " << problem->what;
            ++leaves;
        }
    EXPECT_GT(leaves, 800);
}

/// WhatsApp's own policy: nobody is written to who did not opt in. Every country's rules ask for consent there, and that for text
/// messages is none for it (pg_consent_test).
TEST(RulePacks, WhatsAppNeedsAnOptInWhereverAPersonIs) {
    const Gate gate;
    int asked = 0;
    for (const auto& [number, zone] :
         std::vector<std::pair<const char*, const char*>>{{"+919000000011", "Asia/Kolkata"},
                                                          {"+442071838750", "Europe/London"},
                                                          {"+14165550100", "America/Toronto"},
                                                          {"+12125550123", "America/New_York"},
                                                          {"+61255501234", "Australia/Sydney"},
                                                          {"+4930901820", "Europe/Berlin"},
                                                          {"+33142685300", "Europe/Paris"},
                                                          {"+551155256325", "America/Sao_Paulo"}})
        for (const char* purpose : {"marketing", "service"}) {
            ContactRequest request;
            request.channel = "whatsapp";
            request.address = request.place.phone = number;
            request.place.zone = zone;
            request.purpose = purpose;
            request.at = *parseRfc3339("2026-03-03T17:00:00Z");
            const auto verdict = gate.decide(request);
            const auto* no = std::get_if<Refused>(&verdict);
            ASSERT_NE(no, nullptr) << number << " " << purpose;
            EXPECT_NE(no->rule.find("consent"), std::string::npos) << number << " " << no->rule;
            ++asked;
        }
    EXPECT_EQ(asked, 16);
}

TEST(RulePackSchema, EveryMissingKeyIsRefused) {
    const auto wanted = schema();
    const std::set<std::string> optional{"about",     "purposes", "closed_on", "registry",
                                         "from_date", "observed", "plus",      "$schema"};
    int removed = 0;
    for (const auto& [name, pack] : shipped()) {
        if (!pack.contains("rules")) continue;
        for (const auto& [key, value] : pack.items()) {
            if (optional.contains(key)) continue;
            auto broken = pack;
            broken.erase(key);
            const auto problem = applySchema(wanted, broken, "", Paths::pointers);
            ASSERT_TRUE(problem) << name << " " << key;
            EXPECT_EQ(problem->where, "/" + key) << problem->what;
            ++removed;
        }
        for (std::size_t i = 0; i < pack["rules"].size(); ++i)
            for (const auto& [key, value] : pack["rules"][i].items()) {
                if (optional.contains(key) && key != "about") continue;
                auto broken = pack;
                broken["rules"][i].erase(key);
                const auto problem = applySchema(wanted, broken, "", Paths::pointers);
                ASSERT_TRUE(problem) << name << " " << key;
                EXPECT_EQ(problem->where, "/rules/" + std::to_string(i) + "/" + key) << problem->what;
                ++removed;
            }
    }
    EXPECT_GT(removed, 300);
}

TEST(RulePackSchema, AMistakeIsToldInWordsWithFileAndPath) {
    const Copies copies;
    const auto set = [](const char* path, Json value) {
        return [=](Json& pack) { pack[Json::json_pointer(path)] = value; };
    };
    const std::tuple<const char*, std::function<void(Json&)>, const char*> mistakes[] = {
        {"us-fl.json", set("/rules/0/windows/0/from", "25:00"),
         "us-fl.json: /rules/0/windows/0/from: must match ^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$, not "
         "\"25:00\""},
        {"us-fl.json", set("/rules/0/windows/0/until", "20:00"),
         "us-fl.json: /rules/0/windows/0/until: unknown key; known here: days, from, to."},
        {"us-fl.json", set("/rules/0/chanels", Json::array({"text"})),
         "us-fl.json: /rules/0/chanels: unknown key; did you mean \"channels\"?"},
        {"us-fl.json", set("/rules/0/kind", "windows"),
         "us-fl.json: /rules/0/kind: must be one of \"window\", \"consent\", \"registry\", \"cap\", "
         "\"duty\", not "
         "\"windows\"; did you mean \"window\"?"},
        {"us-fl.json", set("/rules/0/channels", Json::array()),
         "us-fl.json: /rules/0/channels: must have at least 1 entries"},
        {"us-fl.json", set("/rules/0/id", ""), "us-fl.json: /rules/0/id: must not be empty"},
        {"us.json", set("/rules/1/max_age_days", 3000),
         "us.json: /rules/1/max_age_days: must be at most 366, not 3000"},
        {"us.json", set("/rules/1/unless_consent", "oral"),
         "us.json: /rules/1/unless_consent: must be one of \"express\", \"express_written\", not \"oral\""},
        {"us.json", set("/version", "two"), "us.json: /version: must be of type integer, not string"},
        {"us.json", set("/revised", "January"),
         "us.json: /revised: must match ^[0-9]{4}-[0-9]{2}-[0-9]{2}$, not \"January\""},
        {"us.json", set("/revised", "2026-02-31"),
         "us.json: /revised: a date such as 2026-01-15 is needed here"},
        {"holidays.json", set("/calendars/us-federal/0/date", "13-01"),
         "holidays.json: /calendars/us-federal/0/date: must match "
         "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$, not \"13-01\""},
        {"holidays.json", set("/calendars/us-federal/1/month", 13),
         "holidays.json: /calendars/us-federal/1/month: must be at most 12, not 13"},
        {"us-fl.json", set("/rules/0/windows/0/from", "20:30"),
         "us-fl.json: /rules/0/windows/0: times such as 09:00 to 17:30 are needed here, the first earlier"},
        {"us-al.json", set("/rules/0/closed_on", Json::array({"us-alabama"})),
         "us-al.json: /rules/0/closed_on: there is no calendar \"us-alabama\""},
    };
    for (const auto& [file, change, wanted] : mistakes) {
        const auto said = copies.with(file, change);
        EXPECT_NE(said.find(wanted), std::string::npos) << "wanted: " << wanted << "\nsaid:   " << said;
    }
    EXPECT_EQ(copies.said(), "") << "each mistake was taken back";
}

}  // namespace
}  // namespace overture::compliance
