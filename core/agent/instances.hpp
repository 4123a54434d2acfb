#pragma once

#include <functional>

#include "agent/parts.hpp"

namespace overture::agent {

struct BoundPlugin {
    std::string plugin;
    Json settings;
    plugin::Secrets secrets;
    plugin::Terms terms = {};
};

/// Opens each binding's plugin once, through the host; bindings come from `find`, which throws Error for an unknown one.
class BoundInstances final : public Instances {
public:
    using Find = std::function<BoundPlugin(const OrganizationId&, const BindingId&)>;
    BoundInstances(plugin::Host& host, Find find) : host_(host), find_(std::move(find)) {}
    std::shared_ptr<plugin::Instance> of(const OrganizationId& organization,
                                         const BindingId& binding) override;
    std::shared_ptr<plugin::Instance> channel(const std::string& channel) override;

private:
    std::shared_ptr<plugin::Instance> keep(const std::string& key, const BoundPlugin& bound);

    plugin::Host& host_;
    Find find_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<plugin::Instance>> kept_;
};

}  // namespace overture::agent
