#include "chaos/world.hpp"

#include <sys/stat.h>
#include <unistd.h>

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
    const char* prefix;  ///< of a hundred made-up numbers
    const char* columns;
};

/// Where it is the middle of the day for the hours to come.
Place placeAwake() {
    const auto hour = localTime("UTC", SystemClock{}.now()).timeOfDay / std::chrono::hours(1);
    if (hour >= 5 && hour < 14) return {"+9190000000", "IN,,Asia/Kolkata"};
    if (hour >= 14 && hour < 22) return {"+121255501", "US,NY,America/New_York"};
    if (hour >= 22 || hour < 2) return {"+180855501", "US,HI,Pacific/Honolulu"};
    return {"+167155501", "US,GU,Pacific/Guam"};
}

std::string twoDigits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
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
    const auto place = placeAwake();
    std::string list = "id,first name,phone,country,state,time zone,consent,consent source,consent date\n";
    for (int i = 0; i < plan.conversations; ++i) {
        leads.push_back(place.prefix + twoDigits(i));
        list += "lead-" + std::to_string(i) + ",Asha," + leads.back() + "," + place.columns +
                ",written,web form,2026-01-05\n";
    }
    writeFile(folder + "/leads.csv", list);
    const auto port = std::to_string(ports.front());
    const Json sms{{"plugin", "twilio"},
                   {"sender", kSender},
                   {"settings",
                    {{"account_sid", kAccount},
                     {"base_url", carrier.url()},
                     {"webhook_url", "{hook}"},
                     {"settled_seconds", 1}}},
                   {"secrets", {{"auth_token", "CHAOS_TOKEN"}}}};
    const Json llm{{"plugin", "openai"},
                   {"settings", {{"base_url", model.url()}, {"model", "stub"}}},
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
            "50"};
}

int World::post(const Form& form, Random& random) const {
    auto whole = form;
    whole.emplace("AccountSid", kAccount);
    whole.emplace("To", kSender);
    return postSigned(ports[random.below(ports.size())], hook, kToken, whole);
}

}  // namespace overture::chaos
