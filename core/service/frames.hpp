// Inside service: WebSocket frames as RFC 6455 has them, for a server that tells and does not listen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overture::service {

/// Close codes of RFC 6455.
enum class CloseCode : std::uint16_t {
    goingAway = 1001,
    protocol = 1002,
    notText = 1007,
    policy = 1008,
    tooLarge = 1009,
    tryAgain = 1013,
};

enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One frame from a server: whole, not masked.
std::string frame(Opcode opcode, std::string_view payload);
std::string closeFrame(CloseCode code, std::string_view reason);

/// `Sec-WebSocket-Accept` for a client's key; empty when it is no key (16 bytes in base64).
std::string acceptFor(const std::string& key);

/// What a client sends, read strictly: masked, no reserved bits, control frames whole and short, fragments in order,
/// messages up to a bound. One thread.
class Frames {
public:
    struct Incoming {
        Opcode opcode = Opcode::text;  ///< text, binary, close, ping, pong
        std::string payload;
    };
    explicit Frames(std::size_t most = 4096) : most_(most) {}  ///< bytes of one message
    void take(std::string_view bytes) { waiting_ += bytes; }
    /// The next one that is whole; nothing when more must come, or after a fault.
    std::optional<Incoming> next();
    /// What the client did wrong: the connection ends with it.
    std::optional<CloseCode> fault() const { return fault_; }

private:
    std::optional<Incoming> wrong(CloseCode code);
    std::optional<Incoming> whole(bool last, Opcode opcode, std::string payload);
    std::size_t most_;
    std::string waiting_, message_;
    std::optional<Opcode> open_;  // a message of which there is more to come
    std::optional<CloseCode> fault_;
};

}  // namespace overture::service
