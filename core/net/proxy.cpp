#include "net/proxy.hpp"

#include <Poco/Net/IPAddress.h>
#include <Poco/URI.h>

#include <algorithm>
#include <charconv>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace overture::net {
namespace {

using Poco::Net::IPAddress;

constexpr const char* kExample =
    "Write http://proxy.example:3128, with user:password@ where it asks for them.";

std::optional<IPAddress> addressIn(std::string_view text) {
    IPAddress address;
    if (!IPAddress::tryParse(std::string(text), address)) return std::nullopt;
    return address;
}

/// "10.0.0.0/8" has 10.1.2.3.
bool networkHas(std::string_view network, const IPAddress& address) {
    const auto slash = network.find('/');
    const auto base = addressIn(network.substr(0, slash));
    if (!base || base->family() != address.family()) return false;
    const auto length = network.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, failed] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (failed != std::errc() || end != length.data() + length.size() || bits > 8U * base->length())
        return false;
    const IPAddress mask(bits, base->family());
    return (*base & mask) == (address & mask);
}

bool goesPast(const std::string& entry, const std::string& host) {
    const auto written = lowerAscii(trim(entry));
    if (written == "*") return true;
    if (const auto address = addressIn(host)) {
        if (written.find('/') != std::string::npos) return networkHas(written, *address);
        const auto named = addressIn(written);
        return named && *named == *address;
    }
    std::string_view name = written;
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.starts_with('.')) name.remove_prefix(1);
    return !name.empty() && (host == name || host.ends_with("." + std::string(name)));
}

}  // namespace

Result<Proxy> proxyNamed(const std::string& url) {
    const auto problem = [](const std::string& what) { return Problem{what, "", kExample}; };
    try {
        const Poco::URI read(url.find("://") == std::string::npos ? "http://" + url : url);
        if (read.getScheme() != "http")
            return problem("a proxy is spoken to by plain HTTP, not by \"" + read.getScheme() + "\"");
        if (read.getHost().empty()) return problem("the proxy's URL names no host");
        if (read.getPath().size() > 1 || !read.getQuery().empty())
            return problem("the proxy's URL has a path; a proxy is only a host and a port");
        Proxy proxy{lowerAscii(read.getHost()), read.getPort()};
        std::string user;
        Poco::URI::decode(read.getUserInfo(), user);
        if (!user.empty()) proxy.authorization = "Basic " + toBase64(user);
        return proxy;
    } catch (const Poco::Exception&) {
        return problem("the proxy's URL cannot be read");
    }
}

const Proxy* Proxies::of(bool toSecure, const std::string& host) const {
    const auto& proxy = toSecure ? secure : plain;
    if (!proxy) return nullptr;
    const bool past =
        std::any_of(bypass.begin(), bypass.end(), [&](const auto& entry) { return goesPast(entry, host); });
    return past ? nullptr : &*proxy;
}

}  // namespace overture::net
