#include "form.hpp"

#include <algorithm>

namespace overture::twilio {
namespace {

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && digitOf(text[i + 1]) >= 0 && digitOf(text[i + 2]) >= 0;
        if (escape) {
            plain += static_cast<char>(digitOf(text[i + 1]) * 16 + digitOf(text[i + 2]));
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

bool isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

}  // namespace

Form parseForm(std::string_view body) {
    Form form;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto field = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (field.empty()) continue;
        const auto equals = std::min(field.find('='), field.size());
        form.emplace_back(decoded(field.substr(0, equals)),
                          decoded(field.substr(std::min(equals + 1, field.size()))));
    }
    return form;
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (isPlain(c)) {
            escaped += c;
        } else {
            escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    }
    return escaped;
}

std::string writeForm(const Form& form) {
    std::string body;
    for (const auto& [name, value] : form) {
        if (!body.empty()) body += '&';
        body += percentEncoded(name) + '=' + percentEncoded(value);
    }
    return body;
}

std::string_view valueOf(const Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return value;
    return {};
}

bool has(const Form& form, std::string_view name) {
    return std::any_of(form.begin(), form.end(), [&](const auto& field) { return field.first == name; });
}

std::string_view queryOf(std::string_view url) {
    const auto mark = url.find('?');
    if (mark == std::string_view::npos) return {};
    const auto query = url.substr(mark + 1);
    return query.substr(0, query.find('#'));
}

}  // namespace overture::twilio
