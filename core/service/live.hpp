#pragma once

#include <Poco/Net/StreamSocket.h>

#include <functional>
#include <memory>
#include <string>

#include "api/api.hpp"
#include "base/clock.hpp"
#include "store/database.hpp"

namespace overture::service {

struct LiveOptions {
    int mostSockets = 5000;
    int mostOfOrganization = 2500;
    std::size_t mostWaiting = 1024 * 1024;  ///< bytes that a slow reader may leave; with more it is cut off
    milliseconds poll{200};                 ///< how often to look for what is new, while somebody listens
    milliseconds beat{15000};               ///< a sign of life to each, and the cursor to go on from
    milliseconds silence{60000};            ///< after so long without a pong a WebSocket is over
    milliseconds recheck{30000};            ///< whether the keys of those who listen still hold
    milliseconds progress{5000};            ///< at most so often the figures of one campaign
};

/// Listeners of the feed: sockets taken over from the HTTP server, server-sent events and WebSockets alike. Two threads for any
/// number of them: one reads the feed once for all, the other writes to the sockets. Any thread may call.
class Live {
public:
    /// Whether the caller of such a request is still let in: what `recheck` asks.
    using Holds = std::function<bool(const std::string& authorization)>;
    Live(store::Database& database, const Clock& clock, Holds holds, const LiveOptions& options = {});
    ~Live();  ///< stops

    /// Takes a place for one more listener of this organization; false when there is none.
    bool admit(const OrganizationId& organization);
    struct Listener {
        api::Stream stream;
        bool webSocket = false;
        std::string authorization;  ///< the header that let it in
        std::string head;           ///< of the answer; sent first
        std::string read = {};      ///< what the client sent after its request
    };
    /// For a place that was taken. The socket is ours from now on.
    void listen(Poco::Net::StreamSocket socket, Listener listener);
    int listening() const;
    /// There may be something new: looks at once.
    void wake();
    /// Says goodbye to everybody; nobody is taken afterwards.
    void stop();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace overture::service
