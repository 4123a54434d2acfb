#include <algorithm>

#include "api/route.hpp"
#include "base/text.hpp"

namespace overture::api {

const std::vector<Route>& routes() {
    static const auto all = [] {
        std::vector<Route> together;
        for (const auto& of :
             {signInRoutes,       issuerRoutes, userRoutes,         accountRoutes, campaignRoutes,
              planRoutes,         reportRoutes, notificationRoutes, leadRoutes,    importRoutes,
              conversationRoutes, callRoutes,   holdRoutes,         meetingRoutes, complianceRoutes,
              playbookRoutes,     setupRoutes,  bindingRoutes,      formRoutes,    liveRoutes,
              endpointRoutes})
            for (auto& route : of()) together.push_back(std::move(route));
        return together;
    }();
    return all;
}

std::string areaOf(const Route& route) {
    return split(route.path, '/')[2];
}

std::optional<std::string> faultOfScopes(const std::vector<std::string>& scopes) {
    for (const auto& scope : scopes) {
        const auto area = scope.substr(0, scope.find(':'));
        const bool known =
            area == "*" || std::any_of(routes().begin(), routes().end(), [&](const auto& route) {
                return route.open == nullptr && areaOf(route) == area;
            });
        if (!known || (scope != area + ":read" && scope != area + ":write"))
            return "\"" + toValidUtf8(scope) +
                   "\" is no scope; leads:read, conversations:write and *:read are.";
    }
    return std::nullopt;
}

std::optional<std::string> faultOfOrigin(const std::string& text) {
    const auto scheme = text.starts_with("https://") ? 8U : text.starts_with("http://") ? 7U : 0U;
    const auto host = text.substr(scheme);
    const bool plain =
        scheme > 0 && !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
        });
    if (plain) return std::nullopt;
    return "\"" + toValidUtf8(text) + "\" is no origin of a page; https://www.brightroof.example is one.";
}

}  // namespace overture::api
