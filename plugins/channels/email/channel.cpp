#include "channel.hpp"

#include <algorithm>

#include "inbound.hpp"
#include "letter.hpp"
#include "overture/bytes.hpp"
#include "overture/instant.hpp"
#include "overture/pictures.hpp"
#include "quotes.hpp"
#include "words.hpp"

namespace overture::email {

using sdk::Answer;
using sdk::Json;
using sdk::Outcome;
using sdk::Refused;

namespace {

constexpr std::size_t kMostThread = 20, kLongestSubject = 78;

std::size_t charactersOf(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Draft {
    std::string subject, text;
};

/// A first line "Subject: …" is the subject; the rest is the text.
Draft draftOf(const std::string& given) {
    const auto whole = trimmed(given);
    constexpr std::string_view kMark = "Subject:";
    if (!startsIgnoringCase(whole, kMark)) return {"", std::string(whole)};
    const auto end = std::min(whole.find_first_of("\r\n"), whole.size());
    return {std::string(trimmed(whole.substr(kMark.size(), end - kMark.size()))),
            std::string(trimmed(whole.substr(end)))};
}

/// The text's first line up to its first sentence, at most one header line long, cut between two words.
std::string firstWords(std::string_view text) {
    auto line = text.substr(0, text.find_first_of("\r\n"));
    line = line.substr(0, line.find_first_of(".!?"));
    if (line.size() > kLongestSubject) {
        line = cutTo(line, kLongestSubject);
        line = line.substr(0, line.rfind(' '));
    }
    std::string plain(trimmed(line));
    std::erase_if(plain, [](char c) { return c == '*' || c == '_' || c == '`' || c == '#'; });
    return plain;
}

std::vector<std::string> referencesIn(const Json& thread) {
    std::vector<std::string> references;
    if (thread.contains("references") && thread["references"].is_array())
        for (const auto& id : thread["references"])
            if (id.is_string()) references.push_back(id.get<std::string>());
    if (references.size() > kMostThread)  // the first stays: it is what the thread is found by
        references.erase(references.begin() + 1,
                         references.end() - static_cast<std::ptrdiff_t>(kMostThread) + 1);
    return references;
}

Letter letterOf(const Json& request, const Draft& draft) {
    Letter letter;
    letter.from = mailbox(textOf(request, "from"), "the sender");
    letter.to = mailbox(textOf(request, "to"), "the recipient");
    letter.company = textOf(request, "sender_name");
    if (letter.from.name.empty()) letter.from.name = letter.company;
    if (const auto name = textOf(request, "to_name"); !name.empty()) letter.to.name = name;
    letter.deliveryId = textOf(request, "delivery_id");
    const bool plainId =
        !letter.deliveryId.empty() && letter.deliveryId.size() <= 64 &&
        std::all_of(letter.deliveryId.begin(), letter.deliveryId.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        });
    if (!plainId) throw Refused(Outcome::invalid, "delivery_id is no id of letters, digits and dashes");
    const auto at = sdk::parseRfc3339(textOf(request, "now"));
    if (!at) throw Refused(Outcome::invalid, "now is no instant");
    letter.atMicros = *at;
    letter.postalAddress = trimmed(textOf(request, "postal_address"));
    if (letter.postalAddress.empty())
        throw Refused(Outcome::invalid,
                      "an email names the organization's postal address; set postal_address");
    letter.unsubscribeUrl = textOf(request, "unsubscribe_url");
    letter.language = textOf(request, "language");
    letter.text = draft.text;
    const auto thread = request.value("thread", Json::object());
    letter.references = referencesIn(thread);
    letter.subject = draft.subject;
    if (const auto begun = textOf(thread, "subject"); letter.subject.empty() && !begun.empty())
        letter.subject = "Re: " + begun;
    if (letter.subject.empty()) letter.subject = firstWords(draft.text);
    if (letter.subject.empty())  // of a text without a word
        letter.subject = letter.from.name.empty() ? letter.from.address : letter.from.name;
    return letter;
}

}  // namespace

Channel::Channel(const Json& settings) : longest_(settings.value("longest", std::size_t{20000})) {}

Answer Channel::window(const Json&, const sdk::Call&) {
    return Answer::ok({{"allow", "free"}});
}

Answer Channel::compose(const Json& request, const sdk::Call&) {
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    const auto given = textOf(request, "text");
    if (validUtf8(given) != given)
        return Answer::no(Outcome::invalid, "the text is not UTF-8, or holds a zero byte");
    const auto draft =
        draftOf(sdk::withPictures(given, [](const sdk::Picture& picture) { return picture.asLink(); }));
    if (draft.text.empty()) return Answer::no(Outcome::invalid, "the text is empty");
    if (const auto characters = charactersOf(draft.text); characters > longest_)
        return Answer::no(Outcome::invalid, "the text has " + std::to_string(characters) +
                                                " characters; one message may have " +
                                                std::to_string(longest_));
    const auto letter = letterOf(request, draft);
    const auto mime = mimeOf(letter);
    const auto id = messageId(letter);
    auto references = letter.references;
    references.push_back(id);
    const auto said = draft.subject.empty() ? draft.text : "Subject: " + draft.subject + "\n\n" + draft.text;
    return Answer::ok({{"text", said},
                       {"segments", 1},
                       {"parts",
                        {{{"mime", mime},
                          {"message_id", id},
                          {"letter", piecesOf(letter)},
                          {"subject", letter.subject},
                          {"encoding", "MIME"},
                          {"segments", 1},
                          {"units", mime.size()}}}},
                       {"thread", {{"subject", withoutRe(letter.subject)}, {"references", references}}}});
}

Answer Channel::read(const Json& request, const sdk::Call&) {
    if (request.contains("raw_base64")) {
        const auto raw = sdk::fromBase64(textOf(request, "raw_base64"));
        return raw ? Answer::ok(inboundOf(*raw)) : Answer::no(Outcome::invalid, "raw_base64 is not base64");
    }
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has neither \"text\" nor \"raw_base64\"");
    return Answer::ok(
        {{"text", withoutQuotes(validUtf8(textOf(request, "text")))}, {"signals", Json::array()}});
}

Answer Channel::measure(const Json& request, const sdk::Call&) {
    if (!request.contains("text") || !request["text"].is_string())
        return Answer::no(Outcome::invalid, "the request has no \"text\"");
    return Answer::ok({{"encoding", "MIME"},
                       {"segments", 1},
                       {"units", request["text"].get_ref<const std::string&>().size()}});
}

}  // namespace overture::email
