// A peer that speaks TLS, for tests of outbound HTTP. The authorities of the whole program are a file of its own, named before
// the client first looks.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/text.hpp"

namespace overture::net {

namespace fs = std::filesystem;

inline const fs::path& certificateFolder() {
    static const fs::path made = [] {
        auto pattern = (fs::temp_directory_path() / "overture-tls-XXXXXX").string();
        return fs::path(mkdtemp(pattern.data()));
    }();
    return made;
}

/// A key and a certificate for `names` ("DNS:localhost"), signed by itself, in NAME.key and NAME.pem.
inline void makeCertificate(const std::string& name, const std::string& names) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(name.size()));
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> alternatives(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()), X509_EXTENSION_free);
    X509_add_ext(certificate.get(), alternatives.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    std::FILE* file = std::fopen((certificateFolder() / (name + ".key")).c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    file = std::fopen((certificateFolder() / (name + ".pem")).c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
}

class Certificates : public ::testing::Environment {
public:
    void SetUp() override {
        Poco::Net::initializeSSL();
        makeCertificate("trusted", "DNS:localhost");
        makeCertificate("stranger", "DNS:localhost");
        makeCertificate("other_name", "DNS:api.example.test");
        writeFile((certificateFolder() / "authorities.pem").string(),
                  readFile((certificateFolder() / "trusted.pem").string()) +
                      readFile((certificateFolder() / "other_name.pem").string()));
        ::setenv("SSL_CERT_FILE", (certificateFolder() / "authorities.pem").c_str(), 1);
        ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
    }
    void TearDown() override { fs::remove_all(certificateFolder()); }
};
inline const auto* const kCertificates = ::testing::AddGlobalTestEnvironment(new Certificates);

/// Takes one connection, shakes hands as `name`, and answers every request on it.
class TlsPeer {
public:
    explicit TlsPeer(const std::string& name)
        : listener_(Poco::Net::SocketAddress("127.0.0.1", 0), 8,
                    new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE,
                                           (certificateFolder() / (name + ".key")).string(),
                                           (certificateFolder() / (name + ".pem")).string(), "",
                                           Poco::Net::Context::VERIFY_NONE)),
          thread_([this] { serve(); }) {}
    ~TlsPeer() {
        Poco::Net::StreamSocket wake;  // in case nobody came
        wake.connect(Poco::Net::SocketAddress("127.0.0.1", port()));
        wake.close();
        thread_.join();
    }
    std::uint16_t port() const { return listener_.address().port(); }
    std::string url(const std::string& host = "localhost") const {
        return "https://" + host + ":" + std::to_string(port()) + "/";
    }
    int requests() const { return requests_; }

private:
    void serve() {
        try {
            auto socket = listener_.acceptConnection();
            const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            std::string text;
            for (char c = 0; socket.receiveBytes(&c, 1) > 0;) {
                text += c;
                if (!text.ends_with("\r\n\r\n")) continue;
                ++requests_;
                text.clear();
                socket.sendBytes(answer.data(), static_cast<int>(answer.size()));
            }
        } catch (const Poco::Exception&) {
            return;  // the client did not like what it saw
        }
    }

    Poco::Net::SecureServerSocket listener_;
    std::atomic<int> requests_ = 0;
    std::thread thread_;
};

}  // namespace overture::net
