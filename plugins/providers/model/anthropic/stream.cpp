#include "anthropic/stream.hpp"

namespace overture::anthropic {
namespace {

constexpr std::int64_t kMostBlocks = 256;

}  // namespace

bool StreamReader::take(std::string_view bytes) {
    lines_.take(bytes, [this](std::string_view data) {
        const auto read = Json::parse(data, nullptr, false);
        if (read.is_object()) event(read);
    });
    return useful_;
}

void StreamReader::event(const Json& event) {
    const auto type = textOf(event, "type");
    if (type == "error") message_["error"] = event.value("error", Json::object());
    if (type == "content_block_start") start(event);
    if (type == "content_block_delta") delta(event);
    if (type == "message_start" && models::partOf(event, "message").is_object()) {
        message_ = event["message"];
        message_["content"] = Json::array();
    }
    if (type == "message_delta") {
        const auto& ended = models::partOf(event, "delta");
        for (const char* key : {"stop_reason", "stop_details"})
            if (models::isSet(ended, key)) message_[key] = ended[key];
        addUsage(models::partOf(event, "usage"));
        useful_ = useful_ || textOf(ended, "stop_reason") == "refusal";
    }
}

/// The counts are those of the whole message so far; what is null or absent stays as it was.
void StreamReader::addUsage(const Json& usage) {
    if (!message_.contains("usage") || !message_["usage"].is_object()) message_["usage"] = Json::object();
    if (!usage.is_object()) return;
    for (const auto& [key, value] : usage.items())
        if (!value.is_null()) message_["usage"][key] = value;
}

void StreamReader::start(const Json& event) {
    const auto index = models::numberOf(event, "index").value_or(-1);
    if (index < 0 || index >= kMostBlocks || !models::partOf(event, "content_block").is_object()) return;
    auto& blocks = message_["content"];
    if (!blocks.is_array()) blocks = Json::array();
    while (blocks.size() <= static_cast<std::size_t>(index)) blocks.push_back(Json::object());
    blocks[static_cast<std::size_t>(index)] = event["content_block"];
    const auto type = textOf(event["content_block"], "type");
    useful_ = useful_ || type == "tool_use" || !textOf(event["content_block"], "text").empty();
}

Json* StreamReader::blockAt(const Json& event) {
    const auto index = models::numberOf(event, "index").value_or(-1);
    if (index < 0 || !message_.contains("content") || !message_["content"].is_array()) return nullptr;
    auto& blocks = message_["content"];
    return static_cast<std::size_t>(index) < blocks.size() ? &blocks[static_cast<std::size_t>(index)]
                                                           : nullptr;
}

void StreamReader::delta(const Json& event) {
    auto* block = blockAt(event);
    const auto& change = models::partOf(event, "delta");
    if (block == nullptr) return;
    const auto type = textOf(change, "type");
    if (type == "text_delta") {
        (*block)["text"] = textOf(*block, "text") + textOf(change, "text");
        useful_ = useful_ || !textOf(change, "text").empty();
    }
    if (type == "input_json_delta")
        inputs_[static_cast<std::size_t>(models::countOf(event, "index"))] += textOf(change, "partial_json");
}

std::string StreamReader::text() const {
    std::string text;
    for (const auto& block : models::partOf(message_, "content"))
        if (textOf(block, "type") == "text") text += textOf(block, "text");
    return text;
}

std::string StreamReader::body() const {
    if (isSet("error")) return models::toText({{"error", message_["error"]}});
    auto message = message_;
    for (const auto& [index, text] : inputs_) {
        const auto input = Json::parse(text, nullptr, false);
        if (!text.empty()) message["content"][index]["input"] = input.is_object() ? input : Json();
    }
    return models::toText(message);
}

}  // namespace overture::anthropic
