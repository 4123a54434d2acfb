#include "relay.hpp"

#include "documents.hpp"
#include "twiml.hpp"

namespace overture::twilio {

using sdk::Json;
using sdk::MediaHeard;
using sdk::MediaMessage;

namespace {

std::string written(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What Twilio tells of besides (events="speaker-events tokens-played"); its names are in no reference, so none has to come.
void readInfo(const Json& document, const MediaHeard& heard) {
    const auto name = textOf(document, "name"), value = textOf(document, "value");
    if (name == "tokensPlayed") return heard.message({.kind = OVERTURE_MEDIA_PLAYED, .text = value});
    if (name != "clientSpeaking" || (value != "on" && value != "off")) return;
    heard.message({.kind = OVERTURE_MEDIA_VOICE, .text = value == "on" ? "started" : "stopped"});
}

void readPrompt(const Json& document, const MediaHeard& heard) {
    const auto words = document.find("voicePrompt");
    if (words == document.end() || !words->is_string()) return heard.problem("a prompt has no voicePrompt");
    const auto last = document.find("last");
    const bool final = last == document.end() || !last->is_boolean() || last->get<bool>();
    heard.message({.kind = OVERTURE_MEDIA_HEARD,
                   .text = written({{"kind", final ? "final" : "interim"}, {"text", *words}})});
    if (final) heard.message({.kind = OVERTURE_MEDIA_HEARD, .text = R"({"kind":"ended_turn"})"});
}

}  // namespace

void Relay::read(bool binary, std::string_view message, const MediaHeard& heard) {
    if (binary) return heard.problem("a binary message: a relay has text only");
    const auto document = sdk::parsed(message);
    if (!document.is_object()) return heard.problem("a message is not a JSON object");
    const auto type = textOf(document, "type");
    if (type == "setup") return begin(document, heard);
    if (!begun_) return heard.problem("\"" + type.substr(0, 20) + "\" came before the relay's setup");
    if (type == "prompt") return readPrompt(document, heard);
    if (type == "info") return readInfo(document, heard);
    if (type == "interrupt") {
        const auto until = textOf(document, "utteranceUntilInterrupt");
        return heard.message({.kind = OVERTURE_MEDIA_INTERRUPTED, .text = until});
    }
    if (type == "dtmf") {
        const auto digit = textOf(document, "digit");
        return heard.message({.kind = OVERTURE_MEDIA_KEY, .text = digit});
    }
    // Its description repeats our own words.
    if (type == "error") return heard.problem("Twilio did not take a message, or its session has a fault");
    heard.problem("a message of unknown type \"" + type.substr(0, 20) + "\"");
}

void Relay::begin(const Json& document, const MediaHeard& heard) {
    if (begun_) return heard.problem("the relay has begun already");
    const auto& parameters = sdk::objectIn(document, "customParameters");
    begun_ = true;
    const auto text = written({{"reference", textOf(document, "callSid")},
                               {"token", textOf(parameters, "token")},
                               {"call_id", textOf(parameters, "call_id")},
                               {"parameters", parameters.is_object() ? parameters : Json::object()},
                               {"words", true}});
    heard.message({.kind = OVERTURE_MEDIA_STARTED, .atMs = 0, .text = text});
}

bool Relay::write(const MediaMessage& message, const sdk::MediaWire& wire) {
    if (!begun_) return false;
    if (message.kind == OVERTURE_MEDIA_SAY) {
        const auto said = sdk::parsed(message.text);
        if (!said.is_object()) return false;
        const bool last = said.value("last", true);
        wire.text(written({{"type", "text"},
                           {"token", textOf(said, "text") + (last ? "" : " ")},
                           {"last", last},
                           {"interruptible", said.value("interruptible", true)}}));
        return true;
    }
    if (message.kind == OVERTURE_MEDIA_LANGUAGE) {
        const auto language = relayLanguage(message.text, language_);
        if (language.empty() || language == language_) return true;
        language_ = language;
        wire.text(
            written({{"type", "language"}, {"ttsLanguage", language}, {"transcriptionLanguage", language}}));
        return true;
    }
    if (message.kind == OVERTURE_MEDIA_STOPPED) {
        auto why = sdk::parsed(message.text);
        if (!why.is_object()) why = Json::object();
        if (why.contains("transfer") && !followed_) return false;
        if (auto transfer = why.find("transfer"); transfer != why.end() && transfer->contains("summary"))
            (*transfer)["summary"] = !textOf(*transfer, "summary").empty();  // its words are asked for later
        wire.text(written({{"type", "end"}, {"handoffData", written(why)}}));
        return true;
    }
    return false;  // it has no sound, and takes back nothing
}

}  // namespace overture::twilio
