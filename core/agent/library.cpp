#include <algorithm>

#include "agent/parts.hpp"
#include "queries/agent.hpp"

namespace overture::agent {

std::shared_ptr<const Loaded> StoredLibrary::version(const OrganizationId& organization,
                                                     const std::string& version) {
    const auto key = std::make_pair(organization, version);
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(key); found != kept_.end()) return found->second;
    }
    const auto rows = database_.run(organization, sql::agent::version_files, {organization, version});
    if (rows.empty())
        throw Error("playbook version " + version.substr(0, 12) + " is not published here", {},
                    "Publish it again, or move the conversation to a version that is.");
    Loaded loaded;
    loaded.files = rows[0].json("files").get<playbook::Files>();
    auto checked = playbook::check(loaded.files);
    if (!checked.ok()) {
        const auto first =
            std::find_if(checked.findings.begin(), checked.findings.end(),
                         [](const playbook::Finding& finding) { return finding.severity == "error"; });
        throw Error(first->message, first->place,
                    "This version no longer passes its check; publish a mended one.");
    }
    loaded.definition = std::move(checked.definition);
    auto shared = std::make_shared<const Loaded>(std::move(loaded));
    std::scoped_lock lock(mutex_);
    return kept_.emplace(key, std::move(shared)).first->second;
}

}  // namespace overture::agent
