#include "openai/answer.hpp"

#include <algorithm>

namespace overture::openai {
namespace {

using models::countOf;
using models::partOf;
using sdk::Answer;
using sdk::Outcome;

Json toolCallsOf(const Json& message) {
    Json out = Json::array();
    const auto& calls = partOf(message, "tool_calls");
    for (const auto& call : calls) {
        const auto& function = partOf(call, "function");
        const auto arguments = Json::parse(textOf(function, "arguments"), nullptr, false);
        if (textOf(function, "name").empty() || !arguments.is_object()) continue;
        out.push_back(
            {{"id", textOf(call, "id")}, {"name", textOf(function, "name")}, {"arguments", arguments}});
    }
    return out;
}

/// Text as most servers give it, or as a list of text parts.
std::string contentOf(const Json& message) {
    auto out = textOf(message, "content");
    for (const auto& part : partOf(message, "content")) out += textOf(part, "text");
    return out;
}

std::string finishOf(const std::string& reason, const std::string& refusal, const Json& calls) {
    if (!refusal.empty() || reason == "content_filter") return "refusal";
    if (reason == "length") return "length";
    return calls.empty() ? "stop" : "tool";
}

/// What the server says the call cost; an account with keys of its own pays the maker of the model besides.
std::optional<std::int64_t> reportedCost(const Json& usage) {
    const auto cost = usage.find("cost");
    if (cost == usage.end() || !cost->is_number()) return std::nullopt;
    auto micros = cost->get<double>() * 1e6;
    if (usage.value("is_byok", Json()) == true)
        micros += partOf(usage, "cost_details").value("upstream_inference_cost", Json()).is_number()
                      ? usage["cost_details"]["upstream_inference_cost"].get<double>() * 1e6
                      : 0.0;
    return models::wholeMicros(micros);
}

models::Tokens tokensOf(const Json& usage) {
    const auto& details = partOf(usage, "prompt_tokens_details");
    models::Tokens tokens;
    const auto all = countOf(usage, "prompt_tokens");
    tokens.cached = std::min(countOf(details, "cached_tokens"), all);
    tokens.written = std::min(countOf(details, "cache_write_tokens"), all - tokens.cached);
    tokens.input = all - tokens.cached - tokens.written;
    tokens.output = countOf(usage, "completion_tokens");
    return tokens;
}

}  // namespace

Json usageOf(const Settings& settings, const Json& document, const std::string& model) {
    const auto& usage = partOf(document, "usage");
    const auto tokens = tokensOf(usage);
    if (settings.reportsCost && usage.is_object())
        if (const auto cost = reportedCost(usage)) return models::usageOf(tokens, cost);
    return models::usageOf(tokens, settings.prices.costOf(model, tokens));
}

Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http) {
    Json document;
    if (auto no = models::trouble(settings.vendor, http, document)) return std::move(*no);
    const auto& choices = partOf(document, "choices");
    const Json nothing;
    const auto& choice = choices.is_array() && !choices.empty() ? choices[0] : nothing;
    const auto& message = partOf(choice, "message");
    if (!message.is_object())
        return Answer::no(Outcome::unknown, "the model's server sent an answer without a choice");

    const auto reason = textOf(choice, "finish_reason");
    if (reason == "error")
        return Answer::no(Outcome::transient, "the model's server broke its answer off with an error");
    const auto content = contentOf(message);
    const auto calls = toolCallsOf(message);
    auto refusal = textOf(message, "refusal");
    if (refusal.empty() && reason == "content_filter")
        refusal = "the server's content filter stopped the answer";
    const auto finish = finishOf(reason, refusal, calls);
    if (finish == "stop" && content.empty())
        return Answer::no(Outcome::unknown, "the model answered nothing");
    const auto model = textOf(document, "model").empty() ? settings.model : textOf(document, "model");
    Json out{{"content", content},  {"json", finish == "stop" ? models::objectIn(content) : Json(nullptr)},
             {"tool_calls", calls}, {"finish", finish},
             {"model", model},      {"usage", usageOf(settings, document, model)}};
    if (!refusal.empty()) out["refusal"] = refusal;
    return Answer::ok(std::move(out));
}

}  // namespace overture::openai
