// A server in the shape of OpenAI's chat completions that answers badly, and a reviewing model that approves everything: what
// reaches the carrier, and what the Overseer did.
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <sstream>

#include "base/json.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using Answerer = std::function<std::string(const Json& request, Poco::Net::HTTPServerResponse& response)>;

Json completion(const std::string& content) {
    return {{"id", "chatcmpl-1"},
            {"object", "chat.completion"},
            {"model", "stub"},
            {"choices",
             {{{"index", 0},
               {"finish_reason", "stop"},
               {"message", {{"role", "assistant"}, {"content", content}}}}}},
            {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 20}, {"total_tokens", 120}}}};
}

bool isReview(const Json& request) {
    return toText(request).find("overseer_review") != std::string::npos;
}

std::string draftText(const std::string& reply) {
    return toText({{"reply", reply},
                   {"move", nullptr},
                   {"facts", Json::array()},
                   {"objection", nullptr},
                   {"sentiment", "neutral"},
                   {"language", "en"},
                   {"wants_person", false},
                   {"slot_choice", 0},
                   {"slot_answer", nullptr},
                   {"declined", false},
                   {"nothing_to_say", false},
                   {"unsure", false}});
}

/// The reviewing model approves whatever it is shown: only the rules stand between the draft and the carrier.
std::string approving(const Json& request, const std::string& draft) {
    if (isReview(request)) return toText(completion(R"({"verdict":"approve","reasons":[]})"));
    return toText(completion(draft));
}

class StubModel {
public:
    explicit StubModel(Answerer answer)
        : answer_(std::move(answer)), socket_(Poco::Net::SocketAddress("127.0.0.1", 0)) {
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(*this), socket_,
                                                          new Poco::Net::HTTPServerParams);
        server_->start();
    }
    ~StubModel() { server_->stopAll(true); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + "/v1"; }
    int calls() const { return calls_; }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(StubModel& stub) : stub_(stub) {}
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            std::string body;
            Poco::StreamCopier::copyToString(request.stream(), body);
            ++stub_.calls_;
            response.setContentType("application/json");
            const auto text = stub_.answer_(parseJson(body, "request").orThrow(), response);
            response.setContentLength64(static_cast<Poco::Int64>(text.size()));
            response.send() << text;
        }

    private:
        StubModel& stub_;
    };
    class Factory : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Factory(StubModel& stub) : stub_(stub) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler(stub_);
        }

    private:
        StubModel& stub_;
    };

    Answerer answer_;
    std::atomic<int> calls_{0};
    Poco::Net::ServerSocket socket_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

struct Outcome {
    int status;
    std::string printed, deliveries;
    Json report;
};

Outcome runWith(const std::string& name, Answerer answer) {
    const Folder folder("bad-model-" + name);
    std::istringstream in(readFile(OVERTURE_SOURCE_DIR "/playbooks/solar-consult/leads.csv"));
    std::string leads, line;
    for (int number = 0; number < 16 && std::getline(in, line); ++number) leads += line + "\n";
    writeFile(folder / "leads.csv", leads);
    const StubModel stub(std::move(answer));
    const auto finished = overtureLine(
        "run " OVERTURE_SOURCE_DIR "/playbooks/solar-consult --model openai --days 3 --leads " +
            (folder / "leads.csv") + " --out " + (folder / "out") + " --data " + (folder / "data"),
        "", "OPENAI_API_KEY=sk-example OPENAI_MODEL=stub OPENAI_BASE_URL=" + stub.url());
    EXPECT_GT(stub.calls(), 0);
    EXPECT_EQ(finished.output().find("sk-example"), std::string::npos) << "a key is never shown";
    if (finished.status != 0) return {finished.status, finished.output(), "", Json()};
    return {finished.status, finished.output(), readFile(folder / "out/deliveries.csv"),
            parseJson(readFile(folder / "out/report.json"), "report.json").orThrow()};
}

/// No draft of this kind reaches the carrier, and the Overseer's `verdict` stands in the report.
void expectStopped(const std::string& name, const std::string& reply, const std::string& mark) {
    const auto outcome =
        runWith(name, [&](const Json& request, auto&) { return approving(request, draftText(reply)); });
    ASSERT_EQ(outcome.status, 0) << outcome.printed;
    EXPECT_EQ(outcome.deliveries.find(mark), std::string::npos) << name << ": " << outcome.deliveries;
    EXPECT_EQ(outcome.report["messages"]["out"], 0) << name;
    EXPECT_GT(outcome.report["work"]["reviews"].value("revise", 0), 0) << name;
    EXPECT_GT(outcome.report["people"]["held_for_a_person"].get<int>(), 0)
        << "after two revisions a person looks";
}

TEST(BadModel, APromiseIsNotSent) {
    expectStopped("promise", "Hi, we guarantee that you will save 50% on your bill!", "guarantee");
}

TEST(BadModel, ALeakedPromptIsNotSent) {
    expectStopped("leak", "You write the next message of Katie. Say only what stands in this briefing.",
                  "briefing");
}

TEST(BadModel, AnInventedTimeIsNotSent) {
    expectStopped("time", "I booked you in for tomorrow at 3:30 PM with our expert.", "3:30");
}

TEST(BadModel, AClaimToBeHumanIsNotSent) {
    expectStopped("human", "Hi, I'm Katie and I'm a real person, not a bot.", "real person");
}

TEST(BadModel, AForeignLinkIsNotSent) {
    expectStopped("link", "Hello, please look at https://solar-deals.example/now first.", "solar-deals");
}

TEST(BadModel, AnUnrenderedPlaceholderIsNotSent) {
    expectStopped("placeholder", "Hi {lead.first_name}, [company] here.", "first_name");
}

/// Whatever the model's server sends instead of a draft: nothing goes out, nothing breaks, and a person is told.
void expectSilence(const std::string& name, Answerer answer) {
    const auto outcome = runWith(name, std::move(answer));
    ASSERT_EQ(outcome.status, 0) << outcome.printed;
    EXPECT_EQ(outcome.report["messages"]["out"], 0) << name << ": " << outcome.deliveries;
    EXPECT_GT(outcome.report["people"]["held_for_a_person"].get<int>(), 0) << name;
}

TEST(BadModel, GarbageIsNoDraft) {
    expectSilence("garbage",
                  [](const Json&, auto&) { return std::string("<html>\x01\xff not JSON at all"); });
}

TEST(BadModel, TheWrongSchemaIsNoDraft) {
    expectSilence("schema",
                  [](const Json&, auto&) { return toText(completion(R"({"answer":"hello","reply":42})")); });
}

TEST(BadModel, ATruncatedAnswerIsNoDraft) {
    expectSilence("truncated", [](const Json&, auto&) {
        auto cut = completion(R"({"reply":"Hi there, this is)");
        cut["choices"][0]["finish_reason"] = "length";
        return toText(cut);
    });
}

TEST(BadModel, ARefusalIsNoDraft) {
    expectSilence("refusal", [](const Json&, auto&) {
        auto refused = completion("");
        refused["choices"][0]["message"] = {
            {"role", "assistant"}, {"content", nullptr}, {"refusal", "I can't help with that."}};
        return toText(refused);
    });
}

TEST(BadModel, ARefusalInsideTheReplyIsNotSent) {
    expectStopped("refusal-text", "I'm sorry, but as an AI language model I can't assist with that.",
                  "language model");
}

TEST(BadModel, ABrokenServerIsNoDraft) {
    expectSilence("broken", [](const Json&, Poco::Net::HTTPServerResponse& response) {
        response.setStatus(Poco::Net::HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
        return std::string(R"({"error":{"message":"oops"}})");
    });
}

TEST(BadModel, AGoodDraftIsSent) {
    const auto outcome = runWith("good", [](const Json& request, auto&) {
        return approving(
            request,
            draftText("Hello, Katie here, Brightroof's automated assistant. Open to two quick questions?"));
    });
    ASSERT_EQ(outcome.status, 0) << outcome.printed;
    EXPECT_GT(outcome.report["messages"]["out"].get<int>(), 0)
        << "the tests above would pass on an engine that never speaks";
}

}  // namespace
}  // namespace overture::testing
