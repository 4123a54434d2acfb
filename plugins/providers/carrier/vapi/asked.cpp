#include "asked.hpp"

#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::vapi {

using sdk::Json;
using sdk::MediaHeard;
using sdk::MediaMessage;
using sdk::textOf;

namespace {

std::string written(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A text, or the texts among its parts.
std::string contentOf(const Json& message) {
    const auto found = message.find("content");
    if (found == message.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    std::string text;
    if (found->is_array())
        for (const auto& part : *found)
            if (const auto more = textOf(part, "text"); !more.empty())
                text += (text.empty() ? "" : " ") + more;
    return text;
}

/// What was said since the person's words before the last ones, as Vapi's list of messages has it: of a reply that was
/// interrupted, what was spoken of it.
struct Exchange {
    std::string ours, theirs;
    int number = 0;  // of their words
};

Exchange lastOf(const Json& messages) {
    Exchange last;
    for (const auto& one : messages) {
        if (!one.is_object()) continue;
        const auto role = textOf(one, "role");
        if (role == "user") {
            if (!last.theirs.empty()) last.ours.clear();
            last.theirs = contentOf(one);
            ++last.number;
        } else if (role == "assistant") {
            if (!last.theirs.empty()) {
                last.theirs.clear();
                last.ours.clear();
            }
            if (const auto more = contentOf(one); !more.empty())
                last.ours += (last.ours.empty() ? "" : " ") + more;
        }
    }
    return last;
}

}  // namespace

void Asked::read(bool binary, std::string_view message, const MediaHeard& heard) {
    const auto request = sdk::parsed(message);
    if (binary || !request.is_object()) return heard.problem("this is no request");
    if (!settings_.proves(request))
        return heard.problem("the request has not the X-Vapi-Secret of this binding; check server_secret");
    const auto body = sdk::fromBase64(textOf(request, "body_base64"));
    const auto document = body ? sdk::parsed(*body) : Json();
    if (!document.is_object()) return heard.problem("the body of the request is not a JSON object");
    const auto& call = sdk::objectIn(document, "call");
    call_ = sdk::validText(textOf(call, "id"));
    if (call_.empty()) return heard.problem("the request names no call");
    const auto& messages = sdk::listIn(document, "messages");
    if (messages.empty()) return heard.problem("the request has no messages");
    const auto last = lastOf(messages);
    const auto started = written({{"reference", call_},
                                  {"token", ""},
                                  {"call_id", textOf(sdk::objectIn(document, "metadata"), "call_id")},
                                  {"words", true}});
    heard.message({.kind = OVERTURE_MEDIA_STARTED, .atMs = 0, .text = started});
    if (!last.ours.empty()) heard.message({.kind = OVERTURE_MEDIA_PLAYED, .text = last.ours});
    if (last.theirs.empty()) return;
    const auto words = written({{"kind", "final"}, {"text", last.theirs}, {"number", last.number}});
    heard.message({.kind = OVERTURE_MEDIA_HEARD, .text = words});
}

void Asked::put(const sdk::MediaWire& wire, const Json& delta, const Json& finish) {
    wire.text(
        "data: " +
        written({{"id", "chatcmpl-" + call_},
                 {"object", "chat.completion.chunk"},
                 {"created", second_},
                 {"model", "overture"},
                 {"choices", Json::array({{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}})}}) +
        "\n\n");
    written_ = true;
    if (finish.is_null()) return;
    over_ = true;
    wire.text("data: [DONE]\n\n");
}

bool Asked::write(const MediaMessage& message, const sdk::MediaWire& wire) {
    if (call_.empty() || over_) return false;
    const auto said = sdk::parsed(message.text);
    if (!said.is_object()) return false;
    if (message.kind == OVERTURE_MEDIA_SAY) {
        Json delta = Json::object();
        if (!written_) delta["role"] = "assistant";
        if (const auto text = textOf(said, "text"); !text.empty()) delta["content"] = text + " ";
        if (!delta.empty()) put(wire, delta, nullptr);
        if (said.value("last", true)) put(wire, Json::object(), "stop");
        return true;
    }
    if (message.kind == OVERTURE_MEDIA_STOPPED) {
        const auto to = textOf(sdk::objectIn(said, "transfer"), "to");
        const Json function{{"name", to.empty() ? "endCall" : "transferCall"},
                            {"arguments", to.empty() ? "{}" : written({{"destination", to}})}};
        put(wire,
            {{"tool_calls", Json::array({{{"index", 0},
                                          {"id", "call_" + std::string(to.empty() ? "end" : "transfer")},
                                          {"type", "function"},
                                          {"function", function}}})}},
            "tool_calls");
        return true;
    }
    return false;
}

}  // namespace overture::vapi
