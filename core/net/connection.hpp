#pragma once

#include <Poco/Net/SocketAddress.h>

#include <memory>
#include <string>
#include <vector>

#include "net/http_client.hpp"
#include "net/watchdog.hpp"

namespace overture::net {

/// Where a request goes: what connections are kept by.
struct Target {
    bool secure = false;
    std::string host;
    std::uint16_t port = 0;
    std::string path;  ///< with query; not part of the key

    /// "api.example:443"; an IPv6 address in brackets.
    std::string authority() const {
        return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
    }
    std::string key() const { return (secure ? "https://" : "http://") + authority(); }
};

/// Of one exchange. Nothing is sent after `patience`: a request that was begun stays a part.
struct ExchangeLimits {
    std::size_t largest = 0;
    Deadline begun;
    /// It ends here unless a piece of a streamed body was useful; the deadline when nothing is streamed.
    Deadline patience;
    Deadline deadline;
};

/// What came of one exchange on one connection.
struct Exchange {
    bool complete = false;   ///< `response` is whole
    bool sent = false;       ///< a byte of the request may have left
    bool answering = false;  ///< a byte of the answer came
    bool reusable = false;   ///< the connection may carry another exchange
    bool useful = false;     ///< a piece of a streamed body was
    bool stopped = false;    ///< by the reader of a streamed body
    HttpResponse response;
    std::string trouble;  ///< when not complete
};

/// One kept connection. One thread at a time.
class Connection {
public:
    virtual ~Connection() = default;
    /// Connects, through a proxy makes a tunnel for TLS, and for TLS shakes hands and proves the certificate. Not a byte of a
    /// request leaves. Throws Poco::Exception.
    virtual void open(const Poco::Net::SocketAddress& address, const Target& target, Watchdog& dog,
                      Deadline deadline) = 0;
    /// False when the peer has closed it, or said something nobody asked for.
    virtual bool quiet() const = 0;
    virtual Exchange exchange(const HttpRequest& request, const Target& target, Watchdog& dog,
                              const ExchangeLimits& limits) = 0;
};

/// With a proxy the address to open is the proxy's. Which must outlive the connection.
std::unique_ptr<Connection> makeConnection(const Target& target, const Proxy* proxy);

}  // namespace overture::net
