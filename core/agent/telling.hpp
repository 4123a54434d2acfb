#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/briefing.hpp"
#include "agent/partial_answer.hpp"
#include "agent/speaker.hpp"

namespace overture::agent {

/// Says a reply while the model still writes it: as soon as the answer shows what was understood, and then sentence by sentence,
/// each after its review. One turn's thread.
class Telling {
public:
    /// Whether this draft, still without its reply, leads to its reply being said as it is drafted.
    using Plain = std::function<bool(const Draft& draft)>;
    Telling(const Models& models, const Briefing& briefing, Speaker& speaker, Plain plain);

    std::string_view member() const { return partial_.member(); }  ///< what is said of the answer
    void begin();                                                  ///< another answer begins
    /// False: the rest is not needed.
    bool take(std::string_view content);
    bool told() const { return told_.cut || !told_.said.empty() || !told_.verdict.empty(); }
    const std::vector<std::string>& before() const { return told_.before; }
    /// What happened, for the journal: {"answer", "before", "said", "cut", "verdict", "reasons", "by", "reviews"}. `whole`: the
    /// model's answer has come to its end.
    Json record(bool whole) const;
    std::int64_t costMicros() const { return costMicros_; }  ///< of the reviews

private:
    enum class State { listening, telling, silent, stopped };
    void judge();
    void tell();
    void say(const std::string& part);

    const Models& models_;
    const Briefing& briefing_;
    Speaker& speaker_;
    const Plain plain_;
    State state_ = State::listening;
    PartialAnswer partial_;
    std::size_t heard_ = 0;  ///< of the reply's text
    Json answer_, reviews_;
    Draft draft_;
    Told told_;
    std::int64_t costMicros_ = 0;
};

/// What record() wrote.
Told toldIn(const Json& record);

}  // namespace overture::agent
