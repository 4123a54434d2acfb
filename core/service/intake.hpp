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

class Calls;

/// A whole message as a mailbox gave it out.
struct Mail {
    std::string id;  ///< the mailbox's own
    std::string channel;
    std::string raw;
};

/// Takes a carrier's webhook in: the plugin verifies and reads it, then ONE transaction keeps its bytes and puts its events into
/// their conversations' mailboxes; only then is it acknowledged. What comes at the same time shares that transaction. The same event
/// twice is one event. Any thread.
class Intake {
public:
    /// Throws Error for an unknown binding or a plugin that will not open.
    using InstanceOf =
        std::function<std::shared_ptr<plugin::Instance>(const OrganizationId&, const BindingId&)>;
    /// A channel's plugin, for carriers that hand messages on as they came; throws Error for an unknown one.
    using ChannelOf = std::function<std::shared_ptr<plugin::Instance>(const std::string&)>;
    Intake(
        store::Database& database, InstanceOf instanceOf, std::function<void()> wake = [] {},
        const turn::Quiet& quiet = {}, ChannelOf channelOf = {}, Calls* calls = nullptr);

    /// 404 unknown binding, 403 wrong signature, 400 unreadable, 503 when the database is away (the carrier tries again).
    HttpAnswer receive(const Webhook& webhook);
    /// All in one transaction for each organization, for a caller that needs no answers. Returns how many of their events now
    /// wait in a mailbox. Throws what receive() answers 503 to.
    int receiveAll(const std::vector<Webhook>& webhooks);
    /// The same for what waited in a mailbox: the channel's plugin reads each. All in one transaction; throws when it was not
    /// kept. What cannot be read is kept as it came all the same.
    void receiveMail(const OrganizationId& organization, const BindingId& binding,
                     const std::vector<Mail>& mails, Instant now);

private:
    std::optional<OrganizationId> organizationOf(const BindingId& binding);
    HttpAnswer answering(const Webhook& webhook, const std::function<HttpAnswer()>& take);
    Taken read(const OrganizationId& organization, const Webhook& webhook);
    Taken readMail(const Webhook& webhook, const Mail& mail) const;
    std::optional<std::string> addMail(Taken& taken, const std::string& channel, const std::string& base64,
                                       const std::string& id) const;
    void readMails(Taken& taken) const;
    void answerKnowing(const OrganizationId& organization, Taken& taken);
    void keep(const OrganizationId& organization, const std::vector<Taken*>& all);

    store::Database& database_;
    InstanceOf instanceOf_;
    std::function<void()> wake_;
    const turn::Quiet quiet_;
    const ChannelOf channelOf_;
    Calls* const calls_;  // none: carriers that tell of calls are only written down
    turn::Gather<Taken> gather_;
    std::mutex mutex_;
    std::map<BindingId, OrganizationId> owners_;  // a binding never changes hands
};

}  // namespace overture::service
