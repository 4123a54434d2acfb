#include "twiml.hpp"

#include "overture/documents.hpp"

namespace overture::twilio {
namespace {

std::string parameter(std::string_view name, std::string_view value) {
    return "<Parameter name=\"" + std::string(name) + "\" value=\"" + escapedXml(value) + "\"/>";
}

}  // namespace

std::string escapedXml(std::string_view text) {
    std::string out;
    for (const char c : sdk::validText(text)) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default:
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n') out += c;
        }
    return out;
}

std::string connectStream(const sdk::Json& media, std::string_view callId) {
    const auto url = sdk::textOf(media, "url");
    if (url.empty()) return {};
    return "<Connect><Stream url=\"" + escapedXml(url) + "\">" +
           parameter("token", sdk::textOf(media, "token")) +
           (callId.empty() ? std::string() : parameter("call_id", callId)) + "</Stream></Connect>";
}

std::string response(const std::string& verbs) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>" + verbs + "</Response>";
}

}  // namespace overture::twilio
