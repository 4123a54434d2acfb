#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/diary.hpp"
#include "meeting/slots.hpp"

namespace overture::workshop {

/// The dates of one conversation in memory, by the rules of meeting/meetings.hpp. A copy stands for itself. One thread.
class KeptDiary final : public agent::Diary {
public:
    struct Entry {
        meeting::Slot slot;
        meeting::Rules rules;
        std::string state;  ///< held, booked, cancelled
        Instant heldUntil;
    };
    explicit KeptDiary(std::vector<meeting::AccountManager> team = {}) : team_(std::move(team)) {}

    std::vector<meeting::Slot> offer(const turn::Opened& opened, const meeting::Rules& rules,
                                     const std::string& leadZone) override;
    bool hold(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& slot,
              const meeting::Rules& rules, const std::string& title, const std::string& leadZone) override;
    bool move(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& to,
              const meeting::Rules& rules) override;
    void book(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) override;
    void cancel(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) override;

    /// What the turn's commit does to the dates, or nothing of it.
    void commit();
    void rollBack() { waiting_.clear(); }
    /// The booked meeting; null when there is none.
    const Entry* booked() const;

private:
    bool isFree(const meeting::Slot& slot, const meeting::Rules& rules, const MeetingId& but,
                Instant now) const;

    std::vector<meeting::AccountManager> team_;
    std::map<MeetingId, Entry> entries_;
    std::vector<std::pair<MeetingId, std::string>> waiting_;  ///< state after the commit
};

}  // namespace overture::workshop
