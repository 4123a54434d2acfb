#include "model.hpp"

#include <algorithm>

#include "answer.hpp"
#include "request.hpp"
#include "stream.hpp"

namespace overture::openai {
namespace {

constexpr int kMostTries = 4;           ///< one for each thing that a server may refuse
constexpr std::int64_t kLeastMs = 200;  ///< with less time left another try is not worth it

constexpr std::int64_t kLongestAnswer = 4096;  ///< tokens, when nothing limits it

}  // namespace

ChatModel::ChatModel(sdk::Host host, const Json& settings)
    : host_(host), settings_(Settings::read(settings)), structured_(settings_.structured) {}

sdk::HttpRequest ChatModel::requestOf(const Json& body, std::int64_t deadlineMs) const {
    return postTo(host_, settings_, "/chat/completions", body, deadlineMs);
}

/// The answer as if it had come in one; a server that does not stream says so by its content type.
sdk::HttpAnswer ChatModel::postStreamed(const Json& body, std::int64_t deadlineMs,
                                        std::int64_t patienceMs) const {
    auto request = requestOf(body, deadlineMs);
    request.headers[1].second = "text/event-stream, application/json";
    request.patienceMs = patienceMs;
    StreamReader reader;
    std::string plain;
    bool events = false;
    auto answer = host_.httpStreamed(request, [&](const sdk::HttpAnswer& head, std::string_view bytes) {
        events = head.status == 200 && head.header("content-type").find("event-stream") != std::string::npos;
        if (events) return reader.take(bytes) ? sdk::Piece::useful : sdk::Piece::wait;
        plain.append(bytes);
        return sdk::Piece::useful;
    });
    answer.body = events ? reader.body() : std::move(plain);
    if (!events) return answer;
    if (answer.answered && !reader.whole()) answer.error = "it ended before the answer was whole";
    answer.answered = reader.whole();
    return answer;
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
    if (body.contains("stream_options") && blames(answer, "stream_options")) return noStreamOptions_ = true;
    if (body.contains("stream") && blames(answer, "'stream'")) return noStream_ = true;
    if (body.contains("seed") && blames(answer, "'seed'")) return noSeed_ = true;
    return false;
}

sdk::Answer ChatModel::complete(const Json& request, const sdk::Call& call) {
    const auto deadline = host_.nowMicros() + call.deadlineMs * 1000;
    std::optional<std::int64_t> patience;
    if (request.contains("first_token_ms") && request["first_token_ms"].is_number_integer())
        patience = request["first_token_ms"].get<std::int64_t>();
    for (int number = 1;; ++number) {
        const auto left = (deadline - host_.nowMicros()) / 1000;
        if (left < kLeastMs && number > 1)
            return sdk::Answer::no(sdk::Outcome::transient, "the time for this call is over");
        auto body = bodyOf(current(), request, structured_);
        const bool streamed = patience && !noStream_ && host_.streams();
        if (streamed) {
            body["stream"] = true;
            if (!noStreamOptions_) body["stream_options"] = {{"include_usage", true}};
        }
        const auto waited = call.deadlineMs - left;
        const auto answer = streamed ? postStreamed(body, left, std::max<std::int64_t>(1, *patience - waited))
                                     : host_.http(requestOf(body, left));
        if (answer.late)
            return sdk::Answer::no(
                sdk::Outcome::transient,
                "nothing useful came from the model within " + std::to_string(*patience) + " ms", "late");
        if (number < kMostTries && answer.answered && giveWay(answer, body)) continue;
        return readAnswer(settings_, answer);
    }
}

sdk::Answer ChatModel::estimate(const Json& request, const sdk::Call&) {
    const auto body = bodyOf(current(), request, structured_);
    const auto model = body.at("model").get<std::string>();
    const auto output = body.value(settings_.tokenField, body.value("max_tokens", kLongestAnswer));
    const auto cost = settings_.costOf(model, mostTokensOf(body), output);
    if (!cost) return sdk::Answer::no(sdk::Outcome::unsupported, "no price is known for the model " + model);
    return sdk::Answer::ok({{"cost_micros", *cost}, {"currency", "USD"}});
}

}  // namespace overture::openai
