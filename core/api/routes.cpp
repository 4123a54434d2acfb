#include "api/route.hpp"

namespace overture::api {

const std::vector<Route>& routes() {
    static const auto all = [] {
        std::vector<Route> together;
        for (const auto& of : {accountRoutes, campaignRoutes, leadRoutes, conversationRoutes, meetingRoutes})
            for (auto& route : of()) together.push_back(std::move(route));
        return together;
    }();
    return all;
}

}  // namespace overture::api
