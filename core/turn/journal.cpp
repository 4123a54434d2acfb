#include "turn/journal.hpp"

#include <set>

#include "base/call_deadline.hpp"
#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/metrics.hpp"
#include "queries/turn.hpp"

namespace overture::turn {

void writeSteps(store::Database& database, const OrganizationId& organization,
                const std::vector<StepRow*>& steps) {
    store::RowSet rows({organization});
    std::set<ConversationId> begun;
    for (const auto* step : steps) {
        const auto& opened = step->opened;
        const bool begins = !opened.recorded && begun.insert(opened.conversation.id).second;
        rows.add({opened.conversation.id, opened.fence, opened.turnNumber, step->number, step->kind,
                  step->requestHash, step->answer.result, step->answer.costMicros, step->started, step->ended,
                  begins ? store::Param(opened.toJson()) : store::Param(nullptr), opened.now});
    }
    const auto written =
        database.beginRelaxed(organization).finish({{sql::turn::insert_steps, rows.params()}}).front();
    std::set<std::string> conversations;
    for (const auto row : written) conversations.insert(row.text("conversation_id"));
    for (auto* step : steps) {
        step->written = conversations.contains(step->opened.conversation.id.text());
        if (!step->written) continue;
        step->opened.recorded = true;
        step->opened.steps = step->number;
    }
}

DatabaseJournal::DatabaseJournal(StepWriter& writer, Opened& opened, std::vector<RecordedStep> recorded,
                                 const Clock& clock, std::shared_ptr<const Lease> lease, KeptSteps* kept,
                                 const OrderedKinds* waitAt)
    : writer_(writer),
      opened_(opened),
      recorded_(std::move(recorded)),
      clock_(clock),
      lease_(std::move(lease)),
      kept_(kept),
      waitAt_(waitAt) {}

/// The result of the step in hand, if it is there already.
const Json* DatabaseJournal::known(std::string_view kind, const std::string& hash) const {
    const auto same = [&](const std::string& itsKind, const std::string& itsHash, const Json& result) {
        if (itsKind != kind || itsHash != hash)
            throw NotTheSame("step " + std::to_string(number_) + " (" + std::string(kind) +
                             ") asks something else than what was recorded");
        return &result;
    };
    const auto place = static_cast<std::size_t>(number_) - 1;
    if (place < recorded_.size()) {
        const auto& step = recorded_[place];
        return same(step.kind, step.requestHash, step.result);
    }
    if (kept_ == nullptr || place - recorded_.size() >= kept_->size()) return nullptr;
    const auto& step = (*kept_)[place - recorded_.size()];
    return same(step.row.kind, step.row.requestHash, step.answer.result);
}

Json DatabaseJournal::step(std::string_view kind, const Json& request,
                           const std::function<StepResult()>& call) {
    const int number = ++number_;
    const auto hash = toHex(sha256(toText(request)));
    if (const auto* result = known(kind, hash)) return *result;
    if (waitAt_ != nullptr && waitAt_->contains(kind)) throw MustWait{};
    const auto before = CallDeadline::Steady::now();
    const auto started = clock_.now();
    if (lease_ && lease_->over(started)) throw Fenced("the lease on this conversation is over");
    const auto answer = [&] {
        const CallDeadline ours(lease_ ? before + lease_->left(started)
                                       : CallDeadline::Steady::time_point::max());
        return call();
    }();
    const auto word = kind.substr(0, kind.find(':'));
    metrics::count("overture_steps_total", {{"kind", word}});
    if (answer.costMicros > 0)
        metrics::count("overture_step_cost_micros_total", {{"kind", word}},
                       static_cast<double>(answer.costMicros));
    failpoint("step.before_result");
    if (kept_ != nullptr)
        return kept_->emplace_back(answer, opened_, number, std::string(kind), hash, started, clock_.now())
            .answer.result;
    StepRow row{opened_, number, std::string(kind), hash, answer, started, clock_.now(), false};
    writer_.submit(opened_.organization, row);
    if (!row.written)
        throw Fenced("another worker holds this conversation, or the database lost steps of the turn");
    failpoint("step.after_result");
    return answer.result;
}

}  // namespace overture::turn
