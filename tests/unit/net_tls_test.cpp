// Certificates: only what the system's authorities vouch for, for the name that was asked.
#include "net/http_client.hpp"
#include "tls_peer.hpp"

namespace overture::net {
namespace {

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
