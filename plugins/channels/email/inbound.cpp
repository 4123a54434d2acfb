#include "inbound.hpp"

#include <algorithm>

#include "checks.hpp"
#include "gmime_ref.hpp"
#include "html_text.hpp"
#include "overture/instant.hpp"
#include "quotes.hpp"
#include "report.hpp"
#include "words.hpp"

namespace overture::email {
namespace {

using sdk::Json;

constexpr std::size_t kLargest = 6 * 1024 * 1024, kLongestText = 64 * 1024, kLongestBody = 512 * 1024;
constexpr std::size_t kMostContentTypes = 400, kMostReferences = 20;
constexpr int kDeepestPart = 30;

[[noreturn]] void unreadable(const char* why) {
    throw sdk::Refused(sdk::Outcome::invalid, why);
}

/// Each level of nesting needs a Content-Type, so this bounds what the parser's own recursion meets.
bool nestsTooDeep(std::string_view raw) {
    constexpr std::string_view kName = "content-type";
    std::size_t count = 0;
    for (std::size_t at = 0; at + kName.size() <= raw.size(); ++at) {
        if ((raw[at] | 0x20) != 'c' || !startsIgnoringCase(raw.substr(at), kName)) continue;
        if (++count > kMostContentTypes) return true;
        at += kName.size();
    }
    return false;
}

struct Bodies {
    std::string plain, html;
    std::vector<std::string> attachments;
};

std::string decoded(GMimeObject* part) {
    char* text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    if (text == nullptr) return {};
    auto valid = validUtf8(cutTo(text, kLongestBody));
    g_free(text);
    return valid;
}

void gather(GMimeObject* object, Bodies& bodies, int depth) {
    if (object == nullptr || depth > kDeepestPart) return;
    if (GMIME_IS_MULTIPART(object)) {
        auto* parts = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
            gather(g_mime_multipart_get_part(parts, i), bodies, depth + 1);
        return;
    }
    const char* filename = GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : nullptr;
    const char* disposition = g_mime_object_get_disposition(object);
    const bool attached =
        filename != nullptr || (disposition != nullptr && lower(disposition) == "attachment");
    GMimeContentType* type = g_mime_object_get_content_type(object);
    const bool text = GMIME_IS_TEXT_PART(object) && !attached;
    if (text && g_mime_content_type_is_type(type, "text", "plain"))
        bodies.plain += (bodies.plain.empty() ? "" : "\n") + decoded(object);
    else if (text && g_mime_content_type_is_type(type, "text", "html"))
        bodies.html += decoded(object);
    else
        bodies.attachments.push_back(
            std::string(cutTo(validUtf8(filename == nullptr ? "without a name" : filename), 100)));
}

std::string written(const Bodies& bodies, const std::string& subject) {
    auto text = withoutQuotes(bodies.plain);
    if (text.empty() && !bodies.html.empty()) text = withoutQuotes(textOfHtml(bodies.html));
    if (text.empty()) text = withoutRe(subject);
    if (text.empty() && !bodies.attachments.empty()) text = "[attached: " + bodies.attachments.front() + "]";
    return std::string(cutTo(text, kLongestText));
}

/// "STOP" or "unsubscribe" and nothing else, as our List-Unsubscribe asks for.
bool asksToStop(std::string_view text) {
    const auto words = lower(trimmed(text));
    return words == "stop" || words == "unsubscribe" || words == "stop." || words == "unsubscribe.";
}

Mailbox senderOf(GMimeMessage* message) {
    InternetAddressList* from = g_mime_message_get_from(message);
    for (int i = 0; from != nullptr && i < internet_address_list_length(from); ++i) {
        InternetAddress* one = internet_address_list_get_address(from, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
        const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        const char* name = internet_address_get_name(one);
        if (address == nullptr || !isAddress(address)) continue;
        return {name == nullptr ? "" : std::string(cutTo(validUtf8(name), 200)), lower(address)};
    }
    return {};
}

std::string recipientOf(GMimeMessage* message) {
    InternetAddressList* to = g_mime_message_get_to(message);
    for (int i = 0; to != nullptr && i < internet_address_list_length(to); ++i) {
        InternetAddress* one = internet_address_list_get_address(to, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
        const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
        if (address != nullptr && isAddress(address)) return lower(address);
    }
    return {};
}

std::string subjectOf(GMimeMessage* message) {
    const char* subject = g_mime_message_get_subject(message);
    auto line = validUtf8(subject == nullptr ? "" : subject);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return std::string(cutTo(trimmed(line), 500));
}

/// The nearest first: what it answers, then the thread from its end.
std::vector<std::string> answersOf(GMimeMessage* message) {
    auto answers = messageIdsIn(headerOf(message, "In-Reply-To"));
    auto references = messageIdsIn(headerOf(message, "References"));
    for (auto id = references.rbegin(); id != references.rend(); ++id)
        if (std::find(answers.begin(), answers.end(), *id) == answers.end()) answers.push_back(*id);
    if (answers.size() > kMostReferences) answers.resize(kMostReferences);
    return answers;
}

Json threadOf(const std::vector<std::string>& answers, const std::string& id, const std::string& subject) {
    std::vector<std::string> references(answers.rbegin(), answers.rend());
    if (!id.empty()) references.push_back(id);
    return {{"subject", withoutRe(subject)}, {"references", references}};
}

void addReport(const Report& report, Json& document) {
    document["answers"] = report.about;
    document["text"] = "";
    if (report.kind == Report::Kind::failed) {
        document["signals"] = {"bounce"};
        document["bounce"] = {
            {"status", "undelivered"},
            {"code", report.code},
            {"recipient", report.recipient},
            {"final", report.code.starts_with("5.1.")}};  // no such mailbox or domain (RFC 3463, 3.2)
    } else if (report.kind == Report::Kind::delayed) {
        document["signals"] = {"delayed"};
    } else if (report.kind == Report::Kind::complaint) {
        document["signals"] = {"stop"};
        document["text"] = "unsubscribe";
        if (isAddress(report.recipient)) document["from"] = lower(report.recipient);
    } else {
        document["signals"] = {"auto_reply"};
    }
}

Ref<GMimeMessage> parsed(std::string_view raw) {
    startGmime();
    const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(raw.data(), raw.size()));
    const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    Ref<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (!message) unreadable("this is no message");
    return message;
}

}  // namespace

Json inboundOf(std::string_view raw) {
    if (raw.size() > kLargest) unreadable("the message has more than 6 MiB");
    if (nestsTooDeep(raw)) unreadable("the message has too many parts");
    const auto message = parsed(raw);
    const auto from = senderOf(message.get());
    const auto report = reportOf(message.get());
    if (from.address.empty() && !report) unreadable("the message has no sender");

    const auto subject = subjectOf(message.get());
    const auto ids = messageIdsIn(headerOf(message.get(), "Message-ID"));
    const auto id = ids.empty() ? std::string() : ids.front();
    const auto answers = answersOf(message.get());
    Bodies bodies;
    gather(g_mime_message_get_mime_part(message.get()), bodies, 0);
    const auto text = written(bodies, subject);
    Json document{{"id", id},
                  {"from", from.address},
                  {"from_name", from.name},
                  {"to", recipientOf(message.get())},
                  {"subject", subject},
                  {"text", text},
                  {"signals", Json::array()},
                  {"answers", answers},
                  {"attachments", bodies.attachments.size()},
                  {"thread", threadOf(answers, id, subject)}};
    if (GDateTime* at = g_mime_message_get_date(message.get()))
        document["at"] = sdk::toRfc3339(g_date_time_to_unix(at) * 1'000'000);
    if (report)
        addReport(*report, document);
    else if (asksToStop(text))
        document["signals"] = {"stop"};  // whoever or whatever passed it on
    else if (isAutomatic(message.get(), subject))
        document["signals"] = {"auto_reply"};
    return document;
}

}  // namespace overture::email
