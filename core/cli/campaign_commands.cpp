#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/create.hpp"
#include "campaign/lead_list.hpp"
#include "campaign/pace_rules.hpp"
#include "campaign/team.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "compliance/gate.hpp"
#include "tenant/tenants.hpp"

namespace overture::cli {
namespace {

/// The campaign file and what it names, paths taken from its own folder.
struct Sheet {
    Json document;
    std::string path, folder;

    std::string file(const char* key, const std::string& otherwise) const {
        const auto name = textOf(document, key, otherwise);
        return name.empty() || name.front() == '/' ? name : folder + "/" + name;
    }
};

Sheet readSheet(const std::string& path) {
    Sheet sheet{parseJson(readFile(path), path).orThrow(), path,
                std::filesystem::path(path).parent_path().string()};
    if (sheet.folder.empty()) sheet.folder = ".";
    static const std::vector<std::string> known{"organization", "playbook", "leads",    "team",
                                                "settings",     "days",     "bindings", "public_url",
                                                "region",       "models",   "rates",    "pace"};
    for (const auto& [key, value] : sheet.document.items())
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            const auto near = nearest(key, known);
            throw Error(
                "\"" + key + "\" is not a key of a campaign file", path,
                near.empty() ? "It takes " + join(known, ", ") + "." : "Did you mean \"" + near + "\"?");
        }
    for (const char* key : {"organization", "playbook", "leads", "bindings"})
        if (!sheet.document.contains(key))
            throw Error(std::string("\"") + key + "\" is missing", path,
                        "See `overture campaign create --help`.");
    return sheet;
}

tenant::Secrets secretsOf(const Json& binding, const std::string& where) {
    tenant::Secrets secrets;
    const auto named = binding.value("secrets", Json::object());
    for (const auto& [name, variable] : named.items()) {
        const auto source = variable.is_string() ? variable.get<std::string>() : "";
        const char* value = std::getenv(source.c_str());
        if (value == nullptr)
            throw Error("the secret \"" + name + "\" is to come from the environment variable \"" + source +
                            "\", which is not set",
                        where, "Set it; a campaign file never holds a secret itself.");
        secrets[name] = value;
    }
    return secrets;
}

int callsAtOnceOf(const Json& binding, const std::string& where) {
    const auto given = binding.value("calls_at_once", Json());
    if (given.is_null()) return 0;
    if (!given.is_number_integer() || given < 1 || given > 20000)
        throw Error("\"calls_at_once\" takes a whole number from 1 to 20000", where);
    return given.get<int>();
}

/// Every "{hook}" in the settings becomes the address at which the carrier reaches this binding.
Json withHook(Json settings, const std::string& hook) {
    for (auto& [key, value] : settings.items())
        if (value.is_string()) value = replaceAll(value.get<std::string>(), "{hook}", hook);
    return settings;
}

void checkRates(const Sheet& sheet) {
    static const std::vector<std::string> known{"number_per_minute", "account_per_minute", "pair_per_minute",
                                                "organization_per_minute"};
    const auto rates = sheet.document.value("rates", Json::object());
    for (const auto& [key, value] : rates.items())
        if (std::find(known.begin(), known.end(), key) == known.end() || !value.is_number_unsigned())
            throw Error(
                "\"rates\" takes whole numbers for " + join(known, ", ") + "; \"" + key + "\" is none",
                sheet.path);
}

/// Roles of bindings that are models, in the order they are tried: the key "models", else "model" alone.
std::vector<std::string> modelRoles(const Sheet& sheet) {
    const auto listed = sheet.document.value("models", Json::array());
    std::vector<std::string> roles;
    for (const auto& entry : listed) {
        const auto role = entry.is_string() ? entry.get<std::string>() : textOf(entry, "binding");
        if (!sheet.document["bindings"].contains(role))
            throw Error("\"models\" names \"" + role + "\", which is no binding of this file", sheet.path);
        roles.push_back(role);
    }
    if (roles.empty()) roles.emplace_back("model");
    return roles;
}

/// The organization's setting: the same list with binding ids.
Json modelSetting(const Sheet& sheet, const campaign::NewCampaign& planned) {
    Json list = Json::array();
    for (const auto& entry : sheet.document.value("models", Json::array())) {
        auto model = entry.is_string() ? Json::object() : entry;
        const auto role = entry.is_string() ? entry.get<std::string>() : textOf(entry, "binding");
        for (const auto& [name, id] : planned.bindings)
            if (name == role) model["binding"] = id.text();
        list.push_back(std::move(model));
    }
    return list;
}

int create(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"draft"}));
    if (arguments.positional().size() != 1) throw UsageError{"name one campaign file"};
    const auto sheet = readSheet(arguments.positional().front());
    campaign::NewCampaign planned;
    planned.files = playbook::readFolder(sheet.file("playbook", ""));
    const auto checked = playbook::check(planned.files);
    if (!checked.ok())
        throw Error("this playbook has mistakes", sheet.file("playbook", ""),
                    "`overture playbook check` lists them.");
    planned.definition = checked.definition;
    planned.name = planned.definition->id;
    const auto settings = sheet.document.value("settings", Json::object());
    planned.settings =
        settings.is_string()
            ? parseJson(readFile(sheet.file("settings", "")), sheet.file("settings", "")).orThrow()
            : settings;
    if (sheet.document.contains("team"))
        planned.team =
            campaign::readTeam(readFile(sheet.file("team", "")), sheet.file("team", ""), SystemClock{}.now());
    const auto models = modelRoles(sheet);
    checkRates(sheet);
    planned.pace = sheet.document.value("pace", Json::object());
    (void)campaign::PaceRules::read(planned.pace, sheet.path);
    const auto leads = readFile(sheet.file("leads", ""));
    campaign::ImportOptions options;
    options.region = textOf(sheet.document, "region", "US");
    auto list = campaign::readLeads(leads, options, SystemClock{}.now());  // one that is none stops here

    auto opened = openDatabase(arguments);
    const auto vault = tenant::Vault::open(opened.dataDirectory);
    const auto now = SystemClock{}.now();
    const OrganizationId organization(uuid7(now));
    planned.id = CampaignId(uuid7(now));
    planned.startsAt = now;
    planned.draft = arguments.has("draft");
    if (sheet.document.contains("days")) planned.endsAt = now + days(sheet.document["days"].get<int>());
    for (auto& manager : planned.team) manager.id = ManagerId(uuid7(now));

    auto tx = opened.database->begin(organization);
    tenant::createOrganization(tx, organization, textOf(sheet.document, "organization"), now);
    std::string hooks;
    for (const auto& [role, document] : sheet.document["bindings"].items()) {
        tenant::Binding binding{BindingId(uuid7(now)),
                                role,
                                textOf(document, "plugin"),
                                Json::object(),
                                secretsOf(document, sheet.path + ", binding \"" + role + "\""),
                                callsAtOnceOf(document, sheet.path + ", binding \"" + role + "\"")};
        const auto hook = textOf(sheet.document, "public_url") + "/hooks/" + binding.id.text();
        binding.settings = withHook(document.value("settings", Json::object()), hook);
        tenant::saveBinding(tx, organization, binding, &vault, now);
        planned.bindings.emplace_back(role, binding.id);
        if (role == "model" || std::find(models.begin(), models.end(), role) != models.end()) continue;
        if (role == "speech" || role == "transcribe" || role == "synthesize" || role == "converse" ||
            role == "storage")
            continue;
        planned.channels.push_back(role);
        planned.settings[role + "_sender"] = textOf(document, "sender");
        hooks += "  " + role + " webhook: " + hook + "\n";
    }
    if (sheet.document.contains("rates"))
        tenant::saveSettings(tx, organization, {{"rates", sheet.document["rates"]}});
    if (sheet.document.contains("models"))
        tenant::saveSettings(tx, organization, {{"models", modelSetting(sheet, planned)}});
    campaign::create(tx, organization, planned, now);
    tx.commit();

    const auto report =
        campaign::importLeads(*opened.database, organization, planned.id, std::move(list), options,
                              planned.definition->firstStage, playbook::versionOf(planned.files), now);
    const compliance::Gate gate;
    const auto plan =
        campaign::planFirstTouches(*opened.database, organization, planned.id, *planned.definition, gate,
                                   static_cast<std::uint64_t>(now.time_since_epoch().count()), now);
    std::cout << "Campaign " << planned.id.text() << " of organization " << organization.text()
              << (planned.draft ? " is a draft.\n" : " is running.\n") << "  leads: " << report.rows
              << " rows, " << report.imported << " people, " << report.merged << " merged, "
              << report.rejected << " rejected\n";
    for (const auto& row : report.notes)
        std::cout << "    line " << row.line << ": " << row.outcome << ", " << row.reason << "\n";
    std::cout << "  first touches planned: " << plan.planned << "\n";
    for (const auto& [reason, people] : plan.skipped)
        std::cout << "    skipped " << people << ": " << reason << "\n";
    std::cout << hooks
              << (planned.draft ? "`overture campaign start` plans the first touches.\n"
                                : "`overture serve` sends what is due and takes the answers in.\n");
    return 0;
}

const Registered registered{
    {"campaign create", "begin a real campaign: bindings, leads, first touches",
     "Usage: overture campaign create FILE.json [--draft] [--database URL | --data DIR]\n\n"
     "Makes an organization, its bindings and a running campaign, imports the leads and plans each first "
     "touch in the\n"
     "lead's own hours. Nothing is sent until `overture serve` runs. Paths are taken from the file's own "
     "folder. Secrets\n"
     "are named by the environment variable that holds them, sealed, and never shown again. With --draft the "
     "campaign\nwaits for `overture campaign start`, and no touch is planned before.\n\n"
     "Example FILE.json:\n"
     "  { \"organization\": \"Brightroof\", \"playbook\": \"playbooks/solar-consult\", \"leads\": "
     "\"leads.csv\",\n"
     "    \"team\": \"team.csv\", \"settings\": { \"company\": \"Brightroof\" }, \"days\": 14,\n"
     "    \"public_url\": \"https://texts.brightroof.example\",\n"
     "    \"bindings\": {\n"
     "      \"sms\":   { \"plugin\": \"acme\", \"sender\": \"+12025550100\",\n"
     "                 \"settings\": { \"account_sid\": \"AC...\", \"webhook_url\": \"{hook}\" },\n"
     "                 \"secrets\": { \"auth_token\": \"ACME_AUTH_TOKEN\" } },\n"
     "      \"model\": { \"plugin\": \"scripted\" } } }\n\n"
     "Several models: give each a binding of its own name, and their order with the times after which the "
     "next "
     "one is asked:\n"
     "    \"models\": [ { \"binding\": \"fast\", \"first_token_ms\": 3000, \"deadline_ms\": 12000 }, "
     "\"careful\" ]\n\n"
     "  overture campaign create brightroof.json\n",
     create}};

}  // namespace
}  // namespace overture::cli
