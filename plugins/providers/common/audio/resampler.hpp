#pragma once

#include <memory>

#include "overture/audio.hpp"

namespace overture::audio {

/// From one rate to another, in pieces, with the low-pass that this takes. One thread.
class Resampler {
public:
    Resampler(int from, int to);
    ~Resampler();
    Resampler(const Resampler&) = delete;
    Resampler& operator=(const Resampler&) = delete;
    sdk::Samples take(const sdk::Samples& samples);
    /// What the low-pass still holds.
    sdk::Samples rest();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Hands samples of one rate on in the form that was asked for. One thread.
class Outlet {
public:
    Outlet(int rate, const sdk::AudioForm& form, const sdk::AudioSink& sink);
    /// False: nobody listens any more.
    bool put(const sdk::Samples& samples);
    bool finish();
    std::int64_t milliseconds() const { return form_.milliseconds(bytes_); }
    bool any() const { return bytes_ > 0; }

private:
    bool out(const sdk::Samples& samples);
    Resampler resampler_;
    sdk::AudioForm form_;
    const sdk::AudioSink& sink_;
    std::size_t bytes_ = 0;
};

}  // namespace overture::audio
