#pragma once

#include <map>
#include <mutex>
#include <set>

#include "base/clock.hpp"
#include "service/intake.hpp"

namespace overture::service {

/// Asks the mailboxes of all organizations (plugins that offer carrier.mailbox/1) for what came in. What was fetched is kept
/// first and forgotten there afterwards: a crash between the two fetches it again, and the same message is one event. Several
/// may run beside each other, in one process or in many. Any thread.
class Mailboxes {
public:
    struct Options {
        seconds every{30};    ///< for each mailbox
        seconds atMost{600};  ///< after failing again and again
        int most = 20;        ///< messages of one fetch
    };
    /// `plugins` are the ids of those that offer it. All references must outlive it.
    Mailboxes(store::Database& database, const Clock& clock, Intake& intake, Intake::InstanceOf instanceOf,
              std::vector<std::string> plugins, Options options);
    /// Asks the mailbox that has waited longest, when its time has come. Returns how many messages were kept; one that has more
    /// is asked again at once.
    int runOnce();

private:
    struct Box {
        OrganizationId organization;
        Instant dueAt;
        int failures = 0;
        bool inHand = false;
    };
    void look();
    std::optional<BindingId> begin();
    void end(const BindingId& binding, Instant dueAt, bool failed);
    int ask(const BindingId& binding);

    store::Database& database_;
    const Clock& clock_;
    Intake& intake_;
    Intake::InstanceOf instanceOf_;
    const std::vector<std::string> plugins_;
    const Options options_;
    std::mutex mutex_;
    std::map<BindingId, Box> boxes_;
    Instant lookedAt_ = Instant::min();
};

}  // namespace overture::service
