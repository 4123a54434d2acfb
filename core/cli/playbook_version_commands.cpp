#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/versions.hpp"
#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "cli/programs.hpp"
#include "workshop/bench.hpp"

namespace overture::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 12;  ///< of a version's name

void tell(const campaign::VersionChange& change, const std::string& version) {
    std::cout << "campaign \"" << change.campaign << "\": conversations begin with "
              << version.substr(0, kShown);
    if (change.before != version) std::cout << ", until now with " << change.before.substr(0, kShown);
    std::cout << "\n  " << change.moved << " that had not begun take it; all others keep theirs\n";
    if (change.plan.planned > 0) std::cout << "  first touches planned anew: " << change.plan.planned << "\n";
    for (const auto& [reason, people] : change.plan.skipped)
        std::cout << "    skipped " << people << ": " << reason << "\n";
}

int publish(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign="}));
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto loaded = workshop::loadChecked(arguments.positional()[0]);
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    const auto now = SystemClock{}.now();
    auto tx = opened.database->begin(organization);
    const auto campaign = campaignIn(tx, organization, arguments.value("campaign"));
    const auto version = campaign::publish(tx, organization, loaded->files, loaded->definition->id, now);
    tx.commit();
    std::cout << loaded->definition->id << ": version " << version.substr(0, kShown) << " is published\n";
    if (campaign)
        tell(campaign::useVersion(*opened.database, organization, *campaign, version, *loaded->definition,
                                  compliance::Gate(), now),
             version);
    return 0;
}

int versions(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto all = campaign::versions(tx, organization);
    tx.commit();
    for (const auto& one : all) {
        if (arguments.has("json"))
            std::cout << toText({{"version", one.version},
                                 {"playbook", one.playbook},
                                 {"published_at", toRfc3339(one.publishedAt)},
                                 {"campaigns", one.campaigns},
                                 {"shares", one.shares},
                                 {"conversations", one.conversations}})
                      << "\n";
        else
            std::cout << one.version.substr(0, kShown) << "  " << toRfc3339(one.publishedAt) << "  "
                      << one.playbook << ", " << one.conversations
                      << (one.conversations < campaign::kConversationsCounted ? " running"
                                                                              : " or more running")
                      << (one.campaigns.empty() ? "" : ", for " + join(one.campaigns, ", "))
                      << (one.shares.empty() ? "" : ", for " + join(one.shares, ", ")) << "\n";
    }
    if (all.empty() && !arguments.has("json")) std::cout << "no version is published here yet\n";
    return 0;
}

int diff(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization="}));
    if (arguments.positional().size() != 2) throw UsageError{"name two versions or folders"};
    std::optional<OpenedDatabase> opened;
    OrganizationId organization;
    const auto filesOf = [&](const std::string& name) -> std::pair<std::string, playbook::Files> {
        if (fs::is_directory(name)) {
            auto files = playbook::readFolder(name);
            return {"folder", std::move(files)};
        }
        if (!opened) {
            opened = openDatabase(arguments, Schema::current, false);
            organization = organizationIn(*opened->database, arguments.value("organization")).id;
        }
        auto tx = opened->database->begin(organization);
        auto [version, files] = campaign::versionNamed(tx, organization, name);
        tx.commit();
        return {version.substr(0, kShown), std::move(files)};
    };
    auto [before, old] = filesOf(arguments.positional()[0]);
    auto [after, fresh] = filesOf(arguments.positional()[1]);
    if (before == after) {
        before += "-1";
        after += "-2";
    }
    const ScratchFolder scratch;
    for (const auto& [file, text] : old) scratch.put(before + "/" + file, text);
    for (const auto& [file, text] : fresh) scratch.put(after + "/" + file, text);
    const auto status = runInstalled(
        {"diff", "-ruN", before, after}, scratch.path(),
        {"the program \"diff\" is not installed", "playbook diff", "Install the package diffutils."});
    if (status != 0 && status != 1) throw Error("\"diff\" could not compare them");
    return status;
}

int rollback(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "campaign=", "to="}));
    if (!arguments.positional().empty()) throw UsageError{"name the campaign with --campaign"};
    if (!arguments.has("campaign")) throw UsageError{"name the campaign with --campaign"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization")).id;
    auto tx = opened.database->begin(organization);
    const auto campaign = *campaignIn(tx, organization, arguments.value("campaign"));
    const auto wanted =
        arguments.has("to") ? arguments.value("to") : campaign::versionBefore(tx, organization, campaign);
    const auto [version, definition] = campaign::checkedVersion(tx, organization, wanted);
    tx.commit();
    tell(campaign::useVersion(*opened.database, organization, campaign, version, *definition,
                              compliance::Gate(), SystemClock{}.now()),
         version);
    return 0;
}

const std::string kWhich =
    std::string("  --organization NAME name or id; may be left out when there is only one\n") + kDatabaseHelp;

const std::string kPublishHelp =
    R"(Usage: overture playbook publish DIR [--campaign NAME] [--organization NAME] [OPTIONS]

Checks the playbook and keeps it in the database as an immutable version, named by the hash of its files. With a campaign,
its conversations begin with this version from now on, also those in which nothing has happened yet; every conversation that
has begun keeps the version it began with.

  --campaign NAME     name or id
)" + kWhich +
    R"(
Example: overture playbook publish playbooks/solar-consult --campaign solar-consult)";

const std::string kVersionsHelp =
    R"(Usage: overture playbook versions [--organization NAME] [--json] [OPTIONS]

Every published version, the newest first: how many conversations run on it and which campaigns begin with it.

  --json              one JSON object a line
)" + kWhich +
    R"(
Example: overture playbook versions)";

const std::string kDiffHelp = R"(Usage: overture playbook diff OLD NEW [--organization NAME] [OPTIONS]

What differs between two versions, file by file. OLD and NEW are the first characters of a version's name, or folders. Exit
status 0: nothing; 1: something.

)" + kWhich + R"(
Example: overture playbook diff 34acf2141c1c playbooks/solar-consult)";

const std::string kRollbackHelp =
    R"(Usage: overture playbook rollback --campaign NAME [--to VERSION] [--organization NAME] [OPTIONS]

The campaign's conversations begin again with the version it used before, or with the one named: the first characters of its
name are enough. As with publish, conversations that have begun keep theirs.

  --campaign NAME     name or id
  --to VERSION        otherwise the version before the present one
)" + kWhich +
    R"(
Example: overture playbook rollback --campaign solar-consult)";

const Registered publishCommand{
    {"playbook publish", "keeps a playbook as an immutable version", kPublishHelp.c_str(), publish}};
const Registered versionsCommand{
    {"playbook versions", "published versions, and what runs on them", kVersionsHelp.c_str(), versions}};
const Registered diffCommand{{"playbook diff", "what differs between two versions", kDiffHelp.c_str(), diff}};
const Registered rollbackCommand{
    {"playbook rollback", "a campaign goes back to an earlier version", kRollbackHelp.c_str(), rollback}};

}  // namespace
}  // namespace overture::cli
