#include "pocketsphinx/decoder.hpp"

#include <pocketsphinx/pocketsphinx.h>

#include <algorithm>

namespace overture::pocketsphinx {
namespace {

constexpr int kFrameMs = 10;

/// "the(2)" is one way to say "the"; "<sil>" and "[NOISE]" are no words.
std::string wordOf(const char* word) {
    std::string text = word == nullptr ? "" : word;
    if (text.empty() || text.front() == '<' || text.front() == '[') return {};
    return text.substr(0, text.find('('));
}

}  // namespace

struct Decoder::State {
    cmd_ln_t* settings = nullptr;
    ps_decoder_t* decoder = nullptr;
};

Decoder::Decoder(const std::string& model, std::int64_t quietMs) : state_(std::make_unique<State>()) {
    const auto quiet = std::to_string(quietMs / kFrameMs);
    state_->settings =
        cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", (model + "/en-us").c_str(), "-lm",
                    (model + "/en-us.lm.bin").c_str(), "-dict", (model + "/cmudict-en-us.dict").c_str(),
                    "-vad_postspeech", quiet.c_str(), "-logfn", "/dev/null", nullptr);
    if (state_->settings != nullptr) state_->decoder = ps_init(state_->settings);
    if (state_->decoder == nullptr) {
        if (state_->settings != nullptr) cmd_ln_free_r(state_->settings);
        throw sdk::Refused(sdk::Outcome::auth, "PocketSphinx's model cannot be loaded from " + model +
                                                   "; install Debian's pocketsphinx-en-us, or set \"model\"");
    }
}

Decoder::~Decoder() {
    ps_free(state_->decoder);
    cmd_ln_free_r(state_->settings);
}

void Decoder::begin() {
    ps_start_stream(state_->decoder);
    ps_start_utt(state_->decoder);
}

void Decoder::take(const sdk::Samples& samples) {
    ps_process_raw(state_->decoder, samples.data(), samples.size(), FALSE, FALSE);
}

bool Decoder::speaks() const {
    return ps_get_in_speech(state_->decoder) != 0;
}

std::string Decoder::text() const {
    std::int32_t score = 0;
    const char* said = ps_get_hyp(state_->decoder, &score);
    return said == nullptr ? "" : said;
}

std::vector<Decoder::Word> Decoder::end() {
    const auto probabilityOf = [math = ps_get_logmath(state_->decoder)](ps_seg_t* word) {
        return std::clamp(logmath_exp(math, ps_seg_prob(word, nullptr, nullptr, nullptr)), 0.0, 1.0);
    };
    ps_end_utt(state_->decoder);
    std::vector<Word> words;
    for (auto* at = ps_seg_iter(state_->decoder); at != nullptr; at = ps_seg_next(at)) {
        int from = 0, to = 0;
        ps_seg_frames(at, &from, &to);
        auto text = wordOf(ps_seg_word(at));
        if (!text.empty())
            words.push_back({std::move(text), std::int64_t{from} * kFrameMs, std::int64_t{to + 1} * kFrameMs,
                             probabilityOf(at)});
    }
    ps_start_utt(state_->decoder);
    return words;
}

}  // namespace overture::pocketsphinx
