#include <set>

#include "base/time.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

constexpr int kVariants = 4;

/// A value that this fact may have; `variant` chooses among them.
Json sampleOf(const Fact& fact, int variant) {
    const auto which = static_cast<std::size_t>(variant);
    switch (fact.type) {
        case FactType::number:
        case FactType::money: return variant % 2 == 0 ? fact.least.value_or(1) : fact.most.value_or(100000);
        case FactType::yesNo: return variant % 2 == 0;
        case FactType::oneOf: return fact.choices.empty() ? "" : fact.choices[which % fact.choices.size()];
        case FactType::date: return "2026-09-14";
        case FactType::time: return "10:00";
        case FactType::phone: return "+12025550100";
        case FactType::email: return "asha@example.com";
        case FactType::postalCode: return "85001";
        case FactType::text: break;
    }
    return "some words";
}

Json samplesOf(const std::map<std::string, Fact>& facts, int variant) {
    Json all = Json::object();
    for (const auto& [name, fact] : facts) all[name] = sampleOf(fact, variant);
    return all;
}

TalkView viewOf(const Definition& definition) {
    TalkView view;
    for (const auto& field : leadFields()) view.lead[field] = "x";
    view.lead["custom"] = Json::object();
    view.lead["zone"] = view.zone = "America/Phoenix";
    view.lead["country"] = "US";
    view.settings = samplesOf(definition.settings, 0);
    view.facts = Json::object();
    view.stage = definition.firstStage;
    view.channel = definition.channels.empty() ? "sms" : definition.channels.front();
    view.language = definition.languages.empty() ? "en" : definition.languages.front();
    view.messages = Json::array(
        {{{"direction", "in"}, {"text", "hello"}, {"at", "2026-09-14T17:00:00Z"}, {"stage", view.stage}}});
    view.now = *parseRfc3339("2026-09-14T17:00:00Z");
    return view;
}

class DryRun {
public:
    DryRun(const Files& files, const Definition& definition, const Lines& lines,
           std::vector<Finding>& findings)
        : files_(files),
          definition_(definition),
          lines_(lines),
          findings_(findings),
          view_(viewOf(definition)) {}

    void run() {
        bool any = definition_.hasReplyHook;
        for (const auto& stage : definition_.stages)
            for (const auto& move : stage.moves) any = any || move.isFunction;
        for (const auto& checkpoint : definition_.checkpoints) any = any || checkpoint.isFunction;
        if (!any) return;
        for (int variant = -1; variant < kVariants && findings_.size() < kMost; ++variant) {
            view_.facts = variant < 0 ? Json::object() : samplesOf(definition_.facts, variant);
            for (const auto& stage : definition_.stages)
                for (const auto& move : stage.moves)
                    if (move.isFunction && findings_.size() < kMost) ask(stage.name, move.to);
            for (const auto& checkpoint : definition_.checkpoints)
                if (checkpoint.isFunction && findings_.size() < kMost) reach(checkpoint.name);
            if (definition_.hasReplyHook && variant >= 0) hook(false);
        }
        view_.facts = Json::object();
        if (definition_.hasReplyHook && !hookFailed_ && findings_.size() < kMost) hook(true);
    }

private:
    static constexpr std::size_t kMost = 50;

    Script& script() {
        if (!script_)
            script_ =
                std::make_unique<Script>(files_, view_, [this](const std::string&, const Json&) -> Json {
                    asked_ = true;
                    return {{"ok", false}, {"why", "nobody is asked while a playbook is checked"}};
                });
        asked_ = false;
        script_->setFacts(view_.facts);
        return *script_;
    }

    void ask(const std::string& stage, const std::string& to) {
        try {
            (void)script().moveAllowed(stage, to);
        } catch (const ScriptError& error) {
            tell("error", "the move from " + stage + " to " + to + " fails", error,
                 lines_.moves.at(stage).at(to), {});
        }
    }

    void reach(const std::string& name) {
        try {
            (void)script().checkpointHolds(name);
        } catch (const ScriptError& error) {
            tell("error", "the checkpoint " + name + " fails", error, lines_.checkpoints.at(name), {});
        }
    }

    void hook(bool nothingKnown) {
        try {
            (void)script().onReply("hello");
        } catch (const ScriptError& error) {
            hookFailed_ = true;
            const bool missing = nothingKnown && error.problem().what.find("nil") != std::string::npos;
            tell(missing ? "warning" : "error",
                 missing ? "on.reply fails while a fact is not known yet" : "on.reply fails", error,
                 lines_.playbook, missing ? "Ask first whether it is known: talk.facts.x ~= nil and …" : "");
        }
    }

    void tell(const std::string& severity, const std::string& what, const ScriptError& error, int line,
              const std::string& remedy) {
        if (!error.limit().empty()) script_.reset();  // a spent state answers nothing more
        const auto& problem = error.problem();
        const auto place = problem.where.empty() ? "playbook.lua:" + std::to_string(line) : problem.where;
        if (!told_.insert(what + place).second) return;
        findings_.push_back(
            {severity, place, what + ": " + problem.what,
             !remedy.empty() ? remedy
             : asked_ && problem.what.find("nil") != std::string::npos
                 ? "Look first whether the tool answered: local ok, found = talk:use(…), then "
                   "if ok and …"
             : !problem.remedy.empty() ? problem.remedy
                                       : "A function must work whatever a conversation holds."});
    }

    const Files& files_;
    const Definition& definition_;
    const Lines& lines_;
    std::vector<Finding>& findings_;
    TalkView view_;
    std::unique_ptr<Script> script_;
    bool asked_ = false;  ///< the function that runs asked a tool
    bool hookFailed_ = false;
    std::set<std::string> told_;
};

}  // namespace

void tryFunctions(const Files& files, const Definition& definition, const Lines& lines,
                  std::vector<Finding>& findings) {
    DryRun(files, definition, lines, findings).run();
}

}  // namespace overture::playbook
