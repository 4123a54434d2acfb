// The proof that a call came from Surge. Two forms are on record, and both count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace overture::surge {

/// The headers of a call, "" when absent.
struct Signed {
    std::string signature;  ///< Surge-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]
    std::string id, timestamp,
        signatures;  ///< webhook-id, webhook-timestamp, webhook-signature: v1,<base64> v1,<base64>
};

enum class Proof { right, wrong, stale, missing };

/// Surge-Signature: HMAC-SHA256 of "t.body" with the secret as it is. Standard Webhooks: of "id.timestamp.body" with the base64
/// behind "whsec_". Any one signature that fits counts; other versions do not. `stale`: right, but signed more than `tolerance`
/// seconds from now. Compared in constant time.
Proof proofOf(const Signed& given, std::string_view secret, std::string_view body, std::int64_t nowSeconds,
              std::int64_t tolerance);

}  // namespace overture::surge
