#include "agent/booking.hpp"

#include "agent/handler.hpp"
#include "base/time.hpp"

namespace overture::agent {
namespace {

constexpr const char* kOffer = "slots";
constexpr const char* kHold = "hold";
constexpr const char* kMove = "move";
const std::string kTime = "time:";

meeting::Rules rulesOf(const playbook::BookingRules& rules) {
    return {rules.minutes, rules.offer, rules.notice, rules.horizon, rules.hours, rules.buffer, rules.hold};
}

}  // namespace

turn::OrderedKinds Conversationalist::orderedSteps() {
    return {kOffer, kHold, kMove};
}

Booking::Booking(const Parts& parts, const turn::Opened& opened, turn::Journal& journal, std::string zone,
                 std::string language)
    : parts_(parts),
      opened_(opened),
      journal_(journal),
      zone_(std::move(zone)),
      language_(std::move(language)) {}

std::vector<meeting::Slot> Booking::offer(const playbook::BookingRules& rules) {
    const auto found = journal_.step(kOffer, {{"zone", zone_}, {"offer", rules.offer}}, [&] {
        return turn::StepResult{toJson(parts_.diary.offer(opened_, rulesOf(rules), zone_)), 0};
    });
    return slotsOf(found);
}

std::optional<MeetingId> Booking::hold(const playbook::BookingRules& rules, const meeting::Slot& slot,
                                       const std::string& title) {
    const auto slotJson = toJson({slot})[0];
    const MeetingId id(uuid7(opened_.now, "meeting:" + opened_.conversation.id.text() + ":" +
                                              std::to_string(opened_.turnNumber) + ":" + toText(slotJson)));
    const auto kept = journal_.step(kHold, {{"meeting", id.text()}, {"slot", slotJson}}, [&] {
        return turn::StepResult{parts_.diary.hold(opened_, id, slot, rulesOf(rules), title, zone_), 0};
    });
    return kept.get<bool>() ? std::optional(id) : std::nullopt;
}

std::optional<MeetingId> Booking::move(const playbook::BookingRules& rules, const MeetingId& id,
                                       const meeting::Slot& to) {
    const auto moved = journal_.step(kMove, {{"meeting", id.text()}, {"slot", toJson({to})[0]}}, [&] {
        return turn::StepResult{parts_.diary.move(opened_, id, to, rulesOf(rules)), 0};
    });
    return moved.get<bool>() ? std::optional(id) : std::nullopt;
}

std::string Booking::text(const meeting::Slot& slot) const {
    return slot.text(zone_, language_);
}

std::vector<std::string> Booking::texts(const std::vector<meeting::Slot>& slots) const {
    std::vector<std::string> texts;
    for (const auto& slot : slots) texts.push_back(text(slot));
    return texts;
}

Json Booking::choices(const std::vector<meeting::Slot>& slots) const {
    Json all = Json::array();
    for (const auto& slot : slots)
        all.push_back({{"id", kTime + toRfc3339(slot.from)}, {"title", text(slot)}});
    return all;
}

std::optional<Instant> Booking::timeOfChoice(const std::string& id) {
    return id.starts_with(kTime) ? parseRfc3339(id.substr(kTime.size())) : std::nullopt;
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
