#include "api/shared.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

using tenant::Role;

const Json kStates{"held", "booked", "cancelled", "expired"};
constexpr seconds kFurthest{2 * 366 * 86400};

Json jsonOf(const store::Row& row) {
    return {{"id", row.text("meeting_id")},
            {"conversation", row.text("conversation_id")},
            {"lead", row.text("lead_id")},
            {"starts_at", toRfc3339(row.instant("starts_at"))},
            {"ends_at", toRfc3339(row.instant("ends_at"))},
            {"lead_zone", row.text("lead_zone")},
            {"state", row.text("state")},
            {"outcome", textOrNull(row, "outcome")},
            {"title", row.text("title")},
            {"confirmed_at", timeOrNull(row, "confirmed_at")},
            {"manager",
             {{"name", row.text("manager")},
              {"email", row.text("manager_email")},
              {"zone", row.text("manager_zone")}}}};
}

Answer list(Call& call) {
    Json items = Json::array();
    std::vector<store::Param> asked{call.organization, below(call), rowsWanted(call)};
    const bool ofState = call.query.contains("state");
    if (ofState) asked.emplace_back(textOf(call.query, "state"));
    for (const auto row : call.tx.run(ofState ? sql::api::meetings_of_state : sql::api::meetings, asked))
        items.push_back(jsonOf(row));
    return page(call, std::move(items));
}

Answer show(Call& call) {
    const auto rows = call.tx.run(sql::api::meeting, {call.organization, call.id<MeetingId>("meeting")});
    if (rows.empty()) notFound("meeting");
    auto one = jsonOf(rows[0]);
    const auto tag = tagOf(one);
    return {std::move(one), tag};
}

/// To be changed, as the caller has seen it.
meeting::Meeting theOne(Call& call) {
    call.tx.run(sql::api::lock_meeting, {call.organization, call.id<MeetingId>("meeting")});
    call.mustMatch(show(call).tag);
    auto found = meeting::find(call.tx, call.organization, call.id<MeetingId>("meeting"));
    if (!found) notFound("meeting");
    return std::move(*found);
}

Answer cancel(Call& call) {
    const auto one = theOne(call);
    if (!meeting::cancel(call.tx, call.organization, one.id, call.now))
        throw Refusal{409, "over", "This meeting is " + one.state + "; there is nothing to cancel."};
    call.tx.run(sql::api::forget_booking, {call.organization, one.conversation, call.now});
    return {{{"id", one.id.text()}, {"state", "cancelled"}}, {}, true};
}

std::optional<meeting::AccountManager> managerNamed(Call& call, const meeting::Meeting& one) {
    const auto wanted = textOf(call.body, "manager", one.manager.text());
    for (auto& manager : meeting::managers(call.tx, call.organization))
        if (manager.id.text() == wanted) return std::move(manager);
    return std::nullopt;
}

Answer move(Call& call) {
    const auto one = theOne(call);
    const auto from = parseRfc3339(call.body["starts_at"].get<std::string>());
    if (!from || *from <= call.now || *from > call.now + kFurthest)
        throw Refusal{400, "invalid",
                      "starts_at must be a time to come within two years, like 2027-01-31T16:00:00Z.",
                      "starts_at"};
    const auto manager = managerNamed(call, one);
    if (!manager) notFound("account manager");
    const meeting::Slot to{manager->id, manager->name, *from, *from + (one.to - one.from)};
    meeting::Rules rules;
    rules.buffer =
        seconds(call.tx.run(sql::api::meeting_buffer, {call.organization, one.id})[0].integer("buffer"));
    if (!meeting::move(call.tx, call.organization, one.id, to, rules, call.now))
        throw Refusal{409, "taken",
                      one.state == "booked" || one.state == "held"
                          ? "The account manager is not free then."
                          : "This meeting is " + one.state + "; there is nothing to move."};
    call.tx.run(sql::api::move_booking, {call.organization, one.conversation, call.now, one.from, to.from,
                                         Json{{"manager", to.manager.text()},
                                              {"manager_name", to.managerName},
                                              {"from", toRfc3339(to.from)},
                                              {"to", toRfc3339(to.to)}}});
    return {{{"id", one.id.text()}, {"starts_at", toRfc3339(to.from)}, {"ends_at", toRfc3339(to.to)}},
            {},
            true,
            {{"from", toRfc3339(one.from)}, {"to", toRfc3339(to.from)}}};
}

template <bool came>
Answer settle(Call& call) {
    const auto one = theOne(call);
    const auto* outcome = came ? "took_place" : "no_show";
    const auto done = call.tx.run(sql::api::settle_meeting, {call.organization, one.id, outcome, call.now});
    if (done.affected() == 0)
        throw Refusal{409, "not_yet", "Only of a booked meeting that has begun can this be said."};
    return {{{"id", one.id.text()}, {"outcome", outcome}}};
}

Answer permit(Call& call) {
    const auto rows = call.tx.run(sql::api::permit, {call.organization, call.id<PermitId>("permit")});
    if (rows.empty()) notFound("permit");
    const auto row = rows[0];
    return {{{"id", row.text("permit_id")},
             {"address", row.text("address")},
             {"channel", row.text("channel")},
             {"purpose", row.text("purpose")},
             {"minute", toRfc3339(row.instant("minute"))},
             {"document", row.json("document")},
             {"hash", row.text("hash")}}};
}

}  // namespace

std::vector<Route> meetingRoutes() {
    const auto meeting =
        object({{"id", uuid()},
                {"conversation", uuid()},
                {"lead", uuid()},
                {"starts_at", time()},
                {"ends_at", time()},
                {"lead_zone", type("string", "of the person who comes: show them the time in it")},
                {"state", {{"type", "string"}, {"enum", kStates}}},
                {"outcome", maybe("string", "took_place or no_show, once somebody said so")},
                {"title", type("string")},
                {"confirmed_at", maybeTime("when the lead said yes")},
                {"manager",
                 object({{"name", type("string")}, {"email", type("string")}, {"zone", type("string")}})}});
    const auto shown = object({{"id", uuid()},
                               {"address", type("string")},
                               {"channel", type("string")},
                               {"purpose", type("string")},
                               {"minute", time("the minute that it allows")},
                               {"document", type("object", "rules, sources, zones and evidence")},
                               {"hash", type("string", "its link in the chain")}});
    return {
        {"GET",
         "/v1/meetings",
         "listMeetings",
         "Every meeting and held time, the newest first.",
         Role::agent,
         listQuery({{"state", {{"type", "string"}, {"enum", kStates}}}}),
         {},
         listSchema(meeting),
         list},
        {"GET", "/v1/meetings/{meeting}", "showMeeting", "One meeting.", Role::agent, {}, {}, meeting, show},
        {"POST",
         "/v1/meetings/{meeting}/cancel",
         "cancelMeeting",
         "The time is free again, and the agent reminds nobody of it. Telling the lead is a person's: "
         "nothing is written.",
         Role::agent,
         {},
         {},
         object({{"id", uuid()}, {"state", type("string")}}),
         cancel},
        {"POST",
         "/v1/meetings/{meeting}/move",
         "moveMeeting",
         "To another time of the same length, where the account manager has no other meeting; reminders move "
         "along. Telling the "
         "lead is a person's.",
         Role::agent,
         {},
         {{"type", "object"},
          {"required", {"starts_at"}},
          {"properties",
           {{"starts_at",
             {{"type", "string"}, {"description", "RFC 3339"}, {"examples", {"2026-09-01T16:00:00Z"}}}},
            {"manager", {{"type", "string"}, {"description", "the id of another account manager"}}}}},
          {"additionalProperties", false}},
         object({{"id", uuid()}, {"starts_at", time()}, {"ends_at", time()}}),
         move},
        {"POST",
         "/v1/meetings/{meeting}/no-show",
         "markNoShow",
         "The lead did not come.",
         Role::agent,
         {},
         {},
         object({{"id", uuid()}, {"outcome", type("string")}}),
         settle<false>},
        {"POST",
         "/v1/meetings/{meeting}/took-place",
         "markTookPlace",
         "They met.",
         Role::agent,
         {},
         {},
         object({{"id", uuid()}, {"outcome", type("string")}}),
         settle<true>},
        {"GET",
         "/v1/permits/{permit}",
         "showPermit",
         "Why one contact was allowed.",
         Role::agent,
         {},
         {},
         shown,
         permit},
    };
}

}  // namespace overture::api
