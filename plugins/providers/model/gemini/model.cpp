#include "gemini/model.hpp"

#include "common/schema.hpp"
#include "gemini/answer.hpp"
#include "gemini/request.hpp"
#include "gemini/stream.hpp"

namespace overture::gemini {

class ChatModel::Asking final : public models::Exchange {
public:
    Asking(ChatModel& model, const Json& asked) : model_(model), asked_(asked) {}

    sdk::HttpRequest request(bool streamed, std::int64_t deadlineMs) override {
        body_ = bodyOf(model_.current(), asked_);
        const auto model = textOf(asked_, "model", model_.settings_.model);
        auto request =
            postTo(model_.host_, model_.settings_, model,
                   streamed ? "streamGenerateContent?alt=sse" : "generateContent", body_, deadlineMs);
        if (streamed) request.headers[1].second = "text/event-stream, application/json";
        return request;
    }
    std::unique_ptr<models::StreamedAnswer> reader() const override {
        return std::make_unique<StreamReader>();
    }
    bool giveWay(const sdk::HttpAnswer& answer) override {
        const auto& sent = body_["generationConfig"];
        const auto refuses = [&](const char* field, std::initializer_list<const char*> names) {
            if (!sent.contains(field)) return false;
            for (const auto* name : names)
                if (models::blames(answer, name)) return true;
            return false;
        };
        if (refuses("responseJsonSchema", {"response_json_schema", "responseJsonSchema", "response mime type",
                                           "response_mime_type", "JSON mode"}))
            return model_.noSchema_ = true;
        if (refuses("thinkingConfig", {"thinking", "Thinking"})) return model_.noThinking_ = true;
        if (refuses("seed", {"seed"})) return model_.noSeed_ = true;
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
    if (noThinking_) settings.tellsThinking = false;
    if (noSeed_) settings.seed = false;
    return settings;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    Asking asking(*this, request);
    return models::complete(host_, request, call, asking);
}

sdk::Answer ChatModel::estimate(const Json& request, const sdk::Call&) {
    const auto body = bodyOf(current(), request);
    const auto model = textOf(request, "model", settings_.model);
    models::Tokens most;
    most.input = models::mostTokensOf(body);
    most.output = body["generationConfig"]["maxOutputTokens"].get<std::int64_t>();
    return models::estimateOf(model, settings_.prices.costOf(model, most));
}

}  // namespace overture::gemini
