// Objects in a bucket.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <map>
#include <set>

#include "aws/sigv4.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "contracts.hpp"
#include "http_peer.hpp"
#include "mistakes.hpp"
#include "plugin/host.hpp"
#include "s3/storage.hpp"

namespace overture::testing {
namespace {

constexpr const char* kDescription = "aws-s3.service-2.json";
const std::string kHost = "overture-calls.s3.eu-west-1.amazonaws.com";
const std::string kKey = "calls/a1/2026-11/b2.wav";
const std::string kSecret = "sample/secret+0001";

// ------------------------------------------------------------- a store that judges signatures by itself, as S3 documents them

std::string hex(std::string_view bytes) {
    std::string out;
    for (const unsigned char c : bytes) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", c);
        out += two;
    }
    return out;
}
std::string digestOf(std::string_view bytes) {
    unsigned char out[32];
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), out, &size, EVP_sha256(), nullptr);
    return hex({reinterpret_cast<char*>(out), size});
}
std::string keyed(std::string_view key, std::string_view bytes) {
    unsigned char out[32];
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out, &size);
    return {reinterpret_cast<char*>(out), size};
}

/// A request as a store sees it.
struct Seen {
    std::string method, path;
    std::map<std::string, std::string> query;    // as it stands in the URL
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

Seen seen(const std::string& method, const std::string& target, std::map<std::string, std::string> headers,
          std::string body) {
    Seen out{method, target.substr(0, target.find('?')), {}, std::move(headers), std::move(body)};
    if (const auto mark = target.find('?'); mark != std::string::npos)
        for (const auto& pair : split(target.substr(mark + 1), '&'))
            out.query[pair.substr(0, pair.find('='))] =
                pair.find('=') == std::string::npos ? "" : pair.substr(pair.find('=') + 1);
    return out;
}

Seen seen(const HttpRequest& request) {
    const auto rest = request.url.substr(request.url.find("://") + 3);
    const auto slash = rest.find('/');
    std::map<std::string, std::string> headers{{"host", rest.substr(0, slash)}};
    for (const auto& [name, value] : request.headers) headers[lowerAscii(name)] = value;
    return seen(request.method, rest.substr(slash), headers, request.body);
}

std::string signedBy(const Seen& request, const std::string& names, const std::string& payload,
                     const std::string& stamp, const std::string& scope, const std::string& secret) {
    std::string query, headers;
    for (const auto& [name, value] : request.query)
        if (name != "X-Amz-Signature") query += (query.empty() ? "" : "&") + name + "=" + value;
    for (const auto& name : split(names, ';')) {
        const auto found = request.headers.find(name);
        headers += name + ":" + (found == request.headers.end() ? "" : found->second) + "\n";
    }
    const auto canonical =
        request.method + "\n" + request.path + "\n" + query + "\n" + headers + "\n" + names + "\n" + payload;
    const auto parts = split(scope, '/');
    auto key = "AWS4" + secret;
    for (const auto& part : parts) key = keyed(key, part);
    return hex(keyed(key, "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + digestOf(canonical)));
}

/// "" or what is wrong with the signature.
std::string faultOf(const Seen& request, const std::string& region) {
    const auto scopeRight = [&](const std::string& scope) {
        return scope.size() > 8 && scope.substr(8) == "/" + region + "/s3/aws4_request";
    };
    if (const auto inQuery = request.query.find("X-Amz-Signature"); inQuery != request.query.end()) {
        const auto credential = replaceAll(request.query.at("X-Amz-Credential"), "%2F", "/");
        const auto scope = credential.substr(credential.find('/') + 1);
        if (!scopeRight(scope)) return "the scope is " + scope;
        const auto right = signedBy(request, request.query.at("X-Amz-SignedHeaders"), "UNSIGNED-PAYLOAD",
                                    request.query.at("X-Amz-Date"), scope, kSecret);
        return inQuery->second == right ? "" : "SignatureDoesNotMatch";
    }
    const auto said = request.headers.find("authorization");
    if (said == request.headers.end()) return "there is no signature";
    const auto part = [&](const std::string& name) {
        const auto from = said->second.find(name + "=") + name.size() + 1;
        return said->second.substr(from, said->second.find(',', from) - from);
    };
    const auto credential = part("Credential");
    const auto scope = credential.substr(credential.find('/') + 1);
    if (!scopeRight(scope)) return "the scope is " + scope;
    const auto payload = request.headers.find("x-amz-content-sha256");
    if (payload == request.headers.end() || payload->second != digestOf(request.body))
        return "XAmzContentSHA256Mismatch";
    const auto names = split(part("SignedHeaders"), ';');
    const std::set<std::string> all(names.begin(), names.end());
    for (const auto& [name, value] : request.headers)
        if ((name == "host" || name.starts_with("x-amz-")) && !all.contains(name))
            return name + " is not signed";
    return part("Signature") == signedBy(request, part("SignedHeaders"), payload->second,
                                         request.headers.at("x-amz-date"), scope, kSecret)
               ? ""
               : "SignatureDoesNotMatch";
}

// --------------------------------------------------------------------------------------------------------------- its tests

class S3Test : public ::testing::Test {
protected:
    S3Test() {
        host.secret("access_key_id", "AKIASAMPLE0001");
        host.secret("secret_access_key", kSecret);
    }
    s3::S3Storage storage(Json more = Json::object()) {
        Json settings{{"bucket", "overture-calls"}, {"region", "eu-west-1"}};
        settings.update(more);
        return {sdk::Host(host.table()), settings};
    }
    Answer put(const std::string& object = "RIFF", Json more = Json::object()) {
        return storage(std::move(more)).put({{"key", kKey}, {"content_type", "audio/wav"}}, object, {10'000});
    }
    std::pair<Answer, std::string> get(Json request = {{"key", kKey}}) {
        std::string bytes;
        auto answer = storage().get(request,
                                    [&](std::string_view piece) {
                                        bytes += piece;
                                        return true;
                                    },
                                    {10'000});
        return {std::move(answer), std::move(bytes)};
    }
    Answer remove() { return storage().remove({{"key", kKey}}, {10'000}); }
    Seen last() { return seen(host.requests().back()); }

    FakeHost host;
};

TEST_F(S3Test, WhatItSendsIsSignedAsAStoreJudgesIt) {
    host.answerWith([](const HttpRequest& request) -> HttpAnswer {
        const auto fault = faultOf(seen(request), "eu-west-1");
        EXPECT_EQ(fault, "") << request.method << " " << request.url;
        return {true, true, request.method == "PUT" ? 200 : 204, {{"ETag", "\"x\""}}, "", {}};
    });
    const std::string object(100'000, '\xd5');
    EXPECT_EQ(put(object).document, (Json{{"size", 100'000}}));
    EXPECT_EQ(host.requests()[0].url, "https://" + kHost + "/" + kKey);
    EXPECT_EQ(host.requests()[0].body, object);
    EXPECT_EQ(last().headers["content-type"], "audio/wav");
    EXPECT_EQ(put("x", {{"prefix", "over.ture/x-1/"},
                        {"encryption", "aws:kms"},
                        {"kms_key_id", "alias/k"},
                        {"storage_class", "STANDARD_IA"}})
                  .outcome,
              Outcome::ok);
    EXPECT_EQ(last().path, "/over.ture/x-1/" + kKey);
    EXPECT_EQ(last().headers["x-amz-server-side-encryption"], "aws:kms");
    EXPECT_EQ(last().headers["x-amz-server-side-encryption-aws-kms-key-id"], "alias/k");
    EXPECT_EQ(last().headers["x-amz-storage-class"], "STANDARD_IA");
    host.secret("session_token", "temporary/token==");
    EXPECT_EQ(put().outcome, Outcome::ok);
    EXPECT_EQ(last().headers["x-amz-security-token"], "temporary/token==");
    EXPECT_EQ(put("x", {{"base_url", "http://127.0.0.1:9000"}}).outcome, Outcome::ok);
    EXPECT_EQ(host.requests().back().url, "http://127.0.0.1:9000/overture-calls/" + kKey);
    EXPECT_EQ(put("x", {{"bucket", "calls.example"}}).outcome, Outcome::ok);
    EXPECT_EQ(host.requests().back().url, "https://s3.eu-west-1.amazonaws.com/calls.example/" + kKey)
        << "a name with a dot fits no certificate of *.s3";
    EXPECT_EQ(remove().outcome, Outcome::ok);
    // And the judge sees what is wrong.
    auto wrong = seen(host.requests()[0]);
    wrong.body += "x";
    EXPECT_EQ(faultOf(wrong, "eu-west-1"), "XAmzContentSHA256Mismatch");
    wrong = seen(host.requests()[0]);
    wrong.headers["x-amz-date"] = "20260301T170001Z";
    EXPECT_EQ(faultOf(wrong, "eu-west-1"), "SignatureDoesNotMatch");
}

TEST_F(S3Test, LinksAreGoodForATimeAndForOneObject) {
    auto link = storage().link(
        {{"key", kKey}, {"seconds", 600}, {"file_name", "call.wav"}, {"content_type", "audio/wav"}},
        {10'000});
    ASSERT_EQ(link.outcome, Outcome::ok) << link.message;
    EXPECT_EQ(link.document["expires_at"], "2026-03-01T17:10:00Z");
    const auto url = link.document["url"].get<std::string>();
    auto asked = seen({"GET", url, {}, {}});
    EXPECT_EQ(faultOf(asked, "eu-west-1"), "") << url;
    EXPECT_EQ(asked.query["X-Amz-Expires"], "600");
    EXPECT_EQ(asked.query["response-content-disposition"], "attachment%3B%20filename%3D%22call.wav%22");
    EXPECT_EQ(asked.query["response-content-type"], "audio%2Fwav");
    EXPECT_EQ(url.find(kSecret), std::string::npos);
    EXPECT_TRUE(host.requests().empty()) << "nobody is asked for a link";
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"X-Amz-Expires", "601"},
                                            {"X-Amz-Date", "20260301T170500Z"},
                                            {"response-content-type", "text%2Fhtml"}}) {
        auto other = asked;
        other.query[name] = value;
        EXPECT_EQ(faultOf(other, "eu-west-1"), "SignatureDoesNotMatch") << name;
    }
    asked.path += "x";
    EXPECT_EQ(faultOf(asked, "eu-west-1"), "SignatureDoesNotMatch");
    link = storage({{"link_base_url", "https://calls.example"}, {"base_url", "http://10.0.0.7:9000"}})
               .link({{"key", kKey}, {"seconds", 60}}, {10'000});
    EXPECT_TRUE(
        link.document["url"].get<std::string>().starts_with("https://calls.example/overture-calls/" + kKey));
    EXPECT_EQ(faultOf(seen({"GET", link.document["url"], {}, {}}), "eu-west-1"), "");
    EXPECT_EQ(storage({{"links", false}}).link({{"key", kKey}, {"seconds", 60}}, {10'000}).outcome,
              Outcome::unsupported);
}

// The example that the vendor publishes of a request with its signature in the query.
TEST_F(S3Test, LinksAreSignedAsTheVendorsOwnExampleIs) {
    EXPECT_EQ(
        aws::presigned("https://examplebucket.s3.amazonaws.com/test.txt",
                       {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""},
                       {"us-east-1", "s3", true}, 1'369'353'600'000'000, 86'400),
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
        "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&"
        "X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_F(S3Test, RefusalsAreWhatTheyAre) {
    const std::vector<std::tuple<int, std::string, Outcome>> ways{
        {403, "AccessDenied", Outcome::auth},
        {403, "InvalidAccessKeyId", Outcome::auth},
        {403, "SignatureDoesNotMatch", Outcome::auth},
        {403, "RequestTimeTooSkewed", Outcome::auth},
        {400, "ExpiredToken", Outcome::auth},
        {404, "NoSuchBucket", Outcome::auth},
        {301, "PermanentRedirect", Outcome::auth},
        {400, "AuthorizationHeaderMalformed", Outcome::auth},
        {400, "RequestTimeout", Outcome::transient},
        {400, "EntityTooLarge", Outcome::invalid},
        {503, "SlowDown", Outcome::limited},
        {500, "InternalError", Outcome::transient},
        {200, "", Outcome::transient},
        {418, "", Outcome::invalid}};
    for (const auto& [status, code, outcome] : ways) {
        host.answer(status, "<Error><Code>" + code + "</Code><Message>" + kSecret + "</Message></Error>",
                    {{"Retry-After", "7"}});
        const auto answer = put();
        EXPECT_EQ(answer.outcome, outcome) << status << code << ": " << answer.message;
        EXPECT_EQ(answer.message.find(kSecret), std::string::npos) << answer.message;
        if (outcome == Outcome::limited) {
            EXPECT_EQ(answer.retryAfterMs, 7000);
        }
    }
    host.failUnknown();
    EXPECT_EQ(put().outcome, Outcome::transient) << "what may be there may be put again";
    host.answer(404, "<Error><Code>NoSuchKey</Code></Error>");
    EXPECT_EQ(get().first.code, "not_found");
    host.answer(404, "<Error><Code>NoSuchKey</Code></Error>");
    EXPECT_EQ(remove().outcome, Outcome::ok);
    host.answer(200, "<html>Sign in</html>");
    EXPECT_EQ(get().first.outcome, Outcome::transient);
    EXPECT_EQ(get().second, "");
}

TEST_F(S3Test, AnObjectThatIsReplacedWhileItIsReadIsNotMixed) {
    const std::string first(4 * 1024 * 1024, 'a');
    host.answer(206, first, {{"ETag", "\"one\""}, {"Content-Range", "bytes 0-4194303/5000000"}});
    host.answer(412, "<Error><Code>PreconditionFailed</Code></Error>");
    const auto [answer, bytes] = get();
    EXPECT_EQ(answer.outcome, Outcome::transient) << answer.message;
    EXPECT_EQ(last().headers["if-match"], "\"one\"");
    EXPECT_EQ(last().headers["range"], "bytes=4194304-8388607");
}

TEST_F(S3Test, ABucketThatKeepsVersionsForgetsThemAll) {
    const std::vector<std::pair<std::string, std::string>> marked{{"x-amz-delete-marker", "true"},
                                                                  {"x-amz-version-id", "v3"}};
    host.answer(204, "", marked);
    host.answer(200, "<?xml version=\"1.0\"?><ListVersionsResult><DeleteMarker><Key>" + kKey +
                         "</Key><VersionId>v3</VersionId></DeleteMarker><Version><Key>" + kKey +
                         "</Key><VersionId>v1=</VersionId></Version><Version><Key>" + kKey +
                         ".other</Key><VersionId>v2</VersionId></Version></ListVersionsResult>");
    host.answer(204, "");
    host.answer(204, "");
    EXPECT_EQ(remove().outcome, Outcome::ok);
    std::vector<std::string> asked;
    for (const auto& request : host.requests()) {
        EXPECT_EQ(faultOf(seen(request), "eu-west-1"), "") << request.url;
        asked.push_back(request.method + " " + request.url.substr(request.url.find(kHost) + kHost.size()));
    }
    EXPECT_EQ(asked,
              (std::vector<std::string>{
                  "DELETE /" + kKey, "GET /?versions&max-keys=1000&prefix=calls%2Fa1%2F2026-11%2Fb2.wav",
                  "DELETE /" + kKey + "?versionId=v1%3D", "DELETE /" + kKey + "?versionId=v3"}));
    host.answer(204, "", marked);
    host.answer(403, "<Error><Code>AccessDenied</Code></Error>");
    const auto answer = remove();
    EXPECT_EQ(answer.outcome, Outcome::auth);
    EXPECT_NE(answer.message.find("keeps versions"), std::string::npos) << answer.message;
}

/// What the vendor's description says of a request, in the bucket's own host.
std::vector<std::string> faultsBy(const Json& described, const std::string& operation,
                                  const HttpRequest& request) {
    std::vector<std::string> faults;
    const auto& told = described["operations"][operation];
    if (request.method != told["http"]["method"]) faults.push_back("the method is " + request.method);
    if (!request.url.starts_with("https://" + kHost + "/") || request.url.size() <= kHost.size() + 9)
        faults.push_back("it goes to " + request.url);
    const auto& members = described["shapes"][told["input"]["shape"].get<std::string>()]["members"];
    std::map<std::string, std::string> shapes;
    for (const auto& [name, member] : members.items())
        if (member.contains("locationName"))
            shapes[member.value("location", "") + " " +
                   lowerAscii(member["locationName"].get<std::string>())] = member["shape"];
    const auto sent = seen(request);
    const std::set<std::string> ofSigning{"host", "authorization", "x-amz-date", "x-amz-content-sha256",
                                          "x-amz-security-token"};
    const auto judge = [&](const std::string& place, const std::string& value) {
        const auto found = shapes.find(place);
        if (found == shapes.end()) return faults.push_back("there is no " + place);
        const auto& shape = described["shapes"][found->second];
        if (shape.contains("enum") &&
            std::find(shape["enum"].begin(), shape["enum"].end(), Json(value)) == shape["enum"].end())
            faults.push_back(place + " is \"" + value + "\"");
        if (value.find_first_of("\r\n") != std::string::npos) faults.push_back(place + " has a line break");
    };
    for (const auto& [name, value] : sent.headers)
        if (!ofSigning.contains(name)) judge("header " + name, value);
    for (const auto& [name, value] : sent.query)
        if (!name.starts_with("X-Amz-")) judge("querystring " + lowerAscii(name), value);
    if (const auto fault = faultOf(sent, "eu-west-1"); !fault.empty()) faults.push_back(fault);
    return faults;
}

TEST_F(S3Test, ItsDescriptionAcceptsWhatIsAsked) {
    OVERTURE_CONTRACT(described, kDescription);
    const Json more{{"encryption", "aws:kms"}, {"kms_key_id", "alias/k"}, {"storage_class", "STANDARD_IA"}};
    host.answer(200, "", {{"ETag", "\"x\""}});
    EXPECT_EQ(put("RIFF", more).outcome, Outcome::ok);
    EXPECT_EQ(faultsBy(described, "PutObject", host.requests().back()), std::vector<std::string>{});
    contracts::accepted("s3", "put: PutObject", kDescription);
    host.answer(206, "RIFF", {{"ETag", "\"x\""}, {"Content-Range", "bytes 0-3/4"}});
    EXPECT_EQ(get().second, "RIFF");
    EXPECT_EQ(faultsBy(described, "GetObject", host.requests().back()), std::vector<std::string>{});
    const auto link = storage().link(
        {{"key", kKey}, {"seconds", 60}, {"file_name", "a.wav"}, {"content_type", "audio/wav"}}, {});
    EXPECT_EQ(faultsBy(described, "GetObject", {"GET", link.document["url"], {}, {}}),
              std::vector<std::string>{});
    contracts::accepted("s3", "get: GetObject", kDescription);
    host.answer(204, "");
    EXPECT_EQ(remove().outcome, Outcome::ok);
    EXPECT_EQ(faultsBy(described, "DeleteObject", host.requests().back()), std::vector<std::string>{});
    contracts::accepted("s3", "remove: DeleteObject", kDescription);

    auto kept = storage(more);
    const auto judged = [&](const char* operation) {
        return [&described, operation](const HttpRequest& request) {
            return faultsBy(described, operation, request);
        };
    };
    contracts::neverWrong("s3", {"put: PutObject"}, kDescription,
                          {{{"key", kKey}, {"content_type", "audio/wav"}},
                           [&](const Json& request) { return kept.put(request, "RIFF", {10'000}); },
                           contracts::unwell,
                           judged("PutObject"),
                           host});
    contracts::neverWrong("s3", {"get: GetObject"}, kDescription,
                          {{{"key", kKey}, {"from", 7}, {"most", 100}},
                           [&](const Json& request) {
                               return kept.get(request, [](std::string_view) { return true; }, {10'000});
                           },
                           contracts::unwell,
                           judged("GetObject"),
                           host});
    contracts::neverWrong("s3", {"remove: DeleteObject"}, kDescription,
                          {{{"key", kKey}, {"from", 7}},
                           [&](const Json& request) { return kept.remove(request, {10'000}); },
                           contracts::unwell,
                           judged("DeleteObject"),
                           host});
}

// Over real sockets: whatever the engine's way out adds or leaves, the signature still holds.
TEST(S3OnTheWire, TheSignatureHolds) {
    std::mutex mutex;
    std::map<std::string, std::string> kept;
    std::vector<std::string> faults;
    net::Peer store([&](net::StreamSocket& socket, int) {
        for (auto text = net::readRequest(socket); !text.empty(); text = net::readRequest(socket)) {
            const auto end = text.find("\r\n\r\n");
            const auto lines = split(text.substr(0, end), '\n');
            const auto first = split(std::string(trim(lines[0])), ' ');
            std::map<std::string, std::string> headers;
            for (std::size_t i = 1; i < lines.size(); ++i)
                headers[lowerAscii(lines[i].substr(0, lines[i].find(':')))] =
                    trim(lines[i].substr(lines[i].find(':') + 1));
            const auto request = seen(first[0], first[1], headers, text.substr(end + 4));
            const std::scoped_lock lock(mutex);
            if (const auto fault = faultOf(request, "us-east-1"); !fault.empty())
                faults.push_back(first[0] + ": " + fault);
            if (first[0] == "PUT") kept[request.path] = request.body;
            const auto& object = kept[request.path];
            const auto size = std::to_string(object.size());
            if (first[0] == "GET" && !object.empty())
                net::say(socket, "HTTP/1.1 206 Partial Content\r\nETag: \"x\"\r\nContent-Range: bytes 0-" +
                                     std::to_string(object.size() - 1) + "/" + size +
                                     "\r\nContent-Length: " + size + "\r\n\r\n" + object);
            else
                net::say(socket, std::string("HTTP/1.1 ") +
                                     (first[0] == "PUT" ? "200 OK" : "204 No Content") +
                                     "\r\nETag: \"x\"\r\n" +
                                     (first[0] == "PUT" ? "Content-Length: 0\r\n" : "") + "\r\n");
        }
    });
    net::HttpClient http;
    const SystemClock clock;
    plugin::Host host{{http, clock}};
    ASSERT_EQ(host.load(OVERTURE_BUILD_DIR "/plugins/s3").state, "loaded");
    auto base = store.url();
    base.pop_back();
    const auto instance = host.open("s3", {{"bucket", "calls"}, {"base_url", base}},
                                    {{"access_key_id", "AKIASAMPLE0001"}, {"secret_access_key", kSecret}})
                              .orThrow();
    const std::string object(300'000, '\xd5');
    EXPECT_EQ(instance->put({{"key", kKey}, {"content_type", "audio/wav"}}, object, seconds(10)).document,
              (Json{{"size", 300'000}}));
    std::string bytes;
    const auto into = [&](std::string_view piece) {
        bytes += piece;
        return true;
    };
    EXPECT_TRUE(instance->get({{"key", kKey}}, into, seconds(10)).ok());
    EXPECT_EQ(bytes, object);
    EXPECT_TRUE(instance->call("storage/1", "remove", {{"key", kKey}}, seconds(10)).ok());
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(faults, std::vector<std::string>{});
    EXPECT_EQ(kept.begin()->first, "/calls/" + kKey);
}

}  // namespace
}  // namespace overture::testing
