#include "settings.hpp"

#include <algorithm>

namespace overture::smtp {

using sdk::Json;
using sdk::Outcome;
using sdk::Refused;

namespace {

Server::Security securityOf(const Json& settings, const char* otherwise) {
    const auto word = settings.value("security", std::string(otherwise));
    return word == "tls"    ? Server::Security::tls
           : word == "none" ? Server::Security::none
                            : Server::Security::starttls;
}

bool isThisMachine(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Server serverOf(const Json& settings, const char* security, int tlsPort, int plainPort) {
    Server server;
    server.host = settings.value("host", "");
    const bool plain = std::all_of(server.host.begin(), server.host.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '-' || c == ':';
    });
    if (server.host.empty() || !plain)
        throw Refused(Outcome::invalid, "the setting host is no server's name");
    server.security = securityOf(settings, security);
    if (server.security == Server::Security::none && !isThisMachine(server.host))
        throw Refused(Outcome::invalid,
                      "the setting security is none, but " + server.host + " is not this machine");
    server.port = settings.value("port", server.security == Server::Security::tls ? tlsPort : plainPort);
    server.user = settings.value("user", "");
    return server;
}

}  // namespace

Settings Settings::read(const sdk::Host& host, const Json& settings) {
    Settings result;
    result.submission = serverOf(settings, "starttls", 465, 587);
    result.submission.caFile = settings.value("ca_file", "");
    result.submission.password = host.secret("password").value_or("");
    if (!result.submission.user.empty() && result.submission.password.empty())
        throw Refused(Outcome::auth, "the secret password is missing; user needs it");
    result.webhookSecret = host.secret("webhook_secret").value_or("");
    result.hello = settings.value("hello", "");
    result.bouncesTo = settings.value("bounces_to", "");
    if (!result.bouncesTo.empty() && !isAddress(result.bouncesTo))
        throw Refused(Outcome::invalid, "the setting bounces_to is no address");
    if (!settings.contains("mailbox")) return result;
    auto mailbox = serverOf(settings["mailbox"], "tls", 995, 110);
    mailbox.caFile = result.submission.caFile;
    mailbox.password = host.secret("mailbox_password").value_or(result.submission.password);
    if (mailbox.password.empty())
        throw Refused(Outcome::auth, "the secret mailbox_password is missing; mailbox.user needs it");
    result.mailbox = std::move(mailbox);
    return result;
}

bool isAddress(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || at + 1 == address.size() ||
        address.size() > 320)
        return false;
    return std::all_of(address.begin(), address.end(), [](char c) {
        return c > ' ' && c < 0x7F && std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
    });
}

std::string addressOf(const std::string& mailbox, const char* what) {
    auto address = mailbox;
    if (address.ends_with('>')) {
        const auto open = address.rfind('<');
        address = open == std::string::npos ? "" : address.substr(open + 1, address.size() - open - 2);
    }
    if (!isAddress(address))
        throw Refused(Outcome::invalid, std::string(what) + " is no address such as ann@example.com");
    return address;
}

}  // namespace overture::smtp
