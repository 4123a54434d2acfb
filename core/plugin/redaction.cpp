#include "plugin/redaction.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kShort = 5;
constexpr int kDeepest = 3;

bool isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool isBase64(char c) {
    return isLetterOrDigit(c) || c == '+' || c == '/' || c == '-' || c == '_';
}
int hexOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
bool isHex(char c) {
    return hexOf(c) >= 0;
}

int base64Of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : 63;
}

std::string fromBase64Run(std::string_view run) {
    std::string bytes;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < run.size(); ++i) {
        group = group << 6 | static_cast<std::uint32_t>(base64Of(run[i]));
        if (i % 4 != 0) bytes += static_cast<char>(group >> (6 - 2 * (i % 4)) & 0xFF);
    }
    return bytes;
}

std::string fromHexRun(std::string_view run) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < run.size(); i += 2)
        bytes += static_cast<char>(hexOf(run[i]) << 4 | hexOf(run[i + 1]));
    return bytes;
}

std::string percentDecoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped =
            text[i] == '%' && i + 2 < text.size() && isHex(text[i + 1]) && isHex(text[i + 2]);
        if (escaped) {
            out += static_cast<char>(hexOf(text[i + 1]) << 4 | hexOf(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

/// JSON's escapes; one of a character beyond ASCII becomes a question mark.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        if (c != 'u' || i + 4 >= text.size()) {
            out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
            continue;
        }
        int code = 0;
        for (int digit = 1; digit <= 4; ++digit)
            code = code << 4 | std::max(0, hexOf(text[i + static_cast<std::size_t>(digit)]));
        out += code < 0x80 ? static_cast<char>(code) : '?';
        i += 4;
    }
    return out;
}

std::string without(std::string_view text, std::string_view left) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [&](char c) { return left.find(c) == std::string_view::npos; });
    return out;
}

bool isPrintable(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\r' || c == '\t'; });
}

template <typename IsOne>
std::vector<std::string_view> runsOf(std::string_view text, IsOne isOne, std::size_t least) {
    std::vector<std::string_view> runs;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin;
        while (end < text.size() && isOne(text[end])) ++end;
        if (end - begin >= least) runs.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return runs;
}

/// "X-Api-Key" and "api_key" are "apikey".
std::string plainName(std::string_view name) {
    std::string out;
    std::copy_if(name.begin(), name.end(), std::back_inserter(out), isLetterOrDigit);
    return lowerAscii(out);
}

/// Of a field of a form, a query or a document: what is said to be secret. A page's token is none.
bool isSecretName(std::string_view given) {
    const auto name = plainName(given);
    if (name.find("page") != std::string::npos) return false;
    if (name == "key" || name == "sig" || name == "pass" || name == "hmac" || name == "assertion")
        return true;
    static constexpr std::array<std::string_view, 12> kEnds{
        "token",      "secret",    "password",   "passwd",      "apikey",        "accesskey",
        "privatekey", "signature", "credential", "credentials", "authorization", "signingkey"};
    return std::any_of(kEnds.begin(), kEnds.end(), [&](const auto& end) { return name.ends_with(end); });
}

bool isSecretHeader(const std::string& given) {
    const auto name = plainName(given);
    static constexpr std::array<std::string_view, 10> kParts{"auth",   "token", "secret",  "key",     "sign",
                                                             "cookie", "passw", "credent", "session", "hmac"};
    return std::any_of(kParts.begin(), kParts.end(),
                       [&](const auto& part) { return name.find(part) != std::string::npos; });
}

bool looksLikeForm(std::string_view text) {
    return text.find('=') != std::string_view::npos &&
           text.find_first_of(" \t\r\n<{\"") == std::string_view::npos;
}

}  // namespace

Redaction::Redaction(const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets)
        for (const auto& form : {secret, without(secret, "\\")})
            if (!form.empty()) (form.size() < kShort ? short_ : secrets_).push_back(lowerAscii(form));
}

bool Redaction::holdsSecret(std::string_view text) const {
    return holds(text, kDeepest);
}

bool Redaction::holds(std::string_view text, int depth) const {
    const auto small = lowerAscii(text);
    if (std::find(short_.begin(), short_.end(), small) != short_.end()) return true;
    const bool plain = std::any_of(secrets_.begin(), secrets_.end(), [&](const auto& secret) {
        return small.find(secret) != std::string::npos;
    });
    return plain || (depth > 0 && holdsDecoded(text, depth - 1));
}

bool Redaction::holdsDecoded(std::string_view text, int depth) const {
    if (text.find_first_of("%+") != std::string_view::npos)
        if (const auto decoded = percentDecoded(text); decoded != text && holds(decoded, depth)) return true;
    if (text.find('\\') != std::string_view::npos)
        if (holds(unescaped(text), depth) || holds(without(text, "\\"), depth)) return true;
    if (text.find('\n') != std::string_view::npos && holds(without(text, "\r\n"), depth)) return true;
    const auto inRun = [&](const std::string& bytes) { return holds(bytes, isPrintable(bytes) ? depth : 0); };
    for (const auto run : runsOf(text, isBase64, kShort))
        for (std::size_t offset = 0; offset < 4 && offset < run.size(); ++offset)
            if (inRun(fromBase64Run(run.substr(offset)))) return true;
    for (const auto run : runsOf(text, isHex, 2 * kShort))
        for (std::size_t offset = 0; offset < 2; ++offset)
            if (inRun(fromHexRun(run.substr(offset)))) return true;
    return false;
}

std::string Redaction::url(const std::string& url) const {
    const auto query = std::min(url.find('?'), url.size());
    std::string out;
    for (const auto& part : split(url.substr(0, query), '/'))
        out += (out.empty() && url.front() != '/' ? "" : "/") + (holdsSecret(part) ? kRemoved : part);
    if (query < url.size()) out += "?" + form(std::string_view(url).substr(query + 1));
    return holdsSecret(out) ? kRemoved : out;
}

std::string Redaction::header(const std::string& name, const std::string& value) const {
    return isSecretHeader(name) || holdsSecret(value) ? kRemoved : value;
}

std::string Redaction::body(const std::string& body) const {
    const auto read = parseJson(body, "body");
    auto out = read && (read->is_object() || read->is_array()) ? toText(document(*read))
               : looksLikeForm(body)                           ? form(body)
                                                               : words(body);
    return holdsSecret(out) ? kRemoved : out;
}

Json Redaction::document(const Json& given) const {
    if (given.is_string()) return holdsSecret(given.get_ref<const std::string&>()) ? Json(kRemoved) : given;
    if (given.is_number()) return holdsSecret(toText(given)) ? Json(kRemoved) : given;
    if (given.is_array()) {
        auto out = Json::array();
        for (const auto& one : given) out.push_back(document(one));
        return out;
    }
    if (!given.is_object()) return given;
    auto out = Json::object();
    for (const auto& [name, value] : given.items()) {
        const bool gone = value.is_string() && isSecretName(name);
        out[holdsSecret(name) ? kRemoved : name] = gone ? Json(kRemoved) : document(value);
    }
    return out;
}

std::string Redaction::form(std::string_view fields) const {
    std::vector<std::string> out;
    for (const auto& field : split(fields, '&')) {
        const auto equals = field.find('=');
        const auto name = field.substr(0, equals);
        if (holdsSecret(name))
            out.emplace_back(kRemoved);
        else if (equals != std::string::npos &&
                 (isSecretName(percentDecoded(name)) || holdsSecret(field.substr(equals + 1))))
            out.push_back(name + "=" + kRemoved);
        else
            out.push_back(field);
    }
    return join(out, "&");
}

std::string Redaction::words(const std::string& text) const {
    if (!holdsSecret(text)) return text;
    std::string out, word;
    const auto end = [&] {
        out += holdsSecret(word) ? kRemoved : word;
        word.clear();
    };
    for (const char c : text) {
        if (std::string_view(" \t\r\n\"'<>,;&?(){}[]").find(c) == std::string_view::npos) {
            word += c;
            continue;
        }
        end();
        out += c;
    }
    end();
    return out;
}

}  // namespace overture::plugin
