#include "signature.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <charconv>

#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::sendgrid {
namespace {

constexpr const char* kSignature = "X-Twilio-Email-Event-Webhook-Signature";
constexpr const char* kTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp";

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool isP256(EVP_PKEY* key) {
    std::array<char, 80> name{};
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
           std::string_view(name.data()) == "prime256v1";
}

}  // namespace

std::shared_ptr<const PublicKey> PublicKey::read(std::string_view base64) {
    const auto der = sdk::fromBase64(base64);
    if (!der || der->empty()) return nullptr;
    const auto* at = bytesOf(*der);
    EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size()));
    if (key == nullptr) return nullptr;
    std::shared_ptr<const PublicKey> made(new PublicKey(key));
    return at == bytesOf(*der) + der->size() && isP256(key) ? made : nullptr;
}

PublicKey::~PublicKey() {
    EVP_PKEY_free(key_);
}

bool PublicKey::fits(std::string_view signature, std::string_view bytes) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(signature), signature.size(), bytesOf(bytes),
                            bytes.size()) == 1;
}

Proof proofOf(const sdk::Json& request, std::string_view body, const PublicKey& key, std::int64_t nowSeconds,
              std::int64_t tolerance) {
    const auto signature = sdk::headerOf(request, kSignature), timestamp = sdk::headerOf(request, kTimestamp);
    if (signature.empty() || timestamp.empty()) return Proof::missing;
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), at);
    const auto der = sdk::fromBase64(signature);
    if (!der || error != std::errc() || end != timestamp.data() + timestamp.size() || at < 0)
        return Proof::wrong;
    if (!key.fits(*der, timestamp + std::string(body))) return Proof::wrong;
    return at > nowSeconds + tolerance || at < nowSeconds - tolerance ? Proof::stale : Proof::right;
}

}  // namespace overture::sendgrid
