#include <algorithm>

#include "api/route.hpp"
#include "base/text.hpp"

namespace overture::api {

const std::vector<Route>& routes() {
    static const auto all = [] {
        std::vector<Route> together;
        for (const auto& of : {signInRoutes, userRoutes, accountRoutes, campaignRoutes, leadRoutes,
                               conversationRoutes, meetingRoutes, liveRoutes})
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

}  // namespace overture::api
