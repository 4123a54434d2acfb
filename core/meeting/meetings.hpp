// Room meeting: account managers, their free time, holds, meetings, invitations. The engine owns the dates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"

namespace overture::meeting {

/// The same as a playbook's booking stage says, without knowing playbooks.
struct Rules {
    int minutes = 30;
    int offer = 3;
    seconds notice{};
    seconds horizon{};
    std::string hours;  ///< "Mon-Fri 09:00-17:00"; several ranges joined by ", "
    seconds buffer{};
    seconds hold{};
};

struct AccountManager {
    ManagerId id;
    std::string name, email, zone, hours;
};

struct Slot {
    ManagerId manager;
    std::string managerName;
    Instant from, to;
    /// "Tue 3 Mar, 10:30 AM" in the given zone, with the zone's short name when `withZone`.
    std::string text(const std::string& zone, const std::string& language) const;
};

struct Meeting {
    MeetingId id;
    ManagerId manager;
    std::string managerName, managerEmail, managerZone;
    LeadId lead;
    ConversationId conversation;
    Instant from, to;
    std::string state, title, leadZone;
    int sequence = 0;
    std::optional<Instant> confirmedAt;
};

/// Which minutes of a week: "Mon-Fri 09:00-17:00, Sat 10:00-12:00".
class WeekHours {
public:
    static Result<WeekHours> parse(const std::string& text);
    bool contains(std::chrono::weekday day, seconds from, seconds to) const;
    struct Range { unsigned day; seconds from, to; };  ///< day: 0 Sunday … 6 Saturday
    const std::vector<Range>& ranges() const { return ranges_; }

private:
    std::vector<Range> ranges_;
};

void saveManagers(store::Transaction& tx, const OrganizationId& organization, const std::vector<AccountManager>& managers);
std::vector<AccountManager> managers(store::Transaction& tx, const OrganizationId& organization);

/// Up to rules.offer free slots, spread over days and parts of the day, inside the managers' hours, the rules' hours, and
/// decent hours (08:00–20:00) of the lead's zone. The same inputs and seed give the same slots.
std::vector<Slot> offer(store::Transaction& tx, const OrganizationId& organization, const Rules& rules,
                        const std::string& leadZone, Instant now, std::uint64_t seed);

/// Keeps the slot for rules.hold; nothing when somebody was faster (the exclusion constraint decides). A conversation
/// has at most one hold or meeting: an earlier hold of it is let go.
std::optional<Meeting> hold(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id,
                            const ConversationId& conversation, const LeadId& lead, const Slot& slot, const Rules& rules,
                            const std::string& title, const std::string& leadZone, Instant now);
/// Turns the hold into a meeting that the lead confirmed at `now`. False when the hold ran out and the time is taken.
bool book(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now);
bool cancel(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now);
/// To another free slot; keeps id, raises sequence. False when it is taken.
bool move(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, const Slot& to,
          const Rules& rules, Instant now);
/// Holds whose time is over become `expired`. Returns how many.
int expireHolds(store::Transaction& tx, const OrganizationId& organization, Instant now);

std::optional<Meeting> find(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id);
/// The held or booked one of a conversation.
std::optional<Meeting> ofConversation(store::Transaction& tx, const OrganizationId& organization,
                                      const ConversationId& conversation);
std::vector<Meeting> booked(store::Transaction& tx, const OrganizationId& organization);

/// RFC 5545 text with CRLF. method: "REQUEST" (also for a move, with its sequence) or "CANCEL".
std::string invitation(const Meeting& meeting, const std::string& organizerName, const std::string& attendeeName,
                       const std::string& attendeeEmail, const std::string& method, Instant now);
/// All of them in one calendar, PUBLISH.
std::string calendar(const std::vector<Meeting>& meetings, Instant now);

}  // namespace overture::meeting
