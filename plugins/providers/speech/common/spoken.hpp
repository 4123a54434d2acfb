#pragma once

#include <functional>
#include <string>

#include "overture/audio.hpp"

namespace overture::speech {

using sdk::Json;

/// One request whose answer is sound.
struct Speech {
    std::string vendor;
    sdk::HttpRequest request;
    sdk::AudioForm given;  ///< how the vendor sends it
    /// What its refusal means where its status does not say enough; nothing leaves it to the status.
    std::function<std::optional<sdk::Answer>(const sdk::HttpAnswer& head, const std::string& body)> refusal =
        {};
    std::int64_t patienceMs = 4000;  ///< until the first piece
};

/// Asks for it and hands it on while it comes, in the form asked for. {milliseconds} or why not: nothing was said with `transient`;
/// part of it was with `unknown`.
sdk::Answer sayOver(sdk::Host host, const Speech& speech, const sdk::AudioForm& wanted,
                    const sdk::AudioSink& sink, const sdk::Call& call);

/// `invalid`, with the voices that there are (at most ten).
sdk::Answer noSuchVoice(const std::string& wanted, const Json& voices);

/// USD a million characters, as micro-dollars for so many.
std::int64_t costOf(double usdAMillion, std::size_t characters);

}  // namespace overture::speech
