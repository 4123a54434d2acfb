#include "agent/telling.hpp"

#include <algorithm>

#include "agent/answer.hpp"
#include "agent/reading.hpp"
#include "base/text.hpp"

namespace overture::agent {
namespace {

/// Inside a step there are no further steps: what is asked here stands in that step's record.
class InOneStep final : public turn::Journal {
public:
    Json step(std::string_view, const Json&, const std::function<turn::StepResult()>& call) override {
        auto answered = call();
        costMicros += answered.costMicros;
        return std::move(answered.result);
    }
    std::int64_t costMicros = 0;
};

/// A model that writes its reply before what it understood is not listened to while it writes.
bool isComplete(const Briefing& briefing, const Json& answer) {
    const auto schema = draftSchema(briefing);
    const auto& wanted = schema.at("schema").at("required");
    return std::all_of(wanted.begin(), wanted.end(), [&](const Json& name) {
        return name == replyMember(briefing) || answer.contains(name.get_ref<const std::string&>());
    });
}

/// A sentence that could not be reviewed is not said.
Review reviewed(const Models& models, const Briefing& briefing, const Draft& draft, std::int64_t& cost) {
    InOneStep journal;
    Review found;
    try {
        found = review(models, briefing, draft, journal);
    } catch (const Error& error) {
        found = {Review::Verdict::hold, {error.what()}, "model"};
    }
    cost += journal.costMicros;
    return found;
}

}  // namespace

Telling::Telling(const Models& models, const Briefing& briefing, Speaker& speaker, Plain plain)
    : models_(models),
      briefing_(briefing),
      speaker_(speaker),
      plain_(std::move(plain)),
      partial_(std::string(replyMember(briefing))) {}

void Telling::begin() {
    partial_ = PartialAnswer(std::string(replyMember(briefing_)));
    told_ = {};
    told_.before = speaker_.said();
    state_ = State::listening;
    heard_ = 0;
    reviews_ = Json::array();
    costMicros_ = 0;
}

bool Telling::take(std::string_view content) {
    speaker_.writing();
    partial_.take(content);
    if (state_ == State::listening && partial_.before()) judge();
    if (state_ == State::telling) tell();
    return state_ != State::stopped;
}

void Telling::judge() {
    answer_ = *partial_.before();
    answer_["reply"] = "…";
    state_ = State::silent;
    if (!isComplete(briefing_, answer_) || !faultOf(briefing_, answer_).empty()) return;
    draft_ = readDraft(briefing_, answer_);
    if (plain_(draft_)) state_ = State::telling;
}

void Telling::tell() {
    const auto text = std::string_view(partial_.text()).substr(heard_);
    const auto whole = partial_.ended() ? text.size() : reading::wholeSentences(text);
    if (whole == 0) return;
    heard_ += whole;
    if (const auto part = trim(text.substr(0, whole)); !part.empty()) say(std::string(part));
}

/// Judged with all that was said before it: what is right alone may be wrong after that.
void Telling::say(const std::string& part) {
    auto sofar = told_.said;
    sofar.push_back(part);
    draft_.reply = join(sofar, " ");
    const auto found = reviewed(models_, briefing_, draft_, costMicros_);
    reviews_.push_back({{"part", part},
                        {"verdict", std::string(nameOf(found.verdict))},
                        {"reasons", found.reasons},
                        {"by", found.by}});
    if (found.verdict != Review::Verdict::approve) {
        told_.verdict = nameOf(found.verdict);
        told_.reasons = found.reasons;
        told_.by = found.by;
        state_ = State::stopped;
        return;
    }
    for (const auto& sentence : reading::sentencesOf(part)) {
        if (!speaker_.say(sentence)) {
            told_.cut = true;
            state_ = State::stopped;
            return;
        }
        told_.said.push_back(sentence);
    }
}

Json Telling::record(bool whole) const {
    auto answer = answer_;
    answer["reply"] = told_.verdict.empty() ? join(told_.said, " ") : draft_.reply;
    return {{"answer", std::move(answer)},
            {"before", told_.before},
            {"said", told_.said},
            {"cut", told_.cut || (!whole && !partial_.ended() && told_.verdict.empty())},
            {"verdict", told_.verdict},
            {"reasons", told_.reasons},
            {"by", told_.by},
            {"reviews", reviews_}};
}

Told toldIn(const Json& record) {
    Told told;
    told.before = record.at("before").get<std::vector<std::string>>();
    told.said = record.at("said").get<std::vector<std::string>>();
    told.cut = record.at("cut").get<bool>();
    told.verdict = record.at("verdict").get<std::string>();
    told.reasons = record.at("reasons").get<std::vector<std::string>>();
    told.by = record.at("by").get<std::string>();
    return told;
}

}  // namespace overture::agent
