#include "service/shadow.hpp"

#include <map>

#include "agent/handler.hpp"
#include "agent/model_call.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "queries/service.hpp"
#include "service/replay.hpp"

namespace overture::service {
namespace {

constexpr int kBatch = 8;
constexpr int kMostTries = 3;
constexpr auto kLease = "5 minutes";

/// Steps of the shadow's own, under the turn's negative number. What the turn asked a calendar, a registry or a
/// tool is read from there; of a tool and of vectors only the answer to the very same question. No tool is asked anything more.
class ShadowJournal final : public turn::Journal {
public:
    ShadowJournal(store::Database& database, const Clock& clock, const turn::Opened& opened,
                  const Json& ofTurn)
        : database_(database), clock_(clock), opened_(opened) {
        for (const auto& step : ofTurn)
            if (step.at(0) != "csr" && step.at(0) != "overseer") calendar_.push_back(step);
        for (const auto row : database.run(opened.organization, sql::service::shadow_steps, key()))
            known_[row.integer("step_number")] = {row.text("kind"), row.text("request_hash"),
                                                  row.json("result")};
    }

    Json step(std::string_view kind, const Json& request,
              const std::function<turn::StepResult()>& call) override {
        const auto hash = toHex(sha256(toText(request)));
        const auto known = known_.find(++next_);
        if (known != known_.end() && known->second.kind == kind && known->second.hash == hash)
            return known->second.result;
        for (auto& step : calendar_) {
            if (step.is_null() || step.at(0) != std::string(kind) ||
                ((kind == "tool" || kind == "embed") && step.at(1) != hash))
                continue;
            auto result = step.at(2);
            step = nullptr;
            return result;
        }
        const auto started = clock_.now();
        auto made = call();
        auto values = key();
        for (store::Param value : std::initializer_list<store::Param>{
                 next_, std::string(kind), hash, toText(made.result), made.costMicros, started, clock_.now()})
            values.push_back(std::move(value));
        database_.run(opened_.organization, sql::service::insert_shadow_step, values);
        return std::move(made.result);
    }

private:
    struct Known {
        std::string kind, hash;
        Json result;
    };
    std::vector<store::Param> key() const {
        return {opened_.organization, opened_.conversation.id, opened_.turnNumber};
    }

    store::Database& database_;
    const Clock& clock_;
    const turn::Opened& opened_;
    std::vector<Json> calendar_;
    std::map<std::int64_t, Known> known_;  ///< by their numbers: between them are those of the calendar
    std::int64_t next_ = 0;
};

/// Looks into the calendar and leaves nothing in it.
class LookingDiary final : public agent::Diary {
public:
    explicit LookingDiary(store::Database& database) : database_(database) {}
    std::vector<meeting::Slot> offer(const turn::Opened& opened, const meeting::Rules& rules,
                                     const std::string& leadZone) override {
        auto tx = database_.begin(opened.organization);  // never committed
        return meeting::offer(tx, opened.organization, rules, leadZone, opened.conversation.id, opened.now,
                              opened.seed);
    }
    bool hold(const turn::Opened&, const MeetingId&, const meeting::Slot&, const meeting::Rules&,
              const std::string&, const std::string&) override {
        return true;
    }
    bool move(const turn::Opened&, const MeetingId&, const meeting::Slot&, const meeting::Rules&) override {
        return true;
    }
    void book(turn::Outcome&, const turn::Opened&, const MeetingId&) override {}
    void cancel(turn::Outcome&, const turn::Opened&, const MeetingId&) override {}

private:
    store::Database& database_;
};

class VersionOf final : public agent::Library {
public:
    VersionOf(agent::Library& library, const std::string& version) : library_(library), version_(version) {}
    std::shared_ptr<const agent::Loaded> version(const OrganizationId& organization,
                                                 const std::string&) override {
        return library_.version(organization, version_);
    }

private:
    agent::Library& library_;
    const std::string& version_;
};

}  // namespace

int Shadow::runBatch() {
    auto tx = database_.beginShared();
    const auto rows = tx.run(sql::service::claim_shadow_turns, {clock_.now(), kLease, kBatch, kMostTries});
    tx.commit();
    for (const auto row : rows)
        decide({row.id<OrganizationId>("organization_id"), row.id<ConversationId>("conversation_id")},
               static_cast<int>(row.integer("turn_number")), row.text("version"));
    return static_cast<int>(rows.size());
}

void Shadow::decide(const ConversationRef& ref, int number, const std::string& version) {
    const std::vector<store::Param> key{ref.organization, ref.conversation, number};
    const auto run = [&](const store::Query& query, std::initializer_list<store::Param> more) {
        auto values = key;
        values.insert(values.end(), more);
        database_.run(ref.organization, query, values);
    };
    std::string problem;
    Json decision = Json::object();
    std::optional<Instant> later;
    try {
        auto found = recordedTurn(database_, ref, number);
        auto& opened = found.opened;
        opened.turnNumber = -number;
        ShadowJournal journal(database_, clock_, opened, found.steps);
        LookingDiary diary(database_);
        VersionOf library(parts_.library, version);
        agent::Conversationalist handler({.diary = diary,
                                          .gate = parts_.gate,
                                          .library = library,
                                          .instances = parts_.instances,
                                          .pace = parts_.pace,
                                          .modelDeadline = parts_.modelDeadline,
                                          .policies = parts_.policies,
                                          .treasury = parts_.treasury,
                                          .breakers = parts_.breakers,
                                          .prompts = parts_.prompts,
                                          .unsubscribeUrl = parts_.unsubscribeUrl,
                                          .registers = parts_.registers,
                                          .vectors = parts_.vectors});
        const auto outcome = handler.handle(opened, journal);
        if (outcome.paid)
            database_.run(ref.organization, sql::service::settle_shadow,
                          {ref.organization, ref.conversation, -number});
        if (outcome.explanation.contains("budget"))
            problem = "no money: " + textOf(outcome.explanation["budget"], "refused");
        else if (outcome.deferUntil && outcome.explanation.contains("models"))
            later = *outcome.deferUntil;
        decision = decisionOf(outcome);
    } catch (const std::exception& error) {
        problem = error.what();
        database_.run(ref.organization, sql::service::settle_shadow,
                      {ref.organization, ref.conversation, -number});
    }
    if (later) return run(sql::service::shadow_later, {std::max(*later, clock_.now() + minutes(1))});
    if (!problem.empty())
        log::warning("shadow_failed",
                     {{"conversation", ref.conversation.text()}, {"turn", number}, {"reason", problem}});
    run(sql::service::keep_shadow, {problem.empty() ? "decided" : "failed", toText(decision), problem});
}

std::vector<Json> shadowsOf(store::Database& database, const OrganizationId& organization,
                            const CampaignId& campaign) {
    std::vector<Json> all;
    const auto rows = database.run(organization, sql::service::shadows_of_campaign, {organization, campaign});
    for (const auto row : rows) {
        Json explanation = row.json("outcome");
        explanation.erase("deferred_until");
        const Json then{{"explanation", std::move(explanation)}, {"deliveries", row.json("deliveries")}};
        const auto decision = row.json("decision");
        const bool isDecided = row.text("state") == "decided";
        const auto differences = isDecided ? differencesOf(then, decision) : std::vector<std::string>();
        all.push_back({{"conversation", row.text("conversation_id")},
                       {"turn", row.integer("turn_number")},
                       {"version", row.text("version")},
                       {"state", row.text("state")},
                       {"problem", row.text("problem")},
                       {"same", isDecided && differences.empty()},
                       {"differences", differences},
                       {"then", then},
                       {"with", decision},
                       {"cost_micros", row.integer("cost_micros")}});
    }
    return all;
}

}  // namespace overture::service
