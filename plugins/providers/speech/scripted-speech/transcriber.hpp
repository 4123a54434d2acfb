#pragma once

#include "overture/plugin.hpp"

namespace overture::scripted_speech {

using sdk::Json;

/// Reads the text out of such sound, by the sound's own time and no clock. Any thread.
class TextTranscriber final : public sdk::Transcriber {
public:
    struct Settings {
        std::int64_t finalAfterMs = 200, turnAfterMs = 500;
        double confidence = 0.95;
        Json unsureOf = Json::object();
        std::int64_t failsAfterMs = -1;
    };
    explicit TextTranscriber(const Json& settings);
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Listening>& listening) override;

private:
    Settings settings_;
};

}  // namespace overture::scripted_speech
