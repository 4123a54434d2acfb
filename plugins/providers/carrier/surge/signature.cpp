#include "signature.hpp"

#include <charconv>
#include <optional>

#include "overture/bytes.hpp"
#include "overture/digest.hpp"

namespace overture::surge {
namespace {

std::optional<std::int64_t> secondsOf(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
    return whole && seconds >= 0 ? std::optional(seconds) : std::nullopt;
}

std::string_view next(std::string_view& list, char between) {
    const auto end = std::min(list.find(between), list.size());
    auto piece = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (piece.starts_with(' ')) piece.remove_prefix(1);
    while (piece.ends_with(' ')) piece.remove_suffix(1);
    return piece;
}

Proof aged(bool fits, std::int64_t at, std::int64_t now, std::int64_t tolerance) {
    if (!fits) return Proof::wrong;
    return at > now + tolerance || at < now - tolerance ? Proof::stale : Proof::right;
}

Proof ownForm(std::string_view header, std::string_view secret, std::string_view body, std::int64_t now,
              std::int64_t tolerance) {
    std::string_view time;
    int times = 0;
    for (auto rest = header; !rest.empty();)
        if (const auto piece = next(rest, ','); piece.starts_with("t=")) {
            time = piece.substr(2);
            ++times;
        }
    const auto at = secondsOf(time);
    if (!at || times != 1) return Proof::wrong;
    const auto right = sdk::toHex(sdk::hmacSha256(secret, std::string(time).append(".").append(body)));
    bool fits = false;
    for (auto rest = header; !rest.empty();)
        if (const auto piece = next(rest, ','); piece.starts_with("v1="))
            fits = sdk::sameSecret(piece.substr(3), right) || fits;
    return aged(fits, *at, now, tolerance);
}

Proof standardForm(const Signed& given, std::string_view secret, std::string_view body, std::int64_t now,
                   std::int64_t tolerance) {
    if (secret.starts_with("whsec_")) secret.remove_prefix(6);
    const auto key = sdk::fromBase64(secret);
    const auto at = secondsOf(given.timestamp);
    if (!key || key->empty() || !at || given.id.empty()) return Proof::wrong;
    const auto text = given.id + "." + given.timestamp + ".";
    const auto right = sdk::toBase64(sdk::hmacSha256(*key, text + std::string(body)));
    bool fits = false;
    for (std::string_view rest = given.signatures; !rest.empty();)
        if (const auto piece = next(rest, ' '); piece.starts_with("v1,"))
            fits = sdk::sameSecret(piece.substr(3), right) || fits;
    return aged(fits, *at, now, tolerance);
}

}  // namespace

Proof proofOf(const Signed& given, std::string_view secret, std::string_view body, std::int64_t nowSeconds,
              std::int64_t tolerance) {
    if (secret.empty()) return Proof::wrong;
    if (given.signature.empty() && given.signatures.empty()) return Proof::missing;
    const auto own = given.signature.empty() ? Proof::wrong
                                             : ownForm(given.signature, secret, body, nowSeconds, tolerance);
    if (own != Proof::wrong || given.signatures.empty()) return own;
    return standardForm(given, secret, body, nowSeconds, tolerance);
}

}  // namespace overture::surge
