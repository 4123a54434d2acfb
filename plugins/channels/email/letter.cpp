#include "letter.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "gmime_ref.hpp"
#include "markdown.hpp"
#include "words.hpp"

namespace overture::email {
namespace {

struct Footer {
    std::string_view language, page, reply;
};

constexpr std::array<Footer, 6> kFooters{{
    {"en", "Unsubscribe", "To stop these messages, answer STOP."},
    {"hi", "सदस्यता रद्द करें", "ये संदेश बंद करने के लिए STOP लिखकर उत्तर दें।"},
    {"es", "Darse de baja", "Para no recibir más mensajes, responda STOP."},
    {"fr", "Se désinscrire", "Pour ne plus recevoir de messages, répondez STOP."},
    {"de", "Abmelden", "Um keine Nachrichten mehr zu erhalten, antworten Sie mit STOP."},
    {"pt", "Cancelar inscrição", "Para não receber mais mensagens, responda STOP."},
}};

const Footer& footerIn(std::string_view language) {
    const auto primary = lower(language.substr(0, language.find_first_of("-_")));
    const auto found = std::find_if(kFooters.begin(), kFooters.end(),
                                    [&](const Footer& one) { return one.language == primary; });
    return found == kFooters.end() ? kFooters.front() : *found;
}

std::string plainBody(const Letter& letter) {
    const auto& footer = footerIn(letter.language);
    std::string body(trimmed(letter.text));
    body.append("\n\n-- \n").append(letter.company.empty() ? "" : letter.company + "\n");
    body.append(letter.postalAddress).append("\n").append(footer.reply).append("\n");
    if (!letter.unsubscribeUrl.empty())
        body.append(footer.page).append(": ").append(letter.unsubscribeUrl).append("\n");
    return body;
}

std::string htmlBody(const Letter& letter) {
    const auto& footer = footerIn(letter.language);
    std::string html = "<!DOCTYPE html>\n<html lang=\"" + escaped(letter.language) +
                       "\">\n<head><meta charset=\"utf-8\"><title>" + escaped(letter.subject) +
                       "</title></head>\n<body>\n" + htmlOf(trimmed(letter.text)) +
                       "<p style=\"color:#666;font-size:small\">";
    if (!letter.company.empty()) html += escaped(letter.company) + "<br>\n";
    html += escaped(letter.postalAddress) + "<br>\n" + std::string(footer.reply);
    if (!letter.unsubscribeUrl.empty())
        html +=
            "<br>\n<a href=\"" + escaped(letter.unsubscribeUrl) + "\">" + std::string(footer.page) + "</a>";
    return html + "</p>\n</body>\n</html>\n";
}

Ref<GMimePart> partOf(const char* kind, const std::string& text) {
    Ref<GMimePart> part(g_mime_part_new_with_type("text", kind));
    const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
    const Ref<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(part.get(), content.get());
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
    g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return part;
}

/// A header of addresses and ids: as they are, one a line. GMime would take a long one for words and encode it.
void header(GMimeMessage* message, const char* name, const std::vector<std::string>& values) {
    g_mime_object_set_header(GMIME_OBJECT(message), name, "", "utf-8");
    GMimeHeader* made =
        g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message)), name);
    g_mime_header_set_raw_value(made, (" " + joined(values, "\n ") + "\n").c_str());
}

using Headers = std::vector<std::pair<const char*, std::vector<std::string>>>;

/// The headers beyond those that every message has: its thread, and how to unsubscribe.
Headers ownHeaders(const Letter& letter) {
    Headers all;
    if (!letter.references.empty()) {
        all.push_back({"In-Reply-To", {letter.references.back()}});
        all.push_back({"References", letter.references});
    }
    const auto byMail = "<mailto:" + letter.from.address + "?subject=unsubscribe>";
    if (letter.unsubscribeUrl.empty()) {
        all.push_back({"List-Unsubscribe", {byMail}});
        return all;
    }
    all.push_back({"List-Unsubscribe", {"<" + letter.unsubscribeUrl + ">,", byMail}});
    if (letter.unsubscribeUrl.starts_with("https://"))
        all.push_back({"List-Unsubscribe-Post", {"List-Unsubscribe=One-Click"}});
    return all;
}

bool isPlain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

void check(const Letter& letter) {
    checkLine(letter.subject, "the subject");
    checkLine(letter.from.name, "the sender's name");
    checkLine(letter.to.name, "the recipient's name");
    checkLine(letter.company, "the sender's company");
    checkLine(letter.language, "the language");
    checkLine(letter.unsubscribeUrl, "the unsubscribe address");
    if (!isPlain(letter.unsubscribeUrl) || letter.unsubscribeUrl.find_first_of("<>,") != std::string::npos)
        throw sdk::Refused(sdk::Outcome::invalid, "the unsubscribe address is no plain address");
    for (const auto& reference : letter.references) {
        checkLine(reference, "a message id of the thread");
        if (!isPlain(reference))
            throw sdk::Refused(sdk::Outcome::invalid, "a message id of the thread is none");
    }
}

}  // namespace

std::string messageId(const Letter& letter) {
    return "<" + letter.deliveryId + "@" + letter.from.domain() + ">";
}

sdk::Json piecesOf(const Letter& letter) {
    check(letter);
    const auto mailbox = [](const Mailbox& one) {
        sdk::Json written{{"email", one.address}};
        if (!one.name.empty()) written["name"] = one.name;
        return written;
    };
    auto headers = sdk::Json{{"Message-ID", messageId(letter)}};
    for (const auto& [name, values] : ownHeaders(letter)) headers[name] = joined(values, " ");
    return {{"from", mailbox(letter.from)}, {"to", mailbox(letter.to)}, {"subject", letter.subject},
            {"text", plainBody(letter)},    {"html", htmlBody(letter)}, {"headers", headers}};
}

std::string mimeOf(const Letter& letter) {
    check(letter);
    startGmime();
    const Ref<GMimeMessage> message(g_mime_message_new(TRUE));
    const auto nameOrNone = [](const std::string& name) { return name.empty() ? nullptr : name.c_str(); };
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, nameOrNone(letter.from.name),
                               letter.from.address.c_str());
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nameOrNone(letter.to.name),
                               letter.to.address.c_str());
    g_mime_message_set_subject(message.get(), letter.subject.c_str(), "utf-8");
    GDateTime* at = g_date_time_new_from_unix_utc(letter.atMicros / 1'000'000);
    g_mime_message_set_date(message.get(), at);
    g_date_time_unref(at);
    const auto id = messageId(letter);
    g_mime_message_set_message_id(message.get(), id.substr(1, id.size() - 2).c_str());
    for (const auto& [name, values] : ownHeaders(letter)) header(message.get(), name, values);

    const Ref<GMimeMultipart> both(g_mime_multipart_new_with_subtype("alternative"));
    g_mime_multipart_set_boundary(both.get(), ("=_" + letter.deliveryId).c_str());
    const auto plain = plainBody(letter), html = htmlBody(letter);
    const auto plainPart = partOf("plain", plain), htmlPart = partOf("html", html);
    g_mime_multipart_add(both.get(), GMIME_OBJECT(plainPart.get()));
    g_mime_multipart_add(both.get(), GMIME_OBJECT(htmlPart.get()));
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(both.get()));

    GMimeFormatOptions* options = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    char* written = g_mime_object_to_string(GMIME_OBJECT(message.get()), options);
    g_mime_format_options_free(options);
    std::string bytes(written);
    g_free(written);
    return bytes;
}

}  // namespace overture::email
