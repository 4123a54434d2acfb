#pragma once

#include <deque>
#include <set>
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
using KeptSteps = std::deque<KeptStep>;

/// Thrown through a turn that runs beside others and has come to a step that needs its place in the line. Not an error, so
/// nothing on the way takes it for one.
struct MustWait {};

/// Kinds of steps whose result depends on which of several turns comes first.
using OrderedKinds = std::set<std::string, std::less<>>;

/// Steps in the table `steps`, each written before its result is used; or, with `kept`, put there for the caller to write.
/// What lies in `kept` already is replayed like what was recorded.
class DatabaseJournal final : public Journal {
public:
    DatabaseJournal(StepWriter& writer, Opened& opened, std::vector<RecordedStep> recorded,
                    const Clock& clock, std::shared_ptr<const Lease> lease = {}, KeptSteps* kept = nullptr,
                    const OrderedKinds* waitAt = nullptr);
    /// Throws NotTheSame, Fenced without calling once the lease is over, and MustWait at a kind in `waitAt`.
    Json step(std::string_view kind, const Json& request, const std::function<StepResult()>& call) override;

private:
    const Json* known(std::string_view kind, const std::string& hash) const;

    StepWriter& writer_;
    Opened& opened_;
    std::vector<RecordedStep> recorded_;
    const Clock& clock_;
    std::shared_ptr<const Lease> lease_;
    KeptSteps* kept_;
    const OrderedKinds* waitAt_;
    int number_ = 0;
};

}  // namespace overture::turn
