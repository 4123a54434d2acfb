#include <algorithm>
#include <map>

#include "base/log_context.hpp"
#include "base/time.hpp"
#include "campaign/campaign.hpp"
#include "campaign/pace_rules.hpp"
#include "compliance/main_zone.hpp"
#include "compliance/records.hpp"
#include "queries/campaign.hpp"
#include "turn/rows.hpp"

namespace overture::campaign {
namespace {

constexpr int kBatch = 500;

struct Frame {
    std::vector<std::string> channels;
    Instant from, startsAt;
    PaceRules pace;
};

Frame frameOf(store::Transaction& tx, const OrganizationId& organization, const CampaignId& campaign,
              Instant now) {
    const auto rows = tx.run(sql::campaign::campaign, {organization, campaign});
    if (rows.empty()) throw Error("there is no such campaign", campaign.text(), "Check its id.");
    Frame frame{rows[0].array("channels"), std::max(now, rows[0].instant("starts_at")),
                rows[0].instant("starts_at"),
                PaceRules::read(rows[0].json("pace"), "campaign " + campaign.text())};
    frame.pace.end = rows[0].maybeInstant("ends_at");
    return frame;
}

/// A touch that may be made, or why none may be.
struct FirstTouch {
    std::size_t number = 0;
    Pace pace;
};

/// What becomes of one batch, gathered so that each kind of change is one statement.
struct Changes {
    std::vector<std::string> events, conversations, times, keys, payloads, closed, reasons;
};

class Planner {
public:
    Planner(const OrganizationId& organization, const playbook::Definition& definition,
            const compliance::Gate& gate, std::uint64_t seed, Instant now, Frame frame)
        : organization_(organization),
          definition_(definition),
          gate_(gate),
          seed_(seed),
          now_(now),
          frame_(std::move(frame)),
          days_(frame_.pace.warmUp, std::chrono::floor<days>(frame_.startsAt)) {}

    /// Reads what the gate must know of a batch of people, all at once.
    void read(store::Transaction& tx, const std::vector<turn::Lead>& leads) {
        contacts_.clear();
        std::vector<compliance::ContactRequest*> requests;
        for (const auto& lead : leads)
            for (const auto& channel : frame_.channels)
                if (const auto address = addressOn(lead, channel); !address.empty()) {
                    auto& request = contacts_[{lead.id, channel}];
                    request.channel = channel;
                    request.address = address;
                    request.place = lead.place();
                    request.at = frame_.from;
                    requests.push_back(&request);
                }
        if (requests.empty()) return;
        const compliance::RecordsOfContacts records(organization_, requests);
        records.fill(tx.runAll({records.statement()}).front());
    }

    void plan(const ConversationId& conversation, const turn::Lead& lead, Changes& changes) {
        const auto first = firstTouch(lead);
        if (!first.pace.at) {
            const auto reason = first.pace.reason + " (" + first.pace.rule + ")";
            ++skipped_[reason];
            changes.closed.push_back(conversation.text());
            changes.reasons.push_back(reason);
            return;
        }
        ++planned_;
        if (days_.limited()) {
            const auto places = compliance::placesOf(lead.place());
            const auto zone = isZone(lead.zone) ? lead.zone : compliance::mainZone(places);
            days_.add(definition_.cadence[first.number].channel, localTime(zone, *first.pace.at).date);
        }
        const auto key = "touch:" + conversation.text() + ":" + std::to_string(first.number);
        changes.events.push_back(uuid7(now_, key).text());
        changes.conversations.push_back(conversation.text());
        changes.times.push_back(toRfc3339(*first.pace.at));
        changes.keys.push_back(key);
        Json payload{{"touch", first.number}};
        if (const auto request = log::contextField("request"); !request.empty()) payload["request"] = request;
        changes.payloads.push_back(toText(payload));
    }

    void write(store::Transaction& tx, const Changes& changes) const {
        using store::Param;
        if (!changes.events.empty())
            tx.run(sql::campaign::insert_touches,
                   {organization_, Param::array(changes.events), Param::array(changes.conversations),
                    Param::array(changes.times), Param::array(changes.keys), Param::array(changes.payloads),
                    now_});
        if (!changes.closed.empty())
            tx.run(sql::campaign::close_conversations,
                   {organization_, Param::array(changes.closed), Param::array(changes.reasons), now_});
    }

    PlanReport report() const {
        PlanReport report{planned_, {skipped_.begin(), skipped_.end()}};
        std::stable_sort(report.skipped.begin(), report.skipped.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        return report;
    }

private:
    // The first step of the cadence that reaches this lead; when none may, the first one's reason.
    FirstTouch firstTouch(const turn::Lead& lead) const {
        std::vector<std::string> reachable;
        for (const auto& channel : frame_.channels)
            if (!addressOn(lead, channel).empty()) reachable.push_back(channel);
        FirstTouch best{0,
                        {std::nullopt, "campaign.channels", "no channel of the cadence reaches this person"}};
        bool tried = false;
        for (auto next = nextTouch(definition_, std::nullopt, reachable); next;
             next = nextTouch(definition_, next->number, reachable)) {
            auto pace = paceOf(lead, next->number);
            if (pace.at) return {next->number, std::move(pace)};
            if (!tried) best.pace = std::move(pace);
            tried = true;
        }
        return best;
    }

    Pace paceOf(const turn::Lead& lead, std::size_t number) const {
        const auto& touch = definition_.cadence[number];
        PaceRequest request;
        request.contact = contacts_.at({lead.id, touch.channel});
        request.between = touch.between;
        request.days = touch.days;
        request.from = frame_.from;
        request.seed = paceSeed(seed_, lead.id, number);
        request.deadline = frame_.pace.end;
        request.best = frame_.pace.best;
        request.patience = frame_.pace.patience;
        if (days_.limited())
            request.isFull = [&](std::chrono::sys_days date) { return days_.isFull(touch.channel, date); };
        return nextSlot(gate_, request, openTimes_);
    }

    const OrganizationId& organization_;
    const playbook::Definition& definition_;
    const compliance::Gate& gate_;
    std::uint64_t seed_;
    Instant now_;
    Frame frame_;
    std::map<std::pair<LeadId, std::string>, compliance::ContactRequest> contacts_;
    DayLoad days_;
    mutable OpenTimes openTimes_;
    int planned_ = 0;
    std::map<std::string, int> skipped_;
};

}  // namespace

PlanReport planFirstTouches(store::Database& database, const OrganizationId& organization,
                            const CampaignId& campaign, const playbook::Definition& definition,
                            const compliance::Gate& gate, std::uint64_t seed, Instant now) {
    auto begin = database.begin(organization);
    Planner planner(organization, definition, gate, seed, now, frameOf(begin, organization, campaign, now));
    begin.commit();
    std::optional<ConversationId> last;
    for (;;) {
        auto tx = database.begin(organization);
        if (tx.run(sql::campaign::share_state, {organization, campaign})[0].text("state") != "running") break;
        const auto rows = tx.run(sql::campaign::untouched, {organization, campaign, last, kBatch});
        std::vector<turn::Lead> leads;
        for (const auto row : rows) leads.push_back(turn::leadOf(row));
        planner.read(tx, leads);
        Changes changes;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            last = rows[i].id<ConversationId>("conversation_id");
            planner.plan(*last, leads[i], changes);
        }
        planner.write(tx, changes);
        tx.commit();
        if (rows.size() < static_cast<std::size_t>(kBatch)) break;
    }
    database.beginOwner().finish({{sql::campaign::analyze, {}}});
    return planner.report();
}

}  // namespace overture::campaign
