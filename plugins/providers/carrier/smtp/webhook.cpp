#include "webhook.hpp"

#include <charconv>

#include "overture/bytes.hpp"
#include "overture/digest.hpp"
#include "overture/documents.hpp"

namespace overture::smtp {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;

namespace {

constexpr std::int64_t kFreshSeconds = 300;

struct Signature {
    std::string time, proof;
};

/// Nothing but the two, in this order.
std::optional<Signature> signatureIn(const std::string& header) {
    const auto comma = header.find(",v1=");
    if (!header.starts_with("t=") || comma == std::string::npos) return std::nullopt;
    return Signature{header.substr(2, comma - 2), header.substr(comma + 4)};
}

}  // namespace

Answer receivedMail(const Json& request, const std::string& secret, std::int64_t nowSeconds) {
    if (secret.empty())
        return Answer::no(Outcome::rejected, "nothing proves this call: give the binding a webhook_secret");
    const auto body = sdk::fromBase64(sdk::textOf(request, "body_base64"));
    if (!body) return Answer::no(Outcome::invalid, "body_base64 is not base64");
    const auto signature = signatureIn(sdk::headerOf(request, "X-Overture-Signature"));
    if (!signature) return Answer::no(Outcome::rejected, "the call has no X-Overture-Signature");
    const auto& [time, proof] = *signature;
    if (!sdk::sameSecret(proof, sdk::toHex(sdk::hmacSha256(secret, time + "." + *body))))
        return Answer::no(Outcome::rejected, "the signature does not fit; check webhook_secret");
    std::int64_t at = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), at);
    const bool whole = read.ec == std::errc() && read.ptr == time.data() + time.size();
    if (!whole || at < nowSeconds - kFreshSeconds || at > nowSeconds + kFreshSeconds)
        return Answer::no(Outcome::rejected, "the call was signed too long ago, or by another clock");
    if (body->empty()) return Answer::no(Outcome::invalid, "the call has no message");
    const Json mail{{"kind", "mail"},
                    {"id", "mail:" + sdk::toHex(sdk::sha256(*body))},
                    {"channel", "email"},
                    {"raw_base64", sdk::toBase64(*body)}};
    return Answer::ok({{"events", Json::array({mail})},
                       {"response", {{"status", 204}, {"content_type", "text/plain"}, {"body", ""}}}});
}

}  // namespace overture::smtp
