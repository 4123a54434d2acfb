#pragma once

#include <string>
#include <vector>

#include "meeting/meetings.hpp"
#include "turn/types.hpp"

namespace overture::agent {

/// Where the dates of conversations are kept: free times, holds, meetings. The rules of each act are those of meeting/meetings.hpp.
class Diary {
public:
    virtual ~Diary() = default;
    virtual std::vector<meeting::Slot> offer(const turn::Opened& opened, const meeting::Rules& rules,
                                             const std::string& leadZone) = 0;
    /// False when somebody was faster.
    virtual bool hold(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& slot,
                      const meeting::Rules& rules, const std::string& title, const std::string& leadZone) = 0;
    virtual bool move(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& to,
                      const meeting::Rules& rules) = 0;
    /// In this turn's commit.
    virtual void book(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) = 0;
    virtual void cancel(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) = 0;
};

/// In PostgreSQL. Any thread.
class StoredDiary final : public Diary {
public:
    explicit StoredDiary(store::Database& database) : database_(database) {}
    std::vector<meeting::Slot> offer(const turn::Opened& opened, const meeting::Rules& rules,
                                     const std::string& leadZone) override;
    bool hold(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& slot,
              const meeting::Rules& rules, const std::string& title, const std::string& leadZone) override;
    bool move(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& to,
              const meeting::Rules& rules) override;
    void book(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) override;
    void cancel(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) override;

private:
    store::Database& database_;
};

}  // namespace overture::agent
