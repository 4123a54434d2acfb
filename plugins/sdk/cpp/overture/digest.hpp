// Digests for signatures. A plugin that includes this links OpenSSL::Crypto.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "overture/bytes.hpp"

namespace overture::sdk {

namespace detail {
inline std::string hmac(const EVP_MD* kind, std::string_view key, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (HMAC(kind, key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(),
             &size) == nullptr)
        throw std::runtime_error("the crypto library refused to compute an HMAC");
    return {reinterpret_cast<const char*>(digest.data()), size};
}
}  // namespace detail

/// Raw bytes, like all of these.
inline std::string hmacSha1(std::string_view key, std::string_view bytes) {
    return detail::hmac(EVP_sha1(), key, bytes);
}
inline std::string hmacSha256(std::string_view key, std::string_view bytes) {
    return detail::hmac(EVP_sha256(), key, bytes);
}
inline std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("the crypto library refused to compute a SHA-256");
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace overture::sdk
