// What `overture serve` may be told.
#pragma once

#include "cli/command.hpp"
#include "net/http_client.hpp"
#include "service/server.hpp"

namespace overture::cli {

struct ServeSettings {
    service::ServerOptions http;
    int workers = 0, calls = 0, callsPerWindow = 0;
    seconds lease{}, mailboxes{};
    milliseconds poll{}, quiet{};
    net::HttpLimits outbound;
};

/// The options of `serve`, for Arguments.
std::vector<std::string> serveOptions();
/// Throws UsageError or Error for a value that cannot be.
ServeSettings serveSettings(const Arguments& arguments);

}  // namespace overture::cli
