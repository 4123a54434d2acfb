// Every provider against a peer that knows nothing but the vendor's published description: Prism, where it is installed. The real
// program asks with its conformance samples; what the peer says of the requests is its own.
#include <Poco/PipeStream.h>
#include <Poco/Process.h>

#include <iostream>

#include "contracts.hpp"
#include "http_peer.hpp"
#include "overture/testing/conformance.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

struct Described {
    const char *provider, *kind, *file;
};
const std::vector<Described> kAll{{"anthropic", "model", "anthropic.json"},
                                  {"bedrock", "model", "aws-bedrock-runtime.json"},
                                  {"openai", "model", "openai.json"},
                                  {"openrouter", "model", "openrouter.json"},
                                  {"gmail", "carrier", "google-gmail.json"},
                                  {"meta", "carrier", "meta-whatsapp.json"},
                                  {"sendgrid", "carrier", "sendgrid-mail.json"},
                                  {"ses", "carrier", "aws-sesv2.json"},
                                  {"surge", "carrier", "surge.json"},
                                  {"twilio", "carrier", "twilio-api.json"}};

/// OVERTURE_PRISM, or the one on the path; "" when there is none.
std::string prism() {
    if (const char* given = std::getenv("OVERTURE_PRISM")) return given;
    const char* path = std::getenv("PATH");
    for (const auto& folder : split(path == nullptr ? "" : path, ':'))
        if (std::filesystem::exists(folder + "/prism")) return folder + "/prism";
    return {};
}

/// A peer of one description, listening.
class Peer {
public:
    explicit Peer(const std::string& file) : port_(freePort()), handle_(launch(file)) {
        Poco::PipeInputStream said(pipe_);
        for (std::string line; std::getline(said, line);)
            if (line.find("is listening") != std::string::npos) return;
        ADD_FAILURE() << "Prism does not listen";
    }
    ~Peer() {
        pipe_.close(Poco::Pipe::CLOSE_BOTH);
        Poco::Process::kill(handle_);
        (void)handle_.wait();
    }
    std::string url() const { return "http://127.0.0.1:" + port_; }

private:
    static std::string freePort() {
        const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
        return std::to_string(socket.address().port());
    }
    Poco::ProcessHandle launch(const std::string& file) {
        return Poco::Process::launch(prism(),
                                     {"mock", contracts::pathOf(file), "-h", "127.0.0.1", "-p", port_},
                                     nullptr, &pipe_, &pipe_);
    }
    std::string port_;
    Poco::Pipe pipe_;
    Poco::ProcessHandle handle_;
};

class Peers : public ::testing::TestWithParam<Described> {
protected:
    /// What was asked of the peer, and what it answered.
    std::vector<Json> exchanges(const std::string& operation, const Json& settings, const Json& secrets,
                                const Json& request) {
        const Folder folder("peers");
        const auto space = operation.find(' ');
        const auto ran = overture(
            {"plugin", "call", GetParam().provider, operation.substr(0, space), operation.substr(space + 1),
             "--settings", folder.write("settings.json", toText(settings)), "--secrets",
             folder.write("secrets.json", toText(secrets)), "--request", "-", "--record",
             folder / "calls.jsonl"},
            toText(request));
        EXPECT_NE(ran.status, 1) << ran.output();
        std::vector<Json> all;
        for (const auto& line : split(readFile(folder / "calls.jsonl"), '\n'))
            if (!line.empty()) all.push_back(parseJson(line, "calls.jsonl").orThrow());
        return all;
    }
};

/// What a peer says when a request is wrong; 406 is about its own answer.
bool isRefusal(int status) {
    return status >= 400 && status < 500 && status != 406;
}

TEST_P(Peers, TakeWhatLeaves) {
    const auto [provider, kind, file] = GetParam();
    if (prism().empty())
        GTEST_SKIP() << "Prism is not installed (npm @stoplight/prism-cli), OVERTURE_PRISM names none";
    if (!std::filesystem::exists(contracts::pathOf(file)))
        GTEST_SKIP() << contracts::pathOf(file) << " is not there";
    const Peer peer(file);
    const net::Peer tokens([](Poco::Net::StreamSocket& socket, int) {
        const std::string token = R"({"access_token":"t1","expires_in":3600,"token_type":"Bearer"})";
        while (!net::readRequest(socket).empty())
            net::say(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                                 std::to_string(token.size()) + "\r\n\r\n" + token);
    });
    const auto path =
        std::string(OVERTURE_SOURCE_DIR "/plugins/providers/") + kind + "/" + provider + "/conformance.json";
    const auto sample = readSample(parseJson(readFile(path), path).orThrow());
    auto settings = sample.settings;
    settings["base_url"] = peer.url();
    if (sample.secrets.contains("refresh_token")) settings["token_url"] = tokens.url("/token");
    std::string place;  // something that is posted to
    for (const auto& [operation, asked] : detail::requests()) {
        const bool offered = operation.starts_with(kind == std::string("model") ? "model." : "carrier.m");
        if (!offered || operation.ends_with(" webhook") || operation.ends_with(" estimate")) continue;
        if (operation.ends_with(" media") && provider != std::string("meta")) continue;  // at other places
        auto request = asked;
        if (sample.of(operation).contains("request")) request.update(sample.of(operation)["request"]);
        for (const auto& exchange : exchanges(operation, settings, sample.secrets, request)) {
            const auto url = exchange["request"]["url"].get<std::string>();
            if (!url.starts_with(peer.url())) continue;
            const auto status = exchange["answer"]["status"].get<int>();
            EXPECT_FALSE(isRefusal(status)) << operation << ": " << exchange.dump().substr(0, 2000);
            std::cout << "peer: " << provider << " | " << operation << ": "
                      << exchange["request"]["method"].get<std::string>() << " "
                      << url.substr(peer.url().size(), url.find('?') - peer.url().size()) << " | " << status
                      << std::endl;
            if (exchange["request"]["method"] == "POST") place = url;
        }
    }
    ASSERT_FALSE(place.empty()) << "nothing was asked";
    net::HttpClient client;
    EXPECT_TRUE(isRefusal(net::whole(client.send(net::post(place))).status))
        << "the peer must be able to say no";
}

INSTANTIATE_TEST_SUITE_P(All, Peers, ::testing::ValuesIn(kAll),
                         [](const auto& one) { return std::string(one.param.provider); });

}  // namespace
}  // namespace overture::testing
