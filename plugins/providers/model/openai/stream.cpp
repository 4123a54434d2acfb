#include "openai/stream.hpp"

namespace overture::openai {

bool StreamReader::take(std::string_view bytes) {
    lines_.take(bytes, [this](std::string_view data) { event(data); });
    return useful_;
}

void StreamReader::event(std::string_view data) {
    if (data == "[DONE]") return;
    const auto chunk = Json::parse(data, nullptr, false);
    if (!chunk.is_object()) return;
    if (chunk.contains("error") && !chunk["error"].is_null()) error_ = chunk["error"];
    if (const auto model = textOf(chunk, "model"); !model.empty()) model_ = model;
    if (chunk.contains("usage") && chunk["usage"].is_object()) usage_ = chunk["usage"];
    if (!chunk.contains("choices") || !chunk["choices"].is_array() || chunk["choices"].empty()) return;
    choice(chunk["choices"][0]);
}

void StreamReader::choice(const Json& choice) {
    if (!choice.is_object()) return;
    if (const auto reason = textOf(choice, "finish_reason"); !reason.empty()) finish_ = reason;
    if (!choice.contains("delta") || !choice["delta"].is_object()) return;
    const auto& delta = choice["delta"];
    content_ += textOf(delta, "content");
    refusal_ += textOf(delta, "refusal");
    if (delta.contains("tool_calls") && delta["tool_calls"].is_array())
        for (const auto& call : delta["tool_calls"]) toolCall(call);
    useful_ = !content_.empty() || !refusal_.empty() || !calls_.empty();
}

/// The first delta of a call names it, the others bring its arguments.
void StreamReader::toolCall(const Json& delta) {
    if (!delta.is_object()) return;
    const auto index =
        delta.contains("index") ? static_cast<std::size_t>(models::countOf(delta, "index")) : calls_.size();
    if (index > calls_.size() || index >= 64) return;
    if (index == calls_.size())
        calls_.push_back({{"id", ""}, {"type", "function"}, {"function", {{"name", ""}, {"arguments", ""}}}});
    auto& call = calls_[index];
    if (const auto id = textOf(delta, "id"); !id.empty()) call["id"] = id;
    if (!delta.contains("function")) return;
    for (const char* key : {"name", "arguments"})
        call["function"][key] = call["function"][key].get<std::string>() + textOf(delta["function"], key);
}

std::string StreamReader::body() const {
    if (!error_.is_null()) return models::toText({{"error", error_}});
    Json message{{"role", "assistant"}, {"content", content_}};
    if (!refusal_.empty()) message["refusal"] = refusal_;
    if (!calls_.empty()) message["tool_calls"] = calls_;
    Json answer{{"model", model_},
                {"choices", {{{"index", 0}, {"finish_reason", finish_}, {"message", message}}}}};
    if (!usage_.is_null()) answer["usage"] = usage_;
    return models::toText(answer);
}

}  // namespace overture::openai
