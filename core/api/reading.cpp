#include "api/reading.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <charconv>
#include <set>

#include "base/schema.hpp"
#include "base/text.hpp"

namespace overture::api {
namespace {

constexpr int kMostDepth = 32;

/// The ids in `path` when it has the form of `pattern`.
std::optional<std::map<std::string, Uuid>> fit(const std::string& pattern, const std::string& path) {
    const auto wanted = split(pattern, '/'), given = split(path, '/');
    if (wanted.size() != given.size()) return std::nullopt;
    std::map<std::string, Uuid> ids;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i].starts_with('{')) {
            if (wanted[i] != given[i]) return std::nullopt;
            continue;
        }
        const auto id = Uuid::parse(given[i]);
        if (!id) return std::nullopt;
        ids[wanted[i].substr(1, wanted[i].size() - 2)] = *id;
    }
    return ids;
}

Json typed(const Json& schema, const std::string& text) {
    if (textOf(schema, "type") != "integer") return text;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size() ? Json(number) : Json(text);
}

/// Throws Refusal for what does not fit; fills in the defaults.
void apply(const Json& schema, Json& document) {
    auto problem = applySchema(schema, document, "");
    if (!problem) return;
    auto field = problem->where;
    if (field.starts_with('.')) field.erase(0, 1);
    throw Refusal{400, "invalid", problem->what + (problem->remedy.empty() ? "." : ". " + problem->remedy),
                  std::move(field)};
}

void mustBeText(const std::string& text, const std::string& field) {
    if (!isUtf8(text) || text.find('\0') != std::string::npos)
        throw Refusal{400, "invalid", "This is no text: it is not UTF-8, or has a zero byte.", field};
}

/// Refuses what JSON allows and no program means: the same key twice, brackets without end.
class Strict {
public:
    bool operator()(int depth, Json::parse_event_t event, Json& value) {
        if (depth > kMostDepth)
            throw Refusal{400, "invalid",
                          "The document is nested more than " + std::to_string(kMostDepth) + " deep."};
        if (event == Json::parse_event_t::object_start) keys_.emplace_back();
        if (event == Json::parse_event_t::object_end) keys_.pop_back();
        if (event == Json::parse_event_t::key) {
            last_ = value.get<std::string>();
            mustBeText(last_, "");
            if (!keys_.back().insert(last_).second)
                throw Refusal{400, "invalid", "A key stands there twice.", last_};
        }
        if (event == Json::parse_event_t::value && value.is_string())
            mustBeText(value.get_ref<const std::string&>(), last_);
        return true;
    }

private:
    std::vector<std::set<std::string>> keys_;
    std::string last_;
};

Json parsed(const std::string& body) {
    try {
        Strict strict;
        return Json::parse(body, std::ref(strict));
    } catch (const Json::exception&) {
        const auto problem = parseJson(body, "body");
        throw Refusal{
            400, "invalid",
            problem ? "The body is not JSON." : "The body is not JSON: " + problem.problem().sentence()};
    }
}

}  // namespace

Match matchRoute(const std::string& method, const std::string& path) {
    Match match;
    for (const auto& route : routes()) {
        auto ids = fit(route.path, path);
        if (!ids) continue;
        match.methods.push_back(route.method);
        if (route.method != method) continue;
        match.route = &route;
        match.ids = std::move(*ids);
    }
    return match;
}

Json readQuery(const Route& route, const std::string& target) {
    Json given = Json::object();
    const auto properties = route.query.is_object() ? route.query : Json::object();
    try {
        for (const auto& [name, value] : Poco::URI(target).getQueryParameters()) {
            mustBeText(name, "");
            mustBeText(value, name);
            if (given.contains(name)) throw Refusal{400, "invalid", "It stands there twice.", name};
            given[name] = typed(properties.contains(name) ? properties[name] : Json::object(), value);
        }
    } catch (const Poco::Exception&) {
        throw Refusal{400, "invalid", "The address is not well written."};
    }
    apply({{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}, given);
    return given;
}

Json readBody(const Route& route, const Request& request) {
    if (route.body.is_null()) {
        if (!trim(request.body).empty() && trim(request.body) != "{}")
            throw Refusal{400, "invalid", "This call takes no body."};
        return Json::object();
    }
    if (trim(request.body).empty()) {
        auto empty = Json::object();
        apply(route.body, empty);
        return empty;
    }
    const auto kind = lowerAscii(textOf(request.headers, "content-type"));
    if (trim(kind.substr(0, kind.find(';'))) != "application/json")
        throw Refusal{415, "not_json", "Send the body as application/json.", "Content-Type"};
    auto body = parsed(request.body);
    if (!body.is_object()) throw Refusal{400, "invalid", "The body must be one JSON object."};
    apply(route.body, body);
    return body;
}

}  // namespace overture::api
