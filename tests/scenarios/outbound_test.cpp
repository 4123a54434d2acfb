// Where a program's plugins may go, and by which way: options and environment.
#include "http_peer.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

/// One question to a model that is said to live at `url`.
Finished ask(const std::string& url, const std::string& options, const std::string& environment) {
    const Folder folder("outbound");
    const auto settings = folder.write("settings.json", toText({{"base_url", url}, {"model", "small"}}));
    const std::string question =
        R"({"purpose": "csr", "messages": [{"role": "user", "content": "Say ready."}], "max_tokens": 16})";
    return overtureLine(
        "plugin call openai model.chat/1 complete --settings " + settings + " --request - " + options,
        question, "OVERTURE_SECRET_API_KEY=k " + environment);
}

/// Says 404 to everything and keeps the first line of what it was asked.
struct Asked {
    std::string line;
    net::Peer peer{[this](Poco::Net::StreamSocket& socket, int) {
        const auto request = net::readRequest(socket);
        line = request.substr(0, request.find("\r\n"));
        net::say(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }};
    std::string url() const { return peer.url(""); }
};

TEST(Outbound, GoesThroughTheProxyThatIsNamed) {
    struct Way {
        std::string options, environment;
        bool through;
    };
    const std::string other = "http_proxy=http://127.0.0.1:1 ";
    for (const auto& [options, environment, through] :
         {Way{"--proxy HERE", other, true}, Way{"", "OVERTURE_PROXY=HERE " + other, true},
          Way{"", "http_proxy=HERE", true}, Way{"--proxy none", other, false},
          Way{"--proxy HERE --no-proxy 127.0.0.1", other, false},
          Way{"", "no_proxy=127.0.0.0/8 " + other, false},
          Way{"--proxy HERE", "no_proxy=127.0.0.0/8 OVERTURE_NO_PROXY=other.example", true}}) {
        Asked proxy, model;
        const auto named = [&](const std::string& text) { return replaceAll(text, "HERE", proxy.url()); };
        const auto finished = ask(model.url(), named(options), named(environment));
        EXPECT_EQ(finished.status, 3) << finished.output();
        EXPECT_EQ(proxy.line, through ? "POST " + model.url() + "/chat/completions HTTP/1.1" : "")
            << options << environment << finished.output();
        EXPECT_EQ(model.line, through ? "" : "POST /chat/completions HTTP/1.1") << options << environment;
    }
}

TEST(Outbound, AProxyThatCannotBeUsedIsASentence) {
    const auto finished = ask("http://127.0.0.1:1", "", "OVERTURE_PROXY=socks5://u:s3cret@127.0.0.1:1");
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(
        finished.err,
        "overture plugin call: OVERTURE_PROXY: a proxy is spoken to by plain HTTP, not by \"socks5\". Write "
        "http://proxy.example:3128, with user:password@ where it asks for them.\n");
}

TEST(Outbound, PrivateAddressesAndHostsNotListedAreNotCalled) {
    Asked model;
    const auto saying = [&](const std::string& options, const std::string& environment) {
        return ask(model.url(), options, environment).out;
    };
    EXPECT_NE(saying("", "OVERTURE_PRIVATE_HOSTS=")
                  .find("127.0.0.1: this host has no public address; those that may be "
                        "at a private one are listed in OVERTURE_PRIVATE_HOSTS"),
              std::string::npos);
    EXPECT_NE(
        saying("--allowed-hosts api.example,*.vendor.example", "").find("this host is not on the allow list"),
        std::string::npos);
    EXPECT_EQ(model.line, "");
    saying("--private-hosts '*' --allowed-hosts 127.0.0.1", "OVERTURE_PRIVATE_HOSTS=");
    EXPECT_EQ(model.line, "POST /chat/completions HTTP/1.1");
}

TEST(Outbound, ACallIsRecordedWithoutItsSecrets) {
    Asked model;
    const Folder folder("recorded");
    ask(model.url(), "--record " + (folder / "call.jsonl"), "OVERTURE_SECRET_API_KEY=s3cret-of-the-model");
    const auto written = readFile(folder / "call.jsonl");
    const auto line = parseJson(written, "the recording").orThrow();
    EXPECT_EQ(line["request"]["url"], model.url() + "/chat/completions");
    EXPECT_EQ(line["answer"]["status"], 404);
    EXPECT_NE(line["request"]["body"].get<std::string>().find("Say ready."), std::string::npos);
    EXPECT_EQ(written.find("s3cret"), std::string::npos);
    const auto nowhere = overtureLine("serve --record /nonexistent --data " + (folder / "data"));
    EXPECT_EQ(nowhere.status, 1);
    EXPECT_NE(nowhere.err.find("/nonexistent: there is no such folder"), std::string::npos) << nowhere.err;
    EXPECT_EQ(overtureLine("serve --record-bindings sms").status, 2);
}

TEST(Outbound, TheServerTakesTheSameOptions) {
    const auto finished = overtureLine("serve --proxy ftp://proxy.example --data /nonexistent");
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.err.find("--proxy: a proxy is spoken to by plain HTTP"), std::string::npos)
        << finished.err;
}

}  // namespace
}  // namespace overture::testing
