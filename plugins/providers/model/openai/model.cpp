#include "openai/model.hpp"

#include "common/exchange.hpp"
#include "openai/answer.hpp"
#include "openai/request.hpp"
#include "openai/stream.hpp"

namespace overture::openai {
namespace {

constexpr std::int64_t kLongestAnswer = 4096;  ///< tokens, when nothing limits it

}  // namespace

class ChatModel::Asking final : public models::Exchange {
public:
    Asking(ChatModel& model, const Json& asked) : model_(model), asked_(asked) {}

    bool mayStream() const override { return !model_.noStream_; }
    sdk::HttpRequest request(bool streamed, std::int64_t deadlineMs) override {
        body_ = bodyOf(model_.current(), asked_, model_.structured_);
        if (streamed) {
            body_["stream"] = true;
            if (!model_.noStreamOptions_) body_["stream_options"] = {{"include_usage", true}};
        }
        auto request = postTo(model_.host_, model_.settings_, "/chat/completions", body_, deadlineMs);
        if (streamed) request.headers[1].second = "text/event-stream, application/json";
        return request;
    }
    std::unique_ptr<models::StreamedAnswer> reader() const override {
        return std::make_unique<StreamReader>();
    }
    bool giveWay(const sdk::HttpAnswer& answer) override { return model_.giveWay(answer, body_); }
    sdk::Answer read(const sdk::HttpAnswer& answer) override { return readAnswer(model_.settings_, answer); }

private:
    ChatModel& model_;
    const Json& asked_;
    Json body_;
};

ChatModel::ChatModel(sdk::Host host, Settings settings)
    : host_(host), settings_(std::move(settings)), structured_(settings_.structured) {}

Settings ChatModel::current() const {
    auto settings = settings_;
    if (oldTokenField_) settings.tokenField = "max_tokens";
    if (noTemperature_) settings.temperature = false;
    if (noSeed_) settings.seed = false;
    return settings;
}

/// Leaves out what the server refused; false when it refused something else.
bool ChatModel::giveWay(const sdk::HttpAnswer& answer, const Json& body) {
    using models::blames;
    if (body.contains("response_format") &&
        (blames(answer, "response_format") || blames(answer, "json_schema"))) {
        const bool schema = body["response_format"]["type"] == "json_schema";
        structured_ = schema ? Structured::jsonObject : Structured::none;
        return true;
    }
    if (body.contains("max_completion_tokens") && blames(answer, "max_completion_tokens"))
        return oldTokenField_ = true;
    if (body.contains("temperature") && blames(answer, "temperature")) return noTemperature_ = true;
    if (body.contains("stream_options") && blames(answer, "stream_options")) return noStreamOptions_ = true;
    if (body.contains("stream") && blames(answer, "'stream'")) return noStream_ = true;
    if (body.contains("seed") && blames(answer, "'seed'")) return noSeed_ = true;
    return false;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    Asking asking(*this, request);
    return models::complete(host_, request, call, asking);
}

sdk::Answer ChatModel::estimate(const Json& request, const sdk::Call&) {
    const auto body = bodyOf(current(), request, structured_);
    const auto model = body.at("model").get<std::string>();
    models::Tokens most;
    (settings_.writesCache ? most.written : most.input) = models::mostTokensOf(body);
    most.output = body.value(settings_.tokenField, body.value("max_tokens", kLongestAnswer));
    return models::estimateOf(model, settings_.prices.costOf(model, most));
}

}  // namespace overture::openai
