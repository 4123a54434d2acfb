// Lists that are imported while whoever sent them goes on: how far they are, their reports, and what is left of them when somebody
// cancels, an engine dies, or two have the same one.
#include "base/failpoint.hpp"
#include "campaign/importing.hpp"
#include "pg/api_house.hpp"

namespace overture::api {
namespace {

using campaign::Importing;
using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::HasSubstr;

struct Killed {};

struct Imports : ApiTest {
    Importing importing{database, clock};
    std::string imports = "/v1/campaigns/" + ours.ids["campaign"] + "/imports";

    void SetUp() override { script("delete from imports"); }
    void TearDown() override {
        for (const auto* name : {"import.before", "import.kept"}) setWaitpoint(name, {});
    }
    void script(const std::string& sql) {
        auto tx = database.beginOwner();
        tx.script(sql, "test");
        tx.commit();
    }
    static std::string list(int people, int from = 100) {
        std::string csv = "Name,Mobile,Consent,Consent source\n";
        for (int i = 0; i < people; ++i)
            csv += "Person" + std::to_string(from + i) + ",+1 602-555-0" + std::to_string(from + i) +
                   ",written,web form\n";
        return csv;
    }
    Said post(const std::string& target, const Json& body = Json::object(), Json headers = Json::object()) {
        return call("POST", target, admin(), body.empty() ? "" : body.dump(), std::move(headers));
    }
    Said get(const std::string& target) { return call("GET", target, admin()); }
    std::string begin(const std::string& csv) {
        const auto begun = post(imports, {{"csv", csv}});
        EXPECT_EQ(begun.status, 202) << begun.body;
        return textOf(begun.body, "self");
    }
    std::string stateOf(const std::string& self) { return textOf(get(self).body, "state"); }
    int people() { return std::stoi(text("select count(*) as x from leads where phone like '+1602%'")); }
    std::string touches() {
        return text(
            "select count(*) || ' ' || count(distinct conversation_id) as x from events where kind = "
            "'touch'");
    }
};

TEST_F(Imports, AListIsTakenAndReadWhileItsSenderGoesOn) {
    const Json body{{"csv", list(3) + "Nobody,12,,\nPerson100,+1 602-555-0100,,\n"}, {"name", "spring.csv"}};
    const auto begun = post(imports, body, {{"idempotency-key", "once"}, {"x-request-id", "desk-3"}});
    ASSERT_EQ(begun.status, 202) << begun.body;
    const auto self = textOf(begun.body, "self");
    EXPECT_EQ(begun.headers.at("Location"), self);
    EXPECT_EQ(begun.body["state"], "waiting");
    EXPECT_EQ(get(self + "/report").body["code"], "state");
    EXPECT_EQ(people(), 0);
    const auto again = post(imports, body, {{"idempotency-key", "once"}});
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.headers.at("Location"), self);
    EXPECT_EQ(text("select count(*) as x from imports"), "1");

    EXPECT_EQ(importing.runOnce(), 1);
    EXPECT_EQ(importing.runOnce(), 0);
    const auto done = get(self).body;
    EXPECT_EQ(done["state"], "done") << done;
    EXPECT_EQ(done["rows_read"], 5);
    EXPECT_EQ(done["kept"], 4);
    EXPECT_EQ(done["refused"], 1);
    EXPECT_EQ(done["name"], "spring.csv");
    const auto report = get(textOf(done, "report")).body;
    EXPECT_EQ(report["imported"], 3);
    EXPECT_EQ(report["merged"], 1);
    EXPECT_EQ(report["planned"], 3);
    EXPECT_EQ(report["notes"][0]["line"], 5);
    EXPECT_EQ(report["notes"][1]["reason"], "the same phone number as line 2");
    EXPECT_EQ(people(), 3);
    EXPECT_EQ(
        text("select string_agg(distinct payload ->> 'request', ' ') as x from events where kind = 'touch'"),
        "desk-3");
    EXPECT_EQ(text("select count(*) as x from imports where csv is not null"), "0") << "it is read";
    EXPECT_EQ(get("/v1/imports?campaign=" + ours.ids["campaign"]).body["items"][0]["self"], self);
    EXPECT_EQ(get("/v1/imports?campaign=" + ours.ids["lead"]).body["items"].size(), 0U);
    EXPECT_EQ(post(self + "/cancel").body["code"], "state");

    const auto twice = begin(textOf(body, "csv"));
    importing.runOnce();
    EXPECT_EQ(get(twice + "/report").body["imported"], 0) << "nobody twice";
    clock.advanceTo(tuesday() + campaign::kImportsKept + hours(1));
    importing.forget();
    EXPECT_EQ(get(self).status, 404);
}

TEST_F(Imports, HowFarItIsIsToldWhileItIsRead) {
    std::string csv = "Name,Email\n";
    for (int i = 0; i < 9000; ++i) csv += "P,p" + std::to_string(i) + "@mail.example\n";
    const auto self = begin(csv);
    Json seen;
    setWaitpoint("import.before", [&] { seen = get(self).body; });
    importing.runOnce();
    EXPECT_EQ(seen["state"], "running");
    EXPECT_EQ(seen["rows_read"], 9000);
    EXPECT_EQ(seen["kept"], 9000);
    EXPECT_EQ(stateOf(self), "done");
}

TEST_F(Imports, WhatIsCancelledLeavesNothing) {
    const auto waiting = begin(list(2)), running = begin(list(3));
    EXPECT_EQ(post(waiting + "/cancel").body["state"], "cancelled");
    setWaitpoint("import.before", [&] { EXPECT_EQ(post(running + "/cancel").status, 200); });
    EXPECT_EQ(importing.runOnce(), 1);
    EXPECT_EQ(stateOf(running), "cancelled");
    EXPECT_EQ(importing.runOnce(), 0);
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(text("select count(*) as x from imports where csv is not null"), "0");
    EXPECT_EQ(get(running + "/report").body["code"], "state");
    setWaitpoint("import.before", {});
    const auto kept = begin(list(3));
    setWaitpoint("import.kept", [&] { EXPECT_EQ(post(kept + "/cancel").body["code"], "state"); });
    importing.runOnce();
    EXPECT_EQ(stateOf(kept), "done");
}

TEST_F(Imports, AnEngineThatDiesLeavesNothingHalfDoneAndAnotherOneBeginsAnew) {
    const auto self = begin(list(3));
    setWaitpoint("import.before", [] { throw Killed(); });
    EXPECT_THROW(importing.runOnce(), Killed);
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(stateOf(self), "running");
    EXPECT_EQ(importing.runOnce(), 0) << "it is still that engine's";
    clock.advanceTo(clock.now() + seconds(121));
    setWaitpoint("import.before", {});
    setWaitpoint("import.kept", [] { throw Killed(); });
    EXPECT_THROW(importing.runOnce(), Killed);
    EXPECT_EQ(people(), 3) << "kept, and nobody is written to yet";
    EXPECT_EQ(touches(), "0 0");
    setWaitpoint("import.kept", {});
    clock.advanceTo(clock.now() + seconds(121));
    EXPECT_EQ(importing.runOnce(), 1);
    EXPECT_EQ(stateOf(self), "done");
    EXPECT_EQ(get(self + "/report").body["imported"], 3)
        << "what the first one made, not what the last one found";
    EXPECT_EQ(touches(), "3 3");
}

TEST_F(Imports, WhoeverWasOvertakenKeepsNothing) {
    const auto self = begin(list(3));
    setWaitpoint("import.before", [&] { script("update imports set tries = tries + 1"); });
    importing.runOnce();
    EXPECT_EQ(people(), 0);
    EXPECT_EQ(stateOf(self), "running") << "it is the other engine's";
}

TEST_F(Imports, AnEngineThatStopsGivesItsListBack) {
    const auto self = begin(list(3));
    Importing other(database, clock);
    importing.stop();
    EXPECT_EQ(importing.runOnce(), 0);
    EXPECT_EQ(other.runOnce(), 1);
    EXPECT_EQ(stateOf(self), "done");
}

TEST_F(Imports, WhatCannotBeAListIsSaidAtOnceAndWhatFailsLaterIsToo) {
    for (const auto& wrong :
         {Json{{"csv", "a,b\n1,2\n"}}, Json{{"csv", "\n"}}, Json{{"csv", ""}}, Json{{"csv", 3}},
          Json{{"csv", std::string("\x89PNG\0\0\0\1", 8)}}, Json::object()}) {
        const auto said =
            call("POST", imports, admin(), wrong.dump(-1, ' ', false, Json::error_handler_t::replace));
        EXPECT_EQ(said.status, 400) << said.body;
        EXPECT_EQ(said.body["field"], "csv") << said.body;
    }
    EXPECT_EQ(post(imports, {{"csv", list(1)}, {"region", "USA"}}).body["field"], "region");
    EXPECT_EQ(call("POST", imports, ours.tokens[Role::agent], Json{{"csv", list(1)}}.dump()).body["code"],
              "role");
    const auto late = begin(list(2));
    script("update campaigns set state = 'stopped'");
    EXPECT_EQ(post(imports, {{"csv", list(1)}}).body["code"], "state");
    importing.runOnce();
    EXPECT_EQ(stateOf(late), "failed");
    EXPECT_THAT(textOf(get(late).body, "problem"), HasSubstr("stopped"));
    EXPECT_EQ(people(), 0);
    script("update campaigns set state = 'running'");
    for (int i = 0; i < campaign::kImportsWaiting; ++i) begin(list(1));
    const auto more = post(imports, {{"csv", list(1)}});
    EXPECT_EQ(more.status, 429);
    EXPECT_EQ(more.headers.at("Retry-After"), "10");
}

TEST_F(Imports, OrganizationsTakeTurns) {
    const auto first = begin(list(1));
    clock.advanceTo(tuesday() + seconds(1));
    const auto second = begin(list(1, 200));
    const auto other = call("POST", "/v1/campaigns/" + theirs.ids["campaign"] + "/imports",
                            theirs.tokens[Role::admin], Json{{"csv", list(1)}}.dump());
    ASSERT_EQ(other.status, 202);
    int others = -1;
    Importing beside(database, clock);
    setWaitpoint("import.before", [&] {
        setWaitpoint("import.before", {});
        others = beside.runOnce();
        EXPECT_EQ(beside.runOnce(), 0) << "one of an organization at a time";
    });
    importing.runOnce();
    EXPECT_EQ(others, 1);
    EXPECT_EQ(stateOf(first), "done");
    EXPECT_EQ(stateOf(second), "waiting");
    EXPECT_EQ(textOf(call("GET", textOf(other.body, "self"), theirs.tokens[Role::admin]).body, "state"),
              "done");
}

}  // namespace
}  // namespace overture::api
