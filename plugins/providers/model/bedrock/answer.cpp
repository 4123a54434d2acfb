#include "bedrock/answer.hpp"

#include <algorithm>

namespace overture::bedrock {
namespace {

using models::countOf;
using models::partOf;
using sdk::Answer;
using sdk::Outcome;

models::Tokens tokensOf(const Json& usage) {
    models::Tokens tokens;
    tokens.input = countOf(usage, "inputTokens");
    tokens.cached = countOf(usage, "cacheReadInputTokens");
    for (const auto& one : partOf(usage, "cacheDetails"))
        if (textOf(one, "ttl") == "1h") tokens.writtenLong += countOf(one, "inputTokens");
    tokens.written = std::max<std::int64_t>(0, countOf(usage, "cacheWriteInputTokens") - tokens.writtenLong);
    tokens.output = countOf(usage, "outputTokens");
    return tokens;
}

std::string refusalOf(const std::string& reason) {
    if (reason == "guardrail_intervened") return "the account's guardrail stopped the answer";
    return reason == "content_filtered" ? "the server's filter stopped the answer" : "";
}

std::string finishOf(const std::string& reason, const std::string& refusal, const Json& calls) {
    if (!refusal.empty()) return "refusal";
    if (reason == "max_tokens" || reason == "model_context_window_exceeded") return "length";
    return calls.empty() ? "stop" : "tool";
}

}  // namespace

Answer readAnswer(const Settings& settings, const std::string& model, const sdk::HttpAnswer& http) {
    Json document;
    if (auto no = models::trouble(vendor(), http, document)) return std::move(*no);
    const auto& blocks = partOf(partOf(partOf(document, "output"), "message"), "content");
    const auto reason = textOf(document, "stopReason");
    const auto refusal = refusalOf(reason);
    if (!blocks.is_array() && refusal.empty())
        return Answer::no(Outcome::unknown, "the model's server sent an answer without content");
    if (reason == "malformed_model_output" || reason == "malformed_tool_use")
        return Answer::no(Outcome::unknown, "the model broke its answer off", reason);
    std::string content;
    Json calls = Json::array();
    for (const auto& block : blocks) {
        content += textOf(block, "text");
        const auto& call = partOf(block, "toolUse");
        if (!textOf(call, "name").empty() && partOf(call, "input").is_object())
            calls.push_back(
                {{"id", textOf(call, "toolUseId")}, {"name", call["name"]}, {"arguments", call["input"]}});
    }
    const auto finish = finishOf(reason, refusal, calls);
    if (finish == "stop" && content.empty())
        return Answer::no(Outcome::unknown, "the model answered nothing");
    const auto tokens = tokensOf(partOf(document, "usage"));
    Json out{{"content", content},
             {"json", finish == "stop" ? models::objectIn(content) : Json(nullptr)},
             {"tool_calls", std::move(calls)},
             {"finish", finish},
             {"model", model},
             {"usage", models::usageOf(tokens, settings.costOf(model, tokens))}};
    if (!refusal.empty()) out["refusal"] = refusal;
    return Answer::ok(std::move(out));
}

}  // namespace overture::bedrock
