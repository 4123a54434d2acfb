#include "answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace overture::openai {
namespace {

using sdk::Answer;
using sdk::Outcome;

std::int64_t countOf(const Json& object, const char* key) {
    if (!object.is_object()) return 0;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return 0;
    return std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, 1'000'000'000);
}

Json parsed(const std::string& body) {
    return Json::parse(body, nullptr, false);
}

Json errorIn(const std::string& body) {
    const auto document = parsed(body);
    if (!document.is_object()) return Json::object();
    if (document.contains("error") && document["error"].is_object()) return document["error"];
    return document;
}

/// The vendor's own code for what went wrong: a word, so that nothing a person wrote can be in it.
std::string codeOf(const Json& error) {
    auto code = textOf(error, "code");
    if (code.empty()) code = textOf(error, "type");
    const bool plain = code.size() <= 60 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
                           return std::isalnum(c) || c == '_' || c == '-' || c == '.';
                       });
    return plain ? code : std::string();
}

std::optional<std::int64_t> milliseconds(const std::string& header, double factor) {
    if (header.empty()) return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(header.c_str(), &end);
    if (end == header.c_str() || *end != '\0' || !std::isfinite(value) || value < 0) return std::nullopt;
    return static_cast<std::int64_t>(std::min(value * factor, 86'400'000.0));
}

std::optional<std::int64_t> retryAfter(const sdk::HttpAnswer& http) {
    if (const auto exact = milliseconds(http.header("retry-after-ms"), 1)) return exact;
    return milliseconds(http.header("retry-after"), 1000);
}

Answer failed(const sdk::HttpAnswer& http) {
    const auto error = errorIn(http.body);
    const auto code = codeOf(error);
    const auto status = "the model's server answered " + std::to_string(http.status) +
                        (code.empty() ? "" : " (" + code + ")");
    auto answer = Answer::no(Outcome::invalid, status, code.empty() ? std::to_string(http.status) : code);
    if (http.status == 401 || http.status == 403) {
        answer.outcome = Outcome::auth;
        answer.message += ": check the secret \"api_key\" and what it may use";
    } else if (http.status == 402 || code == "insufficient_quota" || code == "billing_hard_limit_reached") {
        answer.outcome = Outcome::auth;
        answer.message += ": the account has no credit left";
    } else if (http.status == 429) {
        answer.outcome = Outcome::limited;
        answer.retryAfterMs = retryAfter(http);
    } else if (http.status >= 500 || http.status == 408 || http.status == 409 || http.status == 425) {
        answer.outcome = Outcome::transient;
        answer.retryAfterMs = retryAfter(http);
    } else if (code == "context_length_exceeded") {
        answer.message += ": the conversation is longer than the model can read";
    } else if (http.status == 404) {
        answer.message += ": check the settings \"base_url\" and \"model\"";
    } else if (http.status < 400) {
        answer.outcome = Outcome::transient;
    }
    return answer;
}

Json toolCallsOf(const Json& message) {
    Json out = Json::array();
    if (!message.contains("tool_calls") || !message["tool_calls"].is_array()) return out;
    for (const auto& call : message["tool_calls"]) {
        const auto function =
            call.is_object() && call.contains("function") ? call["function"] : Json::object();
        const auto arguments = parsed(textOf(function, "arguments"));
        if (textOf(function, "name").empty() || !arguments.is_object()) continue;
        out.push_back(
            {{"id", textOf(call, "id")}, {"name", textOf(function, "name")}, {"arguments", arguments}});
    }
    return out;
}

/// Text as most servers give it, or as a list of text parts.
std::string contentOf(const Json& message) {
    if (!message.contains("content")) return {};
    const auto& content = message["content"];
    if (content.is_string()) return content.get<std::string>();
    std::string out;
    if (content.is_array())
        for (const auto& part : content) out += textOf(part, "text");
    return out;
}

Json objectIn(std::string text) {
    const auto fence = text.find("```");
    if (fence != std::string::npos) {
        const auto line = text.find('\n', fence);
        const auto end = text.rfind("```");
        if (line != std::string::npos && end > line) text = text.substr(line + 1, end - line - 1);
    }
    const auto object = parsed(text);
    return object.is_object() ? object : Json(nullptr);
}

std::string finishOf(const std::string& reason, const std::string& refusal, const Json& calls) {
    if (!refusal.empty() || reason == "content_filter") return "refusal";
    if (reason == "length") return "length";
    return calls.empty() ? "stop" : "tool";
}

}  // namespace

Json usageOf(const Settings& settings, const Json& document, const std::string& model) {
    const auto usage = document.contains("usage") ? document["usage"] : Json::object();
    const auto input = countOf(usage, "prompt_tokens");
    const auto output = countOf(usage, "completion_tokens");
    const auto cost = settings.costOf(model, input, output);
    Json out{{"input_tokens", input},
             {"output_tokens", output},
             {"cost_micros", cost.value_or(0)},
             {"currency", "USD"}};
    if (!cost || input + output == 0) out["unpriced"] = true;
    return out;
}

bool blames(const sdk::HttpAnswer& http, std::string_view name) {
    if (http.status != 400 && http.status != 422) return false;
    return http.body.find(name) != std::string::npos;
}

std::optional<Answer> trouble(const sdk::HttpAnswer& http, Json& document) {
    if (!http.sent)
        return Answer::no(Outcome::transient, "the model's server could not be reached: " + http.error);
    if (!http.answered)
        return Answer::no(Outcome::transient, "the model's server gave no answer: " + http.error);
    if (http.status != 200) return failed(http);
    document = parsed(http.body);
    if (document.is_discarded())
        return Answer::no(Outcome::transient, "the model's server sent a body that is not whole JSON");
    if (document.is_object() && document.contains("error") && !document["error"].is_null())
        return Answer::no(Outcome::transient, "the model's server reported an error in place of an answer",
                          codeOf(errorIn(http.body)));
    return std::nullopt;
}

Answer readAnswer(const Settings& settings, const sdk::HttpAnswer& http) {
    Json document;
    if (auto no = trouble(http, document)) return std::move(*no);
    const bool chosen = document.is_object() && document.contains("choices") &&
                        document["choices"].is_array() && !document["choices"].empty() &&
                        document["choices"][0].is_object() && document["choices"][0].contains("message") &&
                        document["choices"][0]["message"].is_object();
    if (!chosen) return Answer::no(Outcome::transient, "the model's server sent an answer without a choice");

    const auto& choice = document["choices"][0];
    const auto& message = choice["message"];
    const auto reason = textOf(choice, "finish_reason");
    const auto content = contentOf(message);
    const auto calls = toolCallsOf(message);
    auto refusal = textOf(message, "refusal");
    if (refusal.empty() && reason == "content_filter")
        refusal = "the server's content filter stopped the answer";
    const auto finish = finishOf(reason, refusal, calls);
    if (finish == "stop" && content.empty())
        return Answer::no(Outcome::transient, "the model answered nothing");
    const auto model = textOf(document, "model").empty() ? settings.model : textOf(document, "model");
    Json out{{"content", content},  {"json", finish == "stop" ? objectIn(content) : Json(nullptr)},
             {"tool_calls", calls}, {"finish", finish},
             {"model", model},      {"usage", usageOf(settings, document, model)}};
    if (!refusal.empty()) out["refusal"] = refusal;
    return Answer::ok(std::move(out));
}

}  // namespace overture::openai
