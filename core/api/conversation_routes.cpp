#include "api/shared.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"
#include "turn/mailbox.hpp"

namespace overture::api {
namespace {

using tenant::Role;

const Json kStates{"open", "held", "taken", "closed"};

const Json kDeliveryStates{"due",         "sending", "sent", "delivered", "failed",
                           "undelivered", "unknown", "held", "cancelled"};

constexpr seconds kLongestTake{90 * 86400};

Json jsonOf(const store::Row& row) {
    return {{"id", row.text("conversation_id")},
            {"campaign", {{"id", row.text("campaign_id")}, {"name", row.text("campaign")}}},
            {"lead",
             {{"id", row.text("lead_id")},
              {"external_id", textOrNull(row, "external_id")},
              {"first_name", row.text("first_name")},
              {"last_name", row.text("last_name")},
              {"phone", textOrNull(row, "phone")},
              {"email", textOrNull(row, "email")},
              {"zone", textOrNull(row, "zone")}}},
            {"version", row.text("version")},
            {"stage", row.text("stage")},
            {"state", row.text("state")},
            {"reason", row.text("reason")},
            {"language", row.text("language")},
            {"channel", row.text("channel")},
            {"sentiment", row.text("sentiment")},
            {"facts", row.json("facts")},
            {"messages", row.integer("message_count")},
            {"created_at", toRfc3339(row.instant("created_at"))},
            {"updated_at", toRfc3339(row.instant("updated_at"))}};
}

store::Param given(const Call& call, const char* name) {
    return call.query.contains(name) ? store::Param(call.query[name].get<std::string>())
                                     : store::Param(nullptr);
}

store::Param givenId(const Call& call, const char* name) {
    if (!call.query.contains(name)) return nullptr;
    const auto id = Uuid::parse(call.query[name].get<std::string>());
    if (!id) throw Refusal{400, "invalid", "This is no id.", name};
    return store::Param(*id);
}

store::Rows ofLead(Call& call) {
    return call.tx.run(sql::api::conversations_of_lead,
                       {call.organization, below(call), given(call, "state"), given(call, "stage"),
                        givenId(call, "campaign"), rowsWanted(call), givenId(call, "lead")});
}

/// Each by a statement of its own, which an index answers.
store::Rows asked(Call& call) {
    const auto has = [&](const char* name) { return call.query.contains(name); };
    if (has("lead")) return ofLead(call);
    std::vector<store::Param> params{call.organization, below(call), rowsWanted(call)};
    if (!has("state") && !has("stage") && !has("campaign"))
        return call.tx.run(sql::api::conversations, params);
    params.push_back(store::Param::array(has("state") ? std::vector{call.query["state"].get<std::string>()}
                                                      : kStates.get<std::vector<std::string>>()));
    params.push_back(givenId(call, "campaign"));
    if (!has("stage")) return call.tx.run(sql::api::conversations_of_state, params);
    params.emplace_back(call.query["stage"].get<std::string>());
    return call.tx.run(sql::api::conversations_of_stage, params);
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row : asked(call)) items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

store::Rows theOne(Call& call) {
    auto rows =
        call.tx.run(sql::api::conversation, {call.organization, call.id<ConversationId>("conversation")});
    if (rows.empty()) notFound("conversation");
    return rows;
}

Answer show(Call& call) {
    const auto rows = theOne(call);
    return {jsonOf(rows[0]), tagOf(rows[0])};
}

Answer messages(Call& call) {
    theOne(call);
    int from = 0;
    if (call.query.contains("after")) {
        const auto text = call.query["after"].get<std::string>();
        if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
            throw Refusal{400, "invalid", "This is no cursor; take `next` of the page before.", "after"};
        from = std::stoi(text);
    }
    Json items = Json::array();
    for (const auto row : call.tx.run(
             sql::api::messages, {call.organization, call.ids.at("conversation"), from, rowsWanted(call)}))
        items.push_back({{"id", std::to_string(row.integer("number"))},
                         {"direction", row.text("direction")},
                         {"author", row.text("author")},
                         {"channel", row.text("channel")},
                         {"stage", row.text("stage")},
                         {"text", row.text("text")},
                         {"media", row.json("details").value("media", Json::array())},
                         {"at", toRfc3339(row.instant("at"))}});
    return page(call, std::move(items));
}

/// Waits in the conversation's mailbox like everything else that happens to it.
Answer write(Call& call) {
    const auto rows = theOne(call);
    call.mustMatch(tagOf(rows[0]));
    const auto state = rows[0].text("state");
    if (state != "taken" && state != "held")
        throw Refusal{409, "not_taken", "The conversation is " + state + "; take it first."};
    const EventId id(uuid7(call.now));
    const auto by = call.speaker();
    Json payload{{"text", call.body["text"]}, {"by", by}};
    if (call.body.contains("channel")) payload["channel"] = call.body["channel"];
    turn::post(call.tx, call.organization,
               {{id, call.id<ConversationId>("conversation"), "reply", call.now, call.now,
                 "reply:" + id.text(), std::move(payload)}});
    return {{{"event", id.text()}}, {}, true, {{"by", by}}};
}

Json jsonOfDelivery(const store::Row& row) {
    return {{"id", row.text("delivery_id")},
            {"conversation", row.text("conversation_id")},
            {"turn", row.integer("turn_number")},
            {"channel", row.text("channel")},
            {"from", row.text("sender")},
            {"to", row.text("recipient")},
            {"text", row.text("text")},
            {"state", row.text("state")},
            {"reference", textOrNull(row, "reference")},
            {"note", row.text("note")},
            {"permit", row.text("permit_id")},
            {"tries", row.integer("tries")},
            {"due_at", toRfc3339(row.instant("due_at"))},
            {"sent_at", timeOrNull(row, "sent_at")}};
}

Answer deliveriesIn(Call& call, const store::Rows& rows) {
    Json items = Json::array();
    for (const auto row : rows) items.push_back(jsonOfDelivery(row));
    return page(call, std::move(items));
}

Answer deliveries(Call& call) {
    theOne(call);
    return deliveriesIn(call, call.tx.run(sql::api::deliveries_of_conversation,
                                          {call.organization, below(call), given(call, "state"),
                                           rowsWanted(call), call.ids.at("conversation")}));
}

Answer allDeliveries(Call& call) {
    std::vector<store::Param> asked{call.organization, below(call), rowsWanted(call)};
    const bool ofState = call.query.contains("state");
    if (ofState) asked.push_back(given(call, "state"));
    return deliveriesIn(call,
                        call.tx.run(ofState ? sql::api::deliveries_of_state : sql::api::deliveries, asked));
}

Answer take(Call& call) {
    const auto id = call.id<ConversationId>("conversation");
    const auto rows = theOne(call);
    call.mustMatch(tagOf(rows[0]));
    const auto length = parseDuration(call.body["for"].get<std::string>());
    if (!length || *length <= seconds(0) || *length > kLongestTake)
        throw Refusal{400, "invalid", "This is no duration up to 90d; 30m, 8h or 2d are.", "for"};
    const auto by = call.speaker();
    const auto until = call.now + *length;
    const auto fence = turn::takeOver(call.tx, call.organization, id, by, call.now, until);
    if (!fence)
        throw Refusal{409, "closed",
                      "The conversation is closed; nothing is sent in it, there is nothing to take."};
    return {{{"conversation", id.text()}, {"by", by}, {"until", toRfc3339(until)}, {"fence", *fence}},
            {},
            true,
            {{"by", by}, {"until", toRfc3339(until)}}};
}

Answer giveBack(Call& call) {
    const auto id = call.id<ConversationId>("conversation");
    const auto rows = theOne(call);
    call.mustMatch(tagOf(rows[0]));
    if (!turn::giveBack(call.tx, call.organization, id, call.now))
        throw Refusal{409, "not_taken", "Nobody has taken this conversation."};
    return {{{"conversation", id.text()}}, {}, true};
}

Json conversationSchema() {
    const auto lead = object({{"id", uuid()},
                              {"external_id", maybe("string")},
                              {"first_name", type("string")},
                              {"last_name", type("string")},
                              {"phone", maybe("string")},
                              {"email", maybe("string")},
                              {"zone", maybe("string")}});
    return object({{"id", uuid()},
                   {"campaign", object({{"id", uuid()}, {"name", type("string")}})},
                   {"lead", lead},
                   {"version", type("string", "the playbook's, with which it began")},
                   {"stage", type("string")},
                   {"state", {{"type", "string"}, {"enum", kStates}}},
                   {"reason", type("string", "why it is held, taken or closed")},
                   {"language", type("string")},
                   {"channel", type("string", "the one last used by either side")},
                   {"sentiment", type("string")},
                   {"facts", type("object")},
                   {"messages", type("integer", "how many")},
                   {"created_at", time()},
                   {"updated_at", time()}});
}

Json messageSchema() {
    return object(
        {{"id", type("string", "its number in the conversation")},
         {"direction", {{"type", "string"}, {"enum", {"in", "out", "note"}}}},
         {"author", {{"type", "string"}, {"enum", {"lead", "agent", "user", "engine"}}}},
         {"channel", type("string")},
         {"stage", type("string")},
         {"text", type("string")},
         {"media",
          {{"type", "array"},
           {"items", {{"type", "object"}}},
           {"description", "what came along: its address, or the carrier's id of it, and its content type"}}},
         {"at", time()}});
}

Json deliverySchema() {
    return object({{"id", uuid()},
                   {"conversation", uuid()},
                   {"turn", type("integer")},
                   {"channel", type("string")},
                   {"from", type("string")},
                   {"to", type("string")},
                   {"text", type("string")},
                   {"state", type("string")},
                   {"reference", maybe("string", "the carrier's")},
                   {"note", type("string")},
                   {"permit", uuid()},
                   {"tries", type("integer")},
                   {"due_at", time()},
                   {"sent_at", maybeTime()}});
}

}  // namespace

std::vector<Route> conversationRoutes() {
    const Json filters{{"state", {{"type", "string"}, {"enum", kStates}}},
                       {"stage", {{"type", "string"}}},
                       {"campaign", {{"type", "string"}, {"description", "its id"}}},
                       {"lead", {{"type", "string"}, {"description", "its id"}}}};
    const Json takeover{
        {"type", "object"},
        {"properties",
         {{"for", {{"type", "string"}, {"default", "8h"}, {"description", "how long: 30m, 8h, 2d"}}},
          {"by",
           {{"type", "string"},
            {"minLength", 1},
            {"maxLength", 100},
            {"description", "who speaks; without it the caller's name; a person's own in any case"}}}}},
        {"additionalProperties", false}};
    const Json words{
        {"type", "object"},
        {"required", {"text"}},
        {"properties",
         {{"text", {{"type", "string"}, {"minLength", 1}, {"maxLength", 4000}}},
          {"by",
           {{"type", "string"},
            {"minLength", 1},
            {"maxLength", 100},
            {"description", "who writes; without it the caller's name; a person's own in any case"}}},
          {"channel", {{"type", "string"}, {"description", "without it the one last used by either side"}}}}},
        {"additionalProperties", false}};
    const auto taken = object({{"conversation", uuid()},
                               {"by", type("string")},
                               {"until", time()},
                               {"fence", type("integer", "drafts and deliveries from before it are void")}});
    const std::string one = "/v1/conversations/{conversation}";
    return {
        {"GET",
         "/v1/conversations",
         "listConversations",
         "Every conversation, the newest first. `state=held` is the queue of those that wait for a person.",
         Role::agent,
         listQuery(filters),
         {},
         listSchema(conversationSchema()),
         list},
        {"GET",
         one,
         "showConversation",
         "One conversation. Its ETag can be sent back as If-Match.",
         Role::agent,
         {},
         {},
         conversationSchema(),
         show},
        {"GET",
         one + "/messages",
         "listMessages",
         "What was said, the oldest first.",
         Role::agent,
         listQuery(),
         {},
         listSchema(messageSchema()),
         messages},
        {"GET",
         one + "/deliveries",
         "listDeliveries",
         "What went out or waits to, the newest first.",
         Role::agent,
         listQuery(),
         {},
         listSchema(deliverySchema()),
         deliveries},
        {"GET",
         "/v1/deliveries",
         "listAllDeliveries",
         "What went out or waits to, in all conversations, the newest first.",
         Role::agent,
         listQuery({{"state", {{"type", "string"}, {"enum", kDeliveryStates}}}}),
         {},
         listSchema(deliverySchema()),
         allDeliveries},
        {"POST",
         one + "/messages",
         "writeMessage",
         "A person writes to the lead of a taken or held conversation. It goes out through the gate like "
         "everything else: "
         "at once, when the hours allow it again, or not at all; then a note among the messages says why.",
         Role::agent,
         {},
         words,
         object({{"event", uuid("it is on its way; the message appears among the messages")}}),
         write},
        {"POST",
         one + "/take",
         "takeConversation",
         "A person speaks with this lead; the agent does not. Drafts in hand and messages not yet sent are "
         "void from "
         "this answer on; what the lead writes is kept and not answered. Taking it again moves the end.",
         Role::agent,
         {},
         takeover,
         taken,
         take},
        {"POST",
         one + "/give-back",
         "giveBackConversation",
         "The agent may speak again, about what comes from now on.",
         Role::agent,
         {},
         {},
         object({{"conversation", uuid()}}),
         giveBack},
    };
}

}  // namespace overture::api
