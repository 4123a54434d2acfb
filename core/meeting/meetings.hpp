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
    /// "Tue 3 Mar, 10:30 AM MST" in the given zone, in English or Hindi ("hi"; another language gives
    /// English). A zone without a short name in letters is named by its city: "Tue 3 Mar, 10:30 AM (Sao
    /// Paulo)".
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

/// Which minutes of a week: "Mon-Fri 09:00-17:00, Sat 10:00-12:00" or "Mon,Wed 9:00-12:00". Days in English,
/// short or whole; "Fri-Mon" goes over the week's end; 24:00 is the end of a day.
class WeekHours {
public:
    /// The Problem's `where` is the place in the text ("column 9"), its remedy how to write it.
    static Result<WeekHours> parse(const std::string& text);
    /// Is [from, to] of that day, both since local midnight, wholly inside?
    bool contains(std::chrono::weekday day, seconds from, seconds to) const;
    struct Range {
        unsigned day;
        seconds from, to;
    };                                                            ///< day: 0 Sunday … 6 Saturday
    const std::vector<Range>& ranges() const { return ranges_; }  ///< sorted, apart from one another

private:
    std::vector<Range> ranges_;
};

/// New ones are added; one whose email is known keeps its id and gets the new name, zone and hours. Throws
/// Error when a zone or hours cannot be read.
void saveManagers(store::Transaction& tx, const OrganizationId& organization,
                  const std::vector<AccountManager>& managers);
std::vector<AccountManager> managers(store::Transaction& tx, const OrganizationId& organization);

/// Up to rules.offer free slots, spread over days and parts of the day, inside the managers' hours, the
/// rules' hours, and decent hours (08:00–20:00) of the lead's zone, on the lead's half hours (quarter hours
/// for meetings of 15 minutes or less), with at least rules.buffer between two meetings of one manager. What
/// other conversations were offered within the last day and have not answered is offered only where nothing
/// else is left; the offer is kept, so that others see it in turn. In order of time. The same inputs and seed
/// give the same slots. Throws Error for a zone or hours that cannot be read.
std::vector<Slot> offer(store::Transaction& tx, const OrganizationId& organization, const Rules& rules,
                        const std::string& leadZone, const ConversationId& conversation, Instant now,
                        std::uint64_t seed);

/// Keeps the slot for rules.hold; nothing when somebody was faster (the exclusion constraint decides). A
/// conversation has at most one hold or meeting: an earlier hold of it is let go.
std::optional<Meeting> hold(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id,
                            const ConversationId& conversation, const LeadId& lead, const Slot& slot,
                            const Rules& rules, const std::string& title, const std::string& leadZone,
                            Instant now);
/// Turns the hold into a meeting that the lead confirmed at `now`; a hold that ran out too, while its time is
/// free and ahead. True again for one that is booked already. False when the time is taken or past, or the
/// meeting was cancelled.
bool book(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now);
bool cancel(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, Instant now);
/// To another free slot; keeps id, raises sequence; `now` is when the lead said yes to it. False when it is
/// taken or past.
bool move(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id, const Slot& to,
          const Rules& rules, Instant now);
/// Holds whose time is over become `expired`. Returns how many.
int expireHolds(store::Transaction& tx, const OrganizationId& organization, Instant now);

std::optional<Meeting> find(store::Transaction& tx, const OrganizationId& organization, const MeetingId& id);
/// The held or booked one of a conversation.
std::optional<Meeting> ofConversation(store::Transaction& tx, const OrganizationId& organization,
                                      const ConversationId& conversation);
std::vector<Meeting> booked(store::Transaction& tx, const OrganizationId& organization);

/// RFC 5545 text with CRLF; the UID is the meeting's id. An empty attendeeEmail leaves the attendee out.
/// method: "REQUEST" (also for a move, with its sequence) or "CANCEL".
std::string invitation(const Meeting& meeting, const std::string& organizerName,
                       const std::string& attendeeName, const std::string& attendeeEmail,
                       const std::string& method, Instant now);
/// All of them in one calendar, PUBLISH.
std::string calendar(const std::vector<Meeting>& meetings, Instant now);

}  // namespace overture::meeting
