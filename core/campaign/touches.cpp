#include "campaign/touches.hpp"

#include "base/digest.hpp"

namespace overture::campaign {

std::optional<Instant> touchTime(const compliance::Gate& gate, const turn::Opened& opened,
                                 const playbook::Touch& touch, Instant from,
                                 std::optional<Instant> deadline) {
    const auto contact = opened.contacts.find(touch.channel);
    if (contact == opened.contacts.end()) return std::nullopt;
    PaceRequest request;
    request.contact = contact->second;
    request.contact.purpose = "marketing";
    request.between = touch.between;
    request.days = touch.days;
    request.from = from;
    request.seed = hash64(opened.conversation.id.text(), static_cast<std::uint64_t>(opened.turnNumber));
    request.deadline = deadline;
    return nextSlot(gate, request).at;
}

}  // namespace overture::campaign
