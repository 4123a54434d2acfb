// What a binding asked and heard, written down without its secrets and played again.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "http_peer.hpp"
#include "overture/testing/fake_host.hpp"
#include "plugin/redaction.hpp"
#include "plugin/services.hpp"

namespace overture::plugin {
namespace {

namespace fs = std::filesystem;
using testing::FakeHost;
namespace sdk = overture::sdk;

std::string percent(const std::string& text, const char* form, bool all) {
    std::string out;
    for (const unsigned char c : text) {
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, form, c);
        out += all || !std::isalnum(c) ? std::string(escaped) : std::string(1, static_cast<char>(c));
    }
    return out;
}
std::string upper(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}
std::string urlSafe(const std::string& base64) {
    auto text = replaceAll(replaceAll(base64, "+", "-"), "/", "_");
    while (text.ends_with('=')) text.pop_back();
    return text;
}
std::string wrapped(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 10) out += text.substr(i, 10) + "\r\n";
    return out;
}

/// Every way in which `secret` may stand in a text.
std::vector<std::string> waysOf(const std::string& secret) {
    std::vector<std::string> ways{secret,
                                  lowerAscii(secret),
                                  upper(secret),
                                  percent(secret, "%%%02X", false),
                                  percent(secret, "%%%02x", true),
                                  percent(percent(secret, "%%%02X", false), "%%%02X", false),
                                  percent(secret, "\\u%04x", true),
                                  percent(secret, "\\u%04X", false),
                                  toHex(secret),
                                  upper(toHex(secret)),
                                  replaceAll(secret, "/", "\\/"),
                                  replaceAll(toText(Json(secret)), "/", "\\/")};
    for (const std::string before : {"", "u", "us", "user:", "sales-team@brightroof.example:"}) {
        const auto encoded = toBase64(before + secret), behind = toBase64(before + secret + ":x");
        for (const auto& one : {encoded, behind, urlSafe(encoded), percent(encoded, "%%%02X", false),
                                toBase64(encoded), toHex(encoded), wrapped(encoded)})
            ways.push_back(one);
    }
    return ways;
}

/// The exchanges that say it, each in another place.
std::vector<std::pair<net::HttpRequest, Recorder::Result>> exchangesWith(const std::string& said) {
    const auto ask = [](const std::string& url, std::vector<std::pair<std::string, std::string>> headers = {},
                        const std::string& body = {}) {
        return net::HttpRequest{"POST", url, std::move(headers), body, seconds(1)};
    };
    const net::HttpResponse good{
        200, {{"Content-Type", "application/json"}}, R"({"id":"m1","total_tokens":17})"};
    const auto url = "https://api.vendor.example/v1/messages";
    const auto json = [&](const Json& document) {
        return ask(url, {{"Content-Type", "application/json"}}, toText(document));
    };
    return {
        {ask(url, {{"Authorization", "Basic " + said}}), good},
        {ask(url, {{"X-Harmless", said}}), good},
        {ask(url, {{"X-Harmless", "a; b=" + said + ", c"}}), good},
        {ask(std::string(url) + "?page=2&auth=" + said), good},
        {ask("https://api.vendor.example/bot" + said + "/send"), good},
        {ask(url, {{"Content-Type", "application/x-www-form-urlencoded"}}, "to=ann&note=" + said + "&last=1"),
         good},
        {json({{"text", "see " + said + " there"}}), good},
        {json({{"deep", {{{"list", {1, said}}}}}}), good},
        {json({{said, 1}}), good},
        {ask(url, {}, "<html><b class='" + said + "'>" + said + "</b>"), good},
        {ask(url, {}, "line one\n" + said), good},
        {ask(url, {}, std::string("\xFF\xFE\0binary ", 10) + said), good},
        {ask(url), net::HttpResponse{200, {{"Set-Cookie", said}, {"X-Echo", said}}, "echo: " + said}},
        {ask(url), net::HttpResponse{400, {}, toText({{"error", {{"message", "wrong key " + said}}}})}},
        {ask(url), net::HttpError{net::HttpFailure::unknown, "vendor: " + said}}};
}

struct Recording : ::testing::Test {
    std::string folder, file;
    net::HttpClient http;
    VirtualClock clock{Instant(seconds(1'772'384'400))};
    Services services{http, clock};

    Recording() {
        auto pattern = (fs::temp_directory_path() / "overture-recording-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        file = folder + "/exchanges.jsonl";
    }
    ~Recording() override { fs::remove_all(folder); }
    std::vector<Json> lines() const {
        std::vector<Json> all;
        for (const auto& line : split(readFile(file), '\n'))
            if (!line.empty()) all.push_back(parseJson(line, file).orThrow());
        return all;
    }
};

/// No eight characters in a row of what is secret may be found, in whatever case.
void expectNothingOf(const std::string& said, const std::string& written, const std::string& where) {
    const auto small = lowerAscii(said), text = lowerAscii(written);
    for (std::size_t i = 0; i + 8 <= small.size(); ++i)
        if (text.find(small.substr(i, 8)) != std::string::npos) {
            ADD_FAILURE() << "\"" << said << "\" is there: " << where << "\n" << written;
            return;
        }
}

TEST_F(Recording, NoSecretIsInTheFileHoweverItWasWritten) {
    int tried = 0;
    for (const std::string secret :
         {"sk-Live_9f8E7d6C5b4A3210", "p@ss/w0rd +&=%\"quoted\\", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"})
        for (const auto& way : waysOf(secret)) {
            int place = 0;
            for (const auto& [request, result] : exchangesWith(way)) {
                fs::remove(file);
                Recorder recorder(file);
                recorder.write(clock.now(), request, result, {secret, "another-one"});
                const auto written = readFile(file);
                ASSERT_FALSE(written.empty());
                auto plain = replaceAll(replaceAll(written, "sales-team", ""), "brightroof.example", "");
                expectNothingOf(way, plain, "place " + std::to_string(place++) + " of " + secret);
                expectNothingOf(secret, plain, "the secret itself");
                ++tried;
            }
        }
    EXPECT_GT(tried, 2000);
}

TEST_F(Recording, WhatIsNamedASecretIsOneWithoutBeingKnown) {
    Recorder recorder(file);
    recorder.write(
        clock.now(),
        {"POST",
         "https://v.example/a?X-Amz-Signature=0123abcd&page_token=p2&key=AIza",
         {{"X-Vendor-Signature", "sha256=77"}, {"Cookie", "sid=1"}, {"Accept", "application/json"}},
         "grant_type=refresh_token&client_secret=cs&code=7",
         seconds(1)},
        net::HttpResponse{
            200,
            {{"Set-Cookie", "sid=2"}, {"Retry-After", "7"}},
            R"({"access_token":"at","refreshToken":"rt","usage":{"total_tokens":5},"nextPageToken":"p3"})"},
        {});
    const auto line = lines().at(0);
    EXPECT_EQ(line["request"]["url"],
              "https://v.example/a?X-Amz-Signature=(removed)&page_token=p2&key=(removed)");
    EXPECT_EQ(line["request"]["headers"],
              Json::parse(R"x([["X-Vendor-Signature","(removed)"],["Cookie","(removed)"],
                                                           ["Accept","application/json"]])x"));
    EXPECT_EQ(line["request"]["body"], "grant_type=refresh_token&client_secret=(removed)&code=7");
    EXPECT_EQ(line["answer"]["headers"],
              Json::parse(R"x([["Set-Cookie","(removed)"],["Retry-After","7"]])x"));
    EXPECT_EQ(
        Json::parse(line["answer"]["body"].get<std::string>()),
        Json::parse(R"x({"access_token":"(removed)","refreshToken":"(removed)","usage":{"total_tokens":5},
                               "nextPageToken":"p3"})x"));
}

TEST_F(Recording, WhatIsHarmlessStays) {
    const Redaction redaction({"sk-Live_9f8E7d6C5b4A3210", "7"});
    const std::string body =
        R"({"choices":[{"message":{"content":"Shall we say 17:30, at 7?"}}],"model":"small-7"})";
    EXPECT_EQ(Json::parse(redaction.body(body)), Json::parse(body));
    EXPECT_EQ(redaction.body("To=%2B15555550100&Body=Hi+there"), "To=%2B15555550100&Body=Hi+there");
    EXPECT_EQ(redaction.url("https://v.example/2010/Messages.json?PageSize=50"),
              "https://v.example/2010/Messages.json?PageSize=50");
    EXPECT_EQ(redaction.body("<html>502</html>"), "<html>502</html>");
    EXPECT_EQ(redaction.body(R"({"pin":"7","n":7})"), R"x({"n":"(removed)","pin":"(removed)"})x")
        << "short: as a whole only";
}

TEST_F(Recording, TheFileIsItsOwnersAndHasABound) {
    Recorder recorder(file, 1000);
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
    for (int i = 0; i < 10; ++i)
        recorder.write(clock.now(), {"GET", "https://v.example/", {}, std::string(300, 'x'), seconds(1)},
                       net::HttpResponse{200, {}, "ok"}, {});
    EXPECT_LE(fs::file_size(file), 1000U);
    EXPECT_EQ(lines().size(), 2U) << "whole lines only";
    EXPECT_THROW(Recorder(folder + "/nowhere/file"), Error);
    fs::remove(file);
    Recorder(file).write(clock.now(), {"GET", "https://v.example/", {}, "", seconds(1)},
                         net::HttpResponse{200, {}, std::string(2 * 1024 * 1024, 'x')}, {});
    EXPECT_EQ(lines().at(0)["answer"]["body"], "(removed)");
}

TEST_F(Recording, APluginHearsTheSameAgain) {
    net::Peer vendor([](Poco::Net::StreamSocket& socket, int) {
        const auto request = net::readRequest(socket);
        const std::string body =
            request.starts_with("POST") ? R"({"id":"m1","key":"k3y-of-acme"})" : R"({"id":"m1"})";
        net::say(socket, std::string("HTTP/1.1 ") + (request.starts_with("POST") ? "201" : "200") +
                             " X\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                             "\r\n\r\n" + body);
    });
    const Json settings{{"base_url", vendor.url("")}, {"timeout_ms", 5000}};
    const Json message{
        {"from", "+15555550100"}, {"to", "+15555550101"}, {"text", "Hi"}, {"idempotency_key", "d1"}};
    Host host(services);
    ASSERT_EQ(host.load(OVERTURE_BUILD_DIR "/tests/examples/acme").state, "loaded");
    Terms terms;
    terms.recorder = std::make_shared<Recorder>(file);
    const auto live = host.open("acme", settings, {{"api_key", "k3y-of-acme"}}, terms).orThrow();
    const auto sent = live->call("carrier.message/1", "send", message, seconds(5));
    const auto found = live->call("carrier.message/1", "lookup", {{"delivery_id", "d1"}}, seconds(5));
    ASSERT_TRUE(sent.ok() && found.ok()) << sent.message << found.message;
    EXPECT_EQ(readFile(file).find("k3y-of-acme"), std::string::npos);
    ASSERT_EQ(lines().size(), 2U);
    EXPECT_EQ(lines()[0]["request"]["body"], R"({"from":"+15555550100","text":"Hi","to":"+15555550101"})");

    void* library = ::dlopen(OVERTURE_BUILD_DIR "/tests/examples/acme/acme.so", RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr);
    const auto entry =
        reinterpret_cast<const overture_entry_t* (*)()>(::dlsym(library, "overture_plugin_entry_v1"));
    FakeHost fake;
    fake.secret("api_key", "other");
    fake.play(file);
    testing::Plugin played(entry(), fake, settings);
    EXPECT_EQ(played.call("carrier.message/1", "send", message).document, sent.document);
    const auto strayed = played.call("carrier.message/1", "send", message);
    EXPECT_EQ(strayed.outcome, sdk::Outcome::transient);
    EXPECT_EQ(strayed.message, "the recording has GET " + vendor.url("/messages") + " where POST " +
                                   vendor.url("/messages") + " was asked");
    EXPECT_EQ(played.call("carrier.message/1", "lookup", {{"delivery_id", "d1"}}).document, found.document);
    EXPECT_THROW(fake.play(folder + "/nothing"), std::runtime_error);
}

TEST_F(Recording, StreamsAndFailuresArePlayedToo) {
    int connection = 0;
    net::Peer vendor([&](Poco::Net::StreamSocket& socket, int) {
        net::readRequest(socket);
        if (++connection == 1)
            net::say(socket,
                     "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\ndata: "
                     "one\n\ndata: two\n\n");
    });
    Terms terms;
    terms.recorder = std::make_shared<Recorder>(file);
    HostTable table(services, "acme", {}, terms);
    const auto talk = [&](const overture_host_t* on) {
        const sdk::Host host(on);
        std::string heard;
        const auto streamed = host.httpStreamed({"POST", vendor.url("/stream"), {}, "{}", 5000, 5000},
                                                [&](const sdk::HttpAnswer&, std::string_view bytes) {
                                                    heard.append(bytes);
                                                    return sdk::Piece::useful;
                                                });
        const auto lost = host.http({"POST", vendor.url("/lost"), {}, "{}", 5000});
        const auto refused = host.http({"GET", "http://127.0.0.1:1/", {}, "", 5000});
        return toText({{"heard", heard},
                       {"status", streamed.status},
                       {"lost", {lost.sent, lost.answered}},
                       {"refused", {refused.sent, refused.answered}}});
    };
    const auto live = talk(table.get());
    FakeHost fake;
    fake.play(file);
    EXPECT_EQ(talk(fake.table()), live);
    EXPECT_NE(live.find("data: one\\n\\ndata: two"), std::string::npos) << live;
    EXPECT_NE(live.find(R"("lost":[true,false])"), std::string::npos) << live;
    EXPECT_NE(live.find(R"("refused":[false,false])"), std::string::npos) << live;
}

}  // namespace
}  // namespace overture::plugin
