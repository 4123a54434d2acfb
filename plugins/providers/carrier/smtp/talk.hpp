// One conversation with a mail server, through libcurl.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "settings.hpp"

namespace overture::smtp {

/// What came of one command or of one message.
struct Said {
    CURLcode result = CURLE_OK;
    int code = 0;         ///< of the last reply: 250, 550, …; 0 without one (POP3 has none)
    std::string reply;    ///< the last line that the server said
    std::string command;  ///< the last command it was said to: "", EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, …
    std::string body;     ///< what was fetched
    bool handedOver =
        false;  ///< the end of the message was given to be sent: from then on it may have been accepted
    bool reconnected = false;  ///< not the connection of the command before
    std::vector<std::string>
        offers;  ///< what the server said to EHLO, in upper case: "SIZE 10240000", "PIPELINING"
    bool ok() const { return result == CURLE_OK; }
};

/// What a server is told beside the message (RFC 5321, and RFC 3461 where it knows that).
struct Envelope {
    std::string from, to;
    std::string id;  ///< comes back in reports of its delivery
};

/// One server, signed in; its connection lives as long as the object, and ends with QUIT. One thread.
class Talk {
public:
    /// `protocol` is smtp or pop3. All of it ends with the deadline, in milliseconds from now.
    Talk(const Server& server, const char* protocol, std::int64_t deadlineMs);

    /// Hands one message over, whose lines end with CR LF; nothing else can be said afterwards. Sender, recipient and DATA go out
    /// together where the server takes them so (RFC 2920), and reports of failure are asked for with the message's head
    /// only (RFC 3461).
    Said submit(const Envelope& envelope, const std::string& message, const std::string& hello);
    /// A command of SMTP or POP3 as it stands; `many`: more than one line is answered, to a line with a dot.
    Said command(const std::string& line, bool many, const std::string& hello = {});
    std::int64_t leftMs() const;

private:
    struct Free {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };

    Said connect(const std::string& hello);

    std::unique_ptr<CURL, Free> handle_;
    std::string address_;  ///< "smtp://host:port/"
    std::int64_t until_;   ///< of the steady clock, in milliseconds
    bool connected_ = false;
};

}  // namespace overture::smtp
