// Certificates: only what the system's authorities vouch for, for the name that was asked. The authorities of
// this test are a file of its own, named before the client first looks.
#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "net/http_client.hpp"

namespace overture::net {
namespace {

namespace fs = std::filesystem;

const fs::path& folder() {
    static const fs::path made = [] {
        auto pattern = (fs::temp_directory_path() / "overture-tls-XXXXXX").string();
        return fs::path(mkdtemp(pattern.data()));
    }();
    return made;
}

/// A key and a certificate for `names` ("DNS:localhost"), signed by itself, in NAME.key and NAME.pem.
void makeCertificate(const std::string& name, const std::string& names) {
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
    std::FILE* file = std::fopen((folder() / (name + ".key")).c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    file = std::fopen((folder() / (name + ".pem")).c_str(), "w");
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
        writeFile(
            (folder() / "authorities.pem").string(),
            readFile((folder() / "trusted.pem").string()) + readFile((folder() / "other_name.pem").string()));
        ::setenv("SSL_CERT_FILE", (folder() / "authorities.pem").c_str(), 1);
        ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
    }
    void TearDown() override { fs::remove_all(folder()); }
};
const auto* const kCertificates = ::testing::AddGlobalTestEnvironment(new Certificates);

/// Takes one connection, shakes hands as `name`, and answers every request on it.
class TlsPeer {
public:
    explicit TlsPeer(const std::string& name)
        : listener_(Poco::Net::SocketAddress("127.0.0.1", 0), 8,
                    new Poco::Net::Context(
                        Poco::Net::Context::TLS_SERVER_USE, (folder() / (name + ".key")).string(),
                        (folder() / (name + ".pem")).string(), "", Poco::Net::Context::VERIFY_NONE)),
          thread_([this] { serve(); }) {}
    ~TlsPeer() { thread_.join(); }
    std::string url() const {
        return "https://localhost:" + std::to_string(listener_.address().port()) + "/";
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

std::variant<HttpResponse, HttpError> get(HttpClient& client, const std::string& url) {
    return client.send({"GET", url, {}, "", milliseconds(5000)});
}

TEST(Tls, TrustsAKnownAuthorityAndKeepsTheConnection) {
    TlsPeer peer("trusted");
    HttpClient client;
    for (int i = 0; i < 3; ++i) {
        const auto result = get(client, peer.url());
        const auto* response = std::get_if<HttpResponse>(&result);
        ASSERT_NE(response, nullptr) << std::get<HttpError>(result).message;
        EXPECT_EQ(response->body, "ok");
    }
    EXPECT_EQ(peer.requests(), 3);  // the peer takes one connection only
}

TEST(Tls, RefusesAStrangerBeforeAnythingIsSent) {
    TlsPeer peer("stranger");
    HttpClient client;
    const auto result = get(client, peer.url());
    ASSERT_TRUE(std::holds_alternative<HttpError>(result));
    EXPECT_EQ(std::get<HttpError>(result).failure, HttpFailure::notSent);
    EXPECT_NE(std::get<HttpError>(result).message.find("certificate"), std::string::npos)
        << std::get<HttpError>(result).message;
    EXPECT_EQ(peer.requests(), 0);
}

TEST(Tls, RefusesACertificateForAnotherName) {
    TlsPeer peer("other_name");
    HttpClient client;
    const auto result = get(client, peer.url());
    ASSERT_TRUE(std::holds_alternative<HttpError>(result));
    EXPECT_EQ(std::get<HttpError>(result).failure, HttpFailure::notSent);
    EXPECT_EQ(peer.requests(), 0);
}

TEST(Tls, APeerThatNeverShakesHandsMeetsTheDeadline) {
    Poco::Net::ServerSocket silent(Poco::Net::SocketAddress("127.0.0.1", 0));
    HttpClient client;
    const auto url = "https://localhost:" + std::to_string(silent.address().port()) + "/";
    const auto started = std::chrono::steady_clock::now();
    const auto result = client.send({"POST", url, {}, "a=1", milliseconds(200)});
    ASSERT_TRUE(std::holds_alternative<HttpError>(result));
    EXPECT_EQ(std::get<HttpError>(result).failure, HttpFailure::notSent);
    EXPECT_NE(std::get<HttpError>(result).message.find("no TLS handshake before the deadline"),
              std::string::npos)
        << std::get<HttpError>(result).message;
    EXPECT_LT(std::chrono::steady_clock::now() - started, seconds(3));
}

}  // namespace
}  // namespace overture::net
