#pragma once

#include <list>
#include <stdexcept>
#include <vector>

#include "turn/gather.hpp"
#include "turn/open.hpp"

namespace overture::turn {

/// The code asked something else than what was recorded at this place: the turn must be opened from scratch.
class NotTheSame : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Somebody else holds the conversation now: whatever this turn decides is refused.
class Fenced : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One finished step on its way into the table `steps`.
struct StepRow {
    Opened& opened;
    int number;
    std::string kind, requestHash;
    const StepResult& answer;
    Instant started, ended;
    bool written = false;
};

/// Writes steps of many turns as one set, and with a turn's first step the turn's row. A step whose fence was passed is not
/// written. The commit does not wait for the disk: what a crash of the database server loses is only called again.
void writeSteps(store::Database& database, const OrganizationId& organization,
                const std::vector<StepRow*>& steps);

using StepWriter = Gather<StepRow>;

/// A step that is written with its turn's commit.
struct KeptStep {
    KeptStep(StepResult given, Opened& opened, int number, std::string kind, std::string hash,
             Instant started, Instant ended)
        : answer(std::move(given)), row{opened,  number, std::move(kind), std::move(hash), answer,
                                        started, ended} {}
    KeptStep(const KeptStep&) = delete;
    KeptStep& operator=(const KeptStep&) = delete;

    StepResult answer;
    StepRow row;
};
using KeptSteps = std::list<KeptStep>;

/// Steps in the table `steps`, each written before its result is used; or, with `kept`, put there for the caller to write.
class DatabaseJournal final : public Journal {
public:
    DatabaseJournal(StepWriter& writer, Opened& opened, std::vector<RecordedStep> recorded,
                    const Clock& clock, std::shared_ptr<const Lease> lease = {}, KeptSteps* kept = nullptr);
    /// Throws NotTheSame, and Fenced without calling once the lease is over.
    Json step(std::string_view kind, const Json& request, const std::function<StepResult()>& call) override;

private:
    StepWriter& writer_;
    Opened& opened_;
    std::vector<RecordedStep> recorded_;
    const Clock& clock_;
    std::shared_ptr<const Lease> lease_;
    KeptSteps* kept_;
    int number_ = 0;
};

}  // namespace overture::turn
