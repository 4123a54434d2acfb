// Requests to Twilio, judged by the vendor's own description.
#pragma once

#include <functional>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "form.hpp"
#include "overture/plugin.hpp"

namespace overture::twilio {

/// What is wrong with one value of a path, a query or a form; "" when it fits.
inline std::string faultIn(const sdk::Json& given, const sdk::Json& api, const std::string& name,
                           const std::string& value) {
    const auto& schema = given.contains("$ref")
                             ? api["components"]["schemas"][given["$ref"].get<std::string>().substr(21)]
                             : given;
    if (schema.value("type", "") == "array") return faultIn(schema["items"], api, name, value);
    const bool integer = schema.value("type", "") == "integer";
    const auto pattern = schema.value("format", "") == "uri"
                             ? "https?://[^ ]+"
                             : schema.value("pattern", integer ? "-?[0-9]+" : "[^]*");
    const bool fits = std::regex_match(value, std::regex(pattern)) &&
                      value.size() <= schema.value("maxLength", std::size_t{1 << 20});
    return fits ? "" : name + "=" + value.substr(0, 60) + " does not fit";
}

struct Judged {
    std::string operation;
    std::vector<std::string> faults;
};

/// The operation of the description that the request is for, and what is wrong with it there.
inline Judged judged(const sdk::Json& api, const sdk::HttpRequest& request) {
    const std::string base = "https://api.twilio.com";
    Judged out;
    const auto note = [&](const std::string& fault) {
        if (!fault.empty()) out.faults.push_back(fault);
    };
    const auto query = request.url.find('?');
    const auto path = request.url.substr(base.size(), query - base.size());
    for (const auto& [shape, item] : api["paths"].items()) {
        const auto pattern = std::regex_replace(std::regex_replace(shape, std::regex("\\."), "\\."),
                                                std::regex("\\{[A-Za-z]+\\}"), "([^/.]+)");
        std::smatch match;
        const auto method = request.method == "POST" ? "post" : "get";
        if (!request.url.starts_with(base) || !std::regex_match(path, match, std::regex(pattern)) ||
            !item.contains(method))
            continue;
        const auto& operation = item[method];
        out.operation = operation["operationId"];
        std::map<std::string, sdk::Json> known;
        std::size_t group = 1;
        for (const auto& parameter : operation["parameters"])
            if (parameter["in"] == "path")
                note(faultIn(parameter["schema"], api, parameter["name"], match[group++]));
            else
                known[parameter["name"]] = parameter["schema"];
        auto fields = query == std::string::npos ? Form{} : parseForm(request.url.substr(query + 1));
        if (request.method == "POST") {
            const auto& schema =
                operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
            known = schema["properties"].get<std::map<std::string, sdk::Json>>();
            fields = parseForm(request.body);
            const auto required = schema.value("required", sdk::Json::array());
            for (const auto& name : required)
                if (valueOf(fields, name.get<std::string>()).empty())
                    note("it lacks " + name.get<std::string>());
        }
        for (const auto& [name, value] : fields)
            note(known.contains(name) ? faultIn(known[name], api, name, value)
                                      : "it has the unknown " + name);
        return out;
    }
    note(request.method + " " + request.url + " is no operation of the description");
    return out;
}

inline std::function<std::vector<std::string>(const sdk::HttpRequest&)> faultsBy(const sdk::Json& api) {
    return [&api](const sdk::HttpRequest& request) { return judged(api, request).faults; };
}

}  // namespace overture::twilio
