// A notice of SNS and its proof: RSA over some of its fields, by a certificate that Amazon publishes.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "overture/plugin.hpp"

namespace overture::ses {

/// What is signed: for each kind of notice its fields, name and value on lines of their own. "" for an unknown kind.
std::string signedText(const sdk::Json& notice);

/// https, a host of SNS's and a .pem below it: nothing else is ever fetched.
bool isCertificateUrl(const std::string& url);
/// https and a host of SNS's.
bool isOfSns(const std::string& url);

/// `signature` is base64, `version` "1" (SHA-1) or "2" (SHA-256), `certificate` PEM.
bool isSigned(const std::string& text, const std::string& signature, const std::string& version,
              const std::string& certificate);

/// The certificates that were fetched. Any thread.
class Certificates {
public:
    /// The certificate, or the answer to a fetch that failed.
    sdk::Answer of(const sdk::Host& host, const std::string& url, std::int64_t deadlineMs);

private:
    static constexpr std::size_t kMost = 16;
    std::mutex mutex_;
    std::map<std::string, std::string> kept_;
};

}  // namespace overture::ses
