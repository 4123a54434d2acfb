// Room workshop: where a playbook is made and tried out: specs, a chat in the terminal, a picture of its stages, a first draft. No
// network, no database.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/parts.hpp"
#include "compliance/gate.hpp"
#include "meeting/meetings.hpp"
#include "playbook/definition.hpp"
#include "plugin/host.hpp"

namespace overture::workshop {

/// What all trials of one playbook share. Does not change once it stands. Any thread.
class Bench {
public:
    /// Reads the playbook's folder with settings.json and team.csv, and opens the plugins of its channels and the model
    /// "scripted". Throws Error for a playbook that does not pass its check or plugins that are not there. With `only` all of its
    /// touches are made by this channel.
    Bench(const std::string& directory, plugin::Host& host, const std::string& only = {});

    const playbook::Definition& definition() const { return *loaded_->definition; }
    const std::shared_ptr<const agent::Loaded>& loaded() const { return loaded_; }
    const std::string& version() const { return version_; }
    const Json& settings() const { return settings_; }
    const std::vector<meeting::AccountManager>& team() const { return team_; }
    const compliance::Gate& gate() const { return gate_; }
    /// The channels of the playbook whose plugin is there, in the playbook's order.
    const std::vector<std::string>& channels() const { return names_; }
    const std::shared_ptr<plugin::Instance>& channel(const std::string& name) const;
    const std::shared_ptr<plugin::Instance>& model() const { return model_; }

private:
    std::shared_ptr<const agent::Loaded> loaded_;
    std::string version_;
    Json settings_ = Json::object();
    std::vector<meeting::AccountManager> team_;
    compliance::Gate gate_;
    std::vector<std::string> names_;
    std::map<std::string, std::shared_ptr<plugin::Instance>> channels_;
    std::shared_ptr<plugin::Instance> model_;
};

/// Throws Error with the first mistake's place and how many more there are, unless the folder's playbook passes its check.
std::shared_ptr<const agent::Loaded> loadChecked(const std::string& directory);

}  // namespace overture::workshop
