#include "agent/instances.hpp"

#include "base/log.hpp"

namespace overture::agent {
namespace {

constexpr seconds kLookedAtAgainAfter{5};

}  // namespace

std::shared_ptr<plugin::Instance> BoundInstances::of(const OrganizationId& organization,
                                                     const BindingId& binding) {
    const auto key = organization.text() + "/" + binding.text();
    std::optional<Kept> kept;
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(key); found != kept_.end()) {
            if (now() < found->second.lookedAt + kLookedAtAgainAfter) return found->second.instance;
            found->second.lookedAt = now();  // the others go on with the one there is
            kept = found->second;
        }
    }
    return kept ? lookedAtAgain(key, organization, binding, std::move(*kept))
                : keep(key, find_(organization, binding));
}

/// One that cannot be read or opened at this moment is no reason to stop.
std::shared_ptr<plugin::Instance> BoundInstances::lookedAtAgain(const std::string& key,
                                                                const OrganizationId& organization,
                                                                const BindingId& binding, Kept kept) {
    try {
        const auto bound = find_(organization, binding);
        if (bound.version == kept.version) return kept.instance;
        kept = {opened(bound), bound.version, kept.lookedAt};
        log::info("binding_replaced", {{"binding", binding.text()}});
    } catch (const Error& error) {
        log::warning("binding_not_replaced", {{"binding", binding.text()}, {"problem", error.what()}});
        return kept.instance;
    }
    std::scoped_lock lock(mutex_);
    return (kept_[key] = std::move(kept)).instance;
}

std::shared_ptr<plugin::Instance> BoundInstances::channel(const std::string& channel) {
    {
        std::scoped_lock lock(mutex_);
        if (const auto found = kept_.find(channel); found != kept_.end()) return found->second.instance;
    }
    return keep(channel, {channel, Json::object(), {}});
}

std::shared_ptr<plugin::Instance> BoundInstances::opened(const BoundPlugin& bound) {
    return host_.open(bound.plugin, bound.settings, bound.secrets, bound.terms).orThrow();
}

std::shared_ptr<plugin::Instance> BoundInstances::keep(const std::string& key, const BoundPlugin& bound) {
    Kept kept{opened(bound), bound.version, now()};
    std::scoped_lock lock(mutex_);
    return kept_.emplace(key, std::move(kept)).first->second.instance;
}

}  // namespace overture::agent
