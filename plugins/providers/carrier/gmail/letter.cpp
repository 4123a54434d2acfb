#include "letter.hpp"

#include <algorithm>

#include "overture/documents.hpp"

namespace overture::gmail {

using sdk::Json;
using sdk::Outcome;
using sdk::Refused;
using sdk::textOf;

namespace {

/// Without brackets; "" for what is no Message-ID and could be more than one word of a search.
std::string plainId(std::string id) {
    while (!id.empty() && (id.back() == ' ' || id.back() == '>')) id.pop_back();
    id.erase(0, std::min(id.find_first_not_of(" <"), id.size()));
    const bool plain = id.size() <= 250 && id.find('@') != std::string::npos &&
                       std::all_of(id.begin(), id.end(), [](char c) {
                           return c > ' ' && c < 0x7F && c != '<' && c != '>' && c != '"' && c != '(' &&
                                  c != ')' && c != '{' && c != '}';
                       });
    return plain ? id : std::string();
}

}  // namespace

Letter Letter::of(const Json& request) {
    if (const auto channel = textOf(request, "channel"); !channel.empty() && channel != "email")
        throw Refused(Outcome::unsupported, "this carrier sends email only, no " + channel);
    const auto& parts = sdk::listIn(request, "parts");
    const Json none = Json::object();
    const auto& part = parts.size() == 1 ? parts[0] : none;
    const Letter letter{
        textOf(part, "mime"), textOf(part, "message_id"),
        plainId(textOf(sdk::objectIn(sdk::objectIn(part, "letter"), "headers"), "In-Reply-To"))};
    if (letter.mime.empty() || letter.messageId.empty())
        throw Refused(Outcome::invalid, "the request has no message made by the email channel");
    return letter;
}

std::string messageIdOf(const Json& lookup) {
    const auto from = addressIn(textOf(lookup, "from"));
    const auto delivery = textOf(lookup, "delivery_id");
    const auto id = plainId(delivery + "@" + from.substr(std::min(from.find('@') + 1, from.size())));
    return from.empty() || delivery.empty() || id.empty() ? std::string() : "<" + id + ">";
}

std::string addressIn(const std::string& mailbox) {
    auto address = mailbox;
    if (address.ends_with('>')) {
        const auto open = address.rfind('<');
        address = open == std::string::npos ? "" : address.substr(open + 1, address.size() - open - 2);
    }
    const auto at = address.find('@');
    const bool whole = at != std::string::npos && at > 0 && at + 1 < address.size();
    return whole && plainId(address) == address ? address : std::string();
}

}  // namespace overture::gmail
