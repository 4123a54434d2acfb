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

Json decided(const turn::Outcome& outcome) {
    Json deliveries = Json::array();
    for (const auto& delivery : outcome.deliveries) deliveries.push_back({delivery.id.text(), delivery.text});
    std::sort(deliveries.begin(), deliveries.end());
    return {{"explanation", outcome.explanation}, {"deliveries", std::move(deliveries)}};
}

}  // namespace

Replayed replayTurn(store::Database& database, const ConversationRef& ref, int turnNumber,
                    turn::Handler& handler) {
    const auto place = "conversation " + ref.conversation.text() + ", turn " + std::to_string(turnNumber);
    auto tx = database.begin(ref.organization);
    const auto rows = tx.run(sql::service::turn_record, {ref.organization, ref.conversation, turnNumber});
    if (rows.empty())
        throw Error("there is no such turn", place, "`overture conversation show` lists the turns");
    if (rows[0].text("state") != "committed")
        throw Error("this turn was never committed (" + rows[0].text("state") + ")", place);
    const auto document = rows[0].json("opened");
    turn::Opened opened;
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

    Record journal(rows[0].json("steps"));
    auto explanation = rows[0].json("outcome");
    explanation.erase("deferred_until");
    Replayed replayed{
        {{"explanation", std::move(explanation)}, {"deliveries", rows[0].json("deliveries")}}, {}, {}};
    replayed.again = decided(handler.handle(opened, journal));
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
