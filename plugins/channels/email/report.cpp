#include "report.hpp"

#include <algorithm>
#include <array>

#include "words.hpp"

namespace overture::email {
namespace {

constexpr std::size_t kMostIds = 50, kLongestId = 500, kMostRead = 256 * 1024;
constexpr int kDeepest = 30;

std::string bytesOf(GMimePart* part) {
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    if (content == nullptr) return {};
    GMimeStream* stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    std::string text(reinterpret_cast<const char*>(bytes->data),
                     std::min<std::size_t>(bytes->len, kMostRead));
    g_object_unref(stream);
    return text;
}

/// The value of "Name: value" in a text of header lines, from `at` on; folded lines are not followed.
std::string fieldIn(std::string_view text, std::string_view name) {
    for (const auto line : linesOf(text))
        if (startsIgnoringCase(line, name) && line.size() > name.size() && line[name.size()] == ':')
            return std::string(trimmed(line.substr(name.size() + 1)));
    return {};
}

/// "5.1.1" out of "smtp; 550 5.1.1 no such user".
std::string statusIn(std::string_view text) {
    for (std::size_t i = 0; i + 4 < text.size(); ++i) {
        const bool begins = (text[i] == '4' || text[i] == '5') && text[i + 1] == '.' &&
                            (i == 0 || text[i - 1] < '0' || text[i - 1] > '9');
        if (!begins) continue;
        std::size_t end = i + 2;
        int dots = 0;
        while (end < text.size() &&
               ((text[end] >= '0' && text[end] <= '9') || (text[end] == '.' && dots++ == 0)))
            ++end;
        const auto code = text.substr(i, end - i);
        if (dots > 0 && code.size() >= 5 && code.size() <= 9 && !code.ends_with('.'))
            return std::string(code);
    }
    return {};
}

void readStatus(const std::string& text, Report& report) {
    const auto action = lower(fieldIn(text, "Action"));
    report.kind = action == "failed"    ? Report::Kind::failed
                  : action == "delayed" ? Report::Kind::delayed
                                        : Report::Kind::other;
    report.code = statusIn(fieldIn(text, "Status"));
    auto recipient = fieldIn(text, "Original-Recipient");
    if (recipient.empty()) recipient = fieldIn(text, "Final-Recipient");
    report.recipient = validUtf8(trimmed(std::string_view(recipient).substr(recipient.find(';') + 1)));
}

void add(std::vector<std::string>& ids, const std::vector<std::string>& more) {
    for (const auto& id : more)
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

void readPart(GMimeObject* object, Report& report, bool& known, int depth) {
    if (object == nullptr || depth > kDeepest) return;
    if (GMIME_IS_MULTIPART(object)) {
        auto* parts = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
            readPart(g_mime_multipart_get_part(parts, i), report, known, depth + 1);
        return;
    }
    if (GMIME_IS_MESSAGE_PART(object)) {
        if (auto* sent = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)))
            add(report.about, messageIdsIn(headerOf(sent, "Message-ID")));
        return;
    }
    if (!GMIME_IS_PART(object)) return;
    GMimeContentType* type = g_mime_object_get_content_type(object);
    if (g_mime_content_type_is_type(type, "message", "delivery-status") ||
        g_mime_content_type_is_type(type, "message", "global-delivery-status")) {
        readStatus(bytesOf(GMIME_PART(object)), report);
        known = true;
    } else if (g_mime_content_type_is_type(type, "message", "feedback-report")) {
        report.kind = Report::Kind::complaint;
        report.recipient = validUtf8(fieldIn(bytesOf(GMIME_PART(object)), "Original-Rcpt-To"));
        known = true;
    } else if (g_mime_content_type_is_type(type, "text", "rfc822-headers")) {
        add(report.about, messageIdsIn(fieldIn(bytesOf(GMIME_PART(object)), "Message-ID")));
    }
}

bool isFromTheSystem(GMimeMessage* message) {
    const auto from = lower(headerOf(message, "From"));
    return from.find("mailer-daemon") != std::string::npos || from.find("postmaster@") != std::string::npos;
}

void collectText(GMimeObject* object, std::string& text, int depth) {
    if (object == nullptr || depth > kDeepest || text.size() > kMostRead) return;
    if (GMIME_IS_MULTIPART(object)) {
        auto* parts = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
            collectText(g_mime_multipart_get_part(parts, i), text, depth + 1);
    } else if (GMIME_IS_PART(object)) {
        text += bytesOf(GMIME_PART(object)) + "\n";
    }
}

}  // namespace

std::string headerOf(GMimeMessage* message, const char* name) {
    GMimeHeader* header =
        g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message)), name);
    const char* raw = header == nullptr ? nullptr : g_mime_header_get_raw_value(header);
    std::string value(raw == nullptr ? "" : raw);
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return std::string(trimmed(validUtf8(value)));
}

std::vector<std::string> messageIdsIn(std::string_view text) {
    std::vector<std::string> ids;
    for (auto open = text.find('<'); open != std::string_view::npos && ids.size() < kMostIds;
         open = text.find('<', open + 1)) {
        const auto close = text.find_first_of("> \r\n\t<", open + 1);
        if (close == std::string_view::npos || text[close] != '>' || close - open > kLongestId) continue;
        auto id = std::string(text.substr(open, close - open + 1));
        const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7F; });
        if (plain && id.find('@') != std::string::npos && std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(std::move(id));
    }
    return ids;
}

std::optional<Report> reportOf(GMimeMessage* message) {
    Report report;
    bool known = false;
    GMimeObject* body = g_mime_message_get_mime_part(message);
    GMimeContentType* type = body == nullptr ? nullptr : g_mime_object_get_content_type(body);
    if (type != nullptr && g_mime_content_type_is_type(type, "multipart", "report"))
        readPart(body, report, known, 0);
    if (known) {
        add(report.about, messageIdsIn(headerOf(message, "In-Reply-To")));
        return report;
    }
    if (!isFromTheSystem(message)) return std::nullopt;
    std::string text;
    collectText(body, text, 0);
    report.kind = Report::Kind::failed;
    report.code = statusIn(text);
    if (report.code.starts_with("4")) report.kind = Report::Kind::delayed;
    add(report.about, messageIdsIn(headerOf(message, "In-Reply-To")));
    add(report.about, messageIdsIn(fieldIn(text, "Message-ID")));
    return report;
}

bool isAutomatic(GMimeMessage* message, const std::string& subject) {
    const auto submitted = lower(headerOf(message, "Auto-Submitted"));
    if (!submitted.empty() && !submitted.starts_with("no")) return true;
    for (const char* name : {"X-Autoreply", "X-Autorespond", "X-Auto-Reply"})
        if (!headerOf(message, name).empty()) return true;
    const auto precedence = lower(headerOf(message, "Precedence"));
    for (const auto* word : {"bulk", "junk", "auto_reply"})
        if (precedence == word) return true;
    // A person's answer may come through a list of theirs; what a list says by itself answers nothing.
    const bool answers = !headerOf(message, "In-Reply-To").empty();
    if (!answers && (precedence == "list" || !headerOf(message, "List-Id").empty())) return true;
    if (headerOf(message, "Return-Path") == "<>") return true;
    constexpr std::array<std::string_view, 10> kSubjects{
        "automatic reply:",     "auto reply:",           "autoreply:",        "auto:",
        "out of office",        "automatische antwort:", "abwesenheitsnotiz", "réponse automatique",
        "respuesta automática", "resposta automática"};
    return std::any_of(kSubjects.begin(), kSubjects.end(),
                       [&](auto begin) { return startsIgnoringCase(subject, begin); });
}

}  // namespace overture::email
