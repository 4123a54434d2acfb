#include "anthropic/answer.hpp"

#include <algorithm>

namespace overture::anthropic {
namespace {

using models::countOf;
using models::partOf;
using sdk::Answer;
using sdk::Outcome;

models::Tokens tokensOf(const Json& usage) {
    models::Tokens tokens;
    tokens.input = countOf(usage, "input_tokens");
    tokens.cached = countOf(usage, "cache_read_input_tokens");
    tokens.writtenLong = countOf(partOf(usage, "cache_creation"), "ephemeral_1h_input_tokens");
    tokens.written =
        std::max<std::int64_t>(0, countOf(usage, "cache_creation_input_tokens") - tokens.writtenLong);
    tokens.output = countOf(usage, "output_tokens");
    return tokens;
}

std::string finishOf(const std::string& reason, const Json& calls) {
    if (reason == "refusal") return "refusal";
    if (reason == "max_tokens" || reason == "model_context_window_exceeded") return "length";
    return calls.empty() ? "stop" : "tool";
}

}  // namespace

Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http) {
    Json document;
    if (auto no = models::trouble(vendor(), http, document)) return std::move(*no);
    const auto& blocks = partOf(document, "content");
    if (!blocks.is_array())
        return Answer::no(Outcome::unknown, "the model's server sent an answer without content");
    std::string content;
    Json calls = Json::array();
    for (const auto& block : blocks) {
        const auto type = textOf(block, "type");
        if (type == "text") content += textOf(block, "text");
        if (type == "tool_use" && !textOf(block, "name").empty() && partOf(block, "input").is_object())
            calls.push_back(
                {{"id", textOf(block, "id")}, {"name", block["name"]}, {"arguments", block["input"]}});
    }
    const auto finish = finishOf(textOf(document, "stop_reason"), calls);
    if (finish == "stop" && content.empty())
        return Answer::no(Outcome::unknown, "the model answered nothing");
    const auto model = textOf(document, "model", settings.model);
    const auto tokens = tokensOf(partOf(document, "usage"));
    Json out{{"content", content},
             {"json", finish == "stop" ? models::objectIn(content) : Json(nullptr)},
             {"tool_calls", std::move(calls)},
             {"finish", finish},
             {"model", model},
             {"usage", models::usageOf(tokens, settings.prices.costOf(model, tokens))}};
    if (finish == "refusal")
        out["refusal"] =
            textOf(partOf(document, "stop_details"), "explanation", "the model would not answer");
    return Answer::ok(std::move(out));
}

}  // namespace overture::anthropic
