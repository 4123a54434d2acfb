// What plugins that speak JSON and take webhooks need again and again.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "overture/plugin.hpp"

namespace overture::sdk {

/// `object[name]` when it is a text, otherwise "".
inline std::string textOf(const Json& object, std::string_view name) {
    if (!object.is_object()) return {};
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// `object[name]` when it is an object, otherwise an empty one; the same for a list. They live as long as `object`, or for ever.
inline const Json& objectIn(const Json& object, std::string_view name) {
    static const Json none = Json::object();
    if (!object.is_object()) return none;
    const auto found = object.find(name);
    return found != object.end() && found->is_object() ? *found : none;
}
inline const Json& listIn(const Json& object, std::string_view name) {
    static const Json none = Json::array();
    if (!object.is_object()) return none;
    const auto found = object.find(name);
    return found != object.end() && found->is_array() ? *found : none;
}

/// `object[name]` when it is a whole number, otherwise 0.
inline std::int64_t numberOf(const Json& object, std::string_view name) {
    if (!object.is_object()) return 0;
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// A telephone number as it is dialled from anywhere: "+12025550100".
inline bool isPhoneNumber(std::string_view text) {
    return text.size() >= 6 && text.size() <= 20 && text[0] == '+' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// An address of http or https that can stand in a document for others: no blank and nothing that is no ASCII in it.
inline bool isWebAddress(std::string_view url) {
    return (url.starts_with("https://") || url.starts_with("http://")) && url.size() > 8 &&
           url.size() <= 2048 && url.find_first_not_of("/", url.find("//")) != std::string_view::npos &&
           std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

/// Text for a JSON document: bytes that are not UTF-8, and U+0000 (which no database text can hold), become U+FFFD.
inline std::string validText(std::string_view text) {
    const auto quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    auto valid = Json::parse(quoted).get<std::string>();
    for (auto at = valid.find('\0'); at != std::string::npos; at = valid.find('\0', at))
        valid.replace(at, 1, "\uFFFD");
    return valid;
}

/// A JSON text as a document; discarded (`is_discarded()`) when it is none, or is nested deeper than anybody means.
inline Json parsed(std::string_view text, int deepest = 64) {
    bool tooDeep = false;
    auto document = Json::parse(
        text,
        [&](int depth, Json::parse_event_t, Json&) {
            tooDeep = tooDeep || depth > deepest;
            return !tooDeep;
        },
        false);
    return tooDeep ? Json(Json::value_t::discarded) : document;
}

/// A header of a webhook's request, any case; "" when absent.
inline std::string headerOf(const Json& request, std::string_view name) {
    for (const auto& [key, value] : objectIn(request, "headers").items())
        if (detail::sameHeader(key, name) && value.is_string()) return value.get<std::string>();
    return {};
}

/// The first value of that name in a URL's query, decoded; "" when absent.
inline std::string queryValue(std::string_view url, std::string_view name) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    const auto decoded = [&](std::string_view text) {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
                plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
                i += 2;
            } else {
                plain += text[i] == '+' ? ' ' : text[i];
            }
        return plain;
    };
    const auto mark = url.find('?');
    auto query = mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
    query = query.substr(0, query.find('#'));
    while (!query.empty()) {
        const auto field = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(field.size() + 1, query.size()));
        const auto equals = std::min(field.find('='), field.size());
        if (decoded(field.substr(0, equals)) == name)
            return decoded(field.substr(std::min(equals + 1, field.size())));
    }
    return {};
}

/// Retry-After in seconds, when the answer has one that is meant: at most a day.
inline std::optional<std::int64_t> retryAfterMs(const HttpAnswer& answer) {
    const auto wish = answer.header("Retry-After");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(wish.data(), wish.data() + wish.size(), seconds);
    const bool whole = !wish.empty() && error == std::errc() && end == wish.data() + wish.size();
    return whole && seconds >= 0 && seconds <= 86400 ? std::optional(seconds * 1000) : std::nullopt;
}

}  // namespace overture::sdk
