#include "api/long_work.hpp"

#include "api/route.hpp"

namespace overture::api {

LongWork::Place::Place(LongWork& owner, const OrganizationId& organization)
    : owner_(owner), organization_(organization) {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.taken_.contains(organization))
        throw Refusal{429, "one_at_a_time",
                      "Something of your organization's that takes long is at work; try again.", "",
                      seconds(1)};
    if (owner_.taken_.size() >= owner_.most_)
        throw Refusal{503, "busy", "Much that takes long is at work at this moment; try again.", "",
                      seconds(1)};
    owner_.taken_.insert(organization);
}

LongWork::Place::~Place() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.taken_.erase(organization_);
}

}  // namespace overture::api
