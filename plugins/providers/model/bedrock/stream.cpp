#include "bedrock/stream.hpp"

namespace overture::bedrock {
namespace {

constexpr std::size_t kMostBlocks = 256;

}  // namespace

bool StreamReader::take(std::string_view bytes) {
    stream_.take(bytes, [this](const aws::StreamMessage& message) { hear(message); });
    return useful_;
}

void StreamReader::hear(const aws::StreamMessage& message) {
    const auto kind = message.text(":message-type");
    if (kind == "exception") error_ = {{"type", message.text(":exception-type")}};
    if (kind == "error") error_ = {{"type", message.text(":error-code")}};
    const auto payload = Json::parse(message.payload, nullptr, false);
    if (kind == "event" && payload.is_object()) event(message.text(":event-type"), payload);
}

StreamReader::Block* StreamReader::blockAt(const Json& payload) {
    const auto index = models::numberOf(payload, "contentBlockIndex");
    if (!index || (blocks_.size() >= kMostBlocks && !blocks_.contains(*index))) return nullptr;
    return &blocks_[*index];
}

void StreamReader::event(const std::string& type, const Json& payload) {
    if (type == "messageStop") {
        reason_ = textOf(payload, "stopReason", "end_turn");
        useful_ = true;
    }
    if (type == "metadata" && models::partOf(payload, "usage").is_object()) usage_ = payload["usage"];
    if (type != "contentBlockStart" && type != "contentBlockDelta") return;
    auto* block = blockAt(payload);
    if (block == nullptr) return;
    if (const auto& call = models::partOf(models::partOf(payload, "start"), "toolUse"); call.is_object()) {
        block->call = true;
        block->id = textOf(call, "toolUseId");
        block->name = textOf(call, "name");
    }
    const auto& delta = models::partOf(payload, "delta");
    block->text += textOf(delta, "text");
    block->input += textOf(models::partOf(delta, "toolUse"), "input");
    useful_ = useful_ || block->call || !block->text.empty();
}

std::string StreamReader::text() const {
    std::string text;
    for (const auto& [index, block] : blocks_) text += block.text;
    return text;
}

std::string StreamReader::body() const {
    if (!error_.is_null()) return models::toText({{"error", error_}});
    Json content = Json::array();
    for (const auto& [index, block] : blocks_) {
        if (!block.text.empty()) content.push_back({{"text", block.text}});
        if (!block.call) continue;
        const auto input = Json::parse(block.input.empty() ? "{}" : block.input, nullptr, false);
        content.push_back({{"toolUse",
                            {{"toolUseId", block.id},
                             {"name", block.name},
                             {"input", input.is_object() ? input : Json()}}}});
    }
    Json answer{{"output", {{"message", {{"role", "assistant"}, {"content", std::move(content)}}}}},
                {"stopReason", reason_}};
    if (!usage_.is_null()) answer["usage"] = usage_;
    return models::toText(answer);
}

}  // namespace overture::bedrock
