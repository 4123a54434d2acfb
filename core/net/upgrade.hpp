// Inside net: the HTTP that a WebSocket begins with.
#pragma once

#include <optional>
#include <string>

#include "net/connection.hpp"
#include "net/web_socket.hpp"

namespace overture::net {

/// Sixteen random bytes in base64.
std::string upgradeKey();
std::string upgradeRequest(const Target& target, const WebSocketRequest& request, const std::string& key);
std::string tunnelRequest(const Target& target, const Proxy& proxy);

/// Reads the head of an answer, and of a refusal the beginning of its body. One thread.
class UpgradeAnswer {
public:
    void take(std::string_view bytes) { waiting_ += bytes; }
    /// The head is whole; `response` has it.
    bool head();
    /// All of a refusal's body that is wanted is there.
    bool wholeBody() const;
    /// The peer sends something that is no HTTP, or too much of it.
    const std::string& fault() const { return fault_; }

    HttpResponse response;
    /// What came after the head: the body of a refusal, or the first frames.
    std::string rest() const { return waiting_; }

private:
    std::string waiting_, fault_;
    bool read_ = false;
};

/// "" or why this 101 is none.
std::string agreementTrouble(const HttpResponse& response, const std::string& key,
                             const WebSocketRequest& request);

}  // namespace overture::net
