#include <algorithm>

#include "agent/briefing.hpp"
#include "agent/context.hpp"
#include "agent/model_call.hpp"
#include "agent/prompt.hpp"
#include "agent/rules.hpp"
#include "base/text.hpp"

namespace overture::agent {
namespace {

using Verdict = Review::Verdict;

Json reviewSchema() {
    const Json properties{{"verdict", {{"type", "string"}, {"enum", {"approve", "revise", "hold", "stop"}}}},
                          {"reasons", {{"type", "array"}, {"items", {{"type", "string"}}}}}};
    return Json{{"name", "overseer_review"},
                {"schema",
                 {{"type", "object"},
                  {"properties", properties},
                  {"required", {"verdict", "reasons"}},
                  {"additionalProperties", false}}}};
}

std::string reviewFault(const Json& answer) {
    const auto verdict = textOf(answer, "verdict");
    if (verdict != "approve" && verdict != "revise" && verdict != "hold" && verdict != "stop")
        return "\"verdict\" must be approve, revise, hold or stop.";
    if (!answer.contains("reasons") || !answer["reasons"].is_array() ||
        !std::all_of(answer["reasons"].begin(), answer["reasons"].end(),
                     [](const Json& r) { return r.is_string(); }))
        return "\"reasons\" must be a list of texts.";
    return {};
}

Json messagesOf(const Briefing& briefing, const Draft& draft) {
    const auto fence = fenceOf(briefing);
    Json messages = Json::array();
    messages.push_back({{"role", "system"}, {"content", overseerPrompt(briefing, draft)}});
    std::string task;
    for (const auto& message : historyMessages(briefing))
        task += (textOf(message, "role") == "assistant"
                     ? "We wrote:\n" + fenced(fence, textOf(message, "content"))
                     : "The lead wrote:\n" + textOf(message, "content")) +
                "\n";
    if (!briefing.incoming.empty())
        task += "The lead wrote, last:\n" + fenced(fence, briefing.incoming) + "\n";
    task += "The message under review:\n" + fenced(fence, draft.reply) + "\nJudge it.";
    messages.push_back({{"role", "user"}, {"content", task}});
    return messages;
}

Json requestOf(const Briefing& briefing, const Draft& draft, bool prompt) {
    return Json{
        {"purpose", "overseer"},    {"messages", prompt ? messagesOf(briefing, draft) : Json::array()},
        {"schema", reviewSchema()}, {"temperature", 0.0},
        {"max_tokens", 400},        {"seed", briefing.view.seed % 2147483647}};
}

/// "When in doubt": anything but an approved wording, word for word.
bool modelLooks(const Briefing& briefing, bool approved) {
    const auto& when = briefing.definition->review.model;
    if (when == "never") return false;
    return when == "always" || !approved;
}

Verdict verdictOf(const std::string& name) {
    if (name == "approve") return Verdict::approve;
    if (name == "revise") return Verdict::revise;
    return name == "stop" ? Verdict::stop : Verdict::hold;
}

Review askModel(const Models& models, const Briefing& briefing, const Draft& draft, turn::Journal& journal) {
    const auto asked =
        ask(models, "overseer",
            {requestOf(briefing, draft, models.prompts), [&] { return reviewContext(briefing, draft); }},
            reviewFault, journal);
    if (!asked.answer)
        return {Verdict::hold, {"No model could review the message (" + asked.problem + ")."}, "model"};
    Review review{verdictOf(textOf(*asked.answer, "verdict")), {}, "model"};
    for (const auto& reason : (*asked.answer)["reasons"])
        if (!trim(reason.get_ref<const std::string&>()).empty())
            review.reasons.push_back(toValidUtf8(reason.get<std::string>()));
    if (review.verdict != Verdict::approve && review.reasons.empty())
        review.reasons.push_back("The reviewing model gave no reason.");
    return review;
}

}  // namespace

std::string_view nameOf(Review::Verdict verdict) {
    switch (verdict) {
        case Verdict::approve: return "approve";
        case Verdict::revise: return "revise";
        case Verdict::stop: return "stop";
        case Verdict::hold: break;
    }
    return "hold";
}

Review review(const Models& models, const Briefing& briefing, const Draft& draft, turn::Journal& journal) {
    Review result{Verdict::approve, {}, "rules"};
    const bool approved = rules::isApproved(briefing, draft);
    for (const auto& fault : rules::faultsOf(briefing, draft, approved)) {
        if (result.verdict != Verdict::stop) result.verdict = fault.verdict;
        result.reasons.push_back(fault.reason);
    }
    if (result.verdict != Verdict::approve || !modelLooks(briefing, approved)) return result;
    return askModel(models, briefing, draft, journal);
}

}  // namespace overture::agent
