#include "agent/diary.hpp"

namespace overture::agent {

std::vector<meeting::Slot> StoredDiary::offer(const turn::Opened& opened, const meeting::Rules& rules,
                                              const std::string& leadZone) {
    auto tx = database_.begin(opened.organization);
    meeting::expireHolds(tx, opened.organization, opened.now);
    auto slots = meeting::offer(tx, opened.organization, rules, leadZone, opened.conversation.id, opened.now,
                                opened.seed);
    tx.commit();
    return slots;
}

bool StoredDiary::hold(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& slot,
                       const meeting::Rules& rules, const std::string& title, const std::string& leadZone) {
    auto tx = database_.begin(opened.organization);
    meeting::expireHolds(tx, opened.organization, opened.now);
    const auto held = meeting::hold(tx, opened.organization, id, opened.conversation.id, opened.lead.id, slot,
                                    rules, title, leadZone, opened.now);
    tx.commit();
    return held.has_value();
}

bool StoredDiary::move(const turn::Opened& opened, const MeetingId& id, const meeting::Slot& to,
                       const meeting::Rules& rules) {
    auto tx = database_.begin(opened.organization);
    meeting::expireHolds(tx, opened.organization, opened.now);
    const bool done = meeting::move(tx, opened.organization, id, to, rules, opened.now);
    tx.commit();
    return done;
}

void StoredDiary::book(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) {
    outcome.effects.push_back(
        [organization = opened.organization, id, now = opened.now](store::Transaction& tx) {
            if (!meeting::book(tx, organization, id, now))
                throw Error("the chosen time was taken between hold and booking", "meeting " + id.text());
        });
}

void StoredDiary::cancel(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) {
    outcome.effects.push_back([organization = opened.organization, id, now = opened.now](
                                  store::Transaction& tx) { meeting::cancel(tx, organization, id, now); });
}

}  // namespace overture::agent
