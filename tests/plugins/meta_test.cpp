#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "carrier.hpp"
#include "damage.hpp"
#include "inbound.hpp"
#include "message.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::meta {
namespace {

using sdk::Answer;
using sdk::Outcome;
using testing::FakeHost;

const std::string kNumber = "106540352242922";
const std::string kToken = "EAAexampletoken", kSecret = "made-up-app-secret", kVerify = "made up & verified";
const std::string kHook = "https://hooks.example.com/hooks/b1";
constexpr sdk::Call kCall{5000};

class MetaTest : public ::testing::Test {
protected:
    MetaTest() {
        host.secret("access_token", kToken);
        host.secret("app_secret", kSecret);
        host.secret("verify_token", kVerify);
    }
    Carrier carrier(const Json& extra = Json::object()) {
        Json settings{{"phone_number_id", kNumber}};
        settings.update(extra);
        const sdk::Host sdkHost(host.table());
        return {sdkHost, Settings::read(sdkHost, settings)};
    }
    static Json message(const Json& part = Json::object()) {
        Json one{{"text", "Is now a bad time? https://acme.example"}};
        one.update(part);
        return {{"delivery_id", "d1"},    {"channel", "whatsapp"},  {"from", "+12025550100"},
                {"to", "+442071838750"},  {"text", one["text"]},    {"parts", {one}},
                {"media", Json::array()}, {"idempotency_key", "d1"}};
    }
    Answer send(const Json& request) {
        try {
            return carrier().send(request, kCall);
        } catch (const sdk::Refused& refused) {
            return Answer::no(refused.outcome, refused.what());
        }
    }
    Answer sent(int status, const std::string& body,
                std::vector<std::pair<std::string, std::string>> headers = {}) {
        host.answer(status, body, std::move(headers));
        return send(message());
    }
    Answer webhook(const Json& body) { return webhook(body.dump()); }
    Answer webhook(const std::string& body) { return carrier().webhook(call(body), kCall); }
    static Json call(const std::string& body, const std::string& secret = kSecret) {
        return {{"method", "POST"},
                {"url", kHook},
                {"headers",
                 {{"x-hub-signature-256", "sha256=" + toHex(hmacSha256(secret, body))},
                  {"content-type", "application/json"}}},
                {"body_base64", toBase64(body)}};
    }
    Json events(const Json& body) {
        const auto answer = webhook(body);
        EXPECT_EQ(answer.outcome, Outcome::ok) << answer.message;
        return answer.document.value("events", Json());
    }
    FakeHost host;
};

const char* kAccepted =
    R"({"messaging_product":"whatsapp","contacts":[{"input":"+442071838750","wa_id":"442071838750"}],"messages":[{"id":"wamid.B2","message_status":"accepted"}]})";

const Json kTemplate{{"name", "roof_hello"}, {"language", "en_US"}, {"variables", {"Asha", "Brightroof"}}};
const Json kButtons{{"kind", "buttons"},
                    {"items",
                     {{{"id", "time:2026-03-05T17:00:00Z"}, {"title", "Thu 5 Mar, 10:00 AM"}},
                      {{"id", "time:2026-03-06T17:00:00Z"}, {"title", "Fri 6 Mar, 10:00 AM"}}}}};
const Json kList{{"kind", "list"},
                 {"button", "Choose"},
                 {"items",
                  {{{"id", "a"}, {"title", "Thu 5 Mar, 10:00 AM"}, {"description", "GMT+5:30"}},
                   {{"id", "b"}, {"title", "Fri 6 Mar, 10:00 AM"}}}}};

Json valueOf(const Json& inner, const std::string& number = kNumber) {
    Json value{{"messaging_product", "whatsapp"},
               {"metadata", {{"display_phone_number", "12025550100"}, {"phone_number_id", number}}}};
    value.update(inner);
    return {{"object", "whatsapp_business_account"},
            {"entry", {{{"id", "1001"}, {"changes", {{{"field", "messages"}, {"value", value}}}}}}}};
}
Json inbound(const Json& more) {
    Json one{{"from", "442071838750"}, {"id", "wamid.A1"}, {"timestamp", "1772467200"}};
    one.update(more);
    return valueOf(
        {{"contacts", {{{"profile", {{"name", "Ann"}}}, {"wa_id", "442071838750"}}}}, {"messages", {one}}});
}
Json status(const std::string& word, const Json& more = Json::object()) {
    Json one{
        {"id", "wamid.B2"}, {"status", word}, {"timestamp", "1772467205"}, {"recipient_id", "442071838750"}};
    one.update(more);
    return valueOf({{"statuses", {one}}});
}

// --- sending, judged by the vendor's own description

TEST_F(MetaTest, EveryKindOfMessageFitsTheDescription) {
    OVERTURE_CONTRACT(api, "meta-whatsapp.json");
    const openapi::Judge judge(api);
    const auto withMedia = [](const char* kind) {
        auto one = message();
        one["media"] = Json::array({{{"url", "https://acme.example/p"}, {"kind", kind}}});
        return one;
    };
    const std::vector<std::pair<Json, std::string>> cases{
        {withMedia("image"), "ImageMessage"},
        {withMedia("video"), "VideoMessage"},
        {withMedia("document"), "DocumentMessage"},
        {message(), "TextMessage"},
        {message({{"template", kTemplate}}), "TemplateMessage"},
        {message({{"choices", kButtons}}), "InteractiveMessage"},
        {message({{"choices", kList}}), "InteractiveMessage"}};
    const auto& operation = api["paths"]["/{Version}/{Phone-Number-ID}/messages"]["post"];
    EXPECT_EQ(operation["operationId"], "sendMessage");
    for (const auto& [request, component] : cases) {
        host.answer(200, kAccepted);
        ASSERT_EQ(send(request).outcome, Outcome::ok);
        const auto asked = host.requests().back();
        EXPECT_EQ(asked.method, "POST");
        EXPECT_EQ(asked.url, api["servers"][0]["url"].get<std::string>() + "/v23.0/" + kNumber + "/messages");
        const auto faults = judge.faults(Json::parse(asked.body), component);
        EXPECT_TRUE(faults.empty()) << asked.body << "\n" << (faults.empty() ? "" : faults[0]);
        EXPECT_TRUE(openapi::unknownProperties(api, component, Json::parse(asked.body)).empty())
            << asked.body;
        for (const auto& [name, parameter] :
             {std::pair("Authorization", "Authorization"), {"Content-Type", "ContentType"}}) {
            const auto found = std::find_if(asked.headers.begin(), asked.headers.end(),
                                            [&](const auto& header) { return header.first == name; });
            ASSERT_NE(found, asked.headers.end()) << name;
            const auto& schema = api["components"]["parameters"][parameter]["schema"];
            if (schema.contains("pattern")) {
                EXPECT_TRUE(
                    std::regex_search(found->second, std::regex(schema["pattern"].get<std::string>())));
            }
            if (schema.contains("enum")) {
                EXPECT_NE(std::find(schema["enum"].begin(), schema["enum"].end(), found->second),
                          schema["enum"].end());
            }
        }
    }
    contracts::accepted("meta", "carrier.message/1 send: sendMessage", "meta-whatsapp.json");
}

/// What the description refuses, each refused by us before anything leaves; the judge is asked to prove that it is wrong.
TEST_F(MetaTest, WhatTheDescriptionRefusesNeverLeaves) {
    OVERTURE_CONTRACT(api, "meta-whatsapp.json");
    const openapi::Judge judge(api);
    host.answer(200, kAccepted);
    ASSERT_EQ(send(message()).outcome, Outcome::ok);
    const auto right = Json::parse(host.requests().back().body);
    ASSERT_TRUE(judge.faults(right, "TextMessage").empty());
    const std::string operation = "carrier.message/1 send: sendMessage", file = "meta-whatsapp.json";
    const auto ask = [&](const Json& request) { return send(request); };
    auto plain = message();
    plain["parts"] = Json::array();
    contracts::refused(
        "meta", {operation}, file,
        {right, plain, [&](const Json& body) { return judge.faults(body, "TextMessage"); }, ask, host},
        {{"/to", nullptr, "/to", nullptr, "the recipient is no phone number"},
         {"/to", 7, "/to", 7, "the recipient is no phone number"},
         {"/text", nullptr, "/text", nullptr, "the text is empty"},
         {"/text/body", 7, "/text", 7, "the text is empty"},
         {"/type", "unheard of", "/channel", "unheard of", "sends WhatsApp messages only"}});
    auto shown = message();
    shown["media"] = Json::array({{{"url", "https://acme.example/p"}, {"kind", "image"}}});
    const auto left = [&](const sdk::HttpRequest& request) {
        const auto body = Json::parse(request.body);
        static const std::map<std::string, std::string> kComponents{
            {"text", "TextMessage"},         {"image", "ImageMessage"},
            {"video", "VideoMessage"},       {"document", "DocumentMessage"},
            {"template", "TemplateMessage"}, {"interactive", "InteractiveMessage"}};
        return judge.faults(body, kComponents.at(body.at("type")));
    };
    for (const auto& request : {message(), shown, message({{"template", kTemplate}}),
                                message({{"choices", kButtons}}), message({{"choices", kList}})})
        contracts::neverWrong("meta", {operation}, file, {request, ask, contracts::unwell, left, host});

    const auto before = host.requests().size();
    for (const auto& [key, value] : std::vector<std::pair<std::string, Json>>{
             {"to", ""},
             {"to", 7},
             {"to", "Ann"},
             {"to", "+44abc"},
             {"text", ""},
             {"text", 7},
             {"text", std::string(4097, 'x')},
             {"channel", "sms"},
             {"media", {{{"url", "http://a.example"}, {"kind", "image"}}}},
             {"media", {{{"url", "https://a.example"}, {"kind", "song"}}}},
             {"media", {1, 2}},
             {"parts", {{{"text", "a"}}, {{"text", "b"}}}}}) {
        auto request = message();
        request[key] = value;
        if (key == "text") request["parts"] = Json::array();
        EXPECT_NE(send(request).outcome, Outcome::ok) << key << " " << value;
    }
    const auto spoiled = [](Json good, const std::string& pointer, const Json& value) {
        good[Json::json_pointer(pointer)] = value;
        return good;
    };
    for (const auto& part :
         std::vector<Json>{{{"template", spoiled(kTemplate, "/name", "")}},
                           {{"template", spoiled(kTemplate, "/language", "")}},
                           {{"template", spoiled(kTemplate, "/variables/0", 7)}},
                           {{"template", spoiled(kTemplate, "/variables/0", "")}},
                           {{"choices", spoiled(kButtons, "/items", Json::array())}},
                           {{"choices", spoiled(kButtons, "/items/0/title", std::string(21, 'x'))}},
                           {{"choices", spoiled(kButtons, "/items/0/id", "")}},
                           {{"choices", spoiled(kList, "/items/0/title", std::string(25, 'x'))}},
                           {{"choices", spoiled(kList, "/items/0/description", std::string(73, 'x'))}},
                           {{"choices", spoiled(kList, "/button", std::string(21, 'x'))}},
                           {{"choices", spoiled(kButtons, "/items", Json::array({1, 2, 3, 4}))}}})
        EXPECT_EQ(send(message(part)).outcome, Outcome::invalid) << part;
    EXPECT_EQ(host.requests().size(), before) << "nothing left";
}

TEST_F(MetaTest, SendsOneDocumentAndGivesTheReference) {
    const auto answer = sent(200, kAccepted);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"reference", "wamid.B2"}, {"status", "queued"}}));
    EXPECT_EQ(Json::parse(host.requests().back().body),
              (Json{{"messaging_product", "whatsapp"},
                    {"recipient_type", "individual"},
                    {"to", "+442071838750"},
                    {"type", "text"},
                    {"text", {{"body", "Is now a bad time? https://acme.example"}, {"preview_url", true}}}}));
    host.answer(200, kAccepted);
    ASSERT_EQ(send(message({{"template", kTemplate}})).outcome, Outcome::ok);
    EXPECT_EQ(
        Json::parse(host.requests().back().body)["template"],
        (Json{{"name", "roof_hello"},
              {"language", {{"policy", "deterministic"}, {"code", "en_US"}}},
              {"components",
               {{{"type", "body"},
                 {"parameters",
                  {{{"type", "text"}, {"text", "Asha"}}, {{"type", "text"}, {"text", "Brightroof"}}}}}}}}));
    host.answer(200, kAccepted);
    auto shown = message();
    shown["media"] = Json::array({{{"url", "https://acme.example/p.png"}, {"kind", "image"}}});
    ASSERT_EQ(send(shown).outcome, Outcome::ok);
    EXPECT_EQ(Json::parse(host.requests().back().body)["image"],
              (Json{{"link", "https://acme.example/p.png"},
                    {"caption", "Is now a bad time? https://acme.example"}}));
    host.answer(200, kAccepted);
    ASSERT_EQ(send(message({{"choices", kList}})).outcome, Outcome::ok);
    EXPECT_EQ(Json::parse(host.requests().back().body)["interactive"]["action"]["sections"][0]["rows"][0],
              (Json{{"id", "a"}, {"title", "Thu 5 Mar, 10:00 AM"}, {"description", "GMT+5:30"}}));
}

// --- what people send

const std::string kMedia = "1003383421387256", kStore = "https://lookaside.example/media?mid=1";

class MetaMedia : public MetaTest {
protected:
    /// Where it stands, and then what stands there.
    Answer got(const Json& place, int status, const std::string& body,
               const std::string& type = "image/jpeg") {
        host.answer(200, place.dump(), {{"Content-Type", "application/json"}});
        host.answer(status, body, {{"Content-Type", type}});
        return fetch();
    }
    Answer fetch() { return carrier().media({{"id", kMedia}, {"content_type", "image/jpeg"}}, kCall); }
    static Json place(const Json& more = Json::object()) {
        Json one{{"messaging_product", "whatsapp"},
                 {"url", kStore},
                 {"mime_type", "image/jpeg"},
                 {"file_size", "7"},
                 {"id", kMedia}};
        one.update(more);
        return one;
    }
};

TEST_F(MetaMedia, IsLookedUpAndFetchedWithTheTokenAsTheDescriptionSays) {
    OVERTURE_CONTRACT(api, "meta-whatsapp.json");
    const auto digest = toHex(sha256("picture"));
    const auto answer = got(place({{"sha256", digest}}), 200, "picture");
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"content_type", "image/jpeg"}, {"body_base64", toBase64("picture")}}));
    const auto asked = host.requests();
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[0].url, "https://graph.facebook.com/v23.0/" + kMedia + "?phone_number_id=" + kNumber);
    EXPECT_EQ(asked[1].url, kStore);
    const auto& operation = api["paths"]["/{Version}/{Media-ID}"]["get"];
    EXPECT_EQ(operation["operationId"], "retrieveMediaUrl");
    EXPECT_EQ(api["paths"]["/{Version}/{Media-URL}"]["get"]["operationId"], "downloadMedia");
    const auto names = [&](const char* in) {
        std::set<std::string> all;
        for (const auto& given : operation["parameters"]) {
            const auto& parameter =
                given.contains("$ref")
                    ? api["components"]["parameters"][given["$ref"].get<std::string>().substr(24)]
                    : given;
            if (parameter["in"] == in) all.insert(parameter["name"].get<std::string>());
        }
        return all;
    };
    EXPECT_TRUE(names("query").contains("phone_number_id"));
    for (const auto& request : asked) {
        EXPECT_EQ(request.method, "GET");
        for (const auto& [name, value] : request.headers) EXPECT_TRUE(names("header").contains(name)) << name;
        EXPECT_EQ(request.headers.at(0).second, "Bearer " + kToken);
        EXPECT_LE(request.deadlineMs, kCall.deadlineMs);
    }
    const std::string named = "carrier.message/1 media: retrieveMediaUrl, downloadMedia";
    contracts::accepted("meta", named, "meta-whatsapp.json");
    contracts::neverWrong("meta", {named}, "meta-whatsapp.json",
                          {{{"id", kMedia}, {"url", "https://x.example/1"}, {"content_type", "image/jpeg"}},
                           [&](const Json& request) { return carrier().media(request, kCall); },
                           contracts::unwell,
                           [&](const sdk::HttpRequest& request) -> std::vector<std::string> {
                               if (request.method == "GET" && request.url == asked[0].url) return {};
                               return {request.method + " " + request.url};
                           },
                           host});
}

TEST_F(MetaMedia, WhatIsGoneTooLargeOrNotTheThingItselfIsSaid) {
    const auto no = [](const Answer& answer, Outcome outcome, const char* says) {
        EXPECT_EQ(answer.outcome, outcome) << says << ": " << answer.message;
        EXPECT_NE(answer.message.find(says), std::string::npos) << answer.message;
    };
    for (const int status : {404, 410}) {
        host.answer(status, "<html>");
        no(fetch(), Outcome::rejected, "does not have it any more");
    }
    host.answer(400, R"({"error":{"code":100,"error_subcode":33,"message":"Unsupported get request"}})");
    no(fetch(), Outcome::rejected, "does not have it any more");
    host.answer(401, R"({"error":{"code":190}})");
    no(fetch(), Outcome::auth, "make a new one");
    host.answer(500, "");
    EXPECT_EQ(fetch().outcome, Outcome::transient);
    for (const auto& odd : {Json(), Json::array(), Json{{"url", 7}}, Json{{"url", "file:///etc/passwd"}}}) {
        host.answer(200, odd.dump());
        no(fetch(), Outcome::transient, "does not say where it stands");
    }
    const auto before = host.requests().size();
    host.answer(200, place({{"file_size", 100 * 1024 * 1024}}).dump());
    no(fetch(), Outcome::rejected, "larger than 5 MiB");
    EXPECT_EQ(host.requests().size(), before + 1) << "nobody fetches what is too large";
    no(got(place({{"file_size", nullptr}}), 200, std::string(5 * 1024 * 1024 + 1, 'x')), Outcome::rejected,
       "larger than 5 MiB");
    for (const int status : {404, 410})
        no(got(place(), status, ""), Outcome::transient, "does not hold any more");
    no(got(place(), 401, "{}"), Outcome::auth, "access_token");
    no(got(place(), 403, "{}"), Outcome::auth, "access_token");
    no(got(place(), 302, ""), Outcome::invalid, "a redirect");
    no(got(place(), 429, ""), Outcome::limited, "slow down");
    no(got(place(), 503, "<html>"), Outcome::transient, "503");
    no(got(place(), 200, "<html>sorry</html>", "text/html"), Outcome::transient, "a page in place of it");
    no(got(place(), 200, ""), Outcome::transient, "nothing");
    no(got(place(), 200, "pict"), Outcome::transient, "not the whole of it");
    no(got(place({{"sha256", std::string(64, '0')}}), 200, "picture"), Outcome::transient,
       "not the whole of it");
    host.answer(200, place().dump());
    host.failUnknown("no answer before the deadline");
    EXPECT_EQ(fetch().outcome, Outcome::transient) << "a slow one may be asked for again";
    host.failNotSent();
    EXPECT_EQ(fetch().outcome, Outcome::transient);
    const auto asked = host.requests().size();
    for (const auto& odd :
         {Json(), Json(7), Json(""), Json("../x"), Json("1?a=b"), Json(std::string(50, '1'))})
        no(carrier().media({{"id", odd}}, kCall), Outcome::invalid, "no id");
    EXPECT_EQ(host.requests().size(), asked);
}

TEST_F(MetaTest, ErrorCodesBecomeWhatTheEngineMustDecide) {
    struct Case {
        int status, code;
        Outcome outcome;
    };
    for (const auto& [status, code, outcome] :
         std::vector<Case>{{429, 130429, Outcome::limited},  {400, 131056, Outcome::limited},
                           {400, 80007, Outcome::limited},   {400, 4, Outcome::limited},
                           {429, 613, Outcome::limited},     {400, 131048, Outcome::auth},
                           {401, 190, Outcome::auth},        {401, 0, Outcome::auth},
                           {403, 10, Outcome::auth},         {403, 200, Outcome::auth},
                           {403, 299, Outcome::auth},        {400, 131031, Outcome::auth},
                           {403, 368, Outcome::auth},        {400, 131042, Outcome::auth},
                           {400, 133010, Outcome::auth},     {400, 131047, Outcome::rejected},
                           {400, 131026, Outcome::rejected}, {400, 131049, Outcome::rejected},
                           {400, 131051, Outcome::invalid},  {400, 132000, Outcome::invalid},
                           {404, 132001, Outcome::invalid},  {400, 132007, Outcome::invalid},
                           {400, 132012, Outcome::invalid},  {400, 132015, Outcome::invalid},
                           {400, 100, Outcome::invalid},     {503, 131016, Outcome::transient},
                           {503, 2, Outcome::transient},     {500, 131000, Outcome::unknown},
                           {500, 1, Outcome::unknown},       {400, 999999, Outcome::invalid}}) {
        const Json body{
            {"error",
             {{"message", "(#" + std::to_string(code) + ") +442071838750 said Is now a bad time?"},
              {"type", "OAuthException"},
              {"code", code},
              {"fbtrace_id", "x"}}}};
        const auto answer = sent(status, body.dump());
        EXPECT_EQ(answer.outcome, outcome) << code;
        EXPECT_EQ(answer.code, std::to_string(code));
        EXPECT_EQ(answer.message.find("7183"), std::string::npos) << answer.message;
        EXPECT_EQ(answer.message.find("bad time"), std::string::npos) << answer.message;
        if (outcome == Outcome::limited) {
            EXPECT_TRUE(answer.retryAfterMs) << code;
        }
    }
    EXPECT_EQ(sent(429, R"({"error":{"code":130429}})", {{"retry-after", "7"}}).retryAfterMs, 7000);
}

TEST_F(MetaTest, WithoutACodeTheStatusDecidesAndDoubtIsUnknown) {
    const std::vector<std::pair<int, Outcome>> cases{
        {301, Outcome::invalid}, {400, Outcome::invalid}, {401, Outcome::auth},    {403, Outcome::auth},
        {404, Outcome::invalid}, {408, Outcome::unknown}, {429, Outcome::limited}, {500, Outcome::unknown},
        {502, Outcome::unknown}, {504, Outcome::unknown}};
    for (const auto& [status, outcome] : cases)
        for (const auto* body : {"", "<html>Sorry</html>", "{", R"({"error":"no"})"})
            EXPECT_EQ(sent(status, body).outcome, outcome) << status << " " << body;
    for (const auto* odd : {"", "<html>", "[]", "{}", R"({"messages":[]})", R"({"messages":[7]})", "null"})
        EXPECT_EQ(sent(200, odd).outcome, Outcome::unknown) << odd;
    host.failNotSent();
    EXPECT_EQ(send(message()).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(send(message()).outcome, Outcome::unknown);
}

TEST_F(MetaTest, RefusesToOpenWithoutItsSecrets) {
    for (const char* name : {"access_token", "app_secret", "verify_token"}) {
        FakeHost bare;
        for (const char* other : {"access_token", "app_secret", "verify_token"})
            if (std::string_view(other) != name) bare.secret(other, "x");
        try {
            (void)Settings::read(sdk::Host(bare.table()), {{"phone_number_id", kNumber}});
            ADD_FAILURE() << name;
        } catch (const sdk::Refused& refused) {
            EXPECT_NE(std::string(refused.what()).find(name), std::string::npos) << refused.what();
        }
    }
    EXPECT_THROW(Settings::read(sdk::Host(host.table()), Json::object()), sdk::Refused);
}

// --- looking up

TEST_F(MetaTest, CannotTellWhatBecameOfAMessageButSaysHowTheNumberStands) {
    OVERTURE_CONTRACT(api, "meta-whatsapp.json");
    host.answer(
        200,
        R"({"id":"1","display_phone_number":"+1 202-555-0100","quality_rating":"GREEN","messaging_limit_tier":"TIER_1K"})");
    const auto answer = carrier().lookup({{"delivery_id", "d1"}}, kCall);
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(answer.document, (Json{{"found", false},
                                     {"trusted", false},
                                     {"about", "quality GREEN, new people a day TIER_1K"},
                                     {"people_per_day", 1000}}));
    const auto asked = host.requests().back();
    EXPECT_EQ(asked.method, "GET");
    const auto& operation = api["paths"]["/{Version}/{Phone-Number-ID}"]["get"];
    for (const auto& parameter : operation["parameters"]) {
        if (parameter.value("name", "") == "Version") {
            EXPECT_TRUE(
                std::regex_match("v23.0", std::regex(parameter["schema"]["pattern"].get<std::string>())));
        }
        if (parameter.value("name", "") == "Phone-Number-ID") {
            EXPECT_TRUE(
                std::regex_match(kNumber, std::regex(parameter["schema"]["pattern"].get<std::string>())));
        }
    }
    EXPECT_EQ(asked.url, "https://graph.facebook.com/v23.0/" + kNumber +
                             "?fields=display_phone_number,quality_rating,messaging_limit_tier");
    const std::string named = "carrier.message/1 lookup: GET /{Version}/{Phone-Number-ID}";
    contracts::accepted("meta", named, "meta-whatsapp.json");
    contracts::neverWrong("meta", {named}, "meta-whatsapp.json",
                          {{{"delivery_id", "d1"}, {"reference", "r1"}, {"to", "+442071838750"}},
                           [&](const Json& request) { return carrier().lookup(request, kCall); },
                           contracts::unwell,
                           [&](const sdk::HttpRequest& request) -> std::vector<std::string> {
                               if (request.method == "GET" && request.url == asked.url) return {};
                               return {request.method + " " + request.url};
                           },
                           host});
    const std::vector<std::pair<int, Outcome>> cases{
        {401, Outcome::auth}, {500, Outcome::transient}, {429, Outcome::limited}, {404, Outcome::invalid}};
    for (const auto& [status, outcome] : cases) {
        host.answer(status, "<html>");
        EXPECT_EQ(carrier().lookup({}, kCall).outcome, outcome) << status;
    }
    host.answer(200, "<html>");
    EXPECT_EQ(carrier().lookup({}, kCall).outcome, Outcome::transient);
    host.failUnknown();
    EXPECT_EQ(carrier().lookup({}, kCall).outcome, Outcome::transient);
}

// --- webhooks: proof

TEST_F(MetaTest, TheVendorsVectorsAreJudgedRight) {
    OVERTURE_CONTRACT(file, "signature-vectors.json");
    int checked = 0;
    for (const auto& vector : file["vectors"]) {
        if (vector["vendor"] != "meta") continue;
        host.secret("app_secret", vector["appSecret"]);
        const std::string body = vector["body"];
        auto request = call(body, "");
        request["headers"]["x-hub-signature-256"] = vector["header"]["X-Hub-Signature-256"];
        EXPECT_NE(carrier().webhook(request, kCall).outcome, Outcome::rejected) << vector["name"];
        request["body_base64"] = toBase64(Json::parse(body).dump() + " ");
        EXPECT_EQ(carrier().webhook(request, kCall).outcome, Outcome::rejected) << "written again";
        ++checked;
    }
    EXPECT_GE(checked, 2);
}

TEST_F(MetaTest, NothingButTheRightSecretAndTheWholeBody) {
    const auto body = inbound({{"type", "text"}, {"text", {{"body", "déjà"}}}}).dump(-1, ' ', true);
    const auto good = call(body);
    EXPECT_EQ(carrier().webhook(good, kCall).outcome, Outcome::ok);
    const std::string signature = good["headers"]["x-hub-signature-256"];
    const auto refused = [&](const std::string& given, const std::string& bytes, const char* what) {
        auto request = good;
        request["headers"]["x-hub-signature-256"] = given;
        request["body_base64"] = toBase64(bytes);
        EXPECT_EQ(carrier().webhook(request, kCall).outcome, Outcome::rejected) << what;
    };
    refused(signature, body + " ", "a byte more");
    refused(signature, body.substr(1), "a byte less");
    refused(signature, Json::parse(body).dump(), "another encoding of the same");
    refused(call(body, kVerify)["headers"]["x-hub-signature-256"], body, "another secret");
    refused("", body, "none");
    refused(signature.substr(7), body, "without its scheme");
    refused("sha1=" + signature.substr(7), body, "another scheme");
    refused(signature.substr(0, 20), body, "cut short");
    refused(signature + ", " + signature, body, "twice");
    auto upper = signature;
    std::transform(upper.begin() + 7, upper.end(), upper.begin() + 7,
                   [](char c) { return static_cast<char>(std::toupper(c)); });
    refused(upper, body, "in capitals");
    auto bare = good;
    bare["headers"] = Json::object();
    EXPECT_EQ(carrier().webhook(bare, kCall).message, "the call has no X-Hub-Signature-256");
    EXPECT_EQ(carrier().webhook(Json::object(), kCall).outcome, Outcome::rejected);
    for (const auto* odd : {"", "[]", "{}", "null", "<html>", R"({"object":"page","entry":[]})"})
        EXPECT_EQ(webhook(std::string(odd)).outcome, Outcome::invalid) << odd;
}

TEST_F(MetaTest, TheHandshakeIsAnsweredWithTheBareChallenge) {
    const auto get = [&](const std::string& query) {
        return carrier().webhook(
            {{"method", "GET"}, {"url", kHook + query}, {"headers", Json::object()}, {"body_base64", ""}},
            kCall);
    };
    const auto answer =
        get("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=made+up%20%26+verified");
    ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
    EXPECT_EQ(
        answer.document,
        (Json{{"events", Json::array()},
              {"response", {{"status", 200}, {"content_type", "text/plain"}, {"body", "1158201444"}}}}));
    EXPECT_EQ(get("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong").outcome, Outcome::rejected);
    EXPECT_EQ(get("?hub.mode=subscribe&hub.challenge=1").outcome, Outcome::rejected);
    EXPECT_EQ(get("?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=made+up%20%26+verified").outcome,
              Outcome::invalid);
    EXPECT_EQ(get("?hub.mode=subscribe&hub.verify_token=made+up%20%26+verified").outcome, Outcome::invalid);
    EXPECT_EQ(get("").outcome, Outcome::invalid);
}

// --- webhooks: what they say

TEST_F(MetaTest, AMessageOfEachTypeSaysSomething) {
    const auto said = [&](const Json& more) { return events(inbound(more)).at(0); };
    EXPECT_EQ(
        said({{"type", "text"}, {"text", {{"body", " Yes, it’s ours "}}}, {"context", {{"id", "wamid.B2"}}}}),
        (Json{{"kind", "message"},
              {"id", "wamid.A1"},
              {"from", "+442071838750"},
              {"to", "+12025550100"},
              {"text", " Yes, it’s ours "},
              {"channel", "whatsapp"},
              {"at", "2026-03-02T16:00:00Z"},
              {"answers", {"wamid.B2"}}}));
    const auto button =
        said({{"type", "button"}, {"button", {{"payload", "stop-1"}, {"text", "Unsubscribe"}}}});
    EXPECT_EQ(button["text"], "Unsubscribe");
    EXPECT_EQ(button["choice"], "stop-1");
    const auto reply =
        said({{"type", "interactive"},
              {"interactive",
               {{"type", "button_reply"}, {"button_reply", {{"id", "time:x"}, {"title", "Thu 5 Mar"}}}}}});
    EXPECT_EQ(reply["text"], "Thu 5 Mar");
    EXPECT_EQ(reply["choice"], "time:x");
    const auto row =
        said({{"type", "interactive"},
              {"interactive",
               {{"type", "list_reply"},
                {"list_reply",
                 {{"id", "time:y"}, {"title", "Thu 5 Mar, 10:00 AM"}, {"description", "GMT+5:30"}}}}}});
    EXPECT_EQ(row["text"], "Thu 5 Mar, 10:00 AM GMT+5:30") << "as it was offered";
    EXPECT_EQ(row["choice"], "time:y");
    const auto image = said(
        {{"type", "image"}, {"image", {{"caption", "our roof"}, {"mime_type", "image/jpeg"}, {"id", "77"}}}});
    EXPECT_EQ(image["text"], "our roof");
    EXPECT_EQ(image["media"], (Json::array({{{"id", "77"}, {"content_type", "image/jpeg"}}})));
    EXPECT_EQ(said({{"type", "image"}, {"image", {{"id", "77"}}}})["text"], "[image]");
    EXPECT_EQ(said({{"type", "document"}, {"document", {{"id", "78"}, {"filename", "bill.pdf"}}}})["text"],
              "[document: bill.pdf]");
    EXPECT_EQ(said({{"type", "audio"}, {"audio", {{"id", "79"}, {"voice", true}}}})["text"], "[audio]");
    EXPECT_EQ(said({{"type", "location"}, {"location", {{"latitude", 37.4}, {"longitude", -122.1}}}})["text"],
              "[location: 37.4, -122.1]");
    EXPECT_EQ(
        said({{"type", "location"}, {"location", {{"name", "Home"}, {"address", "1 Main St"}}}})["text"],
        "[location: Home, 1 Main St]");
    EXPECT_EQ(
        said({{"type", "contacts"},
              {"contacts",
               {{{"name", {{"formatted_name", "Bo"}}}, {"phones", {{{"phone", "+12025550111"}}}}}}}})["text"],
        "[contact: Bo +12025550111]");
    EXPECT_EQ(said({{"type", "unsupported"}, {"errors", {{{"code", 131051}}}}})["text"], "[unsupported]");
    EXPECT_EQ(said({{"type", "hologram"}})["text"], "[hologram]");
    EXPECT_EQ(said(Json::object())["text"], "[message]");
    EXPECT_EQ(
        events(inbound({{"type", "reaction"}, {"reaction", {{"message_id", "wamid.B2"}, {"emoji", "👍"}}}})),
        Json::array())
        << "a thumb is nothing to answer";
    EXPECT_EQ(events(inbound({{"type", "text"}, {"text", {{"body", std::string("a\0b", 3)}}}}))[0]["text"],
              "a\uFFFDb");
}

TEST_F(MetaTest, ThePublishedExamplesAreRead) {
    OVERTURE_CONTRACT(api, "meta-whatsapp.json");
    const auto& examples =
        api["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]["application/json"]["examples"];
    int read = 0;
    for (const auto& [name, example] : examples.items()) {
        const auto& value = example["value"]["entry"][0]["changes"][0]["value"];
        if (!value.contains("messages") || !value.contains("metadata")) continue;
        const auto found = eventsOf(example["value"], value["metadata"]["phone_number_id"]);
        const auto type = value["messages"][0].value("type", "");
        if (type == "reaction" || type == "system") {
            EXPECT_TRUE(found.empty()) << name;
            continue;
        }
        ASSERT_EQ(found.size(), 1u) << name;
        EXPECT_FALSE(found[0]["text"].get<std::string>().empty()) << name;
        ++read;
    }
    EXPECT_GE(read, 8);
}

TEST_F(MetaTest, StatusesAreReadWithTheirCodes) {
    EXPECT_EQ(events(status("delivered"))[0], (Json{{"kind", "status"},
                                                    {"id", "wamid.B2:delivered"},
                                                    {"reference", "wamid.B2"},
                                                    {"status", "delivered"},
                                                    {"at", "2026-03-02T16:00:05Z"}}));
    for (const char* word : {"sent", "read"}) EXPECT_EQ(events(status(word))[0]["status"], word);
    const auto failed = [&](int code) {
        return events(status("failed", {{"errors", {{{"code", code}, {"title", "x"}}}}}))[0];
    };
    EXPECT_EQ(failed(131047)["code"], "131047");
    EXPECT_EQ(failed(131047)["final"], false);
    EXPECT_EQ(failed(131026)["final"], true) << "not on WhatsApp: another channel";
    EXPECT_EQ(events(status("failed"))[0]["status"], "failed");
    for (const char* word : {"deleted", "warning", "", "brand_new"})
        EXPECT_EQ(events(status(word)), Json::array()) << word;
}

TEST_F(MetaTest, OnlyOurNumbersEventsAreOurs) {
    auto body = inbound({{"type", "text"}, {"text", {{"body", "hi"}}}});
    body["entry"].push_back(valueOf(
        {{"messages",
          {{{"from", "442071838751"}, {"id", "wamid.A2"}, {"type", "text"}, {"text", {{"body", "other"}}}}}}},
        "999")["entry"][0]);
    body["entry"].push_back(status("read")["entry"][0]);
    const auto all = events(body);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0]["text"], "hi");
    EXPECT_EQ(all[1]["status"], "read");
}

TEST_F(MetaTest, APersonsOwnStopIsAStop) {
    const auto wish = [](const char* value) {
        return valueOf({{"user_preferences",
                         {{{"wa_id", "442071838750"},
                           {"category", "marketing_messages"},
                           {"value", value},
                           {"timestamp", 1772467200}}}}});
    };
    const auto all = events(wish("stop"));
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0]["text"], "STOP");
    EXPECT_EQ(all[0]["from"], "+442071838750");
    EXPECT_EQ(all[0]["id"], "stop:442071838750:2026-03-02T16:00:00Z");
    EXPECT_EQ(events(wish("resume")), Json::array()) << "what was asked for is not undone by a click";
}

TEST_F(MetaTest, AChangedTierIsALimit) {
    const auto update = [](const Json& value) {
        return Json{{"object", "whatsapp_business_account"},
                    {"entry",
                     {{{"id", "1001"},
                       {"changes", {{{"field", "phone_number_quality_update"}, {"value", value}}}}}}}};
    };
    const auto down = events(update(
        {{"display_phone_number", "12025550100"}, {"event", "DOWNGRADE"}, {"current_limit", "TIER_250"}}));
    ASSERT_EQ(down.size(), 1u);
    EXPECT_EQ(down[0]["kind"], "limits");
    EXPECT_EQ(down[0]["people_per_day"], 250);
    EXPECT_EQ(events(update({{"event", "UPGRADE"},
                             {"max_daily_conversations_per_business", "TIER_2K"}}))[0]["people_per_day"],
              2000);
    EXPECT_EQ(events(update({{"event", "FLAGGED"}})), Json::array());
    EXPECT_EQ(peopleOfTier("TIER_UNLIMITED"), 0);
    for (const char* other : {"", "TIER_", "TIER_NOT_SET", "TIER_-5", "TIER_99999999K", "1K", "TIER_1K1"})
        EXPECT_FALSE(peopleOfTier(other)) << other;
}

TEST(MetaNumbers, OfMexicoAndBrazilAreTheOnesWeWroteTo) {
    EXPECT_EQ(numberOf("5215512345678"), "+525512345678");
    EXPECT_EQ(numberOf("525512345678"), "+525512345678");
    EXPECT_EQ(numberOf("551187654321"), "+5511987654321");
    EXPECT_EQ(numberOf("5511987654321"), "+5511987654321");
    EXPECT_EQ(numberOf("551132654321"), "+551132654321") << "a landline has no 9";
    EXPECT_EQ(numberOf("442071838750"), "+442071838750");
}

TEST_F(MetaTest, DamagedWebhooksNeverCrashTheReader) {
    std::vector<std::string> good{
        inbound({{"type", "text"}, {"text", {{"body", "hi"}}}}).dump(),
        inbound(
            {{"type", "interactive"},
             {"interactive",
              {{"type", "list_reply"}, {"list_reply", {{"id", "a"}, {"title", "b"}, {"description", "c"}}}}}})
            .dump(),
        inbound({{"type", "contacts"},
                 {"contacts", {{{"name", {{"formatted_name", "Bo"}}}, {"phones", {{{"phone", "1"}}}}}}}})
            .dump(),
        inbound({{"type", "location"}, {"location", {{"latitude", 1.5}, {"longitude", 2}}}}).dump(),
        status("failed", {{"errors", {{{"code", 131026}}}}}).dump()};
    auto reader = carrier();
    damage::each(good, [&](const std::string& body) {
        const auto outcome = reader.webhook(call(body), kCall).outcome;
        ASSERT_TRUE(outcome == Outcome::ok || outcome == Outcome::invalid);
        (void)reader.webhook(
            {{"method", "GET"}, {"url", body}, {"headers", Json::object()}, {"body_base64", ""}}, kCall);
    });
}

}  // namespace
}  // namespace overture::meta
