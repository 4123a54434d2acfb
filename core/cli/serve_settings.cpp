#include "cli/serve_settings.hpp"

#include <cstdlib>

#include "cli/open_database.hpp"
#include "cli/outbound.hpp"

namespace overture::cli {

std::vector<std::string> serveOptions() {
    return databaseOptions(
        outboundOptions({"config=", "address=", "port=", "public-url=", "workers=", "plugins=", "lease=",
                         "poll=", "quiet=", "mailboxes=", "calls=", "api-calls=", "behind=", "largest=",
                         "record=", "record-bindings=", "recordings="}));
}

ServeSettings serveSettings(const Arguments& arguments) {
    ServeSettings settings;
    auto& http = settings.http;
    http.address = arguments.value("address", http.address);
    http.port = static_cast<std::uint16_t>(arguments.number("port", http.port, 0, 65535));
    http.publicUrl = arguments.value("public-url");
    if (!http.publicUrl.empty() && !http.publicUrl.starts_with("https://") &&
        !http.publicUrl.starts_with("http://"))
        throw UsageError{"--public-url takes an address like https://texts.example.com, not \"" +
                         http.publicUrl + "\""};
    http.largestBody = static_cast<std::size_t>(arguments.number("largest", 1, 1, 64)) * 1024 * 1024;
    if (const char* token = std::getenv("OVERTURE_METRICS_TOKEN")) http.metricsToken = token;
    settings.workers = static_cast<int>(arguments.number("workers", 32, 1, 20000));
    settings.lease = seconds(arguments.number("lease", 90, 1, 3600));
    settings.poll = milliseconds(arguments.number("poll", 250, 10, 60000));
    settings.quiet = milliseconds(arguments.number("quiet", 1500, 0, 60000));
    settings.mailboxes = seconds(arguments.number("mailboxes", 30, 1, 3600));
    settings.callsPerWindow =
        static_cast<int>(arguments.number("api-calls", api::Options{}.callsPerWindow, 1, 1000000000));
    settings.calls = static_cast<int>(arguments.number("calls", 500, 1, 100000));
    settings.outbound = outboundLimits(arguments);
    return settings;
}

}  // namespace overture::cli
