#include "turn/journal.hpp"

#include "base/digest.hpp"
#include "queries/turn.hpp"

namespace overture::turn {

DatabaseJournal::DatabaseJournal(store::Database& database, const Opened& opened, std::vector<RecordedStep> recorded,
                                 const Clock& clock)
    : database_(database), opened_(opened), recorded_(std::move(recorded)), clock_(clock) {}

Json DatabaseJournal::step(std::string_view kind, const Json& request, const std::function<StepResult()>& call) {
    const auto hash = toHex(sha256(std::string(kind) + "\n" + toText(request)));
    const int number = ++number_;
    if (static_cast<std::size_t>(number) <= recorded_.size()) {
        const auto& step = recorded_[static_cast<std::size_t>(number) - 1];
        if (step.kind != kind || step.requestHash != hash)
            throw NotTheSame("step " + std::to_string(number) + " (" + std::string(kind) +
                             ") asks something else than what was recorded");
        return step.result;
    }
    const auto started = clock_.now();
    const auto answer = call();
    auto tx = database_.begin(opened_.organization);
    const auto written = tx.run(sql::turn::insert_step,
                                {opened_.organization, opened_.conversation.id, opened_.turnNumber, number, kind, hash,
                                 answer.result, answer.costMicros, started, clock_.now(), opened_.fence});
    if (written.affected() == 0) throw Fenced("another worker holds this conversation");
    tx.commit();
    return answer.result;
}

}  // namespace overture::turn
