// The proof that a call came from SendGrid: ECDSA over P-256 and SHA-256, of the timestamp's text and then the body's raw bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "overture/plugin.hpp"

struct evp_pkey_st;

namespace overture::sendgrid {

/// Any thread.
class PublicKey {
public:
    /// Base64 of DER (SPKI), or nothing when it is no key of P-256.
    static std::shared_ptr<const PublicKey> read(std::string_view base64);
    ~PublicKey();
    PublicKey(const PublicKey&) = delete;
    PublicKey& operator=(const PublicKey&) = delete;

    /// `signature` is DER.
    bool fits(std::string_view signature, std::string_view bytes) const;

private:
    explicit PublicKey(evp_pkey_st* key) : key_(key) {}
    evp_pkey_st* key_;
};

enum class Proof { right, wrong, stale, missing };

/// Of a webhook's headers and body. `stale`: right, but signed more than `tolerance` seconds from now.
Proof proofOf(const sdk::Json& request, std::string_view body, const PublicKey& key, std::int64_t nowSeconds,
              std::int64_t tolerance);

}  // namespace overture::sendgrid
