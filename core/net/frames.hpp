// Inside net: WebSocket frames as RFC 6455 has them, for both sides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overture::net {

enum class Side { client, server };

enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// RFC 6455, 7.4; a peer may send others.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    goingAway = 1001,
    protocol = 1002,
    none = 1005,  ///< a close that names none; never sent
    notText = 1007,
    policy = 1008,
    tooLarge = 1009,
    tryAgain = 1013,
};

/// One whole frame as this side sends it: a client's is masked with four random bytes.
std::string frame(Side by, Opcode opcode, std::string_view payload);
/// A code that may not be sent is left out, with the reason.
std::string closeFrame(Side by, CloseCode code, std::string_view reason);

/// `Sec-WebSocket-Accept` for a client's key; empty when it is no key (16 bytes in base64).
std::string acceptFor(const std::string& key);

/// What the other side sends, read strictly: masked or not as is its part, no reserved bits, control frames whole and short,
/// fragments in order, messages up to a bound, text in UTF-8, close codes that may be sent. One thread.
class Frames {
public:
    struct Incoming {
        Opcode opcode = Opcode::text;      ///< text, binary, close, ping, pong
        std::string payload;               ///< of a close: the reason
        CloseCode code = CloseCode::none;  ///< of a close
    };
    struct Fault {
        CloseCode code;        ///< what the connection ends with
        std::string sentence;  ///< "sent a frame with reserved bits"
    };

    /// `from`: who sends them. `largest`: bytes of one message.
    Frames(Side from, std::size_t largest) : from_(from), largest_(largest) {}
    void take(std::string_view bytes) { waiting_ += bytes; }
    /// The next one that is whole; nothing when more must come, or after a fault.
    std::optional<Incoming> next();
    const std::optional<Fault>& fault() const { return fault_; }

private:
    std::optional<Incoming> wrong(CloseCode code, const char* sentence);
    std::optional<Incoming> control(Opcode opcode, std::string payload);
    std::string taken(std::size_t head, std::size_t length);

    Side from_;
    std::size_t largest_;
    std::string waiting_, message_;
    std::size_t at_ = 0;          // of what waits, what was read already
    std::optional<Opcode> open_;  // a message of which there is more to come
    std::optional<Fault> fault_;
};

}  // namespace overture::net
