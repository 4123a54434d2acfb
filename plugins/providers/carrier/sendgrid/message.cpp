#include "message.hpp"

#include <algorithm>
#include <array>

#include "overture/documents.hpp"

namespace overture::sendgrid {

using sdk::Json;
using sdk::objectIn;
using sdk::Outcome;
using sdk::Refused;
using sdk::textOf;

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Refused(Outcome::invalid, why);
}

Json mailbox(const Json& given, const char* whose) {
    const auto address = textOf(given, "email");
    const auto at = address.find('@');
    const bool plain =
        at != std::string::npos && at > 0 && at + 1 < address.size() && address.size() <= 320 &&
        address.find('@', at + 1) == std::string::npos &&
        std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c != '<' && c != '>'; });
    if (!plain) refuse(std::string(whose) + " has no email address");
    Json made{{"email", address}};
    if (const auto name = textOf(given, "name"); !name.empty()) made["name"] = name;
    return made;
}

/// Those that SendGrid lets nobody set, and whatever would break a line, are refused.
Json headersOf(const Json& given) {
    constexpr std::array<std::string_view, 12> kTheirs{
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
        "to",      "from",     "subject",  "reply-to",       "cc",           "bcc"};
    auto headers = Json::object();
    for (const auto& [name, value] : given.items()) {
        const auto taken = std::any_of(kTheirs.begin(), kTheirs.end(),
                                       [&](auto theirs) { return sdk::detail::sameHeader(name, theirs); });
        if (taken || !value.is_string() ||
            value.get_ref<const std::string&>().find_first_of("\r\n") != std::string::npos)
            refuse("the header " + name + " cannot be sent");
        headers[name] = value;
    }
    return headers;
}

}  // namespace

Json mailOf(const Json& request, const std::string& replyTo) {
    if (const auto channel = textOf(request, "channel"); !channel.empty() && channel != "email")
        throw Refused(Outcome::unsupported, "this carrier sends email only, no " + channel);
    const auto& parts = sdk::listIn(request, "parts");
    const Json none = Json::object();
    const auto& part = parts.size() == 1 ? parts[0] : none;
    const auto& letter = objectIn(part, "letter");
    const auto reference = textOf(part, "message_id"), subject = textOf(letter, "subject");
    const auto text = textOf(letter, "text"), html = textOf(letter, "html");
    if (reference.empty() || text.empty()) refuse("the request has no message made by the email channel");
    if (subject.empty()) refuse("the message has no subject");
    auto content = Json::array({{{"type", "text/plain"}, {"value", text}}});
    if (!html.empty()) content.push_back({{"type", "text/html"}, {"value", html}});
    Json mail{{"personalizations",
               {{{"to", Json::array({mailbox(objectIn(letter, "to"), "the recipient")})},
                 {"custom_args", {{kReference, reference}}}}}},
              {"from", mailbox(objectIn(letter, "from"), "the sender")},
              {"subject", subject},
              {"content", std::move(content)},
              {"headers", headersOf(objectIn(letter, "headers"))},
              {"tracking_settings",
               {{"click_tracking", {{"enable", false}}},
                {"open_tracking", {{"enable", false}}},
                {"subscription_tracking", {{"enable", false}}}}}};
    if (!replyTo.empty()) mail["reply_to"] = {{"email", replyTo}};
    return mail;
}

}  // namespace overture::sendgrid
