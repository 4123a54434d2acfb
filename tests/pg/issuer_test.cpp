// Signing in at an organization's own issuer: against one that is built here after OpenID Connect Core, Discovery and RFC 7636.
#include <Poco/URI.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "api/issuer.hpp"
#include "base/digest.hpp"
#include "pg/api_house.hpp"

namespace overture::api {
namespace {

using overture::testing::ApiTest;
using overture::testing::tuesday;
using tenant::Role;
using tenant::toBase64Url;
using ::testing::HasSubstr;

std::string numberOf(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(number);
    return bytes;
}

/// An issuer of the standard's kind, and what can be wrong with one.
struct StandIn {
    const std::string url = "https://login.brightroof.example";
    EVP_PKEY* rsa = EVP_RSA_gen(2048);
    EVP_PKEY* ec = EVP_EC_gen("P-256");
    std::string algorithm = "RS256", kid = "r1", secret = "hush & co";
    Json claims = {{"sub", "s-1"}, {"email", "Dana@Sunrise.example"}, {"email_verified", true}};
    Json without = Json::array();
    Json configuration, also = Json::object();
    std::map<std::string, Json> codes;  // code → what the authorization request said
    Instant now = tuesday();
    int fetched = 0;
    int status = 200;

    StandIn() {
        configuration = {{"issuer", url},
                         {"authorization_endpoint", url + "/authorize"},
                         {"token_endpoint", url + "/token"},
                         {"jwks_uri", url + "/keys"}};
    }
    ~StandIn() {
        EVP_PKEY_free(rsa);
        EVP_PKEY_free(ec);
    }

    Json keys() const {
        auto x = numberOf(ec, OSSL_PKEY_PARAM_EC_PUB_X), y = numberOf(ec, OSSL_PKEY_PARAM_EC_PUB_Y);
        x.insert(0, 32 - x.size(), '\0');
        y.insert(0, 32 - y.size(), '\0');
        return {{"keys",
                 {{{"kty", "RSA"},
                   {"kid", "r1"},
                   {"use", "sig"},
                   {"n", toBase64Url(numberOf(rsa, OSSL_PKEY_PARAM_RSA_N))},
                   {"e", toBase64Url(numberOf(rsa, OSSL_PKEY_PARAM_RSA_E))}},
                  {{"kty", "EC"},
                   {"kid", "e1"},
                   {"crv", "P-256"},
                   {"x", toBase64Url(x)},
                   {"y", toBase64Url(y)}}}}};
    }

    std::string signedBy(EVP_PKEY* key, const std::string& text) const {
        auto* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
        std::size_t length = 1024;
        std::string bytes(length, '\0');
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(bytes.data()), &length,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        bytes.resize(length);
        if (key == rsa) return bytes;
        const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
        auto* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length));
        std::string raw(64, '\0');
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(raw.data()), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
        ECDSA_SIG_free(pair);
        return raw;
    }

    std::string token(const Json& asked) const {
        const auto at = std::chrono::floor<seconds>(now).time_since_epoch().count();
        auto all = claims;
        all.update({{"iss", url},
                    {"aud", asked["client_id"]},
                    {"nonce", asked["nonce"]},
                    {"iat", at},
                    {"exp", at + 300}});
        all.update(also);
        for (const auto& name : without) all.erase(name.get<std::string>());
        const auto part = toBase64Url(Json{{"alg", algorithm}, {"kid", kid}, {"typ", "JWT"}}.dump()) + "." +
                          toBase64Url(all.dump());
        if (algorithm == "none") return part + ".AA";
        if (algorithm == "HS256") {
            const auto mac = hmacSha256(numberOf(rsa, OSSL_PKEY_PARAM_RSA_N), part);
            return part + "." + toBase64Url({reinterpret_cast<const char*>(mac.data()), mac.size()});
        }
        return part + "." + toBase64Url(signedBy(algorithm == "ES256" ? ec : rsa, part));
    }

    /// The person says yes: the page that they are sent back to.
    std::pair<std::string, std::string> agree(const std::string& address) {
        Json asked = Json::object();
        for (const auto& [name, value] : Poco::URI(address).getQueryParameters()) asked[name] = value;
        EXPECT_EQ(asked["response_type"], "code");
        EXPECT_EQ(asked["scope"], "openid email");
        EXPECT_EQ(asked["code_challenge_method"], "S256");
        const auto code = "code & " + std::to_string(codes.size());
        codes[code] = asked;
        return {code, textOf(asked, "state")};
    }

    net::HttpResponse answer(const net::HttpRequest& request) {
        ++fetched;
        const auto json = [&](int with, const Json& document) {
            return net::HttpResponse{with, {}, document.dump()};
        };
        if (status != 200) return {status, {}, "<html>busy</html>"};
        if (request.url == url + "/.well-known/openid-configuration") return json(200, configuration);
        if (request.url == url + "/keys") return json(200, keys());
        if (request.url != url + "/token" || request.method != "POST") return json(404, {});
        Json form = Json::object();
        for (const auto& [name, value] : Poco::URI("https://x.example/?" + request.body).getQueryParameters())
            form[name] = value;
        const auto code = textOf(form, "code");
        if (!codes.contains(code)) return json(400, {{"error", "invalid_grant"}});
        const auto asked = codes.at(code);
        codes.erase(code);
        const auto digest = sha256(textOf(form, "code_verifier"));
        std::string credentials;
        for (const auto& [name, value] : request.headers)
            if (name == "Authorization") credentials = value;
        if (credentials != "Basic " + toBase64("overture:hush%20%26%20co"))
            return json(401, {{"error", "invalid_client"}});
        if (toBase64Url({reinterpret_cast<const char*>(digest.data()), digest.size()}) !=
                asked["code_challenge"] ||
            form["redirect_uri"] != asked["redirect_uri"] || form["grant_type"] != "authorization_code")
            return json(400, {{"error", "invalid_grant"}});
        return json(200, {{"id_token", token(asked)}, {"access_token", "x"}, {"token_type", "Bearer"}});
    }
};

struct Issuer : ApiTest {
    StandIn issuer;
    Api with{database, clock, [] {},
             [this] {
                 Options options;
                 options.vault = &vault;
                 options.passwordCost = {1, 8192};
                 options.throttle = {1000, 1000, 1000};
                 options.send = [this](const net::HttpRequest& request) {
                     return std::variant<net::HttpResponse, net::HttpError>(issuer.answer(request));
                 };
                 return options;
             }()};

    std::pair<int, Json> post(const std::string& target, const Json& body, const std::string& token = {}) {
        Json headers{{"content-type", "application/json"}};
        if (!token.empty()) headers["authorization"] = "Bearer " + token;
        const auto answer = with.answer({"POST", target, headers, body.dump(), "192.0.2.7"});
        return {answer.status, Json::parse(answer.body)};
    }
    void SetUp() override {
        const auto set = post("/v1/issuer",
                              {{"issuer", issuer.url},
                               {"client_id", "overture"},
                               {"client_secret", issuer.secret},
                               {"redirect_url", "https://desk.brightroof.example/in"}},
                              admin());
        ASSERT_EQ(set.first, 200) << set.second;
        database.run(theirs.organization, {"test/none", "delete from issuers"});
        auto tx = database.begin(ours.organization);
        dana = *tenant::createUser(tx, ours.organization, "dana@sunrise.example", "Dana", Role::manager,
                                   tuesday());
        tx.commit();
    }
    tenant::User dana;
    Json begin() { return post("/v1/sign-in/begin", {{"organization", "Sunrise Solar"}}).second; }
    std::pair<int, Json> comeBack() {
        const auto begun = begin();
        const auto [code, state] = issuer.agree(textOf(begun, "url"));
        return post("/v1/sign-in/finish", {{"state", state}, {"code", code}, {"keep", begun["keep"]}});
    }
    /// What is said to who comes back, once something of the issuer is wrong.
    std::string refusal() {
        const auto [status, body] = comeBack();
        EXPECT_NE(status, 200);
        EXPECT_NE(status, 500);
        return textOf(body, "code") + ": " + textOf(body, "detail");
    }
};

TEST_F(Issuer, WhoWasInvitedComesInByEitherKindOfKey) {
    for (const auto& [algorithm, kid] : {std::pair("RS256", "r1"), std::pair("ES256", "e1")}) {
        issuer.algorithm = algorithm;
        issuer.kid = kid;
        const auto [status, body] = comeBack();
        ASSERT_EQ(status, 200) << body;
        EXPECT_EQ(body["user"]["id"], dana.id.text());
        EXPECT_EQ(call("GET", "/v1/me", textOf(body, "token")).body["email"], "dana@sunrise.example");
    }
    EXPECT_EQ(issuer.fetched, 4) << "its configuration and keys are kept";
    EXPECT_EQ(text("select subject as x from users where name = 'Dana'"), "s-1");
    issuer.claims["email"] = "dana.new@sunrise.example";
    EXPECT_EQ(comeBack().first, 200) << "she is who she is, whatever her address";
    issuer.claims = {{"sub", "s-2"}, {"email", "dana@sunrise.example"}, {"email_verified", true}};
    EXPECT_THAT(refusal(), HasSubstr("not_invited")) << "and who has her address now is somebody else";
    EXPECT_EQ(text("select count(*) as x from audit where act = 'finishSignIn' and actor_kind = 'user'"),
              "3");
    EXPECT_EQ(text("select count(*) as x from issuers where encode(client_secret, 'escape') like '%hush%'"),
              "0");
    EXPECT_EQ(text("select count(*) as x from sign_in_starts"), "0");
}

TEST_F(Issuer, AStartIsGoodOnceForOneBrowserAndTenMinutes) {
    const auto finish = [&](const Json& begun, const std::string& keep) {
        const auto [code, state] = issuer.agree(textOf(begun, "url"));
        return post("/v1/sign-in/finish", {{"state", state}, {"code", code}, {"keep", keep}}).second;
    };
    const auto begun = begin();
    EXPECT_EQ(finish(begun, "another browser's")["code"], "no_start")
        << "nobody is signed in as somebody else by a link";
    EXPECT_EQ(finish(begun, begun["keep"]).value("code", "in"), "in");
    EXPECT_EQ(finish(begun, begun["keep"])["code"], "no_start");
    const auto late = begin();
    clock.advanceTo(tuesday() + minutes(10));
    EXPECT_EQ(finish(late, late["keep"])["code"], "no_start");
    for (const auto* state : {"x", "", "00000000-0000-7000-8000-000000000000.x", "' or 1=1"})
        EXPECT_GE(post("/v1/sign-in/finish", {{"state", state}, {"code", "c"}, {"keep", "k"}}).first, 400)
            << state;
    EXPECT_EQ(post("/v1/sign-in/begin", {{"organization", "Brook Pest"}}).first, 404) << "who has no issuer";
    EXPECT_EQ(post("/v1/sign-in/begin", {{"organization", "Nobody"}}).first, 404);
}

TEST_F(Issuer, ATokenThatIsNotAsItShouldBeLetsNobodyIn) {
    const auto at = std::chrono::floor<seconds>(tuesday()).time_since_epoch().count();
    const std::vector<std::pair<Json, std::string>> wrong{
        {{{"iss", "https://other.example"}}, "another issuer's"},
        {{{"aud", "somebody"}}, "for somebody else"},
        {{{"aud", {"overture", "other"}}}, "for somebody else"},
        {{{"aud", Json::array()}}, "for somebody else"},
        {{{"exp", at - 60}}, "expired"},
        {{{"exp", "never"}}, "expired"},
        {{{"iat", at + 61}}, "a time to come"},
        {{{"nonce", "x"}}, "another sign-in"},
        {{{"sub", ""}}, "names nobody"},
        {{{"email_verified", false}}, "not verified"},
        {{{"email", "max@sunrise.example"}}, "not_invited"},
        {{{"email", 7}}, "not_invited"}};
    for (const auto& [claims, expected] : wrong) {
        issuer.also = claims;
        EXPECT_THAT(refusal(), HasSubstr(expected)) << claims;
    }
    issuer.also = Json::object();
    for (const auto* name : {"iss", "aud", "exp", "nonce", "sub", "email_verified", "email"}) {
        issuer.without = {name};
        EXPECT_FALSE(refusal().empty()) << name;
    }
    issuer.without = Json::array();
    for (const auto& [algorithm, kid] :
         {std::pair("none", "r1"), std::pair("HS256", "r1"), std::pair("RS256", "e1"),
          std::pair("ES256", "r1"), std::pair("RS256", "other")}) {
        issuer.algorithm = algorithm;
        issuer.kid = kid;
        EXPECT_THAT(refusal(), HasSubstr("none of its keys")) << algorithm << " " << kid;
    }
    issuer.algorithm = "RS256";
    issuer.kid = "r1";
    issuer.also = {{"aud", {"overture", "other"}}, {"azp", "overture"}};
    EXPECT_EQ(comeBack().first, 200) << "and a good one does";
    auto tx = database.begin(ours.organization);
    tenant::disableUser(tx, ours.organization, dana.id, clock.now());
    tx.commit();
    EXPECT_THAT(refusal(), HasSubstr("not_invited"));
}

TEST_F(Issuer, AnIssuerThatChangesItsKeysOrFailsIsUnderstood) {
    EXPECT_EQ(comeBack().first, 200);
    auto* const before = issuer.rsa;
    issuer.rsa = EVP_RSA_gen(2048);
    EVP_PKEY_free(before);
    EXPECT_THAT(refusal(), HasSubstr("none of its keys"));
    clock.advanceTo(tuesday() + minutes(10));
    issuer.now = clock.now();
    EXPECT_EQ(comeBack().first, 200) << "its keys are asked for anew";
    issuer.configuration["issuer"] = "https://other.example";
    clock.advanceTo(tuesday() + minutes(20));
    EXPECT_THAT(textOf(begin(), "detail"), HasSubstr("another issuer's"));
    issuer.configuration["issuer"] = issuer.url;
    issuer.configuration["token_endpoint"] = "http://10.0.0.1/token";
    EXPECT_THAT(textOf(begin(), "detail"), HasSubstr("by https"));
    issuer.status = 503;
    EXPECT_THAT(textOf(begin(), "detail"), HasSubstr("503"));
    for (const auto* url : {"http://login.example", "https://login.example/?a=1", "ftp://x", "https:// x"})
        EXPECT_EQ(post("/v1/issuer",
                       {{"issuer", url},
                        {"client_id", "x"},
                        {"client_secret", "x"},
                        {"redirect_url", "https://x.example"}},
                       admin())
                      .second["field"],
                  "issuer")
            << url;
    EXPECT_EQ(post("/v1/issuer/remove", Json::object(), admin()).first, 200);
    EXPECT_EQ(text("select count(*) as x from users where subject is not null"), "0");
}

}  // namespace
}  // namespace overture::api
