// A campaign before it runs: made as a draft, looked at, forecast.
#include "api/shared.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/create.hpp"
#include "campaign/pace_rules.hpp"
#include "campaign/preflight.hpp"
#include "campaign/versions.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

constexpr int kMostPeople = 100000;  // that one call looks ahead for
constexpr const char* kModel = "model";

/// A binding by its name or id.
const tenant::ListedBinding& named(const std::vector<tenant::ListedBinding>& all, const std::string& name,
                                   const std::string& field) {
    for (const auto& one : all)
        if (one.name == name || one.id.text() == name) return one;
    throw Refusal{400, "invalid", "There is no binding \"" + name + "\"; `/v1/bindings` shows them.", field};
}

/// Models that the organization has put in order go along under their own names, as `overture campaign create` has it.
void addOrderedModels(Call& call, const std::vector<tenant::ListedBinding>& all,
                      campaign::NewCampaign& planned) {
    const auto models = tenant::settingsOf(call.tx, call.organization).value("models", Json::array());
    for (const auto& entry : models)
        for (const auto& one : all)
            if (one.id.text() == textOf(entry, "binding")) planned.bindings.emplace_back(one.name, one.id);
}

void bind(Call& call, campaign::NewCampaign& planned) {
    const auto all = tenant::bindings(call.tx, call.organization);
    const auto& channels = planned.definition->channels;
    for (const auto& [role, name] : call.body["bindings"].items()) {
        const auto field = "bindings." + role;
        if (role != kModel && std::find(channels.begin(), channels.end(), role) == channels.end())
            throw Refusal{400, "invalid",
                          "It is neither \"model\" nor a channel of this playbook, which has " +
                              join(channels, ", ") + ".",
                          field};
        if (!name.is_string()) throw Refusal{400, "invalid", "Name a binding of yours.", field};
        planned.bindings.emplace_back(role, named(all, name, field).id);
        if (role != kModel) planned.channels.push_back(role);
    }
    if (planned.channels.empty())
        throw Refusal{400, "invalid", "Bind at least one of its channels: " + join(channels, ", ") + ".",
                      "bindings"};
    if (!call.body["bindings"].contains(kModel)) {
        const auto before = planned.bindings.size();
        addOrderedModels(call, all, planned);
        if (planned.bindings.size() == before)
            throw Refusal{400, "invalid", "Name the binding of its model.", "bindings.model"};
    }
}

Answer create(Call& call) {
    campaign::NewCampaign planned;
    planned.id = CampaignId(uuid7(call.now));
    planned.name = call.body["name"];
    planned.settings = call.body["settings"];
    planned.pace = call.body["pace"];
    planned.startsAt = call.now;
    planned.draft = true;
    if (call.body.contains("days")) planned.endsAt = call.now + days(call.body["days"].get<int>());
    const auto wanted = call.body["version"].get<std::string>();
    std::string version;
    orRefuse(
        400, "invalid",
        [&] {
            auto checked = campaign::checkedVersion(call.tx, call.organization, wanted);
            planned.definition = std::move(checked.definition);
            std::tie(version, planned.files) =
                campaign::versionNamed(call.tx, call.organization, checked.version);
            return 0;
        },
        "version");
    orRefuse(
        400, "invalid", [&] { return campaign::PaceRules::read(planned.pace, ""); }, "pace");
    bind(call, planned);
    if (const auto faults = campaign::settingFaults(*planned.definition, planned.settings); !faults.empty())
        throw Refusal{400, "invalid", "The settings do not fit: " + join(faults, "; ") + ".", "settings"};
    campaign::create(call.tx, call.organization, planned, call.now);
    return {{{"id", planned.id.text()}, {"name", planned.name}, {"state", "draft"}, {"version", version}},
            {},
            false,
            {{"name", planned.name}, {"version", version}}};
}

campaign::ForecastRequest requestIn(const Call& call) {
    campaign::ForecastRequest request;
    request.seed = call.query["seed"].get<std::uint64_t>();
    request.from = call.now;
    request.threads = 1;  // the others are for everybody else
    if (call.query.contains("start")) {
        const auto start = parseRfc3339(call.query["start"].get<std::string>());
        if (!start || *start < call.now - days(366) || *start > call.now + days(3660))
            throw Refusal{400, "invalid", "It takes an instant such as 2026-09-14T00:00:00Z.", "start"};
        request.from = *start;
    }
    return request;
}

void mustBeFew(Call& call, const CampaignId& id) {
    const auto people =
        call.tx.run(sql::api::campaign_waiting, {call.organization, id, kMostPeople + 1})[0].integer(
            "people");
    if (people > kMostPeople)
        throw Refusal{422, "too_many_people",
                      "More than " + std::to_string(kMostPeople) +
                          " people wait for their first touch; `overture campaign forecast` looks ahead for "
                          "that many."};
}

campaign::PreflightFacts lookedAhead(Call& call) {
    const auto id = call.id<CampaignId>("campaign");
    const auto rows = call.tx.run(sql::api::campaigns, {call.organization, nullptr, id, 1});
    if (rows.empty()) notFound("campaign");
    auto request = requestIn(call);
    const LongWork::Place place(call.means.longWork, call.organization);
    mustBeFew(call, id);
    const auto checked = orRefuse(409, "version", [&] {
        return campaign::checkedVersion(call.tx, call.organization, rows[0].text("version"));
    });
    auto [facts, pace, left] =
        campaign::standingOf(call.tx, call.organization, id, checked.definition, request.from);
    request.pace = campaign::PaceRules::read(pace, "the campaign");
    request.days = call.query.contains("days") ? call.query["days"].get<int>() : left.value_or(request.days);
    const compliance::Gate gate;
    facts.now = call.now;
    facts.packs = gate.version();
    facts.people = campaign::prospectsOf(call.tx, call.organization, id, facts.channels, request.from);
    facts.forecast = campaign::forecast(*facts.definition, gate, facts.people, request);
    return std::move(facts);
}

Answer forecast(Call& call) {
    return {lookedAhead(call).forecast.toJson()};
}

Answer preflight(Call& call) {
    const auto currency = call.query["currency"].get<std::string>();
    const auto prices = campaign::pricesIn(textOf(call.query, "price"), currency);
    if (!prices) throw Refusal{400, "invalid", "It takes such as sms=0.0079,model_call=0.004.", "price"};
    auto facts = lookedAhead(call);
    facts.prices = *prices;
    facts.currency = currency;
    facts.answerRate = call.query["answer_percent"].get<int>() / 100.0;
    facts.meetingRate = call.query["meeting_percent"].get<int>() / 100.0;
    if (call.means.plugins != nullptr)
        for (const auto& one : call.means.plugins->list())
            if (one.state == "loaded") facts.plugins.push_back(one.id);
    return {campaign::preflight(facts)};
}

Json whole(int least, int most, const char* about) {
    return {{"type", "integer"}, {"minimum", least}, {"maximum", most}, {"description", about}};
}

Json queryOf(Json more) {
    more["days"] = whole(1, 365, "how far; without it what the campaign has left, else 30");
    more["seed"] = whole(0, 2000000000, "the same seed gives the same bytes");
    more["seed"]["default"] = 1;
    more["start"] = {{"type", "string"},
                     {"description", "when it would begin, such as 2026-09-14T00:00:00Z"}};
    return more;
}

Json list(Json item) {
    return {{"type", "array"}, {"items", std::move(item)}};
}

Json peopleByReason() {
    return list(object({{"reason", type("string")}, {"people", type("integer")}}));
}

Json forecastSchema() {
    return object({{"from", time()},
                   {"to", time()},
                   {"people", type("integer", "who wait for their first touch")},
                   {"reached", type("integer", "of them")},
                   {"cut_off_by_the_end", type("integer", "whose touches the end cuts off")},
                   {"skipped", peopleByReason()},
                   {"touches", type("object", "by channel")},
                   {"first_touch", maybeTime()},
                   {"last_person_reached", maybeTime()},
                   {"last_touch", maybeTime()},
                   {"busiest_hour", object({{"at", time()}, {"touches", type("integer")}})},
                   {"load", list(object({{"date", type("string", "on each person's own calendar")},
                                         {"hour", type("integer")},
                                         {"channel", type("string")},
                                         {"touches", type("integer")}}))}});
}

Json preflightSchema() {
    const auto finding = object({{"severity", {{"type", "string"}, {"enum", {"error", "warning", "note"}}}},
                                 {"what", type("string")},
                                 {"remedy", type("string")}});
    return object({{"ready", type("boolean", "no error is among the findings")},
                   {"findings", list(finding)},
                   {"leads", type("object", "how many are reached, and why others are not")},
                   {"touches", type("object")},
                   {"cost", type("object", "at least and at most, in millionths")},
                   {"rule_packs", type("object")},
                   {"numbers", list(type("object"))},
                   {"team", type("object", "what the account managers can carry")}},
                  {"ready", "findings", "leads", "touches", "cost", "rule_packs", "numbers"});
}

Json newCampaign() {
    auto wanted =
        object({{"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}}},
                {"version",
                 {{"type", "string"},
                  {"minLength", 1},
                  {"maxLength", 100},
                  {"description", "of a playbook, as published; its first characters do"}}},
                {"bindings",
                 {{"type", "object"},
                  {"description",
                   "names or ids of bindings, by channel and for \"model\"; without a model, those "
                   "that the organization has put in order"}}},
                {"settings",
                 {{"type", "object"},
                  {"default", Json::object()},
                  {"description", "the playbook's; sms_sender and the like say who writes on a channel"}}},
                {"days", whole(1, 365, "so long it lasts once it begins; without it, until it is stopped")},
                {"pace",
                 {{"type", "object"},
                  {"default", Json::object()},
                  {"description",
                   "best_hours (\"Tue-Thu 10:00-11:00\"), patience (\"2d\"), warm_up "
                   "(\"50x1.5..2000\")"}}}},
               {"name", "version", "bindings"});
    wanted["examples"] = {{{"name", "Autumn"},
                           {"version", "v1"},
                           {"bindings", {{"sms", "carrier"}, {"model", "words"}}},
                           {"settings", {{"company", "Brightroof"}, {"product", "Panels"}}}}};
    return wanted;
}

}  // namespace

std::vector<Route> planRoutes() {
    const std::string one = "/v1/campaigns/{campaign}";
    const Json percent{{"type", "integer"}, {"minimum", 0}, {"maximum", 100}};
    auto answering = percent, meeting = percent;
    answering["default"] = 20;
    answering["description"] = "of the people reached that answer";
    meeting["default"] = 5;
    meeting["description"] = "that book a meeting";
    return {
        {"POST",
         "/v1/campaigns",
         "createCampaign",
         "Makes a campaign as a draft; leads are imported into it, and it begins with /start.",
         Role::manager,
         {},
         newCampaign(),
         object({{"id", uuid()},
                 {"name", type("string")},
                 {"state", type("string")},
                 {"version", type("string")}}),
         create},
        {"GET",
         one + "/preflight",
         "preflightCampaign",
         "What would go wrong and what it would cost, before anything is sent. Takes seconds for 100,000 "
         "people, the most that it takes; one at a time.",
         Role::manager,
         queryOf({{"price",
                   {{"type", "string"},
                    {"maxLength", 1000},
                    {"description", "of one message and one model's call: sms=0.0079,model_call=0.004"}}},
                  {"currency", {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"default", "USD"}}},
                  {"answer_percent", answering},
                  {"meeting_percent", meeting}}),
         {},
         preflightSchema(),
         preflight},
        {"GET",
         one + "/forecast",
         "forecastCampaign",
         "Every touch that is still to come, as if nobody answered, by the pacing and the rules that run it. "
         "As "
         "/preflight in what it takes.",
         Role::manager,
         queryOf(Json::object()),
         {},
         forecastSchema(),
         forecast},
    };
}

}  // namespace overture::api
