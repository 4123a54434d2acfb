#include "model.hpp"

#include "answer.hpp"
#include "request.hpp"

namespace overture::openai {
namespace {

constexpr int kMostTries = 4;           ///< one for each thing that a server may refuse
constexpr std::int64_t kLeastMs = 200;  ///< with less time left another try is not worth it

}  // namespace

ChatModel::ChatModel(sdk::Host host, const Json& settings)
    : host_(host), settings_(Settings::read(settings)), structured_(settings_.structured) {}

sdk::HttpAnswer ChatModel::post(const Json& body, std::int64_t deadlineMs) const {
    sdk::HttpRequest request;
    request.method = "POST";
    request.url = settings_.baseUrl + "/chat/completions";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (const auto key = host_.secret("api_key"); key && !key->empty())
        request.headers.push_back({"Authorization", "Bearer " + *key});
    if (!settings_.organization.empty())
        request.headers.push_back({"OpenAI-Organization", settings_.organization});
    if (!settings_.project.empty()) request.headers.push_back({"OpenAI-Project", settings_.project});
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    request.deadlineMs = deadlineMs;
    return host_.http(request);
}

Settings ChatModel::current() const {
    auto settings = settings_;
    if (oldTokenField_) settings.tokenField = "max_tokens";
    if (noTemperature_) settings.temperature = false;
    if (noSeed_) settings.seed = false;
    return settings;
}

/// Leaves out what the server refused; false when it refused something else.
bool ChatModel::giveWay(const sdk::HttpAnswer& answer, const Json& body) {
    if (body.contains("response_format") &&
        (blames(answer, "response_format") || blames(answer, "json_schema"))) {
        const bool schema = body["response_format"]["type"] == "json_schema";
        structured_ = schema ? Structured::jsonObject : Structured::none;
        return true;
    }
    if (body.contains("max_completion_tokens") && blames(answer, "max_completion_tokens"))
        return oldTokenField_ = true;
    if (body.contains("temperature") && blames(answer, "temperature")) return noTemperature_ = true;
    if (body.contains("seed") && blames(answer, "'seed'")) return noSeed_ = true;
    return false;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    const auto deadline = host_.nowMicros() + call.deadlineMs * 1000;
    for (int number = 1;; ++number) {
        const auto left = (deadline - host_.nowMicros()) / 1000;
        if (left < kLeastMs && number > 1)
            return sdk::Answer::no(sdk::Outcome::transient, "the time for this call is over");
        const auto body = bodyOf(current(), request, structured_);
        const auto answer = post(body, left);
        if (number < kMostTries && answer.answered && giveWay(answer, body)) continue;
        return readAnswer(settings_, answer);
    }
}

}  // namespace overture::openai
