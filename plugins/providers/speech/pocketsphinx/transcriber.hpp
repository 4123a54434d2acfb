#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "overture/plugin.hpp"
#include "pocketsphinx/decoder.hpp"

namespace overture::pocketsphinx {

using sdk::Json;

/// The decoders of one binding: made when first needed, kept for the next stream; and the threads of streams that were closed while
/// they decoded. Any thread; outlives all streams.
class Decoders {
public:
    Decoders(std::string model, std::int64_t quietMs, int most)
        : model_(std::move(model)), quietMs_(quietMs), free_(most) {}
    /// Whether a stream may begin; each that may gives back one.
    bool take();
    std::unique_ptr<Decoder> decoder();
    void giveBack(std::unique_ptr<Decoder> decoder);
    /// Keeps what works on until it says that it is done, so that nobody has to wait for it.
    void keep(std::shared_ptr<void> work, std::function<bool()> done);

private:
    const std::string model_;
    const std::int64_t quietMs_;
    std::mutex mutex_;
    int free_;
    std::vector<std::unique_ptr<Decoder>> kept_;
    std::mutex closing_;
    std::vector<std::pair<std::shared_ptr<void>, std::function<bool()>>> works_;  // ends first
};

/// Hears English in this process: each stream has a thread that decodes. Any thread.
class SphinxTranscriber final : public sdk::Transcriber {
public:
    SphinxTranscriber(sdk::Host host, const Json& settings);
    sdk::Answer listen(const Json& request, const sdk::Call& call, sdk::Heard heard,
                       std::unique_ptr<sdk::Listening>& listening) override;

private:
    sdk::Host host_;
    std::int64_t finalAfterMs_, turnAfterMs_;
    int streams_;
    std::shared_ptr<Decoders> decoders_;
};

}  // namespace overture::pocketsphinx
