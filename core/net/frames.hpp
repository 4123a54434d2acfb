// Inside net: WebSocket frames as RFC 6455 has them, for a client.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overture::net {

enum class Opcode : std::uint8_t { more = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One whole frame as a client sends it, masked with four random bytes.
std::string maskedFrame(Opcode opcode, std::string_view payload);
std::string maskedClose(int code, std::string_view reason);

/// What a server sends, read strictly: not masked, no reserved bits, control frames whole and short, fragments in order, text in
/// UTF-8, close codes that may be sent. One thread.
class ServerFrames {
public:
    struct Incoming {
        Opcode opcode = Opcode::text;  ///< text, binary, close, ping, pong
        std::string payload;           ///< of a close: the reason
        int code = 0;                  ///< of a close; 1005: it gave none
    };
    struct Fault {
        int code = 0;          ///< what it is closed with
        std::string sentence;  ///< "sent a frame with reserved bits"
    };

    explicit ServerFrames(std::size_t largest) : largest_(largest) {}
    void take(std::string_view bytes) { waiting_ += bytes; }
    /// The next one that is whole; nothing when more must come, or after a fault.
    std::optional<Incoming> next();
    const std::optional<Fault>& fault() const { return fault_; }

private:
    std::optional<Incoming> wrong(int code, const char* sentence);
    std::optional<Incoming> control(Opcode opcode, std::string payload);

    std::size_t largest_;
    std::string waiting_, message_;
    std::size_t at_ = 0;          // of what waits, what was read already
    std::optional<Opcode> open_;  // a message of which there is more to come
    std::optional<Fault> fault_;
};

}  // namespace overture::net
