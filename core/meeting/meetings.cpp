#include "meeting/meetings.hpp"

#include "base/time.hpp"
#include "meeting/slots.hpp"
#include "queries/meeting.hpp"

namespace overture::meeting {
namespace {

constexpr auto kOfferStands = hours(24);  ///< people who choose do so within a day

Meeting meetingOf(const store::Row& row) {
    Meeting meeting;
    meeting.id = row.id<MeetingId>("meeting_id");
    meeting.manager = row.id<ManagerId>("manager_id");
    meeting.managerName = row.text("manager_name");
    meeting.managerEmail = row.text("manager_email");
    meeting.managerZone = row.text("manager_zone");
    meeting.lead = row.id<LeadId>("lead_id");
    meeting.conversation = row.id<ConversationId>("conversation_id");
    meeting.from = row.instant("span_from");
    meeting.to = row.instant("span_to");
    meeting.state = row.text("state");
    meeting.title = row.text("title");
    meeting.leadZone = row.text("lead_zone");
    meeting.sequence = static_cast<int>(row.integer("sequence"));
    meeting.confirmedAt = row.maybeInstant("confirmed_at");
    return meeting;
}

std::optional<Meeting> first(const store::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional(meetingOf(rows[0]));
}

void keepOffers(store::Transaction& tx, const OrganizationId& organization,
                const ConversationId& conversation, const std::vector<Slot>& slots, Instant now) {
    std::vector<std::string> managers, from, to;
    for (const auto& slot : slots) {
        managers.push_back(slot.manager.text());
        from.push_back(toRfc3339(slot.from));
        to.push_back(toRfc3339(slot.to));
    }
    using store::Param;
    tx.queue(sql::meeting::forget_offers, {organization, conversation});
    tx.queue(sql::meeting::save_offers,
             {organization, conversation, Param::array(managers), Param::array(from), Param::array(to), now});
}

// One at a time per manager, so that two who want the same minutes meet the constraint and not each other's
// locks; what stood in the way and has run out goes first.
void clear(store::Transaction& tx, const OrganizationId& organization, const ManagerId& manager,
           const MeetingId& but, Instant now) {
    tx.run(sql::meeting::lock_manager, {organization, manager});
    tx.run(sql::meeting::expire_holds_of_manager, {organization, manager, but, now});
}

}  // namespace

void saveManagers(store::Transaction& tx, const OrganizationId& organization,
                  const std::vector<AccountManager>& managers) {
    std::vector<std::string> ids, names, emails, zones, hours;
    for (const auto& manager : managers) {
        if (!isZone(manager.zone))
            throw Error("\"" + manager.zone + "\" is not a time zone", manager.name,
                        "Use a name such as America/Phoenix.");
        if (const auto read = WeekHours::parse(manager.hours); !read) {
            auto problem = read.problem();
            problem.where = manager.name + ", " + problem.where;
            throw Error(std::move(problem));
        }
        ids.push_back(manager.id.text());
        names.push_back(manager.name);
        emails.push_back(manager.email);
        zones.push_back(manager.zone);
        hours.push_back(manager.hours);
    }
    using store::Param;
    tx.run(sql::meeting::save_managers, {organization, Param::array(ids), Param::array(names),
                                         Param::array(emails), Param::array(zones), Param::array(hours)});
}

std::vector<AccountManager> managers(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<AccountManager> found;
    const auto rows = tx.run(sql::meeting::managers, {organization});
    for (const auto row : rows)
        found.push_back({row.id<ManagerId>("manager_id"), row.text("name"), row.text("email"),
                         row.text("zone"), row.text("hours")});
    return found;
}

std::vector<Slot> offer(store::Transaction& tx, const OrganizationId& organization, const Rules& rules,
                        const std::string& leadZone, const ConversationId& conversation, Instant now,
                        std::uint64_t seed) {
    std::vector<Blocked> blocked, offered;
    const auto rows =
        tx.run(sql::meeting::blocked, {organization, now - days(1), now + rules.horizon + days(1), now});
    for (const auto row : rows)
        blocked.push_back(
            {row.id<ManagerId>("manager_id"), row.instant("blocked_from"), row.instant("blocked_to")});
    for (const auto row :
         tx.run(sql::meeting::offered, {organization, now - kOfferStands, conversation, now}))
        offered.push_back(blockedBy(
            {row.id<ManagerId>("manager_id"), {}, row.instant("starts_at"), row.instant("ends_at")}, rules));
    auto slots = chooseSlots(managers(tx, organization), blocked, rules, leadZone, now, seed, offered);
    keepOffers(tx, organization, conversation, slots, now);
    return slots;
}

std::optional<Meeting> hold(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id,
                            const ConversationId& conversation, const LeadId& lead, const Slot& slot,
                            const Rules& rules, const std::string& title, const std::string& leadZone,
                            Instant now) {
    const auto kept = blockedBy(slot, rules);
    const bool held = slot.from > now && tx.attempt([&] {
        clear(tx, organization, slot.manager, id, now);
        tx.run(sql::meeting::let_go, {organization, conversation, now});
        tx.run(sql::meeting::hold, {organization, id, slot.manager, lead, conversation, slot.from, slot.to,
                                    kept.from, kept.to, now + rules.hold, title, leadZone, now});
    });
    if (held) tx.queue(sql::meeting::forget_offers, {organization, conversation});
    return held ? find(tx, organization, id) : std::nullopt;
}

bool book(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now) {
    const auto meeting = find(tx, organization, id);
    if (!meeting) return false;
    if (meeting->state == "booked") return true;
    std::size_t changed = 0;
    const bool free = tx.attempt([&] {
        clear(tx, organization, meeting->manager, id, now);
        changed = tx.run(sql::meeting::book, {organization, id, now}).affected();
    });
    return free && changed == 1;
}

bool cancel(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now) {
    return tx.run(sql::meeting::cancel, {organization, id, now}).affected() == 1;
}

bool move(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, const Slot& to,
          const Rules& rules, Instant now) {
    const auto kept = blockedBy(to, rules);
    std::size_t changed = 0;
    const bool free = tx.attempt([&] {
        clear(tx, organization, to.manager, id, now);
        changed = tx.run(sql::meeting::move, {organization, id, to.manager, to.from, to.to, kept.from,
                                              kept.to, now, now + rules.hold})
                      .affected();
    });
    return free && changed == 1;
}

int expireHolds(store::Transaction& tx, const OrganizationId& organization, Instant now) {
    return static_cast<int>(tx.run(sql::meeting::expire_holds, {organization, now}).affected());
}

std::optional<Meeting> find(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id) {
    return first(tx.run(sql::meeting::find, {organization, id}));
}

std::optional<Meeting> ofConversation(store::Transaction& tx, const OrganizationId& organization,
                                      const ConversationId& conversation) {
    return first(tx.run(sql::meeting::of_conversation, {organization, conversation}));
}

std::vector<Meeting> booked(store::Transaction& tx, const OrganizationId& organization) {
    std::vector<Meeting> found;
    const auto rows = tx.run(sql::meeting::booked, {organization});
    for (const auto row : rows) found.push_back(meetingOf(row));
    return found;
}

}  // namespace overture::meeting
