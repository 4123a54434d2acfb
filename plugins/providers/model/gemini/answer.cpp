#include "gemini/answer.hpp"

#include <algorithm>

namespace overture::gemini {
namespace {

using models::partOf;
using sdk::Answer;
using sdk::Outcome;

struct Read {
    std::string content;
    Json calls = Json::array();
};

Read readParts(const Json& candidate) {
    Read out;
    for (const auto& part : partOf(partOf(candidate, "content"), "parts")) {
        if (part.is_object() && part.value("thought", Json()) == true) continue;
        out.content += textOf(part, "text");
        const auto& call = partOf(part, "functionCall");
        const auto name = textOf(call, "name");
        if (name.empty()) continue;
        const auto& arguments = partOf(call, "args");
        out.calls.push_back({{"id", textOf(call, "id", "call-" + std::to_string(out.calls.size() + 1))},
                             {"name", name},
                             {"arguments", arguments.is_object() ? arguments : Json::object()}});
    }
    return out;
}

/// Why a filter stopped it, or "".
std::string refusalOf(const Json& document, const std::string& reason) {
    const auto blocked = textOf(partOf(document, "promptFeedback"), "blockReason");
    if (!blocked.empty()) return "the server's filter stopped the request (" + blocked + ")";
    for (const auto* word : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"})
        if (reason == word) return "the server's filter stopped the answer (" + reason + ")";
    return {};
}

std::string finishOf(const std::string& reason, const std::string& refusal, const Json& calls) {
    if (!refusal.empty()) return "refusal";
    if (reason == "MAX_TOKENS") return "length";
    return calls.empty() ? "stop" : "tool";
}

}  // namespace

models::Tokens tokensOf(const Json& usage) {
    using models::countOf;
    models::Tokens tokens;
    const auto all = countOf(usage, "promptTokenCount");
    tokens.cached = std::min(countOf(usage, "cachedContentTokenCount"), all);
    tokens.input = all - tokens.cached + countOf(usage, "toolUsePromptTokenCount");
    tokens.output = countOf(usage, "candidatesTokenCount") + countOf(usage, "thoughtsTokenCount");
    return tokens;
}

Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http) {
    Json document;
    if (auto no = models::trouble(vendor(), http, document)) return std::move(*no);
    const auto& candidates = partOf(document, "candidates");
    const Json nothing;
    const auto& candidate = candidates.is_array() && !candidates.empty() ? candidates[0] : nothing;
    const auto reason = textOf(candidate, "finishReason");
    const auto refusal = refusalOf(document, reason);
    if (!candidate.is_object() && refusal.empty())
        return Answer::no(Outcome::unknown, "the model's server sent an answer without a candidate");
    auto read = readParts(candidate);
    const auto finish = finishOf(reason, refusal, read.calls);
    if (finish == "stop" && reason != "STOP" && !reason.empty())
        return Answer::no(Outcome::unknown, "the model broke its answer off", models::plainWord(reason));
    if (finish == "stop" && read.content.empty())
        return Answer::no(Outcome::unknown, "the model answered nothing");
    const auto model = textOf(document, "modelVersion", settings.model);
    const auto tokens = tokensOf(partOf(document, "usageMetadata"));
    Json out{{"content", read.content},
             {"json", finish == "stop" ? models::objectIn(read.content) : Json(nullptr)},
             {"tool_calls", std::move(read.calls)},
             {"finish", finish},
             {"model", model},
             {"usage", models::usageOf(tokens, settings.prices.costOf(model, tokens))}};
    if (!refusal.empty()) out["refusal"] = refusal;
    return Answer::ok(std::move(out));
}

}  // namespace overture::gemini
