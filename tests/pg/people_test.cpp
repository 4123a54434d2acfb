// People of an organization: how they are invited, sign in, prove who they are, and are kept out.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "api/api.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "pg/fixture.hpp"
#include "tenant/audit.hpp"
#include "tenant/jwt.hpp"
#include "tenant/second_factor.hpp"
#include "tenant/sessions.hpp"

namespace overture::api {
namespace {

using overture::testing::addOrganization;
using overture::testing::Postgres;
using overture::testing::tuesday;
using tenant::Role;
using ::testing::HasSubstr;

const std::string kPassword = "correct horse battery";

struct People : ::testing::Test {
    store::Database database{{.url = Postgres::shared().freshDatabase(), .sessions = 8}};
    VirtualClock clock{tuesday()};
    const tenant::Vault vault{std::string(32, 'k')};
    Api api{database, clock, [] {}, {100000, 100000, &vault, {1, 8192}, {5, 30, 20}}};
    OrganizationId ours = addOrganization(database, "Sunrise Solar");
    std::string client = "192.0.2.7";

    struct Said {
        int status = 0;
        Json body;
        std::map<std::string, std::string> headers;
        std::string code() const { return body.value("code", "done"); }
    };
    Said call(const std::string& method, const std::string& target, const std::string& token = {},
              const Json& body = {}) {
        Json headers{{"content-type", "application/json"}, {"user-agent", "test"}};
        if (!token.empty()) headers["authorization"] = "Bearer " + token;
        const auto answer = api.answer({method, target, headers, body.is_null() ? "" : body.dump(), client});
        Said said{answer.status, Json::parse(answer.body), {}};
        for (const auto& [name, value] : answer.headers) said.headers[name] = value;
        return said;
    }
    Said post(const std::string& target, const std::string& token = {}, const Json& body = {}) {
        return call("POST", target, token, body);
    }
    Said signIn(const std::string& email, const std::string& password = kPassword,
                Json more = Json::object()) {
        more["email"] = email;
        more["password"] = password;
        return post("/v1/sign-in", {}, more);
    }
    /// A person with a password, without going through the API.
    tenant::User person(const std::string& email, Role role, const OrganizationId& organization) {
        tenant::Passwords passwords({1, 8192});
        auto tx = database.begin(organization);
        const auto user = *tenant::createUser(tx, organization, email, "Dana", role, clock.now());
        tenant::setPassword(tx, organization, user.id, passwords.hash(kPassword));
        tx.commit();
        return user;
    }
    tenant::User dana = person("dana@brightroof.example", Role::admin, ours);
    std::string token(const std::string& email = "dana@brightroof.example") {
        return signIn(email).body.value("token", "");
    }
    std::string text(const std::string& sql) {
        const auto rows = database.run(ours, {"test/text", sql.c_str()});
        return rows.empty() ? "" : rows[0].text("x");
    }
    std::string code(const std::string& base32, int steps = 0) {
        return tenant::codeOf(bytes(base32), tenant::stepAt(clock.now()) + steps);
    }
    static std::string bytes(const std::string& base32) {
        std::string out;
        std::uint32_t bits = 0;
        int held = 0;
        for (const char c : base32) {
            bits = (bits << 5U) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
            if ((held += 5) >= 8) out += static_cast<char>(bits >> (held -= 8));
        }
        return out;
    }
};

TEST_F(People, SomebodyIsInvitedChoosesAPasswordAndSignsIn) {
    const auto admin = token();
    const auto invited =
        post("/v1/users", admin, {{"email", " Max@BrightRoof.example "}, {"name", "Max"}, {"role", "agent"}});
    ASSERT_EQ(invited.status, 200) << invited.body;
    EXPECT_EQ(invited.body["user"]["state"], "invited");
    const auto first = textOf(invited.body["invitation"], "token");
    EXPECT_EQ(signIn("max@brightroof.example", "").code(), "invalid");
    EXPECT_EQ(signIn("max@brightroof.example").code(), "wrong") << "nobody without a password gets in";
    const auto id = textOf(invited.body["user"], "id");
    const auto second = textOf(post("/v1/users/" + id + "/invite", admin).body, "token");
    EXPECT_EQ(post("/v1/password", {}, {{"token", first}, {"password", kPassword}}).code(), "no_token")
        << "the newer one counts";
    EXPECT_EQ(post("/v1/password", {}, {{"token", second}, {"password", "short"}}).body["field"], "password");
    EXPECT_EQ(
        post("/v1/password", {}, {{"token", second}, {"password", "max@brightroof.example"}}).body["field"],
        "password");
    EXPECT_EQ(post("/v1/password", {}, {{"token", second}, {"password", kPassword}}).status, 200);
    EXPECT_EQ(post("/v1/password", {}, {{"token", second}, {"password", "another password"}}).code(),
              "no_token")
        << "once";
    clock.advanceTo(tuesday() + seconds(1));
    const auto session = signIn("MAX@brightroof.example");
    ASSERT_EQ(session.status, 200) << session.body;
    EXPECT_EQ(session.body["expires_at"], "2026-03-04T17:00:01Z");
    const auto me = call("GET", "/v1/me", session.body["token"]).body;
    EXPECT_EQ(me["kind"], "user");
    EXPECT_EQ(me["email"], "max@brightroof.example");
    EXPECT_EQ(me["role"], "agent");
    EXPECT_EQ(
        post("/v1/users", admin, {{"email", "max@brightroof.example"}, {"name", "M"}, {"role", "agent"}})
            .code(),
        "exists");
    EXPECT_EQ(call("GET", "/v1/users/" + id, admin).body["state"], "active");

    const auto audit = call("GET", "/v1/audit", admin).body["items"];
    EXPECT_EQ(audit[0]["act"], "signIn");
    EXPECT_EQ(audit[0]["actor"], (Json{{"kind", "user"}, {"id", id}, {"name", "Max"}}));
    for (const auto& line : audit)
        if (line["act"] != "signIn" && line["act"] != "choosePassword") {
            EXPECT_EQ(line["actor"]["id"], dana.id.text()) << line;
        }
    for (const auto* table :
         {"users", "user_tokens", "sessions", "session_keys", "audit", "api_answers", "guesses"})
        for (const auto& hidden : {kPassword, first, second, textOf(session.body, "token"), admin})
            EXPECT_EQ(text("select count(*) as x from " + std::string(table) + " t where t::text like '%" +
                           hidden + "%'"),
                      "0")
                << table;
}

TEST_F(People, AnInvitationHoldsForAWeekAndAResetForADay) {
    const auto admin = token();
    const auto made =
        post("/v1/users", admin, {{"email", "max@brightroof.example"}, {"name", "Max"}, {"role", "agent"}});
    const auto id = textOf(made.body["user"], "id");
    const auto invitation = made.body["invitation"];
    EXPECT_EQ(invitation["expires_at"], "2026-03-10T17:00:00Z");
    clock.advanceTo(tuesday() + hours(7 * 24));
    EXPECT_EQ(post("/v1/password", {}, {{"token", invitation["token"]}, {"password", kPassword}}).code(),
              "no_token");
    const auto reset = post("/v1/users/" + id + "/reset", token()).body;
    clock.advanceTo(clock.now() + hours(24));
    EXPECT_EQ(post("/v1/password", {}, {{"token", reset["token"]}, {"password", kPassword}}).code(),
              "no_token");
    const auto again = post("/v1/users/" + dana.id.text() + "/reset", token()).body;
    const auto before = token();
    EXPECT_EQ(post("/v1/password", {}, {{"token", again["token"]}, {"password", "a new password"}}).status,
              200);
    EXPECT_EQ(call("GET", "/v1/me", before).status, 401) << "a reset ends every session";
    EXPECT_EQ(signIn(dana.email).code(), "wrong");
    EXPECT_EQ(signIn(dana.email, "a new password").status, 200);
}

TEST_F(People, WhoeverGuessesDoesNotLearnWhetherThereIsSuchAnAccount) {
    const auto other = person("max@brightroof.example", Role::agent, ours);
    auto tx = database.begin(ours);
    tenant::disableUser(tx, ours, other.id, clock.now());
    tx.commit();
    const auto wrong = signIn(dana.email, "wrong password").body;
    EXPECT_EQ(signIn("nobody@brightroof.example").body, wrong);
    EXPECT_EQ(signIn("no address").body, wrong);
    EXPECT_EQ(signIn(other.email).body, wrong) << "disabled";
    EXPECT_EQ(signIn("nobody@brightroof.example' or ''='").body, wrong);

    Api slow(database, clock, [] {}, {100000, 100000, &vault, {3, 8UL * 1024 * 1024}, {1000, 1000, 1000}});
    tenant::Passwords passwords({3, 8UL * 1024 * 1024});
    auto costly = database.begin(ours);
    tenant::setPassword(costly, ours, dana.id, passwords.hash(kPassword));
    costly.commit();
    const auto time = [&](const std::string& email) {
        std::vector<double> all;
        for (int i = 0; i < 5; ++i) {
            const auto begun = std::chrono::steady_clock::now();
            const auto answer = slow.answer({"POST",
                                             "/v1/sign-in",
                                             {{"content-type", "application/json"}},
                                             Json{{"email", email}, {"password", "wrong password"}}.dump(),
                                             "192.0.2.9"});
            EXPECT_EQ(answer.status, 401);
            all.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
        }
        std::sort(all.begin(), all.end());
        return all[1];
    };
    const auto there = time(dana.email), nowhere = time("nobody@brightroof.example");
    EXPECT_GT(nowhere, there / 3) << "one hash, whether or not there is an account";
    EXPECT_LT(nowhere, there * 3);
}

TEST_F(People, GuessesAreCountedByAccountAndNetworkAndLockNobodyOutForGood) {
    EXPECT_EQ(signIn(dana.email).status, 200) << "from the network that she always comes from";
    for (const auto& account : {dana.email, std::string("nobody@brightroof.example")}) {
        client = "198.51.100.1";
        for (int i = 0; i < 5; ++i) EXPECT_EQ(signIn(account, "guess").code(), "wrong");
        const auto refused = signIn(account, "guess");
        EXPECT_EQ(refused.code(), "too_many_guesses");
        EXPECT_EQ(refused.headers.at("Retry-After"), "900");
        EXPECT_EQ(signIn(account).code(), "too_many_guesses") << "even with the right one";
        for (int i = 0; i < 14; ++i) {
            client = "198.51.100." + std::to_string(2 + i / 4);
            signIn(account, "guess");
        }
        client = "203.0.113.1";
        EXPECT_EQ(signIn(account).code(), "too_many_guesses") << "many networks, one account";
    }
    client = "192.0.2.7";
    EXPECT_EQ(signIn(dana.email).status, 200) << "guesses from elsewhere do not keep her out";
    clock.advanceTo(tuesday() + minutes(15));
    client = "203.0.113.1";
    EXPECT_EQ(signIn(dana.email).status, 200) << "and nobody for longer than the window";
    client = "2001:db8:1:2::1";
    for (int i = 0; i < 30; ++i) signIn("a" + std::to_string(i) + "@brightroof.example", "guess");
    client = "2001:db8:1:2:ffff::7";
    EXPECT_EQ(signIn(dana.email).code(), "too_many_guesses") << "one customer's network";
    client = "2001:db8:1:3::1";
    EXPECT_EQ(signIn(dana.email).status, 200);
    EXPECT_EQ(
        post("/v1/password", {}, {{"token", "ovu_" + std::string(64, 'a')}, {"password", kPassword}}).code(),
        "no_token");
}

TEST_F(People, BehindAProxyEverybodyHasTheirOwnCount) {
    Options options;
    options.vault = &vault;
    options.passwordCost = {1, 8192};
    options.throttle = {5, 30, 20};
    options.proxies = {"10.0.0.1", "10.0.0.2"};
    Api behind(
        database, clock, [] {}, options);
    const auto code = [&](const std::string& peer, const std::string& forwarded,
                          const std::string& password) {
        const auto answer =
            behind.answer({"POST",
                           "/v1/sign-in",
                           {{"content-type", "application/json"}, {"x-forwarded-for", forwarded}},
                           Json{{"email", dana.email}, {"password", password}}.dump(),
                           peer});
        return Json::parse(answer.body).value("code", "in");
    };
    for (int i = 0; i < 5; ++i) EXPECT_EQ(code("10.0.0.1", "198.51.100.1", "guess"), "wrong");
    EXPECT_EQ(code("10.0.0.1", "198.51.100.1", "guess"), "too_many_guesses");
    EXPECT_EQ(code("10.0.0.1", "1.2.3.4, 198.51.100.1", "guess"), "too_many_guesses")
        << "what the client says itself is nothing";
    EXPECT_EQ(code("10.0.0.2", "198.51.100.1, 10.0.0.1", "guess"), "too_many_guesses") << "two proxies";
    EXPECT_EQ(code("10.0.0.1", "198.51.100.2", kPassword), "in");
    for (int i = 0; i < 5; ++i) code("198.51.100.9", "203.0.113." + std::to_string(i), "guess");
    EXPECT_EQ(code("198.51.100.9", "203.0.113.77", "guess"), "too_many_guesses")
        << "who is no proxy of ours is not believed";
    EXPECT_EQ(code("10.0.0.1", "nonsense", kPassword), "in");
}

TEST_F(People, OnlyATokenThatWeSignedLetsInAndOnlyWhileItHolds) {
    const auto good = token();
    const auto in = [&](const std::string& token) { return call("GET", "/v1/me", token).status; };
    EXPECT_EQ(in(good), 200);
    const auto jwt = *tenant::readJwt(good);
    EXPECT_EQ(jwt.header["alg"], "HS256");
    const auto part = [](const Json& json) { return tenant::toBase64Url(json.dump()); };
    const auto signature = good.substr(good.rfind('.'));
    auto header = jwt.header, claims = jwt.claims;
    header["alg"] = "none";
    EXPECT_EQ(in(part(header) + "." + part(claims) + "."), 401);
    EXPECT_EQ(in(part(header) + "." + part(claims) + signature), 401);
    claims["jti"] = uuid7(tuesday()).text();
    EXPECT_EQ(in(part(jwt.header) + "." + part(claims) + signature), 401);
    claims = jwt.claims;
    claims["exp"] = 9999999999;
    EXPECT_EQ(in(part(jwt.header) + "." + part(claims) + signature), 401);
    EXPECT_EQ(in(tenant::signedJwt(jwt.header, jwt.claims, std::string(32, 'x'))), 401);
    EXPECT_EQ(in(tenant::signedJwt({{"kid", uuid7(tuesday()).text()}}, jwt.claims, std::string(32, 'x'))),
              401);
    for (const auto* wrong : {"ey", "ey..", "eyJ.eyJ.eyJ", "ey.ey.ey.ey", "eyJhbGciOiJIUzI1NiJ9..",
                              "eyJhbGciOiJIUzI1NiJ9.e30.AA"})
        EXPECT_EQ(in(wrong), 401) << wrong;
    EXPECT_EQ(in(good + "="), 401);
    EXPECT_EQ(in(good.substr(0, good.size() - 1)), 401);
    EXPECT_EQ(in("ey" + std::string(100000, 'a') + ".a.a"), 401);
    EXPECT_EQ(in(good + "\n" + good), 401);

    const auto theirs = addOrganization(database, "Brook Pest");
    const auto max = person("max@brook.example", Role::admin, theirs);
    claims = jwt.claims;
    claims["org"] = theirs.text();
    EXPECT_EQ(in(tenant::signedJwt(jwt.header, claims, std::string(32, 'x'))), 401);
    claims["sub"] = max.id.text();
    EXPECT_EQ(in(part(jwt.header) + "." + part(claims) + signature), 401) << "a token is of one organization";

    clock.advanceTo(tuesday() + hours(24) - seconds(1));
    EXPECT_EQ(in(good), 200);
    clock.advanceTo(tuesday() + hours(24));
    EXPECT_EQ(in(good), 401) << "a day";
}

TEST_F(People, SessionsEndOneByOneAndAllTogether) {
    const auto in = [&](const std::string& token) { return call("GET", "/v1/me", token).status == 200; };
    const auto one = token(), two = token(), three = token();
    EXPECT_NE(one, two) << "each sign-in is a session of its own";
    EXPECT_EQ(post("/v1/sign-out", one).status, 200);
    EXPECT_FALSE(in(one));
    EXPECT_TRUE(in(two));
    const auto listed = call("GET", "/v1/me/sessions", two).body["items"];
    ASSERT_EQ(listed.size(), 2U);
    for (const auto& session : listed)
        if (!session["this"]) {
            EXPECT_EQ(post("/v1/me/sessions/" + textOf(session, "id") + "/end", two).status, 200);
        }
    EXPECT_FALSE(in(three));
    const auto four = token();
    EXPECT_EQ(
        post("/v1/me/password", two, {{"password", "wrong password"}, {"new_password", "a new password"}})
            .code(),
        "wrong");
    EXPECT_EQ(
        post("/v1/me/password", two, {{"password", kPassword}, {"new_password", "short"}}).body["field"],
        "new_password");
    EXPECT_EQ(
        post("/v1/me/password", two, {{"password", kPassword}, {"new_password", "a new password"}}).status,
        200);
    EXPECT_TRUE(in(two)) << "who changed it stays";
    EXPECT_FALSE(in(four)) << "the others do not";
    const auto five = signIn(dana.email, "a new password").body["token"];
    EXPECT_EQ(post("/v1/me/sign-out-everywhere", five).status, 200);
    EXPECT_FALSE(in(two));
    EXPECT_FALSE(in(five));
    const auto max = person("max@brightroof.example", Role::agent, ours);
    const auto his = token(max.email), admin = textOf(signIn(dana.email, "a new password").body, "token");
    EXPECT_EQ(post("/v1/users/" + max.id.text() + "/end-sessions", admin).status, 200);
    EXPECT_FALSE(in(his));
    EXPECT_TRUE(in(admin));
}

TEST_F(People, WhatTheySignWithChangesAndSessionsGoOn) {
    const auto kid = [](const std::string& token) { return textOf(tenant::readJwt(token)->header, "kid"); };
    const auto first = token();
    clock.advanceTo(tuesday() + hours(30 * 24 - 1));
    const auto last = token();
    EXPECT_EQ(kid(last), kid(first));
    clock.advanceTo(tuesday() + hours(30 * 24));
    const auto next = token();
    EXPECT_NE(kid(next), kid(first));
    EXPECT_EQ(call("GET", "/v1/me", last).status, 200) << "signed by the one before";
    clock.advanceTo(tuesday() + hours(60 * 24));
    const auto newest = token();
    EXPECT_EQ(text("select count(*) as x from session_keys"), "2")
        << "the first has nobody left whom it let in";
    auto tx = database.begin(ours);
    clock.advanceTo(clock.now() + seconds(1));
    tenant::rotateSessionKey(tx, vault, ours, true, clock.now());
    tx.commit();
    EXPECT_EQ(call("GET", "/v1/me", newest).status, 401);
    EXPECT_EQ(call("GET", "/v1/me", token()).status, 200);
    EXPECT_EQ(text("select count(*) as x from session_keys where encode(sealed, 'escape') like '%key%'"), "0")
        << "sealed";
}

TEST_F(People, ASecondFactorIsAskedForAndEachCodeIsGoodOnce) {
    const auto session = token();
    EXPECT_EQ(post("/v1/me/second-factor", session, {{"password", "wrong password"}}).code(), "wrong");
    const auto given = post("/v1/me/second-factor", session, {{"password", kPassword}});
    ASSERT_EQ(given.status, 200) << given.body;
    const auto secret = textOf(given.body, "secret");
    EXPECT_THAT(textOf(given.body, "url"), HasSubstr(secret));
    EXPECT_EQ(text("select count(*) as x from users where encode(second_factor, 'escape') like '%secret%'"),
              "0")
        << "sealed";
    EXPECT_EQ(signIn(dana.email).status, 200) << "not before it was confirmed";
    EXPECT_EQ(post("/v1/me/second-factor/confirm", session, {{"code", "000000"}}).code(), "wrong_code");
    const auto confirmed = post("/v1/me/second-factor/confirm", session, {{"code", code(secret)}});
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
    const auto recovery = confirmed.body["recovery_codes"].get<std::vector<std::string>>();
    EXPECT_EQ(std::set<std::string>(recovery.begin(), recovery.end()).size(), 10U);

    EXPECT_EQ(signIn(dana.email).code(), "code_wanted");
    EXPECT_EQ(signIn(dana.email, "wrong password", {{"code", code(secret)}}).code(), "wrong");
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret)}}).code(), "wrong_code")
        << "it confirmed, and is used";
    clock.advanceTo(clock.now() + seconds(30));
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret)}}).status, 200);
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret)}}).code(), "wrong_code");
    clock.advanceTo(clock.now() + minutes(20));
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret)}}).status, 200);
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret, -1)}}).code(), "wrong_code")
        << "an older one neither";
    clock.advanceTo(clock.now() + minutes(20));
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret, 1)}}).status, 200)
        << "a clock that is fast";
    EXPECT_EQ(signIn(dana.email, kPassword, {{"code", code(secret, 3)}}).code(), "wrong_code");
    EXPECT_EQ(signIn(dana.email, kPassword, {{"recovery_code", "aaaa-bbbb-cccc-dddd"}}).code(), "wrong_code");
    EXPECT_EQ(signIn(dana.email, kPassword, {{"recovery_code", recovery[0]}}).status, 200);
    EXPECT_EQ(signIn(dana.email, kPassword, {{"recovery_code", recovery[0]}}).code(), "wrong_code")
        << "each once";
    clock.advanceTo(clock.now() + minutes(20));
    EXPECT_EQ(post("/v1/me/second-factor", session, {{"password", kPassword}}).code(), "exists")
        << "nobody replaces it unseen";

    std::vector<std::thread> threads;
    std::atomic<int> got = 0;
    clock.advanceTo(clock.now() + minutes(20));
    const auto fresh = code(secret);
    for (int i = 0; i < 5; ++i)
        threads.emplace_back([&] {
            got += signIn(dana.email, kPassword, {{"code", fresh}}).status == 200 ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(got, 1) << "however many send it at once";

    clock.advanceTo(clock.now() + minutes(20));
    EXPECT_EQ(post("/v1/me/second-factor/remove", session, {{"password", kPassword}}).status, 200);
    EXPECT_EQ(signIn(dana.email).status, 200);
}

TEST_F(People, CodesAreThoseOfTheStandard) {
    const std::string secret = "12345678901234567890";  // RFC 6238, appendix B
    const std::vector<std::pair<std::int64_t, std::string>> known{
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [at, code] : known)
        EXPECT_EQ(tenant::codeOf(secret, tenant::stepAt(Instant(seconds(at)))), code);
    EXPECT_EQ(tenant::toBase32("foobar"), "MZXW6YTBOI");  // RFC 4648
    EXPECT_EQ(bytes(tenant::toBase32(secret)), secret);
}

TEST_F(People, WhatSomebodyMayDoChangesAtOnceAndOneAdminStays) {
    const auto admin = token();
    const auto max = person("max@brightroof.example", Role::agent, ours);
    const auto his = token(max.email);
    const auto one = "/v1/users/" + max.id.text();
    EXPECT_EQ(call("GET", "/v1/users", his).code(), "role");
    EXPECT_EQ(post("/v1/users/" + dana.id.text() + "/disable", admin).code(), "last_admin");
    EXPECT_EQ(post("/v1/users/" + dana.id.text() + "/change", admin, {{"role", "agent"}}).code(),
              "last_admin");
    EXPECT_EQ(post(one + "/change", admin, {{"role", "admin"}, {"name", "Max B"}}).body["name"], "Max B");
    EXPECT_EQ(call("GET", "/v1/users", his).status, 200) << "the session that he has";
    EXPECT_EQ(post("/v1/users/" + dana.id.text() + "/change", his, {{"role", "agent"}}).status, 200);
    EXPECT_EQ(post(one + "/disable", admin).code(), "role");
    EXPECT_EQ(post("/v1/users/" + dana.id.text() + "/change", his, {{"role", "admin"}}).status, 200);
    const auto reset = textOf(post(one + "/reset", admin).body, "token");
    EXPECT_EQ(post(one + "/disable", admin).body["state"], "disabled");
    EXPECT_EQ(call("GET", "/v1/me", his).status, 401);
    EXPECT_EQ(signIn(max.email).code(), "wrong");
    EXPECT_EQ(post("/v1/password", {}, {{"token", reset}, {"password", kPassword}}).code(), "no_token");
    EXPECT_EQ(post(one + "/reset", admin).code(), "disabled");
    EXPECT_EQ(post(one + "/disable", admin).status, 404);
    EXPECT_EQ(post(one + "/enable", admin).status, 200);
    EXPECT_EQ(signIn(max.email).status, 200);
    std::vector<std::thread> threads;
    const auto hers = admin, other = token(max.email);
    threads.emplace_back([&] { post(one + "/disable", hers); });
    threads.emplace_back([&] { post("/v1/users/" + dana.id.text() + "/disable", other); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(text("select count(*) as x from users where role = 'admin' and disabled_at is null"), "1")
        << "not each other";
}

TEST_F(People, WhoBelongsToSeveralOrganizationsNamesTheOne) {
    const auto theirs = addOrganization(database, "Brook Pest");
    person(dana.email, Role::agent, theirs);
    EXPECT_EQ(signIn(dana.email).code(), "wrong");
    EXPECT_EQ(signIn(dana.email, kPassword, {{"organization", "Brook Pest"}}).body["organization"],
              theirs.text());
    EXPECT_EQ(signIn(dana.email, kPassword, {{"organization", ours.text()}}).body["user"]["role"], "admin");
    EXPECT_EQ(signIn(dana.email, kPassword, {{"organization", "%"}}).code(), "wrong");
}

TEST_F(People, SoFewPasswordsAreHashedAtOnceThatTheEngineGoesOn) {
    tenant::Passwords passwords({2, 8UL * 1024 * 1024}, 1, 2);
    const auto hash = passwords.hash(kPassword);
    EXPECT_TRUE(passwords.matches(kPassword, hash));
    EXPECT_FALSE(passwords.matches("another", hash));
    EXPECT_FALSE(passwords.matches(kPassword, ""));
    EXPECT_THAT(hash, HasSubstr("$argon2id$v=19$m=8192,t=2,p=1$"));
    std::atomic<int> done = 0, refused = 0, ready = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i)
        threads.emplace_back([&] {
            for (++ready; ready < 20;) std::this_thread::yield();
            try {
                done += passwords.matches(kPassword, hash) ? 1 : 0;
            } catch (const tenant::TooManyAtOnce&) {
                ++refused;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(done + refused, 20);
    EXPECT_GT(refused, 0) << "a line of two";
    EXPECT_GE(done, 3);
    EXPECT_EQ(tenant::PasswordCost{}.bytes, 64UL * 1024 * 1024);
}

TEST_F(People, WhoMustWaitForTheMachineHasNotGuessed) {
    Api slow(database, clock, [] {}, {100000, 100000, &vault, {2, 8UL * 1024 * 1024}, {1000, 1000, 1000}});
    tenant::Passwords passwords({2, 8UL * 1024 * 1024});
    auto tx = database.begin(ours);
    tenant::setPassword(tx, ours, dana.id, passwords.hash(kPassword));
    tx.commit();
    std::atomic<int> busy = 0, in = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i)
        threads.emplace_back([&] {
            const auto status = slow.answer({"POST",
                                             "/v1/sign-in",
                                             {{"content-type", "application/json"}},
                                             Json{{"email", dana.email}, {"password", kPassword}}.dump(),
                                             client})
                                    .status;
            busy += status == 503 ? 1 : 0;
            in += status == 200 ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(busy + in, 20);
    EXPECT_GT(busy, 0);
    const auto counted = database.beginOwner().run({"test/guesses", "select sum(count) as x from guesses"});
    EXPECT_EQ(counted[0].integer("x"), 0);
}

TEST_F(People, APasswordThatChangedMeanwhileLetsNobodyIn) {
    auto tx = database.begin(ours);
    const auto hash = tenant::passwordHashOf(tx, ours, dana.id);
    EXPECT_TRUE(tenant::lockUser(tx, ours, dana.id, hash));
    tenant::setPassword(tx, ours, dana.id, "another");
    EXPECT_FALSE(tenant::lockUser(tx, ours, dana.id, hash));
    EXPECT_TRUE(tenant::lockUser(tx, ours, dana.id, "another"));
    const auto max = person("max@brightroof.example", Role::admin, ours);
    tenant::disableUser(tx, ours, dana.id, clock.now());
    EXPECT_FALSE(tenant::lockUser(tx, ours, dana.id, "another"));
}

TEST_F(People, AnAdminWhoWasOnlyInvitedIsNotTheOneWhoStays) {
    const auto admin = token();
    EXPECT_EQ(
        post("/v1/users", admin, {{"email", "max@x.example"}, {"name", "Max"}, {"role", "admin"}}).status,
        200);
    EXPECT_EQ(post("/v1/users/" + dana.id.text() + "/disable", admin).code(), "last_admin");
    const auto reset = textOf(post("/v1/users/" + dana.id.text() + "/reset", admin).body, "token");
    EXPECT_EQ(
        post("/v1/me/password", admin, {{"password", kPassword}, {"new_password", "a new password"}}).status,
        200);
    EXPECT_EQ(post("/v1/password", {}, {{"token", reset}, {"password", kPassword}}).code(), "no_token")
        << "what was given before the change is void";
}

TEST_F(People, WithoutAVaultNobodySignsIn) {
    Api bare(database, clock);
    EXPECT_EQ(bare.answer({"POST",
                           "/v1/sign-in",
                           {{"content-type", "application/json"}},
                           R"({"email": "a@b.example", "password": "x"})",
                           "192.0.2.1"})
                  .status,
              503);
}

}  // namespace
}  // namespace overture::api
