// The API on a real database, without sockets: every route, every role, other organizations, and what strangers send.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <regex>
#include <set>
#include <thread>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "pg/api_house.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ApiTest, EveryAnswerFitsTheDocumentWrittenFromTheSameTable) {
    const auto document = Json::parse(api.answer({"GET", "/v1/openapi.json", {}, "", "192.0.2.7"}).body);
    std::set<std::string> operations;
    auto all = routes();
    std::stable_partition(all.begin(), all.end(),
                          [](const Route& route) { return route.operation != "stopCampaign"; });
    // Each is shown by a test of its own; here they would end what the others need, or need what the others ended.
    const std::set<std::string> elsewhere{"revokeKey",
                                          "giveBackConversation",
                                          "signIn",
                                          "choosePassword",
                                          "signOut",
                                          "signOutEverywhere",
                                          "endSession",
                                          "changePassword",
                                          "beginSecondFactor",
                                          "confirmSecondFactor",
                                          "removeSecondFactor",
                                          "enableUser",
                                          "disableUser",
                                          "submitForm",
                                          "beginSignIn",
                                          "finishSignIn"};
    // What a route finds before it is called.
    const std::string held = "update conversations set state = 'held', reason = 'unsure'",
                      booked = "update meetings set state = 'booked'",
                      begun = booked + ", span = tstzrange('2026-03-03 16:00Z', '2026-03-03 16:30Z')";
    const std::string reported =
        "update imports set report = '{\"rows\": 1, \"imported\": 1, \"merged\": 0, \"rejected\": 0, "
        "\"planned\": 0, \"skipped\": [], \"notes\": [], \"remarks\": []}'";
    const std::string unanswered = held + "; update events set turn_number = 1 where kind = 'reply'";
    const std::map<std::string, std::string> before{
        {"listNotifications", held},    {"listHolds", held},     {"approveDraft", unanswered},
        {"refuseDraft", unanswered},    {"moveMeeting", booked}, {"cancelMeeting", booked},
        {"showImportReport", reported}, {"markNoShow", begun},   {"markTookPlace", begun}};
    const std::set<std::string> mayBeEmpty{"listAudit", "showUsage", "listen"};
    for (const auto& route : all) {
        ASSERT_TRUE(operations.insert(route.operation).second) << route.operation << " stands there twice";
        const auto& operation = document["paths"][route.path][lowerAscii(route.method)];
        ASSERT_EQ(operation["operationId"], route.operation);
        EXPECT_EQ(operation.contains("security"), route.open != nullptr) << route.operation;
        if (elsewhere.contains(route.operation)) continue;
        if (route.operation == "writeMessage") call("POST", one("/take"), admin());
        if (before.contains(route.operation)) {
            auto tx = database.begin(ours.organization);
            tx.script(before.at(route.operation), "test");
            tx.commit();
        }
        const auto said =
            call(route.method, targetOf(route, ours), ours.sessions[Role::admin], bodyOf(route, ours));
        ASSERT_EQ(said.status, route.status) << route.operation << " " << said.body;
        fits(document, route, said.body);
        if (said.body.contains("items") && !mayBeEmpty.contains(route.operation)) {
            EXPECT_FALSE(said.body["items"].empty()) << route.operation;
        }
    }
    EXPECT_EQ(operations.size(), routes().size());
    EXPECT_THAT(api.answer({"GET", "/docs", {}, "", "192.0.2.7"}).body, HasSubstr("takeConversation"));
}

TEST_F(ApiTest, EveryCodeIsExplained) {
    const auto page = api.answer({"GET", "/docs", {}, "", "192.0.2.7"}).body;
    int codes = 0;
    for (const auto& file : std::filesystem::directory_iterator(OVERTURE_SOURCE_DIR "/core/api")) {
        if (file.path().extension() != ".cpp") continue;
        const auto source = readFile(file.path().string());
        static const std::regex refusal(R"re(Refusal\{\s*\d{3},\s*"([a-z_]+)")re");
        for (std::sregex_iterator at(source.begin(), source.end(), refusal), end; at != end; ++at, ++codes)
            EXPECT_THAT(page, HasSubstr("id=\"" + (*at)[1].str() + "\"")) << file.path();
    }
    EXPECT_GT(codes, 40);
}

TEST_F(ApiTest, NobodySeesOrTouchesWhatIsAnotherOrganizations) {
    const auto before = everythingOf(ours);
    const auto leftBehind = [&](const Json& body, const Route& route) {
        for (const auto& [name, id] : ours.ids)
            EXPECT_EQ(body.dump().find(id), std::string::npos) << route.operation << " shows our " << name;
    };
    for (const auto& route : routes()) {
        if (route.open != nullptr) continue;
        const auto path = pathOf(route, ours);
        for (const auto& token : {theirs.sessions[Role::admin], theirs.tokens[Role::admin]}) {
            if (path == route.path && route.method != "GET" && bodyOf(route, ours) == bodyOf(route, theirs))
                continue;
            const auto said = call(route.method, targetOf(route, ours), token, bodyOf(route, ours));
            if (route.peopleOnly && token == theirs.tokens[Role::admin]) {
                EXPECT_EQ(said.body["code"], "people_only") << route.operation;
            } else if (path != route.path || route.method != "GET") {
                EXPECT_EQ(said.status, 404) << route.operation << " " << said.body;
            } else {
                ASSERT_EQ(said.status, 200) << route.operation;
                leftBehind(said.body, route);
            }
        }
    }
    EXPECT_EQ(everythingOf(ours), before) << "and nothing of it was changed";
}

TEST_F(ApiTest, ARoleMayDoWhatItsRouteSaysAndNoMore) {
    int guests = 0;
    for (const auto& route : routes()) {
        if (route.open != nullptr) continue;
        client = "192.0.2." + std::to_string(guests++ / 4);
        EXPECT_EQ(call(route.method, pathOf(route, ours), "", "[").status, 401)
            << route.operation << " without a token";
        for (const auto role : {Role::agent, Role::manager, Role::admin})
            for (const bool person : {false, true}) {
                const auto token = person ? ours.sessions[role] : ours.tokens[role];
                const auto said = call(route.method, pathOf(route, ours), token, "[");
                const bool may = role >= route.least && (person || !route.peopleOnly);
                EXPECT_EQ(said.status == 403, !may) << route.operation << " as " << nameOf(role)
                                                    << (person ? " in person " : " by key ") << said.body;
                if (!may) {
                    EXPECT_EQ(said.body["code"], route.peopleOnly && !person ? "people_only" : "role");
                }
            }
    }
}

TEST_F(ApiTest, AKeyMayDoWhatItsScopesSay) {
    const auto keyWith = [&](const std::vector<std::string>& scopes) {
        auto tx = database.begin(ours.organization);
        const auto token = *tenant::createKey(tx, ours.organization, join(scopes, " "), Role::admin,
                                              std::nullopt, tuesday(), scopes);
        tx.commit();
        return token;
    };
    const auto reader = keyWith({"*:read"}), leads = keyWith({"leads:read", "conversations:write"});
    for (const auto& route : routes()) {
        if (route.open != nullptr || route.peopleOnly || areaOf(route) == "me") continue;
        const auto refused = [&](const std::string& token) {
            return call(route.method, pathOf(route, ours), token, "[").body.value("code", "") == "scope";
        };
        EXPECT_EQ(refused(reader), route.method != "GET") << route.operation;
        EXPECT_EQ(refused(leads),
                  !(areaOf(route) == "conversations" || (areaOf(route) == "leads" && route.method == "GET")))
            << route.operation;
    }
    EXPECT_EQ(call("GET", "/v1/me", leads).body["scopes"], Json({"leads:read", "conversations:write"}));
    const auto made =
        call("POST", "/v1/keys", admin(), R"({"name": "x", "role": "agent", "scopes": ["leads:read"]})");
    EXPECT_EQ(made.status, 200) << made.body;
    for (const auto* wrong : {"lead:read", "leads", "leads:delete", "*", "", "me:write", ":read"})
        EXPECT_EQ(call("POST", "/v1/keys", admin(),
                       Json{{"name", "y"}, {"role", "agent"}, {"scopes", {wrong}}}.dump())
                      .body["field"],
                  wrong == std::string("me:write") ? Json() : Json("scopes"))
            << wrong;
}

TEST_F(ApiTest, AKeyWithScopesLetsNobodyInWithMore) {
    const auto makes = [&](const std::string& token, const Json& scopes) {
        return call("POST", "/v1/keys", token,
                    Json{{"name", scopes.dump()}, {"role", "admin"}, {"scopes", scopes}}.dump());
    };
    const Json own{"keys:write", "users:write", "issuer:write", "leads:read"};
    const auto key = textOf(makes(admin(), own).body, "token");
    for (const auto& more :
         {Json::array(), Json{"leads:write"}, Json{"*:read"}, Json{"leads:read", "*:write"}})
        EXPECT_EQ(makes(key, more).body.value("code", "made"), "scope") << more;
    EXPECT_EQ(makes(key, {"leads:read", "keys:read"}).status, 200);
    EXPECT_EQ(makes(textOf(makes(admin(), {"*:write"}).body, "token"), {"leads:write", "*:read"}).status,
              200);
    for (const auto& route : routes())
        if (route.method != "GET" && areaOf(route) == "users") {
            EXPECT_EQ(call(route.method, pathOf(route, ours), key, bodyOf(route, ours)).body["code"], "scope")
                << route.operation;
        }
    EXPECT_EQ(call("GET", "/v1/users", key).status, 200);
    EXPECT_EQ(call("POST", "/v1/issuer", key, "{}").body["code"], "scope");
}

TEST_F(ApiTest, OnlyAKeyThatHoldsLetsIn) {
    const auto code = [&](const std::string& token) {
        return call("GET", "/v1/me", token).body.value("code", "in");
    };
    EXPECT_EQ(code(admin()), "in");
    auto tx = database.begin(ours.organization);
    const auto shortLived = *tenant::createKey(tx, ours.organization, "short", Role::agent,
                                               tuesday() + std::chrono::hours(1), tuesday());
    EXPECT_FALSE(tenant::createKey(tx, ours.organization, "short", Role::agent, std::nullopt, tuesday()));
    tx.commit();
    EXPECT_EQ(code(shortLived), "in");
    clock.advanceTo(tuesday() + std::chrono::hours(1));
    EXPECT_EQ(code(shortLived), "no_key");
    const auto keys = call("GET", "/v1/keys", admin()).body["items"];
    for (const auto& key : keys)
        if (key["name"] == "agent") {
            EXPECT_EQ(call("POST", "/v1/keys/" + key["id"].get<std::string>() + "/revoke", admin()).status,
                      200);
        }
    EXPECT_EQ(code(ours.tokens[Role::agent]), "no_key");
    EXPECT_EQ(code(""), "no_key");
    EXPECT_EQ(code("ovt_" + std::string(64, '0')), "no_key");
    EXPECT_EQ(code(admin() + "0"), "no_key");
    EXPECT_EQ(code(admin() + "' or ''='"), "too_many_guesses") << "five wrong ones came before";
    EXPECT_EQ(code(admin()), "in") << "a key that holds is never locked out by others' guesses";
    EXPECT_EQ(text("select count(*) as x from api_keys where hash like 'ovt%'"), "0");
}

TEST_F(ApiTest, APersonTakesAConversationAndGivesItBack) {
    const auto shown = call("GET", one(), ours.tokens[Role::agent]);
    const auto tag = shown.headers.at("ETag");
    EXPECT_EQ(call("GET", one(), admin(), "", {{"if-none-match", tag}}).status, 304);
    EXPECT_EQ(call("POST", one("/take"), admin(), "", {{"if-match", "\"other\""}}).body["code"], "changed");
    const auto taken = call("POST", one("/take"), ours.tokens[Role::agent], R"({"for": "2h", "by": "Dana"})",
                            {{"if-match", tag}});
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(taken.body["until"], "2026-03-03T19:00:00Z");
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(text("select state as x from deliveries"), "cancelled") << "nothing from before goes out";
    const auto now = call("GET", one(), admin());
    EXPECT_EQ(now.body["state"], "taken");
    EXPECT_THAT(now.body["reason"].get<std::string>(), HasSubstr("Dana"));
    EXPECT_NE(now.headers.at("ETag"), tag);
    clock.advanceTo(tuesday() + seconds(5));
    EXPECT_EQ(call("POST", one("/give-back"), admin()).status, 200);
    EXPECT_EQ(call("POST", one("/give-back"), admin()).body["code"], "not_taken");
    EXPECT_EQ(call("GET", one(), admin()).body["state"], "open");

    const auto audit = call("GET", "/v1/audit", admin()).body["items"];
    ASSERT_EQ(audit.size(), 2U) << "what was refused did nothing";
    EXPECT_EQ(audit[1]["act"], "takeConversation");
    EXPECT_EQ(audit[1]["actor"]["kind"], "key");
    EXPECT_EQ(audit[1]["actor"]["name"], "agent");
    EXPECT_EQ(audit[1]["details"]["by"], "Dana");
    auto tx = database.begin(ours.organization);
    EXPECT_THROW(tx.script("update audit set actor = 'nobody'", "test"), store::DatabaseError)
        << "append-only";
}

TEST_F(ApiTest, APersonWritesInAConversationThatIsTheirs) {
    const auto body = R"({"text": "Dana here. Two o'clock?"})";
    EXPECT_EQ(call("POST", one("/messages"), admin(), body).body["code"], "not_taken");
    call("POST", one("/take"), admin());
    const auto written =
        call("POST", one("/messages"), ours.tokens[Role::agent], body, {{"idempotency-key", "w1"}});
    ASSERT_EQ(written.status, 200) << written.body;
    EXPECT_EQ(
        call("POST", one("/messages"), ours.tokens[Role::agent], body, {{"idempotency-key", "w1"}}).body,
        written.body);
    EXPECT_EQ(text("select count(*) as x from events where kind = 'reply'"), "1") << "written once";
    EXPECT_EQ(text("select payload ->> 'by' as x from events where kind = 'reply'"), "agent");
    EXPECT_NE(text("select wake_at::text as x from mailboxes"), "");
}

TEST_F(ApiTest, ACampaignIsPausedAndGoesOn) {
    const auto campaign = "/v1/campaigns/" + ours.ids["campaign"];
    const auto paused = call("POST", campaign + "/pause", ours.tokens[Role::manager]);
    ASSERT_EQ(paused.status, 200) << paused.body;
    EXPECT_EQ(paused.body["cancelled"], 1);
    EXPECT_EQ(text("select state as x from deliveries"), "cancelled");
    EXPECT_EQ(call("GET", campaign, admin()).body["state"], "paused");
    EXPECT_EQ(call("POST", campaign + "/start", admin()).body["code"], "state");
    EXPECT_EQ(call("POST", campaign + "/resume", admin()).body["state"], "running");
    EXPECT_EQ(call("POST", campaign + "/stop", admin()).body["state"], "stopped");
    EXPECT_EQ(call("POST", campaign + "/resume", admin()).body["code"], "state");
    EXPECT_EQ(call("GET", campaign + "/status", admin()).body["state"], "stopped");
}

TEST_F(ApiTest, AClosedConversationCannotBeTaken) {
    auto tx = database.begin(ours.organization);
    tx.script("update conversations set state = 'closed'", "test");
    tx.commit();
    EXPECT_EQ(call("POST", one("/take"), admin()).body["code"], "closed");
}

TEST_F(ApiTest, TheSameIdempotencyKeyIsDoneOnceHoweverManyCallAtOnce) {
    const Json key{{"idempotency-key", "first"}};
    const auto atOnce = [&](const std::string& target, const std::string& body, const Json& headers) {
        std::vector<std::thread> threads;
        std::mutex mutex;
        std::multiset<std::string> answers;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&] {
                const auto said = call("POST", target, admin(), body, headers);
                const std::lock_guard lock(mutex);
                answers.insert(said.body.contains("code") ? textOf(said.body, "code") : said.body.dump());
            });
        for (auto& thread : threads) thread.join();
        return answers;
    };
    const auto taken = atOnce(one("/take"), R"({"by": "Dana"})", {{"idempotency-key", "take"}});
    EXPECT_EQ(taken.count(*taken.begin()), 6U) << *taken.begin() << " " << *taken.rbegin();
    EXPECT_EQ(text("select takeover_fence as x from conversations"), "1");
    EXPECT_NE(text("select request_hash as x from api_answers"),
              toHex(sha256("POST " + one("/take") + "\n{\"by\": \"Dana\"}")))
        << "what is in a body cannot be guessed at by its hash";
    const auto made = atOnce("/v1/keys", R"({"name": "crm", "role": "manager"})", key);
    EXPECT_EQ(made.count("shown_once"), 5U) << *made.begin() << " " << *made.rbegin();
    EXPECT_EQ(text("select count(*) as x from api_answers where answer like '%ovt_%'"), "0")
        << "no token is kept";
    EXPECT_EQ(text("select count(*) as x from audit"), "2");
    const auto other = call("POST", "/v1/keys", admin(), R"({"name": "other", "role": "agent"})", key);
    EXPECT_EQ(other.body["code"], "key_reused");
    EXPECT_EQ(call("POST", "/v1/keys", admin(), R"({"name": "crm", "role": "manager"})").body["code"],
              "exists");
    clock.advanceTo(tuesday() + std::chrono::hours(25));
    EXPECT_EQ(call("POST", "/v1/keys", admin(), R"({"name": "other", "role": "agent"})", key).status, 200)
        << "an answer is kept for a day";
}

TEST_F(ApiTest, ListsComeInPages) {
    auto tx = database.begin(ours.organization);
    for (int i = 10; i < 17; ++i)
        tx.script("insert into leads (organization_id, lead_id, external_id, phone, created_at) values ('" +
                      ours.organization.text() + "', '" +
                      uuid7(tuesday() + seconds(i), std::to_string(i)).text() + "', 'x" + std::to_string(i) +
                      "', '+155555501" + std::to_string(i) + "', '2026-03-03')",
                  "test");
    tx.commit();
    std::vector<std::string> seen;
    std::string after;
    for (int pages = 0; pages < 9; ++pages) {
        const auto page =
            call("GET", "/v1/leads?limit=3" + (after.empty() ? "" : "&after=" + after), admin()).body;
        for (const auto& lead : page["items"]) seen.push_back(lead["external_id"]);
        if (page["next"].is_null()) break;
        after = page["next"];
    }
    EXPECT_THAT(seen, ElementsAre("x16", "x15", "x14", "x13", "x12", "x11", "x10", "solar-1"));
    const auto who = [&](const std::string& text) {
        return call("GET", "/v1/leads?who=" + text, admin()).body["items"].size();
    };
    EXPECT_EQ(who("%2B12025550101"), 1U);
    EXPECT_EQ(who("ANN@example.com"), 1U);
    EXPECT_EQ(who("solar-1"), 1U);
    EXPECT_EQ(who("nobody"), 0U);
    EXPECT_EQ(call("GET", "/v1/conversations?state=held", admin()).body["items"].size(), 0U);
    EXPECT_EQ(call("GET", "/v1/conversations?lead=" + ours.ids["lead"], admin()).body["items"].size(), 1U);
    EXPECT_EQ(call("GET", "/v1/conversations?lead=" + ours.ids["form"], admin()).body["items"].size(), 0U);
    EXPECT_EQ(
        call("GET", "/v1/conversations?state=closed&lead=" + ours.ids["lead"], admin()).body["items"].size(),
        0U);
    EXPECT_EQ(call("GET", one("/deliveries"), admin()).body["items"].size(), 1U);
    EXPECT_EQ(call("GET", one("/messages?after=1"), admin()).body["items"][0]["text"], "Who is this?");
}

TEST_F(ApiTest, LeadsAreFoundByPartsOfTheirNameAndCompany) {
    auto tx = database.begin(ours.organization);
    const auto add = [&](const std::string& name, const std::string& first, const std::string& last,
                         const std::string& company) {
        tx.script(
            "insert into leads (organization_id, lead_id, external_id, first_name, last_name, company, "
            "email, created_at) values ('" +
                ours.organization.text() + "', '" + uuid7(tuesday(), name).text() + "', '" + name + "', '" +
                first + "', '" + last + "', '" + company + "', '" + name + "@mail.example', '2026-03-03')",
            "test");
    };
    add("zoe", "Zo\u00eb", "M\u00fcller-\u0141o\u015b", "Anna''s Bakery");
    add("annika", "Annika", "Ndiaye", "");
    add("anna", "Anna", "Annason", "Anna & Sons");
    add("ivan", "\u0418\u0432\u0430\u043d", "O''Neill", "100% Solar_Roofs");
    tx.commit();
    const auto found = [&](const std::string& query) {
        std::vector<std::string> names;
        std::string after;
        for (int pages = 0; pages < 9; ++pages) {
            const auto said =
                call("GET", "/v1/leads?name=" + query + (after.empty() ? "" : "&after=" + after), admin());
            EXPECT_EQ(said.status, 200) << said.body;
            for (const auto& lead : said.body["items"]) names.push_back(lead["external_id"]);
            if (said.body["next"].is_null()) break;
            after = said.body["next"];
        }
        return names;
    };
    for (const auto* query : {"zoe", "ZO", "m%C3%BCll", "los", "Zo%C3%AB+mul", "bak+zoe", "zoe%20zoe"})
        EXPECT_THAT(found(query), ElementsAre("zoe")) << query;
    EXPECT_THAT(found("ann&limit=1"), ElementsAre("solar-1", "zoe", "anna", "annika"))
        << "by the word, once each";
    EXPECT_THAT(found("ann"), ElementsAre("solar-1", "zoe", "anna", "annika"));
    EXPECT_THAT(found("ann+sons"), ElementsAre("anna"));
    for (const auto* query : {"%D0%98%D0%92", "neill", "100", "roofs", "solar_roofs", "o%27neill"})
        EXPECT_THAT(found(query), ElementsAre("ivan")) << query;
    for (const auto* query : {"oe", "annz", "%27%3B%20drop", "zoe+ivan"})
        EXPECT_THAT(found(query), IsEmpty()) << query;

    auto changing = database.begin(ours.organization);
    changing.script(
        "update leads set last_name = 'Brook' where external_id = 'annika'; delete from leads where "
        "external_id = 'ivan'",
        "test");
    changing.commit();
    EXPECT_THAT(found("brook"), ElementsAre("annika"));
    EXPECT_THAT(found("ndiaye"), IsEmpty());
    EXPECT_THAT(found("neill"), IsEmpty());
    EXPECT_EQ(call("GET", "/v1/leads?name=zoe", theirs.tokens[Role::admin]).body["items"].size(), 0U);

    const std::string next = call("GET", "/v1/leads?name=ann&limit=1", admin()).body["next"];
    const std::string eightAndOne = "a+b+c+d+e+f+g+h+i";
    for (const auto& [query, field] : std::vector<std::pair<std::string, std::string>>{
             {"name=%25%27", "name"},
             {"name=", "name"},
             {"name=" + eightAndOne, "name"},
             {"name=zoe&who=zoe", "name"},
             {"name=zoe&after=" + next, "after"},
             {"name=ann&after=" + ours.ids["lead"], "after"},
             {"name=ann&after=61_ff_" + ours.ids["lead"], "after"},
             {"name=ann&after=6_61_" + ours.ids["lead"], "after"},
             {"after=" + next, "after"}}) {
        const auto said = call("GET", "/v1/leads?" + query, admin());
        EXPECT_EQ(said.status, 400) << query << " " << said.body;
        EXPECT_EQ(said.body["field"], field) << query << " " << said.body;
    }
}

TEST_F(ApiTest, WhatDoesNotFitIsSaidWithItsPlace) {
    struct Wrong {
        const char *method, *target, *body;
        int status;
        const char *code, *field;
    };
    const std::string take = one("/take"), deep(100000, '[');
    const std::string path = one(), nested = R"({"by": )" + std::string(60, '[') + std::string(60, ']') + "}";
    for (const auto& wrong : std::vector<Wrong>{
             {"GET", "/v1/nothing", "", 404, "not_found", ""},
             {"GET", "/v1//leads", "", 404, "not_found", ""},
             {"GET", "/v1/leads/../keys", "", 404, "not_found", ""},
             {"GET", "/v1/leads/%2e%2e", "", 404, "not_found", ""},
             {"GET", "/v1/leads/' or 1=1 --", "", 404, "not_found", ""},
             {"GET", "/v1/leads/00000000-0000-7000-8000-000000000000", "", 404, "not_found", ""},
             {"DELETE", "/v1/leads", "", 405, "method", ""},
             {"get", "/v1/leads", "", 405, "method", ""},
             {"GET", "/v1/leads?limit=0", "", 400, "invalid", "limit"},
             {"GET", "/v1/leads?limit=many", "", 400, "invalid", "limit"},
             {"GET", "/v1/leads?limit=99999999999999999999", "", 400, "invalid", "limit"},
             {"GET", "/v1/leads?limit=1&limit=2", "", 400, "invalid", "limit"},
             {"GET", "/v1/leads?limmit=1", "", 400, "invalid", "limmit"},
             {"GET", "/v1/leads?after=x", "", 400, "invalid", "after"},
             {"GET", "/v1/leads?who=%FF%FE", "", 400, "invalid", "who"},
             {"GET", "/v1/leads?who=%00", "", 400, "invalid", "who"},
             {"GET", "/v1/conversations?state=asleep", "", 400, "invalid", "state"},
             {"GET", "/v1/conversations?lead=me", "", 400, "invalid", "lead"},
             {"GET", "/v1/leads", "{\"a\": 1}", 400, "invalid", ""},
             {"POST", take.c_str(), "{", 400, "invalid", ""},
             {"POST", take.c_str(), deep.c_str(), 400, "invalid", ""},
             {"POST", take.c_str(), nested.c_str(), 400, "invalid", ""},
             {"POST", take.c_str(), "[]", 400, "invalid", ""},
             {"POST", take.c_str(), "{\"by\": \"a\", \"by\": \"b\"}", 400, "invalid", "by"},
             {"POST", take.c_str(), "{\"by\": 3}", 400, "invalid", "by"},
             {"POST", take.c_str(), "{\"by\": \"\\u0000\"}", 400, "invalid", "by"},
             {"POST", take.c_str(), "{\"by\": \"\xff\"}", 400, "invalid", ""},
             {"POST", take.c_str(), "{\"for\": \"soon\"}", 400, "invalid", "for"},
             {"POST", take.c_str(), "{\"for\": \"9999999999d\"}", 400, "invalid", "for"},
             {"POST", take.c_str(), "{\"buy\": \"Dana\"}", 400, "invalid", "buy"},
             {"POST", "/v1/keys", "{\"name\": \"x\"}", 400, "invalid", "role"},
             {"POST", "/v1/keys",
              "{\"name\": \"x\", \"role\": \"agent\", \"expires_at\": \"2020-01-01T00:00:00Z\"}", 400,
              "invalid", "expires_at"},
         }) {
        const auto said = call(wrong.method, wrong.target, admin(), wrong.body);
        const auto shown =
            std::string(wrong.method) + " " + wrong.target + " " + std::string(wrong.body).substr(0, 80);
        EXPECT_EQ(said.status, wrong.status) << shown << " " << said.body;
        EXPECT_EQ(said.body["code"], wrong.code) << shown;
        EXPECT_EQ(said.body.value("field", ""), wrong.field) << shown << " " << said.body;
    }
    EXPECT_EQ(call("POST", take, admin(), "by=Dana", {{"content-type", "text/plain"}}).status, 415);
    EXPECT_EQ(call("POST", take, admin(), "", {{"idempotency-key", "a b"}}).body["field"], "Idempotency-Key");
    EXPECT_EQ(call("DELETE", "/v1/leads", admin()).headers.at("Allow"), "GET");
    EXPECT_EQ(text("select count(*) as x from audit"), "0") << "none of them did anything";
}

TEST_F(ApiTest, WhateverComesIsAnsweredAndNeverAsAMistakeOfOurs) {
    auto patience = options();
    patience.callsPerWindow = patience.guessesPerWindow = 1000000;
    Api patient(
        database, clock, [] {}, patience);
    Random random(7);
    const auto changed = [&](std::string text) {
        for (auto times = random.below(4); times > 0; --times) {
            const auto at = static_cast<std::ptrdiff_t>(random.below(text.size() + 1));
            const char bytes[] = {static_cast<char>(random.below(256)), '%', '/', '{', '"', '&', '0'};
            if (random.chance(0.4) && at < static_cast<std::ptrdiff_t>(text.size()))
                text.erase(text.begin() + at);
            else
                text.insert(text.begin() + at, bytes[random.below(std::size(bytes))]);
        }
        return text;
    };
    std::set<int> statuses;
    for (int i = 0; i < 3000; ++i) {
        const auto& route = routes()[random.below(routes().size())];
        const auto target =
            changed(pathOf(route, ours) + (random.chance(0.5) ? "?limit=5&after=x&state=open" : ""));
        const auto body = changed(random.chance(0.5) ? R"({"name": "n", "role": "agent", "text": "x"})"
                                                     : bodyOf(route, ours));
        const auto answer = patient.answer({random.chance(0.9) ? route.method : changed(route.method),
                                            target,
                                            {{"authorization", "Bearer " + admin()},
                                             {"content-type", "application/json"},
                                             {"idempotency-key", changed("k" + std::to_string(i))},
                                             {"if-match", changed("\"x\"")}},
                                            body,
                                            "192.0.2.7"});
        statuses.insert(answer.status);
        ASSERT_LT(answer.status, 500) << route.method << " " << toText(target) << " " << toText(body);
    }
    EXPECT_GT(statuses.size(), 3U) << "the changes reach many answers";
}

TEST_F(ApiTest, CallsAreFoundShownAndListenedToByWhoMay) {
    auto tx = database.begin(ours.organization);
    const auto own = "'" + ours.organization.text() + "', ";
    std::vector<std::string> made{ours.ids["call"]};
    for (int i = 1; i <= 3; ++i) {
        made.insert(made.begin(), uuid7(tuesday() + minutes(i), "call").text());
        tx.script(
            "insert into calls (organization_id, call_id, conversation_id, binding_id, direction, state, "
            "started_at) "
            "values (" +
                own + "'" + made.front() + "', '" + ours.ids["conversation"] + "', '" + ours.ids["binding"] +
                "', 'inbound', 'talking', '2026-03-03T17:0" + std::to_string(i) +
                ":00Z'); "
                "insert into recordings (organization_id, call_id, part, binding_id, key, state, began_at) "
                "values (" +
                own + "'" + made.front() + "', 1, '" + ours.ids["binding"] + "', 'x.wav', 'open', now())",
            "test");
    }
    tx.commit();
    const auto agent = ours.tokens[Role::agent], manager = ours.tokens[Role::manager];
    const auto found = [&](const std::string& query) {
        std::vector<std::string> ids;
        const auto said = call("GET", "/v1/calls" + query, agent);
        EXPECT_EQ(said.status, 200) << said.body;
        for (const auto& item : said.body["items"]) ids.push_back(item["id"]);
        return ids;
    };
    EXPECT_EQ(found(""), made) << "the newest first";
    EXPECT_EQ(found("?limit=2"), std::vector<std::string>(made.begin(), made.begin() + 2));
    EXPECT_EQ(found("?limit=2&after=" + made[1]), std::vector<std::string>(made.begin() + 2, made.end()));
    EXPECT_EQ(found("?state=ended"), std::vector{made[3]});
    EXPECT_EQ(found("?lead=" + ours.ids["lead"]), made);
    EXPECT_THAT(found("?lead=" + made[0]), IsEmpty());
    EXPECT_EQ(found("?conversation=" + ours.ids["conversation"] + "&state=talking").size(), 3U);
    EXPECT_EQ(found("?since=2026-03-03T17:02:00Z&until=2026-03-03T17:03:00Z"), std::vector{made[1]});
    for (const auto* query : {"?lead=x", "?since=yesterday", "?until=17", "?state=over", "?after=x"})
        EXPECT_EQ(call("GET", std::string("/v1/calls") + query, agent).status, 400) << query;

    const auto one = "/v1/calls/" + ours.ids["call"];
    const auto shown = call("GET", one, agent).body;
    EXPECT_EQ(shown["recorded"], true);
    EXPECT_EQ(shown["lines"][1]["text"], "Go on");
    EXPECT_EQ(shown["lines"][1]["words"][0]["to_ms"], 1700);
    EXPECT_EQ(shown["recordings"][0]["seconds"], 240.0);
    EXPECT_EQ(shown["figures"]["frames"], 12000);
    EXPECT_EQ(shown.dump().find("one.wav"), std::string::npos) << "where it lies is nobody's business";

    EXPECT_EQ(call("GET", one + "/recording", agent).body["code"], "role");
    const auto listened = call("GET", one + "/recording", manager);
    EXPECT_EQ(listened.status, 200) << listened.body;
    EXPECT_EQ(listened.body["url"], "https://calls.example/" + ours.organization.text() + "/" +
                                        ours.ids["call"] + "/1/calls/one.wav");
    EXPECT_EQ(listened.body["expires_at"], "2026-03-03T17:15:00Z");
    const auto audit = call("GET", "/v1/audit", admin()).body["items"];
    ASSERT_EQ(audit.size(), 1U) << audit;
    EXPECT_EQ(audit[0]["act"], "linkToRecording");
    EXPECT_THAT(audit.dump(), HasSubstr(ours.ids["call"]));
    EXPECT_EQ(call("GET", one + "/recording?part=2", manager).status, 404);
    EXPECT_EQ(call("GET", one + "/recording?part=0", manager).status, 400);
    EXPECT_EQ(call("GET", "/v1/calls/" + made[0] + "/recording", manager).body["code"], "not_stored");
    EXPECT_EQ(call("GET", one + "/recording", theirs.tokens[Role::admin]).status, 404);
    auto broken = database.begin(ours.organization);
    broken.script("update recordings set key = 'nowhere.wav'", "test");
    broken.commit();
    EXPECT_EQ(call("GET", one + "/recording", manager).body["code"], "no_recordings");
    EXPECT_EQ(call("GET", "/v1/audit", admin()).body["items"].size(), 1U)
        << "who got no link listened to nothing";
}

TEST_F(ApiTest, AKeyHasSoManyCallsAndIsToldHowMany) {
    Api small(database, clock, [] {}, {2, 5, &vault, {1, 8192}});
    const auto me = [&] {
        return small.answer({"GET", "/v1/me", {{"authorization", "Bearer " + admin()}}, "", "192.0.2.7"});
    };
    const auto header = [](const Response& response, const std::string& name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return std::string();
    };
    EXPECT_EQ(header(me(), "RateLimit-Remaining"), "1");
    EXPECT_EQ(me().status, 200);
    const auto refused = me();
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(header(refused, "Retry-After"), "900");
    clock.advanceTo(tuesday() + minutes(15));
    EXPECT_EQ(me().status, 200);
}

TEST_F(ApiTest, ARequestKeepsItsName) {
    EXPECT_EQ(call("GET", "/v1/me", admin(), "", {{"x-request-id", "r-1"}}).headers.at("X-Request-Id"),
              "r-1");
    EXPECT_EQ(call("GET", "/v1/me", admin(), "", {{"x-request-id", "a b\r\nSet-Cookie: x"}})
                  .headers.at("X-Request-Id")
                  .size(),
              36U);
}

}  // namespace
}  // namespace overture::api
