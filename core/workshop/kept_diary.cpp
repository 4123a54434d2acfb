#include "workshop/kept_diary.hpp"

#include <algorithm>

namespace overture::workshop {
namespace {

bool stands(const KeptDiary::Entry& entry, Instant now) {
    return entry.state == "booked" || (entry.state == "held" && entry.heldUntil > now);
}

}  // namespace

std::vector<meeting::Slot> KeptDiary::offer(const turn::Opened& opened, const meeting::Rules& rules,
                                            const std::string& leadZone) {
    std::vector<meeting::Blocked> blocked;
    for (const auto& [id, entry] : entries_)
        if (stands(entry, opened.now)) blocked.push_back(meeting::blockedBy(entry.slot, entry.rules));
    return meeting::chooseSlots(team_, blocked, rules, leadZone, opened.now, opened.seed);
}

bool KeptDiary::isFree(const meeting::Slot& slot, const meeting::Rules& rules, const MeetingId& but,
                       Instant now) const {
    if (slot.from <= now) return false;
    const auto wanted = meeting::blockedBy(slot, rules);
    return std::none_of(entries_.begin(), entries_.end(), [&](const auto& each) {
        const auto kept = meeting::blockedBy(each.second.slot, each.second.rules);
        return each.first != but && each.second.state == "booked" && kept.manager == wanted.manager &&
               kept.from < wanted.to &&
               kept.to > wanted.from;  // holds are this conversation's own, and let go
    });
}

bool KeptDiary::hold(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& slot,
                     const meeting::Rules& rules, const std::string&, const std::string&) {
    if (!isFree(slot, rules, id, opened.now)) return false;
    for (auto& [known, entry] : entries_)
        if (entry.state == "held") entry.state = "cancelled";
    entries_[id] = {slot, rules, "held", opened.now + rules.hold};
    return true;
}

bool KeptDiary::move(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& to,
                     const meeting::Rules& rules) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.state != "booked" || !isFree(to, rules, id, opened.now))
        return false;
    found->second.slot = to;
    found->second.rules = rules;
    return true;
}

void KeptDiary::book(turn::Outcome&, const turn::Opened&, const MeetingId& id) {
    waiting_.emplace_back(id, "booked");
}

void KeptDiary::cancel(turn::Outcome&, const turn::Opened&, const MeetingId& id) {
    waiting_.emplace_back(id, "cancelled");
}

void KeptDiary::commit() {
    for (const auto& [id, state] : waiting_)
        if (const auto found = entries_.find(id); found != entries_.end()) found->second.state = state;
    waiting_.clear();
}

const KeptDiary::Entry* KeptDiary::booked() const {
    for (const auto& [id, entry] : entries_)
        if (entry.state == "booked") return &entry;
    return nullptr;
}

}  // namespace overture::workshop
