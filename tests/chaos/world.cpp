#include "chaos/world.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "chaos/process.hpp"

namespace overture::chaos {
namespace {

const std::string kAccount = "AC" + std::string(32, '0');
const std::string kToken = "example-token";
const std::string kSender = "+12025550100";

std::string makeFolder() {
    const auto folder = "/tmp/overture-chaos-" + std::to_string(::getpid());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    ::chmod(folder.c_str(), 0755);  // the server runs as another user
    return folder;
}

struct Place {
    int fromHour, toHour;  ///< UTC, when it is the middle of the day there
    std::vector<std::string> prefixes;
    std::size_t digits;  ///< that follow a prefix; all of these numbers are made up
    const char* columns;
    std::size_t numbers() const { return prefixes.size() * (digits == 2 ? 100 : 10000); }
};

const std::vector<Place>& places() {
    static const std::vector<Place> kPlaces{
        {5, 14, {"+91900000"}, 4, "IN,,Asia/Kolkata"},
        {14,
         22,
         {"+121255501", "+131555501", "+134755501", "+151655501", "+151855501", "+158555501", "+160755501",
          "+163155501", "+164655501", "+171655501", "+171855501", "+184555501", "+191455501", "+191755501"},
         2,
         "US,NY,America/New_York"},
        {22, 26, {"+180855501"}, 2, "US,HI,Pacific/Honolulu"},
        {2, 5, {"+167155501"}, 2, "US,GU,Pacific/Guam"},
        {4, 15, {"+91900000"}, 4, "IN,,Asia/Kolkata"}};  // near the ends of the day
    return kPlaces;
}

/// Where it is the middle of the day for the hours to come, and enough people live.
const Place& placeAwake(std::size_t people) {
    const auto hour = localTime("UTC", SystemClock{}.now()).timeOfDay / std::chrono::hours(1);
    std::size_t most = 0;
    for (const auto& place : places()) {
        const bool awake = (hour >= place.fromHour && hour < place.toHour) || hour + 24 < place.toHour;
        if (awake && place.numbers() >= people) return place;
        if (awake) most = std::max(most, place.numbers());
    }
    throw Error(
        "where people are awake now there are made-up numbers for " + std::to_string(most) + " of them only",
        "conversations: " + std::to_string(people), "Ask for fewer, or come between 4 and 15 UTC");
}

std::string numberOf(const Place& place, std::size_t person) {
    const auto each = place.numbers() / place.prefixes.size();
    const auto digits = std::to_string(person % each);
    return place.prefixes[person / each] + std::string(place.digits - digits.size(), '0') + digits;
}
}  // namespace

World::World(const Plan& wanted)
    : plan(wanted), folder(makeFolder()), carrier(kAccount, wanted.seed), server(folder + "/data/postgres") {
    for (int i = 0; i < plan.engines; ++i) ports.push_back(freePort());
    createCampaign();
}

World::~World() {
    std::error_code ignored;
    if (!plan.keep) std::filesystem::remove_all(folder, ignored);
}

Random World::random(std::string_view who) const {
    return Random(hash64(who, plan.seed));
}

void World::createCampaign() {
    const auto& place = placeAwake(static_cast<std::size_t>(plan.conversations));
    std::string list = "id,first name,phone,country,state,time zone,consent,consent source,consent date\n";
    for (int i = 0; i < plan.conversations; ++i) {
        leads.push_back(numberOf(place, static_cast<std::size_t>(i)));
        list += "lead-" + std::to_string(i) + ",Asha," + leads.back() + "," + place.columns +
                ",written,web form,2026-01-05\n";
    }
    writeFile(folder + "/leads.csv", list);
    const auto port = std::to_string(ports.front());
    const Json sms{{"plugin", "twilio"},
                   {"sender", kSender},
                   {"settings",
                    {{"account_sid", kAccount},
                     {"base_url", plan.carrierUrl.empty() ? carrier.url() : plan.carrierUrl},
                     {"webhook_url", "{hook}"},
                     {"settled_seconds", 1}}},
                   {"secrets", {{"auth_token", "CHAOS_TOKEN"}}}};
    const Json llm{
        {"plugin", "openai"},
        {"settings", {{"base_url", plan.modelUrl.empty() ? model.url() : plan.modelUrl}, {"model", "stub"}}},
        {"secrets", {{"api_key", "CHAOS_TOKEN"}}}};
    writeFile(folder + "/campaign.json", toText({{"organization", "Brightroof"},
                                                 {"playbook", OVERTURE_SOURCE_DIR "/tests/chaos/playbook"},
                                                 {"leads", "leads.csv"},
                                                 {"settings", {{"company", "Brightroof"}}},
                                                 {"public_url", "http://127.0.0.1:" + port},
                                                 {"bindings", {{"sms", sms}, {"model", llm}}}}));
    runOverture({"db", "migrate", "--database", server.url()});
    const auto created = runOverture({"campaign", "create", folder + "/campaign.json", "--database",
                                      server.url(), "--data", folder + "/data"},
                                     "CHAOS_TOKEN=" + kToken);
    const auto named = created.find("of organization ");
    const auto at = created.find("http://127.0.0.1:" + port + "/hooks/");
    if (named == std::string::npos || at == std::string::npos)
        throw Error("the campaign was not created: " + created, folder, "Read the sentence above");
    organization = OrganizationId::parse(created.substr(named + 16, 36)).value();
    hook = created.substr(at, created.find_first_of(" \n", at) - at);
}

std::vector<std::string> World::engineWords(std::size_t engine) const {
    return {"serve",
            "--port",
            std::to_string(ports[engine]),
            "--database",
            server.url(),
            "--data",
            folder + "/data",
            "--workers",
            std::to_string(plan.workers),
            "--lease",
            std::to_string(plan.lease.count()),
            "--poll",
            "50",
            "--quiet",
            std::to_string(plan.forNext.count())};
}

int World::post(const Form& form, Random& random) const {
    auto whole = form;
    whole.emplace("AccountSid", kAccount);
    whole.emplace("To", kSender);
    return postSigned(ports[random.below(ports.size())], hook, kToken, whole);
}

}  // namespace overture::chaos
