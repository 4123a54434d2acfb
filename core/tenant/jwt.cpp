#include "tenant/jwt.hpp"

#include <sodium.h>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace overture::tenant {
namespace {

constexpr std::size_t kLongestToken = 16384;

std::string bytesOf(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::optional<Json> objectIn(std::string_view part) {
    const auto text = fromBase64Url(part);
    if (!text) return std::nullopt;
    auto document = Json::parse(*text, nullptr, false);
    if (!document.is_object()) return std::nullopt;
    return document;
}

}  // namespace

std::string toBase64Url(std::string_view bytes) {
    auto text = replaceAll(replaceAll(toBase64(bytes), "+", "-"), "/", "_");
    while (text.ends_with('=')) text.pop_back();
    return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
    if (text.empty()) return std::string();
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    auto standard = replaceAll(replaceAll(std::string(text), "-", "+"), "_", "/");
    standard.append((4 - standard.size() % 4) % 4, '=');
    auto bytes = fromBase64(standard);
    if (bytes.empty() || toBase64(bytes) != standard) return std::nullopt;
    return bytes;
}

std::optional<Jwt> readJwt(std::string_view token) {
    if (token.size() > kLongestToken) return std::nullopt;
    const auto first = token.find('.'), last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    if (token.find('.', first + 1) != last) return std::nullopt;
    auto header = objectIn(token.substr(0, first));
    auto claims = objectIn(token.substr(first + 1, last - first - 1));
    auto signature = fromBase64Url(token.substr(last + 1));
    if (!header || !claims || !signature || signature->empty()) return std::nullopt;
    return Jwt{std::move(*header), std::move(*claims), std::string(token.substr(0, last)),
               std::move(*signature)};
}

std::string signedJwt(Json header, const Json& claims, const std::string& key) {
    header["alg"] = "HS256";
    header["typ"] = "JWT";
    const auto part = toBase64Url(toText(header)) + "." + toBase64Url(toText(claims));
    return part + "." + toBase64Url(bytesOf(hmacSha256(key, part)));
}

bool isSigned(const Jwt& token, const std::string& key) {
    if (textOf(token.header, "alg") != "HS256" || token.header.contains("crit")) return false;
    const auto expected = bytesOf(hmacSha256(key, token.signedPart));
    return token.signature.size() == expected.size() &&
           sodium_memcmp(token.signature.data(), expected.data(), expected.size()) == 0;
}

}  // namespace overture::tenant
