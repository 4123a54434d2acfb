#include "net/upgrade.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "net/frames.hpp"

namespace overture::net {
namespace {

constexpr std::size_t kLongestUpgradeHead = 16 * 1024;
constexpr std::size_t kLongestRefusal = 4096;

bool listHas(const std::string& list, const std::string& word) {
    const auto parts = split(list, ',');
    return std::any_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return lowerAscii(trim(part)) == word; });
}

}  // namespace

std::string upgradeKey() {
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::runtime_error("the system has no random bytes");
    return toBase64({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

std::string upgradeRequest(const Target& target, const WebSocketRequest& request, const std::string& key) {
    auto host = target.authority();
    const std::string usual = target.secure ? ":443" : ":80";
    if (host.ends_with(usual)) host.erase(host.size() - usual.size());
    std::string out = "GET " + target.path + " HTTP/1.1\r\nHost: " + host +
                      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: " +
                      key + "\r\n";
    bool named = false;
    for (const auto& [name, value] : request.headers) {
        named = named || lowerAscii(name) == "user-agent";
        out += name + ": " + value + "\r\n";
    }
    if (!named) out += "User-Agent: overture/" OVERTURE_VERSION "\r\n";
    return out + "\r\n";
}

std::string tunnelRequest(const Target& target, const Proxy& proxy) {
    std::string out = "CONNECT " + target.authority() + " HTTP/1.1\r\nHost: " + target.authority() + "\r\n";
    if (!proxy.authorization.empty()) out += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    return out + "\r\n";
}

bool UpgradeAnswer::head() {
    if (read_) return true;
    const auto end = waiting_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (waiting_.size() > kLongestUpgradeHead) fault_ = "its answer's head is too long";
        if (waiting_.size() >= 7 && !waiting_.starts_with("HTTP/1.")) fault_ = "what answered speaks no HTTP";
        return false;
    }
    const auto lines = split(waiting_.substr(0, end), '\n');
    waiting_.erase(0, end + 4);
    const auto& status = lines.front();
    const auto* from = status.data() + std::min<std::size_t>(9, status.size());
    const auto* to = status.data() + std::min<std::size_t>(12, status.size());
    if (!status.starts_with("HTTP/1.") || std::from_chars(from, to, response.status).ptr != to ||
        response.status < 100) {
        fault_ = "what answered speaks no HTTP";
        return false;
    }
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].find(':');
        if (colon == std::string::npos) continue;
        response.headers.emplace_back(lines[i].substr(0, colon), trim(lines[i].substr(colon + 1)));
    }
    read_ = true;
    return true;
}

bool UpgradeAnswer::wholeBody() const {
    const auto text = response.header("Content-Length");
    std::size_t length = kLongestRefusal;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return waiting_.size() >= std::min(length, kLongestRefusal);
}

std::string agreementTrouble(const HttpResponse& response, const std::string& key,
                             const WebSocketRequest& request) {
    if (lowerAscii(response.header("Upgrade")) != "websocket" ||
        !listHas(response.header("Connection"), "upgrade"))
        return "it agreed to another protocol than WebSocket";
    if (trim(response.header("Sec-WebSocket-Accept")) != acceptFor(key))
        return "its Sec-WebSocket-Accept is not of our key";
    if (!response.header("Sec-WebSocket-Extensions").empty())
        return "it uses an extension that nobody offered";
    const auto chosen = std::string(trim(response.header("Sec-WebSocket-Protocol")));
    if (chosen.empty()) return {};
    for (const auto& [name, value] : request.headers)
        if (lowerAscii(name) == "sec-websocket-protocol" && listHas(value, lowerAscii(chosen))) return {};
    return "it chose a subprotocol that nobody offered";
}

}  // namespace overture::net
