#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace overture::net {

/// An HTTP proxy: TLS goes through it in tunnels (CONNECT), plain HTTP is asked of it.
struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization = {};  ///< what Proxy-Authorization says; "": nothing

    std::string key() const { return host + ":" + std::to_string(port); }
};

/// "http://user:password@proxy.example:3128", the rest percent-encoded where it must be. The problem names no password.
Result<Proxy> proxyNamed(const std::string& url);

/// Which requests go through a proxy. Without one every request goes directly.
struct Proxies {
    std::optional<Proxy> plain, secure;  ///< for http and for https
    /// Hosts that are asked directly: "crm.example" with all below it, an address, a network "10.0.0.0/8", "*" for all.
    std::vector<std::string> bypass;

    /// Nothing: directly. `host` in small letters.
    const Proxy* of(bool toSecure, const std::string& host) const;
};

}  // namespace overture::net
