#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "overture/audio.hpp"
#include "overture/websocket.hpp"

namespace overture::speech {

using sdk::Json;

/// What a vendor's message says. Times are milliseconds of sound since this connection's first byte.
struct Said {
    std::vector<Json> words = {};  ///< as Heard::words takes them
    /// Up to here it will not change its mind: that sound need not be sent again.
    std::optional<std::int64_t> settledMs = {};
    std::optional<sdk::Answer> trouble = {};  ///< the vendor gives up
    bool again = false;  ///< another connection may go on; when too many were tried, `trouble` is said
    bool done = false;   ///< after the farewell: that was all
};

/// How one vendor speaks over its socket. Under its stream's lock: none of it blocks.
class Dialect {
public:
    struct Message {
        bool binary = false;
        std::string bytes;
    };
    virtual ~Dialect() = default;
    /// For each connection anew.
    virtual sdk::WebSocketRequest request() = 0;
    /// What is said first.
    virtual std::vector<Message> greeting() { return {}; }
    virtual Message audio(std::string_view bytes) { return {true, std::string(bytes)}; }
    /// Keeps a connection without sound; nothing when none is needed.
    virtual std::optional<Message> keepAlive() { return std::nullopt; }
    /// Nothing more will be said; the vendor answers what it still has and closes, or `read` says that it is done.
    virtual std::vector<Message> farewell() = 0;
    virtual Said read(bool binary, std::string_view message) = 0;
    /// So much of this connection's sound has been sent. For vendors that leave it to us when a turn ends: words only.
    virtual std::vector<Json> passed(std::int64_t /*milliseconds*/) { return {}; }
    virtual std::string vendor() const = 0;
};

/// Such a stream.
class Line : public sdk::Listening {
public:
    /// One's own words on its connection; false: there is none just now. Any thread, but not from inside its dialect.
    virtual bool say(const Dialect::Message& message) = 0;
};

/// A stream at a vendor with such a socket: connects again when it breaks, and sends again what was not settled.
std::unique_ptr<Line> listenOver(sdk::Host host, const sdk::AudioForm& form, std::unique_ptr<Dialect> dialect,
                                 sdk::Heard heard);

}  // namespace overture::speech
