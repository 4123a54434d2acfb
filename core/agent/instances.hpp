#pragma once

#include <functional>

#include "agent/parts.hpp"

namespace overture::agent {

struct BoundPlugin {
    std::string plugin;
    Json settings;
    plugin::Secrets secrets;
    plugin::Terms terms = {};
    int version = 1;  ///< another one is opened anew
};

/// Opens each binding's plugin once, through the host; bindings come from `find`, which throws Error for an unknown one. With a
/// clock it looks every five seconds whether one that is asked for was replaced; what is at work ends with the one it has.
class BoundInstances final : public Instances {
public:
    using Find = std::function<BoundPlugin(const OrganizationId&, const BindingId&)>;
    BoundInstances(plugin::Host& host, Find find, const Clock* clock = nullptr)
        : host_(host), find_(std::move(find)), clock_(clock) {}
    std::shared_ptr<plugin::Instance> of(const OrganizationId& organization,
                                         const BindingId& binding) override;
    std::shared_ptr<plugin::Instance> channel(const std::string& channel) override;

private:
    struct Kept {
        std::shared_ptr<plugin::Instance> instance;
        int version = 1;
        Instant lookedAt{};
    };
    Instant now() const { return clock_ == nullptr ? Instant() : clock_->now(); }
    std::shared_ptr<plugin::Instance> opened(const BoundPlugin& bound);
    std::shared_ptr<plugin::Instance> keep(const std::string& key, const BoundPlugin& bound);
    std::shared_ptr<plugin::Instance> lookedAtAgain(const std::string& key,
                                                    const OrganizationId& organization,
                                                    const BindingId& binding, Kept kept);

    plugin::Host& host_;
    Find find_;
    const Clock* clock_;
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;
};

}  // namespace overture::agent
