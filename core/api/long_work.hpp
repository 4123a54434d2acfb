#pragma once

#include <mutex>
#include <set>

#include "base/ids.hpp"

namespace overture::api {

/// What takes seconds (a vendor's answer, a whole campaign's calendar, a playbook's check): few of it at a time in this server, and one
/// of an organization, so that nobody takes the others' threads. Any thread.
class LongWork {
public:
    explicit LongWork(std::size_t most) : most_(most) {}

    /// Held while it lasts.
    class Place {
    public:
        /// Throws Refusal 429 while the organization has one, 503 while all are taken.
        Place(LongWork& owner, const OrganizationId& organization);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        LongWork& owner_;
        const OrganizationId organization_;
    };

private:
    const std::size_t most_;
    std::mutex mutex_;
    std::set<OrganizationId> taken_;
};

}  // namespace overture::api
