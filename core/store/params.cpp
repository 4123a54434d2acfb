#include <charconv>
#include <cmath>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "store/database.hpp"

namespace overture::store {
namespace {

void appendElement(std::string& out, const std::optional<std::string>& element) {
    if (out.size() > 1) out += ',';
    if (!element) {
        out += "NULL";
        return;
    }
    out += '"';
    for (const char c : *element) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

template <typename Elements>
std::string arrayText(const Elements& elements) {
    std::string out = "{";
    for (const auto& element : elements) appendElement(out, element);
    return out + "}";
}

}  // namespace

Param::Param(double value) {
    if (std::isnan(value)) {
        text_ = "NaN";
    } else if (std::isinf(value)) {
        text_ = value > 0 ? "Infinity" : "-Infinity";
    } else {
        char buffer[64];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        text_ = std::string(buffer, end);
    }
}

Param::Param(Instant at) : text_(toRfc3339(at)) {}
Param::Param(const Json& value) : text_(toText(value)) {}
Param Param::array(const std::vector<std::string>& elements) { return Param(arrayText(elements)); }
Param Param::array(const std::vector<std::optional<std::string>>& elements) { return Param(arrayText(elements)); }
Param Param::bytes(std::string_view raw) { return Param("\\x" + toHex(raw)); }

}  // namespace overture::store
