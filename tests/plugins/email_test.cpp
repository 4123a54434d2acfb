// The manners of email: what goes out, what a reply says, what mail systems say by themselves; and whatever strangers send.
// OVERTURE_FUZZ_SECONDS says how long damaged mail is tried, otherwise one second; OVERTURE_FUZZ_SEED with which damage it begins.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "channel.hpp"
#include "damage.hpp"
#include "html_text.hpp"
#include "inbound.hpp"
#include "mail_structure.hpp"
#include "quotes.hpp"

namespace overture::email {
namespace {

using sdk::Answer;
using sdk::Outcome;
using sdk::Refused;

constexpr sdk::Call kCall{5000};
constexpr const char* kId = "<019c0000-0000-7000-8000-000000000001@brightroof.example>";

const std::string kUnsubscribe = "https://hooks.brightroof.example/unsubscribe/" + std::string(150, 'a');

Json draft() {
    return {
        {"text",
         "Subject: Your roof in June\n\nHi Ann,\nis **now** a bad time? See https://brightroof.example/a"},
        {"first", true},
        {"sender_name", "Bright Roof"},
        {"language", "en"},
        {"opt_out", true},
        {"delivery_id", "019c0000-0000-7000-8000-000000000001"},
        {"from", "Katie <katie@brightroof.example>"},
        {"to", "ann@example.com"},
        {"to_name", "Ann Müller"},
        {"now", "2026-03-03T17:00:00Z"},
        {"postal_address", "1 Main St, Springfield"},
        {"unsubscribe_url", kUnsubscribe}};
}

Answer composed(const Json& more = Json::object()) {
    auto request = draft();
    request.update(more);
    Channel channel(Json::object());
    try {
        return channel.compose(request, kCall);
    } catch (const Refused& refused) {
        return Answer::no(refused.outcome, refused.what());
    }
}

std::string mime(const Json& more = Json::object()) {
    const auto answer = composed(more);
    return answer.outcome == Outcome::ok ? answer.document["parts"][0]["mime"].get<std::string>()
                                         : answer.message;
}

std::string headers(const std::string& message) {
    return replaceAll(message.substr(0, message.find("\r\n\r\n")), "\r\n ", " ");
}

/// The value of a header, its folds taken out.
std::string header(const std::string& message, const std::string& name) {
    for (const auto& line :
         split(replaceAll(replaceAll(headers(message), "\r\n\t", " "), "\r\n", "\n"), '\n'))
        if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
    return {};
}

Json readRaw(const std::string& raw) {
    Channel channel(Json::object());
    return channel.read({{"raw_base64", toBase64(raw)}}, kCall).document;
}

std::string mail(const std::string& more, const std::string& body) {
    return replaceAll(
        "From: Ann <Ann@Example.com>\nTo: katie@brightroof.example\nSubject: Re: Your roof in June\n"
        "Date: Tue, 3 Mar 2026 18:00:00 +0100\nMessage-ID: <m1@example.com>\n" +
            more + "\n" + body,
        "\n", "\r\n");
}

TEST(Compose, HasEveryHeaderAndBothTexts) {
    const auto message = mime();
    EXPECT_EQ(header(message, "From"), "Katie <katie@brightroof.example>");
    EXPECT_EQ(header(message, "To"), "Ann =?iso-8859-1?q?M=FCller?= <ann@example.com>");
    EXPECT_EQ(header(message, "Subject"), "Your roof in June");
    EXPECT_EQ(header(message, "Date"), "Tue, 03 Mar 2026 17:00:00 +0000");
    EXPECT_EQ(header(message, "Message-Id"), kId);
    EXPECT_EQ(header(message, "MIME-Version"), "1.0");
    EXPECT_EQ(header(message, "List-Unsubscribe"),
              "<" + kUnsubscribe + ">, <mailto:katie@brightroof.example?subject=unsubscribe>");
    EXPECT_EQ(header(message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    EXPECT_TRUE(header(message, "Content-Type").starts_with("multipart/alternative; boundary=")) << message;
    EXPECT_EQ(header(message, "In-Reply-To"), "");
    EXPECT_NE(message.find("1 Main St, Springfield"), std::string::npos);
    EXPECT_NE(message.find("To stop these messages, answer STOP."), std::string::npos);
    EXPECT_NE(message.find("<strong>now</strong>"), std::string::npos) << message;
    EXPECT_NE(message.find("Content-Type: text/plain; charset=utf-8"), std::string::npos);
    for (std::size_t at = message.find('\n'); at != std::string::npos; at = message.find('\n', at + 1))
        ASSERT_EQ(message[at - 1], '\r') << "a bare line feed at " << at;
    for (const auto& line : split(message, '\n')) EXPECT_LE(line.size(), 999u);
    EXPECT_TRUE(std::all_of(message.begin(), message.end(), [](unsigned char c) { return c < 0x80; }))
        << "seven bits, whatever the server can do";
}

TEST(Compose, FiltersFindNothingWrongWithItsStructure) {
    std::string long_;
    for (int i = 0; i < 300; ++i) long_ += "a sentence that goes on and on, and then some more of it ";
    const std::vector<Json> all{
        Json::object(),
        {{"first", false}},
        {{"text", "Hi"}},
        {{"text", long_}},
        {{"text", "Subject: Ihr Dach – im März\n\nGrüße an Sie. नमस्ते 👍"}},
        {{"text",
          "# Offer\n\n- one\n- two\n\n> quoted\n\n[our page](https://brightroof.example/a_b) `code` 1 < 2 & "
          "3"}},
        {{"text", ".\n..\n.leading dots\nFrom here on"}},
        {{"to_name", std::string(200, 'n')}},
        {{"unsubscribe_url", ""}},
        {{"thread", {{"subject", "Your roof"}, {"references", {"<a@example.com>", "<b@example.com>"}}}}}};
    for (const auto& more : all) {
        const auto faults = testing::structureFaults(mime(more));
        EXPECT_TRUE(faults.empty()) << faults.front() << "\n" << mime(more).substr(0, 3000);
    }
}

/// And they see each of these when it is there.
TEST(Compose, FiltersSeeWhatIsWrong) {
    const auto good = mime();
    const auto without = [&](const std::string& name) {
        const std::regex form("\r\n" + name + ":[^\r]*(\r\n[ \t][^\r]*)*", std::regex::icase);
        return std::regex_replace("\r\n" + good, form, "").substr(2);
    };
    const auto boundary = testing::parameterOf(header(good, "Content-Type"), "boundary");
    const std::vector<std::pair<std::string, std::string>> wrong{
        {without("to"), "MISSING_TO"},
        {without("subject"), "MISSING_SUBJECT"},
        {without("date"), "MISSING_DATE"},
        {without("message-id"), "MISSING_MID"},
        {without("mime-version"), "MISSING_MIME_VERSION"},
        {"Date: Tue, 03 Mar 2026 17:00:00 +0000\r\n" + good, "DUPLICATE_date"},
        {"Subject\r\n" + good, "BAD_HEADER_LINE"},
        {"X-Note: gr\xC3\xBC\xC3\x9F\r\n" + good, "HEADER_8BITS"},
        {replaceAll(good, "Tue, 03 Mar 2026", "2026-03-03"), "INVALID_DATE"},
        {replaceAll(good, kId, "<d1@localhost>"), "INVALID_MSGID"},
        {replaceAll(good, "<" + kUnsubscribe + ">", "<http://h.example/u>"), "ONE_CLICK_WITHOUT_HTTPS"},
        {replaceAll(good, "--" + boundary + "--", ""), "MIME_MISSING_BOUNDARY"},
        {replaceAll(good, "; charset=utf-8", ""), "MISSING_CHARSET"},
        {replaceAll(good, "text/plain", "text/x-plain"), "MPART_ALT_ORDER"},
        {replaceAll(good, "</body>", ""), "HTML_TAG_BALANCE"},
        {replaceAll(good, "springfield", "x") + "\n", "BARE_LINE_FEED"},
        {good + std::string(1200, 'x') + "\r\n", "LONG_LINE"}};
    for (const auto& [message, rule] : wrong) {
        const auto faults = testing::structureFaults(message);
        EXPECT_NE(std::find(faults.begin(), faults.end(), rule), faults.end()) << rule;
    }
}

TEST(Compose, IsTheSameForTheSameDelivery) {
    EXPECT_EQ(mime(), mime());
    EXPECT_EQ(composed().document["parts"][0]["message_id"], kId);
}

TEST(Compose, WhatItWroteIsReadBack) {
    const auto read = readRaw(mime({{"text", "Subject: Ihr Dach – im März\n\nGrüße an Sie, Ann. नमस्ते 👍"}}));
    EXPECT_EQ(read["subject"], "Ihr Dach – im März");
    EXPECT_EQ(read["text"], "Grüße an Sie, Ann. नमस्ते 👍") << "the footer is a signature";
    EXPECT_EQ(read["from"], "katie@brightroof.example");
    EXPECT_EQ(read["id"], kId);
    EXPECT_EQ(read["at"], "2026-03-03T17:00:00Z");
}

TEST(Compose, KeepsTheThread) {
    const auto first = composed().document;
    EXPECT_EQ(first["thread"], (Json{{"subject", "Your roof in June"}, {"references", {kId}}}));
    const auto answer =
        readRaw(mail(std::string("In-Reply-To: ") + kId + "\nReferences: " + kId + "\n", "Yes\n"));
    EXPECT_EQ(answer["thread"],
              (Json{{"subject", "Your roof in June"}, {"references", {kId, "<m1@example.com>"}}}));
    const auto second = mime({{"text", "When?"}, {"thread", answer["thread"]}, {"delivery_id", "d2"}});
    EXPECT_EQ(header(second, "Subject"), "Re: Your roof in June");
    EXPECT_EQ(header(second, "In-Reply-To"), "<m1@example.com>");
    EXPECT_EQ(header(second, "References"), std::string(kId) + " <m1@example.com>");
    auto long_ = Json::array();
    for (int i = 0; i < 60; ++i) long_.push_back("<" + std::to_string(i) + "@example.com>");
    const auto references =
        split(header(mime({{"thread", {{"subject", "x"}, {"references", long_}}}}), "References"), ' ');
    ASSERT_EQ(references.size(), 20u);
    EXPECT_EQ(references.front(), "<0@example.com>");
    EXPECT_EQ(references.back(), "<59@example.com>");
}

TEST(Compose, ASubjectIsFoundWhereNoneIsGiven) {
    EXPECT_EQ(header(mime({{"text", "Hi Ann, Katie here. Is now bad?"}}), "Subject"), "Hi Ann, Katie here");
    EXPECT_EQ(composed({{"text", "Hi"}}).document["text"], "Hi");
}

TEST(Compose, WithoutAnHttpsAddressOneUnsubscribesByMail) {
    const auto none = mime({{"unsubscribe_url", ""}});
    EXPECT_EQ(header(none, "List-Unsubscribe"), "<mailto:katie@brightroof.example?subject=unsubscribe>");
    EXPECT_EQ(header(none, "List-Unsubscribe-Post"), "");
    EXPECT_EQ(header(mime({{"unsubscribe_url", "http://h.example/u"}}), "List-Unsubscribe-Post"), "")
        << "RFC 8058 wants https";
}

TEST(Compose, RefusesWhatCannotStandInAHeaderAndSaysWhat) {
    const std::vector<std::pair<Json, std::string>> cases{
        {{{"to_name", "Ann\r\nBcc: all@example.com"}}, "the recipient's name has a line break"},
        {{{"from", "Katie\nBcc: x <katie@brightroof.example>"}}, "the sender has a line break"},
        {{{"to", "ann@example.com\r\nBcc: b@example.com"}}, "the recipient has a line break"},
        {{{"to", "ann"}}, "the recipient is no address"},
        {{{"to", "ann@exa mple.com"}}, "the recipient is no address"},
        {{{"to", "ann..b@example.com"}}, "the recipient is no address"},
        {{{"from", ""}}, "the sender is no address"},
        {{{"thread", {{"subject", "a\nb"}}}, {"text", "Hi"}}, "the subject has a line break"},
        {{{"thread", {{"references", {"<a@b>\r\nX: y"}}}}}, "a message id of the thread has a line break"},
        {{{"sender_name", "A\x01"}}, "the sender's company has a control character"},
        {{{"to_name", "\xC3"}}, "the recipient's name is not UTF-8"},
        {{{"text", "Subject: " + std::string(2000, 'a') + "\n\nHi"}}, "the subject has more than 998 bytes"},
        {{{"text", std::string("a\0b", 3)}}, "the text is not UTF-8"},
        {{{"text", "Subject: only\n\n"}}, "the text is empty"},
        {{{"text", std::string(20001, 'a')}}, "the text has 20001 characters"},
        {{{"text", "[a](javascript:alert(1))"}}, "a link that is not http"},
        {{{"text", "![a](ftp://brightroof.example/p.png)"}}, "a picture"},
        {{{"postal_address", " "}}, "postal address"},
        {{{"delivery_id", "a b"}}, "delivery_id"},
        {{{"unsubscribe_url", "https://h.example/>x"}}, "the unsubscribe address"},
        {{{"now", "soon"}}, "now is no instant"}};
    for (const auto& [more, sentence] : cases) {
        const auto answer = composed(more);
        EXPECT_EQ(answer.outcome, Outcome::invalid) << sentence;
        EXPECT_NE(answer.message.find(sentence), std::string::npos) << answer.message << " / " << sentence;
    }
}

TEST(Compose, APictureIsALinkToIt) {
    const auto part =
        composed({{"text", "Look: ![our roof](https://brightroof.example/p.png)"}}).document["parts"][0];
    EXPECT_NE(
        part["letter"]["text"].get<std::string>().find("Look: our roof: https://brightroof.example/p.png"),
        std::string::npos);
    const std::string html = part["letter"]["html"];
    EXPECT_NE(html.find("<a href=\"https://brightroof.example/p.png\">"), std::string::npos) << html;
    EXPECT_EQ(html.find("<img"), std::string::npos);
}

TEST(Compose, TheTextsOwnHtmlIsShownAndNotObeyed) {
    const auto message = mime({{"text", "Subject: a\n\n<script>x</script> 1 < 2"}});
    EXPECT_EQ(message.find("<script>"), message.rfind("<script>")) << "only in the plain text";
    EXPECT_NE(message.find("&lt;script&gt;"), std::string::npos);
}

TEST(Quotes, OnlyThePersonsOwnWordsStay) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"Yes please\n\nOn Tue, 3 Mar 2026 at 17:00, Katie <katie@brightroof.example> wrote:\n> Hi Ann\n> "
         "bad time?\n",
         "Yes please"},
        {"Yes\n\nOn Tue, 3 Mar 2026 at 17:00, Katie\n<katie@brightroof.example> wrote:\n\n> Hi\n", "Yes"},
        {"Oui\n\nLe mar. 3 mars 2026 à 17:00, Katie <k@b.example> a écrit :\n> Bonjour", "Oui"},
        {"Ja\n\nAm Di., 3. März 2026 um 17:00 Uhr schrieb Katie <k@b.example>:\n> Hallo", "Ja"},
        {"Sí\n\nEl mar, 3 mar 2026 a las 17:00, Katie escribió:\n> Hola", "Sí"},
        {"OK\n\n-----Original Message-----\nFrom: Katie\nSent: Tuesday\nHi", "OK"},
        {"OK\n\n________________________________\nFrom: Katie\n", "OK"},
        {"OK\n\nFrom: Katie <k@b.example>\nSent: Tuesday\nTo: Ann\nSubject: x\n\nHi", "OK"},
        {"Call me\n-- \nAnn Lee\n555-0100", "Call me"},
        {"Call me\n\nSent from my iPhone", "Call me"},
        {"> When?\nTuesday\n> Where?\nAt home", "Tuesday\nAt home"},
        {"From: where I stand it looks fine", "From: where I stand it looks fine"},
        {"On Tuesday I wrote: no", "On Tuesday I wrote: no"},
        {"STOP\r\n\r\n> old", "STOP"}};
    for (const auto& [given, kept] : cases) EXPECT_EQ(withoutQuotes(given), kept) << given;
}

TEST(Read, APagesWordsWithoutItsQuotes) {
    EXPECT_EQ(
        textOfHtml("<html><head><style>p{}</style></head><body><p>Yes,&nbsp;<b>do</b><br>call</p>"
                   "<div class=\"gmail_quote\">On … wrote<blockquote>Hi</blockquote></div></body></html>"),
        "Yes,\u00A0do\ncall");
    EXPECT_EQ(textOfHtml("<p>OK</p><div id=\"divRplyFwdMsg\">From: Katie</div><p>quoted</p>"), "OK");
    EXPECT_EQ(textOfHtml("a<span style=\"display: none\">x</span><script>y</script>b"), "ab");
    EXPECT_EQ(textOfHtml("<p>broken <b>and <i>open"), "broken and open");
    std::string deep;
    for (int i = 0; i < 20000; ++i) deep += "<div>";
    (void)textOfHtml(deep + "end");
}

TEST(Read, OddCharsetsBecomeUtf8) {
    const auto latin = readRaw(mail("Content-Type: text/plain; charset=iso-8859-1\n",
                                    "Gr\xFC\xDF"
                                    "e"));
    EXPECT_EQ(latin["text"], "Grüße");
    const auto windows = readRaw(mail("Content-Type: text/plain; charset=windows-1252\n", "that\x92s fine"));
    EXPECT_EQ(windows["text"], "that’s fine");
    const auto encoded = readRaw(
        mail("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", "WWVzIPCfkY0="));
    EXPECT_EQ(encoded["text"], "Yes 👍");
    const auto unknown = readRaw(mail("Content-Type: text/plain; charset=x-nobody-knows\n", "Yes \xFF"));
    EXPECT_TRUE(isUtf8(unknown["text"].get<std::string>()));
    EXPECT_NE(unknown["text"].get<std::string>().find("Yes"), std::string::npos);
    EXPECT_EQ(
        readRaw("From: =?utf-8?q?J=C3=B6?= <jo@example.com>\r\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\r\n\r\nx")
            ["subject"],
        "Grüße");
}

TEST(Read, TheWordsAreFoundAmongTheParts) {
    const std::string parts =
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nPlain "
        "words\n--c\n"
        "Content-Type: text/html\n\n<p>Other</p>\n--c--\n--b\nContent-Type: application/pdf; "
        "name=\"bill.pdf\"\n"
        "Content-Disposition: attachment; filename=\"bill.pdf\"\nContent-Transfer-Encoding: "
        "base64\n\nAAAA\n--b--\n";
    const auto both = readRaw(mail("Content-Type: multipart/mixed; boundary=b\n", parts));
    EXPECT_EQ(both["text"], "Plain words");
    EXPECT_EQ(both["attachments"], 1);
    EXPECT_EQ(readRaw(mail("Content-Type: text/html\n", "<p>Only <b>this</b></p>"))["text"], "Only this");
    EXPECT_EQ(readRaw(mail("Content-Type: multipart/mixed; boundary=b\n",
                           "--b\nContent-Type: text/plain\n\ncut off"))["text"],
              "cut off");
    EXPECT_EQ(readRaw("From: ann@example.com\r\nSubject: unsubscribe\r\n\r\n")["text"], "unsubscribe");
    EXPECT_EQ(readRaw("From: ann@example.com\r\nSubject: unsubscribe\r\n\r\n")["signals"],
              Json::array({"stop"}));
    EXPECT_EQ(readRaw(mail("", "Hello there"))["signals"], Json::array());
    EXPECT_EQ(readRaw(mail("", "Hello there"))["from"], "ann@example.com");
}

std::string bounce(const std::string& action, const std::string& status) {
    return mail(
        "Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; "
        "boundary=b\n",
        "--b\nContent-Type: text/plain\n\nYour message could not be delivered.\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        "Final-Recipient: rfc822; ann@example.com\nAction: " +
            action + "\nStatus: " + status +
            "\nDiagnostic-Code: smtp; 550 no such user\n\n--b\nContent-Type: message/rfc822\n\n"
            "From: katie@brightroof.example\nMessage-ID: " +
            kId + "\n\nHi\n--b--\n");
}

TEST(Read, WhatMailSystemsSayIsNoAnswer) {
    const auto failed = readRaw(bounce("failed", "5.1.1"));
    EXPECT_EQ(failed["signals"], Json::array({"bounce"}));
    EXPECT_EQ(failed["bounce"], (Json{{"status", "undelivered"},
                                      {"code", "5.1.1"},
                                      {"recipient", "ann@example.com"},
                                      {"final", true}}));
    EXPECT_EQ(failed["answers"], Json::array({kId}));
    EXPECT_EQ(failed["text"], "");
    EXPECT_EQ(readRaw(bounce("delayed", "4.4.1"))["signals"], Json::array({"delayed"}));
    EXPECT_EQ(readRaw(bounce("delivered", "2.0.0"))["signals"], Json::array({"auto_reply"}));

    const auto old = readRaw(replaceAll(
        std::string("From: MAILER-DAEMON@mx.example.com\nReturn-Path: <>\nSubject: failure notice\n\n"
                    "<ann@example.com>: 550 5.1.1 no such user\n\n--- Below is a copy:\nMessage-ID: ") +
            kId + "\nSubject: x\n",
        "\n", "\r\n"));
    EXPECT_EQ(old["signals"], Json::array({"bounce"}));
    EXPECT_EQ(old["bounce"]["code"], "5.1.1");
    EXPECT_EQ(old["answers"], Json::array({kId})) << old.dump();

    const auto complaint = readRaw(mail(
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n",
        std::string("--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: "
                    "Ann@example.com\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: ") +
            kId + "\n--b--\n"));
    EXPECT_EQ(complaint["signals"], Json::array({"stop"}));
    EXPECT_EQ(complaint["text"], "unsubscribe");
    EXPECT_EQ(complaint["from"], "ann@example.com");
    EXPECT_EQ(complaint["answers"], Json::array({kId}));
}

TEST(Read, AutomaticAnswersAreToldApart) {
    for (const auto* one : {"Auto-Submitted: auto-replied\n", "Auto-Submitted: auto-generated\n",
                            "X-Autoreply: yes\n", "Precedence: auto_reply\n", "Precedence: bulk\n",
                            "List-Id: <a.example.com>\n", "Return-Path: <>\n"})
        EXPECT_EQ(readRaw(mail(one, "I am away until Monday"))["signals"], Json::array({"auto_reply"}))
            << one;
    EXPECT_EQ(readRaw("From: a@example.com\r\nSubject: Automatic reply: Your roof\r\n\r\nAway")["signals"],
              Json::array({"auto_reply"}));
    for (const auto* one :
         {"Auto-Submitted: no\n", "Precedence: first-class\n",
          "In-Reply-To: <d1@brightroof.example>\nList-Id: <team.example.com>\nPrecedence: list\n",
          "Return-Path: <ann@example.com>\n"})
        EXPECT_EQ(readRaw(mail(one, "I am away until Monday"))["signals"], Json::array()) << one;
}

TEST(Read, AWishToStopIsHeardThroughWhateverPassedItOn) {
    for (const auto* one :
         {"Auto-Submitted: auto-generated\n", "Precedence: bulk\n", "List-Id: <team.example.com>\n"})
        EXPECT_EQ(readRaw(mail(one, "STOP\n\n> Hi"))["signals"], Json::array({"stop"})) << one;
}

TEST(Read, WhatIsNoMessageIsRefused) {
    const auto refused = [](const std::string& raw) {
        try {
            (void)inboundOf(raw);
        } catch (const Refused& no) {
            return std::string(no.what());
        }
        return std::string("taken");
    };
    EXPECT_EQ(refused("Subject: x\r\n\r\nnobody"), "the message has no sender");
    EXPECT_NE(refused(""), "taken");
    EXPECT_EQ(refused(std::string(7 * 1024 * 1024, 'a')), "the message has more than 6 MiB");
    std::string nested = "From: a@example.com\r\n";
    for (int i = 0; i < 5000; ++i)
        nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                  std::to_string(i) + "\r\n";
    EXPECT_EQ(refused(nested), "the message has too many parts");
    Channel channel(Json::object());
    EXPECT_EQ(channel.read({{"raw_base64", "%%%"}}, kCall).outcome, Outcome::invalid);
    EXPECT_EQ(channel.read(Json::object(), kCall).outcome, Outcome::invalid);
    EXPECT_EQ(channel.compose(Json::object(), kCall).outcome, Outcome::invalid);
}

// ------------------------------------------------------------------------------------------------------------ damage

double secondsWanted() {
    const char* given = std::getenv("OVERTURE_FUZZ_SECONDS");
    return given == nullptr ? 1 : std::atof(given);
}

const std::vector<std::string>& pieces() {
    static const std::vector<std::string> all = {
        "\r\n",
        "\r\n\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        "Content-Type: message/rfc822\r\n\r\n",
        "Content-Type: message/delivery-status\r\n\r\n",
        "Content-Type: text/html; charset=utf-7\r\n\r\n<p>",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n",
        "; charset*0*=utf-8''%FF%FE; charset*1=x",
        "=?utf-8?b?////?=",
        "=?utf-16?q?=FE=FF=00?=",
        "--b--\r\n",
        "--b\r\n",
        "From: ",
        "<",
        ">",
        "\xFF\xFE",
        std::string("\0", 1),
        "<!DOCTYPE html><![CDATA[",
        "<blockquote>",
        "&#x110000;",
        "On ",
        " wrote:\r\n",
        "> ",
        "Message-ID: <",
        "Status: 5.",
        "Action: failed\r\n"};
    return all;
}

/// For carriers that put a message together themselves: the same words and headers as in the whole one.
TEST(Compose, ThePiecesSayWhatTheWholeMessageSays) {
    for (const auto& more :
         {Json::object(),
          Json{
              {"thread", {{"subject", "Your roof"}, {"references", {"<a@example.com>", "<b@example.com>"}}}}},
          Json{{"unsubscribe_url", ""}}}) {
        const auto part = composed(more).document["parts"][0];
        const auto letter = part["letter"];
        const std::string whole = part["mime"];
        EXPECT_EQ(letter["to"], (Json{{"email", "ann@example.com"}, {"name", "Ann Müller"}}));
        EXPECT_EQ(letter["from"], (Json{{"email", "katie@brightroof.example"}, {"name", "Katie"}}));
        EXPECT_EQ(letter["subject"], part["subject"]);
        EXPECT_NE(letter["text"].get<std::string>().find("now"), std::string::npos);
        EXPECT_NE(letter["text"].get<std::string>().find("1 Main St"), std::string::npos);
        EXPECT_NE(letter["html"].get<std::string>().find("<strong>now</strong>"), std::string::npos);
        EXPECT_EQ(letter["headers"]["Message-ID"], part["message_id"]);
        for (const char* name : {"In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post"})
            EXPECT_EQ(letter["headers"].value(name, ""), header(whole, name)) << name;
    }
}

TEST(Read, EndsSoonWhateverItIsGiven) {
    const std::vector<std::string> seeds{mime(), bounce("failed", "5.1.1"),
                                         mail("Content-Type: text/html; charset=iso-8859-1\n",
                                              "<p>Yes <b>please</b></p><blockquote>Hi</blockquote>"),
                                         mail("Content-Type: multipart/mixed; boundary=b\n",
                                              "--b\nContent-Type: text/plain\n\nYes\n--b\nContent-Type: "
                                              "message/rfc822\n\nFrom: a@example.com\n\nx\n--b--\n")};
    const char* given = std::getenv("OVERTURE_FUZZ_SEED");
    Random random(given == nullptr ? 1 : std::strtoull(given, nullptr, 10));
    using Watch = std::chrono::steady_clock;
    const auto begun = Watch::now();
    long rounds = 0, taken = 0;
    double longest = 0;
    const auto within = [&](std::size_t size) { return size == 0 ? 0 : random.below(size); };
    while (std::chrono::duration<double>(Watch::now() - begun).count() < secondsWanted()) {
        auto raw = seeds[within(seeds.size())];
        const auto& other = seeds[within(seeds.size())];
        for (auto times = 1 + random.below(8); times > 0; --times) {
            const auto at = within(raw.size() + 1);
            switch (random.below(5)) {
                case 0: raw.erase(at, within(200)); break;
                case 1: raw.insert(at, pieces()[within(pieces().size())]); break;
                case 2: raw.insert(at, other, within(other.size()), within(600)); break;
                case 3:
                    if (at < raw.size()) raw[at] = static_cast<char>(random.below(256));
                    break;
                default: raw.insert(at, raw.substr(within(raw.size()), within(600)));
            }
        }
        const auto worked = damage::secondsWorked();
        try {
            const auto read = inboundOf(raw);
            ++taken;
            for (const auto* name : {"text", "subject", "from", "from_name", "id"})
                ASSERT_TRUE(isUtf8(read[name].get<std::string>())) << name << "\n" << raw;
        } catch (const Refused& refused) {
            ASSERT_EQ(refused.outcome, Outcome::invalid);
        }
        longest = std::max(longest, damage::secondsWorked() - worked);
        ++rounds;
    }
    EXPECT_GT(taken, rounds / 10);
    EXPECT_LT(longest, 2.0);
    std::cout << rounds << " damaged messages, " << taken << " read, the slowest in " << longest << " s\n";
}

}  // namespace
}  // namespace overture::email
