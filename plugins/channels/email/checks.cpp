#include "checks.hpp"

#include <glib.h>

#include <algorithm>

#include "words.hpp"

namespace overture::email {
namespace {

constexpr std::size_t kLongestLine = 998, kLongestLocal = 64, kLongestDomain = 255;

[[noreturn]] void refuse(std::string_view field, std::string_view why) {
    throw sdk::Refused(sdk::Outcome::invalid, std::string(field).append(" ").append(why));
}

bool isAtom(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~.";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
}

bool isDomain(std::string_view domain) {
    if (domain.empty() || domain.size() > kLongestDomain) return false;
    std::size_t label = 0;
    for (std::size_t i = 0; i < domain.size(); ++i) {
        const char c = domain[i];
        const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool edge = label == 0 || i + 1 == domain.size() || domain[i + 1] == '.';
        if (c == '.') {
            if (label == 0 || i + 1 == domain.size()) return false;
            label = 0;
        } else if (!letter && (c != '-' || edge)) {
            return false;
        } else if (++label > 63) {
            return false;
        }
    }
    return true;
}

}  // namespace

void checkLine(std::string_view value, std::string_view field) {
    if (value.find_first_of("\r\n") != std::string_view::npos)
        refuse(field, "has a line break; a header is one line");
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7F'; }))
        refuse(field, "has a control character");
    if (value.size() > kLongestLine) refuse(field, "has more than 998 bytes");
    if (g_utf8_validate(value.data(), static_cast<gssize>(value.size()), nullptr) == FALSE)
        refuse(field, "is not UTF-8");
}

bool isAddress(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > kLongestLocal) return false;
    const auto local = address.substr(0, at);
    return std::all_of(local.begin(), local.end(), isAtom) && local.front() != '.' && local.back() != '.' &&
           local.find("..") == std::string_view::npos && isDomain(address.substr(at + 1));
}

Mailbox mailbox(std::string_view text, std::string_view field) {
    checkLine(text, field);
    Mailbox result;
    auto address = trimmed(text);
    if (address.ends_with('>')) {
        const auto open = address.rfind('<');
        if (open == std::string_view::npos) refuse(field, "is no address");
        auto name = trimmed(address.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
            name = name.substr(1, name.size() - 2);
        result.name = name;
        address = address.substr(open + 1, address.size() - open - 2);
    }
    if (!isAddress(address)) refuse(field, "is no address such as ann@example.com");
    result.address = address;
    return result;
}

}  // namespace overture::email
