// Inside net: one TCP connection that never blocks, with TLS or without.
#pragma once

#include <Poco/Net/SocketAddress.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace overture::net {

/// The system's authorities, TLS 1.2 and above.
class ClientTls {
public:
    ClientTls();
    ~ClientTls();
    ClientTls(const ClientTls&) = delete;
    ClientTls& operator=(const ClientTls&) = delete;
    ssl_ctx_st* get() const { return context_; }

private:
    ssl_ctx_st* context_;
};

/// One thread.
class Wire {
public:
    enum class Step { done, again, failed };

    /// Begins to connect. Throws Poco::Exception when there is no socket.
    explicit Wire(const Poco::Net::SocketAddress& address);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    int socket() const { return socket_; }
    /// Whether it is connected; to be asked when it can be written.
    Step connected();
    /// From now on with TLS, for this host.
    void secure(const ClientTls& tls, const std::string& host);
    Step handshake();
    /// How much was read into `buffer`; 0: nothing now. Throws Poco::Exception when it is closed or broken.
    std::size_t read(char* buffer, std::size_t size);
    /// How much of it went out; 0: nothing now. Throws Poco::Exception when it is closed or broken.
    std::size_t write(std::string_view bytes);
    /// What it waits for after `again` or 0.
    bool wantsWrite() const { return wantsWrite_; }
    const std::string& trouble() const { return trouble_; }

private:
    std::size_t after(int result);

    int socket_ = -1;
    ssl_st* ssl_ = nullptr;
    bool wantsWrite_ = false;
    std::string trouble_;
};

}  // namespace overture::net
