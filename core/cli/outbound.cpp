#include "cli/outbound.hpp"

#include <cstdlib>

#include "base/text.hpp"

namespace overture::cli {
namespace {

/// The first of these variables that says anything, and its name.
std::pair<std::string, std::string> firstOf(const std::vector<std::string>& variables) {
    for (const auto& variable : variables)
        if (const char* value = std::getenv(variable.c_str()); value != nullptr && *value != '\0')
            return {value, variable};
    return {};
}

std::pair<std::string, std::string> said(const Arguments& arguments, const std::string& option,
                                         const std::vector<std::string>& variables) {
    if (arguments.has(option)) return {arguments.value(option), "--" + option};
    return firstOf(variables);
}

std::vector<std::string> hostsIn(const std::string& list) {
    std::vector<std::string> hosts;
    for (const auto& one : split(list, ','))
        if (const auto host = trim(one); !host.empty()) hosts.emplace_back(host);
    return hosts;
}

std::optional<net::Proxy> proxyIn(const std::pair<std::string, std::string>& said) {
    if (said.first.empty() || said.first == "none") return std::nullopt;
    auto proxy = net::proxyNamed(said.first);
    if (!proxy) throw Error(proxy.problem().what, said.second, proxy.problem().remedy);
    return *proxy;
}

}  // namespace

std::vector<std::string> outboundOptions(std::vector<std::string> more) {
    more.insert(more.end(), {"proxy=", "no-proxy=", "allowed-hosts=", "private-hosts="});
    return more;
}

const char* const kOutboundHelp =
    "  --proxy URL           calls of plugins go through this HTTP proxy: http://user:password@host:3128 (or "
    "OVERTURE_PROXY,\n"
    "                        https_proxy, http_proxy); \"none\" for none\n"
    "  --no-proxy LIST       but not to these hosts, and what is below them: crm.example,10.0.0.0/8 (or "
    "OVERTURE_NO_PROXY,\n"
    "                        no_proxy)\n"
    "  --allowed-hosts LIST  plugins call no other hosts: api.vendor.example,*.vendor.example (or "
    "OVERTURE_ALLOWED_HOSTS)\n"
    "  --private-hosts LIST  these may be at private addresses, which are not called otherwise: localhost "
    "(or\n"
    "                        OVERTURE_PRIVATE_HOSTS); \"*\" for all\n";

net::HttpLimits outboundLimits(const Arguments& arguments) {
    const auto list = [&](const std::string& option, const std::vector<std::string>& variables) {
        return hostsIn(said(arguments, option, variables).first);
    };
    const auto proxy = said(arguments, "proxy", {"OVERTURE_PROXY"});
    const bool named = !proxy.first.empty();
    net::HttpLimits limits;
    limits.allowPrivate = false;
    limits.allowedHosts = list("allowed-hosts", {"OVERTURE_ALLOWED_HOSTS"});
    limits.privateHosts = list("private-hosts", {"OVERTURE_PRIVATE_HOSTS"});
    limits.proxies.secure = proxyIn(named ? proxy : firstOf({"https_proxy", "HTTPS_PROXY"}));
    limits.proxies.plain = proxyIn(named ? proxy : firstOf({"http_proxy"}));
    limits.proxies.bypass = list("no-proxy", {"OVERTURE_NO_PROXY", "no_proxy", "NO_PROXY"});
    return limits;
}

}  // namespace overture::cli
