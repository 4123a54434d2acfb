#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/briefing.hpp"

namespace overture::agent {

/// What came of asking the models in turn.
struct Asked {
    std::optional<Json> answer;     ///< the JSON object that `judge` accepted; nothing when no model gave one
    std::string model;              ///< which one gave it
    std::int64_t costMicros = 0;    ///< of every call made for it, also the useless ones
    std::string problem;            ///< why there is no answer, model by model
    std::optional<Told> told = {};  ///< what was said of the answer while it came
};

/// Says in one sentence what is wrong with an answer; "" when it is good.
using Judge = std::function<std::string(const Json& answer)>;

/// Every model is paused by its breaker, so that none was asked.
class ModelsPaused : public Error {
public:
    explicit ModelsPaused(Instant until);
    Instant until() const { return until_; }

private:
    Instant until_;
};

/// What a model is asked.
struct Question {
    Json request;  ///< of model.chat/1 `complete`, without its context
    /// What a model reads that plays and does not write (`reads_context`); made only for such a one.
    std::function<Json()> context;
    Telling* telling =
        nullptr;  ///< says the answer while it comes; once something was said nothing is asked again
};

/// Asks model.chat/1 `complete`, each call a journaled step of `kind`, paid from `models.purse`. A model that
/// answers uselessly (not JSON, cut off, a refusal, refused by `judge`) is told why and asked once more; one that fails in
/// passing is asked once more; then the next model. One that cannot work at all (key, settings, rate limit), or had said
/// nothing useful when its time was over, is left at once. One whose breaker is open is passed over. Throws ModelsPaused and
/// NoMoney.
Asked ask(const Models& models, std::string_view kind, Question question, const Judge& judge,
          turn::Journal& journal);

}  // namespace overture::agent
