#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "plugin/host.hpp"
#include "service/sorter.hpp"
#include "store/database.hpp"
#include "turn/gather.hpp"

namespace overture::service {

/// Takes a carrier's webhook in: the plugin verifies and reads it, then ONE transaction keeps its bytes and puts its events into
/// their conversations' mailboxes; only then is it acknowledged. What comes at the same time shares that transaction. The same event
/// twice is one event. Any thread.
class Intake {
public:
    /// Throws Error for an unknown binding or a plugin that will not open.
    using InstanceOf =
        std::function<std::shared_ptr<plugin::Instance>(const OrganizationId&, const BindingId&)>;
    Intake(
        store::Database& database, InstanceOf instanceOf, std::function<void()> wake = [] {},
        const turn::Quiet& quiet = {});

    /// 404 unknown binding, 403 wrong signature, 400 unreadable, 503 when the database is away (the carrier tries again).
    HttpAnswer receive(const Webhook& webhook);
    /// All in one transaction for each organization, for a caller that needs no answers. Returns how many of their events now
    /// wait in a mailbox. Throws what receive() answers 503 to.
    int receiveAll(const std::vector<Webhook>& webhooks);

private:
    std::optional<OrganizationId> organizationOf(const BindingId& binding);
    HttpAnswer answering(const Webhook& webhook, const std::function<HttpAnswer()>& take);
    Taken read(const OrganizationId& organization, const Webhook& webhook);
    void keep(const OrganizationId& organization, const std::vector<Taken*>& all);

    store::Database& database_;
    InstanceOf instanceOf_;
    std::function<void()> wake_;
    const turn::Quiet quiet_;
    turn::Gather<Taken> gather_;
    std::mutex mutex_;
    std::map<BindingId, OrganizationId> owners_;  // a binding never changes hands
};

}  // namespace overture::service
