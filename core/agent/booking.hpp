#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/parts.hpp"
#include "meeting/meetings.hpp"

namespace overture::agent {

/// The dates of one turn: offers free times, keeps the one the lead chose, and books it once the lead has confirmed it.
/// Every look into the calendar is a step, so a turn begun again sees the same.
class Booking {
public:
    Booking(const Parts& parts, const turn::Opened& opened, turn::Journal& journal, std::string zone,
            std::string language);

    /// Free times for the lead now.
    std::vector<meeting::Slot> offer(const playbook::BookingRules& rules);
    /// Keeps the slot for rules.hold; nothing when somebody was faster.
    std::optional<MeetingId> hold(const playbook::BookingRules& rules, const meeting::Slot& slot,
                                  const std::string& title);
    /// Moves a booked meeting to another free time at once; the same id, or nothing when that time is taken.
    std::optional<MeetingId> move(const playbook::BookingRules& rules, const MeetingId& id,
                                  const meeting::Slot& to);

    std::string text(const meeting::Slot& slot) const;
    std::vector<std::string> texts(const std::vector<meeting::Slot>& slots) const;
    /// "1) … 2) … 3) …"
    static std::string list(const std::vector<std::string>& texts);

    /// As a channel with buttons may show them: [{"id", "title"}]; an id names its time.
    Json choices(const std::vector<meeting::Slot>& slots) const;
    static std::optional<Instant> timeOfChoice(const std::string& id);

    static Json toJson(const std::vector<meeting::Slot>& slots);
    static std::vector<meeting::Slot> slotsOf(const Json& slots);

private:
    const Parts& parts_;
    const turn::Opened& opened_;
    turn::Journal& journal_;
    std::string zone_, language_;
};

}  // namespace overture::agent
