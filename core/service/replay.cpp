#include "service/replay.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

/// Only what was recorded; the first question that was not asked then ends the replay.
class Record final : public turn::Journal {
public:
    explicit Record(Json steps) : steps_(std::move(steps)) {}

    Json step(std::string_view kind, const Json& request, const std::function<turn::StepResult()>&) override {
        const auto name = "step " + std::to_string(next_ + 1) + " (" + std::string(kind) + ")";
        if (next_ >= steps_.size()) throw Error(name + " was not asked when the turn ran", "replay");
        const auto& step = steps_[next_++];
        if (step.at(0) != std::string(kind) || step.at(1) != toHex(sha256(toText(request))))
            throw Error(name + " asks something else than when the turn ran", "replay");
        return step.at(2);
    }
    std::size_t left() const { return steps_.size() - next_; }

private:
    Json steps_;
    std::size_t next_ = 0;
};

/// With the due times of then: a turn that put its events off has moved them since.
std::vector<turn::Event> eventsOf(const store::Rows& rows, const Json& due) {
    std::vector<turn::Event> events;
    for (const auto row : rows)
        events.push_back(
            {row.id<EventId>("event_id"), row.text("kind"),
             parseRfc3339(due.at(events.size()).get<std::string>()).value_or(row.instant("due_at")),
             row.instant("received_at"), row.json("payload"), static_cast<int>(row.integer("tries"))});
    return events;
}

std::vector<turn::Message> messagesOf(const store::Rows& rows) {
    std::vector<turn::Message> messages;
    for (const auto row : rows)
        messages.push_back({static_cast<int>(row.integer("number")), row.text("direction"),
                            row.text("author"), row.text("channel"), row.text("text"), row.text("stage"),
                            row.instant("at"), row.json("details")});
    return messages;
}

/// The next recorded result of a kind, whatever is asked; of a tool and of vectors only what they said to the very same
/// question, and where no vectors were asked for, words alone find what is known.
class Loose final : public turn::Journal {
public:
    explicit Loose(Json steps) : steps_(std::move(steps)), used_(steps_.size()) {}

    Json step(std::string_view kind, const Json& request, const std::function<turn::StepResult()>&) override {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (used_[i] || steps_[i].at(0) != std::string(kind)) continue;
            if ((kind == "tool" || kind == "embed") && steps_[i].at(1) != toHex(sha256(toText(request))))
                continue;
            used_[i] = true;
            return steps_[i].at(2);
        }
        if (kind == "embed") return {{"failed", "not asked when the turn ran"}};
        throw Error("it asks for something (" + std::string(kind) + ") that was not asked when the turn ran");
    }

private:
    Json steps_;
    std::vector<bool> used_;
};

}  // namespace

RecordedTurn recordedTurn(store::Database& database, const ConversationRef& ref, int turnNumber) {
    const auto place = "conversation " + ref.conversation.text() + ", turn " + std::to_string(turnNumber);
    auto tx = database.begin(ref.organization);
    const auto rows = tx.run(sql::service::turn_record, {ref.organization, ref.conversation, turnNumber});
    if (rows.empty())
        throw Error("there is no such turn", place, "`overture conversation show` lists the turns");
    if (rows[0].text("state") != "committed")
        throw Error("this turn was never committed (" + rows[0].text("state") + ")", place);
    const auto document = rows[0].json("opened");
    RecordedTurn found;
    auto& opened = found.opened;
    opened.organization = ref.organization;
    opened.conversation.id = ref.conversation;
    opened.turnNumber = turnNumber;
    opened.fence = rows[0].integer("fence");
    opened.recorded = true;
    opened.restore(document);
    const auto ids = document.at("events").get<std::vector<std::string>>();
    const auto more = tx.finish({{sql::service::turn_events, {ref.organization, store::Param::array(ids)}},
                                 {sql::service::turn_messages,
                                  {ref.organization, ref.conversation, opened.conversation.messageCount}}});
    opened.events = eventsOf(more[0], document.at("due"));
    opened.messages = messagesOf(more[1]);
    found.steps = rows[0].json("steps");
    auto explanation = rows[0].json("outcome");
    explanation.erase("deferred_until");
    found.decided = {{"explanation", std::move(explanation)}, {"deliveries", rows[0].json("deliveries")}};
    return found;
}

namespace {

/// What a person would notice of a decision, by name.
std::vector<std::pair<std::string, std::string>> noticed(const Json& decided) {
    const auto& why = decided.at("explanation");
    std::string way, said, verdicts;
    for (const auto& move : why.value("moves", Json::array()))
        way += (way.empty() ? textOf(move, "from") : "") + " -> " + textOf(move, "to") + " (" +
               textOf(move, "why") + ")";
    for (const auto& delivery : decided.at("deliveries"))
        said += (said.empty() ? "" : " / ") + delivery.at(1).get<std::string>();
    for (const auto& review : why.value("reviews", Json::array()))
        verdicts += (verdicts.empty() ? "" : ", ") + textOf(review, "verdict");
    return {{"way", way.empty() ? "stays" : way},
            {"says", said.empty() ? "nothing" : "\"" + said + "\""},
            {"verdicts", verdicts.empty() ? "none" : verdicts},
            {"booking", why.contains("booking") ? toText(why.at("booking")) : "nothing"}};
}

}  // namespace

Json decisionOf(const turn::Outcome& outcome) {
    Json deliveries = Json::array();
    for (const auto& delivery : outcome.deliveries) deliveries.push_back({delivery.id.text(), delivery.text});
    std::sort(deliveries.begin(), deliveries.end());
    return {{"explanation", outcome.explanation}, {"deliveries", std::move(deliveries)}};
}

std::vector<std::string> differencesOf(const Json& then, const Json& with) {
    std::vector<std::string> differences;
    const auto before = noticed(then), now = noticed(with);
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i].second != now[i].second)
            differences.push_back(before[i].first + ": " + before[i].second + " then, " + now[i].second +
                                  " with it");
    return differences;
}

Replayed compareTurn(store::Database& database, const ConversationRef& ref, int turnNumber,
                     turn::Handler& handler) {
    auto found = recordedTurn(database, ref, turnNumber);
    Replayed compared{found.decided, {}, {}};
    Loose journal(std::move(found.steps));
    try {
        compared.again = decisionOf(handler.handle(found.opened, journal));
    } catch (const Error& error) {
        compared.differences.push_back("cannot be told: " + error.problem().sentence());
        return compared;
    }
    compared.differences = differencesOf(compared.recorded, compared.again);
    return compared;
}

Replayed replayTurn(store::Database& database, const ConversationRef& ref, int turnNumber,
                    turn::Handler& handler) {
    auto found = recordedTurn(database, ref, turnNumber);
    Record journal(std::move(found.steps));
    Replayed replayed{std::move(found.decided), {}, {}};
    replayed.again = decisionOf(handler.handle(found.opened, journal));
    if (journal.left() > 0)
        replayed.differences.push_back(std::to_string(journal.left()) +
                                       " recorded steps were not asked for again");
    for (const char* part : {"explanation", "deliveries"})
        if (replayed.recorded.at(part) != replayed.again.at(part))
            replayed.differences.push_back(std::string("the ") + part +
                                           " differ: " + toText(replayed.recorded.at(part)) + " then, " +
                                           toText(replayed.again.at(part)) + " now");
    return replayed;
}

}  // namespace overture::service
