// What the API's routes do to an organization's things: leads, forms, holds, meetings, consent, budgets.
#include <thread>

#include "pg/api_house.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::HasSubstr;

struct Routes : ApiTest {
    const std::string& agent() { return ours.tokens[Role::agent]; }
    void script(const std::string& sql) {
        auto tx = database.begin(ours.organization);
        tx.script(sql, "test");
        tx.commit();
    }
    Said post(const std::string& target, const Json& body = {}, Json headers = Json::object()) {
        return call("POST", target, admin(), body.is_null() ? "" : body.dump(), std::move(headers));
    }
    std::string campaign(const std::string& more = {}) {
        return "/v1/campaigns/" + ours.ids["campaign"] + more;
    }
    std::string meeting(const std::string& more = {}) { return "/v1/meetings/" + ours.ids["meeting"] + more; }
    Said submit(const Json& body, Json headers = Json::object()) {
        return call("POST", "/v1/forms/" + ours.ids["form"] + "/submit", "", body.dump(), std::move(headers));
    }
};

TEST_F(Routes, AListIsImportedWithAReportAndAgainWithoutAnybodyTwice) {
    const Json list{
        {"csv", "Name;Mobile;Roof\n\"Cy Young\";+1 202-555-0143;slate\nNobody;12;\nAnn;+12025550101;\n"}};
    const auto done = post(campaign("/import"), list);
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.body["rows"], 3);
    EXPECT_EQ(done.body["imported"], 1);
    EXPECT_EQ(done.body["merged"], 1);
    EXPECT_EQ(done.body["rejected"], 1);
    EXPECT_EQ(done.body["notes"][0]["line"], 3);
    EXPECT_EQ(post(campaign("/import"), list).body["imported"], 0);
    EXPECT_EQ(text("select custom ->> 'roof' as x from leads where phone = '+12025550143'"), "slate");
    for (const auto& wrong :
         {Json{{"csv", "a,b\n1,2\n"}}, Json{{"csv", "\n"}}, Json{{"csv", ""}}, Json::object()})
        EXPECT_EQ(post(campaign("/import"), wrong).body["field"], "csv") << wrong;
    EXPECT_EQ(post(campaign("/leads"), {{"first_name", "Bo"},
                                        {"phone", "+1 202-555-0144"},
                                        {"custom", {{"instructions", "Speak slowly, \"please\"."}}}})
                  .body["imported"],
              1);
    EXPECT_EQ(text("select custom ->> 'instructions' as x from leads where phone = '+12025550144'"),
              "Speak slowly, \"please\".");
    EXPECT_EQ(post(campaign("/leads"), {{"first_name", "Bo"}, {"phone", "12"}}).status, 400);
    EXPECT_EQ(post(campaign("/leads"), Json::object()).status, 400);
    script("update campaigns set state = 'stopped'");
    EXPECT_EQ(post(campaign("/import"), list).body["code"], "state");
}

TEST_F(Routes, WhatIsKnownOfALeadIsAddedTo) {
    const auto lead = "/v1/leads/" + ours.ids["lead"];
    EXPECT_EQ(post(lead + "/change", {{"instructions", "Call her Doctor."}, {"zone", "America/Phoenix"}})
                  .body["custom"]["instructions"],
              "Call her Doctor.");
    EXPECT_EQ(post(lead + "/change", {{"custom", {{"roof", "slate"}}}}).body["custom"],
              (Json{{"instructions", "Call her Doctor."}, {"roof", "slate"}}));
    EXPECT_EQ(post(lead + "/change", {{"zone", "Mars/Base"}}).body["field"], "zone");
    EXPECT_EQ(post(lead + "/change", {{"custom", {{"a", 1}}}}).status, 400);
    EXPECT_EQ(post(lead + "/change", {{"custom", {{std::string(1, '\0'), "x"}}}}).body["code"], "invalid");
    const auto all = call("GET", lead + "/history", admin()).body["items"];
    ASSERT_EQ(all.size(), 2U);
    const auto first = call("GET", lead + "/history?limit=1", admin()).body;
    const auto second = call("GET", lead + "/history?limit=1&after=" + textOf(first, "next"), admin()).body;
    EXPECT_EQ(Json({first["items"][0], second["items"][0]}), all);
    for (const auto* wrong : {"x", "a_b_c", "2026-03-03T17:00:00Z_x_1", "__"})
        EXPECT_EQ(call("GET", lead + "/history?after=" + wrong, admin()).body["field"], "after") << wrong;
}

TEST_F(Routes, AFilledInFormIsALeadWhoseFirstTouchIsDueAtOnce) {
    const Json page{{"origin", "https://www.brightroof.example"},
                    {"referer", "https://www.brightroof.example/quote"}};
    const auto sent = submit({{"name", "Cy Young"},
                              {"phone", "(202) 555-0143"},
                              {"consent", true},
                              {"answers", {{"roof", "slate"}}}},
                             page);
    ASSERT_EQ(sent.status, 200) << sent.body;
    EXPECT_EQ(sent.body, (Json{{"received", true}}));
    EXPECT_EQ(sent.headers.at("Access-Control-Allow-Origin"), "https://www.brightroof.example");
    const std::string hers = " from leads where phone = '+12025550143'";
    EXPECT_EQ(text("select custom ->> 'answer_roof' as x" + hers), "slate");
    const std::string touches =
        "select count(*) as x from events where kind = 'touch' and due_at = '2026-03-03 17:00Z'";
    EXPECT_EQ(text(touches), "1") << "now, not when pacing would";
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(text("select level || ' ' || (proof ->> 'text') as x from consents"),
              "express_written You may text me.");
    EXPECT_EQ(text("select proof ->> 'page' as x from consents"), "https://www.brightroof.example/quote");
    EXPECT_EQ(submit({{"name", "Cy"}, {"phone", "2025550143"}}).body, sent.body)
        << "nothing tells that she is known";
    EXPECT_EQ(text(touches), "1") << "and she is not written to twice";
    EXPECT_EQ(submit({{"name", "Ann"}, {"phone", "+12025550101"}}).body, sent.body);
    EXPECT_EQ(text(touches), "1") << "a conversation that has begun goes on";
    EXPECT_EQ(submit({{"name", "A robot"}, {"phone", "+12025550144"}, {"website", "x"}}).body, sent.body);
    EXPECT_EQ(text("select count(*) as x from leads where phone = '+12025550144'"), "0");
    EXPECT_EQ(submit({{"name", "Cy"}, {"phone", "12"}}).status, 400);
    EXPECT_EQ(submit(Json::object()).status, 400);
    EXPECT_EQ(submit({{"name", "Cy"}}, {{"origin", "https://elsewhere.example"}}).body["code"], "origin");
    for (int i = 0; i < 20; ++i) submit({{"name", "Cy"}});
    const auto refused = submit({{"name", "Cy"}});
    EXPECT_EQ(refused.body["code"], "too_many");
    EXPECT_EQ(refused.headers.at("Retry-After"), "900");
    client = "198.51.100.1";
    script("update campaigns set state = 'paused'");
    EXPECT_EQ(submit({{"name", "Cy"}}).body["code"], "state");
    EXPECT_EQ(post("/v1/forms/" + ours.ids["form"] + "/close").status, 200);
    EXPECT_EQ(submit({{"name", "Cy"}}).status, 404);
}

TEST_F(Routes, PagesMayReadAnswersOnlyFromWhereTheirOrganizationSays) {
    const auto preflight = [&](const std::string& origin) {
        return call("OPTIONS", "/v1/leads", "", "",
                    {{"origin", origin}, {"access-control-request-method", "GET"}});
    };
    const auto asked = [&](const std::string& token, const std::string& origin) {
        return call("GET", "/v1/leads", token, "", {{"origin", origin}})
            .headers.contains("Access-Control-Allow-Origin");
    };
    const std::string desk = "https://desk.brightroof.example";
    EXPECT_FALSE(preflight(desk).headers.contains("Access-Control-Allow-Origin"));
    EXPECT_FALSE(asked(admin(), desk));
    for (const auto* wrong :
         {"*", "null", "desk.brightroof.example", "https://desk.example/", "https://", "javascript:1"})
        EXPECT_EQ(post("/v1/origins", {{"origins", {wrong}}}).body["field"], "origins") << wrong;
    EXPECT_EQ(post("/v1/origins", {{"origins", {desk}}}).status, 200);
    EXPECT_EQ(preflight(desk).status, 204);
    EXPECT_EQ(preflight(desk).headers.at("Access-Control-Allow-Origin"), desk);
    EXPECT_THAT(preflight(desk).headers.at("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
    EXPECT_THAT(preflight(desk).headers.at("Access-Control-Allow-Headers"), HasSubstr("Last-Event-ID"));
    EXPECT_EQ(preflight(desk).headers.at("Access-Control-Allow-Methods"), "DELETE, GET, PATCH, POST");
    EXPECT_EQ(preflight(std::string("https://x\0", 10)).status, 204);
    EXPECT_TRUE(asked(admin(), desk));
    EXPECT_FALSE(asked(theirs.tokens[Role::admin], desk))
        << "another organization's answers are not for that page";
    EXPECT_FALSE(asked(admin(), "https://elsewhere.example"));
    EXPECT_FALSE(call("GET", "/v1/leads", admin(), "", {{"origin", desk}})
                     .headers.contains("Access-Control-Allow-Credentials"));
}

TEST_F(Routes, WhatWaitsForAPersonIsApprovedEditedOrRefused) {
    EXPECT_EQ(post(one("/approve")).body["code"], "not_held");
    script("update conversations set state = 'held', reason = 'held by the Overseer: a promise'");
    EXPECT_EQ(post(one("/approve")).body["code"], "no_draft");
    script(
        "insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened, "
        "outcome) "
        "select organization_id, conversation_id, 1, 0, 'committed', '2026-03-03', '{}', "
        "'{\"reviews\": [{\"draft\": \"first\"}, {\"draft\": \"It is free.\", \"verdict\": \"hold\"}]}' from "
        "conversations");
    const auto holds = call("GET", "/v1/holds", agent()).body["items"];
    ASSERT_EQ(holds.size(), 1U);
    EXPECT_EQ(holds[0]["draft"], "It is free.");
    const auto tag = "\"" + textOf(holds[0], "tag") + "\"";
    EXPECT_EQ(call("GET", one(), agent()).headers.at("ETag"), tag);
    EXPECT_EQ(post(one("/approve"), {}, {{"if-match", "\"other\""}}).body["code"], "changed");
    EXPECT_EQ(post(one("/approve"), {}, {{"if-match", tag}}).status, 200);
    EXPECT_EQ(post(one("/approve")).body["code"], "already_answered");
    EXPECT_EQ(post(one("/approve"), {{"text", "Twice."}}).body["code"], "already_answered");
    EXPECT_EQ(post(one("/refuse")).body["code"], "already_answered");
    EXPECT_EQ(text("select string_agg(payload ->> 'text', '|') as x from events where kind = 'reply'"),
              "It is free.");
    const std::string taken = "update events set turn_number = 1 where kind = 'reply'";
    EXPECT_EQ(text("select payload ->> 'go_on' as x from events where kind = 'reply'"), "true");
    script(taken);
    EXPECT_EQ(post(one("/approve"), {{"text", "It costs nothing today."}, {"by", "Dana"}}).status, 200);
    EXPECT_EQ(text("select payload ->> 'by' as x from events where payload ->> 'text' like '%today%'"),
              "Dana");
    script(taken);
    EXPECT_EQ(call("POST", one("/approve"), ours.sessions[Role::agent], R"({"by": "Dana"})").body["field"],
              "by")
        << "a person speaks in their own name";
    EXPECT_EQ(call("POST", one("/approve"), ours.sessions[Role::agent], R"({"text": "Hello."})").status, 200);
    EXPECT_EQ(text("select payload ->> 'by' as x from events where payload ->> 'text' = 'Hello.'"),
              "Pat the agent");
    script(taken);
    EXPECT_EQ(post(one("/refuse")).body["state"], "open");
    EXPECT_EQ(text("select state || takeover_fence as x from conversations"), "open1");
    EXPECT_EQ(post(one("/refuse")).body["code"], "not_held");
    EXPECT_EQ(post(one("/notes"), {{"text", "She called."}, {"by", "Dana"}}).body["id"], "3");
    EXPECT_EQ(post(one("/notes"), {{"text", "Twice."}}).body["id"], "4");
    const auto said = call("GET", one("/messages"), admin()).body["items"];
    EXPECT_EQ(said[2]["direction"], "note");
    EXPECT_EQ(said[2]["text"], "She called.");
}

TEST_F(Routes, OfSeveralWhoAnswerAHoldAtOnceOneDoes) {
    script("update conversations set state = 'held'");
    std::atomic<int> sent = 0, late = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            const auto said = call("POST", one("/approve"), admin(), R"({"text": "Hello."})");
            ++(said.status == 200 ? sent : late);
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sent, 1);
    EXPECT_EQ(late, 5);
    EXPECT_EQ(text("select count(*) as x from events where kind = 'reply'"), "1");
}

TEST_F(Routes, ConsentIsWrittenDownByWhoMayAndWithItsProof) {
    const auto as = [&](Role role, const Json& body) {
        return call("POST", campaign("/leads"), ours.tokens[role], body.dump());
    };
    const Json bo{{"phone", "+1 202-555-0144"}, {"first_name", "Bo"}};
    const auto with = [&](const Json& more) {
        auto body = bo;
        body.update(more);
        return body;
    };
    EXPECT_EQ(as(Role::agent, with({{"consent", "yes"}})).body["code"], "role");
    EXPECT_EQ(as(Role::agent, with({{"consent_source", "the fair"}})).body["code"], "role");
    for (const auto* name : {"consent", "Opt-In", "sms_consent", "consent source", "Consent Date"})
        EXPECT_EQ(as(Role::admin, with({{"custom", {{name, "written"}}}})).body["field"],
                  "custom." + std::string(name))
            << name;
    EXPECT_EQ(as(Role::manager, with({{"consent", "written"}})).body["field"], "consent_text");
    EXPECT_EQ(text("select count(*) as x from consents"), "0");
    EXPECT_EQ(as(Role::agent, with({{"custom", {{"roof", "slate"}}}})).status, 200);
    EXPECT_EQ(as(Role::manager, with({{"consent", "written"}, {"consent_text", "You may text me."}})).status,
              200);
    EXPECT_EQ(text("select level || ' ' || (proof ->> 'text') as x from consents"),
              "express_written You may text me.");
    EXPECT_EQ(text("select custom ->> 'consent_text' as x from leads where phone = '+12025550144'"), "");
}

TEST_F(Routes, AFormGivesNobodyAnAddressAndKeepsNoConsentToNothing) {
    EXPECT_EQ(submit({{"name", "Cy"}, {"phone", "2025550143"}}).status, 200);
    EXPECT_EQ(submit({{"name", "Cy"}, {"phone", "2025550143"}, {"email", "mallory@example.com"}}).status,
              200);
    EXPECT_EQ(text("select count(*) as x from leads where email = 'mallory@example.com'"), "0");
    script("update forms set consent_text = ''");
    EXPECT_EQ(submit({{"name", "Di"}, {"phone", "2025550145"}, {"consent", true}},
                     {{"referer", std::string("https://x.example/\0y", 20)}})
                  .status,
              200);
    EXPECT_EQ(text("select count(*) as x from consents"), "0");
    script("update forms set consent_text = 'You may.'");
    EXPECT_EQ(submit({{"name", "Di"}, {"phone", "2025550145"}, {"consent", true}},
                     {{"referer", std::string("https://x.example/\0y", 20)}})
                  .status,
              200);
    EXPECT_EQ(text("select proof ->> 'page' as x from consents"), "https://x.example/y");
}

TEST_F(Routes, FormsThatDoNotExistAreCountedByTheirNetworkAlone) {
    const auto code = [&](const std::string& id) {
        return call("POST", "/v1/forms/" + id + "/submit", "", R"({"name": "Cy"})").body.value("code", "");
    };
    for (int i = 0; i < 200; ++i)
        EXPECT_EQ(code(uuid7(tuesday(), std::to_string(i)).text()), "not_found") << i;
    EXPECT_EQ(code(uuid7(tuesday(), "more").text()), "too_many");
    client = "198.51.100.1";
    EXPECT_EQ(code(uuid7(tuesday(), "more").text()), "not_found");
}

TEST_F(Routes, AMeetingIsMovedCancelledAndSettled) {
    script(
        "update conversations set memory = '{\"booked\": {\"from\": \"2026-03-05T10:00:00Z\", \"stage\": "
        "\"book\"}, \"variant\": \"b\"}'; "
        "insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, "
        "dedupe_key, payload) select "
        "organization_id, gen_random_uuid(), conversation_id, 'timer', '2026-03-05 08:00Z', '2026-03-03', "
        "'r', '{\"remind\": \"2h\"}' from conversations");
    EXPECT_EQ(post(meeting("/no-show")).body["code"], "not_yet");
    const auto moved = post(meeting("/move"), {{"starts_at", "2026-03-06T15:00:00Z"}});
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.body["ends_at"], "2026-03-06T15:30:00Z");
    EXPECT_EQ(text("select memory #>> '{booked,from}' as x from conversations"), "2026-03-06T15:00:00Z");
    EXPECT_EQ(text("select memory #>> '{booked,stage}' as x from conversations"), "book");
    EXPECT_EQ(text("select count(*) as x from events where due_at = '2026-03-06 13:00Z'"), "1")
        << "two hours before";
    for (const auto* wrong : {"soon", "2020-01-01T00:00:00Z", "2026-03-06"})
        EXPECT_EQ(post(meeting("/move"), {{"starts_at", wrong}}).status, 400) << wrong;
    EXPECT_EQ(
        post(meeting("/move"), {{"starts_at", "2026-03-07T15:00:00Z"}, {"manager", theirs.ids["manager"]}})
            .status,
        404);
    script(
        "insert into leads (organization_id, lead_id, phone, created_at) select organization_id, "
        "gen_random_uuid(), '+12025550177', created_at from leads; "
        "insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, "
        "state, created_at, updated_at) select "
        "c.organization_id, gen_random_uuid(), c.campaign_id, l.lead_id, c.version, c.stage, c.state, "
        "c.created_at, c.updated_at from conversations c, leads l "
        "where l.phone = '+12025550177'; insert into meetings (organization_id, meeting_id, manager_id, "
        "lead_id, conversation_id, span, blocked, state, title, "
        "lead_zone, confirmed_at, created_at, updated_at) select m.organization_id, gen_random_uuid(), "
        "m.manager_id, c.lead_id, c.conversation_id, "
        "'[2026-03-09 10:00Z, 2026-03-09 11:00Z)', '[2026-03-09 10:00Z, 2026-03-09 11:00Z)', 'booked', 'x', "
        "'UTC', m.created_at, m.created_at, m.created_at "
        "from meetings m, conversations c where c.conversation_id <> m.conversation_id");
    EXPECT_EQ(post(meeting("/move"), {{"starts_at", "2026-03-09T10:45:00Z"}}).body["code"], "taken");
    clock.advanceTo(*parseRfc3339("2026-03-06T15:10:00Z"));
    EXPECT_EQ(post(meeting("/no-show")).body["outcome"], "no_show");
    EXPECT_EQ(post(meeting("/took-place")).body["outcome"], "took_place") << "somebody was mistaken";
    EXPECT_EQ(post(meeting("/cancel")).status, 200);
    EXPECT_EQ(post(meeting("/cancel")).body["code"], "over");
    EXPECT_EQ(text("select memory::text as x from conversations where memory ? 'variant'"),
              "{\"variant\": \"b\"}");
    EXPECT_EQ(text("select dropped as x from events where kind = 'timer'"), "the meeting was cancelled");
}

TEST_F(Routes, ConsentAndSuppressionAreWrittenDownByTheSameRulesAsAtTheCommandLine) {
    const Json given{{"address", "+1 202 555 0142"}, {"level", "express"}, {"source", "at the fair"}};
    EXPECT_EQ(post("/v1/consents", given).body,
              (Json{{"address", "+12025550142"}, {"recorded", true}, {"state", "valid"}}));
    EXPECT_EQ(post("/v1/consents", given).body["recorded"], false);
    auto written = given;
    written["level"] = "express_written";
    EXPECT_EQ(post("/v1/consents", written).status, 400) << "without the text";
    written["text"] = "You may text me.";
    EXPECT_EQ(post("/v1/consents", written).status, 200);
    EXPECT_EQ(call("GET", "/v1/consents?address=%2B12025550142", admin()).body["items"].size(), 2U);
    EXPECT_EQ(post("/v1/consents/revoke", {{"address", "+12025550142"}, {"why", "said so"}}).body["revoked"],
              2);
    for (const auto* wrong : {"12", "a@", "<b>@x.example", "+1", "' or 1=1"})
        EXPECT_EQ(
            post("/v1/consents", {{"address", wrong}, {"level", "express"}, {"source", "x"}}).body["field"],
            "address")
            << wrong;
    EXPECT_EQ(call("GET", "/v1/consents", admin()).body["field"], "address");
    for (int i = 50; i < 55; ++i)
        post("/v1/suppressions", {{"address", "+120255501" + std::to_string(i)}, {"reason", "asked"}});
    std::string after;
    int seen = 0;
    do {
        const auto page =
            call("GET",
                 "/v1/suppressions?limit=2" +
                     (after.empty() ? "" : "&after=" + replaceAll(replaceAll(after, "+", "%2B"), " ", "%20")),
                 admin())
                .body;
        seen += static_cast<int>(page["items"].size());
        after = textOf(page, "next");
    } while (!after.empty() && seen < 20);
    EXPECT_EQ(seen, 5);
    EXPECT_EQ(call("GET", "/v1/suppressions?address=%2B12025550152", admin()).body["items"].size(), 1U);
    EXPECT_EQ(call("GET", "/v1/suppressions?address=%2B12025550159", admin()).body["items"].size(), 0U);
}

TEST_F(Routes, BudgetsManagersAndVersions) {
    EXPECT_EQ(post("/v1/budgets",
                   {{"scope", "campaign"}, {"campaign", theirs.ids["campaign"]}, {"limit_micros", 5}})
                  .status,
              404);
    EXPECT_EQ(post("/v1/budgets", {{"scope", "campaign"},
                                   {"campaign", ours.ids["campaign"]},
                                   {"limit_micros", 5000000},
                                   {"period", "day"}})
                  .status,
              200);
    EXPECT_EQ(post("/v1/budgets", {{"scope", "turn"}, {"limit_micros", 5}, {"period", "day"}}).body["field"],
              "period");
    EXPECT_EQ(post("/v1/budgets", {{"scope", "turn"}, {"limit_micros", -5}}).body["field"], "limit_micros");
    EXPECT_EQ(
        post("/v1/budgets", {{"scope", "turn"}, {"limit_micros", 5}, {"currency", "dollars"}}).body["field"],
        "currency");
    EXPECT_EQ(call("GET", "/v1/budgets", admin()).body["items"][0]["limit_micros"], 5000000);
    EXPECT_EQ(post("/v1/budgets/remove", {{"scope", "turn"}}).status, 404);
    EXPECT_EQ(post("/v1/budgets/remove",
                   {{"scope", "campaign"}, {"campaign", ours.ids["campaign"]}, {"period", "day"}})
                  .status,
              200);
    const Json dana{{"name", "Dana W"},
                    {"email", "Dana@example.com"},
                    {"zone", "America/Phoenix"},
                    {"hours", "Mon-Thu 09:00-16:00"}};
    EXPECT_EQ(post("/v1/managers", dana).body["id"], ours.ids["manager"]) << "known by her address";
    for (const auto& [field, value] :
         {std::pair("zone", "Mars"), std::pair("hours", "always"), std::pair("email", "x")}) {
        auto wrong = dana;
        wrong[field] = value;
        EXPECT_EQ(post("/v1/managers", wrong).status, 400) << field;
    }
    EXPECT_EQ(post(campaign("/version"), {{"version", "v1"}}).body["version"], "v1");
    EXPECT_EQ(post(campaign("/version"), {{"version", "nothing"}}).status, 409);
    EXPECT_EQ(post(campaign("/version")).body["code"], "version") << "there was none before";
    script(
        "insert into steps select organization_id, conversation_id, 1, 1, 'model', 'h', '{}', 1500, "
        "'2026-03-03 12:00Z', '2026-03-03 12:00Z' from conversations");
    const auto usage = call("GET", "/v1/usage?days=1", admin()).body["items"];
    ASSERT_EQ(usage.size(), 1U);
    EXPECT_EQ(usage[0]["day"], "2026-03-03");
    EXPECT_EQ(usage[0]["cost_micros"], 1500);
    const auto bindings = call("GET", "/v1/bindings", admin()).body["items"];
    EXPECT_EQ(bindings[0]["secrets"], false);
}

}  // namespace
}  // namespace overture::api
