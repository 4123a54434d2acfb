#include "plugin/listening.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "plugin/library.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kLongestWords = 64 * 1024;
constexpr std::size_t kLongestSaid = 2000;

std::string said(overture_text_t text) {
    return text.size == 0 ? std::string() : toValidUtf8({text.data, std::min(text.size, kLongestSaid)});
}

Ear& earOf(const overture_heard_t* heard) {
    return *static_cast<Ear*>(heard->context);
}

}  // namespace

Ear::Ear(std::string plugin, Hearing& hearing)
    : plugin_(std::move(plugin)), hearing_(hearing), table_{sizeof(overture_heard_t), this, words, ended} {}

void Ear::end(const Reply& why) {
    if (std::exchange(over_, true)) return;
    hearing_.ended(why);
}

void Ear::words(const overture_heard_t* heard, overture_text_t json) {
    auto& ear = earOf(heard);
    const std::scoped_lock lock(ear.mutex_);
    if (ear.over_) return;
    const auto breach = [&](const std::string& why) {
        ear.end({Outcome::internal, {}, {}, "plugin " + ear.plugin_ + ", what it heard: " + why, {}});
    };
    if (json.size > kLongestWords) return breach("a document is larger than 64 KiB");
    const auto document = parseJson(std::string_view(json.data, json.size), "words");
    if (!document || !document->is_object()) return breach("a document is not a JSON object");
    ear.hearing_.words(*document);
}

void Ear::ended(const overture_heard_t* heard, overture_outcome_t outcome, overture_text_t code,
                overture_text_t message) {
    auto& ear = earOf(heard);
    const std::scoped_lock lock(ear.mutex_);
    const bool known = outcome >= OVERTURE_OK && outcome <= OVERTURE_INTERNAL;
    ear.end({known ? static_cast<Outcome>(outcome) : Outcome::internal, {}, said(code), said(message), {}});
}

template <typename Step>
void Stream::tell(Step step) {
    if (const auto trouble = guarded(step); !trouble.empty())
        log::error("plugin", {{"plugin", instance_->plugin()}, {"line", "a stream: " + trouble}});
}

Stream::~Stream() {
    tell([&] { slots_.close(listening_); });
}

void Stream::audio(std::string_view bytes) {
    tell([&] { slots_.audio(listening_, {bytes.data(), bytes.size()}); });
}

void Stream::finish() {
    tell([&] { slots_.finish(listening_); });
}

}  // namespace overture::plugin
