// What filters for junk find wrong with the structure of a message, whatever it says: their rules for headers, dates, encodings and
// parts, read from the bytes without the library that made them. The names are those of SpamAssassin's rules where it has one.
#pragma once

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace overture::testing {

struct Entity {
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in small letters, folds taken out
    std::string body;
    std::string operator[](const std::string& name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
    std::size_t count(const std::string& name) const {
        return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                      [&](const auto& one) { return one.first == name; }));
    }
};

inline Entity entityOf(const std::string& raw) {
    Entity entity;
    const auto end = raw.find("\r\n\r\n");
    entity.body = end == std::string::npos ? "" : raw.substr(end + 4);
    const auto head = std::regex_replace(raw.substr(0, end), std::regex("\r\n[ \t]+"), " ");
    for (auto line : split(head, '\n')) {
        if (line.ends_with('\r')) line.pop_back();
        const auto colon = line.find(':');
        if (colon == std::string::npos)
            entity.headers.emplace_back("", line);
        else
            entity.headers.emplace_back(lowerAscii(line.substr(0, colon)),
                                        std::string(trim(line.substr(colon + 1))));
    }
    return entity;
}

inline std::string parameterOf(const std::string& value, const std::string& name) {
    std::smatch found;
    const std::regex form(";\\s*" + name + "=(\"([^\"]*)\"|([^;\\s]+))", std::regex::icase);
    if (!std::regex_search(value, found, form)) return {};
    return found[2].matched ? found[2].str() : found[3].str();
}

inline std::string decodedBody(const Entity& part) {
    const auto encoding = lowerAscii(part["content-transfer-encoding"]);
    if (encoding == "base64") return fromBase64(std::regex_replace(part.body, std::regex("\\s"), ""));
    if (encoding != "quoted-printable") return part.body;
    std::string out;
    const auto soft = replaceAll(part.body, "=\r\n", "");
    for (std::size_t i = 0; i < soft.size(); ++i)
        if (soft[i] == '=' && i + 2 < soft.size()) {
            out += static_cast<char>(std::stoi(soft.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += soft[i];
        }
    return out;
}

inline void addPartFaults(std::vector<std::string>& faults, const Entity& part) {
    const auto type = lowerAscii(part["content-type"]),
               encoding = lowerAscii(part["content-transfer-encoding"]);
    const bool eightBit = std::any_of(part.body.begin(), part.body.end(),
                                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (parameterOf(type, "charset").empty()) faults.push_back("MISSING_CHARSET");
    if (!encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "base64" &&
        encoding != "quoted-printable")
        faults.push_back("MIME_BAD_ENCODING");
    if (eightBit && encoding != "8bit") faults.push_back("MIME_8BIT_IN_7BIT");
    for (const auto& line : split(part.body, '\n')) {
        if (encoding == "base64" && line.size() > 77) faults.push_back("BASE64_LENGTH_79_INF");
        if (encoding == "quoted-printable" && line.size() > 77) faults.push_back("MIME_QP_LONG_LINE");
    }
    if (trim(decodedBody(part)).empty()) faults.push_back("EMPTY_MESSAGE");
}

/// Nothing when a filter would find nothing.
inline std::vector<std::string> structureFaults(const std::string& raw) {
    std::vector<std::string> faults;
    const auto message = entityOf(raw);
    for (const auto& [name, rule] :
         std::map<std::string, std::string>{{"from", "MISSING_FROM"},
                                            {"to", "MISSING_TO"},
                                            {"subject", "MISSING_SUBJECT"},
                                            {"date", "MISSING_DATE"},
                                            {"message-id", "MISSING_MID"},
                                            {"mime-version", "MISSING_MIME_VERSION"},
                                            {"content-type", "MISSING_TYPE"}}) {
        if (message[name].empty()) faults.push_back(rule);
        if (message.count(name) > 1) faults.push_back("DUPLICATE_" + name);
    }
    for (const auto* once :
         {"reply-to", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"})
        if (message.count(once) > 1) faults.push_back(std::string("DUPLICATE_") + once);
    if (message.count("") > 0) faults.push_back("BAD_HEADER_LINE");
    const auto head = raw.substr(0, raw.find("\r\n\r\n"));
    if (std::any_of(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        faults.push_back("HEADER_8BITS");
    for (std::size_t at = raw.find('\n'); at != std::string::npos; at = raw.find('\n', at + 1))
        if (at == 0 || raw[at - 1] != '\r') faults.push_back("BARE_LINE_FEED");
    for (const auto& line : split(raw, '\n'))
        if (line.size() > 999) faults.push_back("LONG_LINE");
    const std::regex date(
        "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [ 0-3]?\\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
        "\\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
    if (!message["date"].empty() && !std::regex_match(message["date"], date))
        faults.push_back("INVALID_DATE");
    const std::regex id("<[^<>@\\s]+@[^<>@\\s]+\\.[^<>@\\s]+>");
    if (!message["message-id"].empty() && !std::regex_match(message["message-id"], id))
        faults.push_back("INVALID_MSGID");
    if (!std::regex_search(message["from"], std::regex("[^<>@\\s]+@[^<>@\\s]+\\.[^<>@\\s]+")))
        faults.push_back("FROM_NO_ADDR");
    if (message.count("list-unsubscribe-post") > 0 &&
        message["list-unsubscribe"].find("<https://") == std::string::npos)
        faults.push_back("ONE_CLICK_WITHOUT_HTTPS");

    const auto type = message["content-type"];
    if (!lowerAscii(type).starts_with("multipart/alternative")) {
        if (lowerAscii(type).starts_with("text/html")) faults.push_back("MIME_HTML_ONLY");
        addPartFaults(faults, message);
        return faults;
    }
    const auto boundary = parameterOf(type, "boundary");
    const auto closing = "--" + boundary + "--";
    if (boundary.empty() || raw.find("\r\n" + closing) == std::string::npos) {
        faults.push_back("MIME_MISSING_BOUNDARY");
        return faults;
    }
    std::vector<Entity> parts;
    const auto mark = "--" + boundary + "\r\n";
    for (auto at = raw.find(mark); at != std::string::npos;) {
        const auto from = at + mark.size();
        at = raw.find(mark, from);
        auto one = raw.substr(from, (at == std::string::npos ? raw.find("\r\n" + closing) : at - 2) - from);
        parts.push_back(entityOf(one));
    }
    std::vector<std::string> types;
    for (const auto& part : parts) {
        types.push_back(lowerAscii(part["content-type"].substr(0, part["content-type"].find(';'))));
        addPartFaults(faults, part);
    }
    if (types != std::vector<std::string>{"text/plain", "text/html"}) {
        faults.push_back("MPART_ALT_ORDER");
        return faults;
    }
    const auto html = decodedBody(parts[1]);
    for (const auto* tag : {"html", "body", "p"}) {
        const auto times = [&](const std::string& form) {
            const std::regex one(form);
            return std::distance(std::sregex_iterator(html.begin(), html.end(), one), std::sregex_iterator());
        };
        if (times("<" + std::string(tag) + "[ >]") != times("</" + std::string(tag) + ">"))
            faults.push_back("HTML_TAG_BALANCE");
    }
    const auto shown = std::regex_replace(html, std::regex("<[^>]*>"), " ");
    int words = 0, missing = 0;
    const std::regex word("[A-Za-z]{4,}");
    const auto plain = decodedBody(parts[0]);
    for (auto one = std::sregex_iterator(plain.begin(), plain.end(), word); one != std::sregex_iterator();
         ++one) {
        ++words;
        if (html.find(one->str()) == std::string::npos) ++missing;
    }
    if (words > 0 && missing * 4 > words) faults.push_back("MPART_ALT_DIFF");
    if (trim(shown).empty()) faults.push_back("HTML_EMPTY");
    return faults;
}

}  // namespace overture::testing
