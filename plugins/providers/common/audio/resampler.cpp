#include "audio/resampler.hpp"

#include <speex/speex_resampler.h>

#include <stdexcept>

namespace overture::audio {
namespace {

constexpr int kQuality = 8;  // of 10; what would fold back is 46 dB softer or more

}  // namespace

struct Resampler::State {
    SpeexResamplerState* speex = nullptr;
    int from = 0, to = 0;
};

Resampler::Resampler(int from, int to) : state_(std::make_unique<State>()) {
    state_->from = from;
    state_->to = to;
    if (from == to) return;
    int error = 0;
    state_->speex = speex_resampler_init(1, static_cast<spx_uint32_t>(from), static_cast<spx_uint32_t>(to),
                                         kQuality, &error);
    if (state_->speex == nullptr) throw std::runtime_error("sound cannot be resampled");
    speex_resampler_skip_zeros(state_->speex);
}

Resampler::~Resampler() {
    if (state_->speex != nullptr) speex_resampler_destroy(state_->speex);
}

sdk::Samples Resampler::take(const sdk::Samples& samples) {
    if (state_->speex == nullptr || samples.empty()) return samples;
    sdk::Samples out(
        samples.size() * static_cast<std::size_t>(state_->to) / static_cast<std::size_t>(state_->from) + 16);
    auto given = static_cast<spx_uint32_t>(samples.size());
    auto made = static_cast<spx_uint32_t>(out.size());
    speex_resampler_process_int(state_->speex, 0, samples.data(), &given, out.data(), &made);
    out.resize(made);
    return out;
}

sdk::Samples Resampler::rest() {
    if (state_->speex == nullptr) return {};
    return take(sdk::Samples(static_cast<std::size_t>(speex_resampler_get_input_latency(state_->speex)), 0));
}

Outlet::Outlet(int rate, const sdk::AudioForm& form, const sdk::AudioSink& sink)
    : resampler_(rate, form.rate), form_(form), sink_(sink) {}

bool Outlet::put(const sdk::Samples& samples) {
    return out(resampler_.take(samples));
}
bool Outlet::finish() {
    return out(resampler_.rest());
}
bool Outlet::out(const sdk::Samples& samples) {
    if (samples.empty()) return true;
    const auto bytes = sdk::bytesOf(samples, form_.mulaw);
    bytes_ += bytes.size();
    return sink_(bytes);
}

}  // namespace overture::audio
