#include "api/shared.hpp"
#include "base/time.hpp"
#include "feed/endpoints.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

Json kindsSchema() {
    return {{"type", "array"}, {"items", {{"type", "string"}}}, {"description", "only these; none: all"}};
}

Json endpointSchema() {
    return object({{"id", uuid()},
                   {"url", type("string")},
                   {"kinds", kindsSchema()},
                   {"about", type("string")},
                   {"on", type("boolean")},
                   {"note", type("string", "why it is off, or what it said last")},
                   {"failures", type("integer", "in a row")},
                   {"resting_until", maybeTime("nothing is sent before")},
                   {"secret_before_until", maybeTime("until then the secret before signs as well")},
                   {"due", type("integer", "notices that wait")},
                   {"dead", type("integer", "notices that were given up")},
                   {"created_at", time()}});
}

Json jsonOf(const feed::Endpoint& endpoint) {
    return {{"id", endpoint.id.text()},
            {"url", endpoint.url},
            {"kinds", endpoint.kinds},
            {"about", endpoint.about},
            {"on", endpoint.on},
            {"note", endpoint.note},
            {"failures", endpoint.failures},
            {"resting_until", timeOrNull(endpoint.restingUntil)},
            {"secret_before_until", timeOrNull(endpoint.secretBeforeUntil)},
            {"due", endpoint.due},
            {"dead", endpoint.dead},
            {"created_at", toRfc3339(endpoint.createdAt)}};
}

std::string urlOf(const Json& body) {
    const auto url = body["url"].get<std::string>();
    if (const auto fault = feed::faultOfUrl(url))
        throw Refusal{400, "invalid", "Of this URL: " + *fault + ".", "url"};
    return url;
}

std::vector<std::string> kindsOf(const Json& body) {
    const auto kinds = body["kinds"].get<std::vector<std::string>>();
    if (const auto fault = feed::faultOfKinds(kinds)) throw Refusal{400, "invalid", *fault + ".", "kinds"};
    return kinds;
}

Answer listEndpoints(Call& call) {
    Json items = Json::array();
    for (const auto& endpoint : feed::endpoints(call.tx, call.organization))
        items.push_back(jsonOf(endpoint));
    return all(std::move(items));
}

Answer oneEndpoint(Call& call) {
    const auto all = feed::endpoints(call.tx, call.organization, call.id<feed::EndpointId>("endpoint"));
    if (all.empty()) notFound("endpoint");
    auto endpoint = jsonOf(all.front());
    const auto tag = tagOf(endpoint);
    return {std::move(endpoint), tag};
}

Answer newEndpoint(Call& call) {
    const auto url = urlOf(call.body);
    const auto kinds = call.body.contains("kinds") ? kindsOf(call.body) : std::vector<std::string>();
    if (feed::endpoints(call.tx, call.organization).size() >= feed::kMostEndpoints)
        throw Refusal{409, "too_many",
                      "There are " + std::to_string(feed::kMostEndpoints) +
                          " endpoints already, as many as an organization may have. Remove one that is no "
                          "longer used."};
    const auto made =
        feed::createEndpoint(call.tx, call.organization, url, kinds, call.body.value("about", std::string()),
                             call.means.sealing(), call.now);
    Answer answer{{{"id", made.id.text()}, {"secret", made.secret}}};
    answer.secret = true;
    answer.audited = {{"endpoint", made.id.text()}, {"url", url}};
    return answer;
}

Answer changeOne(Call& call) {
    call.mustMatch(oneEndpoint(call).tag);
    feed::EndpointChange change;
    if (call.body.contains("url")) change.url = urlOf(call.body);
    if (call.body.contains("kinds")) change.kinds = kindsOf(call.body);
    if (call.body.contains("about")) change.about = call.body["about"].get<std::string>();
    if (call.body.contains("on")) change.on = call.body["on"].get<bool>();
    if (!feed::changeEndpoint(call.tx, call.organization, call.id<feed::EndpointId>("endpoint"), change))
        notFound("endpoint");
    auto answer = oneEndpoint(call);
    answer.audited = call.body;
    return answer;
}

Answer removeOne(Call& call) {
    const auto id = call.id<feed::EndpointId>("endpoint");
    if (!feed::removeEndpoint(call.tx, call.organization, id)) notFound("endpoint");
    return {{{"id", id.text()}}};
}

Answer rotateOne(Call& call) {
    const auto secret = feed::rotateSecret(call.tx, call.organization, call.id<feed::EndpointId>("endpoint"),
                                           call.means.sealing(), call.now);
    if (!secret) notFound("endpoint");
    Answer answer{{{"secret", *secret}, {"both_until", toRfc3339(call.now + feed::kBothSecrets)}}};
    answer.secret = true;
    return answer;
}

Answer sendsOf(Call& call) {
    const auto id = call.id<feed::EndpointId>("endpoint");
    if (feed::endpoints(call.tx, call.organization, id).empty()) notFound("endpoint");
    Json items = Json::array();
    std::vector<store::Param> asked{call.organization, id, below(call), rowsWanted(call)};
    const bool ofState = call.query.contains("state");
    if (ofState) asked.emplace_back(call.query["state"].get<std::string>());
    for (const auto row :
         call.tx.run(ofState ? sql::api::endpoint_sends_of_state : sql::api::endpoint_sends, asked))
        items.push_back({{"id", row.text("send_id")},
                         {"kind", row.text("kind")},
                         {"at", toRfc3339(row.instant("at"))},
                         {"state", row.text("state")},
                         {"tries", row.integer("tries")},
                         {"next_try_at", row.text("state") == "due" ? timeOrNull(row, "due_at") : Json()},
                         {"status", row.isNull("status") ? Json() : Json(row.integer("status"))},
                         {"note", row.text("note")},
                         {"done_at", timeOrNull(row, "done_at")}});
    return page(call, std::move(items));
}

Answer replayAgain(Call& call) {
    const auto id = call.id<feed::EndpointId>("endpoint");
    if (feed::endpoints(call.tx, call.organization, id).empty()) notFound("endpoint");
    feed::Replay which;
    if (call.body.contains("since")) {
        which.since = parseRfc3339(call.body["since"].get<std::string>());
        if (!which.since)
            throw Refusal{400, "invalid", "since must be a time like 2027-01-31T00:00:00Z.", "since"};
    }
    if (call.body.contains("send")) {
        which.only = feed::SendId::parse(call.body["send"].get<std::string>());
        if (!which.only) throw Refusal{400, "invalid", "send must be the id of one of its sends.", "send"};
    }
    which.sentToo = call.body.value("sent_too", false);
    const auto count = feed::replay(call.tx, call.organization, id, which, call.now);
    if (which.only && count == 0) notFound("send that was done");
    Answer answer{{{"replayed", count}}};
    answer.audited = call.body;
    return answer;
}

}  // namespace

std::vector<Route> endpointRoutes() {
    const Json url{{"type", "string"},
                   {"minLength", 10},
                   {"maxLength", 2000},
                   {"examples", {"https://crm.example/notices"}}};
    const Json about{{"type", "string"}, {"maxLength", 200}};
    const Json made{{"type", "object"},
                    {"required", {"url"}},
                    {"properties", {{"url", url}, {"kinds", kindsSchema()}, {"about", about}}},
                    {"additionalProperties", false}};
    const Json changed{
        {"type", "object"},
        {"properties",
         {{"url", url}, {"kinds", kindsSchema()}, {"about", about}, {"on", {{"type", "boolean"}}}}},
        {"additionalProperties", false}};
    const Json replayed{
        {"type", "object"},
        {"properties",
         {{"since", {{"type", "string"}, {"description", "what happened then or later; RFC 3339"}}},
          {"send", {{"type", "string"}, {"description", "this one alone"}}},
          {"sent_too", {{"type", "boolean"}, {"description", "not only what was given up"}}}}},
        {"additionalProperties", false}};
    const auto send = object({{"id", uuid("`webhook-id` is msg_ and this")},
                              {"kind", type("string")},
                              {"at", time()},
                              {"state", {{"type", "string"}, {"enum", {"due", "sent", "dead"}}}},
                              {"tries", type("integer")},
                              {"next_try_at", maybeTime()},
                              {"status", maybe("integer", "what the last try was answered")},
                              {"note", type("string")},
                              {"done_at", maybeTime()}});
    auto filters = listQuery({{"state", {{"type", "string"}, {"enum", {"due", "sent", "dead"}}}}});
    const std::string one = "/v1/endpoints/{endpoint}";
    return {
        {"GET",
         "/v1/endpoints",
         "listEndpoints",
         "The addresses that notices are sent to, signed as Standard Webhooks says.",
         Role::admin,
         {},
         {},
         listSchema(endpointSchema()),
         listEndpoints},
        {"POST",
         "/v1/endpoints",
         "createEndpoint",
         "A new address. It is sent what happens from now on. Its secret is shown this once.",
         Role::admin,
         {},
         made,
         object({{"id", uuid()}, {"secret", type("string", "whsec_…: what its notices are signed with")}}),
         newEndpoint},
        {"GET", one, "showEndpoint", "One of them.", Role::admin, {}, {}, endpointSchema(), oneEndpoint},
        {"PATCH",
         one,
         "changeEndpoint",
         "Another URL, other kinds, off or on again: then it is sent what happens from now on.",
         Role::admin,
         {},
         changed,
         endpointSchema(),
         changeOne},
        {"POST",
         one + "/rotate-secret",
         "rotateEndpointSecret",
         "A new secret, shown this once. For 24 hours both sign.",
         Role::admin,
         {},
         {},
         object({{"secret", type("string")}, {"both_until", time()}}),
         rotateOne},
        {"GET",
         one + "/sends",
         "listSends",
         "What was sent there, waits, or was given up, the newest first.",
         Role::admin,
         filters,
         {},
         listSchema(send),
         sendsOf},
        {"POST",
         one + "/replay",
         "replaySends",
         "Sends again what was given up, with the ids it had.",
         Role::admin,
         {},
         replayed,
         object({{"replayed", type("integer")}}),
         replayAgain},
        {"DELETE",
         one,
         "removeEndpoint",
         "Nothing more is sent there, and what waits is forgotten.",
         Role::admin,
         {},
         {},
         object({{"id", uuid()}}),
         removeOne},
    };
}

}  // namespace overture::api
