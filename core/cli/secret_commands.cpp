#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/open_database.hpp"
#include "tenant/resealing.hpp"

namespace overture::cli {
namespace {

struct Work {
    explicit Work(const std::vector<std::string>& words, std::vector<std::string> options = {})
        : arguments(words, databaseOptions(std::move(options))),
          opened(openDatabase(arguments, Schema::current, false)) {
        if (!arguments.positional().empty()) throw UsageError{"there is nothing to name here"};
    }
    Arguments arguments;
    OpenedDatabase opened;
    tenant::Vault vault = tenant::Vault::open(opened.dataDirectory);
};

/// Throws Error when something stays shut.
void resealAll(const Work& work) {
    const auto done = tenant::reseal(*work.opened.database, work.vault);
    std::vector<std::string> counts;
    for (const auto& [kind, count] : done.count) counts.push_back(kind + " " + std::to_string(count));
    std::cout << "Sealed again with the newest key: " << join(counts, ", ") << ".\n";
    if (!done.shut.empty())
        throw Error("none of the keys opens these: " + join(done.shut, ", "), "",
                    "Put back the key they were sealed with, behind the others, or save them again.");
}

int prepare(const std::vector<std::string>& words) {
    Work work(words);
    work.vault.prepareKey();
    std::cout << "A key is prepared: it opens, and seals nothing yet. Copy the file to the other machines; "
                 "then: overture secret "
                 "rotate --prepared\n";
    return 0;
}

int rotate(const std::vector<std::string>& words) {
    Work work(words, {"prepared"});
    if (work.arguments.has("prepared"))
        work.vault.sealWithPreparedKey();
    else
        work.vault.addKey();
    std::cout << "A new key seals from now on; those before it still open what they sealed.\n";
    resealAll(work);
    std::cout << "Engines on other machines need the file too, as it is now. When they have it: overture "
                 "secret forget\n";
    return 0;
}

int resealCommand(const std::vector<std::string>& words) {
    resealAll(Work(words));
    return 0;
}

int forget(const std::vector<std::string>& words) {
    Work work(words);
    resealAll(work);
    work.vault.forgetOldKeys();
    std::cout
        << "The keys before the newest open nothing any more. Links that they have signed still hold.\n";
    return 0;
}

const std::string kRotateHelp = std::string(R"(Usage: overture secret rotate [--prepared] [OPTIONS]

Makes a new key for the installation's secrets (bindings', endpoints' and issuers', second factors, what sessions are signed with) and seals them
all again with it. Engines that read the same file (secret.key in the data directory) notice by themselves; nobody is signed out. Where the key
comes from OVERTURE_SECRET_KEY, add the new key behind the old one and a comma for every engine, then put it before, then use `overture secret
reseal`; restart the engines each time.

Engines on other machines, which read copies of the file, must have the new key before anything is sealed with it: `overture secret prepare`, copy the
file, then rotate with --prepared.

  --prepared       seal with the key that `secret prepare` has made
)") + kDatabaseHelp + R"(
Example: overture secret rotate)";

const std::string kPrepareHelp = std::string(R"(Usage: overture secret prepare [OPTIONS]

Makes a key that opens and seals nothing yet, behind the others in the file: for engines on several machines, which need it before one of them seals with it.

)") + kDatabaseHelp + R"(
Example: overture secret prepare)";

const std::string kResealHelp = std::string(R"(Usage: overture secret reseal [OPTIONS]

Seals with the newest key what an older one has sealed.

)") + kDatabaseHelp + R"(
Example: overture secret reseal)";

const std::string kForgetHelp = std::string(R"(Usage: overture secret forget [OPTIONS]

Seals again what is left, then takes the keys before the newest out of the file: who has one of them opens nothing with it. What they have signed, such
as the links with which people unsubscribe, holds on.

)") + kDatabaseHelp + R"(
Example: overture secret forget)";

const Registered registeredRotate{{"secret rotate",
                                   "make a new key for what is sealed, and seal it all again",
                                   kRotateHelp.c_str(), rotate}};
const Registered registeredPrepare{{"secret prepare",
                                    "make a key that other machines are to have before it seals",
                                    kPrepareHelp.c_str(), prepare}};
const Registered registeredReseal{{"secret reseal", "seal with the newest key what an older one has sealed",
                                   kResealHelp.c_str(), resealCommand}};
const Registered registeredForget{
    {"secret forget", "take the keys before the newest away", kForgetHelp.c_str(), forget}};

}  // namespace
}  // namespace overture::cli
