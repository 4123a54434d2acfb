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

/// A stream that a plugin has made; `instance` is kept as long as it lives, and `ear` until it is closed.
std::unique_ptr<Listening> streamOf(std::shared_ptr<Instance> instance,
                                    const overture_speech_transcribe_t& table,
                                    overture_listening_t* listening, std::unique_ptr<Ear> ear);

}  // namespace overture::plugin
