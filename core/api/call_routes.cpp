#include "api/shared.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

const Json kCallStates{"placing", "ringing", "talking", "ended"};

Json transferOf(const store::Row& row) {
    if (row.isNull("transferred_at")) return nullptr;
    return {{"to", row.text("transfer_to")},
            {"at", toRfc3339(row.instant("transferred_at"))},
            {"ended_at", timeOrNull(row, "transfer_ended_at")},
            {"outcome", textOrNull(row, "transfer_outcome")}};
}

Json jsonOfCall(const store::Row& row) {
    return {{"id", row.text("call_id")},
            {"conversation", row.text("conversation_id")},
            {"campaign", row.text("campaign_id")},
            {"lead",
             {{"id", row.text("lead_id")},
              {"first_name", row.text("first_name")},
              {"last_name", row.text("last_name")},
              {"phone", textOrNull(row, "phone")}}},
            {"direction", row.text("direction")},
            {"state", row.text("state")},
            {"started_at", toRfc3339(row.instant("started_at"))},
            {"answered_at", timeOrNull(row, "answered_at")},
            {"ended_at", timeOrNull(row, "ended_at")},
            {"answered_by", textOrNull(row, "answered_by")},
            {"reason", row.text("reason")},
            {"transfer", transferOf(row)},
            {"recorded", row.boolean("recorded")},
            {"recording_refused", row.boolean("recording_refused")}};
}

store::Param askedId(const Call& call, const char* name) {
    if (!call.query.contains(name)) return nullptr;
    const auto id = Uuid::parse(call.query[name].get<std::string>());
    if (!id) throw Refusal{400, "invalid", "This is no id.", name};
    return store::Param(*id);
}

store::Param askedTime(const Call& call, const char* name) {
    if (!call.query.contains(name)) return nullptr;
    const auto at = parseRfc3339(call.query[name].get<std::string>());
    if (!at) throw Refusal{400, "invalid", "This is no time; 2026-03-01T17:00:00Z is.", name};
    return store::Param(*at);
}

Answer listCalls(Call& call) {
    const auto state = call.query.contains("state") ? store::Param(call.query["state"].get<std::string>())
                                                    : store::Param(nullptr);
    Json items = Json::array();
    for (const auto row :
         call.tx.run(sql::api::calls,
                     {call.organization, below(call), rowsWanted(call), askedId(call, "conversation"),
                      askedId(call, "lead"), state, askedTime(call, "since"), askedTime(call, "until")}))
        items.push_back(jsonOfCall(row));
    return page(call, std::move(items));
}

Json theCall(Call& call) {
    const auto rows = call.tx.run(sql::api::call, {call.organization, call.ids.at("call")});
    if (rows.empty()) notFound("call");
    auto document = jsonOfCall(rows[0]);
    document["figures"] = rows[0].json("details");
    return document;
}

double secondsOf(const store::Row& row) {
    return static_cast<double>(row.integer("milliseconds")) / 1000;
}

Answer showCall(Call& call) {
    auto document = theCall(call);
    document["lines"] = document["recordings"] = Json::array();
    for (const auto row : call.tx.run(sql::api::call_lines, {call.organization, call.ids.at("call")}))
        document["lines"].push_back({{"number", row.integer("number")},
                                     {"who", row.text("who")},
                                     {"text", row.text("text")},
                                     {"kind", row.text("kind")},
                                     {"from_ms", row.integer("from_ms")},
                                     {"to_ms", row.integer("to_ms")},
                                     {"confidence", row.real("confidence")},
                                     {"words", row.json("words")}});
    for (const auto row :
         call.tx.run(sql::api::recordings, {call.organization, call.ids.at("call"), nullptr}))
        document["recordings"].push_back({{"part", row.integer("part")},
                                          {"state", row.text("state")},
                                          {"began_at", toRfc3339(row.instant("began_at"))},
                                          {"stored_at", timeOrNull(row, "stored_at")},
                                          {"seconds", secondsOf(row)},
                                          {"bytes", row.integer("bytes")}});
    return {std::move(document)};
}

/// Who gets a link may listen: that is written down.
Answer linkToRecording(Call& call) {
    theCall(call);
    const auto part = call.query["part"].get<int>();
    const auto rows = call.tx.run(sql::api::recordings, {call.organization, call.ids.at("call"), part});
    if (rows.empty()) notFound("recording");
    const auto row = rows[0];
    if (row.text("state") != "stored")
        throw Refusal{409, "not_stored",
                      "The recording is not in its storage yet; try again when the call is over.", "",
                      seconds(5)};
    if (!call.means.recordingLink)
        throw Refusal{503, "no_recordings",
                      "This server hands no recordings out: it was begun without a folder for them."};
    auto document = orRefuse(503, "no_recordings", [&] {
        return call.means.recordingLink(call.organization, call.ids.at("call"), part,
                                        BindingId::parse(row.text("binding_id")), row.text("key"));
    });
    document.update({{"part", part}, {"seconds", secondsOf(row)}, {"bytes", row.integer("bytes")}});
    tenant::audit(call.tx, call.organization, call.caller.actor, "linkToRecording",
                  "/v1/calls/" + call.ids.at("call").text() + "/recording", {{"part", part}}, call.now);
    return {std::move(document), {}, false, Json::object(), true};
}

Json transferSchema() {
    auto schema = object({{"to", type("string")},
                          {"at", time()},
                          {"ended_at", maybeTime()},
                          {"outcome", maybe("string", "answered, busy, no_answer, failed, left; none yet")}});
    schema["type"] = {"object", "null"};
    schema["description"] = "to the person it was given to";
    return schema;
}

Json callSchema(const Json& more = Json::object()) {
    Json properties{{"id", uuid("of a call that we placed, its delivery's as well")},
                    {"conversation", uuid()},
                    {"campaign", uuid()},
                    {"lead", object({{"id", uuid()},
                                     {"first_name", type("string")},
                                     {"last_name", type("string")},
                                     {"phone", maybe("string")}})},
                    {"direction", {{"type", "string"}, {"enum", {"outward", "inbound"}}}},
                    {"state", {{"type", "string"}, {"enum", kCallStates}}},
                    {"started_at", time()},
                    {"answered_at", maybeTime()},
                    {"ended_at", maybeTime()},
                    {"answered_by", maybe("string", "person, machine, screening, menu, fax")},
                    {"reason", type("string", "why it ended")},
                    {"transfer", transferSchema()},
                    {"recorded", type("boolean", "there is a recording that can be listened to")},
                    {"recording_refused", type("boolean", "they said that they do not want to be recorded")}};
    properties.update(more);
    return object(properties);
}

Json lineSchema() {
    return object({{"number", type("integer")},
                   {"who", {{"type", "string"}, {"enum", {"lead", "agent"}}}},
                   {"text", type("string", "of ours, what was heard of it")},
                   {"kind", type("string", "what is special: notice, filler, backchannel, cut, machine, …")},
                   {"from_ms", type("integer", "since the sound began")},
                   {"to_ms", type("integer")},
                   {"confidence", type("number")},
                   {"words",
                    {{"type", "array"},
                     {"items", {{"type", "object"}}},
                     {"description", "of theirs, each with its times: text, from_ms, to_ms, confidence"}}}});
}

}  // namespace

std::vector<Route> callRoutes() {
    const auto text = [](const char* about) { return Json{{"type", "string"}, {"description", about}}; };
    const Json filters{{"conversation", text("its id")},
                       {"lead", text("its id")},
                       {"state", {{"type", "string"}, {"enum", kCallStates}}},
                       {"since", text("begun at that time or after it")},
                       {"until", text("begun before that time")}};
    const auto recording = object({{"part", type("integer")},
                                   {"state", {{"type", "string"}, {"enum", {"open", "stored"}}}},
                                   {"began_at", time()},
                                   {"stored_at", maybeTime()},
                                   {"seconds", type("number")},
                                   {"bytes", type("integer")}});
    const std::string one = "/v1/calls/{call}";
    return {{"GET",
             "/v1/calls",
             "listCalls",
             "Every call, the newest first.",
             Role::agent,
             listQuery(filters),
             {},
             listSchema(callSchema()),
             listCalls},
            {"GET",
             one,
             "showCall",
             "One call: what was said in it and when, how it went, and its recordings.",
             Role::agent,
             {},
             {},
             callSchema({{"figures", type("object", "of its legs and its sound")},
                         {"lines", {{"type", "array"}, {"items", lineSchema()}}},
                         {"recordings", {{"type", "array"}, {"items", recording}}}}),
             showCall},
            {"GET",
             one + "/recording",
             "linkToRecording",
             "Where a recording can be listened to, for 15 minutes: a WAV file, the lead on the left, the "
             "agent as heard on the "
             "right. The audit names who asked.",
             Role::manager,
             {{"part",
               {{"type", "integer"},
                {"minimum", 1},
                {"default", 1},
                {"description", "of a call that its carrier connected to us more than once"}}}},
             {},
             object({{"url", type("string")},
                     {"expires_at", time()},
                     {"part", type("integer")},
                     {"seconds", type("number")},
                     {"bytes", type("integer")}}),
             linkToRecording}};
}

}  // namespace overture::api
