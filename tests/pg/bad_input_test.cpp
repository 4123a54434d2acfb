// Everything that an attacker or a careless client sends, thrown at every route: a 4xx with a clear sentence, never a 5xx, and nothing
// of it done. Generated from the table of routes: a new one is in here by itself.
#include "pg/api_house.hpp"
#include "tenant/jwt.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;

struct BadInput : ApiTest {
    Api patient{database, clock, [] {},
                [this] {
                    Options options;
                    options.callsPerWindow = options.guessesPerWindow = options.formsPerWindow = 100000000;
                    options.vault = &vault;
                    options.plugins = &host;
                    options.passwordCost = {1, 8192};
                    options.throttle = {100000000, 100000000, 100000000};
                    return options;
                }()};
    std::string token = ours.sessions[Role::admin];

    Response send(const std::string& method, const std::string& target, const std::string& body = {},
                  Json headers = Json::object()) {
        if (!headers.contains("authorization")) headers["authorization"] = "Bearer " + token;
        if (!headers.contains("content-type")) headers["content-type"] = "application/json";
        return patient.answer({method, target, headers, body, "192.0.2.7"});
    }

    static bool takes(const std::string& path, const std::string& method) {
        return std::any_of(routes().begin(), routes().end(),
                           [&](const Route& route) { return route.path == path && route.method == method; });
    }
    /// A 4xx with what RFC 9457 wants and a sentence.
    static void expectRefused(const Response& answer, const std::string& what) {
        EXPECT_GE(answer.status, 400) << what;
        expectClear(answer, what);
    }
    static void expectClear(const Response& answer, const std::string& what) {
        ASSERT_LT(answer.status, 500) << what << " " << answer.body;
        if (answer.status < 400) return;
        EXPECT_EQ(answer.contentType, "application/problem+json") << what;
        const auto problem = Json::parse(answer.body);
        EXPECT_EQ(problem["status"], answer.status) << what;
        const auto detail = textOf(problem, "detail");
        EXPECT_GT(detail.size(), 10U) << what;
        EXPECT_TRUE(detail.ends_with('.') || detail.ends_with('?')) << what << ": " << detail;
        EXPECT_TRUE(isUtf8(answer.body)) << what;
        for (const auto* ours : {"SQLSTATE", "pg_", "nlohmann", "json.exception", "std::"})
            EXPECT_EQ(detail.find(ours), std::string::npos) << what << ": " << detail;
    }
};

const std::vector<std::string> kNoBodies{"{",
                                         "[",
                                         "[]",
                                         "null",
                                         "3",
                                         "\"x\"",
                                         "{\"a\": 1e999}",
                                         "{\"a\"",
                                         "{]",
                                         "{\"a\": 1, \"a\": 2}",
                                         "{\"a\": \"\xff\"}",
                                         "{\"\xc0\xaf\": 1}",
                                         "{\"a\": \"\\u0000\"}",
                                         "{\"a\": \"\\ud800\"}",
                                         "{\"a\": 01}",
                                         "{'a': 1}",
                                         "{\"a\": NaN}",
                                         "\xef\xbb\xbf{",
                                         "{} {}",
                                         "{\"unheard\": 1}",
                                         "{\"__proto__\": {\"role\": \"admin\"}}",
                                         std::string(200000, '['),
                                         R"({"a":)" + std::string(200, '[') + std::string(200, ']') + "}",
                                         "{\"" + std::string(100000, 'k') + "\": 1}",
                                         std::string("{\0}", 3),
                                         "<?xml version=\"1.0\"?><a/>",
                                         "a=1&b=2"};

const std::vector<std::string> kInjections{"'; drop table users; --",
                                           "\" or \"\"=\"",
                                           "x' union select password from users --",
                                           "{{settings.company}}",
                                           "${7*7}",
                                           "<%= 7 %>",
                                           "#{7}",
                                           "{% include '/etc/passwd' %}",
                                           "=cmd|' /C calc'!A0",
                                           "@SUM(1+1)",
                                           "<script>alert(1)</script>",
                                           "../../../etc/passwd",
                                           "%s%s%s%n",
                                           "\r\nSet-Cookie: a=b",
                                           "\\",
                                           "\xe2\x80\xae"
                                           "evil",
                                           std::string(1000, 'A'),
                                           "$1",
                                           ":name",
                                           "null",
                                           "true",
                                           "-1",
                                           "1e9",
                                           "9999-12-31T23:59:59Z",
                                           "0000-00-00T00:00:00Z",
                                           "+99999999999999999999",
                                           "99999999999999999999d"};

TEST_F(BadInput, ABodyThatIsNone) {
    for (const auto& route : routes()) {
        if (route.method == "GET") continue;
        for (const auto& body : kNoBodies)
            expectRefused(send(route.method, pathOf(route, ours), body),
                          route.operation + " " + body.substr(0, 40));
        if (!route.body.is_null() && !bodyOf(route, ours).empty())
            for (const auto* kind : {"text/plain", "application/x-www-form-urlencoded",
                                     "multipart/form-data; boundary=x", "application/xml", ""})
                expectRefused(send(route.method, pathOf(route, ours), "{\"a\": 1}", {{"content-type", kind}}),
                              route.operation + " as " + kind);
    }
    EXPECT_EQ(text("select count(*) as x from audit"), "0") << "none of them did anything";
}

TEST_F(BadInput, AFieldOfAnotherType) {
    const std::vector<Json> values{nullptr,
                                   true,
                                   7,
                                   -7.5,
                                   Json::array(),
                                   Json::array({Json::object()}),
                                   Json::object(),
                                   Json{{"a", {{"b", {1, 2}}}}},
                                   std::string(200000, 'x'),
                                   9223372036854775807,
                                   ""};
    int refused = 0, all = 0;
    for (const auto& route : routes()) {
        if (!route.body.is_object()) continue;
        const auto properties = route.body.value("properties", Json::object());
        for (const auto& [name, schema] : properties.items())
            for (const auto& value : values) {
                auto body = exampleOf(route.body, ours);
                body[name] = value;
                const auto answer = send(route.method, pathOf(route, theirs), toText(body));
                expectClear(answer, route.operation + "." + name + " " + toText(value).substr(0, 40));
                ++all;
                if (answer.status >= 400) ++refused;
            }
    }
    EXPECT_GT(refused, all / 2);
}

TEST_F(BadInput, WordsThatMeanSomethingElsewhere) {
    for (const auto& route : routes()) {
        if (!route.body.is_object()) continue;
        const auto properties = route.body.value("properties", Json::object());
        for (const auto& [name, schema] : properties.items()) {
            if (schema.value("type", Json()) != "string") continue;
            for (const auto& words : kInjections) {
                auto body = exampleOf(route.body, ours);
                body[name] = words;
                expectClear(send(route.method, pathOf(route, ours), toText(body)),
                            route.operation + "." + name + " " + words.substr(0, 40));
            }
        }
    }
    EXPECT_EQ(text("select count(*) as x from users where role = 'admin' and disabled_at is null"), "1")
        << "the tables stand";
    for (const auto& route : routes()) {
        if (!route.query.is_object()) continue;
        for (const auto& [name, schema] : route.query.items())
            for (const auto& words : kInjections) {
                std::string encoded;
                for (const unsigned char c : words) {
                    encoded += '%';
                    encoded += toHex(std::string(1, static_cast<char>(c)));
                }
                expectClear(send(route.method, pathOf(route, ours) + "?" + name + "=" + encoded),
                            route.operation + "?" + name + "=" + words.substr(0, 40));
            }
    }
}

TEST_F(BadInput, AnAddressThatIsNotOne) {
    for (const auto& route : routes()) {
        const auto path = pathOf(route, ours);
        for (const auto& method : {"PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "PO ST", "", "\xff"})
            if (!takes(route.path, method))
                expectRefused(send(method, path), std::string(method) + " " + path);
        for (const auto& more :
             {"/", "//", "/..", "/%2e%2e", ";a=b", "%00", "%", "%zz", "\xff", ".json", "?%", "?a[]=1",
              "?limit=%FF", "?=", "?&&&=", "?limit=1&limit=2", "?unheard=1"}) {
            if (route.open != nullptr && std::string(more).starts_with("?&")) continue;
            expectRefused(send(route.method, path + more, bodyOf(route, theirs)),
                          route.method + " " + path + more);
        }
        if (path == route.path) continue;
        for (const auto& id : {"1", "me", "null", "' or 1=1 --", "00000000-0000-7000-8000-000000000000",
                               "{conversation}", "..", "%2e%2e%2f", "\xff\xfe"}) {
            auto wrong = route.path;
            for (const auto& [name, good] : ours.ids) wrong = replaceAll(wrong, "{" + name + "}", id);
            expectRefused(send(route.method, wrong, bodyOf(route, ours)), wrong);
        }
    }
    EXPECT_EQ(text("select count(*) as x from audit"), "0");
}

TEST_F(BadInput, AQueryOfAnotherType) {
    for (const auto& route : routes()) {
        if (route.method != "GET") continue;
        auto target = targetOf(route, ours);
        target += target.find('?') == std::string::npos ? "?" : "&";
        for (const auto* wrong : {"limit=0", "limit=-1", "limit=201", "limit=many", "limit=1e3",
                                  "limit=99999999999999999999", "after=%00", "after=%FF", "unheard=1"})
            expectRefused(send("GET", target + wrong), target + wrong);
    }
}

TEST_F(BadInput, ATokenThatDoesNotHold) {
    auto tx = database.begin(ours.organization);
    const auto expired =
        *tenant::createKey(tx, ours.organization, "old", Role::admin, tuesday() + seconds(1), tuesday());
    tx.commit();
    clock.advanceTo(tuesday() + seconds(1));
    auto jwt = *tenant::readJwt(token);
    jwt.claims["org"] = theirs.organization.text();
    const auto forged = tenant::signedJwt(jwt.header, jwt.claims, "guess");
    for (const auto& route : routes()) {
        if (route.open != nullptr) continue;
        for (const auto& wrong : {std::string(), std::string("x"), expired, forged, std::string(100000, 'e'),
                                  "ovt_" + std::string(64, '0'), token + "x", token + " " + token,
                                  std::string("\xff\xfe"), std::string("ovt_' or 1=1 --")})
            for (const auto* scheme : {"Bearer ", "Basic ", "bearer", ""}) {
                if (std::string(scheme) == "Bearer " && wrong == token) continue;
                const auto answer = send(route.method, pathOf(route, ours), bodyOf(route, ours),
                                         {{"authorization", scheme + wrong}});
                expectRefused(answer, route.operation + " " + scheme + wrong.substr(0, 30));
                EXPECT_EQ(answer.status, 401);
            }
    }
    EXPECT_EQ(text("select count(*) as x from audit"), "0");
}

TEST_F(BadInput, HeadersOfAnyKind) {
    for (const auto& route : routes()) {
        if (route.open != nullptr || route.method == "GET") continue;
        for (const auto& key : {std::string(" "), std::string("a b"), std::string(201, 'k'),
                                std::string("\xff"), std::string("a\r\nb")})
            expectRefused(
                send(route.method, pathOf(route, ours), bodyOf(route, ours), {{"idempotency-key", key}}),
                route.operation + " " + key);
    }
    for (const auto& origin : {std::string("null"), std::string("\xff"), std::string(10000, 'o'),
                               std::string("https://a.example\r\nx: y"), std::string("*")}) {
        const auto answer = send(
            "GET", "/v1/leads", "",
            {{"origin", origin}, {"if-none-match", "\"\xff"}, {"if-match", "*"}, {"x-request-id", "\r\n"}});
        expectClear(answer, "origin");
        for (const auto& [name, value] : answer.headers) {
            EXPECT_NE(name, "Access-Control-Allow-Origin");
            EXPECT_EQ(value.find('\n'), std::string::npos);
        }
        expectClear(send("OPTIONS", "/v1/leads", "", {{"origin", origin}}), "preflight");
    }
}

}  // namespace
}  // namespace overture::api
