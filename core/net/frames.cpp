#include "net/frames.hpp"

#include <openssl/rand.h>

#include <stdexcept>

#include "base/text.hpp"

namespace overture::net {
namespace {

constexpr std::size_t kLargestControl = 125;
constexpr int kNoCode = 1005;

bool isControl(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}
bool isKnown(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}
bool maySend(int code) {
    if (code >= 3000 && code <= 4999) return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != kNoCode && code != 1006;
}

void appendNumber(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

std::string maskedFrame(Opcode opcode, std::string_view payload) {
    std::string out(1, static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
    if (payload.size() <= kLargestControl) {
        out += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() <= 0xffff) {
        out += static_cast<char>(0x80 | 126);
        appendNumber(out, payload.size(), 2);
    } else {
        out += static_cast<char>(0x80 | 127);
        appendNumber(out, payload.size(), 8);
    }
    unsigned char mask[4];
    if (RAND_bytes(mask, sizeof mask) != 1) throw std::runtime_error("the system has no random bytes");
    out.append(reinterpret_cast<const char*>(mask), sizeof mask);
    const auto begin = out.size();
    out += payload;
    for (std::size_t i = 0; i < payload.size(); ++i)
        out[begin + i] = static_cast<char>(out[begin + i] ^ static_cast<char>(mask[i % 4]));
    return out;
}

std::string maskedClose(int code, std::string_view reason) {
    std::string payload;
    if (maySend(code)) {
        appendNumber(payload, static_cast<std::uint64_t>(code), 2);
        payload += reason.substr(0, kLargestControl - 2);
    }
    return maskedFrame(Opcode::close, payload);
}

std::optional<ServerFrames::Incoming> ServerFrames::next() {
    for (;;) {
        const auto size = waiting_.size() - at_;
        if (fault_ || size < 2) return std::nullopt;
        const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(waiting_[at_ + index]); };
        const bool last = (byte(0) & 0x80) != 0;
        if ((byte(0) & 0x70) != 0) return wrong(1002, "sent a frame with reserved bits");
        if (!isKnown(byte(0) & 0x0f)) return wrong(1002, "sent a frame of an unknown kind");
        if ((byte(1) & 0x80) != 0) return wrong(1002, "sent a masked frame");
        const auto opcode = static_cast<Opcode>(byte(0) & 0x0f);
        std::uint64_t length = byte(1) & 0x7f;
        if (isControl(opcode) && (!last || length > kLargestControl))
            return wrong(1002, "sent a control frame that is too long or in parts");
        const std::size_t lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (size < 2 + lengthBytes) return std::nullopt;
        if (lengthBytes > 0) length = 0;
        for (std::size_t i = 0; i < lengthBytes; ++i) length = length << 8 | byte(2 + i);
        if (!isControl(opcode)) {
            if ((opcode == Opcode::more) != open_.has_value())
                return wrong(1002, "sent the parts of a message out of order");
            if (length > largest_ - message_.size()) return wrong(1009, "sent a message that is too large");
        }
        const auto head = 2 + lengthBytes;
        if (size < head + length) return std::nullopt;
        const auto payload = std::string_view(waiting_).substr(at_ + head, length);
        at_ += head + length;
        if (isControl(opcode)) {
            auto incoming = control(opcode, std::string(payload));
            if (at_ == waiting_.size()) waiting_.clear(), at_ = 0;
            return incoming;
        }
        if (opcode != Opcode::more) open_ = opcode;
        message_ += payload;
        if (at_ == waiting_.size() || at_ > 64 * 1024) waiting_.erase(0, at_), at_ = 0;
        if (!last) continue;
        Incoming message{*open_, std::move(message_)};
        message_.clear();
        open_.reset();
        if (message.opcode == Opcode::text && !isUtf8(message.payload))
            return wrong(1007, "sent a text that is not UTF-8");
        return message;
    }
}

std::optional<ServerFrames::Incoming> ServerFrames::control(Opcode opcode, std::string payload) {
    if (opcode != Opcode::close) return Incoming{opcode, std::move(payload)};
    if (payload.empty()) return Incoming{opcode, {}, kNoCode};
    if (payload.size() == 1) return wrong(1002, "sent a close with half a code");
    const int code = static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
    if (!maySend(code)) return wrong(1002, "sent a close with a code that nobody may send");
    payload.erase(0, 2);
    if (!isUtf8(payload)) return wrong(1007, "sent a close whose reason is not UTF-8");
    return Incoming{opcode, std::move(payload), code};
}

std::optional<ServerFrames::Incoming> ServerFrames::wrong(int code, const char* sentence) {
    fault_ = Fault{code, sentence};
    return std::nullopt;
}

}  // namespace overture::net
