#include "bedrock/model.hpp"

#include "bedrock/answer.hpp"
#include "bedrock/request.hpp"
#include "bedrock/stream.hpp"
#include "common/schema.hpp"

namespace overture::bedrock {

class ChatModel::Asking final : public models::Exchange {
public:
    Asking(ChatModel& model, const Json& asked)
        : model_(model), asked_(asked), name_(textOf(asked, "model", model.settings_.model)) {}

    bool mayStream() const override { return !model_.noStream_; }
    std::string_view streamType() const override { return "vnd.amazon.eventstream"; }
    sdk::HttpRequest request(bool streamed, std::int64_t deadlineMs) override {
        streamed_ = streamed;
        body_ = bodyOf(model_.current(), asked_);
        return postTo(model_.host_, model_.settings_, name_, streamed ? "converse-stream" : "converse", body_,
                      deadlineMs);
    }
    std::unique_ptr<models::StreamedAnswer> reader() const override {
        return std::make_unique<StreamReader>();
    }
    bool giveWay(const sdk::HttpAnswer& answer) override {
        const auto blames = [&](std::initializer_list<const char*> names) {
            for (const auto* name : names)
                if (models::blames(answer, name)) return true;
            return false;
        };
        if (body_.contains("outputConfig") &&
            blames({"outputConfig", "output_config", "textFormat", "output_format", "tructured output"}))
            return model_.noSchema_ = true;
        if (body_["inferenceConfig"].contains("temperature") && blames({"temperature"}))
            return model_.noTemperature_ = true;
        if (model_.current().promptCache != "off" &&
            blames({"cachePoint", "prompt caching", "cache_control"}))
            return model_.noCache_ = true;
        if (streamed_ && blames({"streaming mode", "does not support streaming"}))
            return model_.noStream_ = true;
        return false;
    }
    sdk::Answer read(const sdk::HttpAnswer& answer) override {
        return readAnswer(model_.settings_, name_, answer);
    }

private:
    ChatModel& model_;
    const Json& asked_;
    std::string name_;
    Json body_;
    bool streamed_ = false;
};

Settings ChatModel::current() const {
    auto settings = settings_;
    if (noSchema_) settings.schema = false;
    if (noTemperature_) settings.temperature = false;
    if (noCache_) settings.promptCache = "off";
    return settings;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    Asking asking(*this, request);
    return models::complete(host_, request, call, asking);
}

sdk::Answer ChatModel::estimate(const Json& request, const sdk::Call&) {
    const auto settings = current();
    const auto body = bodyOf(settings, request);
    models::Tokens most;
    auto& read = settings.promptCache == "5m"   ? most.written
                 : settings.promptCache == "1h" ? most.writtenLong
                                                : most.input;
    read = models::mostTokensOf(body);
    most.output = body["inferenceConfig"]["maxTokens"].get<std::int64_t>();
    const auto model = textOf(request, "model", settings.model);
    return models::estimateOf(model, settings.costOf(model, most));
}

}  // namespace overture::bedrock
