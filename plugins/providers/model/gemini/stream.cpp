#include "gemini/stream.hpp"

namespace overture::gemini {

bool StreamReader::take(std::string_view bytes) {
    lines_.take(bytes, [this](std::string_view data) {
        const auto read = Json::parse(data, nullptr, false);
        if (read.is_object()) piece(read);
    });
    return useful_;
}

bool StreamReader::whole() const {
    if (models::isSet(answer_, "error")) return true;
    if (!textOf(models::partOf(answer_, "promptFeedback"), "blockReason").empty()) return true;
    const auto& candidates = models::partOf(answer_, "candidates");
    return candidates.is_array() && !candidates.empty() && !textOf(candidates[0], "finishReason").empty();
}

std::string StreamReader::text() const {
    std::string text;
    for (const auto& part : parts_)
        if (part.value("thought", Json()) != true) text += textOf(part, "text");
    return text;
}

/// The newest of everything, and the texts and calls of all.
void StreamReader::piece(const Json& piece) {
    for (const auto* key : {"error", "promptFeedback", "usageMetadata", "modelVersion"})
        if (models::isSet(piece, key)) answer_[key] = piece[key];
    const auto& candidates = models::partOf(piece, "candidates");
    if (!candidates.is_array() || candidates.empty() || !candidates[0].is_object()) return;
    const auto& candidate = candidates[0];
    for (const auto& part : models::partOf(models::partOf(candidate, "content"), "parts")) {
        if (!part.is_object()) continue;
        parts_.push_back(part);
        const bool thought = part.value("thought", Json()) == true;
        useful_ = useful_ || (!thought && (!textOf(part, "text").empty() || part.contains("functionCall")));
    }
    auto& whole = answer_["candidates"];
    if (!whole.is_array()) whole = Json::array({Json::object()});
    if (const auto reason = textOf(candidate, "finishReason"); !reason.empty()) {
        whole[0]["finishReason"] = reason;
        useful_ = useful_ || reason != "STOP";
    }
    whole[0]["content"]["parts"] = parts_;
}

}  // namespace overture::gemini
