#pragma once

#include <variant>

#include "net/connection.hpp"

namespace overture::net {

/// Where the request goes, or the sentence why it may not go at all: URL, method or headers that are not
/// proper, a host that is not allowed.
std::variant<Target, std::string> targetOf(const HttpRequest& request, const HttpLimits& limits);

/// Where to connect: to the target's host or, when there is one, to the proxy; or the sentence why not. Does not wait longer
/// than the deadline.
///
/// A private address that is not allowed is none. What goes through a proxy is looked up here as well, and refused when any
/// address is private, as the proxy chooses one; only a name that is not known here is left to the proxy.
std::variant<std::vector<Poco::Net::SocketAddress>, std::string> resolve(const Target& target,
                                                                         const HttpLimits& limits,
                                                                         const Proxy* proxy,
                                                                         Deadline deadline);

}  // namespace overture::net
