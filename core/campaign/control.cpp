#include "campaign/control.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "queries/campaign.hpp"
#include "turn/mailbox.hpp"

namespace overture::campaign {
namespace {

constexpr int kAtOnce = 5000;
constexpr int kTries = 3;
constexpr auto kLongestSpread = minutes(30);
constexpr auto kSpreadEach = milliseconds(100);

struct State {
    std::string name, state;
    Instant startsAt;
    std::optional<Instant> endsAt;
};

State lockState(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign) {
    const auto rows = tx.run(sql::campaign::lock_state, {organization, campaign});
    if (rows.empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    return {rows[0].text("name"), rows[0].text("state"), rows[0].instant("starts_at"),
            rows[0].maybeInstant("ends_at")};
}

bool isOver(const std::string& state) {
    return state == "stopped" || state == "finished";
}

[[noreturn]] void refuse(const State& campaign, const std::string& remedy) {
    throw Error("the campaign is " + campaign.state, "campaign \"" + campaign.name + "\"", remedy);
}

PlanReport plan(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                const playbook::Definition& definition, const compliance::Gate& gate, Instant now) {
    return planFirstTouches(database, organization, campaign, definition, gate,
                            static_cast<std::uint64_t>(now.time_since_epoch().count()), now);
}

/// Everything of the campaign that might still go out is taken back. Runs in the caller's transaction.
void takeBack(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
              bool forGood, const std::string& reason, Instant now, StateChange& change) {
    tx.run(sql::campaign::lock_mailboxes, {organization, campaign});
    tx.run(sql::campaign::lock_conversations, {organization, campaign});
    tx.run(sql::campaign::raise_fences, {organization, campaign, now, forGood, reason});
    std::vector<std::string> states{"due"};
    if (forGood) states.emplace_back("held");
    change.cancelled =
        static_cast<int>(tx.run(sql::campaign::cancel_deliveries,
                                {organization, campaign, now, reason, store::Param::array(states)})
                             .affected());
    change.dropped = static_cast<int>(
        tx.run(sql::campaign::drop_touches, {organization, campaign, reason})[0].integer("touches"));
    tx.run(sql::campaign::sleep, {organization, campaign});
}

/// A message at work may stand in the way; PostgreSQL then lets one of the two try again.
template <typename Body>
StateChange withRetries(const Body& body) {
    for (int tries = 1;; ++tries) try {
            return body();
        } catch (const store::DatabaseError& error) {
            if (error.failure() != store::Failure::conflict || tries == kTries) throw;
        }
}

/// Each conversation in which something has happened looks at itself again, one after the other.
int takeUp(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
           Instant now) {
    tx.run(sql::campaign::mark_unsent, {organization, campaign});
    std::vector<std::pair<ConversationId, std::string>> all;
    std::optional<ConversationId> last;
    for (std::size_t got = kAtOnce; got == kAtOnce;) {
        const auto rows = tx.run(sql::campaign::begun, {organization, campaign, last, kAtOnce});
        got = rows.size();
        for (const auto row : rows) {
            last = row.id<ConversationId>("conversation_id");
            all.emplace_back(*last, row.text("takeover_fence"));
        }
    }
    const auto spread = std::min<milliseconds>(kLongestSpread, kSpreadEach * all.size());
    std::vector<turn::NewEvent> events;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& [conversation, fence] = all[i];
        const auto key = "resumed:" + conversation.text() + ":" + fence;
        const auto after = milliseconds(hash64(key) % static_cast<std::uint64_t>(spread.count() + 1));
        events.push_back({EventId(uuid7(now, key)), conversation, "timer", now + after, now, key,
                          Json{{"resumed", true}}});
        if (events.size() == kAtOnce || i + 1 == all.size()) {
            turn::post(tx, organization, events);
            events.clear();
        }
    }
    return static_cast<int>(all.size());
}

}  // namespace

Json StateChange::toJson() const {
    auto skipped = Json::array();
    for (const auto& [reason, people] : plan.skipped)
        skipped.push_back({{"reason", reason}, {"people", people}});
    return {{"campaign", campaign},    {"before", before},   {"state", state},
            {"cancelled", cancelled},  {"dropped", dropped}, {"taken_up", takenUp},
            {"planned", plan.planned}, {"skipped", skipped}};
}

StateChange start(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                  const playbook::Definition& definition, const compliance::Gate& gate, Instant now) {
    auto tx = database.begin(organization);
    const auto is = lockState(tx, organization, campaign);
    if (is.state == "paused") refuse(is, "`overture campaign resume` lets it go on.");
    if (isOver(is.state)) refuse(is, "Begin a new one.");
    StateChange change{is.name, is.state, "running"};
    if (is.state == "draft")
        tx.run(sql::campaign::set_state,
               {organization, campaign, "running", now, now,
                is.endsAt ? store::Param(now + (*is.endsAt - is.startsAt)) : store::Param(nullptr)});
    tx.commit();
    change.plan = plan(database, organization, campaign, definition, gate, now);
    return change;
}

StateChange pause(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                  Instant now) {
    return withRetries([&] {
        auto tx = database.begin(organization);
        const auto is = lockState(tx, organization, campaign);
        if (is.state == "draft") refuse(is, "It sends nothing before `overture campaign start`.");
        if (isOver(is.state)) refuse(is, "There is nothing to pause.");
        StateChange change{is.name, is.state, "paused"};
        if (is.state == "paused") return change;
        tx.run(sql::campaign::set_state, {organization, campaign, "paused", now, nullptr, nullptr});
        takeBack(tx, organization, campaign, false, "the campaign was paused", now, change);
        tx.commit();
        return change;
    });
}

StateChange resume(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                   const playbook::Definition& definition, const compliance::Gate& gate, Instant now) {
    auto change = withRetries([&] {
        auto tx = database.begin(organization);
        const auto is = lockState(tx, organization, campaign);
        if (is.state == "draft") refuse(is, "`overture campaign start` begins it.");
        if (isOver(is.state)) refuse(is, "Begin a new one.");
        if (is.endsAt && *is.endsAt <= now)
            throw Error("the campaign's time ended at " + toRfc3339(*is.endsAt),
                        "campaign \"" + is.name + "\"", "Begin a new one, or stop it.");
        StateChange done{is.name, is.state, "running"};
        if (is.state == "paused") {
            tx.run(sql::campaign::set_state, {organization, campaign, "running", now, nullptr, nullptr});
            done.takenUp = takeUp(tx, organization, campaign, now);
        }
        tx.commit();
        return done;
    });
    change.plan = plan(database, organization, campaign, definition, gate, now);
    return change;
}

StateChange stop(store::Database& database, const OrganizationId& organization, const CampaignId& campaign,
                 Instant now) {
    return withRetries([&] {
        auto tx = database.begin(organization);
        const auto is = lockState(tx, organization, campaign);
        StateChange change{is.name, is.state, "stopped"};
        if (isOver(is.state)) {
            change.state = is.state;
            return change;
        }
        tx.run(sql::campaign::set_state, {organization, campaign, "stopped", now, nullptr, nullptr});
        takeBack(tx, organization, campaign, true, "the campaign was stopped", now, change);
        tx.commit();
        return change;
    });
}

}  // namespace overture::campaign
