#include "aws/event_stream.hpp"

#include <array>
#include <optional>

namespace overture::aws {
namespace {

constexpr std::size_t kPrelude = 12;              ///< total length, headers' length, their checksum
constexpr std::size_t kLongest = 24 << 20;        ///< of a message
constexpr std::size_t kLongestHeaders = 1 << 17;  ///< all of a message's

std::uint32_t crc32(std::string_view bytes) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> out{};
        for (std::uint32_t i = 0; i < out.size(); ++i) {
            out[i] = i;
            for (int bit = 0; bit < 8; ++bit) out[i] = (out[i] >> 1) ^ ((out[i] & 1) != 0 ? 0xEDB88320U : 0U);
        }
        return out;
    }();
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const unsigned char c : bytes) crc = (crc >> 8) ^ table[(crc ^ c) & 0xFF];
    return ~crc;
}

/// Big endian, as wide as `bytes`, with its sign.
std::int64_t numberIn(std::string_view bytes) {
    std::uint64_t value = !bytes.empty() && (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const unsigned char c : bytes) value = value << 8 | c;
    return static_cast<std::int64_t>(value);
}

std::size_t unsignedIn(std::string_view bytes) {
    std::size_t value = 0;
    for (const unsigned char c : bytes) value = value << 8 | c;
    return value;
}

std::string bigEndian(std::size_t value, int width) {
    std::string out;
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
    return out;
}

/// Takes bytes off the front; nothing when there are fewer.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
    bool empty() const { return bytes_.empty(); }
    std::optional<std::string_view> take(std::size_t count) {
        if (count > bytes_.size()) return std::nullopt;
        const auto taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    /// As many as the `width` bytes before them say.
    std::optional<std::string_view> takeCounted(std::size_t width) {
        const auto count = take(width);
        return count ? take(unsignedIn(*count)) : std::nullopt;
    }

private:
    std::string_view bytes_;
};

std::optional<HeaderValue> valueIn(Cursor& cursor, unsigned char type) {
    constexpr std::array<std::size_t, 10> kWidths{0, 0, 1, 2, 4, 8, 0, 0, 8, 16};
    if (type < 2) return HeaderValue(type == 0);
    if (type == 6 || type == 7) {
        const auto text = cursor.takeCounted(2);
        if (!text) return std::nullopt;
        return HeaderValue(std::string(*text));
    }
    if (type >= kWidths.size()) return std::nullopt;
    const auto bytes = cursor.take(kWidths[type]);
    if (!bytes) return std::nullopt;
    if (type == 9) return HeaderValue(std::string(*bytes));
    return HeaderValue(numberIn(*bytes));
}

/// What is wrong with the headers; "" when they were read.
const char* readHeaders(std::string_view bytes, StreamMessage& message) {
    Cursor cursor(bytes);
    while (!cursor.empty()) {
        const auto name = cursor.takeCounted(1);
        const auto type = name ? cursor.take(1) : std::nullopt;
        const auto value = type ? valueIn(cursor, static_cast<unsigned char>(type->front())) : std::nullopt;
        if (!value) return "a message's headers cannot be read";
        if (!message.headers.emplace(*name, *value).second) return "a message has a header twice";
    }
    return "";
}

}  // namespace

std::string StreamMessage::text(const std::string& name) const {
    const auto found = headers.find(name);
    const auto* value = found == headers.end() ? nullptr : std::get_if<std::string>(&found->second);
    return value == nullptr ? std::string() : *value;
}

bool EventStream::broken(const char* problem) {
    problem_ = problem;
    pending_.clear();
    return false;
}

bool EventStream::take(std::string_view bytes, const std::function<void(const StreamMessage&)>& message) {
    if (!problem_.empty()) return false;
    pending_.append(bytes);
    std::size_t at = 0;
    while (pending_.size() - at >= kPrelude) {
        const auto all = std::string_view(pending_).substr(at);
        if (unsignedIn(all.substr(8, 4)) != crc32(all.substr(0, 8)))
            return broken("a message's lengths do not fit their checksum");
        const auto total = unsignedIn(all.substr(0, 4)), headers = unsignedIn(all.substr(4, 4));
        if (total > kLongest || headers > kLongestHeaders || total < kPrelude + headers + 4)
            return broken("a message's lengths cannot be");
        if (all.size() < total) break;
        const auto frame = all.substr(0, total);
        if (unsignedIn(frame.substr(total - 4)) != crc32(frame.substr(0, total - 4)))
            return broken("a message does not fit its checksum");
        StreamMessage read;
        if (const auto* problem = readHeaders(frame.substr(kPrelude, headers), read); *problem != '\0')
            return broken(problem);
        read.payload = frame.substr(kPrelude + headers, total - kPrelude - headers - 4);
        message(read);
        at += total;
    }
    pending_.erase(0, at);
    return true;
}

std::string frameOf(const std::map<std::string, std::string>& headers, std::string_view payload) {
    std::string block;
    for (const auto& [name, value] : headers)
        block += bigEndian(name.size(), 1) + name + '\x07' + bigEndian(value.size(), 2) + value;
    auto frame = bigEndian(kPrelude + block.size() + payload.size() + 4, 4) + bigEndian(block.size(), 4);
    frame += bigEndian(crc32(frame), 4) + block;
    frame += payload;
    return frame + bigEndian(crc32(frame), 4);
}

}  // namespace overture::aws
