#include "net/target.hpp"

#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/URI.h>

#include <algorithm>
#include <future>
#include <thread>

#include "base/text.hpp"

namespace overture::net {
namespace {

using Addresses = std::vector<Poco::Net::IPAddress>;

bool isToken(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f &&
               std::string_view("()<>@,;:\\\"/[]?={}").find(static_cast<char>(c)) == std::string_view::npos;
    });
}

bool isFieldValue(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool isClean(std::string_view url) {
    return !url.empty() &&
           std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
}

std::string headerTrouble(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers) {
        if (!isToken(name)) return "a header's name is not a proper name";
        if (!isFieldValue(value)) return "the value of header " + name + " has a line break in it";
        const auto key = lowerAscii(name);
        if (key == "content-length" || key == "transfer-encoding" || key == "connection" ||
            key == "proxy-authorization")
            return "header " + name + " belongs to the connection and cannot be given";
    }
    return {};
}

/// Path and query with the escapes that they were given, so that what was signed is what is sent; only what no URL may have is
/// escaped here.
std::string pathAndQueryOf(std::string_view url) {
    const auto begin = url.find_first_of("/?#", url.find("://") + 3);
    if (begin == std::string_view::npos) return {};
    std::string out;
    for (const unsigned char c : url.substr(begin, url.find('#') - begin)) {
        const bool escaped =
            c >= 0x80 || std::string_view("\"<>\\^`{|}").find(static_cast<char>(c)) != std::string_view::npos;
        if (!escaped) {
            out += static_cast<char>(c);
            continue;
        }
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        out += '%';
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
    }
    return out;
}

bool isOneOf(const std::string& host, const std::vector<std::string>& listed) {
    return std::any_of(listed.begin(), listed.end(), [&](const std::string& entry) {
        const auto wanted = lowerAscii(entry);
        if (wanted == "*") return true;
        return wanted.starts_with("*.") ? host.ends_with(wanted.substr(1)) : host == wanted;
    });
}

/// The IPv4 address that an IPv6 address stands for: mapped and compatible (RFC 4291), translated (RFC 6052), 6to4 (RFC 3056).
const unsigned char* embedded(const unsigned char* bytes) {
    using namespace std::string_view_literals;
    const std::string_view text(reinterpret_cast<const char*>(bytes), 16);
    constexpr auto kNothing = "\0\0\0\0\0\0\0\0\0\0"sv;
    if (text.starts_with("\x20\x02"sv)) return bytes + 2;
    const bool stands = text.starts_with("\0\x64\xff\x9b\0\0\0\0\0\0\0\0"sv) ||
                        (text.starts_with(kNothing) &&
                         (text.substr(10, 2) == "\xff\xff"sv || text.substr(10, 2) == "\0\0"sv));
    return stands ? bytes + 12 : nullptr;
}

/// Loopback, private, link-local, shared (RFC 6598), unspecified, multicast and reserved: not a public host (RFC 6890).
bool isPrivate(const Poco::Net::IPAddress& address) {
    const auto* bytes = static_cast<const unsigned char*>(address.addr());
    if (address.family() == Poco::Net::IPAddress::IPv6)
        if (const auto* inside = embedded(bytes)) return isPrivate(Poco::Net::IPAddress(inside, 4));
    if (address.isLoopback() || address.isWildcard() || address.isMulticast() || address.isLinkLocal() ||
        address.isSiteLocal() || address.isBroadcast())
        return true;
    if (address.family() == Poco::Net::IPAddress::IPv4)
        return bytes[0] == 0 || bytes[0] >= 240 || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) ||
               (bytes[0] == 192 && bytes[1] == 0 && bytes[2] == 0) ||
               (bytes[0] == 198 && (bytes[1] & 0xfe) == 18);
    return (bytes[0] & 0xfe) == 0xfc;
}

/// The system's resolver cannot be interrupted, so it runs aside and is left behind when the deadline comes
/// first.
std::variant<Addresses, std::string> lookUp(const std::string& host, Deadline deadline) {
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(host, literal)) return Addresses{literal};
    using Answer = std::variant<Addresses, std::string>;
    std::packaged_task<Answer()> task([host]() -> Answer {
        try {
            return Poco::Net::DNS::hostByName(host).addresses();
        } catch (const Poco::Exception&) {
            return std::string("this name has no address");
        }
    });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_until(deadline) != std::future_status::ready)
        return std::string("the name was not resolved in time");
    return answer.get();
}

constexpr const char* kNotPublic =
    "this host has no public address; those that may be at a private one are listed in "
    "OVERTURE_PRIVATE_HOSTS";
/// Where a proxy is the way out there may be no name server that answers at all.
constexpr std::chrono::milliseconds kLookHere{1000};

bool isPrivateHere(const std::string& host, Deadline deadline) {
    const auto found = lookUp(host, std::min(deadline, std::chrono::steady_clock::now() + kLookHere));
    const auto* addresses = std::get_if<Addresses>(&found);
    return addresses != nullptr && std::any_of(addresses->begin(), addresses->end(), isPrivate);
}

}  // namespace

std::variant<Target, std::string> targetOf(const HttpRequest& request, const HttpLimits& limits) {
    if (!isToken(request.method)) return std::string("the request's method is not a proper word");
    if (!isClean(request.url))
        return std::string("the request's URL is empty or has blanks or control characters in it");
    Target target;
    try {
        const Poco::URI url(request.url);
        if (url.getScheme() != "http" && url.getScheme() != "https")
            return std::string("the request's URL is neither http nor https");
        if (url.getHost().empty()) return std::string("the request's URL names no host");
        if (!url.getUserInfo().empty())
            return std::string("the request's URL has a user name in it; use a header");
        target = {url.getScheme() == "https", lowerAscii(url.getHost()), url.getPort(),
                  pathAndQueryOf(request.url)};
    } catch (const Poco::Exception&) {
        return std::string("the request's URL cannot be read");
    }
    if (target.path.empty() || target.path[0] != '/') target.path.insert(0, "/");
    if (auto trouble = headerTrouble(request); !trouble.empty()) return target.host + ": " + trouble;
    if (!limits.allowedHosts.empty() && !isOneOf(target.host, limits.allowedHosts))
        return target.host + ": this host is not on the allow list";
    return target;
}

std::variant<std::vector<Poco::Net::SocketAddress>, std::string> resolve(const Target& target,
                                                                         const HttpLimits& limits,
                                                                         const Proxy* proxy,
                                                                         Deadline deadline) {
    const bool anywhere = limits.allowPrivate || isOneOf(target.host, limits.privateHosts);
    if (proxy != nullptr && !anywhere && isPrivateHere(target.host, deadline)) return std::string(kNotPublic);
    auto found = lookUp(proxy == nullptr ? target.host : proxy->host, deadline);
    if (auto* trouble = std::get_if<std::string>(&found))
        return proxy == nullptr ? std::move(*trouble) : "the proxy " + proxy->host + ": " + *trouble;
    std::vector<Poco::Net::SocketAddress> addresses;
    for (const auto& address : std::get<Addresses>(found))
        if (proxy != nullptr)
            addresses.emplace_back(address, proxy->port);
        else if (anywhere || !isPrivate(address))
            addresses.emplace_back(address, target.port);
    if (addresses.empty()) return std::string(kNotPublic);
    return addresses;
}

}  // namespace overture::net
