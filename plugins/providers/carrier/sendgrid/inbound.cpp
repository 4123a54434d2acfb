#include "inbound.hpp"

#include <algorithm>
#include <array>

#include "message.hpp"
#include "overture/bytes.hpp"
#include "overture/documents.hpp"
#include "overture/instant.hpp"

namespace overture::sendgrid {

using sdk::Json;
using sdk::textOf;

namespace {

template <std::size_t N>
bool isAmong(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void addTime(Json& event, const Json& given) {
    const auto seconds = sdk::numberOf(given, "timestamp");
    if (seconds > 0 && seconds < 253'402'300'800) event["at"] = sdk::toRfc3339(seconds * 1'000'000);
}

/// "5.1.1" and its like: there is no such address, and there will be none.
bool isOfNoUse(const Json& given) {
    constexpr std::array<std::string_view, 3> kGone{"Bounced Address", "Invalid", "Invalid Address"};
    if (textOf(given, "event") == "dropped") return isAmong(textOf(given, "reason"), kGone);
    return textOf(given, "type") != "blocked" && textOf(given, "status").starts_with("5.1.");
}

void addStatus(Json& events, const Json& given, const char* status) {
    const auto reference = textOf(given, kReference);
    if (reference.empty()) return;
    const auto id = textOf(given, "sg_event_id");
    Json event{{"kind", "status"},
               {"id", sdk::validText(id.empty() ? reference + ":" + textOf(given, "event") : id)},
               {"reference", sdk::validText(reference)},
               {"status", status}};
    if (std::string_view(status) == "undelivered") {
        const auto code = textOf(given, "status");
        event["code"] = sdk::validText(code.empty() ? textOf(given, "reason") : code);
        event["final"] = isOfNoUse(given);
    }
    addTime(event, given);
    events.push_back(std::move(event));
}

void addStop(Json& events, const Json& given) {
    const auto address = textOf(given, "email");
    if (address.empty()) return;
    const auto id = textOf(given, "sg_event_id");
    Json event{{"kind", "message"},
               {"id", "stop:" + sdk::validText(id.empty() ? address : id)},
               {"from", sdk::validText(address)},
               {"to", ""},
               {"text", "STOP"},
               {"channel", "email"}};
    if (const auto reference = textOf(given, kReference); !reference.empty())
        event["answers"] = {sdk::validText(reference)};
    addTime(event, given);
    events.push_back(std::move(event));
}

bool names(std::string_view line, std::string_view header) {
    return line.size() > header.size() && line[header.size()] == ':' &&
           sdk::detail::sameHeader(line.substr(0, header.size()), header);
}

/// A message's headers without those that say how its body is written.
std::string headersWithoutBodys(std::string_view headers) {
    constexpr std::array<std::string_view, 3> kBodys{"Content-Type", "Content-Transfer-Encoding",
                                                     "MIME-Version"};
    std::string kept;
    bool keeps = true;
    while (!headers.empty()) {
        auto line = headers.substr(0, headers.find('\n'));
        headers.remove_prefix(std::min(line.size() + 1, headers.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const bool folded = line[0] == ' ' || line[0] == '\t';
        if (!folded)
            keeps = line.find(':') != std::string_view::npos &&
                    std::none_of(kBodys.begin(), kBodys.end(), [&](auto name) { return names(line, name); });
        if (keeps) kept.append(line).append("\r\n");
    }
    return kept;
}

std::string charsetOf(const Fields& fields, const char* name) {
    auto charset = textOf(sdk::parsed(fieldOf(fields, "charsets")), name);
    const bool plain =
        !charset.empty() && charset.size() <= 40 && std::all_of(charset.begin(), charset.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                   c == '_';
        });
    return plain ? charset : "utf-8";
}

std::string inLines(const std::string& base64) {
    std::string lines;
    for (std::size_t at = 0; at < base64.size(); at += 76) lines += base64.substr(at, 76) + "\r\n";
    return lines;
}

}  // namespace

Json eventsOf(const Json& body) {
    constexpr std::array<std::string_view, 4> kStops{"spamreport", "spam_report", "unsubscribe",
                                                     "group_unsubscribe"};
    auto events = Json::array();
    for (const auto& given : body) {
        const auto word = textOf(given, "event");
        const auto reason = textOf(given, "reason");
        if (word == "delivered") addStatus(events, given, "delivered");
        if (word == "bounce" || word == "dropped") addStatus(events, given, "undelivered");
        const bool suppressed =
            word == "dropped" && (reason == "Unsubscribed Address" || reason == "Spam Reporting Address");
        if (isAmong(word, kStops) || suppressed) addStop(events, given);
    }
    return events;
}

std::optional<std::string> rawOf(const Fields& fields) {
    if (const auto whole = fieldOf(fields, "email"); !whole.empty()) return std::string(whole);
    const auto headers = fieldOf(fields, "headers");
    if (headers.empty()) return std::nullopt;
    const bool plain = !fieldOf(fields, "text").empty() || fieldOf(fields, "html").empty();
    const auto* kind = plain ? "text" : "html";
    return headersWithoutBodys(headers) + "MIME-Version: 1.0\r\nContent-Type: text/" +
           (plain ? "plain" : "html") + "; charset=" + charsetOf(fields, kind) +
           "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inLines(sdk::toBase64(fieldOf(fields, kind)));
}

}  // namespace overture::sendgrid
