#include "agent/booking.hpp"

#include "base/time.hpp"

namespace overture::agent {
namespace {

meeting::Rules rulesOf(const playbook::BookingRules& rules) {
    return {rules.minutes, rules.offer, rules.notice, rules.horizon, rules.hours, rules.buffer, rules.hold};
}

}  // namespace

Booking::Booking(const Parts& parts, const turn::Opened& opened, turn::Journal& journal, std::string zone,
                 std::string language)
    : parts_(parts),
      opened_(opened),
      journal_(journal),
      zone_(std::move(zone)),
      language_(std::move(language)) {}

std::vector<meeting::Slot> Booking::offer(const playbook::BookingRules& rules) {
    const auto found = journal_.step("slots", {{"zone", zone_}, {"offer", rules.offer}}, [&] {
        auto tx = parts_.database.begin(opened_.organization);
        meeting::expireHolds(tx, opened_.organization, opened_.now);
        const auto slots = meeting::offer(tx, opened_.organization, rulesOf(rules), zone_,
                                          opened_.conversation.id, opened_.now, opened_.seed);
        tx.commit();
        return turn::StepResult{toJson(slots), 0};
    });
    return slotsOf(found);
}

std::optional<MeetingId> Booking::hold(const playbook::BookingRules& rules, const meeting::Slot& slot,
                                       const std::string& title) {
    const auto slotJson = toJson({slot})[0];
    const MeetingId id(uuid7(opened_.now, "meeting:" + opened_.conversation.id.text() + ":" +
                                              std::to_string(opened_.turnNumber) + ":" + toText(slotJson)));
    const auto kept = journal_.step("hold", {{"meeting", id.text()}, {"slot", slotJson}}, [&] {
        auto tx = parts_.database.begin(opened_.organization);
        meeting::expireHolds(tx, opened_.organization, opened_.now);
        const auto held = meeting::hold(tx, opened_.organization, id, opened_.conversation.id,
                                        opened_.lead.id, slot, rulesOf(rules), title, zone_, opened_.now);
        tx.commit();
        return turn::StepResult{held.has_value(), 0};
    });
    return kept.get<bool>() ? std::optional(id) : std::nullopt;
}

std::optional<MeetingId> Booking::move(const playbook::BookingRules& rules, const MeetingId& id,
                                       const meeting::Slot& to) {
    const auto moved = journal_.step("move", {{"meeting", id.text()}, {"slot", toJson({to})[0]}}, [&] {
        auto tx = parts_.database.begin(opened_.organization);
        meeting::expireHolds(tx, opened_.organization, opened_.now);
        const bool done = meeting::move(tx, opened_.organization, id, to, rulesOf(rules), opened_.now);
        tx.commit();
        return turn::StepResult{done, 0};
    });
    return moved.get<bool>() ? std::optional(id) : std::nullopt;
}

void Booking::letGo(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) {
    outcome.effects.push_back([organization = opened.organization, id, now = opened.now](
                                  store::Transaction& tx) { meeting::cancel(tx, organization, id, now); });
}

void Booking::book(turn::Outcome& outcome, const turn::Opened& opened, const MeetingId& id) {
    outcome.effects.push_back(
        [organization = opened.organization, id, now = opened.now](store::Transaction& tx) {
            if (!meeting::book(tx, organization, id, now))
                throw Error("the chosen time was taken between hold and booking", "meeting " + id.text());
        });
}

std::string Booking::text(const meeting::Slot& slot) const {
    return slot.text(zone_, language_);
}

std::vector<std::string> Booking::texts(const std::vector<meeting::Slot>& slots) const {
    std::vector<std::string> texts;
    for (const auto& slot : slots) texts.push_back(text(slot));
    return texts;
}

std::string Booking::list(const std::vector<std::string>& texts) {
    std::string out;
    for (std::size_t i = 0; i < texts.size(); ++i)
        out += (i == 0 ? "" : " ") + std::to_string(i + 1) + ") " + texts[i];
    return out;
}

Json Booking::toJson(const std::vector<meeting::Slot>& slots) {
    Json out = Json::array();
    for (const auto& slot : slots)
        out.push_back({{"manager", slot.manager.text()},
                       {"manager_name", slot.managerName},
                       {"from", toRfc3339(slot.from)},
                       {"to", toRfc3339(slot.to)}});
    return out;
}

std::vector<meeting::Slot> Booking::slotsOf(const Json& slots) {
    std::vector<meeting::Slot> out;
    if (!slots.is_array()) return out;
    for (const auto& slot : slots)
        out.push_back({ManagerId::parse(textOf(slot, "manager")).value_or(ManagerId{}),
                       textOf(slot, "manager_name"), parseRfc3339(textOf(slot, "from")).value_or(Instant{}),
                       parseRfc3339(textOf(slot, "to")).value_or(Instant{})});
    return out;
}

}  // namespace overture::agent
