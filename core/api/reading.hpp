// Inside api: what strangers send, read strictly.
#pragma once

#include "api/route.hpp"

namespace overture::api {

/// A path that fits a route, and the ids in it.
struct Match {
    const Route* route = nullptr;  ///< nothing: no route has this path and method
    std::map<std::string, Uuid> ids = {};
    std::vector<std::string> methods =
        {};  ///< what the path could be called with; empty when there is no such path
};
Match matchRoute(const std::string& method, const std::string& path);

/// The query's parameters as the route's schema types them. Throws Refusal naming the parameter: unknown, twice, wrong.
Json readQuery(const Route& route, const std::string& target);

/// The body as the route's schema wants it; an empty body is an empty object. Throws Refusal: not JSON, a key twice, too
/// deep, or a field that does not fit, with its path.
Json readBody(const Route& route, const Request& request);

}  // namespace overture::api
