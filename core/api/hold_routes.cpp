#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"
#include "turn/mailbox.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json jsonOf(const store::Row& row) {
    const auto review = row.json("review");
    const auto draft = textOf(review, "draft");
    return {{"id", row.text("conversation_id")},
            {"campaign", {{"id", row.text("campaign_id")}, {"name", row.text("campaign")}}},
            {"lead",
             {{"id", row.text("lead_id")},
              {"first_name", row.text("first_name")},
              {"last_name", row.text("last_name")}}},
            {"stage", row.text("stage")},
            {"channel", row.text("channel")},
            {"reason", row.text("reason")},
            {"draft", draft.empty() ? Json() : Json(draft)},
            {"since", toRfc3339(row.instant("updated_at"))},
            {"tag", tagOf(row)}};
}

Answer list(Call& call) {
    Json items = Json::array();
    for (const auto row : call.tx.run(sql::api::holds, {call.organization, below(call), rowsWanted(call)}))
        items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

/// What waits for a person in this conversation, and for nobody else until the call ends.
Json theHold(Call& call) {
    const auto id = call.id<ConversationId>("conversation");
    call.tx.run(sql::api::lock_conversation, {call.organization, id});
    const auto one = call.tx.run(sql::api::conversation, {call.organization, id});
    if (one.empty()) notFound("conversation");
    const auto rows = call.tx.run(sql::api::hold, {call.organization, id});
    if (rows.empty())
        throw Refusal{409, "not_held",
                      "This conversation is " + one[0].text("state") + "; it does not wait for a person."};
    call.mustMatch(tagOf(rows[0]));
    if (!call.tx.run(sql::api::reply_waits, {call.organization, id}).empty())
        throw Refusal{409, "already_answered", "Somebody has answered this already; it is on its way."};
    return jsonOf(rows[0]);
}

Answer approve(Call& call) {
    const auto hold = theHold(call);
    const auto draft = textOf(hold, "draft"), text = textOf(call.body, "text", draft);
    if (trim(text).empty())
        throw Refusal{409, "no_draft", "There is no draft to approve; write what shall be said.", "text"};
    const auto by = call.speaker();
    const EventId id(uuid7(call.now));
    turn::post(call.tx, call.organization,
               {{id,
                 call.id<ConversationId>("conversation"),
                 "reply",
                 call.now,
                 call.now,
                 "reply:" + id.text(),
                 {{"text", text}, {"by", by}, {"go_on", true}}}});
    return {{{"event", id.text()}}, {}, true, {{"by", by}, {"edited", text != draft}}};
}

Answer refuse(Call& call) {
    theHold(call);
    call.tx.run(sql::api::let_go_on, {call.organization, call.ids.at("conversation"), call.now});
    return {{{"conversation", call.ids.at("conversation").text()}, {"state", "open"}}, {}, true};
}

Answer addNote(Call& call) {
    const auto id = call.ids.at("conversation");
    const auto made =
        call.tx.run(sql::api::insert_note,
                    {call.organization, id, call.body["text"].get<std::string>(), call.speaker(), call.now});
    if (made.empty()) notFound("conversation");
    return {{{"id", std::to_string(made[0].integer("number"))}}};
}

}  // namespace

std::vector<Route> holdRoutes() {
    const Json by{{"type", "string"},
                  {"minLength", 1},
                  {"maxLength", 100},
                  {"description", "who speaks; without it the caller's name; a person's own in any case"}};
    const auto hold = object(
        {{"id", uuid("the conversation's")},
         {"campaign", object({{"id", uuid()}, {"name", type("string")}})},
         {"lead", object({{"id", uuid()}, {"first_name", type("string")}, {"last_name", type("string")}})},
         {"stage", type("string")},
         {"channel", type("string")},
         {"reason", type("string", "why it waits for a person")},
         {"draft", maybe("string", "what the agent would have said")},
         {"since", time()},
         {"tag", type("string", "its ETag: in quotes as If-Match, one answers this and nothing newer")}});
    const std::string one = "/v1/conversations/{conversation}";
    return {
        {"GET",
         "/v1/holds",
         "listHolds",
         "The conversations that wait for a person, with the draft that was not sent.",
         Role::agent,
         listQuery(),
         {},
         listSchema(hold),
         list},
        {"POST",
         one + "/approve",
         "approveDraft",
         "The draft goes out, or other words in its place, and the agent goes on. Through the gate like "
         "everything else: when "
         "it refuses, a note says why and the conversation stays held.",
         Role::agent,
         {},
         {{"type", "object"},
          {"properties",
           {{"text",
             {{"type", "string"},
              {"minLength", 1},
              {"maxLength", 4000},
              {"examples", {"Two o'clock then?"}},
              {"description", "in place of the draft"}}},
            {"by", by}}},
          {"examples", {{{"text", "Two o'clock then?"}}}},
          {"additionalProperties", false}},
         object({{"event", uuid("it is on its way; the message appears among the messages")}}),
         approve},
        {"POST",
         one + "/refuse",
         "refuseDraft",
         "Nothing is sent, and the agent may speak again about what comes from now on.",
         Role::agent,
         {},
         {},
         object({{"conversation", uuid()}, {"state", type("string")}}),
         refuse},
        {"POST",
         one + "/notes",
         "addNote",
         "A note among the messages, for people; it is sent to nobody.",
         Role::agent,
         {},
         {{"type", "object"},
          {"required", {"text"}},
          {"properties", {{"text", {{"type", "string"}, {"minLength", 1}, {"maxLength", 4000}}}, {"by", by}}},
          {"additionalProperties", false}},
         object({{"id", type("string", "its number in the conversation")}}),
         addNote},
    };
}

}  // namespace overture::api
