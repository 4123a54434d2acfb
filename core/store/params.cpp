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
    std::string_view rest = *element;
    for (auto at = rest.find_first_of("\"\\"); at != std::string_view::npos;
         at = rest.find_first_of("\"\\")) {
        out.append(rest.substr(0, at)).append(1, '\\').append(1, rest[at]);
        rest.remove_prefix(at + 1);
    }
    out.append(rest).append(1, '"');
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
Param Param::array(const std::vector<std::string>& elements) {
    return Param(arrayText(elements));
}
Param Param::array(const std::vector<std::optional<std::string>>& elements) {
    return Param(arrayText(elements));
}
std::string arrayOf(const Values& elements) {
    return arrayText(elements);
}

void RowSet::add(const std::vector<Param>& row) {
    if (columns_.empty()) columns_.assign(row.size(), "{");
    for (std::size_t i = 0; i < row.size(); ++i) appendElement(columns_.at(i), row[i].text());
    ++size_;
}

std::vector<Param> RowSet::params() const {
    auto params = shared_;
    for (const auto& column : columns_) params.emplace_back(column + "}");
    return params;
}

Param Param::bytes(std::string_view raw) {
    return Param("\\x" + toHex(raw));
}

}  // namespace overture::store
