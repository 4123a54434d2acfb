// JSON to text and back, for documents that are mostly text without anything to escape: several times as fast as the library.
// Whatever is unusual is left to the library, so both give the same.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace overture::json_text {

using Json = nlohmann::json;

namespace detail {

constexpr int kDeepest = 256;

/// Bytes that stand in a text as they are.
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (int byte = 0x20; byte < 256; ++byte) plain[static_cast<std::size_t>(byte)] = true;
    plain['"'] = plain['\\'] = false;
    return plain;
}();

inline bool isPlain(char c) {
    return kPlain[static_cast<unsigned char>(c)];
}

/// As RFC 3629 has it: nothing longer than needed, no surrogates, nothing above U+10FFFF.
inline bool isUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        std::uint64_t eight = 0;
        if (i + sizeof eight <= text.size()) {
            std::memcpy(&eight, text.data() + i, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = byte >= 0xc2 && byte < 0xe0   ? 2
                                   : (byte >> 4) == 14           ? 3
                                   : byte >= 0xf0 && byte < 0xf5 ? 4
                                                                 : 0;
        if (length == 0 || i + length > text.size()) return false;
        const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
        for (std::size_t k = 1; k < length; ++k)
            if ((at(k) >> 6) != 2) return false;
        if ((byte == 0xe0 && at(1) < 0xa0) || (byte == 0xed && at(1) > 0x9f) ||
            (byte == 0xf0 && at(1) < 0x90) || (byte == 0xf4 && at(1) > 0x8f))
            return false;
        i += length;
    }
    return true;
}

inline void append(std::string& out, const Json& other) {
    out += other.dump(-1, ' ', false, Json::error_handler_t::replace);
}

inline void appendText(std::string& out, const std::string& text) {
    if (!isUtf8(text)) return append(out, text);
    out += '"';
    const char* at = text.data();
    const char* const end = at + text.size();
    for (;;) {
        const char* const from = at;
        while (at != end && isPlain(*at)) ++at;
        out.append(from, at);
        if (at == end) break;
        constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t", kShort = "\"\\bfnrt";
        const char c = *at++;
        out += '\\';
        if (const auto known = kEscaped.find(c); known != std::string_view::npos) {
            out += kShort[known];
        } else {
            constexpr std::string_view kHex = "0123456789abcdef";
            out += "u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15];
        }
    }
    out += '"';
}

template <typename Number>
void appendNumber(std::string& out, Number number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

inline void write(std::string& out, const Json& value) {
    switch (value.type()) {
        case Json::value_t::string: return appendText(out, value.get_ref<const std::string&>());
        case Json::value_t::number_integer: return appendNumber(out, value.get_ref<const std::int64_t&>());
        case Json::value_t::number_unsigned: return appendNumber(out, value.get_ref<const std::uint64_t&>());
        case Json::value_t::boolean: out += value.get_ref<const bool&>() ? "true" : "false"; return;
        case Json::value_t::null: out += "null"; return;
        case Json::value_t::object: {
            char before = '{';
            for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
                out += before;
                appendText(out, key);
                out += ':';
                write(out, member);
                before = ',';
            }
            out += before == '{' ? "{}" : "}";
            return;
        }
        case Json::value_t::array: {
            char before = '[';
            for (const auto& element : value.get_ref<const Json::array_t&>()) {
                out += before;
                write(out, element);
                before = ',';
            }
            out += before == '[' ? "[]" : "]";
            return;
        }
        default: append(out, value);
    }
}

/// Reads what it is sure of; false says nothing but that the library should look.
class Reader {
public:
    explicit Reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    bool whole(Json& into) {
        if (!value(into, 0)) return false;
        blanks();
        return at_ == end_;
    }

private:
    void blanks() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
    }
    bool take(char wanted) {
        blanks();
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) {
        if (!std::string_view(at_, end_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    bool value(Json& into, int depth) {
        blanks();
        if (at_ == end_ || depth > kDeepest) return false;
        switch (*at_) {
            case '"': {
                into = Json::value_t::string;
                return text(into.get_ref<std::string&>());
            }
            case '{': return object(into, depth);
            case '[': return array(into, depth);
            case 't': into = true; return take("true");
            case 'f': into = false; return take("false");
            case 'n': into = nullptr; return take("null");
            default: return number(into);
        }
    }

    bool object(Json& into, int depth) {
        into = Json::value_t::object;
        auto& members = into.get_ref<Json::object_t&>();
        ++at_;
        if (take('}')) return true;
        std::string key;
        do {
            blanks();
            if (at_ == end_ || *at_ != '"' || !text(key) || !take(':')) return false;
            // Most documents have their members in order. Of one that comes twice the last counts.
            const auto member = members.emplace_hint(members.end(), std::move(key), nullptr);
            if (!value(member->second, depth + 1)) return false;
        } while (take(','));
        return take('}');
    }

    bool array(Json& into, int depth) {
        into = Json::value_t::array;
        auto& elements = into.get_ref<Json::array_t&>();
        ++at_;
        if (take(']')) return true;
        do {
            if (!value(elements.emplace_back(), depth + 1)) return false;
        } while (take(','));
        return take(']');
    }

    bool text(std::string& into) {
        into.clear();
        ++at_;
        const char* const begin = at_;
        for (;;) {
            const char* const from = at_;
            while (at_ != end_ && isPlain(*at_)) ++at_;
            into.append(from, at_);
            if (at_ == end_) return false;
            if (*at_ == '"') break;
            constexpr std::string_view kShort = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
            if (*at_++ != '\\' || at_ == end_) return false;
            const auto known = kShort.find(*at_++);
            if (known == std::string_view::npos) return false;
            into += kMeant[known];
        }
        return isUtf8({begin, at_++});
    }

    bool number(Json& into) {
        const char* const from = at_;
        if (*at_ == '-') ++at_;
        const char* const digits = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
        if (at_ == digits || (*digits == '0' && at_ - digits > 1)) return false;
        const bool whole = at_ == end_ || (*at_ != '.' && *at_ != 'e' && *at_ != 'E');
        if (whole && *from == '-') return read<std::int64_t>(from, into);
        if (whole) return read<std::uint64_t>(from, into);
        if (*at_ == '.' && !digitsAfter()) return false;
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            if (at_ + 1 != end_ && (at_[1] == '+' || at_[1] == '-')) ++at_;
            if (!digitsAfter()) return false;
        }
        return read<double>(from, into);
    }
    bool digitsAfter() {
        const char* const from = ++at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
        return at_ != from;
    }
    template <typename Number>
    bool read(const char* from, Json& into) {
        Number number{};
        const auto [end, trouble] = std::from_chars(from, at_, number);
        if (trouble != std::errc() || end != at_) return false;
        into = number;
        return true;
    }

    const char* at_;
    const char* end_;
};

}  // namespace detail

/// The bytes of `dump(-1, ' ', false, replace)`.
inline std::string write(const Json& document) {
    std::string out;
    detail::write(out, document);
    return out;
}

/// What the library makes of the text, or nothing where it should look itself: always when it would refuse it.
inline std::optional<Json> read(std::string_view text) {
    Json document;
    if (!detail::Reader(text).whole(document)) return std::nullopt;
    return document;
}

/// As Json::parse with `allowExceptions` false: discarded when it is no JSON.
inline Json readOrDiscard(std::string_view text) {
    if (auto document = read(text)) return std::move(*document);
    return Json::parse(text, nullptr, false);
}

}  // namespace overture::json_text
