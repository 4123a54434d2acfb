#pragma once

#include <stdexcept>
#include <vector>

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

/// Steps in the table `steps`, each written in its own transaction before its result is used.
class DatabaseJournal final : public Journal {
public:
    DatabaseJournal(store::Database& database, const Opened& opened, std::vector<RecordedStep> recorded,
                    const Clock& clock);
    /// Throws NotTheSame and Fenced.
    Json step(std::string_view kind, const Json& request, const std::function<StepResult()>& call) override;

private:
    store::Database& database_;
    const Opened& opened_;
    std::vector<RecordedStep> recorded_;
    const Clock& clock_;
    int number_ = 0;
};

}  // namespace overture::turn
