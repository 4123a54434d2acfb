#include "pocketsphinx/transcriber.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "audio/resampler.hpp"
#include "overture/speech.hpp"

namespace overture::pocketsphinx {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::int64_t kMostWaitingMs = 30'000;
constexpr std::int64_t kStepMs = 20;
constexpr std::int64_t kInterimEveryMs = 300;
constexpr std::int64_t kBeforeSpeechMs = 200;  // what the decoder keeps of it, besides

/// What one stream hears, on a thread of its own.
class Work {
public:
    Work(Decoders& decoders, const sdk::AudioForm& form, std::int64_t turnAfterMs, std::int64_t finalAfterMs,
         sdk::Heard heard)
        : decoders_(decoders),
          form_(form),
          turnAfterMs_(turnAfterMs),
          finalAfterMs_(finalAfterMs),
          heard_(heard),
          thread_([this] { run(); }) {}
    ~Work() { thread_.join(); }

    void audio(std::string_view bytes) {
        {
            const std::scoped_lock lock(mutex_);
            if (form_.milliseconds(waiting_.size()) > kMostWaitingMs) behind_ = true;
            if (!finished_ && !behind_) waiting_ += bytes;
        }
        changed_.notify_one();
    }
    void finish() { set(finished_); }
    /// Nothing is said any more when this has returned.
    void close() { set(closed_); }
    bool done() const { return done_; }

private:
    void set(bool& what) {
        {
            const std::scoped_lock lock(mutex_);
            what = true;
        }
        changed_.notify_one();
    }

    void run() {
        std::unique_ptr<Decoder> decoder;
        Answer how = Answer::ok(nullptr);
        try {
            decoder = decoders_.decoder();
            decoder->begin();
            how = hear(*decoder);
        } catch (const sdk::Refused& refused) {
            how = Answer::no(refused.outcome, refused.what());
        } catch (const std::exception& error) {
            how = Answer::no(Outcome::internal, error.what());
        }
        decoders_.giveBack(std::move(decoder));
        const std::scoped_lock lock(mutex_);
        if (!closed_) heard_.ended(how);
        done_ = true;
    }

    Answer hear(Decoder& decoder) {
        sdk::SampleReader reader(form_.mulaw);
        audio::Resampler resampler(form_.rate, Decoder::kRate);
        for (;;) {
            std::string bytes;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return closed_ || behind_ || finished_ || !waiting_.empty(); });
                if (closed_) return Answer::ok(nullptr);
                if (behind_)
                    return Answer::no(Outcome::transient, "this machine is too slow to hear so much at once",
                                      "behind");
                bytes = waiting_.substr(0, form_.bytes(kStepMs));
                waiting_.erase(0, bytes.size());
            }
            if (bytes.empty()) break;  // finished
            decoder.take(resampler.take(reader.take(bytes)));
            nowMs_ += form_.milliseconds(bytes.size());
            look(decoder);
        }
        decoder.take(resampler.rest());
        makeFinal(decoder);
        endTurn();
        return Answer::ok(nullptr);
    }

    void look(Decoder& decoder) {
        const bool speaks = decoder.speaks();
        if (speaks && !speaks_) {
            fromMs_ = std::max<std::int64_t>(0, nowMs_ - kBeforeSpeechMs);
            saidMs_ = nowMs_;
            turn_ = true;
            tell("started", "", {});
        }
        if (speaks && nowMs_ - saidMs_ >= kInterimEveryMs) {
            saidMs_ = nowMs_;
            if (auto text = decoder.text(); !text.empty() && text != said_) tell("interim", said_ = text, {});
        }
        if (!speaks && speaks_) {
            makeFinal(decoder);
            quietMs_ = nowMs_ - finalAfterMs_;
        }
        speaks_ = speaks;
        if (turn_ && !speaks && nowMs_ - quietMs_ >= turnAfterMs_) endTurn();
    }

    void makeFinal(Decoder& decoder) {
        const auto words = decoder.end();
        std::string text;
        for (const auto& word : words) text += (text.empty() ? "" : " ") + word.text;
        if (!text.empty()) tell("final", text, words);
        said_.clear();
        speaks_ = false;
        begunMs_ = nowMs_;
    }

    void endTurn() {
        if (std::exchange(turn_, false)) tell("ended_turn", "", {});
    }

    void tell(const char* kind, const std::string& text, const std::vector<Decoder::Word>& words) {
        auto list = Json::array();
        double sum = 0;
        for (const auto& word : words) {
            sum += word.confidence;
            list.push_back({{"text", word.text},
                            {"from_ms", std::min(nowMs_, begunMs_ + word.fromMs)},
                            {"to_ms", std::min(nowMs_, begunMs_ + word.toMs)},
                            {"confidence", word.confidence}});
        }
        const auto from = list.empty() ? fromMs_ : list.front()["from_ms"].get<std::int64_t>();
        const auto to = list.empty() ? nowMs_ : list.back()["to_ms"].get<std::int64_t>();
        const std::scoped_lock lock(mutex_);
        if (closed_) return;
        heard_.words({{"kind", kind},
                      {"text", text},
                      {"confidence", words.empty() ? 1.0 : sum / static_cast<double>(words.size())},
                      {"from_ms", from},
                      {"to_ms", to},
                      {"words", std::move(list)},
                      {"language", "en-US"}});
    }

    Decoders& decoders_;
    const sdk::AudioForm form_;
    const std::int64_t turnAfterMs_, finalAfterMs_;
    sdk::Heard heard_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    bool finished_ = false, closed_ = false, behind_ = false;
    std::atomic<bool> done_ = false;
    // Of the thread:
    bool speaks_ = false, turn_ = false;
    std::int64_t nowMs_ = 0, begunMs_ = 0, fromMs_ = 0, saidMs_ = 0, quietMs_ = 0;
    std::string said_;
    std::thread thread_;
};

class Stream final : public sdk::Listening {
public:
    Stream(std::shared_ptr<Decoders> decoders, std::shared_ptr<Work> work)
        : decoders_(std::move(decoders)), work_(std::move(work)) {}
    ~Stream() override {
        work_->close();
        auto* work = work_.get();
        decoders_->keep(std::move(work_), [work] { return work->done(); });
    }
    void audio(std::string_view bytes) override { work_->audio(bytes); }
    void finish() override { work_->finish(); }

private:
    std::shared_ptr<Decoders> decoders_;
    std::shared_ptr<Work> work_;
};

}  // namespace

void Decoders::keep(std::shared_ptr<void> work, std::function<bool()> done) {
    const std::scoped_lock lock(closing_);
    std::erase_if(works_, [](const auto& one) { return one.second(); });
    works_.emplace_back(std::move(work), std::move(done));
}

bool Decoders::take() {
    const std::scoped_lock lock(mutex_);
    if (free_ == 0) return false;
    --free_;
    return true;
}

std::unique_ptr<Decoder> Decoders::decoder() {
    {
        const std::scoped_lock lock(mutex_);
        if (!kept_.empty()) {
            auto decoder = std::move(kept_.back());
            kept_.pop_back();
            return decoder;
        }
    }
    return std::make_unique<Decoder>(model_, quietMs_);
}

void Decoders::giveBack(std::unique_ptr<Decoder> decoder) {
    const std::scoped_lock lock(mutex_);
    ++free_;
    if (decoder) kept_.push_back(std::move(decoder));
}

SphinxTranscriber::SphinxTranscriber(sdk::Host host, const Json& settings)
    : host_(host),
      finalAfterMs_(settings.value("final_after_ms", std::int64_t{400})),
      turnAfterMs_(settings.value("turn_after_ms", std::int64_t{800})),
      streams_(settings.value("streams", 4)),
      decoders_(std::make_shared<Decoders>(settings.value("model", "/usr/share/pocketsphinx/model/en-us"),
                                           finalAfterMs_, streams_)) {}

Answer SphinxTranscriber::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                                 std::unique_ptr<sdk::Listening>& listening) {
    const auto asked = sdk::ListenRequest::read(request);
    const auto& language = asked.language;
    if (!language.empty() && !language.starts_with("en"))
        return Answer::no(Outcome::unsupported, "pocketsphinx hears English only, not \"" + language + "\"");
    if (!decoders_->take()) {
        auto no =
            Answer::no(Outcome::limited, "all " + std::to_string(streams_) +
                                             " streams of this binding listen already; see \"streams\"");
        no.retryAfterMs = 10'000;
        return no;
    }
    listening = std::make_unique<Stream>(
        decoders_, std::make_shared<Work>(*decoders_, asked.form, asked.patienceMs.value_or(turnAfterMs_),
                                          finalAfterMs_, heard));
    return Answer::ok({{"model", "pocketsphinx en-us"}, {"micros_per_minute", 0}, {"currency", "USD"}});
}

}  // namespace overture::pocketsphinx
