#include "parts.hpp"

#include <algorithm>
#include <cctype>

namespace overture::sendgrid {
namespace {

constexpr std::size_t kMostParts = 1000, kLongestBoundary = 200;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return out;
}

/// `name="value"` or `name=value` behind a semicolon; nothing when it is not there.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    const auto plain = lower(header);
    for (auto at = plain.find(';'); at != std::string::npos; at = plain.find(';', at + 1)) {
        auto from = plain.find_first_not_of(" \t\r\n", at + 1);
        if (from == std::string::npos || plain.compare(from, name.size(), name) != 0) continue;
        from += name.size();
        if (from >= plain.size() || plain[from] != '=') continue;
        const auto value = header.substr(from + 1);
        if (!value.starts_with('"')) return std::string(value.substr(0, value.find_first_of("; \t\r\n")));
        return std::string(value.substr(1, std::min(value.find('"', 1), value.size()) - 1));
    }
    return std::nullopt;
}

std::string_view headerIn(std::string_view headers, std::string_view name) {
    while (!headers.empty()) {
        const auto line = headers.substr(0, headers.find("\r\n"));
        headers.remove_prefix(std::min(line.size() + 2, headers.size()));
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && lower(line.substr(0, colon)) == name)
            return line.substr(colon + 1);
    }
    return {};
}

}  // namespace

std::optional<Fields> fieldsOf(std::string_view contentType, std::string_view body) {
    if (!lower(contentType).starts_with("multipart/form-data")) return std::nullopt;
    const auto boundary = parameter(contentType, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kLongestBoundary) return std::nullopt;
    const auto opening = "--" + *boundary, between = "\r\n--" + *boundary;
    if (!body.starts_with(opening)) return std::nullopt;
    Fields fields;
    body.remove_prefix(opening.size());
    while (body.starts_with("\r\n") && fields.size() < kMostParts) {
        body.remove_prefix(2);
        const auto end = body.find(between);
        const auto part = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view() : body.substr(end + between.size());
        const auto blank = part.starts_with("\r\n") ? 0 : part.find("\r\n\r\n");
        if (blank == std::string_view::npos) continue;
        const auto disposition = headerIn(part.substr(0, blank), "content-disposition");
        const auto name = parameter(disposition, "name");
        if (!name || parameter(disposition, "filename")) continue;
        fields.emplace_back(*name, part.substr(std::min(blank + (blank == 0 ? 2 : 4), part.size())));
    }
    return fields;
}

std::string_view fieldOf(const Fields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return {};
}

}  // namespace overture::sendgrid
