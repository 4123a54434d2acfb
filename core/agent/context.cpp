#include "agent/context.hpp"

#include "agent/prompt.hpp"

namespace overture::agent {
namespace {

std::string_view typeOf(const playbook::Fact& fact) {
    switch (fact.type) {
        case playbook::FactType::number: return "number";
        case playbook::FactType::money: return "money";
        case playbook::FactType::yesNo: return "yes_no";
        case playbook::FactType::oneOf: return "one_of";
        case playbook::FactType::date: return "date";
        case playbook::FactType::time: return "time";
        case playbook::FactType::phone: return "phone";
        case playbook::FactType::email: return "email";
        case playbook::FactType::postalCode: return "postal_code";
        case playbook::FactType::text: break;
    }
    return "text";
}

Json factsNamed(const Briefing& briefing, const std::vector<std::string>& names) {
    Json out = Json::array();
    for (const auto& name : names) {
        const auto found = briefing.definition->facts.find(name);
        if (found == briefing.definition->facts.end()) continue;
        const auto& fact = found->second;
        out.push_back({{"name", name},
                       {"type", typeOf(fact)},
                       {"ask", said(briefing, fact.ask)},
                       {"choices", fact.choices}});
    }
    return out;
}

Json movesOf(const Briefing& briefing) {
    Json out = Json::array();
    for (const auto& move : briefing.moves) {
        const auto* target = briefing.definition->stage(move.to);
        out.push_back(
            {{"to", move.to},
             {"when", move.when},
             {"goal", move.goal},
             {"lines", move.lines},
             {"missing", target ? factsNamed(briefing, missingIn(briefing, *target)) : Json::array()},
             {"booking", target && target->booking},
             {"hands_over", target && target->handsOver},
             {"closes", target && target->closes}});
    }
    return out;
}

Json objectionsOf(const Briefing& briefing) {
    Json out = Json::array();
    for (const auto& objection : briefing.definition->objections) {
        const bool counted =
            briefing.objectionTries.is_object() && briefing.objectionTries.contains(objection.name);
        out.push_back({{"name", objection.name},
                       {"hear", objection.hear},
                       {"words", objection.words},
                       {"answer", said(briefing, objection.answer)},
                       {"tries_used", counted ? briefing.objectionTries[objection.name] : Json(0)},
                       {"tries", objection.tries},
                       {"otherwise", objection.otherwise}});
    }
    return out;
}

/// Our own last messages, oldest first: what should not be said again, and which question is open.
Json sentOf(const Briefing& briefing) {
    Json out = Json::array();
    for (const auto& message : *briefing.view.messages)
        if (textOf(message, "direction") == "out") out.push_back(textOf(message, "text"));
    while (out.size() > 6) out.erase(out.begin());
    return out;
}

/// The lead wrote to us while we stood in another stage: their words were taken account of there.
bool justEntered(const Briefing& briefing) {
    if (briefing.incoming.empty()) return false;
    const auto& all = *briefing.view.messages;
    for (auto message = all.rbegin(); message != all.rend(); ++message)
        if (textOf(*message, "direction") == "out")
            return textOf(*message, "stage", briefing.stage->name) != briefing.stage->name;
    return false;
}

}  // namespace

Json draftContext(const Briefing& briefing) {
    const auto& stage = *briefing.stage;
    Json context{{"stage",
                  {{"name", stage.name},
                   {"goal", stage.goal},
                   {"strict", stage.strict},
                   {"booking", stage.booking.has_value()},
                   {"collects", stage.collect.size()}}},
                 {"lines", briefing.lines},
                 {"incoming", briefing.incoming},
                 {"first_message", briefing.firstMessage},
                 {"just_entered", justEntered(briefing)},
                 {"missing", factsNamed(briefing, briefing.missing)},
                 {"facts", briefing.view.facts.is_object() ? briefing.view.facts : Json::object()},
                 {"moves", movesOf(briefing)},
                 {"objections", objectionsOf(briefing)},
                 {"slots", briefing.slots},
                 {"pending_slot", briefing.pendingSlot},
                 {"slots_just_offered", briefing.slotsJustOffered},
                 {"language", briefing.view.language},
                 {"languages", briefing.definition->languages},
                 {"guidance", briefing.guidance},
                 {"revise_reasons", briefing.reviseReasons},
                 {"previous_draft", briefing.previousDraft},
                 {"sent", sentOf(briefing)},
                 {"sentences", briefing.definition->review.sentences},
                 {"seed", briefing.view.seed}};
    if (!briefing.confirming.empty()) {
        context["confirming"] = factsNamed(briefing, {briefing.confirming}).at(0);
        context["confirming"]["value"] = briefing.confirmingValue;
    }
    return context;
}

Json reviewContext(const Briefing& briefing, const Draft& draft) {
    return Json{{"reply", draft.reply},
                {"incoming", briefing.incoming},
                {"approved", approvedWordings(briefing, draft.move, draft.objection)},
                {"never", briefing.definition->review.never},
                {"sentences", briefing.definition->review.sentences},
                {"slots", briefing.slots},
                {"pending_slot", briefing.pendingSlot},
                {"seed", briefing.view.seed}};
}

}  // namespace overture::agent
