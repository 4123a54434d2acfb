#include <algorithm>

#include "agent/turn_work.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::agent {
namespace {

constexpr int kMostQuestions = 2;

/// A question that was asked before is not said in the same words again.
std::string askedAnew(const std::string& question, const std::string& language, bool wasWrong) {
    static const playbook::Texts kWrong{{"en", "Thanks for putting that right. "},
                                        {"hi", "बताने के लिए धन्यवाद। "}};
    static const playbook::Texts kAgain{{"en", "Just to be sure: "}, {"hi", "बस पक्का कर लूँ: "}};
    const auto& texts = wasWrong ? kWrong : kAgain;
    const auto found = texts.find(language);
    return (found == texts.end() ? texts.at("en") : found->second) + question;
}

/// A plain "no" is never taken for a yes, whatever the model made of it.
bool saysNo(const std::string& text) {
    playbook::Fact question;
    question.type = playbook::FactType::yesNo;
    const auto said = playbook::normalizeFact(question, text);
    return said && *said == Json(false);
}

void forget(Json& memory, const char* table, const std::string& name) {
    const auto found = memory.find(table);
    if (found == memory.end()) return;
    found->erase(name);
    if (found->empty()) memory.erase(table);
}

}  // namespace

void TurnWork::learn(const std::string& name, const Json& value) {
    if (definition_.facts.at(name).confirm.empty()) {
        facts_[name] = value;
        return;
    }
    if (facts_.contains(name) && facts_[name] == value) return;
    facts_.erase(name);
    auto& waiting = memory_["unconfirmed"];
    if (waiting.contains(name) && waiting[name] == value) return;
    waiting[name] = value;
    forget(memory_, "confirm_asked", name);
}

void TurnWork::settleConfirmation(const Draft& draft) {
    const auto name = textOf(memory_, "confirming");
    if (name.empty() || incoming_.empty()) return;
    memory_.erase("confirming");
    const auto value = memory_.value("unconfirmed", Json::object()).value(name, Json());
    const bool otherValue =
        draft.facts.is_object() && draft.facts.contains(name) && draft.facts[name] != value;
    const bool yes = draft.factAnswer == "yes" && !saysNo(incoming_) && !otherValue;
    if (draft.factAnswer.empty() || otherValue) return;
    if (yes)
        facts_[name] = value;
    else
        denied_ = name;
    forget(memory_, "unconfirmed", name);
    forget(memory_, "confirm_asked", name);
    confirmed_ = true;
    notes_["confirmed"].push_back({{"fact", name}, {"value", value}, {"answer", yes ? "yes" : "no"}});
}

std::string TurnWork::nextToConfirm() const {
    if (!memory_.contains("unconfirmed")) return {};
    const auto& waiting = memory_["unconfirmed"];
    for (const auto& name : stage().collect)
        if (waiting.contains(name)) return name;
    for (const auto& [name, value] : waiting.items())
        if (definition_.facts.contains(name))
            return name;  // else it is of a version that the conversation had before
    return {};
}

/// Asks whether what was understood is right, unless the lead raised something that comes first; after a no, the fact's own
/// question once more. After two questions without an answer the value is let go.
std::optional<std::string> TurnWork::confirmation(const Draft& draft) {
    if (incoming_.empty()) return std::nullopt;
    const auto* target = definition_.stage(draft.move);
    const bool leaves = draft.declined || (target != nullptr && (target->closes || target->handsOver));
    if (leaves || !draft.objection.empty()) return std::nullopt;
    for (auto name = nextToConfirm(); !name.empty(); name = nextToConfirm()) {
        const int asked = memory_.value("confirm_asked", Json::object()).value(name, 0);
        auto with = scope();
        with.set("facts." + name, memory_["unconfirmed"][name]);
        const auto written = playbook::textIn(definition_.facts.at(name).confirm, language_, definition_);
        const auto text = playbook::render(written, with);
        if (asked < kMostQuestions && text) {
            memory_["confirm_asked"][name] = asked + 1;
            memory_["confirming"] = name;
            notes_["confirming"] = name;
            return asked == 0 ? *text : askedAnew(*text, language_, false);
        }
        forget(memory_, "unconfirmed", name);
        forget(memory_, "confirm_asked", name);
        notes_["unconfirmed"].push_back(name);
    }
    if (denied_.empty() || facts_.contains(denied_)) return std::nullopt;
    const auto ask = playbook::render(
        playbook::textIn(definition_.facts.at(denied_).ask, language_, definition_), scope());
    if (ask && !trim(*ask).empty()) return askedAnew(*ask, language_, true);
    return std::nullopt;
}

void TurnWork::reachCheckpoints() {
    std::optional<playbook::Script> script;
    for (const auto& checkpoint : definition_.checkpoints) {
        if (memory_.value("checkpoints", Json::object()).contains(checkpoint.name)) continue;
        const bool known = std::all_of(checkpoint.facts.begin(), checkpoint.facts.end(),
                                       [&](const std::string& fact) { return facts_.contains(fact); });
        const auto was = [&](const std::string& name) {
            if (name == stageName_ || name == opened_.conversation.stage) return true;
            const auto moves = notes_.value("moves", Json::array());
            return std::any_of(moves.begin(), moves.end(),
                               [&](const Json& move) { return textOf(move, "to") == name; });
        };
        if (!known || (checkpoint.booked && !memory_.contains("booked")) ||
            (!checkpoint.stage.empty() && !was(checkpoint.stage)))
            continue;
        if (checkpoint.isFunction) {
            if (!script) script.emplace(loaded_->files, view(), tools());
            if (!script->checkpointHolds(checkpoint.name)) continue;
        }
        memory_["checkpoints"][checkpoint.name] = toRfc3339(opened_.now);
        memory_["score"] = memory_.value("score", 0) + checkpoint.points;
        notes_["checkpoints"].push_back(checkpoint.name);
    }
}

}  // namespace overture::agent
