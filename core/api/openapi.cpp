#include "api/shared.hpp"
#include "base/text.hpp"

namespace overture::api {
namespace {

Json problemSchema() {
    auto schema = object({{"type", type("string", "where its code is explained")},
                          {"title", type("string")},
                          {"status", type("integer")},
                          {"code", type("string", "the same word for the same reason")},
                          {"detail", type("string", "a sentence for people")}});
    schema["properties"]["field"] = type("string", "what is to blame, with its path");
    return schema;
}

Json contentOf(const char* kind, const Json& schema) {
    return {{kind, {{"schema", schema}}}};
}

/// "{conversation}" and the like.
Json pathParameters(const std::string& path) {
    Json parameters = Json::array();
    for (const auto& part : split(path, '/'))
        if (part.starts_with('{'))
            parameters.push_back({{"name", part.substr(1, part.size() - 2)},
                                  {"in", "path"},
                                  {"required", true},
                                  {"schema", uuid()}});
    return parameters;
}

Json parametersOf(const Route& route) {
    auto parameters = pathParameters(route.path);
    if (route.query.is_object())
        for (const auto& [name, schema] : route.query.items())
            parameters.push_back({{"name", name}, {"in", "query"}, {"schema", schema}});
    if (route.method != "GET" && route.open == nullptr)
        parameters.push_back({{"name", "Idempotency-Key"},
                              {"in", "header"},
                              {"description", "the same key within 24 hours: the same answer, done once"},
                              {"schema", {{"type", "string"}, {"maxLength", 200}}}});
    return parameters;
}

std::string whoMay(const Route& route) {
    if (route.open != nullptr) return "For everybody.";
    const auto least = nameOf(route.least) + (route.least == tenant::Role::admin ? "." : " or above.");
    return (route.peopleOnly ? "For people who have signed in, with the role "
                             : "For keys and people with the role ") +
           least;
}

Json operationOf(const Route& route) {
    const Json problem{
        {"description", "a problem, as RFC 9457 says"},
        {"content", contentOf("application/problem+json", {{"$ref", "#/components/schemas/Problem"}})}};
    Json operation{{"operationId", route.operation},
                   {"summary", route.about},
                   {"description", whoMay(route)},
                   {"responses",
                    {{std::to_string(route.status),
                      {{"description", route.status == 202 ? "it goes on; ask its Location" : "done"},
                       {"content", contentOf("application/json", route.answer)}}},
                     {"default", problem}}}};
    if (const auto parameters = parametersOf(route); !parameters.empty())
        operation["parameters"] = parameters;
    if (!route.body.is_null())
        operation["requestBody"] = {{"required", route.body.contains("required")},
                                    {"content", contentOf("application/json", route.body)}};
    if (route.open != nullptr) operation["security"] = Json::array();
    return operation;
}

}  // namespace

Json openApi() {
    Json paths = Json::object();
    for (const auto& route : routes()) paths[route.path][lowerAscii(route.method)] = operationOf(route);
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "Overture"},
              {"version", OVERTURE_VERSION},
              {"description", "Times are UTC as RFC 3339 writes them; a lead's zone stands beside them."}}},
            {"paths", std::move(paths)},
            {"security", Json::array({{{"key", Json::array()}}})},
            {"components",
             {{"schemas", {{"Problem", problemSchema()}}},
              {"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace overture::api
