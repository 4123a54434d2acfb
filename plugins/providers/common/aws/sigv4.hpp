// AWS Signature Version 4: who asks, and that nothing was changed on the way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "overture/plugin.hpp"

namespace overture::aws {

struct Credentials {
    std::string accessKeyId, secretAccessKey;
    std::string sessionToken;  ///< of temporary credentials; otherwise empty
};

struct Signing {
    std::string region, service;
    /// S3 takes the path as it is sent, with its dots and double slashes, and the body's digest in a header.
    bool objectStore = false;
};

/// Puts X-Amz-Date, X-Amz-Security-Token (where there is one), X-Amz-Content-Sha256 (of an object store) and Authorization into
/// the request, in place of those that it has. All its headers are signed, and Host, which the engine sends by itself. The
/// request must then be sent as it is: no header, no byte of the URL or the body may change.
void sign(sdk::HttpRequest& request, const Credentials& credentials, const Signing& signing,
          std::int64_t nowMicros);

/// The URL with everything in its query that `sign` would put into headers: whoever has it may ask for it with GET, once or often,
/// until it ends (seconds).
std::string presigned(const std::string& url, const Credentials& credentials, const Signing& signing,
                      std::int64_t nowMicros, int expires);

/// What is signed, for tests: the request in its canonical form, and "a;b", the names of its headers.
struct Canonical {
    std::string text, headerNames;
};
Canonical canonicalOf(const sdk::HttpRequest& request, const Signing& signing);

/// Every byte but letters, digits and "-._~" as %XX. With it a text may stand as one segment of a path.
std::string percentEncoded(std::string_view text, std::string_view alsoPlain = {});

}  // namespace overture::aws
