#pragma once

#include <memory>
#include <string>

#include "overture/audio.hpp"

namespace overture::pocketsphinx {

/// One PocketSphinx decoder at 16,000 samples a second. One thread.
class Decoder {
public:
    static constexpr int kRate = 16000;

    /// `quietMs` of silence end what was said. Throws sdk::Refused when the model cannot be loaded.
    Decoder(const std::string& model, std::int64_t quietMs);
    ~Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// A new stream of sound.
    void begin();
    void take(const sdk::Samples& samples);
    /// Whether somebody speaks.
    bool speaks() const;
    /// What was said so far.
    std::string text() const;
    struct Word {
        std::string text;
        std::int64_t fromMs, toMs;  ///< since the last `end`
        double confidence;
    };
    /// Makes what was said final, and begins anew.
    std::vector<Word> end();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace overture::pocketsphinx
