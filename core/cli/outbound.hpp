// Where commands may go when they call an outside system, and by which way.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "net/http_client.hpp"

namespace overture::cli {

/// A command's options and those that say this: "proxy=", "no-proxy=", "allowed-hosts=", "private-hosts=".
std::vector<std::string> outboundOptions(std::vector<std::string> more = {});
/// The lines of a command's help that tell of them.
extern const char* const kOutboundHelp;

/// What the options say, of those that a command has, and for the others OVERTURE_PROXY, OVERTURE_NO_PROXY, OVERTURE_ALLOWED_HOSTS
/// and OVERTURE_PRIVATE_HOSTS; a proxy that neither names is taken from https_proxy, http_proxy and no_proxy. Throws Error for
/// one that cannot be used.
net::HttpLimits outboundLimits(const Arguments& arguments);

}  // namespace overture::cli
