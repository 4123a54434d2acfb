// What an organization sets up by the API: bindings, playbooks, campaigns; what it reads of them; and that its lists are read from indexes.
#include "agent/instances.hpp"
#include "pg/api_house.hpp"
#include "queries/api.hpp"
#include "queries/campaign.hpp"
#include "service/history.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::HasSubstr;
using ::testing::Not;

struct Setup : ApiTest {
    void script(const std::string& sql) {
        auto tx = database.begin(ours.organization);
        tx.script(sql, "test");
        tx.commit();
    }
    Said post(const std::string& target, const Json& body = Json::object(), Json headers = Json::object()) {
        return call("POST", target, admin(), body.empty() ? "" : body.dump(), std::move(headers));
    }
    Said get(const std::string& target) { return call("GET", target, admin()); }
    std::string campaign(const std::string& more = {}) {
        return "/v1/campaigns/" + ours.ids["campaign"] + more;
    }
    Json autumn() {
        return {
            {"name", "Autumn"},
            {"version", "v1"},
            {"bindings", {{"sms", "carrier"}, {"model", "words"}}},
            {"settings", {{"company", "Tallyport"}, {"product", "Dispatch"}, {"sms_sender", "+12025550100"}}},
            {"days", 14}};
    }
    static std::string messageOf(const Said& said) {
        return textOf(said.body, "field") + ": " + textOf(said.body, "detail");
    }
};

TEST_F(Setup, ABindingIsAddedTriedAndReplacedAndItsSecretsAreShownNowhere) {
    const Json sim{{"name", "text"},
                   {"plugin", "sim"},
                   {"settings", {{"seed", 7}}},
                   {"secrets", {{"signing_key", "hush-hush"}}},
                   {"calls_at_once", 3}};
    const auto added = post("/v1/bindings", sim);
    ASSERT_EQ(added.status, 200) << added.body;
    EXPECT_EQ(added.body["replaced"], false);
    const auto id = textOf(added.body, "id");
    EXPECT_EQ(added.body["hook"], "/hooks/" + id);
    const auto listed = get("/v1/bindings").body;
    EXPECT_EQ(listed["items"][1]["name"], "text");
    EXPECT_EQ(listed["items"][1]["secrets"], true);
    EXPECT_EQ(listed["items"][1]["calls_at_once"], 3);
    EXPECT_THAT(listed.dump() + get("/v1/audit").body.dump(), Not(HasSubstr("hush-hush")));
    EXPECT_THAT(text("select string_agg(b::text || encode(secrets, 'escape'), '') as x from bindings b"),
                Not(HasSubstr("hush-hush")));
    auto tx = database.begin(ours.organization);
    const auto kept = tenant::findBinding(tx, ours.organization, *BindingId::parse(id), &vault);
    tx.commit();
    EXPECT_EQ(kept->secrets.at("signing_key"), "hush-hush");

    const auto tried = post("/v1/bindings/" + id + "/check");
    EXPECT_EQ(tried.body["works"], true) << tried.body;
    EXPECT_EQ(tried.body["asked"], true);

    const auto again = post("/v1/bindings", {{"name", "text"}, {"plugin", "sim"}});
    EXPECT_EQ(again.body["id"], id);
    EXPECT_EQ(again.body["replaced"], true);
    EXPECT_EQ(text("select secrets is null as x from bindings where name = 'text'"), "t")
        << "whoever changes an address does not take a secret along that they do not know";
}

TEST_F(Setup, WhatIsWrongWithABindingIsSaidWithItsPlace) {
    const auto wrong = [&](const Json& body) { return messageOf(post("/v1/bindings", body)); };
    EXPECT_THAT(wrong({{"name", "x"}, {"plugin", "simm"}}), HasSubstr("plugin: there is no plugin"));
    EXPECT_THAT(wrong({{"name", "x"}, {"plugin", "sim"}, {"settings", {{"sead", 1}}}}),
                HasSubstr("settings.sead: "));
    EXPECT_THAT(wrong({{"name", "x"}, {"plugin", "sim"}, {"secrets", {{"signing_key", 3}}}}),
                HasSubstr("secrets.signing_key: "));
    EXPECT_THAT(wrong({{"name", "../x"}, {"plugin", "sim"}}), HasSubstr("name: "));
    EXPECT_EQ(text("select count(*) as x from bindings"), "2");
    host.load(OVERTURE_BUILD_DIR "/plugins/smtp");
    const auto mail =
        post("/v1/bindings", {{"name", "x"}, {"plugin", "smtp"}, {"settings", {{"host", "10.0.0.1"}}}});
    EXPECT_EQ(mail.body["code"], "operator_only") << "it would connect to anything inside";
    Api bare(database, clock);
    for (const auto& [method, path, body] :
         {std::tuple("GET", std::string("/v1/plugins"), ""),
          std::tuple("POST", std::string("/v1/bindings"), R"({"name": "x", "plugin": "sim"})"),
          std::tuple("POST", "/v1/bindings/" + ours.ids["binding"] + "/check", "")}) {
        const auto answer =
            bare.answer({method,
                         path,
                         {{"authorization", "Bearer " + admin()}, {"content-type", "application/json"}},
                         body,
                         ""});
        EXPECT_EQ(answer.status, 503) << path;
        EXPECT_THAT(answer.body, HasSubstr("no plugins at hand"));
    }
}

TEST_F(Setup, AReplacedBindingIsTakenUpWithinFiveSeconds) {
    const auto id =
        *BindingId::parse(textOf(post("/v1/bindings", {{"name", "text"}, {"plugin", "sim"}}).body, "id"));
    int looked = 0;
    agent::BoundInstances instances(
        host,
        [&](const OrganizationId& organization, const BindingId& binding) -> agent::BoundPlugin {
            ++looked;
            auto tx = database.begin(organization);
            const auto found = tenant::findBinding(tx, organization, binding, &vault);
            return {found->plugin, found->settings, found->secrets, {}, found->version};
        },
        &clock);
    const auto first = instances.of(ours.organization, id);
    clock.advanceTo(tuesday() + seconds(6));
    EXPECT_EQ(instances.of(ours.organization, id), first) << "as before";
    EXPECT_EQ(looked, 2);
    post("/v1/bindings", {{"name", "text"}, {"plugin", "sim"}, {"settings", {{"seed", 9}}}});
    EXPECT_EQ(instances.of(ours.organization, id), first) << "not yet looked again";
    clock.advanceTo(tuesday() + seconds(12));
    EXPECT_NE(instances.of(ours.organization, id), first);
    const auto second = instances.of(ours.organization, id);
    script("update bindings set plugin = 'gone', version = version + 1 where name = 'text'");
    clock.advanceTo(tuesday() + seconds(18));
    EXPECT_EQ(instances.of(ours.organization, id), second) << "one that cannot be opened replaces none";
}

TEST_F(Setup, ACampaignIsMadeLookedAtAndBegun) {
    const auto made = post("/v1/campaigns", autumn());
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.body["state"], "draft");
    const auto one = "/v1/campaigns/" + textOf(made.body, "id");
    EXPECT_EQ(get(one).body["channels"], Json({"sms"}));
    const std::string list =
        "Name,Mobile,Email,Consent,Consent source\nCy,+1 602-555-0143,,written,web form\n"
        "Di,+1 602-555-0144,,written,web form\nEd,,ed@example.com,,\n";
    EXPECT_EQ(post(one + "/import", {{"csv", list}}).body["imported"], 3);
    const auto forecast = get(one + "/forecast").body;
    EXPECT_EQ(forecast["people"], 3);
    EXPECT_EQ(forecast["reached"], 2) << forecast;
    EXPECT_EQ(forecast["skipped"][0]["people"], 1);
    EXPECT_EQ(get(one + "/forecast").body, forecast) << "the same seed";
    EXPECT_EQ(forecast["to"], "2026-03-17T17:00:00Z") << "what it will have";
    EXPECT_EQ(get(one + "/forecast?days=1").body["to"], "2026-03-04T17:00:00Z");
    const auto preflight = get(one + "/preflight?price=sms=0.01,model_call=0.004").body;
    EXPECT_EQ(preflight["leads"]["people"], 3);
    EXPECT_GT(preflight["cost"]["high_micros"].get<int>(), 0);
    EXPECT_THAT(preflight["findings"].dump(),
                HasSubstr("\\\"scripted\\\" of \\\"model\\\" is not loaded here"));
    EXPECT_EQ(preflight["ready"], false);
    EXPECT_EQ(post(one + "/start", Json::object(), {{"x-request-id", "desk-9"}}).body["state"], "running");
    EXPECT_EQ(text("select count(*) as x from events where kind = 'touch'"), "2");
    post(one + "/import", {{"csv", "Mobile,Consent,Consent source\n+1 602-555-0145,written,web form\n"}},
         {{"x-request-id", "crm-4"}});
    EXPECT_EQ(
        text("select string_agg(payload ->> 'request', ' ' order by payload ->> 'request') as x from events "
             "where kind = 'touch'"),
        "crm-4 desk-9 desk-9");
}

TEST_F(Setup, WhatACampaignCannotBeIsSaidWithItsPlace) {
    const auto wrong = [&](const char* field, const Json& value) {
        auto body = autumn();
        body[field] = value;
        return messageOf(post("/v1/campaigns", body));
    };
    EXPECT_THAT(wrong("version", "beef"), HasSubstr("version: "));
    EXPECT_THAT(wrong("bindings", Json::object()), HasSubstr("bindings: Bind at least one"));
    EXPECT_THAT(wrong("bindings", {{"sms", "carrier"}}), HasSubstr("bindings.model: "));
    EXPECT_THAT(wrong("bindings", {{"sms", "nobody"}, {"model", "words"}}), HasSubstr("bindings.sms: "));
    EXPECT_THAT(wrong("bindings", {{"fax", "carrier"}, {"model", "words"}}), HasSubstr("bindings.fax: "));
    EXPECT_THAT(wrong("bindings", {{"sms", "words"}, {"model", theirs.ids["binding"]}}),
                HasSubstr("bindings.model: "))
        << "another organization's";
    EXPECT_THAT(wrong("settings", {{"company", "Tallyport"}}), HasSubstr("settings: "));
    EXPECT_THAT(wrong("settings", {{"compny", "x"}}), HasSubstr("did you mean"));
    EXPECT_THAT(wrong("pace", {{"warm_up", "lots"}}), HasSubstr("pace: "));
    EXPECT_THAT(wrong("days", 0), HasSubstr("days: "));
    EXPECT_EQ(text("select count(*) as x from campaigns"), "1");
    for (const auto* query : {"start=soon", "start=1999-01-01T00:00:00Z", "days=0", "seed=-1"})
        EXPECT_EQ(get(campaign("/forecast?") + query).status, 400) << query;
    EXPECT_EQ(get(campaign("/preflight?price=cheap")).body["field"], "price");
    EXPECT_EQ(get(campaign("/preflight?currency=dollars")).body["field"], "currency");
    EXPECT_EQ(call("GET", campaign("/forecast"), ours.tokens[Role::agent]).body["code"], "role");
}

TEST_F(Setup, ModelsThatTheOrganizationHasPutInOrderServeItsCampaigns) {
    script(
        "update organizations set settings = settings || jsonb_build_object('models', jsonb_build_array("
        "jsonb_build_object('binding', (select binding_id from bindings where name = 'words'))))");
    auto body = autumn();
    body["bindings"].erase("model");
    EXPECT_EQ(post("/v1/campaigns", body).status, 200);
    EXPECT_EQ(text("select bindings ->> 'words' as x from campaigns where name = 'Autumn'"),
              text("select binding_id as x from bindings where name = 'words'"));
}

TEST_F(Setup, WhatTakesLongIsDoneOnceAtATime) {
    LongWork work(2);
    const OrganizationId third(uuid7(tuesday(), "third"));
    const auto code = [&](const OrganizationId& organization) {
        try {
            const LongWork::Place place(work, organization);
            return std::string("in");
        } catch (const Refusal& refusal) {
            return refusal.code;
        }
    };
    {
        const LongWork::Place one(work, ours.organization);
        EXPECT_EQ(code(ours.organization), "one_at_a_time");
        const LongWork::Place two(work, theirs.organization);
        EXPECT_EQ(code(third), "busy");
    }
    EXPECT_EQ(code(third), "in");
    EXPECT_EQ(code(ours.organization), "in");
}

Json packageOf(const std::string& lua) {
    return {{"files", {{"playbook.lua", lua}}}};
}

TEST_F(Setup, APlaybookIsCheckedPublishedAndShown) {
    const Json example = [] {
        for (const auto& route : routes())
            if (route.operation == "publishPlaybook") return route.body["examples"][0];
        return Json();
    }();
    const auto good = example["files"]["playbook.lua"].get<std::string>();
    const auto checked = post("/v1/playbooks/check", example).body;
    EXPECT_EQ(checked["ok"], true) << checked;
    EXPECT_EQ(checked["playbook"], "hello");
    EXPECT_EQ(text("select count(*) as x from playbook_versions"), "1") << "a check keeps nothing";
    const auto bad =
        post("/v1/playbooks/check", packageOf(replaceAll(good, "go = \"closed\"", "go = \"clsed\""))).body;
    EXPECT_EQ(bad["ok"], false);
    EXPECT_EQ(bad["findings"][0]["file"], "playbook.lua");
    EXPECT_EQ(bad["findings"][0]["line"], 12);
    EXPECT_THAT(bad["findings"][0]["suggestion"].dump(), HasSubstr("closed"));
    const auto refused =
        post("/v1/playbooks/publish", packageOf(replaceAll(good, "go = \"closed\"", "go = \"clsed\"")));
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body["field"], "files.playbook.lua");
    EXPECT_THAT(textOf(refused.body, "detail"), HasSubstr("playbook.lua:12: "));
    auto whole = example;
    whole["files"]["tests/price.lua"] = "it(\"is said\", function() expect(1):is_bookd() end)";
    EXPECT_THAT(post("/v1/playbooks/check", whole).body["findings"].dump(), HasSubstr("tests/price.lua"));
    whole["files"].erase("tests/price.lua");
    whole["files"]["settings.json"] = "{}";
    EXPECT_THAT(post("/v1/playbooks/check", whole).body["findings"].dump(), HasSubstr("settings.json"));

    const auto published = post("/v1/playbooks/publish", example).body;
    EXPECT_EQ(published["version"], checked["version"]);
    const auto version = textOf(published, "version");
    const auto shown = get("/v1/versions/show?version=" + version.substr(0, 12)).body;
    EXPECT_EQ(shown["version"], version);
    EXPECT_EQ(shown["first_stage"], "opening");
    EXPECT_EQ(shown["stages"][0]["moves"][1], (Json{{"to", "meeting"}, {"when", ""}, {"by_function", true}}))
        << shown["stages"];
    EXPECT_EQ(shown["stages"][1]["books"], true);
    EXPECT_EQ(get("/v1/versions/files?version=" + version).body["files"], example["files"]);
    EXPECT_EQ(call("GET", "/v1/versions/files?version=" + version, theirs.tokens[Role::admin]).status, 404);
    EXPECT_EQ(get("/v1/versions/show").body["field"], "version");
    EXPECT_EQ(call("POST", "/v1/playbooks/publish", ours.tokens[Role::agent], example.dump()).body["code"],
              "role");
}

TEST_F(Setup, WhatIsNoPartOfAPlaybookIsRefused) {
    for (const auto* path : {"../playbook.lua", "/etc/passwd", "texts/../../x.md", "texts//x.md",
                             "texts/.x.md", "people\\x.lua", "leads.csv", "texts/x.exe", "tests/x.md", ""}) {
        const auto said = post("/v1/playbooks/check", {{"files", {{path, "x"}}}});
        EXPECT_EQ(said.status, 400) << path;
        EXPECT_EQ(said.body["field"], std::string("files.") + path);
    }
    Json many = Json::object();
    for (int i = 0; i < 501; ++i) many["texts/" + std::to_string(i) + ".md"] = "x";
    EXPECT_EQ(post("/v1/playbooks/check", {{"files", many}}).body["field"], "files");
    EXPECT_EQ(post("/v1/playbooks/check", {{"files", {{"playbook.lua", 3}}}}).status, 400);
    EXPECT_EQ(post("/v1/playbooks/check", {{"files", Json::object()}}).body["ok"], false);
    const auto endless = post("/v1/playbooks/check", packageOf("while true do end"));
    EXPECT_EQ(endless.body["ok"], false);
    EXPECT_THAT(endless.body["findings"].dump(), HasSubstr("instructions"));
}

TEST_F(Setup, ListsAndReportsAreReadFromIndexes) {
    auto tx = database.begin(ours.organization);
    tx.script(
        "create temp table made as select gen_random_uuid() as lead, gen_random_uuid() as talk, n from "
        "generate_series(1, 8000) n;"
        "insert into leads (organization_id, lead_id, phone, first_name, last_name, created_at) select '" +
            ours.organization.text() +
            "', lead, '+1999' || n, 'Ann', 'Sol' || n, '2026-03-03' from made;"
            "insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, "
            "stage, state, created_at, "
            "updated_at) select '" +
            ours.organization.text() + "', talk, '" + ours.ids["campaign"] +
            "', lead, 'v1', 'stage' || n % 20, case n % 400 when 0 then 'taken' else 'closed' end, "
            "'2026-03-03', '2026-03-03' from made;"
            "insert into messages (organization_id, conversation_id, number, direction, author, channel, "
            "text, stage, at) "
            "select '" +
            ours.organization.text() +
            "', talk, g, case g % 2 when 0 then 'in' else 'out' end, 'lead', 'sms', 'x', 'x', "
            "'2026-03-03' from made, generate_series(1, 4) g;"
            "insert into steps select '" +
            ours.organization.text() +
            "', talk, 1, 1, 'csr', 'h', '{}', 5, timestamptz '2026-03-03' - n * "
            "interval '1 hour', '2026-03-03' from made;"
            "insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, turn_number, "
            "channel, binding_id, recipient, "
            "text, state, due_at, permit_id, takeover_fence, created_at, updated_at) select "
            "d.organization_id, gen_random_uuid(), m.talk, "
            "m.lead, 1, 'sms', d.binding_id, 'x', 'x', case n % 400 when 0 then 'failed' else 'delivered' "
            "end, d.due_at, d.permit_id, 0, "
            "d.created_at, d.created_at from deliveries d, made m;",
        "test");
    tx.commit();
    auto owner = database.beginOwner();
    owner.script("analyze", "test");
    owner.commit();
    auto asking = database.begin(ours.organization);
    asking.script("set local plan_cache_mode = force_generic_plan", "test");
    int plans = 0;
    const auto planOf = [&](const store::Query& query, const std::string& values) {
        const auto name = "p" + std::to_string(++plans);
        asking.script("prepare " + name + " as " + query.sql, "test");
        const auto explain = "explain execute " + name + "('" + ours.organization.text() + "'" +
                             (values.empty() ? "" : ", ") + values + ")";
        std::string plan;
        for (const auto row : asking.run({"test/explain", explain.c_str()}))
            plan += row.text("QUERY PLAN") + "\n";
        return plan;
    };
    const std::string below = "'ffffffff-ffff-ffff-ffff-ffffffffffff', 50",
                      one = "'" + ours.ids["campaign"] + "'";
    const std::vector<std::tuple<store::Query, std::string, std::string>> wanted{
        {sql::api::conversations, below, "conversations_pkey"},
        {sql::api::conversations_of_state, below + ", '{taken}', null", "conversations_of_state"},
        {sql::api::conversations_of_stage, below + ", '{open,held,taken,closed}', null, 'stage3'",
         "conversations_of_stage"},
        {sql::api::deliveries, below, "deliveries_pkey"},
        {sql::api::deliveries_of_state, below + ", 'failed'", "deliveries_of_state"},
        {sql::api::leads_named, "'ann', '{sol}', '', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 51",
         "lead_words_said"},
        {sql::api::leads_named_end, "'ann', '', 'ffffffff-ffff-ffff-ffff-ffffffffffff'", "lead_words_said"},
        {sql::api::count_lead_words, "'{ann,sol}'", "lead_words_said"},
        {sql::campaign::versions, "", "conversations_of_version"},
        {sql::api::usage, "'2026-03-02', '2026-03-03'", "steps_with_cost"},
        {sql::campaign::report, one + ", '2026-03-01'", "messages_heard"}};
    for (const auto& [query, values, index] : wanted) {
        const auto plan = planOf(query, values);
        EXPECT_THAT(plan, HasSubstr("using " + index)) << query.name << "\n" << plan;
        for (const auto* table : {"messages", "turns", "deliveries", "leads", "lead_words"})
            EXPECT_THAT(plan, Not(HasSubstr(std::string("Seq Scan on ") + table))) << query.name << "\n"
                                                                                   << plan;
        if (index != "messages_heard") {
            EXPECT_THAT(plan, Not(HasSubstr("Seq Scan on conversations"))) << query.name << "\n" << plan;
        }
    }
    asking.commit();
    const auto size = [&](const std::string& query) {
        return get("/v1/conversations?limit=200&" + query).body["items"].size();
    };
    EXPECT_EQ(size("state=taken"), 20U);
    EXPECT_EQ(size("state=taken&stage=stage0&campaign=" + ours.ids["campaign"]), 20U);
    EXPECT_EQ(size("stage=stage3&state=taken"), 0U);
    EXPECT_EQ(size("campaign=" + ours.ids["campaign"] + "&state=open"), 1U);
    EXPECT_EQ(size("stage=opening"), 1U);
    std::string after, last = "g";
    std::size_t seen = 0;
    do {
        const auto page =
            get("/v1/conversations?stage=stage3&limit=150" + (after.empty() ? "" : "&after=" + after)).body;
        for (const auto& item : page["items"]) {
            EXPECT_LT(textOf(item, "id"), last) << "the newest first, and nobody twice";
            last = textOf(item, "id");
        }
        seen += page["items"].size();
        after = textOf(page, "next");
    } while (!after.empty() && seen < 1000);
    EXPECT_EQ(seen, 400U);
    EXPECT_EQ(get("/v1/deliveries?state=failed").body["items"].size(), 20U);
    EXPECT_EQ(get("/v1/meetings?state=booked").body["items"].size(), 1U);
    EXPECT_EQ(get("/v1/meetings?state=expired").body["items"].size(), 0U);
    EXPECT_EQ(get(campaign("/report")).body["funnel"]["replied"], 8001);
}

TEST_F(Setup, AReportSaysHowFarPeopleCame) {
    script(
        "insert into leads (organization_id, lead_id, phone, created_at) select organization_id, "
        "gen_random_uuid(), '+1202555018' || n, "
        "created_at from leads, generate_series(1, 3) n;"
        "insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, "
        "state, reason, message_count, "
        "created_at, updated_at) select c.organization_id, gen_random_uuid(), c.campaign_id, l.lead_id, "
        "c.version, "
        "case when l.phone like '%1' then 'meeting' else 'opening' end, case when l.phone like '%2' then "
        "'closed' else 'open' end, "
        "case when l.phone like '%2' then 'opted out' else '' end, 1, c.created_at, c.created_at from "
        "conversations c, leads l "
        "where l.phone like '+1202555018%';"
        // The first and the second were written to late on the 2nd in Phoenix, which is the 3rd in UTC.
        "insert into messages (organization_id, conversation_id, number, direction, author, channel, text, "
        "stage, at) "
        "select c.organization_id, c.conversation_id, 1, 'out', 'agent', 'sms', 'x', 'x', '2026-03-03 "
        "05:00Z' from conversations c join "
        "leads l using (organization_id, lead_id) where l.phone ~ '018[12]$';"
        "insert into steps select organization_id, conversation_id, 1, 1, 'csr', 'h', '{}', 1500, "
        "'2026-03-03 18:00Z', '2026-03-03 18:00Z' "
        "from conversations;"
        "update meetings set outcome = 'no_show'");
    const auto report = get(campaign("/report?zone=America/Phoenix&days=3"));
    ASSERT_EQ(report.status, 200) << report.body;
    const auto& funnel = report.body["funnel"];
    EXPECT_EQ(funnel, (Json{{"people", 4},
                            {"touched", 3},
                            {"replied", 1},
                            {"booked", 1},
                            {"took_place", 0},
                            {"no_show", 1},
                            {"cancelled", 0},
                            {"opted_out", 1},
                            {"held", 0},
                            {"closed", 1}}));
    EXPECT_EQ(report.body["cost_micros"], 6000);
    EXPECT_EQ(report.body["cost_per_meeting_micros"], 6000);
    EXPECT_EQ(report.body["days"],
              (Json{{{"day", "2026-03-01"}, {"touched", 0}, {"replied", 0}, {"booked", 0}},
                    {{"day", "2026-03-02"}, {"touched", 2}, {"replied", 0}, {"booked", 0}},
                    {{"day", "2026-03-03"}, {"touched", 1}, {"replied", 1}, {"booked", 1}}}));
    EXPECT_EQ(get(campaign("/report?days=3")).body["days"][2]["touched"], 3) << "in UTC all on one day";
    EXPECT_EQ(report.body["stages"].size(), 2U);
    EXPECT_EQ(report.body["stages"][0]["stage"], "opening");
    EXPECT_EQ(report.body["stages"][0]["people"], 3);
    EXPECT_EQ(report.body["versions"][0]["version"], "v1");
    EXPECT_EQ(report.body["versions"][0]["cost_micros"], 6000);
    EXPECT_EQ(get(campaign("/report?zone=Mars")).body["field"], "zone");
    EXPECT_EQ(post("/v1/zone", {{"zone", "America/Phoenix"}}).status, 200);
    EXPECT_EQ(get("/v1/settings").body["zone"], "America/Phoenix");
    EXPECT_EQ(get(campaign("/report?days=3")).body["days"], report.body["days"]);
    EXPECT_EQ(post("/v1/zone", {{"zone", "Mars"}}).body["field"], "zone");
    EXPECT_EQ(get(campaign("/report?days=0")).body["field"], "days");
    EXPECT_EQ(call("GET", campaign("/report"), theirs.tokens[Role::admin]).status, 404);
}

TEST_F(Setup, WhatWaitsForAPersonIsOneList) {
    const auto kinds = [&](const std::string& token) {
        std::string all;
        const auto items = call("GET", "/v1/notifications", token).body["items"];
        for (const auto& item : items) all += textOf(item, "kind") + " " + item["count"].dump() + "; ";
        return all;
    };
    EXPECT_EQ(kinds(admin()), "");
    script(
        "update conversations set state = 'held'; update deliveries set state = 'held', note = 'the key was "
        "refused'; update "
        "endpoint_sends set state = 'dead';"
        "update endpoints set state = 'off', note = 'it was gone (410)';"
        "insert into budgets select organization_id, 'organization', 'total', "
        "'00000000-0000-0000-0000-000000000000', 100, 'USD', "
        "'2026-03-03' from campaigns; insert into budget_usage select organization_id, "
        "'00000000-0000-0000-0000-000000000000', "
        "'-infinity', 100, 0 from campaigns");
    const std::string everybody =
        "conversations.held 1; deliveries.held 1; endpoint.given_up 1; endpoint.off 1; ";
    EXPECT_EQ(kinds(admin()), everybody + "budget.used 1; ");
    EXPECT_EQ(kinds(ours.tokens[Role::agent]), everybody) << "money is managers'";
    EXPECT_THAT(get("/v1/notifications").body.dump(),
                HasSubstr("\\\"carrier\\\" are held: the key was refused."));
    EXPECT_EQ(kinds(theirs.tokens[Role::admin]), "");
    const auto items = get("/v1/notifications").body["items"];
    for (const auto& item : items) EXPECT_EQ(get(textOf(item, "see")).status, 200) << item;
}

TEST_F(Setup, WhoMeantAnotherStateOfAThingDoesNotChangeIt) {
    const auto lead = "/v1/leads/" + ours.ids["lead"], meeting = "/v1/meetings/" + ours.ids["meeting"],
               endpoint = "/v1/endpoints/" + ours.ids["endpoint"];
    const auto tagOf = [&](const std::string& path) { return get(path).headers.at("ETag"); };
    const auto stale = tagOf(lead);
    EXPECT_EQ(call("GET", lead, admin(), "", {{"if-none-match", stale}}).status, 304);
    EXPECT_EQ(post(lead + "/change", {{"zone", "America/Phoenix"}}, {{"if-match", stale}}).status, 200);
    EXPECT_EQ(post(lead + "/change", {{"zone", "Europe/London"}}, {{"if-match", stale}}).status, 412);
    EXPECT_EQ(get(lead).body["zone"], "America/Phoenix");
    const auto before = tagOf(meeting);
    EXPECT_EQ(post(meeting + "/move", {{"starts_at", "2026-03-06T15:00:00Z"}}, {{"if-match", before}}).status,
              200);
    EXPECT_EQ(post(meeting + "/cancel", Json::object(), {{"if-match", before}}).body["code"], "changed");
    EXPECT_EQ(post(meeting + "/cancel", Json::object(), {{"if-match", tagOf(meeting)}}).status, 200);
    const auto old = tagOf(endpoint);
    const auto change = [&](const char* about) {
        return call("PATCH", endpoint, admin(), Json{{"about", about}}.dump(), {{"if-match", old}}).status;
    };
    EXPECT_EQ(change("first"), 200);
    EXPECT_EQ(change("second"), 412);
}

TEST_F(Setup, WhatIsReadInListsIsChangedAsItWasRead) {
    const auto tag = [&](const std::string& list) {
        return "\"" + textOf(get(list).body["items"][0], "tag") + "\"";
    };
    const auto manager = [&](const char* hours, const std::string& match) {
        return post("/v1/managers",
                    {{"name", "Dana"},
                     {"email", "dana@example.com"},
                     {"zone", "Europe/London"},
                     {"hours", hours}},
                    {{"if-match", match}})
            .status;
    };
    const auto first = tag("/v1/managers");
    EXPECT_EQ(manager("Mon-Thu 09:00-17:00", first), 200);
    EXPECT_EQ(manager("Mon-Wed 09:00-17:00", first), 412);
    EXPECT_EQ(manager("Mon-Wed 09:00-17:00", tag("/v1/managers")), 200);
    const auto budget = [&](int limit, const Json& headers) {
        return post("/v1/budgets", {{"scope", "organization"}, {"limit_micros", limit}}, headers).status;
    };
    EXPECT_EQ(budget(5, {{"if-match", "\"one\""}}), 412) << "there is none";
    EXPECT_EQ(budget(5, Json::object()), 200);
    const auto five = tag("/v1/budgets");
    script("update budget_usage set spent_micros = 3");
    EXPECT_EQ(tag("/v1/budgets"), five) << "what is spent is no change";
    EXPECT_EQ(budget(6, {{"if-match", five}}), 200);
    EXPECT_EQ(budget(7, {{"if-match", five}}), 412);
    EXPECT_EQ(post("/v1/budgets/remove", {{"scope", "organization"}}, {{"if-match", five}}).status, 412);
    EXPECT_EQ(
        post("/v1/budgets/remove", {{"scope", "organization"}}, {{"if-match", tag("/v1/budgets")}}).status,
        200);
}

TEST_F(Setup, AnOrganizationHasAsManyBindingsAsItMay) {
    script(
        "insert into bindings (organization_id, binding_id, name, plugin, created_at) select "
        "organization_id, gen_random_uuid(), "
        "'b' || n, 'sim', created_at from organizations, generate_series(1, 198) n");
    EXPECT_EQ(post("/v1/bindings", {{"name", "more"}, {"plugin", "sim"}}).body["code"], "too_many");
    EXPECT_EQ(post("/v1/bindings", {{"name", "b7"}, {"plugin", "sim"}}).status, 200) << "this one is there";
}

TEST_F(Setup, ATurnNamesTheCallThatCausedIt) {
    post(one("/take"), Json::object(), {{"x-request-id", "desk-17"}});
    post(one("/messages"), {{"text", "Hello."}}, {{"x-request-id", "desk-18"}});
    EXPECT_EQ(text("select payload ->> 'request' as x from events where kind = 'reply'"), "desk-18");
    script(
        "insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened, "
        "outcome) "
        "select organization_id, conversation_id, 1, 0, 'committed', '2026-03-03', "
        "jsonb_build_object('events', "
        "jsonb_build_array(event_id)), '{}' from events where kind = 'reply'");
    const auto history = service::conversationHistory(
        database, {ours.organization, *ConversationId::parse(ours.ids["conversation"])});
    EXPECT_EQ(history["turns"][0]["requests"], Json({"desk-18"}));
    EXPECT_THAT(service::historyText(history), HasSubstr("request   desk-18"));
}

}  // namespace
}  // namespace overture::api
