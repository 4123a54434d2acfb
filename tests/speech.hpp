// For tests of plugins that hear or speak.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "overture/audio.hpp"
#include "overture/testing/fake_host.hpp"

namespace overture::testing {

/// A plugin's table from its factory, without its library. One factory at a time in one program.
inline const overture_entry_t* speechEntry(sdk::Factory factory) {
    static const char* const capabilities[] = {OVERTURE_SPEECH_TRANSCRIBE, OVERTURE_SPEECH_SYNTHESIZE,
                                               OVERTURE_SPEECH_CONVERSE, nullptr};
    static overture_entry_t entry;
    entry = sdk::detail::makeEntry("speech", "0.1.0", capabilities, std::move(factory));
    return &entry;
}

struct Spoken {
    Answer answer;
    std::string audio;
    std::size_t pieces = 0;
};
inline Spoken speak(Plugin& plugin, const Json& request, std::int64_t deadlineMs = 10000) {
    Spoken spoken;
    spoken.answer = plugin.speak(
        request,
        [&](std::string_view bytes) {
            spoken.audio += bytes;
            ++spoken.pieces;
            return true;
        },
        deadlineMs);
    return spoken;
}

/// As a carrier hands it over: pieces of 20 ms.
inline void feed(FakeListening& listening, std::string_view audio, const sdk::AudioForm& form = {}) {
    for (std::size_t at = 0; at < audio.size(); at += form.bytes(20))
        listening.audio(audio.substr(at, form.bytes(20)));
}
inline std::string silence(std::int64_t milliseconds, const sdk::AudioForm& form = {}) {
    return std::string(form.bytes(milliseconds), form.mulaw ? '\xff' : '\0');
}

}  // namespace overture::testing
