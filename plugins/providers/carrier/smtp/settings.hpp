#pragma once

#include <optional>
#include <string>

#include "overture/plugin.hpp"

namespace overture::smtp {

/// A server that is spoken to, and who we are there.
struct Server {
    enum class Security { starttls, tls, none } security = Security::starttls;
    std::string host, user, password, caFile;
    int port = 0;
};

/// One binding's settings and secrets; plugin.json describes them.
struct Settings {
    Server submission;
    std::string hello, bouncesTo, webhookSecret;
    std::optional<Server> mailbox;

    /// Throws sdk::Refused naming the setting or secret that is missing or wrong.
    static Settings read(const sdk::Host& host, const sdk::Json& settings);
};

/// local@domain, with nothing in it that could end a command: no blanks, controls, brackets, and ASCII only.
bool isAddress(std::string_view address);
/// The address of "Ann <ann@example.com>" or of "ann@example.com"; throws sdk::Refused (`invalid`) naming `what`.
std::string addressOf(const std::string& mailbox, const char* what);

}  // namespace overture::smtp
