#include <map>

#include "agent/prompt.hpp"
#include "agent/turn_work.hpp"
#include "base/text.hpp"

namespace overture::agent {
namespace {

/// What is said around a booking where the playbook says nothing of its own.
const std::map<std::string, playbook::Texts> kBuiltIn{
    {"offer",
     {{"en", "I can offer you {slots}. Which one suits you best?"},
      {"hi", "मैं ये समय दे सकती हूँ: {slots}. आपको कौन सा ठीक रहेगा?"}}},
    {"confirm",
     {{"en", "Just to confirm: {slot} with {manager}. Shall I book it?"},
      {"hi", "पक्का कर लूँ: {slot}, {manager} के साथ। क्या मैं बुक कर दूँ?"}}},
    {"booked",
     {{"en", "Done! You are booked for {slot} with {manager}. Talk to you then."},
      {"hi", "हो गया! {slot} पर {manager} के साथ आपका समय बुक है।"}}},
    {"none",
     {{"en", "Let me check our calendar with a colleague, and we will come back to you with times."},
      {"hi", "मैं अपने सहकर्मी से समय पूछकर आपको बताती हूँ।"}}},
    {"remind",
     {{"en", "A short reminder of your meeting: {slot} with {manager}."},
      {"hi", "आपकी मीटिंग की याद दिलाना था: {slot}, {manager} के साथ।"}}},
};

}  // namespace

playbook::Scope TurnWork::scope() const {
    return scopeOf(lead_, opened_.campaign.settings, facts_, definition_.persona, language_);
}

playbook::Scope TurnWork::scopeOfLines() const {
    auto with = scope();
    std::vector<std::string> offered;
    for (const auto& slot : offeredSlots()) offered.push_back(booking_->text(slot));
    with.set("slots", Booking::list(offered));
    if (memory_.contains("pending")) {
        const auto slot = Booking::slotsOf(Json::array({memory_["pending"]}));
        with.set("slot", booking_->text(slot.front()));
        with.set("manager", slot.front().managerName);
    }
    return with;
}

std::vector<std::string> TurnWork::rendered(const playbook::TextLists& lines) const {
    std::optional<playbook::Scope> with;
    std::vector<std::string> out;
    for (auto& line : playbook::linesIn(lines, language_, definition_)) {
        if (line.find('{') == std::string::npos) {
            out.push_back(std::move(line));
            continue;
        }
        if (!with) with = scopeOfLines();
        if (auto text = playbook::render(line, *with)) out.push_back(std::move(*text));
    }
    return out;
}

std::vector<std::string> TurnWork::stageLines(const playbook::Stage& stage) const {
    return rendered(stage.lines);
}

std::string TurnWork::bookingText(const playbook::TextLists& own, const char* builtIn) const {
    auto lines = rendered(own);
    if (lines.empty()) {
        const auto& texts = kBuiltIn.at(builtIn);
        const auto found = texts.contains(language_) ? texts.at(language_) : texts.at("en");
        lines = rendered({{language_, {found}}});
    }
    return lines.empty() ? "" : lines[opened_.seed % lines.size()];
}

}  // namespace overture::agent
