#include "base/json.hpp"

#include <algorithm>
#include <overture/json_text.hpp>

template class nlohmann::basic_json<>;
template class nlohmann::detail::serializer<nlohmann::json>;

namespace overture {

Result<Json> parseJson(std::string_view text, std::string_view where) {
    if (auto document = json_text::read(text)) return std::move(*document);
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto upTo = text.substr(0, std::min<std::size_t>(error.byte, text.size()));
        const auto line = 1 + std::count(upTo.begin(), upTo.end(), '\n');
        return Problem{"this is not valid JSON", std::string(where) + ":" + std::to_string(line),
                       "Check for a missing comma, quote or bracket there."};
    } catch (const Json::out_of_range&) {
        return Problem{"this is not valid JSON", std::string(where), "A number in it is too large."};
    }
}

std::string toText(const Json& value) {
    return json_text::write(value);
}

std::string toPrettyText(const Json& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string textOf(const Json& object, std::string_view key, std::string_view otherwise) {
    if (object.is_object())
        if (const auto found = object.find(key); found != object.end() && found->is_string())
            return found->get<std::string>();
    return std::string(otherwise);
}

}  // namespace overture
