#include "media.hpp"

#include <algorithm>

#include "overture/bytes.hpp"
#include "overture/documents.hpp"

namespace overture::twilio {

using sdk::Json;
using sdk::MediaHeard;
using sdk::MediaMessage;
using sdk::textOf;

namespace {

/// What goes into our own messages as it is.
bool isPlain(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

/// A number that Twilio writes as a text; -1 when it is none.
std::int64_t counted(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return -1;
    if (found->is_number_integer()) return found->get<std::int64_t>();
    const auto text = found->is_string() ? found->get<std::string>() : std::string();
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos)
        return -1;
    return std::stoll(text);
}

}  // namespace

void Stream::read(bool binary, std::string_view message, const MediaHeard& heard) {
    if (binary) return heard.problem("a binary message: a Media Stream has text only");
    const auto document = sdk::parsed(message);
    if (!document.is_object()) return heard.problem("a message is not a JSON object");
    const auto event = textOf(document, "event");
    if (event == "connected") return;
    if (event == "start") return begin(document, heard);
    if (streamSid_.empty())
        return heard.problem("\"" + event.substr(0, 20) + "\" came before the stream's start");
    if (event == "media") return media(document, heard);
    if (event == "mark") {
        const auto name = textOf(sdk::objectIn(document, "mark"), "name");
        return heard.message({.kind = OVERTURE_MEDIA_MARK, .text = name});
    }
    if (event == "dtmf") {
        const auto digit = textOf(sdk::objectIn(document, "dtmf"), "digit");
        return heard.message({.kind = OVERTURE_MEDIA_KEY, .text = digit});
    }
    if (event == "stop") return heard.message({.kind = OVERTURE_MEDIA_STOPPED, .text = "hung_up"});
    heard.problem("an event of unknown kind \"" + event.substr(0, 20) + "\"");
}

void Stream::begin(const Json& document, const MediaHeard& heard) {
    if (!streamSid_.empty()) return heard.problem("the stream has started already");
    const auto& start = sdk::objectIn(document, "start");
    const auto& format = sdk::objectIn(start, "mediaFormat");
    const bool fits = textOf(format, "encoding") == "audio/x-mulaw" &&
                      counted(format, "sampleRate") == 8000 && counted(format, "channels") == 1;
    if (!fits) return heard.problem("the stream's sound is not mu-law of 8000 samples on one channel");
    auto sid = textOf(document, "streamSid");
    if (sid.empty()) sid = textOf(start, "streamSid");
    if (!isPlain(sid)) return heard.problem("the stream's start names no streamSid");
    streamSid_ = sid;
    const auto& parameters = sdk::objectIn(start, "customParameters");
    const auto text = Json{{"reference", textOf(start, "callSid")},
                           {"token", textOf(parameters, "token")},
                           {"call_id", textOf(parameters, "call_id")},
                           {"parameters", parameters.is_object() ? parameters : Json::object()}}
                          .dump(-1, ' ', false, Json::error_handler_t::replace);
    heard.message({.kind = OVERTURE_MEDIA_STARTED, .atMs = 0, .text = text});
}

void Stream::media(const Json& document, const MediaHeard& heard) {
    const auto& media = sdk::objectIn(document, "media");
    if (const auto track = textOf(media, "track"); !track.empty() && track != "inbound") return;
    const auto bytes = sdk::fromBase64(textOf(media, "payload"));
    if (!bytes || bytes->empty()) return heard.problem("a media message has no sound in base64");
    heard.message({.kind = OVERTURE_MEDIA_AUDIO, .atMs = counted(media, "timestamp"), .bytes = *bytes});
}

bool Stream::write(const MediaMessage& message, const sdk::MediaWire& wire) {
    if (streamSid_.empty()) return false;
    const auto head = [&](const char* event) {
        return std::string("{\"event\":\"") + event + "\",\"streamSid\":\"" + streamSid_ + "\"";
    };
    switch (message.kind) {
        case OVERTURE_MEDIA_AUDIO:
            wire.text(head("media") + ",\"media\":{\"payload\":\"" + sdk::toBase64(message.bytes) + "\"}}");
            return true;
        case OVERTURE_MEDIA_MARK:
            if (!isPlain(message.text)) return false;
            wire.text(head("mark") + ",\"mark\":{\"name\":\"" + std::string(message.text) + "\"}}");
            return true;
        case OVERTURE_MEDIA_CLEAR: wire.text(head("clear") + "}"); return true;
        default: return false;  // the stream ends with its socket
    }
}

}  // namespace overture::twilio
