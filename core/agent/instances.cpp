#include "agent/instances.hpp"

namespace overture::agent {

std::shared_ptr<plugin::Instance> BoundInstances::of(const OrganizationId& organization,
                                                     const BindingId& binding) {
    const auto key = organization.text() + "/" + binding.text();
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(key); found != kept_.end()) return found->second;
    }
    return keep(key, find_(organization, binding));
}

std::shared_ptr<plugin::Instance> BoundInstances::channel(const std::string& channel) {
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(channel); found != kept_.end()) return found->second;
    }
    return keep(channel, {channel, Json::object(), {}});
}

std::shared_ptr<plugin::Instance> BoundInstances::keep(const std::string& key, const BoundPlugin& bound) {
    auto opened = host_.open(bound.plugin, bound.settings, bound.secrets, bound.terms).orThrow();
    std::scoped_lock lock(mutex_);
    return kept_.emplace(key, std::move(opened)).first->second;
}

}  // namespace overture::agent
