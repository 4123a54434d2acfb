#include <algorithm>

#include "agent/models.hpp"
#include "agent/reading.hpp"
#include "agent/telling.hpp"
#include "agent/turn_work.hpp"
#include "base/text.hpp"

namespace overture::agent {
namespace {

std::vector<std::string> listIn(const Json& document, const char* key) {
    return document.at(key).get<std::vector<std::string>>();
}

}  // namespace

/// Not where the engine has a part in the words: what must stand in them can only be looked for in all of them.
bool TurnWork::speaksWhileDrafting(const Briefing& about) const {
    const auto& here = stage();
    return onCall_ && !here.strict && !here.booking && !about.slotsJustOffered && about.duties.empty() &&
           about.confirming.empty() &&
           std::none_of(here.moves.begin(), here.moves.end(),
                        [](const playbook::Move& move) { return move.isFunction; });
}

/// What respond() does with such a draft is to say its reply.
bool TurnWork::saysWhatIsDrafted(const Draft& draft) const {
    if (draft.wantsPerson || draft.slotChoice != 0 || !draft.slotAnswer.empty() || choiceAt_) return false;
    const auto& languages = definition_.languages;
    if (draft.language != language_ &&
        std::find(languages.begin(), languages.end(), draft.language) != languages.end())
        return false;
    if (memory_.contains("unconfirmed") || !denied_.empty()) return false;
    for (const auto& [name, value] : draft.facts.items())
        if (const auto fact = definition_.facts.find(name);
            fact != definition_.facts.end() && !fact->second.confirm.empty())
            return false;
    if (const auto* target = definition_.stage(draft.move); target != nullptr && target->booking)
        return false;
    const auto* objection = definition_.objection(draft.objection);
    return objection == nullptr || objection->otherwise.empty() ||
           memory_.value("tries", Json::object()).value(draft.objection, 0) < objection->tries;
}

Draft TurnWork::draftAloud(const Briefing& about) {
    std::optional<Telling> telling;
    auto models = models_;
    if (speaker_) {
        telling.emplace(models_, about, *speaker_,
                        [this](const Draft& made) { return saysWhatIsDrafted(made); });
        if (auto own = ownModel(parts_, *speaker_))
            models.order.insert(models.order.begin(), std::move(*own));
    }
    auto made = draft(models, about, journal_, telling ? &*telling : nullptr);
    if (!made) throw Error(made.problem());
    told_ = made->told;
    return std::move(*made);
}

std::string TurnWork::toldSoFar() const {
    if (!told_) return {};
    auto all = told_->before;
    all.insert(all.end(), told_->said.begin(), told_->said.end());
    return join(all, " ");
}

/// What was said while it was drafted is not said again. What nobody hears any more stands beside it.
void TurnWork::sayAloud(const std::string& text, const char* author, Json details) {
    const auto told = toldSoFar();
    const bool all = told == text;
    Json record{{"said", all ? reading::sentencesOf(text) : std::vector<std::string>{}},
                {"unsaid", Json::array()}};
    if (!all)
        record = journal_.step("say", {{"text", text}}, [&] {
            auto said = speaker_ ? speaker_->said() : std::vector<std::string>{};
            auto sentences = reading::sentencesOf(text);
            if (said.size() <= sentences.size() && std::equal(said.begin(), said.end(), sentences.begin()))
                sentences.erase(sentences.begin(),
                                sentences.begin() + static_cast<std::ptrdiff_t>(said.size()));
            auto next = sentences.begin();
            while (next != sentences.end() && speaker_ && speaker_->say(*next)) said.push_back(*next++);
            return turn::StepResult{
                {{"said", said}, {"unsaid", std::vector<std::string>(next, sentences.end())}}, 0};
        });
    auto said = listIn(record, "said"), unsaid = listIn(record, "unsaid");
    if (told_ && told_->cut) details["cut"] = true;
    if (!unsaid.empty()) details["unsaid"] = join(unsaid, " ");
    notes_["said"] = said;
    told_.reset();
    if (const auto* stage = definition_.stage(stageName_); speaker_ && stage != nullptr)
        speaker_->beSlow(stage->slow);
    if (said.empty()) return;
    details["call"] = messages_.back().payload.at("call");
    out_.messages.push_back({"out", author, channel_, join(said, " "), stageName_, opened_.now, std::nullopt,
                             std::nullopt, std::move(details)});
}

}  // namespace overture::agent
