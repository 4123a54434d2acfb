#include "common/values.hpp"

#include <algorithm>
#include <overture/json_text.hpp>

namespace overture::models {

std::string textOf(const Json& object, const char* key, const std::string& otherwise) {
    if (!object.is_object()) return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

std::int64_t countOf(const Json& object, const char* key) {
    return std::clamp<std::int64_t>(numberOf(object, key).value_or(0), 0, 1'000'000'000);
}

const Json& partOf(const Json& object, const char* key) {
    static const Json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found != object.end() && found->is_structured() ? *found : nothing;
}

bool isSet(const Json& object, const char* key) {
    return object.is_object() && object.contains(key) && !object[key].is_null();
}

bool isOn(const Json& settings, const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() || !found->is_boolean() || found->get<bool>();
}

std::optional<std::int64_t> numberOf(const Json& object, const char* key) {
    if (!object.is_object()) return std::nullopt;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

std::string baseUrlOf(const Json& settings, const char* key, const std::string& address) {
    auto url = textOf(settings, key, address);
    while (url.ends_with('/')) url.pop_back();
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        throw sdk::Refused(sdk::Outcome::invalid,
                           std::string("the setting \"") + key + "\" must begin with https:// or http://");
    return url;
}

std::string toText(const Json& document) {
    return json_text::write(document);
}

Json objectIn(std::string text) {
    const auto fence = text.find("```");
    if (fence != std::string::npos) {
        const auto line = text.find('\n', fence);
        const auto end = text.rfind("```");
        if (line != std::string::npos && end > line) text = text.substr(line + 1, end - line - 1);
    }
    const auto object = json_text::readOrDiscard(text);
    return object.is_object() ? object : Json(nullptr);
}

}  // namespace overture::models
