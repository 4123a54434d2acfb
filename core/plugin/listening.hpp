#pragma once

#include <overture/speech_transcribe.h>

#include <mutex>

#include "plugin/host.hpp"

namespace overture::plugin {

/// What a stream of a plugin says, checked and handed on: one at a time, nothing after the end.
class Ear {
public:
    Ear(std::string plugin, Hearing& hearing);
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;
    const overture_heard_t* get() const { return &table_; }

private:
    static void words(const overture_heard_t* heard, overture_text_t json);
    static void ended(const overture_heard_t* heard, overture_outcome_t outcome, overture_text_t code,
                      overture_text_t message);
    void end(const Reply& why);

    std::string plugin_;
    Hearing& hearing_;
    std::mutex mutex_;
    bool over_ = false;
    overture_heard_t table_;
};

/// A stream that a plugin has made. Keeps its instance as long as it lives, and `ear` until it is closed.
class Stream final : public Listening {
public:
    struct Slots {
        decltype(overture_speech_transcribe_t::audio) audio;
        decltype(overture_speech_transcribe_t::finish) finish;
        decltype(overture_speech_transcribe_t::close) close;
    };
    Stream(std::shared_ptr<Instance> instance, Slots slots, overture_listening_t* listening,
           std::unique_ptr<Ear> ear)
        : instance_(std::move(instance)), slots_(slots), listening_(listening), ear_(std::move(ear)) {}
    ~Stream() override;
    void audio(std::string_view bytes) override;
    void finish() override;
    overture_listening_t* get() const { return listening_; }

private:
    template <typename Step>
    void tell(Step step);

    std::shared_ptr<Instance> instance_;
    const Slots slots_;
    overture_listening_t* listening_;
    std::unique_ptr<Ear> ear_;
};

}  // namespace overture::plugin
