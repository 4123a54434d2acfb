#include "scripted-speech/synthesizer.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "overture/speech.hpp"
#include "scripted-speech/sound.hpp"

namespace overture::scripted_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr const char* kVoice = "script";
constexpr std::int64_t kPieceMs = 200;

}  // namespace

TextSynthesizer::TextSynthesizer(const Json& settings)
    : charactersPerSecond_(settings.value("characters_per_second", 15.0)),
      firstAudioMs_(settings.value("first_audio_ms", std::int64_t{0})) {}

Answer TextSynthesizer::speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    const auto asked = sdk::SpeakRequest::read(request);
    const auto& [text, named, language, form, wantedSpeed] = asked;
    const auto voice = named.empty() ? std::string(kVoice) : named;
    if (voice != kVoice)
        return Answer::no(Outcome::invalid,
                          "there is no voice \"" + voice + "\"; the one there is is called script");
    if (firstAudioMs_ > call.deadlineMs)
        return Answer::no(Outcome::transient, "no sound would have come before the deadline", "late");
    std::this_thread::sleep_for(std::chrono::milliseconds(firstAudioMs_));
    const auto speed = charactersPerSecond_ * wantedSpeed.value_or(1.0);
    const auto length = std::max(kShortest, static_cast<std::size_t>(form.rate / speed));
    const auto piece = form.bytes(kPieceMs);
    std::string waiting;
    std::size_t all = 0;
    const auto put = [&](std::size_t size) {
        all += size;
        const bool listens = sink(std::string_view(waiting).substr(0, size));
        waiting.erase(0, size);
        return listens;
    };
    for (const char character : text) {
        sdk::Samples samples;
        append(samples, static_cast<std::uint8_t>(character), length);
        waiting += sdk::bytesOf(samples, form.mulaw);
        while (waiting.size() >= piece)
            if (!put(piece)) return Answer::no(Outcome::cancelled, "nobody listens any more");
    }
    if (!waiting.empty() && !put(waiting.size()))
        return Answer::no(Outcome::cancelled, "nobody listens any more");
    return Answer::ok({{"milliseconds", form.milliseconds(all)},
                       {"characters", text.size()},
                       {"model", "scripted"},
                       {"cost_micros", 0},
                       {"currency", "USD"}});
}

Answer TextSynthesizer::voices(const Json&, const sdk::Call&) {
    return Answer::ok({{"voices", {{{"id", kVoice}, {"name", "Script"}, {"language", "any"}}}}});
}

}  // namespace overture::scripted_speech
