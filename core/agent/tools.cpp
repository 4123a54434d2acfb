#include "agent/tools.hpp"

#include "agent/breaker.hpp"
#include "agent/turn_work.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/time.hpp"

namespace overture::agent {
namespace {

constexpr std::size_t kMostQuestions = 5;

bool isDeeper(const Json& value, int levels) {
    if (!value.is_structured()) return false;
    if (levels == 0) return true;
    for (const auto& part : value)
        if (isDeeper(part, levels - 1)) return true;
    return false;
}

}  // namespace

Json noToolAnswer(const std::string& why) {
    return {{"ok", false}, {"why", why}};
}

Json BoundTools::ask(const turn::Opened& opened, const std::string& capability, const Json& arguments,
                     const std::string& key) {
    const auto binding = BindingId::parse(textOf(opened.campaign.bindings, capability));
    if (!binding) return noToolAnswer("no binding answers for " + capability);
    auto pass = breakers_.of(*binding).enter();
    if (!pass) return noToolAnswer("it is left alone for a while after failing again and again");
    plugin::Reply reply;
    try {
        reply =
            instances_.of(opened.organization, *binding)
                ->call(capability, "ask",
                       {{"arguments", arguments}, {"key", key}, {"now", toRfc3339(opened.now)}}, deadline_);
    } catch (const Error& error) {
        pass.failed();
        return noToolAnswer(error.problem().what);
    }
    pass.report(reply);
    if (!reply.ok())
        return noToolAnswer(reply.message.empty() ? std::string(plugin::nameOf(reply.outcome))
                                                  : reply.message);
    if (isDeeper(reply.document, kDeepestAnswer))
        return noToolAnswer("its answer is nested deeper than " + std::to_string(kDeepestAnswer) + " levels");
    if (toText(reply.document).size() > kLongestAnswer)
        return noToolAnswer("its answer is longer than " + std::to_string(kLongestAnswer) + " bytes");
    return {{"ok", true}, {"answer", std::move(reply.document)}};
}

playbook::AskTool TurnWork::tools() {
    return [this](const std::string& capability, const Json& arguments) {
        return askTool(capability, arguments);
    };
}

/// What was asked before a turn put its events off is known when they come again.
void TurnWork::recallAnswers() {
    const auto kept = memory_.value("asked", Json::object());
    for (const auto& event : opened_.events)
        if (event.id.text() == textOf(kept, "event"))
            answers_ = kept.at("answers").get<std::map<std::string, Json>>();
    memory_.erase("asked");
}

void TurnWork::keepAnswers() {
    if (answers_.empty() && !askAgainAt_) return;
    out_.memory = opened_.conversation.memory;
    if (!answers_.empty())
        (*out_.memory)["asked"] = {{"event", opened_.events.front().id.text()}, {"answers", answers_}};
    if (askAgainAt_) (*out_.memory)["registry_waits"] = memory_["registry_waits"];
}

/// The same question of one turn is put once, whichever of its functions asks.
Json TurnWork::askTool(const std::string& capability, const Json& arguments) {
    const Json question{{"capability", capability}, {"arguments", arguments}};
    const auto text = toText(question);
    if (const auto known = answers_.find(text); known != answers_.end()) return known->second;
    if (answers_.size() == kMostQuestions)
        return noToolAnswer("a turn puts at most " + std::to_string(kMostQuestions) + " questions");
    const auto key = toHex(sha256("tool:" + opened_.conversation.id.text() + ":" +
                                  opened_.events.front().id.text() + ":" + text));
    auto answer = journal_.step("tool", question, [&] {
        return turn::StepResult{parts_.tools == nullptr
                                    ? noToolAnswer("nobody is asked here")
                                    : parts_.tools->ask(opened_, capability, arguments, key),
                                0};
    });
    auto note = question;
    note["ok"] = answer.at("ok");
    if (!answer.at("ok").get<bool>()) {
        note["why"] = answer.at("why");
        log::warning("tool_did_not_answer", {{"conversation", opened_.conversation.id.text()},
                                             {"capability", capability},
                                             {"reason", textOf(answer, "why")}});
    }
    notes_["tools"].push_back(std::move(note));
    return answers_.emplace(text, std::move(answer)).first->second;
}

}  // namespace overture::agent
