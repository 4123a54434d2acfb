#include "chaos/model.hpp"

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

/// What stands between the marks after "The lead wrote:" in the last message; the lead's data come before it.
std::string newWords(const Json& body) {
    const auto task = textOf(body["messages"].back(), "content");
    const auto at = task.find("The lead wrote:");
    return at == std::string::npos ? "" : task.substr(at);
}

std::string replyTo(const Json& body, const std::string& serial) {
    const auto markers = markersIn(newWords(body), kInbound);
    if (markers.empty()) return "Hello there, may I ask you something? This is note " + serial + ".";
    return "This is Robin, an automated assistant. We look into " + join(markers, " and ") +
           " for you. This is note " + serial + ".";
}

Json draft(const Json& body, const std::string& serial) {
    return {{"reply", replyTo(body, serial)}, {"move", nullptr},
            {"facts", Json::array()},         {"objection", nullptr},
            {"sentiment", "neutral"},         {"language", "en"},
            {"wants_person", false},          {"slot_choice", 0},
            {"slot_answer", nullptr},         {"declined", false},
            {"nothing_to_say", false},        {"unsure", false}};
}

}  // namespace

StubModel::StubModel() : server_([this](const Heard& heard) { return answer(heard); }) {}

std::vector<Call> StubModel::calls() const {
    std::scoped_lock lock(mutex_);
    return calls_;
}

Said StubModel::answer(const Heard& heard) {
    const auto body = parseJson(heard.body, "chat completion").orThrow();
    std::string serial;
    {
        std::scoped_lock lock(mutex_);
        serial = markerOf(kAnswer, calls_.size());
        calls_.push_back({serial, toHex(sha256(heard.body)), SystemClock{}.now()});
    }
    const bool review = toText(body["response_format"]).find("overseer") != std::string::npos;
    const Json content =
        review ? Json{{"verdict", "approve"}, {"reasons", Json::array()}} : draft(body, serial);
    Json message{{"role", "assistant"}, {"content", toText(content)}};
    return {.body = toText(
                {{"id", serial},
                 {"object", "chat.completion"},
                 {"model", serial},
                 {"choices", {{{"index", 0}, {"message", message}, {"finish_reason", "stop"}}}},
                 {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 20}, {"total_tokens", 120}}}})};
}

}  // namespace overture::chaos
