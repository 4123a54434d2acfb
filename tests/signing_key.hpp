// A key of P-256 for tests that stand where a vendor signs.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>

#include "base/digest.hpp"

namespace overture::testing {

class SigningKey {
public:
    explicit SigningKey(const char* curve = "P-256") : key_(EVP_EC_gen(curve)) {}
    ~SigningKey() { EVP_PKEY_free(key_); }
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;

    /// Base64 of DER.
    std::string publicKey() const {
        unsigned char* der = nullptr;
        const int size = i2d_PUBKEY(key_, &der);
        std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        return toBase64(bytes);
    }
    /// ECDSA with SHA-256, base64 of DER.
    std::string sign(const std::string& text) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        std::string signature(256, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        return toBase64(signature.substr(0, size));
    }

private:
    EVP_PKEY* key_;
};

}  // namespace overture::testing
