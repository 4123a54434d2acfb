#include "agent/prompt.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/knowledge.hpp"
#include "prompts/agent.hpp"

namespace overture::agent {
namespace {

constexpr std::size_t kMostHistory = 30;

std::string cutTo(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    return std::string(text.substr(0, most)) + " …";
}

std::string bullets(const std::vector<std::string>& items, std::string_view none) {
    if (items.empty()) return "  (" + std::string(none) + ")";
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "  - " : "\n  - ") + item;
    return out;
}

std::string listed(const std::vector<std::string>& items, std::string_view none) {
    return items.empty() ? std::string(none) : join(items, ", ");
}

std::string numbered(const std::vector<std::string>& items) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i)
        out += (i ? "; " : "") + std::to_string(i + 1) + " = " + items[i];
    return out.empty() ? "none" : out;
}

std::string renderedOr(const Briefing& briefing, const std::string& text) {
    if (text.find('{') == std::string::npos) return text;
    const auto rendered = playbook::render(text, scopeOf(briefing));
    return rendered ? *rendered : text;
}

std::string knowledgeOf(const Briefing& briefing) {
    const auto sources =
        playbook::sourcesFor(briefing.definition->knowledge, askedIn(briefing), briefing.nearest);
    return sources.empty() ? sources : "\n# What you know\n\n" + sources + "\n";
}

std::string typeName(const playbook::Fact& fact) {
    switch (fact.type) {
        case playbook::FactType::number: return "a number";
        case playbook::FactType::money: return "an amount of " + fact.currency + ", as a number";
        case playbook::FactType::yesNo: return "true or false";
        case playbook::FactType::oneOf: return "one of: " + join(fact.choices, ", ");
        case playbook::FactType::date: return "a date, YYYY-MM-DD";
        case playbook::FactType::time: return "a time of day, HH:MM";
        case playbook::FactType::phone: return "a telephone number";
        case playbook::FactType::email: return "an email address";
        case playbook::FactType::postalCode: return "a postal code";
        case playbook::FactType::text: break;
    }
    return "text";
}

std::map<std::string, std::string> common(const Briefing& briefing) {
    const auto& persona = briefing.definition->persona;
    const auto company = textOf(briefing.view.settings, "company");
    return {{"name", textOf(persona, "name", "the assistant")},
            {"role", textOf(persona, "role", "sales assistant")},
            {"at_company", company.empty() ? "" : " at " + company},
            {"stage", briefing.stage->name},
            {"goal", renderedOr(briefing, briefing.stage->goal)},
            {"language", briefing.view.language},
            {"sentences", std::to_string(briefing.definition->review.sentences)},
            {"never", listed(briefing.definition->review.never, "(none)")},
            {"slots", numbered(briefing.slots)},
            {"pending", briefing.pendingSlot.empty() ? "none" : briefing.pendingSlot},
            {"knowledge", knowledgeOf(briefing)},
            {"fence", fenceOf(briefing)}};
}

std::string wordingsForCsr(const Briefing& briefing) {
    const auto list = bullets(briefing.lines, "none");
    if (briefing.stage->strict && !briefing.lines.empty())
        return "- This stage allows only these approved wordings, word for word. Choose the one that "
               "fits:\n" +
               list + "\n";
    const std::string subject =
        briefing.wantsSubject
            ? "- Begin with a line \"Subject: …\" of at most eight words, then an empty line.\n"
            : "";
    if (briefing.lines.empty()) return subject;
    return subject + "- Approved wordings, as examples of what may be said:\n" + list + "\n";
}

}  // namespace

std::string fill(std::string_view pattern, const std::map<std::string, std::string>& values) {
    std::string out;
    for (;;) {
        const auto open = pattern.find("{{");
        const auto close = open == std::string_view::npos ? open : pattern.find("}}", open);
        if (close == std::string_view::npos) return out += pattern;
        const std::string name(pattern.substr(open + 2, close - open - 2));
        const auto value = values.find(name);
        if (value == values.end())
            throw Error("the prompt names {{" + name + "}}, which has no value", "core/agent/prompts");
        out += pattern.substr(0, open);
        out += value->second;
        pattern.remove_prefix(close + 2);
    }
}

std::string askedIn(const Briefing& briefing) {
    std::string before;
    for (const auto& message : *briefing.view.messages)
        if (textOf(message, "direction") == "in") before = textOf(message, "text");
    return briefing.incoming + "\n" + before;
}

std::string fenceOf(const Briefing& briefing) {
    return "lead-" + toHex(sha256("fence:" + std::to_string(briefing.view.seed))).substr(0, 12);
}

std::string fenced(const std::string& fence, std::string_view text, std::size_t most) {
    const auto inside = replaceAll(cutTo(toValidUtf8(text), most), fence, "lead");
    return "<" + fence + ">\n" + inside + "\n</" + fence + ">";
}

playbook::Scope scopeOf(const Briefing& briefing) {
    return scopeOf(briefing.view.lead, briefing.view.settings, briefing.view.facts,
                   briefing.definition->persona, briefing.view.language);
}

playbook::Scope scopeOf(const Json& lead, const Json& settings, const Json& facts, const Json& persona,
                        const std::string& language) {
    playbook::Scope scope;
    scope.refer("lead", lead);
    scope.refer("settings", settings);
    scope.refer("facts", facts);
    scope.refer("persona", persona);
    if (textOf(lead, "first_name").empty()) scope.set("lead.first_name", language == "hi" ? "जी" : "there");
    return scope;
}

std::string said(const Briefing& briefing, const playbook::Texts& texts) {
    const auto text = playbook::textIn(texts, briefing.view.language, *briefing.definition);
    if (text.find('{') == std::string::npos) return text;
    const auto rendered = playbook::render(text, scopeOf(briefing));
    return rendered ? *rendered : std::string();
}

std::vector<std::string> missingIn(const Briefing& briefing, const playbook::Stage& stage) {
    std::vector<std::string> out;
    for (const auto& name : stage.collect)
        if (!briefing.view.facts.is_object() || !briefing.view.facts.contains(name)) out.push_back(name);
    return out;
}

std::vector<std::string> approvedWordings(const Briefing& briefing, const std::string& move,
                                          const std::string& objection) {
    auto out = briefing.lines;
    auto asked = briefing.missing;
    for (const auto& option : briefing.moves) {
        const auto* target = option.to == move ? briefing.definition->stage(move) : nullptr;
        if (target == nullptr) continue;
        out.insert(out.end(), option.lines.begin(), option.lines.end());
        const auto missing = missingIn(briefing, *target);
        asked.insert(asked.end(), missing.begin(), missing.end());
    }
    if (const auto* heard = briefing.definition->objection(objection))
        out.push_back(said(briefing, heard->answer));
    for (const auto& name : asked) {
        const auto fact = briefing.definition->facts.find(name);
        if (fact != briefing.definition->facts.end()) out.push_back(said(briefing, fact->second.ask));
    }
    std::erase(out, std::string());
    return out;
}

std::string csrPrompt(const Briefing& briefing) {
    auto values = common(briefing);
    std::vector<std::string> moves, facts, objections;
    for (const auto& move : briefing.moves) {
        const auto* target = briefing.definition->stage(move.to);
        const auto missing = target ? missingIn(briefing, *target) : std::vector<std::string>();
        moves.push_back(move.to + ": " + move.when +
                        (move.goal.empty() ? "" : ". There: " + renderedOr(briefing, move.goal)) +
                        (missing.empty() ? "" : ". The reply then asks for: " + missing.front()));
    }
    for (const auto& [name, fact] : briefing.definition->facts) facts.push_back(name + ": " + typeName(fact));
    for (const auto& objection : briefing.definition->objections) {
        const auto answer = said(briefing, objection.answer);
        objections.push_back(objection.name + ": " + objection.hear +
                             (answer.empty() ? "" : ". Answer: " + answer));
    }
    const auto guide = said(briefing, briefing.stage->guide);
    values["channel"] = briefing.view.channel;
    values["manner"] = textOf(briefing.definition->persona, "manner", "professional and warm");
    values["about"] = briefing.definition->about;
    values["guide"] = guide.empty() ? "" : guide + "\n";
    values["wordings"] = wordingsForCsr(briefing);
    values["moves"] = bullets(moves, "none are open");
    values["facts"] = bullets(facts, "none");
    values["missing"] = listed(briefing.missing, "nothing");
    values["objections"] = bullets(objections, "none");
    values["confirming"] = briefing.confirming.empty()
                               ? ""
                               : "- fact_answer: \"yes\" or \"no\" when the lead answers whether what we "
                                 "understood is right, otherwise null. "
                                 "Understood: " +
                                     briefing.confirming + " = " + toText(briefing.confirmingValue) + "\n";
    return fill(prompts::csr, values);
}

std::string overseerPrompt(const Briefing& briefing, const Draft& draft) {
    auto values = common(briefing);
    values["wordings"] = bullets(approvedWordings(briefing, draft.move, draft.objection), "none");
    values["known"] = toText(briefing.view.facts.is_null() ? Json::object() : briefing.view.facts);
    return fill(prompts::overseer, values);
}

Json historyMessages(const Briefing& briefing) {
    Json messages = Json::array();
    const auto& all = *briefing.view.messages;
    const auto fence = fenceOf(briefing);
    auto end = all.size();
    while (end > 0 && textOf(all[end - 1], "direction") == "in" &&
           briefing.incoming.find(textOf(all[end - 1], "text")) != std::string::npos)
        --end;
    for (std::size_t i = end > kMostHistory ? end - kMostHistory : 0; i < end; ++i) {
        const auto direction = textOf(all[i], "direction");
        const auto text = textOf(all[i], "text");
        if (text.empty()) continue;
        if (direction == "out")
            messages.push_back({{"role", "assistant"}, {"content", cutTo(toValidUtf8(text), 4000)}});
        if (direction == "in") messages.push_back({{"role", "user"}, {"content", fenced(fence, text)}});
    }
    return messages;
}

}  // namespace overture::agent
