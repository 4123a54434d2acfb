#include "net/frames.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace overture::net {
namespace {

constexpr std::size_t kLargestControl = 125;
constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kReadBeforeMoving = 64 * 1024;
constexpr const char* kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3

bool isControl(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}
bool isKnown(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}
bool maySend(int code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void appendNumber(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
}

void mask(std::string& text, std::size_t from, const char* with) {
    for (std::size_t i = from; i < text.size(); ++i)
        text[i] = static_cast<char>(text[i] ^ with[(i - from) % kMaskBytes]);
}

}  // namespace

std::string frame(Side by, Opcode opcode, std::string_view payload) {
    const int masked = by == Side::client ? 0x80 : 0;
    std::string out(1, static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
    if (payload.size() <= kLargestControl) {
        out += static_cast<char>(masked | static_cast<int>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        out += static_cast<char>(masked | 126);
        appendNumber(out, payload.size(), 2);
    } else {
        out += static_cast<char>(masked | 127);
        appendNumber(out, payload.size(), 8);
    }
    if (by == Side::server) return out.append(payload);
    unsigned char random[kMaskBytes];
    if (RAND_bytes(random, sizeof random) != 1) throw std::runtime_error("the system has no random bytes");
    const std::string with(reinterpret_cast<const char*>(random), sizeof random);
    const auto begin = out.append(with).size();
    mask(out.append(payload), begin, with.data());
    return out;
}

std::string closeFrame(Side by, CloseCode code, std::string_view reason) {
    std::string payload;
    if (maySend(static_cast<int>(code))) {
        appendNumber(payload, static_cast<std::uint16_t>(code), 2);
        payload += reason.substr(0, kLargestControl - 2);
    }
    return frame(by, Opcode::close, payload);
}

std::string acceptFor(const std::string& key) {
    if (fromBase64(key).size() != 16) return {};
    Poco::SHA1Engine engine;
    engine.update(key + kGuid);
    const auto& digest = engine.digest();
    return toBase64(std::string(digest.begin(), digest.end()));
}

std::optional<Frames::Incoming> Frames::next() {
    for (;;) {
        const auto size = waiting_.size() - at_;
        if (fault_ || size < 2) return std::nullopt;
        const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(waiting_[at_ + index]); };
        const bool last = (byte(0) & 0x80) != 0, masked = (byte(1) & 0x80) != 0;
        if ((byte(0) & 0x70) != 0) return wrong(CloseCode::protocol, "sent a frame with reserved bits");
        if (!isKnown(byte(0) & 0x0f)) return wrong(CloseCode::protocol, "sent a frame of an unknown kind");
        if (masked != (from_ == Side::client))
            return wrong(CloseCode::protocol, masked ? "sent a masked frame" : "sent a frame without a mask");
        const auto opcode = static_cast<Opcode>(byte(0) & 0x0f);
        std::uint64_t length = byte(1) & 0x7f;
        if (isControl(opcode) && (!last || length > kLargestControl))
            return wrong(CloseCode::protocol, "sent a control frame that is too long or in parts");
        const std::size_t lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (size < 2 + lengthBytes) return std::nullopt;
        if (lengthBytes > 0) length = 0;
        for (std::size_t i = 0; i < lengthBytes; ++i) length = length << 8 | byte(2 + i);
        if (!isControl(opcode)) {
            if ((opcode == Opcode::more) != open_.has_value())
                return wrong(CloseCode::protocol, "sent the parts of a message out of order");
            if (length > largest_ - message_.size())
                return wrong(CloseCode::tooLarge, "sent a message that is too large");
        }
        const auto head = 2 + lengthBytes + (masked ? kMaskBytes : 0);
        if (size < head + length) return std::nullopt;
        auto payload = taken(head, length);
        if (isControl(opcode)) return control(opcode, std::move(payload));
        if (opcode != Opcode::more) open_ = opcode;
        message_ += payload;
        if (!last) continue;
        Incoming message{*open_, std::move(message_), CloseCode::none};
        message_.clear();
        open_.reset();
        if (message.opcode == Opcode::text && !isUtf8(message.payload))
            return wrong(CloseCode::notText, "sent a text that is not UTF-8");
        return message;
    }
}

/// A whole frame's payload, without its mask. What was read is dropped now and then, not each time.
std::string Frames::taken(std::size_t head, std::size_t length) {
    auto payload = waiting_.substr(at_ + head, length);
    if (from_ == Side::client) mask(payload, 0, waiting_.data() + at_ + head - kMaskBytes);
    at_ += head + length;
    if (at_ == waiting_.size() || at_ > kReadBeforeMoving) {
        waiting_.erase(0, at_);
        at_ = 0;
    }
    return payload;
}

std::optional<Frames::Incoming> Frames::control(Opcode opcode, std::string payload) {
    if (opcode != Opcode::close) return Incoming{opcode, std::move(payload), CloseCode::none};
    if (payload.empty()) return Incoming{opcode, {}, CloseCode::none};
    if (payload.size() == 1) return wrong(CloseCode::protocol, "sent a close with half a code");
    const int code = static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
    if (!maySend(code)) return wrong(CloseCode::protocol, "sent a close with a code that nobody may send");
    payload.erase(0, 2);
    if (!isUtf8(payload)) return wrong(CloseCode::notText, "sent a close whose reason is not UTF-8");
    return Incoming{opcode, std::move(payload), static_cast<CloseCode>(code)};
}

std::optional<Frames::Incoming> Frames::wrong(CloseCode code, const char* sentence) {
    fault_ = Fault{code, sentence};
    return std::nullopt;
}

}  // namespace overture::net
