// The running service against a stand-in for Twilio's Messages API: a real campaign, a signed webhook in, a message out.
#include <Poco/HMACEngine.h>
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/SHA1Engine.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <sstream>
#include <tuple>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "mail_servers.hpp"
#include "mail_stubs.hpp"
#include "mailbox.hpp"
#include "overture/testing/fake_host.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

const std::string kAccount = "AC" + std::string(32, '0');
const std::string kToken = "example-token";

using Form = std::map<std::string, std::string>;

/// Takes messages as the vendor does and remembers them.
class StubCarrier {
public:
    StubCarrier() : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)) {
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(*this), socket_,
                                                          new Poco::Net::HTTPServerParams);
        server_->start();
    }
    ~StubCarrier() { server_->stopAll(true); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(socket_.address().port()); }
    /// Waits until `count` messages have come, at most a minute.
    std::vector<Form> waitFor(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, std::chrono::seconds(60), [&] { return messages_.size() >= count; });
        return messages_;
    }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(StubCarrier& stub) : stub_(stub) {}
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            const bool right =
                request.getMethod() == "POST" &&
                request.getURI() == "/2010-04-01/Accounts/" + kAccount + "/Messages.json" &&
                request.get("Authorization", "") == "Basic " + toBase64(kAccount + ":" + kToken);
            Poco::Net::HTMLForm form(request, request.stream());
            Form fields;
            for (const auto& [name, value] : form) fields[name] = value;
            std::string sid;
            {
                std::scoped_lock lock(stub_.mutex_);
                if (right) stub_.messages_.push_back(fields);
                sid = "SM" + std::string(30, '0') + (stub_.messages_.size() < 10 ? "0" : "") +
                      std::to_string(stub_.messages_.size());
            }
            stub_.came_.notify_all();
            response.setStatus(right ? Poco::Net::HTTPResponse::HTTP_CREATED
                                     : Poco::Net::HTTPResponse::HTTP_UNAUTHORIZED);
            response.setContentType("application/json");
            response.send() << toText(
                {{"sid", sid}, {"status", "queued"}, {"to", fields["To"]}, {"error_code", nullptr}});
        }

    private:
        StubCarrier& stub_;
    };
    class Factory : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Factory(StubCarrier& stub) : stub_(stub) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler(stub_);
        }

    private:
        StubCarrier& stub_;
    };

    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<Form> messages_;
    Poco::Net::ServerSocket socket_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

/// Takes JSON as a vendor's API does, remembers it, and answers with what it is told to.
class StubApi {
public:
    struct Asked {
        std::string method, path, authorization;
        Json body;
    };
    using Answers = std::function<std::pair<int, Json>(const Asked&, std::size_t number)>;
    explicit StubApi(Answers answers)
        : answers_(std::move(answers)), socket_(Poco::Net::SocketAddress("127.0.0.1", 0)) {
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(*this), socket_,
                                                          new Poco::Net::HTTPServerParams);
        server_->start();
    }
    ~StubApi() { server_->stopAll(true); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(socket_.address().port()); }
    /// Waits until `count` documents were posted, at most a minute.
    std::vector<Asked> waitFor(std::size_t count) {
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, std::chrono::seconds(60), [&] { return posted_.size() >= count; });
        return posted_;
    }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(StubApi& stub) : stub_(stub) {}
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            std::string text;
            Poco::StreamCopier::copyToString(request.stream(), text);
            const Asked asked{request.getMethod(), request.getURI(), request.get("Authorization", ""),
                              Json::parse(text, nullptr, false)};
            std::pair<int, Json> answer;
            {
                std::scoped_lock lock(stub_.mutex_);
                answer = stub_.answers_(asked, stub_.posted_.size() + 1);
                if (asked.method == "POST") stub_.posted_.push_back(asked);
            }
            stub_.came_.notify_all();
            response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.first));
            response.setContentType("application/json");
            response.send() << answer.second.dump();
        }

    private:
        StubApi& stub_;
    };
    class Factory : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Factory(StubApi& stub) : stub_(stub) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler(stub_);
        }

    private:
        StubApi& stub_;
    };

    Answers answers_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<Asked> posted_;
    Poco::Net::ServerSocket socket_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

/// `overture serve` as a child process; ready() waits for its first line.
class Service {
public:
    explicit Service(const std::string& words) {
        int ends[2];
        if (::pipe(ends) != 0) return;
        child_ = ::fork();
        if (child_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            ::execl("/bin/sh", "sh", "-c", ("exec " OVERTURE_BUILD_DIR "/overture serve " + words).c_str(),
                    nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        out_ = ::fdopen(ends[0], "r");
    }
    ~Service() {
        if (child_ > 0 && !ended_) ::kill(child_, SIGKILL);
        if (child_ > 0 && !ended_) ::waitpid(child_, nullptr, 0);
        if (out_ != nullptr) std::fclose(out_);
    }
    std::string ready() {
        char line[4096];
        std::string all;
        while (out_ != nullptr && std::fgets(line, sizeof line, out_) != nullptr) {
            all += line;
            if (std::string_view(line).starts_with("Serving on")) return line;
        }
        ADD_FAILURE() << "serve ended: " << all;
        return {};
    }
    int stop() {
        ::kill(child_, SIGTERM);
        int status = 0;
        ::waitpid(child_, &status, 0);
        ended_ = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t child_ = -1;
    bool ended_ = false;
    std::FILE* out_ = nullptr;
};

std::uint16_t freePort() {
    const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    return socket.address().port();
}

std::string encoded(const std::string& text) {
    std::string out;
    Poco::URI::encode(text, "!#$&'()*+,/:;=?@[] ", out);
    return out;
}

/// Signs as the vendor does: the URL, then each field's name and value, sorted by name.
std::string signatureOf(const std::string& url, const Form& form) {
    std::string text = url;
    for (const auto& [name, value] : form) text += name + value;
    Poco::HMACEngine<Poco::SHA1Engine> engine(kToken);
    engine.update(text);
    const auto& digest = engine.digest();
    return toBase64(std::string(digest.begin(), digest.end()));
}

int post(const std::string& url, const Form& form, const std::string& signature) {
    const Poco::URI uri(url);
    std::string body;
    for (const auto& [name, value] : form) body += (body.empty() ? "" : "&") + name + "=" + encoded(value);
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    Poco::Net::HTTPRequest request("POST", uri.getPath(), "HTTP/1.1");
    request.set("X-Twilio-Signature", signature);
    request.setContentType("application/x-www-form-urlencoded");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    return response.getStatus();
}

/// One call of anything, with its headers. Returns status and body.
std::pair<int, std::string> callHook(const std::string& method, const std::string& url,
                                     const std::string& body, const Form& headers) {
    const Poco::URI uri(url);
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    Poco::Net::HTTPRequest request(method, uri.getPathAndQuery(), "HTTP/1.1");
    for (const auto& [name, value] : headers) request.set(name, value);
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    return {response.getStatus(), text};
}

/// A call of the API, with a key. Returns the answer's JSON.
Json callApi(const std::string& method, const std::string& port, const std::string& path,
             const std::string& token, const std::string& body = {}) {
    Poco::Net::HTTPClientSession session("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)));
    Poco::Net::HTTPRequest request(method, path, "HTTP/1.1");
    request.set("Authorization", "Bearer " + token);
    request.setContentType("application/json");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    EXPECT_EQ(response.getStatus(), 200) << path << " " << text;
    return Json::parse(text, nullptr, false);
}

/// A made-up lead for whom it is daytime now: in India, in New York, or on Guam.
std::pair<std::string, std::string> awake() {
    const auto hour = localTime("UTC", SystemClock{}.now()).timeOfDay / std::chrono::hours(1);
    if (hour >= 5 && hour < 15) return {"+919000000011", "IN,,Asia/Kolkata"};
    if (hour >= 15 && hour < 22) return {"+12125550123", "US,NY,America/New_York"};
    return {"+16715550123", "US,GU,Pacific/Guam"};
}

/// A campaign of one lead who is awake, made for a service that does not run yet.
struct OneLead {
    explicit OneLead(const std::string& playbook) {
        std::tie(number, place) = awake();
        folder.write("leads.csv",
                     "id,first name,phone,country,state,time zone,consent,consent source,consent date\n"
                     "lead-1,Asha," +
                         number + "," + place + ",written,web form,2026-01-05\n");
        folder.write("team.csv",
                     "name,email,zone,hours\nDana Whitfield,dana@brightroof.example,America/Denver,Mon-Fri "
                     "09:00-17:00\n");
        folder.write(
            "campaign.json",
            toText({{"organization", "Brightroof"},
                    {"playbook", playbook},
                    {"leads", "leads.csv"},
                    {"team", "team.csv"},
                    {"settings", {{"company", "Brightroof"}}},
                    {"public_url", "http://127.0.0.1:" + port},
                    {"bindings",
                     {{"sms",
                       {{"plugin", "twilio"},
                        {"sender", "+12025550100"},
                        {"calls_at_once", 1},
                        {"settings",
                         {{"account_sid", kAccount}, {"base_url", carrier.url()}, {"webhook_url", "{hook}"}}},
                        {"secrets", {{"auth_token", "EXAMPLE_TOKEN"}}}}},
                      {"model", {{"plugin", "scripted"}}}}}}));
        const auto created = overtureLine("campaign create " + (folder / "campaign.json") + data, "",
                                          "EXAMPLE_TOKEN=" + kToken);
        EXPECT_EQ(created.status, 0) << created.output();
        EXPECT_NE(created.output().find("first touches planned: 1"), std::string::npos) << created.output();
        EXPECT_EQ(created.output().find(kToken), std::string::npos) << "a secret is never shown";
        const auto at = created.output().find("http://127.0.0.1:" + port + "/hooks/");
        if (at != std::string::npos)
            hook = created.output().substr(at, created.output().find_first_of(" \n", at) - at);
        EXPECT_FALSE(hook.empty()) << created.output();
    }
    std::string serving() const { return "--port " + port + " --public-url http://127.0.0.1:" + port + data; }
    Form writes(const std::string& text, char id) const {
        return {{"MessageSid", "SM" + std::string(32, id)},
                {"AccountSid", kAccount},
                {"From", number},
                {"To", "+12025550100"},
                {"Body", text},
                {"NumMedia", "0"},
                {"SmsStatus", "received"}};
    }

    Folder folder{"serve"};
    std::string port = std::to_string(freePort());
    std::string number, place, hook, data = " --data " + (folder / "data");
    StubCarrier carrier;
};

TEST(Serve, AnswersThroughTheCarriersApiOnceAndStopsAtStop) {
    OneLead with(OVERTURE_SOURCE_DIR "/playbooks/solar-consult");
    auto& carrier = with.carrier;
    const auto &port = with.port, &number = with.number, &hook = with.hook, &data = with.data;
    ASSERT_FALSE(hook.empty());
    Service service(with.serving() + " --record " + with.folder.path() + " --record-bindings sms");
    ASSERT_FALSE(service.ready().empty());
    auto inbound = with.writes("Hi, you asked for two questions? Go ahead", '1');
    EXPECT_EQ(post(hook, inbound, "bm90IHRoZSBzaWduYXR1cmU="), 403);
    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    auto messages = carrier.waitFor(1);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0]["To"], number);
    EXPECT_EQ(messages[0]["From"], "+12025550100");
    EXPECT_NE(messages[0]["Body"].find("STOP"), std::string::npos)
        << "the first message says how to stop: " << messages[0]["Body"];
    EXPECT_EQ(messages[0]["StatusCallback"], hook);

    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200) << "the carrier repeats itself";
    inbound["MessageSid"] = "SM" + std::string(32, '2');
    inbound["Body"] = "yes, I own it";
    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    EXPECT_EQ(carrier.waitFor(2).size(), 2U) << "one answer to each message, none to the repeated one";

    const auto token = std::string(trim(overtureLine("key create desk" + data).out));
    const auto listed = callApi("GET", port, "/v1/conversations?state=open", token);
    ASSERT_EQ(listed["items"].size(), 1U) << listed;
    const auto one = "/v1/conversations/" + listed["items"][0]["id"].get<std::string>();
    EXPECT_EQ(callApi("POST", port, one + "/take", token, R"({"by": "Dana"})")["by"], "Dana");
    inbound["MessageSid"] = "SM" + std::string(32, '4');
    inbound["Body"] = "Can a person tell me more?";
    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    const auto kept = [&] {
        return callApi("GET", port, one, token)["messages"] > listed["items"][0]["messages"];
    };
    for (int i = 0; i < 200 && !kept(); ++i) overtureLine("zone --help");
    EXPECT_TRUE(kept()) << "what the lead writes meanwhile is kept";
    EXPECT_EQ(carrier.waitFor(0).size(), 2U) << "and the agent does not answer it";
    callApi("POST", port, one + "/messages", token, R"({"text": "Dana here. What would you like to know?"})");
    messages = carrier.waitFor(3);
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[2]["Body"], "Dana here. What would you like to know?");
    callApi("POST", port, one + "/give-back", token);

    inbound["MessageSid"] = "SM" + std::string(32, '3');
    inbound["Body"] = "Stop. Thank you";
    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    for (int i = 0; i < 100; ++i) {
        const auto shown = overtureLine("conversation show lead-1" + data);
        if (shown.output().find("opted out") != std::string::npos) break;
    }
    const auto shown = overtureLine("conversation show lead-1" + data);
    EXPECT_NE(shown.output().find("closed (opted out)"), std::string::npos) << shown.output();
    EXPECT_NE(shown.output().find("carrier plugin \"twilio\""), std::string::npos) << shown.output();
    EXPECT_EQ(carrier.waitFor(0).size(), 3U);
    EXPECT_EQ(service.stop(), 0);

    const auto recorded = readFile(with.folder / (hook.substr(hook.rfind('/') + 1) + ".jsonl"));
    EXPECT_EQ(std::count(recorded.begin(), recorded.end(), '\n'), 3) << recorded;
    EXPECT_NE(recorded.find("Dana%20here.%20What%20would%20you%20like%20to%20know%3F"), std::string::npos)
        << recorded;
    EXPECT_EQ(recorded.find(kToken), std::string::npos);
    EXPECT_EQ(recorded.find(toBase64(kAccount + ":" + kToken)), std::string::npos)
        << "as it goes to the carrier";
}

/// Every file below a folder that holds one of these words.
std::vector<std::string> filesWith(const std::string& folder, const std::vector<std::string>& words) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto bytes = readFile(entry.path().string());
        for (const auto& word : words)
            if (bytes.find(word) != bytes.npos) found.push_back(entry.path().string() + ": " + word);
    }
    return found;
}

TEST(Serve, WhatPeopleSaidIsSealedAtRestAndTheEngineAnswersAsEver) {
    OneLead with(OVERTURE_SOURCE_DIR "/playbooks/solar-consult");
    auto& carrier = with.carrier;
    const auto &port = with.port, &hook = with.hook, &data = with.data;
    ASSERT_FALSE(hook.empty());
    const auto sealed = overtureLine("sealing on" + data);
    EXPECT_EQ(sealed.status, 0) << sealed.output();
    EXPECT_NE(sealed.out.find("rows sealed"), std::string::npos) << sealed.out;
    Service service(with.serving());
    ASSERT_FALSE(service.ready().empty());
    const auto say = [&](const std::string& text, char id) {
        const auto inbound = with.writes(text, id);
        EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    };
    say("Go ahead, my house is called Zanzibarhouse", '1');
    ASSERT_EQ(carrier.waitFor(1).size(), 1U);
    say("yes, I own Zanzibarhouse", '2');
    const auto messages = carrier.waitFor(2);
    ASSERT_EQ(messages.size(), 2U);
    for (const auto& message : messages)
        EXPECT_EQ(message.at("Body").find("sealed:"), std::string::npos) << message.at("Body");
    const auto token = std::string(trim(overtureLine("key create desk --role admin" + data).out));
    const auto listed = callApi("GET", port, "/v1/conversations?state=open", token);
    ASSERT_EQ(listed["items"].size(), 1U) << listed;
    EXPECT_EQ(listed["items"][0]["lead"]["first_name"], "Asha") << listed;
    const auto one = "/v1/conversations/" + listed["items"][0]["id"].get<std::string>();
    EXPECT_NE(callApi("GET", port, one + "/messages", token).dump().find("I own Zanzibarhouse"),
              std::string::npos);
    for (const auto* command : {"conversation show lead-1", "person export --lead lead-1"}) {
        const auto shown = overtureLine(command + data);
        EXPECT_NE(shown.output().find("Zanzibarhouse"), std::string::npos) << command << shown.output();
        EXPECT_EQ(shown.output().find("sealed:1:"), std::string::npos) << command << shown.output();
    }
    EXPECT_EQ(service.stop(), 0);
    EXPECT_EQ(filesWith(with.folder / "data", {"Zanzibarhouse"}), std::vector<std::string>())
        << "neither tables nor their log";

    const auto opened = overtureLine("sealing off" + data);
    EXPECT_EQ(opened.status, 0) << opened.output();
    EXPECT_NE(filesWith(with.folder / "data", {"Zanzibarhouse"}), std::vector<std::string>())
        << "so it would be seen";
}

/// A playbook's folder as the API takes it.
Json packageOf(const std::string& folder) {
    Json files = Json::object();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto path = std::filesystem::relative(entry.path(), folder).generic_string();
        const bool isPart =
            path == "playbook.lua" || path.starts_with("texts/") || path.starts_with("people/");
        if (entry.is_regular_file() && isPart) files[path] = readFile(entry.path().string());
    }
    return {{"files", files}};
}

TEST(Serve, AnOrganizationSetsItselfUpByTheApi) {
    const std::string folder = OVERTURE_SOURCE_DIR "/playbooks/solar-consult";
    OneLead with(folder);
    Service service(with.serving());
    ASSERT_FALSE(service.ready().empty());
    const auto token = std::string(trim(overtureLine("key create setup --role admin" + with.data).out));
    const auto call = [&](const std::string& path, const Json& body) {
        return callApi("POST", with.port, path, token, body.is_null() ? "" : toText(body));
    };
    const auto published = call("/v1/playbooks/publish", packageOf(folder));
    Json binding{{"name", "second"},
                 {"plugin", "twilio"},
                 {"settings", {{"account_sid", kAccount}, {"base_url", with.carrier.url()}}},
                 {"secrets", {{"auth_token", kToken}}}};
    const auto hook = "http://127.0.0.1:" + with.port + textOf(call("/v1/bindings", binding), "hook");
    binding["settings"]["webhook_url"] = hook;
    const auto saved = call("/v1/bindings", binding);
    EXPECT_EQ(saved["replaced"], true);
    EXPECT_EQ(call("/v1/bindings/" + textOf(saved, "id") + "/check", nullptr)["asked"], true);
    const auto made =
        call("/v1/campaigns", {{"name", "Second"},
                               {"version", published["version"]},
                               {"bindings", {{"sms", "second"}, {"model", "model"}}},
                               {"settings", {{"company", "Brightroof"}, {"sms_sender", "+12025550100"}}}});
    const auto campaign = "/v1/campaigns/" + textOf(made, "id");
    auto lead = with.number;
    lead.back() = '4';
    const auto list =
        "id,first name,phone,country,state,time zone,consent,consent source,consent date\nlead-2,Bo," + lead +
        "," + with.place + ",written,web form,2026-01-05\n";
    EXPECT_EQ(call(campaign + "/import", {{"csv", list}})["imported"], 1);
    EXPECT_EQ(callApi("GET", with.port, campaign + "/preflight", token)["leads"]["reached"], 1);
    EXPECT_EQ(call(campaign + "/start", nullptr)["state"], "running");
    auto inbound = with.writes("Hi, you asked for two questions? Go ahead", '1');
    inbound["From"] = lead;
    EXPECT_EQ(post(hook, inbound, signatureOf(hook, inbound)), 200);
    const auto messages = with.carrier.waitFor(1);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].at("To"), lead);
    EXPECT_EQ(messages[0].at("StatusCallback"), hook);
    EXPECT_EQ(callApi("GET", with.port, campaign + "/report", token)["funnel"]["replied"], 1);
    const auto report = overtureLine("campaign report Second --zone Asia/Kolkata" + with.data).output();
    EXPECT_NE(report.find("1 people, 0 touched, 1 replied, 0 with a meeting"), std::string::npos) << report;
    EXPECT_EQ(service.stop(), 0);
}

TEST(Serve, AShadowDecidesWhatArrivesAndSendsNothing) {
    const Folder wording("shadowed");
    const auto playbook = wording / "solar-consult";
    std::filesystem::copy(OVERTURE_SOURCE_DIR "/playbooks/solar-consult", playbook,
                          std::filesystem::copy_options::recursive);
    OneLead with(playbook);
    const auto on = [&](const std::string& words) { return overtureLine("playbook " + words + with.data); };
    const auto first = answersOf(on("versions --json")).at(0)["version"];
    const auto text = readFile(playbook + "/playbook.lua");
    const auto other = replaceAll(replaceAll(text, "\"Thank you, {lead.first_name}.\", \"Great, thanks.\"",
                                             "\"Lovely, {lead.first_name}.\", \"Lovely.\""),
                                  "two quick questions", "two short questions");
    ASSERT_NE(other, text);
    writeFile(playbook + "/playbook.lua", other);
    ASSERT_EQ(on("publish " + playbook).status, 0);
    std::string version;
    for (const auto& one : answersOf(on("versions --json")))
        if (one["version"] != first) version = one["version"].get<std::string>();
    const auto began = on("shadow " + version.substr(0, 12) + " --campaign solar-consult --percent 100");
    ASSERT_EQ(began.status, 0) << began.output();

    Service service(with.serving());
    ASSERT_FALSE(service.ready().empty());
    const auto inbound = with.writes("Hi, you asked for two questions? Go ahead", '1');
    ASSERT_EQ(post(with.hook, inbound, signatureOf(with.hook, inbound)), 200);
    const auto sent = with.carrier.waitFor(1);
    ASSERT_EQ(sent.size(), 1U);
    std::vector<Json> shadows;
    for (int i = 0; i < 200; ++i) {
        shadows = answersOf(on("shadow --campaign solar-consult --json"));
        if (shadows.size() == 1 && shadows[0]["state"] != "waiting") break;
    }
    ASSERT_EQ(shadows.size(), 1U) << "the one turn that was";
    const auto& turn = shadows[0];
    EXPECT_EQ(turn["state"], "decided") << turn;
    EXPECT_EQ(turn["version"], version);
    EXPECT_EQ(turn["same"], false) << turn;
    const auto saidBy = [&](const char* who) { return turn[who]["deliveries"][0][1].get<std::string>(); };
    EXPECT_EQ(saidBy("then"), sent[0].at("Body"));
    EXPECT_NE(saidBy("with"), sent[0].at("Body")) << "its own words";

    auto next = with.writes("yes, I own it", '2');
    ASSERT_EQ(post(with.hook, next, signatureOf(with.hook, next)), 200);
    EXPECT_EQ(with.carrier.waitFor(2).size(), 2U);
    EXPECT_EQ(service.stop(), 0);
    EXPECT_EQ(with.carrier.waitFor(0).size(), 2U) << "one answer to each message, none of the shadow's";
    const auto history = overtureLine("conversation show lead-1" + with.data).output();
    EXPECT_EQ(history.find(saidBy("with")), std::string::npos) << history;
    EXPECT_NE(history.find(sent[0].at("Body").substr(0, 30)), std::string::npos) << history;
}

// ---------------------------------------------------------------------------------------------------- mail

/// The lead's side of mail: what arrived, and a way to answer.
struct LeadsMail {
    virtual ~LeadsMail() = default;
    virtual Json settings() const = 0;  ///< of the engine's binding, whose password is "made-up"
    /// All that has come so far, at least `count` unless a minute passes.
    virtual std::vector<std::string> waitFor(std::size_t count) = 0;
    virtual void answer(const std::string& message) = 0;
};

struct StubMail final : LeadsMail {
    Json settings() const override {
        return {{"host", "127.0.0.1"},
                {"port", out.port()},
                {"security", "none"},
                {"mailbox",
                 {{"host", "127.0.0.1"},
                  {"port", in.port()},
                  {"security", "none"},
                  {"user", "sam@brightroof.example"}}}};
    }
    std::vector<std::string> waitFor(std::size_t count) override { return out.waitFor(count); }
    void answer(const std::string& message) override { in.put(message); }
    SmtpStub out;
    PopStub in;
};

/// Asha's own account at real servers: she reads by POP3 and answers by submission.
struct RealMail final : LeadsMail {
    RealMail() : servers("/tmp/overture-mail-" + std::to_string(::getpid())) {
        host.secret("password", "made-up");
        asha = smtp::Settings::read(sdk::Host(host.table()), servers.settingsOf("asha@example.com"));
    }
    Json settings() const override { return servers.settingsOf("sam@brightroof.example"); }
    std::vector<std::string> waitFor(std::size_t count) override {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        do {
            const auto read = smtp::Mailbox(*asha.mailbox).fetch({{"most", 50U}}, {10000});
            came.clear();
            for (const auto& one : read.document.value("messages", Json::array())) came.push_back(crlf(one));
        } while (came.size() < count && std::chrono::steady_clock::now() < until);
        return came;
    }
    void answer(const std::string& message) override {
        const auto said = smtp::Talk(asha.submission, "smtp", 10000)
                              .submit({"asha@example.com", "sam@brightroof.example", ""}, message, "");
        EXPECT_TRUE(said.ok()) << said.reply << servers.logs();
    }
    static std::string crlf(const Json& message) {
        const auto raw = fromBase64(message["body_base64"].get<std::string>());
        return replaceAll(replaceAll(raw, "\r\n", "\n"), "\n", "\r\n");
    }
    FakeHost host;
    MailServers servers;
    smtp::Settings asha;
    std::vector<std::string> came;
};

/// The value of a header, its folds taken out.
std::string headerIn(const std::string& message, const std::string& name) {
    auto head = replaceAll(message.substr(0, message.find("\r\n\r\n")), "\r\n\t", " ");
    head = replaceAll(replaceAll(head, "\r\n ", " "), "\r\n", "\n");
    for (const auto& line : split(head, '\n'))
        if (lowerAscii(line.substr(0, name.size() + 1)) == lowerAscii(name) + ":")
            return std::string(trim(line.substr(name.size() + 1)));
    return {};
}

std::string answerTo(const std::string& message, int number, const std::string& words) {
    const auto id = headerIn(message, "Message-ID");
    const auto before = headerIn(message, "References");
    auto subject = headerIn(message, "Subject");
    if (!subject.starts_with("Re: ")) subject = "Re: " + subject;
    return "From: Asha Rao <asha@example.com>\r\nTo: sam@brightroof.example\r\nSubject: " + subject +
           "\r\nDate: Tue, 3 Mar 2026 10:00:00 +0000\r\nMessage-ID: <answer-" + std::to_string(number) +
           "@example.com>" +
           (id.empty()
                ? ""
                : "\r\nIn-Reply-To: " + id + "\r\nReferences: " + before + (before.empty() ? "" : " ") + id) +
           "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words +
           "\r\n\r\nOn Tue, 3 Mar 2026, Sam <sam@brightroof.example> wrote:\r\n> " + "quoted words\r\n";
}

int postTo(const std::string& port, const std::string& path, const std::string& body) {
    Poco::Net::HTTPClientSession session("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)));
    Poco::Net::HTTPRequest request("POST", path, "HTTP/1.1");
    request.setContentType("application/x-www-form-urlencoded");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    return response.getStatus();
}

/// A playbook as `playbook new` writes it, with email for its channel.
std::string emailPlaybook(const std::string& folder) {
    const auto made = overtureLine("playbook new " + folder + "/mail-demo");
    EXPECT_EQ(made.status, 0) << made.output();
    const auto path = folder + "/mail-demo/playbook.lua";
    auto text = replaceAll(readFile(path), "\"sms\"", "\"email\"");
    text =
        replaceAll(text, "lines = { \"Hi {lead.first_name}, {persona.name} here",
                   "lines = { \"Subject: Two short questions\\n\\nHi {lead.first_name}, {persona.name} here");
    writeFile(path, text);
    return folder + "/mail-demo";
}

void holdsAConversation(LeadsMail& mail) {
    const std::string folder = "/tmp/overture-serve-mail-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    ::chmod(folder.c_str(), 0755);
    const auto port = std::to_string(freePort());
    writeFile(folder + "/leads.csv",
              "id,first name,last name,email,country,state,time zone,consent,consent source,consent date\n"
              "lead-1,Asha,Rao,asha@example.com,US,NY,America/New_York,written,web form,2026-01-05\n");
    writeFile(
        folder + "/team.csv",
        "name,email,zone,hours\nDana Whitfield,dana@brightroof.example,America/Denver,Mon-Fri 09:00-17:00\n");
    writeFile(folder + "/campaign.json",
              toText({{"organization", "Brightroof"},
                      {"playbook", emailPlaybook(folder)},
                      {"leads", "leads.csv"},
                      {"team", "team.csv"},
                      {"settings", {{"company", "Brightroof"}, {"postal_address", "1 Main St, Springfield"}}},
                      {"public_url", "https://hooks.brightroof.example"},
                      {"bindings",
                       {{"email",
                         {{"plugin", "smtp"},
                          {"sender", "Sam <sam@brightroof.example>"},
                          {"settings", mail.settings()},
                          {"secrets", {{"password", "EXAMPLE_TOKEN"}}}}},
                        {"model", {{"plugin", "scripted"}}}}}}));
    const auto data = " --data " + folder + "/data";
    const auto created =
        overtureLine("campaign create " + folder + "/campaign.json" + data, "", "EXAMPLE_TOKEN=made-up");
    ASSERT_EQ(created.status, 0) << created.output();
    ASSERT_NE(created.output().find("first touches planned: 1"), std::string::npos) << created.output();
    const auto checked = overtureLine("binding check email" + data);
    EXPECT_EQ(checked.output(), "email: works\n");

    Service service("--port " + port +
                    " --public-url https://hooks.brightroof.example --quiet 0 --mailboxes 1" + data);
    ASSERT_FALSE(service.ready().empty());
    const std::vector<std::string> words{"Hi, you have two questions? Go ahead", "Yes, I decide",
                                         "It is for 20 people", "The first one suits me"};
    std::string last = "Subject: Your website\r\n\r\n", references;
    for (std::size_t i = 0; i < words.size(); ++i) {
        mail.answer(answerTo(last, static_cast<int>(i), words[i]));
        references += (references.empty() ? "<answer-" : " <answer-") + std::to_string(i) + "@example.com>";
        const auto all = mail.waitFor(i + 1);
        ASSERT_EQ(all.size(), i + 1) << overtureLine("conversation show lead-1" + data).output();
        last = all[i];
        for (const char* name : {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
                                 "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"})
            EXPECT_NE(headerIn(last, name), "") << name << " is missing in\n" << last;
        EXPECT_EQ(headerIn(last, "To"), "Asha Rao <asha@example.com>");
        EXPECT_EQ(headerIn(last, "Subject"), "Re: Your website");
        EXPECT_EQ(headerIn(last, "In-Reply-To"), "<answer-" + std::to_string(i) + "@example.com>");
        EXPECT_EQ(headerIn(last, "References"), references);
        references += " " + headerIn(last, "Message-ID");
    }

    const auto offered = headerIn(mail.waitFor(0).back(), "List-Unsubscribe");
    const std::string publicUrl = "<https://hooks.brightroof.example";
    ASSERT_TRUE(offered.starts_with(publicUrl)) << offered;
    const auto path = offered.substr(publicUrl.size(), offered.find('>') - publicUrl.size());
    EXPECT_EQ(postTo(port, path, "List-Unsubscribe=One-Click"), 200);
    const auto shown = [&] { return overtureLine("conversation show lead-1" + data).output(); };
    for (int i = 0; i < 100 && shown().find("closed (opted out)") == std::string::npos; ++i) {
    }
    EXPECT_NE(shown().find("closed (opted out)"), std::string::npos) << shown();
    EXPECT_EQ(shown().find("quoted words"), std::string::npos) << "a lead's words are their own";
    EXPECT_EQ(mail.waitFor(0).size(), words.size());
    EXPECT_EQ(service.stop(), 0);
    std::filesystem::remove_all(folder);
}

TEST(Serve, HoldsAConversationByEmail) {
    StubMail mail;
    holdsAConversation(mail);
}

TEST(Serve, HoldsAConversationByEmailThroughRealServers) {
    if (const auto hindrance = MailServers::hindrance(); !hindrance.empty()) GTEST_SKIP() << hindrance;
    RealMail mail;
    ASSERT_TRUE(mail.servers.areListening()) << mail.servers.logs();
    holdsAConversation(mail);
}

const std::string kMetaNumber = "106540352242922";

std::pair<int, Json> metaAnswers(const StubApi::Asked& asked, std::size_t number) {
    if (asked.authorization != "Bearer EAAexample") return {401, {{"error", {{"code", 190}}}}};
    if (asked.path.starts_with("/v23.0/" + kMetaNumber + "?"))
        return {200,
                {{"display_phone_number", "+1 202-555-0100"},
                 {"quality_rating", "GREEN"},
                 {"messaging_limit_tier", "TIER_1K"}}};
    if (asked.path != "/v23.0/" + kMetaNumber + "/messages") return {404, Json::object()};
    return {200, {{"messages", {{{"id", "wamid.out" + std::to_string(number)}}}}}};
}

/// As `playbook new` writes it, for WhatsApp.
std::string whatsAppPlaybook(const Folder& folder) {
    const auto made = overtureLine("playbook new " + (folder / "chat-demo"));
    EXPECT_EQ(made.status, 0) << made.output();
    const auto path = folder / "chat-demo/playbook.lua";
    writeFile(path, replaceAll(readFile(path), "\"sms\"", "\"whatsapp\""));
    return folder / "chat-demo";
}

TEST(Serve, HoldsAConversationByWhatsAppThroughMeta) {
    std::string own;
    std::atomic<bool> gone = false;
    StubApi meta([&](const StubApi::Asked& asked, std::size_t number) -> std::pair<int, Json> {
        const bool ours = asked.authorization == "Bearer EAAexample" && !gone;
        if (ours && asked.path == "/v23.0/1003383421387256?phone_number_id=" + kMetaNumber)
            return {200, {{"url", own + "/media/1"}, {"mime_type", "image/jpeg"}, {"file_size", 11}}};
        if (ours && asked.path == "/media/1") return {200, "a picture"};
        return metaAnswers(asked, number);
    });
    own = meta.url();
    const Folder folder("serve-whatsapp");
    const auto [number, place] = awake();
    const auto port = std::to_string(freePort());
    folder.write(
        "leads.csv",
        "id,first name,phone,country,state,time zone,consent,consent source,consent date\nlead-1,Asha," +
            number + "," + place + ",written,web form,2026-01-05\n");
    folder.write("team.csv", "name,email,zone,hours\nDana Whitfield,dana@brightroof.example," +
                                 place.substr(place.rfind(',') + 1) + ",Mon-Fri 09:00-17:00\n");
    folder.write("campaign.json",
                 toText({{"organization", "Brightroof"},
                         {"playbook", whatsAppPlaybook(folder)},
                         {"leads", "leads.csv"},
                         {"team", "team.csv"},
                         {"settings", {{"company", "Brightroof"}}},
                         {"public_url", "http://127.0.0.1:" + port},
                         {"bindings",
                          {{"whatsapp",
                            {{"plugin", "meta"},
                             {"sender", "+12025550100"},
                             {"settings", {{"phone_number_id", kMetaNumber}, {"base_url", meta.url()}}},
                             {"secrets",
                              {{"access_token", "EXAMPLE_ACCESS"},
                               {"app_secret", "EXAMPLE_APP"},
                               {"verify_token", "EXAMPLE_VERIFY"}}}}},
                           {"model", {{"plugin", "scripted"}}}}}}));
    const auto data = " --data " + (folder / "data");
    const auto created =
        overtureLine("campaign create " + (folder / "campaign.json") + data, "",
                     "EXAMPLE_ACCESS=EAAexample EXAMPLE_APP=app-secret EXAMPLE_VERIFY=verify-me");
    ASSERT_EQ(created.status, 0) << created.output();
    const auto at = created.output().find("http://127.0.0.1:" + port + "/hooks/");
    ASSERT_NE(at, std::string::npos) << created.output();
    const auto hook = created.output().substr(at, created.output().find_first_of(" \n", at) - at);
    EXPECT_EQ(overtureLine("binding check whatsapp" + data).output(),
              "whatsapp: works (quality GREEN, new people a day TIER_1K)\n");

    Service service("--port " + port + " --public-url http://127.0.0.1:" + port + " --quiet 0" + data);
    ASSERT_FALSE(service.ready().empty());
    EXPECT_EQ(
        callHook("GET", hook + "?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=verify-me", "", {}),
        (std::pair<int, std::string>{200, "4711"}));
    EXPECT_EQ(
        callHook("GET", hook + "?hub.mode=subscribe&hub.challenge=4711&hub.verify_token=guess", "", {}).first,
        403);

    int said = 0;
    const auto hears = [&](Json value) {
        value["messaging_product"] = "whatsapp";
        value["metadata"] = {{"display_phone_number", "12025550100"}, {"phone_number_id", kMetaNumber}};
        const auto body =
            toText({{"object", "whatsapp_business_account"},
                    {"entry", {{{"id", "1"}, {"changes", {{{"field", "messages"}, {"value", value}}}}}}}});
        return callHook("POST", hook, body,
                        {{"X-Hub-Signature-256", "sha256=" + toHex(hmacSha256("app-secret", body))},
                         {"Content-Type", "application/json"}})
            .first;
    };
    const auto message = [&](Json more) {
        more["from"] = number.substr(1);
        more["id"] = "wamid.in" + std::to_string(++said);
        more["timestamp"] = "1772467200";
        return Json{{"messages", {more}}};
    };
    const auto text = [](const std::string& words) {
        return Json{{"type", "text"}, {"text", {{"body", words}}}};
    };
    const auto first = message(text("Hi, you have two questions? Go ahead"));
    EXPECT_EQ(hears(first), 200);
    ASSERT_EQ(meta.waitFor(1).size(), 1U);
    EXPECT_EQ(hears(first), 200) << "Meta repeats itself";
    EXPECT_EQ(hears({{"statuses",
                      {{{"id", "wamid.out1"}, {"status", "read"}, {"timestamp", "1772467201"}},
                       {{"id", "wamid.out1"}, {"status", "sent"}, {"timestamp", "1772467200"}},
                       {{"id", "wamid.nobody"}, {"status", "delivered"}, {"timestamp", "1772467200"}},
                       {{"id", "wamid.out1"}, {"status", "teleported"}}}}}),
              200);
    EXPECT_EQ(hears(message(text("Yes, I decide"))), 200);
    ASSERT_EQ(meta.waitFor(2).size(), 2U);
    EXPECT_EQ(hears(message({{"type", "image"},
                             {"image",
                              {{"id", "1003383421387256"},
                               {"mime_type", "image/jpeg"},
                               {"caption", "It is for 20 people"}}}})),
              200);
    auto all = meta.waitFor(3);
    ASSERT_EQ(all.size(), 3U) << overtureLine("conversation show lead-1" + data).output();
    const auto pictures = folder / "pictures";
    const auto got = overtureLine("conversation media lead-1 --into " + pictures + data);
    EXPECT_EQ(got.status, 0) << got.output();
    ASSERT_NE(got.out.find(".jpg: image/jpeg, 11 bytes\n"), std::string::npos) << got.output();
    EXPECT_EQ(readFile(got.out.substr(0, got.out.find(": "))), "\"a picture\"");
    gone = true;
    const auto late = overtureLine("conversation media lead-1 --into " + pictures + data);
    EXPECT_EQ(late.status, 1);
    EXPECT_NE(late.out.find("-1: rejected: Meta does not have it any more"), std::string::npos)
        << late.output();
    EXPECT_EQ(all[0].body["type"], "text");
    EXPECT_EQ(all[0].body["to"], number);
    const auto& offer = all[2].body;
    ASSERT_EQ(offer["type"], "interactive") << offer;
    ASSERT_EQ(offer["interactive"]["type"], "list") << offer;
    const auto row = offer["interactive"]["action"]["sections"][0]["rows"][1];
    EXPECT_EQ(hears(message(
                  {{"type", "interactive"}, {"interactive", {{"type", "list_reply"}, {"list_reply", row}}}})),
              200);
    all = meta.waitFor(4);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_NE(all[3].body["text"]["body"].get<std::string>().find(row["title"].get<std::string>()),
              std::string::npos)
        << all[3].body << " is about " << row;
    EXPECT_EQ(hears(message({{"type", "button"}, {"button", {{"text", "Stop"}, {"payload", "stop"}}}})), 200);
    const auto shown = [&] { return overtureLine("conversation show lead-1" + data).output(); };
    for (int i = 0; i < 100 && shown().find("closed (opted out)") == std::string::npos; ++i) {
    }
    EXPECT_NE(shown().find("closed (opted out)"), std::string::npos) << shown();
    EXPECT_EQ(meta.waitFor(0).size(), 4U) << "one answer to each message, none to a repeated one or a stop";
    EXPECT_EQ(service.stop(), 0);
}

TEST(Serve, APortInUseIsOneClearSentence) {
    const std::string folder = "/tmp/overture-serve-port-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    ::chmod(folder.c_str(), 0755);
    const Poco::Net::ServerSocket taken(Poco::Net::SocketAddress("127.0.0.1", 0));
    const auto finished =
        overtureLine("serve --port " + std::to_string(taken.address().port()) + " --data " + folder);
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.output().find("in use"), std::string::npos) << finished.output();
    std::filesystem::remove_all(folder);
}

TEST(Serve, ADatabaseThatIsAwayIsOneClearSentence) {
    const auto finished = overtureLine("serve --database postgresql://nobody@127.0.0.1:1/none");
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.output().find("127.0.0.1"), std::string::npos) << finished.output();
    EXPECT_NE(finished.output().find("PostgreSQL"), std::string::npos) << finished.output();
}

}  // namespace
}  // namespace overture::testing
