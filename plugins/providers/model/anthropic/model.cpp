#include "anthropic/model.hpp"

#include "anthropic/answer.hpp"
#include "anthropic/request.hpp"
#include "anthropic/stream.hpp"
#include "common/schema.hpp"

namespace overture::anthropic {
namespace {

constexpr const char* kVersion = "2023-06-01";

}  // namespace

class ChatModel::Asking final : public models::Exchange {
public:
    Asking(ChatModel& model, const Json& asked) : model_(model), asked_(asked) {}

    sdk::HttpRequest request(bool streamed, std::int64_t deadlineMs) override {
        body_ = bodyOf(model_.current(), asked_);
        if (streamed) body_["stream"] = true;
        sdk::HttpRequest request;
        request.method = "POST";
        request.url = model_.settings_.baseUrl + "/v1/messages";
        request.headers = {{"Content-Type", "application/json"},
                           {"Accept", streamed ? "text/event-stream, application/json" : "application/json"},
                           {"anthropic-version", kVersion},
                           {"x-api-key", model_.host_.secret("api_key").value_or("")}};
        request.body = models::toText(body_);
        request.deadlineMs = deadlineMs;
        return request;
    }
    std::unique_ptr<models::StreamedAnswer> reader() const override {
        return std::make_unique<StreamReader>();
    }
    bool giveWay(const sdk::HttpAnswer& answer) override {
        if (body_.contains("output_config") &&
            (models::blames(answer, "output_config") || models::blames(answer, "output_format")))
            return model_.noSchema_ = true;
        if (body_.contains("temperature") && models::blames(answer, "temperature"))
            return model_.noTemperature_ = true;
        return false;
    }
    sdk::Answer read(const sdk::HttpAnswer& answer) override { return readAnswer(model_.settings_, answer); }

private:
    ChatModel& model_;
    const Json& asked_;
    Json body_;
};

Settings ChatModel::current() const {
    auto settings = settings_;
    if (noSchema_) settings.schema = false;
    if (noTemperature_) settings.temperature = false;
    return settings;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    Asking asking(*this, request);
    return models::complete(host_, request, call, asking);
}

sdk::Answer ChatModel::estimate(const Json& request, const sdk::Call&) {
    const auto body = bodyOf(current(), request);
    models::Tokens most;
    auto& read = settings_.promptCache == "5m"   ? most.written
                 : settings_.promptCache == "1h" ? most.writtenLong
                                                 : most.input;
    read = models::mostTokensOf(body);
    most.output = body.at("max_tokens").get<std::int64_t>();
    const auto model = textOf(body, "model");
    return models::estimateOf(model, settings_.prices.costOf(model, most));
}

}  // namespace overture::anthropic
