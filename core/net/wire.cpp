#include "net/wire.hpp"

#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace overture::net {
namespace {

std::string whyFailed(const ssl_st* ssl) {
    if (const auto verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK)
        return std::string("its certificate is not good: ") + X509_verify_cert_error_string(verdict);
    char text[256] = "";
    if (const auto error = ERR_get_error(); error != 0) ERR_error_string_n(error, text, sizeof text);
    return *text == 0 ? "the TLS handshake was broken off" : std::string("no TLS: ") + text;
}

}  // namespace

ClientTls::ClientTls() : context_(SSL_CTX_new(TLS_client_method())) {
    if (context_ == nullptr) throw std::runtime_error("TLS cannot be begun");
    SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context_);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
}
ClientTls::~ClientTls() {
    SSL_CTX_free(context_);
}

Wire::Wire(const Poco::Net::SocketAddress& address)
    : socket_(::socket(address.af(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) throw Poco::Net::NetException(std::strerror(errno));
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, address.addr(), address.length()) == 0 || errno == EINPROGRESS) return;
    trouble_ = std::strerror(errno);
}

Wire::~Wire() {
    if (ssl_ != nullptr) {
        SSL_shutdown(ssl_);  // says that it ends, and waits for nothing
        SSL_free(ssl_);
        ERR_clear_error();
    }
    ::close(socket_);
}

Wire::Step Wire::connected() {
    if (!trouble_.empty()) return Step::failed;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
        sockaddr_storage peer{};
        socklen_t length = sizeof peer;
        if (::getpeername(socket_, reinterpret_cast<sockaddr*>(&peer), &length) == 0) return Step::done;
        wantsWrite_ = true;
        return errno == ENOTCONN ? Step::again : Step::failed;
    }
    trouble_ = std::strerror(error);
    return Step::failed;
}

void Wire::secure(const ClientTls& tls, const std::string& host) {
    ssl_ = SSL_new(tls.get());
    if (ssl_ == nullptr) throw Poco::Net::NetException("TLS cannot be begun");
    SSL_set_fd(ssl_, socket_);
    SSL_set_connect_state(ssl_);
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(host, literal)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), literal.toString().c_str());
    } else {
        SSL_set_tlsext_host_name(ssl_, host.c_str());
        SSL_set1_host(ssl_, host.c_str());
    }
}

Wire::Step Wire::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) return Step::done;
    const int what = SSL_get_error(ssl_, result);
    wantsWrite_ = what == SSL_ERROR_WANT_WRITE;
    if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) return Step::again;
    trouble_ = whyFailed(ssl_);
    return Step::failed;
}

std::size_t Wire::read(char* buffer, std::size_t size) {
    wantsWrite_ = false;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        return after(SSL_read(ssl_, buffer, static_cast<int>(size)));
    }
    const auto got = ::recv(socket_, buffer, size, 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    throw Poco::Net::NetException(got == 0 ? "the connection was closed" : std::strerror(errno));
}

std::size_t Wire::write(std::string_view bytes) {
    wantsWrite_ = false;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        return after(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())));
    }
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        throw Poco::Net::NetException(std::strerror(errno));
    wantsWrite_ = true;
    return 0;
}

std::size_t Wire::after(int result) {
    if (result > 0) return static_cast<std::size_t>(result);
    const int what = SSL_get_error(ssl_, result);
    wantsWrite_ = what == SSL_ERROR_WANT_WRITE;
    if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE) return 0;
    throw Poco::Net::NetException("the connection was closed");
}

}  // namespace overture::net
