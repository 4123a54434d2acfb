#include "signature.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "overture/bytes.hpp"
#include "overture/digest.hpp"

namespace overture::twilio {
namespace {

/// UTF-8 in the order of UTF-16 code units: the same as by bytes, but for U+E000–U+FFFF, which come after the
/// surrogates that make up the characters beyond them.
struct ByCodeUnit {
    static int rank(char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
    }
    bool operator()(std::string_view left, std::string_view right) const {
        return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                            [](char a, char b) { return rank(a) < rank(b); });
    }
};

/// scheme://[user@]host[:port]rest
struct Parts {
    std::string_view scheme, user, host, port, rest;
};

Parts split(std::string_view url) {
    Parts parts;
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return parts;
    parts.scheme = url.substr(0, colon);
    const auto start = colon + 3;
    const auto end = std::min(url.find_first_of("/?#", start), url.size());
    auto authority = url.substr(start, end - start);
    parts.rest = url.substr(end);
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos) {
        parts.user = authority.substr(0, at + 1);
        authority.remove_prefix(at + 1);
    }
    const auto bracket = authority.rfind(']');  // an IPv6 address holds colons of its own
    const auto port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    parts.host = authority.substr(0, port);
    if (port != std::string_view::npos) parts.port = authority.substr(port + 1);
    return parts;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

bool isForm(std::string_view contentType) {
    const auto kind = contentType.substr(0, contentType.find(';'));
    return lower(kind).find("application/x-www-form-urlencoded") != std::string::npos;
}

bool fits(std::string_view authToken, const Received& call, const Form& fields) {
    const auto spellings = spellingsOf(call.url);
    return std::any_of(spellings.begin(), spellings.end(), [&](const std::string& url) {
        return sdk::sameSecret(signatureOf(authToken, url, fields), call.signature);
    });
}

}  // namespace

std::string signatureOf(std::string_view authToken, std::string_view url, const Form& form) {
    std::map<std::string_view, std::set<std::string_view, ByCodeUnit>, ByCodeUnit> fields;
    for (const auto& [name, value] : form) fields[name].insert(value);
    std::string text(url);
    for (const auto& [name, values] : fields)
        for (const auto value : values) text.append(name).append(value);
    return sdk::toBase64(sdk::hmacSha1(authToken, text));
}

std::vector<std::string> spellingsOf(std::string_view url) {
    std::vector<std::string> spellings{std::string(url)};
    const auto parts = split(url);
    if (parts.scheme.empty()) return spellings;
    const auto scheme = lower(parts.scheme);
    const std::string_view standard = scheme == "https" || scheme == "wss" ? ":443" : ":80";
    const auto with = [&](std::string_view port) {
        return std::string(parts.scheme)
            .append("://")
            .append(parts.user)
            .append(parts.host)
            .append(port)
            .append(parts.rest);
    };
    spellings.push_back(with(parts.port.empty() ? standard : ""));
    return spellings;
}

bool isSigned(std::string_view authToken, const Received& call) {
    if (authToken.empty() || call.signature.empty()) return false;
    const auto query = parseForm(queryOf(call.url));
    if (has(query, "bodySHA256"))
        return fits(authToken, call, {}) &&
               sdk::sameSecret(sdk::toHex(sdk::sha256(call.body)), valueOf(query, "bodySHA256"));
    if (call.method == "GET" || call.body.empty()) return fits(authToken, call, {});
    return isForm(call.contentType) && fits(authToken, call, parseForm(call.body));
}

}  // namespace overture::twilio
