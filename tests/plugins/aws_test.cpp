#include <gtest/gtest.h>

#include "aws/event_stream.hpp"
#include "aws/sigv4.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "contracts.hpp"
#include "overture/bytes.hpp"

namespace overture::aws {
namespace {

constexpr const char* kVectors = "aws-sigv4-vectors.json";

/// "GET /a?b HTTP/1.1\nHost:…\nX-Amz-Date:…\n\nbody"; a line that begins with a blank goes on with the one before.
sdk::HttpRequest requestIn(const std::string& text) {
    const auto end = text.find("\n\n");
    std::vector<std::string> lines;
    for (const auto& line : split(text.substr(0, end), '\n'))
        if (line.starts_with(' '))
            lines.back() += "\n" + line;
        else if (!line.empty())
            lines.push_back(line);
    sdk::HttpRequest request;
    const auto& first = lines.at(0);
    const auto blank = first.find(' '), version = first.rfind(' ');
    request.method = first.substr(0, blank);
    request.url = "https://example.amazonaws.com" + first.substr(blank + 1, version - blank - 1);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].find(':');
        if (lines[i].starts_with("Host:")) continue;  // of the URL
        request.headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
    }
    if (end != std::string::npos) request.body = text.substr(end + 2);
    return request;
}

std::string headerOf(const sdk::HttpRequest& request, const std::string& name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return {};
}

const Credentials kCredentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const Signing kSigning{"us-east-1", "service"};
const std::int64_t kNow = 1'440'938'160'000'000;  // 2015-08-30T12:36:00Z

TEST(SigV4, SignsAsTheVendorsOwnSuiteDoes) {
    OVERTURE_CONTRACT(vectors, kVectors);
    ASSERT_GE(vectors["cases"].size(), 34u);
    const auto& cases = vectors["cases"];
    for (const auto& [name, one] : cases.items()) {
        auto request = requestIn(one["req"]);
        auto credentials = kCredentials;
        credentials.sessionToken = headerOf(request, "X-Amz-Security-Token");
        if (name == "get-vanilla-with-session-token")
            credentials.sessionToken = headerOf(requestIn(one["sreq"]), "X-Amz-Security-Token");
        sign(request, credentials, kSigning, kNow);
        auto unsigned_ = request;
        std::erase_if(unsigned_.headers, [](const auto& header) { return header.first == "Authorization"; });
        EXPECT_EQ(canonicalOf(unsigned_, kSigning).text, one["creq"].get<std::string>()) << name;
        EXPECT_EQ(headerOf(request, "Authorization"), one["authz"].get<std::string>()) << name;
    }
    contracts::accepted("aws", "SigV4, " + std::to_string(cases.size()) + " requests", kVectors);
}

TEST(SigV4, WhateverChangesChangesTheSignature) {
    sdk::HttpRequest request{
        "POST", "https://h.example/a%3Ab?c=d", {{"Content-Type", "application/json"}}, "{}", 1000};
    const auto signatureOf = [](sdk::HttpRequest one, const Credentials& credentials = kCredentials,
                                const Signing& signing = kSigning, std::int64_t now = kNow) {
        sign(one, credentials, signing, now);
        const auto text = headerOf(one, "Authorization");
        return text.substr(text.rfind('=') + 1);
    };
    const auto right = signatureOf(request);
    EXPECT_EQ(right.size(), 64u);
    auto other = request;
    other.method = "PUT";
    EXPECT_NE(signatureOf(other), right);
    for (const auto* url : {"https://h.example/a:b?c=d", "https://h.example/a%3Ab?c=e",
                            "https://i.example/a%3Ab?c=d", "https://h.example:8443/a%3Ab?c=d"}) {
        other = request;
        other.url = url;
        EXPECT_NE(signatureOf(other), right) << url;
    }
    other = request;
    other.body = "{ }";
    EXPECT_NE(signatureOf(other), right);
    other = request;
    other.headers[0].second = "text/plain";
    EXPECT_NE(signatureOf(other), right);
    EXPECT_NE(signatureOf(request, {"AKIDEXAMPLE", "other", ""}), right);
    EXPECT_NE(signatureOf(request, {"AKIDEXAMPLE", kCredentials.secretAccessKey, "token"}), right);
    EXPECT_NE(signatureOf(request, kCredentials, {"us-east-2", "service"}), right);
    EXPECT_NE(signatureOf(request, kCredentials, {"us-east-1", "ses"}), right);
    EXPECT_NE(signatureOf(request, kCredentials, kSigning, kNow + 1'000'000), right);
    auto again = request;
    sign(again, kCredentials, kSigning, kNow - 5'000'000);
    sign(again, kCredentials, kSigning, kNow);
    EXPECT_EQ(signatureOf(again), right) << "signed anew, as after a wait";
    EXPECT_EQ(again.headers.size(), 3u);
}

TEST(SigV4, BlanksOfAHeaderCountOnce) {
    const sdk::HttpRequest request{
        "GET", "https://h.example", {{"X-A", "\t a  b \t"}, {"x-b", " "}}, "", 1000};
    EXPECT_TRUE(
        canonicalOf(request, kSigning).text.starts_with("GET\n/\n\nhost:h.example\nx-a:a b\nx-b:\n\n"))
        << canonicalOf(request, kSigning).text;
}

TEST(SigV4, AnObjectStoresPathIsSignedAsItIsSent) {
    const Signing store{"us-east-1", "s3", true};
    sdk::HttpRequest request{"PUT", "https://b.example/a//b/../c%20d%2Be", {}, "x", 1000};
    sign(request, kCredentials, store, kNow);
    EXPECT_EQ(headerOf(request, "X-Amz-Content-Sha256"),
              "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    const auto text = canonicalOf(request, store).text;
    EXPECT_EQ(text.substr(0, text.find('\n', 4)), "PUT\n/a//b/../c%20d%2Be");
}

/// The example of AWS's own guide to S3 ("Authenticating Requests: Using Query Parameters").
TEST(SigV4, AnAddressIsSignedAsTheVendorsGuideDoes) {
    EXPECT_EQ(presigned("https://examplebucket.s3.amazonaws.com/test.txt",
                        {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""},
                        {"us-east-1", "s3", true}, 1'369'353'600'000'000, 86400),
              "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
              "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&"
              "X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&"
              "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4, WhateverChangesChangesASignedAddress) {
    const std::string url = "wss://h.example:8443/s?a=b";
    const auto signatureOf = [](const std::string& of, const Credentials& who = kCredentials,
                                int expires = 300) {
        const auto whole = presigned(of, who, kSigning, kNow, expires);
        return whole.substr(whole.rfind('=') + 1);
    };
    const auto right = signatureOf(url);
    EXPECT_EQ(right.size(), 64u);
    for (const auto* other :
         {"wss://h.example:8443/s?a=c", "wss://h.example/s?a=b", "wss://h.example:8443/t?a=b"})
        EXPECT_NE(signatureOf(other), right) << other;
    EXPECT_NE(signatureOf(url, {"AKIDEXAMPLE", "other", ""}), right);
    EXPECT_NE(signatureOf(url, {"AKIDEXAMPLE", kCredentials.secretAccessKey, "token"}), right);
    EXPECT_NE(signatureOf(url, kCredentials, 299), right);
    EXPECT_TRUE(presigned("https://h.example/s", kCredentials, kSigning, kNow, 1)
                    .starts_with("https://h.example/s?X-Amz-Algorithm="));
}

bool same(const HeaderValue& value, const Json& expected) {
    if (expected.is_boolean())
        return std::holds_alternative<bool>(value) && std::get<bool>(value) == expected;
    if (expected.is_number())
        return std::holds_alternative<std::int64_t>(value) && std::get<std::int64_t>(value) == expected;
    const auto text = expected.is_object() ? sdk::fromBase64(expected["base64"].get<std::string>())
                                           : std::optional(expected.get<std::string>());
    return std::holds_alternative<std::string>(value) && std::get<std::string>(value) == text;
}

struct Heard {
    std::vector<StreamMessage> messages;
    bool whole = true;
    std::string problem;
};

Heard hear(const std::string& bytes, std::size_t piece) {
    Heard heard;
    EventStream stream;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        heard.whole = stream.take(std::string_view(bytes).substr(at, piece),
                                  [&](const StreamMessage& message) { heard.messages.push_back(message); });
    heard.problem = stream.problem();
    return heard;
}

TEST(EventStream, ReadsAndRefusesAsTheVendorsOwnSuiteDoes) {
    constexpr const char* kFile = "aws-eventstream-vectors.json";
    OVERTURE_CONTRACT(vectors, kFile);
    ASSERT_GE(vectors["messages"].size(), 15u);
    const auto& all = vectors["messages"];
    for (const auto& one : all)
        for (const std::size_t piece : {1, 7, 1000}) {
            const auto bytes = *sdk::fromBase64(one["message_base64"].get<std::string>());
            const auto heard = hear(bytes + bytes, piece);
            if (one["valid"] == false) {
                EXPECT_FALSE(heard.whole) << one["name"];
                EXPECT_TRUE(heard.messages.empty()) << one["name"];
                EXPECT_FALSE(heard.problem.empty());
                continue;
            }
            ASSERT_EQ(heard.messages.size(), 2u) << one["name"] << heard.problem;
            EXPECT_EQ(heard.messages[1].payload, *sdk::fromBase64(one["payload_base64"].get<std::string>()));
            ASSERT_EQ(heard.messages[1].headers.size(), one["headers"].size()) << one["name"];
            for (const auto& [name, value] : heard.messages[1].headers)
                EXPECT_TRUE(same(value, one["headers"].at(name))) << one["name"] << " " << name;
        }
    contracts::accepted("aws", "event stream, " + std::to_string(all.size()) + " frames", kFile);
}

TEST(EventStream, WritesWhatItReads) {
    const auto frame = frameOf({{":event-type", "messageStop"}, {":message-type", "event"}}, "{\"a\":1}");
    const auto heard = hear(frame, 3);
    ASSERT_EQ(heard.messages.size(), 1u);
    EXPECT_EQ(heard.messages[0].text(":event-type"), "messageStop");
    EXPECT_EQ(heard.messages[0].text("nothing"), "");
    EXPECT_EQ(heard.messages[0].payload, "{\"a\":1}");
}

TEST(EventStream, OneWrongByteAnywhereIsNoticed) {
    const auto frame = frameOf({{":event-type", "x"}}, "payload");
    for (std::size_t at = 0; at < frame.size(); ++at)
        for (const int bit : {1, 128}) {
            auto wrong = frame;
            wrong[at] = static_cast<char>(wrong[at] ^ bit);
            const auto heard = hear(wrong, 5);
            EXPECT_TRUE(heard.messages.empty()) << at;
            EXPECT_FALSE(heard.whole) << at;
        }
}

TEST(EventStream, GarbageNeverCrashes) {
    Random random(20261122);
    for (int round = 0; round < 4000; ++round) {
        std::string bytes;
        for (auto n = random.below(200); n > 0; --n) bytes += static_cast<char>(random.below(256));
        if (random.chance(0.5)) bytes = frameOf({{"a", "b"}}, bytes) + bytes;
        (void)hear(bytes, 1 + random.below(50));
    }
}

}  // namespace
}  // namespace overture::aws
