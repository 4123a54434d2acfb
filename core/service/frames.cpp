#include "service/frames.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace overture::service {
namespace {

constexpr std::size_t kLargestControl = 125;
constexpr const char* kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3

bool isControl(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

bool isKnown(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

void appendNumber(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

std::string frame(Opcode opcode, std::string_view payload) {
    std::string out(1, static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
    if (payload.size() <= kLargestControl) {
        out += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xffff) {
        out += static_cast<char>(126);
        appendNumber(out, payload.size(), 2);
    } else {
        out += static_cast<char>(127);
        appendNumber(out, payload.size(), 8);
    }
    return out.append(payload);
}

std::string closeFrame(CloseCode code, std::string_view reason) {
    std::string payload;
    appendNumber(payload, static_cast<std::uint16_t>(code), 2);
    payload += reason.substr(0, kLargestControl - 2);
    return frame(Opcode::close, payload);
}

std::string acceptFor(const std::string& key) {
    if (fromBase64(key).size() != 16) return {};
    Poco::SHA1Engine engine;
    engine.update(key + kGuid);
    const auto& digest = engine.digest();
    return toBase64(std::string(digest.begin(), digest.end()));
}

std::optional<Frames::Incoming> Frames::next() {
    if (fault_ || waiting_.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(waiting_[at]); };
    const bool last = (byte(0) & 0x80) != 0;
    if ((byte(0) & 0x70) != 0 || !isKnown(byte(0) & 0x0f) || (byte(1) & 0x80) == 0)
        return wrong(CloseCode::protocol);
    const auto opcode = static_cast<Opcode>(byte(0) & 0x0f);
    std::uint64_t length = byte(1) & 0x7f;
    if (isControl(opcode) && (!last || length > kLargestControl)) return wrong(CloseCode::protocol);
    const std::size_t lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (waiting_.size() < 2 + lengthBytes) return std::nullopt;
    if (lengthBytes > 0) length = 0;
    for (std::size_t i = 0; i < lengthBytes; ++i) length = length << 8 | byte(2 + i);
    if (!isControl(opcode) && length > most_ - message_.size()) return wrong(CloseCode::tooLarge);
    const auto head = 2 + lengthBytes + 4;
    if (waiting_.size() < head + length) return std::nullopt;
    std::string payload = waiting_.substr(head, length);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ waiting_[head - 4 + i % 4]);
    waiting_.erase(0, head + length);
    return whole(last, opcode, std::move(payload));
}

std::optional<Frames::Incoming> Frames::whole(bool last, Opcode opcode, std::string payload) {
    if (isControl(opcode)) {
        if (opcode == Opcode::close && payload.size() == 1) return wrong(CloseCode::protocol);
        return Incoming{opcode, std::move(payload)};
    }
    if ((opcode == Opcode::more) != open_.has_value()) return wrong(CloseCode::protocol);
    if (opcode != Opcode::more) open_ = opcode;
    message_ += payload;
    if (!last) return next();
    Incoming message{*open_, std::move(message_)};
    message_.clear();
    open_.reset();
    if (message.opcode == Opcode::text && !isUtf8(message.payload)) return wrong(CloseCode::notText);
    return message;
}

std::optional<Frames::Incoming> Frames::wrong(CloseCode code) {
    fault_ = code;
    return std::nullopt;
}

}  // namespace overture::service
