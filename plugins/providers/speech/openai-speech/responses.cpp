#include "openai-speech/responses.hpp"

#include <algorithm>

#include "openai-speech/refusals.hpp"

namespace overture::openai_speech {
namespace {

using sdk::Answer;
using sdk::Outcome;
using Kind = Responses::Event::Kind;

constexpr std::size_t kMostItems = 16;
constexpr const char* kTag = "answer";  // in a response's metadata
constexpr std::string_view kOurs = "answer-";

}  // namespace

std::string Responses::tagOf(int answer, Role role) {
    return std::string(kOurs) + std::to_string(answer) + (role == Role::voice ? "-voice" : "-meaning");
}

void Responses::add(Event event) {
    events_.push_back(std::move(event));
    changed_.notify_all();
}

std::optional<Responses::Role> Responses::roleOf(const std::string& response) const {
    const auto found = ids_.find(response);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

bool Responses::take(const std::string& type, const Json& message) {
    if (type == "error") return refused(sdk::objectIn(message, "error"));
    if (!type.starts_with("response.")) return false;
    const std::scoped_lock lock(mutex_);
    const auto& response = sdk::objectIn(message, "response");
    if (type == "response.created") {
        const auto tag = sdk::textOf(sdk::objectIn(response, "metadata"), kTag);
        for (const auto role : {Role::meaning, Role::voice})
            if (answer_ > 0 && tag == tagOf(answer_, role)) ids_[sdk::textOf(response, "id")] = role;
        changed_.notify_all();
        return true;
    }
    const auto role =
        roleOf(type == "response.done" ? sdk::textOf(response, "id") : sdk::textOf(message, "response_id"));
    if (!role) return true;
    if (type == "response.done") add({Kind::done, *role, {}, response});
    if (*role == Role::voice && type == "response.output_audio_transcript.delta")
        add({Kind::words, *role, sdk::textOf(message, "delta")});
    if (*role == Role::voice && type == "response.output_audio.delta")
        add({Kind::sound, *role, sdk::textOf(message, "delta")});
    if (*role == Role::meaning && type == "response.function_call_arguments.done")
        add({Kind::meaning, *role, sdk::textOf(message, "arguments")});
    return true;
}

/// An error that answers one of our requests.
bool Responses::refused(const Json& error) {
    const auto ours = sdk::textOf(error, "event_id");
    if (!ours.starts_with(kOurs)) return false;
    const std::scoped_lock lock(mutex_);
    for (const auto role : {Role::meaning, Role::voice}) {
        if (ours != tagOf(answer_, role)) continue;
        const std::string said = "OpenAI did not answer";
        auto why = byCode(error, said);
        if (!why) {
            const bool theirs = sdk::textOf(error, "type") == "server_error";
            why =
                Answer::no(theirs ? Outcome::transient : Outcome::invalid, said, sdk::textOf(error, "code"));
        }
        add({Kind::failed, role, {}, {}, std::move(*why)});
    }
    return true;
}

void Responses::itemKept(const std::string& item) {
    if (item.empty()) return;
    const std::scoped_lock lock(mutex_);
    if (std::find(items_.begin(), items_.end(), item) != items_.end()) return;
    items_.push_back(item);
    if (items_.size() > kMostItems) items_.erase(items_.begin());
}

void Responses::lost() {
    const std::scoped_lock lock(mutex_);
    items_.clear();
    ids_.clear();
    add({Kind::failed, Role::voice, {}, {}, Answer::no(Outcome::unknown, "OpenAI: the line broke", "lost")});
}

int Responses::begin() {
    const std::scoped_lock lock(mutex_);
    ids_.clear();
    events_.clear();
    return ++answer_;
}

std::optional<Responses::Event> Responses::next(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, until, [&] { return !events_.empty(); })) return std::nullopt;
    auto event = std::move(events_.front());
    events_.pop_front();
    return event;
}

std::string Responses::idOf(Role role, std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    const auto found = [&] {
        return std::find_if(ids_.begin(), ids_.end(), [&](const auto& one) { return one.second == role; });
    };
    changed_.wait_until(lock, until, [&] { return found() != ids_.end(); });
    return found() == ids_.end() ? std::string() : found()->first;
}

std::vector<std::string> Responses::unanswered() const {
    const std::scoped_lock lock(mutex_);
    return items_;
}

void Responses::answered(const std::vector<std::string>& items) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(items_,
                  [&](const auto& one) { return std::find(items.begin(), items.end(), one) != items.end(); });
}

}  // namespace overture::openai_speech
