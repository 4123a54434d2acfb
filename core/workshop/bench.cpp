#include "workshop/bench.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "campaign/team.hpp"

namespace overture::workshop {
namespace {

std::vector<meeting::AccountManager> teamOf(const std::string& directory) {
    const auto path = directory + "/team.csv";
    if (std::filesystem::exists(path)) return campaign::readTeam(readFile(path), path, Instant());
    meeting::AccountManager alone{ManagerId(uuid7(Instant(), "manager")), "Jordan Vale",
                                  "jordan.vale@example.com", "America/Phoenix", "Mon-Fri 09:00-17:00"};
    return {std::move(alone)};
}

bool isLoaded(const plugin::Host& host, const std::string& id) {
    const auto all = host.list();
    return std::any_of(all.begin(), all.end(), [&](const plugin::Listing& listing) {
        return listing.id == id && listing.state == "loaded";
    });
}

}  // namespace

std::shared_ptr<const agent::Loaded> loadChecked(const std::string& directory) {
    agent::Loaded loaded;
    loaded.files = playbook::readFolder(directory);
    auto checked = playbook::check(loaded.files);
    const auto isError = [](const playbook::Finding& finding) { return finding.severity == "error"; };
    if (!checked.ok()) {
        const auto first = std::find_if(checked.findings.begin(), checked.findings.end(), isError);
        const auto more = std::count_if(checked.findings.begin(), checked.findings.end(), isError) - 1;
        auto remedy = first->suggestion;
        if (more > 0)
            remedy += (remedy.empty() ? "" : " ") + std::string("There are ") + std::to_string(more) +
                      " more: overture playbook check " + directory;
        throw Error(first->message, directory + "/" + first->place, remedy);
    }
    loaded.definition = std::move(checked.definition);
    return std::make_shared<const agent::Loaded>(std::move(loaded));
}

namespace {

void useOnly(playbook::Definition& definition, const std::string& channel) {
    definition.channels = {channel};
    for (auto& touch : definition.cadence) touch.channel = channel;
}

std::shared_ptr<const agent::Loaded> loadedFor(const std::string& directory, const std::string& only) {
    auto loaded = loadChecked(directory);
    if (only.empty()) return loaded;
    auto definition = std::make_shared<playbook::Definition>(*loaded->definition);
    useOnly(*definition, only);
    for (auto& [variant, worded] : definition->worded) {
        auto own = std::make_shared<playbook::Definition>(*worded);
        useOnly(*own, only);
        worded = std::move(own);
    }
    return std::make_shared<const agent::Loaded>(agent::Loaded{loaded->files, std::move(definition)});
}

}  // namespace

Bench::Bench(const std::string& directory, plugin::Host& host, const std::string& only)
    : loaded_(loadedFor(directory, only)),
      version_(playbook::versionOf(loaded_->files)),
      team_(teamOf(directory)) {
    const auto path = directory + "/settings.json";
    if (std::filesystem::exists(path)) settings_ = parseJson(readFile(path), path).orThrow();
    if (!settings_.is_object())
        throw Error("the settings are no JSON object", path, "Write { \"company\": \"…\" }.");
    for (const auto& channel : definition().channels) {
        if (!isLoaded(host, channel)) continue;
        channels_.emplace(channel, host.open(channel, Json::object(), {}).orThrow());
        names_.push_back(channel);
    }
    if (names_.empty())
        throw Error("none of the playbook's channels has a plugin here", directory,
                    "Add \"sms\" to its channels, or name the plugins' folder with --plugins.");
    model_ = host.open("scripted", Json::object(), {}).orThrow();
}

const std::shared_ptr<plugin::Instance>& Bench::channel(const std::string& name) const {
    const auto found = channels_.find(name);
    if (found == channels_.end())
        throw Error("the channel \"" + name + "\" has no plugin here", {},
                    "Use " + join(names_, " or ") + ".");
    return found->second;
}

}  // namespace overture::workshop
