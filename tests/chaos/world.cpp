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

/// Somebody made up, for whom it is the middle of the day.
struct Person {
    std::string number, place;  ///< country, state and zone as a list's columns
};

bool isDay(const std::string& zone, int until = 18) {
    const auto hour = localTime(zone, SystemClock{}.now()).timeOfDay / std::chrono::hours(1);
    return hour >= 9 && hour < until;
}

std::string lastDigits(int number, std::size_t digits) {
    const auto text = std::to_string(number);
    return std::string(digits - text.size(), '0') + text;
}

/// The numbers 555-0100 to 555-0199 of every area code that keeps one clock, where it is day now, and in India a block of
/// numbers that nobody has.
std::vector<Person> peopleAwake(std::size_t wanted) {
    std::vector<Person> people;
    for (const auto& line : split(readFile(OVERTURE_SOURCE_DIR "/core/compliance/data/nanp.csv"), '\n')) {
        const auto columns = split(line, ';');
        if (columns.size() != 3 || !columns[0].starts_with("US-") ||
            columns[1].find(' ') != std::string::npos || !isDay(columns[1]))
            continue;
        for (const auto& code : split(columns[2], ' '))
            for (int i = 0; i < 100 && people.size() < wanted; ++i)
                people.push_back({"+1" + code + "55501" + lastDigits(i, 2),
                                  "US," + columns[0].substr(3) + "," + columns[1]});
    }
    if (isDay("Asia/Kolkata", 20))  // until it is day in America
        for (int i = 0; i < 10000 && people.size() < wanted; ++i)
            people.push_back({"+91900000" + lastDigits(i, 4), "IN,,Asia/Kolkata"});
    if (people.size() < wanted)
        throw Error("where it is day now there are made-up numbers for " + std::to_string(people.size()) +
                        " people only",
                    "conversations: " + std::to_string(wanted), "Ask for fewer, or come at another hour");
    return people;
}

}  // namespace

World::World(const Plan& wanted)
    : plan(wanted), folder(makeFolder()), carrier(kAccount, wanted.seed), server(folder + "/data/postgres") {
    for (int i = 0; i < plan.engines; ++i) ports.push_back(freePort());
    createOwnCampaign();
}

World::~World() {
    std::error_code ignored;
    if (!plan.keep) std::filesystem::remove_all(folder, ignored);
}

Random World::random(std::string_view who) const {
    return Random(hash64(who, plan.seed));
}

std::string World::createCampaign(const std::string& owner, std::size_t people,
                                  std::vector<std::string>& numbers) const {
    std::string list = "id,first name,phone,country,state,time zone,consent,consent source,consent date\n";
    for (const auto& person : peopleAwake(people)) {
        list += "lead-" + std::to_string(numbers.size()) + ",Asha," + person.number + "," + person.place +
                ",written,web form,2026-01-05\n";
        numbers.push_back(person.number);
    }
    writeFile(folder + "/leads.csv", list);
    const auto port = std::to_string(ports.front());
    const Json carrierBinding{{"plugin", "twilio"},
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
    Json bindings{{"model", llm}};
    bindings[plan.speech.is_null() ? "sms" : "voice"] = carrierBinding;
    if (!plan.speech.is_null()) bindings["speech"] = plan.speech;
    Json settings{{"company", "Brightroof"}};
    settings.update(plan.settings);
    writeFile(folder + "/campaign.json", toText({{"organization", owner},
                                                 {"playbook", plan.playbook},
                                                 {"leads", "leads.csv"},
                                                 {"settings", settings},
                                                 {"public_url", "http://127.0.0.1:" + port},
                                                 {"bindings", bindings}}));
    auto created = runOverture({"campaign", "create", folder + "/campaign.json", "--database", server.url(),
                                "--data", folder + "/data"},
                               "CHAOS_TOKEN=" + kToken);
    if (created.find("of organization ") == std::string::npos)
        throw Error("the campaign was not created: " + created, folder, "Read the sentence above");
    return created;
}

OrganizationId World::organizationIn(const std::string& created) {
    return OrganizationId::parse(created.substr(created.find("of organization ") + 16, 36)).value();
}

void World::createOwnCampaign() {
    runOverture({"db", "migrate", "--database", server.url()});
    const auto created = createCampaign("Brightroof", static_cast<std::size_t>(plan.conversations), leads);
    organization = organizationIn(created);
    const auto at = created.find("http://127.0.0.1:" + std::to_string(ports.front()) + "/hooks/");
    if (at == std::string::npos) throw Error("the campaign has no webhook: " + created, folder);
    hook = created.substr(at, created.find_first_of(" \n", at) - at);
}

std::vector<std::string> World::strangers(std::size_t wanted) const {
    std::vector<std::string> numbers;
    const auto people = peopleAwake(leads.size() + wanted);
    for (auto i = leads.size(); i < people.size(); ++i) numbers.push_back(people[i].number);
    return numbers;
}

OrganizationId World::addNeighbour(std::size_t people) const {
    std::vector<std::string> numbers;
    return organizationIn(createCampaign("Neighbour", people, numbers));
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

int World::post(const Form& form, Random& random, std::string* answer) const {
    auto whole = form;
    whole.emplace("AccountSid", kAccount);
    whole.emplace("To", kSender);
    return postSigned(ports[random.below(ports.size())], hook, kToken, whole, answer);
}

}  // namespace overture::chaos
