// One message over a connection that libcurl has opened, secured and signed in: it would neither put commands together nor ask for
// reports.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "talk.hpp"

namespace overture::smtp {
namespace {

constexpr std::size_t kLongestReply = 64 * 1024;
constexpr std::size_t kLongestEnvelopeId = 100;  // RFC 3461, 4.4

/// What was said and heard until something is wrong; then it is in `said`.
class Wire {
public:
    Wire(CURL* handle, const Talk& talk, Said& said) : handle_(handle), talk_(talk), said_(said) {
        curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket_);
    }
    /// Libcurl says QUIT, and waits for no answer.
    ~Wire() { ::shutdown(static_cast<int>(socket_), SHUT_RD); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            std::size_t sent = 0;
            said_.result = curl_easy_send(handle_, bytes.data(), bytes.size(), &sent);
            if (said_.result == CURLE_AGAIN && !wait(POLLOUT)) return false;
            if (said_.result != CURLE_OK && said_.result != CURLE_AGAIN) return false;
            bytes.remove_prefix(sent);
        }
        return true;
    }

    /// The whole reply to `command`; false when it is not one of `wanted` hundreds.
    bool hear(const char* command, int wanted) {
        said_.command = command;
        said_.code = 0;
        said_.reply.clear();
        std::string line;
        do
            if (!readLine(line)) return false;
        while (line.size() > 3 && line[3] == '-');
        said_.reply = line.substr(0, 300);
        const bool numbered = line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3,
                                                              [](char c) { return c >= '0' && c <= '9'; });
        said_.code = numbered ? std::stoi(line.substr(0, 3)) : 0;
        said_.result = said_.code / 100 == wanted ? CURLE_OK : CURLE_SEND_ERROR;
        return said_.ok();
    }

private:
    bool readLine(std::string& line) {
        for (;;) {
            if (const auto end = in_.find('\n'); end != std::string::npos) {
                line = in_.substr(0, end);
                if (line.ends_with('\r')) line.pop_back();
                in_.erase(0, end + 1);
                return true;
            }
            std::array<char, 4096> bytes;
            std::size_t got = 0;
            said_.result = curl_easy_recv(handle_, bytes.data(), bytes.size(), &got);
            if (said_.result == CURLE_AGAIN && !wait(POLLIN)) return false;
            if (said_.result == CURLE_AGAIN) continue;
            heard_ += got;
            if (said_.ok() && (got == 0 || heard_ > kLongestReply)) said_.result = CURLE_RECV_ERROR;
            if (!said_.ok()) return false;
            in_.append(bytes.data(), got);
        }
    }
    bool wait(short events) {
        pollfd one{static_cast<int>(socket_), events, 0};
        const auto left = talk_.leftMs();
        if (left > 0 && ::poll(&one, 1, static_cast<int>(left)) > 0) return true;
        said_.result = CURLE_OPERATION_TIMEDOUT;
        return false;
    }

    CURL* handle_;
    const Talk& talk_;
    Said& said_;
    curl_socket_t socket_ = CURL_SOCKET_BAD;
    std::string in_;
    std::size_t heard_ = 0;
};

bool offers(const Said& said, std::string_view what) {
    return std::any_of(said.offers.begin(), said.offers.end(), [&](const std::string& offer) {
        return offer.starts_with(what) && (offer.size() == what.size() || offer[what.size()] == ' ');
    });
}

/// RFC 3461, 4: what is neither visible nor itself is written as two digits.
std::string xtext(std::string_view text) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 32 && byte < 127 && c != '+' && c != '=')
            out += c;
        else
            (out += '+').append({kDigits[byte >> 4], kDigits[byte & 15]});
    }
    return out;
}

std::string senderLine(const Said& said, const Envelope& envelope, const std::string& message) {
    auto line = "MAIL FROM:<" + envelope.from + ">";
    if (offers(said, "SIZE")) line += " SIZE=" + std::to_string(message.size());
    const bool plain = std::all_of(message.begin(), message.end(), [](char c) { return (c & 0x80) == 0; });
    if (!plain && offers(said, "8BITMIME")) line += " BODY=8BITMIME";
    const auto id = xtext(envelope.id);
    if (!offers(said, "DSN")) return line + "\r\n";
    line += " RET=HDRS";
    if (!id.empty() && id.size() <= kLongestEnvelopeId) line += " ENVID=" + id;
    return line + "\r\n";
}

std::string recipientLine(const Said& said, const Envelope& envelope) {
    auto line = "RCPT TO:<" + envelope.to + ">";
    if (offers(said, "DSN")) line += " NOTIFY=FAILURE,DELAY ORCPT=rfc822;" + xtext(envelope.to);
    return line + "\r\n";
}

/// With the dots of RFC 5321, 4.5.2, and without the one that ends it.
std::string dotted(const std::string& message) {
    std::string out = message.starts_with('.') ? "." : "";
    for (std::size_t at = 0; at < message.size();) {
        const auto end = std::min(message.find("\r\n.", at), message.size());
        out.append(message, at, end - at);
        if (end == message.size()) break;
        out += "\r\n..";
        at = end + 3;
    }
    if (!out.ends_with("\r\n")) out += "\r\n";
    return out;
}

}  // namespace

Said Talk::submit(const Envelope& envelope, const std::string& message, const std::string& hello) {
    auto said = connect(hello);
    if (!said.ok()) return said;
    Wire wire(handle_.get(), *this, said);
    const auto sender = senderLine(said, envelope, message), recipient = recipientLine(said, envelope);
    if (offers(said, "PIPELINING")) {
        // A server that has nobody to send to may want the message all the same (RFC 2920, 3.1): it gets none.
        if (!wire.write(sender + recipient + "DATA\r\n") || !wire.hear("MAIL", 2) || !wire.hear("RCPT", 2) ||
            !wire.hear("DATA", 3))
            return said;
    } else if (!wire.write(sender) || !wire.hear("MAIL", 2) || !wire.write(recipient) ||
               !wire.hear("RCPT", 2) || !wire.write("DATA\r\n") || !wire.hear("DATA", 3)) {
        return said;
    }
    if (!wire.write(dotted(message))) return said;
    said.handedOver = true;
    if (wire.write(".\r\n")) wire.hear("DATA", 2);
    return said;
}

}  // namespace overture::smtp
