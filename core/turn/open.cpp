#include "turn/open.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "compliance/records.hpp"
#include "queries/turn.hpp"
#include "turn/rows.hpp"

namespace overture::turn {
namespace {

std::vector<Message> messagesOf(const Json& rows) {
    std::vector<Message> messages;
    for (const auto& row : rows) {
        Message message;
        message.number = row.at("number").get<int>();
        message.direction = row.at("direction").get<std::string>();
        message.author = row.at("author").get<std::string>();
        message.channel = row.at("channel").get<std::string>();
        message.text = row.at("text").get<std::string>();
        message.stage = row.at("stage").get<std::string>();
        message.at = Instant(microseconds(row.at("at_micros").get<std::int64_t>()));
        message.details = row.at("details");
        messages.push_back(std::move(message));
    }
    return messages;
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
                       row.array("channels"), row.json("bindings"), row.json("settings")};
    opened.lead = leadOf(row);
    opened.messages = messagesOf(row.json("messages"));
}

Event eventOf(const store::Row& row) {
    return {row.id<EventId>("event_id"), row.text("kind"),    row.instant("due_at"),
            row.instant("received_at"),  row.json("payload"), static_cast<int>(row.integer("tries"))};
}

void readContacts(store::Transaction& tx, Opened& opened) {
    for (const auto& channel : opened.campaign.channels) {
        compliance::ContactRequest request;
        request.channel = channel;
        request.address = channel == "email" ? opened.lead.email : opened.lead.phone;
        request.at = opened.now;
        request.place = opened.lead.place();
        if (request.address.empty()) continue;
        compliance::fillFromRecords(tx, opened.organization, request);
        opened.contacts.emplace(channel, std::move(request));
    }
}

Json openedDocument(const Opened& opened) {
    Json events = Json::array();
    for (const auto& event : opened.events) events.push_back(event.id.text());
    Json contacts = Json::object();
    for (const auto& [channel, request] : opened.contacts) contacts[channel] = request.toJson();
    return {{"events", events},     {"now", toRfc3339(opened.now)},           {"version", opened.conversation.version},
            {"seed", opened.seed},  {"messages", opened.conversation.messageCount}, {"contacts", contacts}};
}

std::vector<RecordedStep> recordedSteps(store::Transaction& tx, const Opened& opened) {
    std::vector<RecordedStep> steps;
    for (const auto row : tx.run(sql::turn::steps, {opened.organization, opened.conversation.id, opened.turnNumber}))
        steps.push_back({row.text("kind"), row.text("request_hash"), row.json("result")});
    return steps;
}

void readEvents(store::Transaction& tx, const Claim& claim, Instant now, const Json& unfinished, Start& start) {
    std::vector<std::string> ids;
    if (unfinished.is_object())
        for (const auto& id : unfinished.at("opened").at("events")) ids.push_back(id.get<std::string>());
    const auto rows = tx.run(sql::turn::due_events,
                             {claim.organization, claim.conversation, now, store::Param::array(ids)});
    for (const auto row : rows) {
        auto event = eventOf(row);
        const bool again = std::find(ids.begin(), ids.end(), event.id.text()) != ids.end();
        if (event.kind == "status" && !needsTurn(event.payload)) start.statuses.push_back(std::move(event));
        else if (ids.empty() || again) start.opened.events.push_back(std::move(event));
    }
}

}  // namespace

std::optional<Start> open(store::Database& database, const Claim& claim, Instant now) {
    auto tx = database.begin(claim.organization);
    const auto rows = tx.run(sql::turn::open, {claim.organization, claim.conversation});
    if (rows.empty() || rows[0].integer("fence") != claim.fence) return std::nullopt;
    Start start;
    auto& opened = start.opened;
    readSnapshot(rows[0], claim, opened);
    const auto unfinished = rows[0].json("unfinished");
    opened.now = unfinished.is_object() ? parseRfc3339(textOf(unfinished["opened"], "now")).value_or(now) : now;
    readEvents(tx, claim, now, unfinished, start);
    if (opened.events.empty()) {
        tx.commit();
        return start;
    }
    if (unfinished.is_object()) {
        opened.turnNumber = unfinished.at("turn_number").get<int>();
        opened.seed = unfinished.at("opened").at("seed").get<std::uint64_t>();
        start.recorded = recordedSteps(tx, opened);
        tx.queue(sql::turn::take_turn, {claim.organization, claim.conversation, opened.turnNumber, claim.fence});
        readContacts(tx, opened);
    } else {
        opened.turnNumber = static_cast<int>(
            tx.run(sql::turn::next_turn_number, {claim.organization, claim.conversation})[0].integer("number"));
        opened.seed = hash64(claim.conversation.text(), static_cast<std::uint64_t>(opened.turnNumber)) >> 12;
        readContacts(tx, opened);
        tx.queue(sql::turn::insert_turn, {claim.organization, claim.conversation, opened.turnNumber, claim.fence, now,
                                        openedDocument(opened)});
    }
    tx.commit();
    return start;
}

}  // namespace overture::turn
