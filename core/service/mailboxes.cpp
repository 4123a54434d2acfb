#include "service/mailboxes.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

constexpr const char* kMailbox = "carrier.mailbox/1";
constexpr auto kFetchDeadline = milliseconds(20000);

}  // namespace

Mailboxes::Mailboxes(store::Database& database, const Clock& clock, Intake& intake,
                     Intake::InstanceOf instanceOf, std::vector<std::string> plugins, Options options)
    : database_(database),
      clock_(clock),
      intake_(intake),
      instanceOf_(std::move(instanceOf)),
      plugins_(std::move(plugins)),
      options_(options) {}

int Mailboxes::runOnce() {
    look();
    const auto binding = begin();
    if (!binding) return 0;
    try {
        return ask(*binding);
    } catch (const std::exception& error) {
        log::warning("mailbox_not_read", {{"binding", binding->text()}, {"error", error.what()}});
        end(*binding, clock_.now(), true);
        return 0;
    }
}

/// Which mailboxes there are, as often as they are asked.
void Mailboxes::look() {
    if (plugins_.empty()) return;
    const auto now = clock_.now();
    {
        const std::scoped_lock lock(mutex_);
        if (lookedAt_ != Instant::min() && now - lookedAt_ < options_.every) return;
        lookedAt_ = now;
    }
    auto tx = database_.beginShared();
    const auto rows = tx.run(sql::service::mailbox_bindings, {store::Param::array(plugins_)});
    tx.commit();
    const std::scoped_lock lock(mutex_);
    std::set<BindingId> there;
    for (const auto row : rows) {
        const auto binding = row.id<BindingId>("binding_id");
        there.insert(binding);
        boxes_.emplace(binding, Box{row.id<OrganizationId>("organization_id"), now});
    }
    std::erase_if(boxes_, [&](const auto& one) { return !one.second.inHand && !there.contains(one.first); });
}

std::optional<BindingId> Mailboxes::begin() {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    auto chosen = boxes_.end();
    for (auto box = boxes_.begin(); box != boxes_.end(); ++box)
        if (!box->second.inHand && box->second.dueAt <= now &&
            (chosen == boxes_.end() || box->second.dueAt < chosen->second.dueAt))
            chosen = box;
    if (chosen == boxes_.end()) return std::nullopt;
    chosen->second.inHand = true;
    return chosen->first;
}

void Mailboxes::end(const BindingId& binding, Instant dueAt, bool failed) {
    const std::scoped_lock lock(mutex_);
    auto& box = boxes_[binding];
    box.inHand = false;
    box.failures = failed ? box.failures + 1 : 0;
    const auto wait = std::min(options_.every * (1 << std::min(box.failures, 6)), options_.atMost);
    box.dueAt = failed ? std::max(dueAt, clock_.now() + wait) : dueAt;
}

int Mailboxes::ask(const BindingId& binding) {
    OrganizationId organization;
    {
        const std::scoped_lock lock(mutex_);
        organization = boxes_.at(binding).organization;
    }
    const auto instance = instanceOf_(organization, binding);
    const auto next = [&] { return clock_.now() + options_.every; };
    if (!instance->offers(kMailbox)) {
        end(binding, next(), false);
        return 0;
    }
    const auto fetched = instance->call(kMailbox, "fetch", {{"most", options_.most}}, kFetchDeadline);
    if (!fetched.ok()) {
        const bool ours = fetched.outcome != plugin::Outcome::limited;
        if (ours) log::warning("mailbox_not_read", {{"binding", binding.text()}, {"error", fetched.message}});
        end(binding, clock_.now() + fetched.retryAfter.value_or(options_.every), ours);
        return 0;
    }
    std::vector<Mail> mails;
    auto ids = Json::array();
    for (const auto& message : fetched.document.value("messages", Json::array())) {
        mails.push_back(
            {textOf(message, "id"), textOf(message, "channel"), fromBase64(textOf(message, "body_base64"))});
        ids.push_back(textOf(message, "id"));
    }
    if (!mails.empty()) {
        intake_.receiveMail(organization, binding, mails, clock_.now());
        failpoint("mailbox.before_forget");
        const auto forgotten = instance->call(kMailbox, "forget", {{"ids", ids}}, kFetchDeadline);
        if (!forgotten.ok()) {
            log::warning("mailbox_not_emptied", {{"binding", binding.text()}, {"error", forgotten.message}});
            end(binding, next(), true);
            return 0;
        }
    }
    end(binding, fetched.document.value("more", false) ? clock_.now() : next(), false);
    return static_cast<int>(mails.size());
}

}  // namespace overture::service
