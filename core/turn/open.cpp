#include "turn/open.hpp"

#include <algorithm>
#include <map>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
#include "turn/rows.hpp"

namespace overture::turn {
namespace {

Message messageOf(const store::Row& row) {
    Message message;
    message.number = static_cast<int>(row.integer("number"));
    message.direction = row.text("direction");
    message.author = row.text("author");
    message.channel = row.text("channel");
    message.text = row.text("text");
    message.stage = row.text("stage");
    message.at = row.instant("at");
    message.details = row.isNull("details") ? Json::object() : row.json("details");
    // Of what was said in a call the person knows what they heard.
    if (message.details.contains("heard")) {
        message.text = textOf(message.details, "heard");
        if (message.text.empty()) message.details["unsent"] = true;
    }
    return message;
}

/// Of each place in the list that was asked for, oldest first.
std::vector<std::vector<Message>> messagesOf(const store::Rows& rows, std::size_t places) {
    std::vector<std::vector<Message>> all(places);
    for (const auto row : rows)
        all.at(static_cast<std::size_t>(row.integer("place")) - 1).push_back(messageOf(row));
    for (auto& messages : all)
        std::sort(messages.begin(), messages.end(),
                  [](const Message& a, const Message& b) { return a.number < b.number; });
    return all;
}

void readSnapshot(const store::Row& row, const Claim& claim, Opened& opened) {
    opened.organization = claim.organization;
    opened.fence = claim.fence;
    auto& conversation = opened.conversation;
    conversation.id = claim.conversation;
    conversation.campaign = row.id<CampaignId>("campaign_id");
    conversation.version = row.text("version");
    conversation.stage = row.text("stage");
    conversation.state = row.text("state");
    conversation.reason = row.text("reason");
    conversation.language = row.text("language");
    conversation.channel = row.text("channel");
    conversation.sentiment = row.text("sentiment");
    conversation.facts = row.json("facts");
    conversation.memory = row.json("memory");
    conversation.messageCount = static_cast<int>(row.integer("message_count"));
    conversation.turnCount = static_cast<int>(row.integer("turn_count"));
    conversation.takeoverFence = row.integer("takeover_fence");
    conversation.createdAt = row.instant("created_at");
    opened.campaign = {conversation.campaign, row.text("campaign_name"), row.text("campaign_state"),
                       row.array("channels"), row.json("bindings"),      row.json("settings")};
    opened.lead = leadOf(row);
}

Event eventOf(const store::Row& row) {
    return {row.id<EventId>("event_id"), row.text("kind"),    row.instant("due_at"),
            row.instant("received_at"),  row.json("payload"), static_cast<int>(row.integer("tries"))};
}

std::vector<RecordedStep> recordedSteps(const Json& rows) {
    std::vector<RecordedStep> steps;
    for (const auto& row : rows)
        steps.push_back({row.at(0).get<std::string>(), row.at(1).get<std::string>(), row.at(2)});
    return steps;
}

/// The turn that a crash left open: its own events and the state of that time.
void resume(const store::Row& row, const Json& unfinished, const std::vector<Event>& pending, Start& start) {
    auto& opened = start.opened;
    opened.turnNumber = static_cast<int>(row.integer("last_turn"));
    opened.recorded = true;
    opened.restore(unfinished);
    start.recorded = recordedSteps(row.json("steps"));
    opened.steps = static_cast<int>(start.recorded.size());
    const auto &ids = unfinished.at("events"), &due = unfinished.at("due");
    // In their order of that time: a later message moves what waits.
    for (std::size_t i = 0; i < ids.size(); ++i)
        for (const auto& event : pending)
            if (event.id.text() == ids[i]) {
                opened.events.push_back(event);
                if (const auto then = parseRfc3339(due.at(i).get<std::string>()))
                    opened.events.back().dueAt = *then;
            }
}

void begin(const store::Row& row, const Claim& claim, Instant now, const std::vector<Event>& pending,
           Start& start) {
    auto& opened = start.opened;
    opened.turnNumber = static_cast<int>(row.integer("last_turn")) + 1;
    opened.now = now;
    opened.seed = hash64(claim.conversation.text(), static_cast<std::uint64_t>(opened.turnNumber)) >> 12;
    for (const auto& event : pending) {
        if (event.dueAt > now) continue;
        auto& to = event.kind == "status" && !needsTurn(event.payload) ? start.statuses : opened.events;
        to.push_back(event);
    }
}

/// One organization's claims.
class Opening {
public:
    Opening(store::Database& database, const OrganizationId& organization, Instant now)
        : tx_(database.begin(organization)), organization_(organization), now_(now) {}

    void read(const std::vector<std::pair<const Claim*, std::optional<Start>*>>& claims) {
        std::vector<std::string> ids;
        for (const auto& [claim, start] : claims) ids.push_back(claim->conversation.text());
        const auto list = store::Param::array(ids);
        const auto rows = tx_.finish({{sql::turn::open, {organization_, list}},
                                      {sql::turn::pending_events, {organization_, list}},
                                      {sql::turn::contacts, {organization_, list, now_}},
                                      {sql::turn::history, {organization_, list}}});
        auto messages = messagesOf(rows[3], claims.size());
        std::map<std::string, std::vector<Event>> pending;
        for (const auto row : rows[1]) pending[row.text("conversation_id")].push_back(eventOf(row));
        std::map<std::string, Opened*> fresh;
        std::map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < rows[0].size(); ++i)
            places.emplace(rows[0][i].text("conversation_id"), i);
        for (std::size_t i = 0; i < claims.size(); ++i) {
            const auto& [claim, start] = claims[i];
            const auto place = places.find(claim->conversation.text());
            if (place == places.end()) continue;
            const auto row = rows[0][place->second];
            if (row.integer("fence") != claim->fence) continue;
            one(row, *claim, pending[place->first], start->emplace());
            (*start)->opened.messages = std::move(messages[i]);
            fresh.emplace(place->first, &(*start)->opened);
        }
        for (const auto row : rows[2])
            if (const auto found = fresh.find(row.text("conversation_id")); found != fresh.end())
                contact(row, *found->second);
    }

private:
    void one(const store::Row& row, const Claim& claim, const std::vector<Event>& pending, Start& start) {
        readSnapshot(row, claim, start.opened);
        if (const auto unfinished = row.json("unfinished"); unfinished.is_object()) {
            resume(row, unfinished, pending, start);
            if (!start.opened.events.empty()) return;
            start = Start();  // its events were closed by somebody else: by an opt-out, or by a person
            readSnapshot(row, claim, start.opened);
        }
        begin(row, claim, now_, pending, start);
    }

    /// What the gate must know, except of a turn that was opened before: that one stays with what it knew.
    void contact(const store::Row& row, Opened& opened) {
        if (opened.recorded || opened.events.empty()) return;
        compliance::ContactRequest request;
        request.channel = row.text("channel");
        request.address = request.channel == "email" ? opened.lead.email : opened.lead.phone;
        request.at = opened.now;
        request.place = opened.lead.place();
        if (request.address.empty()) return;
        compliance::fillFromRow(row, request);
        opened.contacts.emplace(request.channel, std::move(request));
    }

    store::Transaction tx_;
    const OrganizationId& organization_;
    Instant now_;
};

}  // namespace

std::vector<std::optional<Start>> open(store::Database& database, const std::vector<Claim>& claims,
                                       Instant now) {
    failpoint("turn.after_claim");
    std::vector<std::optional<Start>> starts(claims.size());
    std::map<OrganizationId, std::vector<std::pair<const Claim*, std::optional<Start>*>>> byOrganization;
    for (std::size_t i = 0; i < claims.size(); ++i)
        byOrganization[claims[i].organization].emplace_back(&claims[i], &starts[i]);
    for (const auto& [organization, own] : byOrganization) Opening(database, organization, now).read(own);
    return starts;
}

std::optional<Start> open(store::Database& database, const Claim& claim, Instant now) {
    return std::move(open(database, std::vector{claim}, now).front());
}

}  // namespace overture::turn
