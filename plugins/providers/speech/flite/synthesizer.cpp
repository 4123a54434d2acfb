#include "flite/synthesizer.hpp"

#include <flite/flite.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>

#include "audio/resampler.hpp"
#include "overture/speech.hpp"

extern "C" {
cst_voice* register_cmu_us_rms(const char* folder);
cst_voice* register_cmu_us_slt(const char* folder);
}

namespace overture::flite {
namespace {

using sdk::Answer;
using sdk::Outcome;
using Steady = std::chrono::steady_clock;

struct Voice {
    const char* id;
    const char* about;
    cst_voice* made;
};

/// Flite's voices are made once; speaking only reads them.
const std::array<Voice, 2>& voicesHere() {
    static const std::array<Voice, 2> made = [] {
        flite_init();
        return std::array<Voice, 2>{{{"rms", "a man's, American", register_cmu_us_rms(nullptr)},
                                     {"slt", "a woman's, American", register_cmu_us_slt(nullptr)}}};
    }();
    return made;
}

/// Where Flite puts the sound while it makes it.
struct Stream {
    audio::Outlet* outlet;
    Steady::time_point until;
    bool listens = true, late = false;
};

int put(const cst_wave* wave, int start, int size, int, cst_audio_streaming_info* info) {
    auto& stream = *static_cast<Stream*>(info->userdata);
    const auto* samples = wave->samples + start;
    stream.late = Steady::now() >= stream.until;
    stream.listens = !stream.late && stream.outlet->put(sdk::Samples(samples, samples + size));
    return stream.listens ? CST_AUDIO_STREAM_CONT : CST_AUDIO_STREAM_STOP;
}

}  // namespace

FliteSynthesizer::FliteSynthesizer(const Json& settings) : voice_(settings.value("voice", "rms")) {}

Answer FliteSynthesizer::speak(const Json& request, const sdk::AudioSink& sink, const sdk::Call& call) {
    const auto begun = Steady::now();
    const auto asked = sdk::SpeakRequest::read(request);
    const auto& [text, named, language, form, speed] = asked;
    const auto wanted = named.empty() ? voice_ : named;
    if (!language.empty() && !language.starts_with("en"))
        return Answer::no(Outcome::unsupported, "flite speaks English only, not \"" + language + "\"");
    const auto& all = voicesHere();
    const auto voice =
        std::find_if(all.begin(), all.end(), [&](const Voice& one) { return wanted == one.id; });
    if (voice == all.end())
        return Answer::no(Outcome::invalid, "there is no voice \"" + wanted + "\"; there are rms and slt");
    if (asked.silent()) return Answer::ok({{"milliseconds", 0}, {"characters", 0}});

    audio::Outlet outlet(16000, form, sink);
    Stream stream{&outlet, begun + std::chrono::milliseconds(call.deadlineMs)};
    auto* info = new_audio_streaming_info();
    info->asc = put;
    info->userdata = &stream;
    info->min_buffsize = 1600;
    auto* utterance = new_utterance();
    utt_set_input_text(utterance, text.c_str());
    utt_init(utterance, voice->made);
    feat_set_float(utterance->features, "duration_stretch", static_cast<float>(1.0 / speed.value_or(1.0)));
    feat_set(utterance->features, "streaming_info", audio_streaming_info_val(info));
    const bool spoken = utt_synth(utterance) != nullptr;
    delete_utterance(utterance);
    if (stream.late)
        return Answer::no(Outcome::transient, "the sound was not made before the deadline", "late");
    if (!stream.listens) return Answer::no(Outcome::cancelled, "nobody listens any more");
    if (!spoken) return Answer::no(Outcome::internal, "Flite could not say this text");
    if (!outlet.finish()) return Answer::no(Outcome::cancelled, "nobody listens any more");
    return Answer::ok({{"milliseconds", outlet.milliseconds()},
                       {"characters", text.size()},
                       {"model", "flite " + wanted},
                       {"cost_micros", 0},
                       {"currency", "USD"}});
}

Answer FliteSynthesizer::voices(const Json& request, const sdk::Call&) {
    auto list = Json::array();
    if (const auto language = sdk::detail::askedLanguage(request);
        language.empty() || language.starts_with("en"))
        for (const auto& voice : voicesHere())
            list.push_back(
                {{"id", voice.id}, {"name", voice.id}, {"language", "en-US"}, {"about", voice.about}});
    return Answer::ok({{"voices", list}});
}

}  // namespace overture::flite
