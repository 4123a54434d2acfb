#pragma once

#include <functional>
#include <string>

#include "overture/speech.hpp"

namespace overture::speech {

using sdk::Json;

/// What `refusal` answers for a voice that the vendor does not have.
constexpr const char* kNoSuchVoice = "voice_not_found";

/// One request whose answer is sound.
struct Speech {
    std::string vendor, voice, model;
    sdk::HttpRequest request;
    sdk::AudioForm given;  ///< how the vendor sends it
    /// What its refusal means where its status does not say enough; nothing leaves it to the status.
    std::function<std::optional<sdk::Answer>(const sdk::HttpAnswer& head, const std::string& body)> refusal;
    std::function<sdk::Answer(const sdk::Call&)>
        voices;                      ///< those that there are, as the capability lists them
    std::int64_t patienceMs = 4000;  ///< until the first piece
    double usdAMillion = 0;          ///< characters
    double usdAMinute = 0;
};

/// Asks for it and hands it on while it comes, in the form asked for. {milliseconds, characters, model, cost_micros, currency} or
/// why not: nothing was said with `transient`; part of it was with `unknown`; a voice that there is not is `invalid`, with those
/// that there are (at most ten). Text of blanks is said without asking.
sdk::Answer sayOver(sdk::Host host, const Speech& speech, const sdk::SpeakRequest& asked,
                    const sdk::AudioSink& sink, const sdk::Call& call);

}  // namespace overture::speech
