#pragma once

#include <variant>

#include "net/connection.hpp"

namespace overture::net {

/// Where the request goes, or the sentence why it may not go at all: URL, method or headers that are not
/// proper, a host that is not allowed.
std::variant<Target, std::string> targetOf(const HttpRequest& request, const HttpLimits& limits);

/// The addresses of the target's host, or the sentence why there are none. Does not wait longer than the
/// deadline.
std::variant<std::vector<Poco::Net::SocketAddress>, std::string> resolve(const Target& target,
                                                                         const HttpLimits& limits,
                                                                         Deadline deadline);

}  // namespace overture::net
