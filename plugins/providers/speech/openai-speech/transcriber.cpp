#include "openai-speech/transcriber.hpp"

#include <cmath>

#include "openai-speech/realtime_hearing.hpp"

namespace overture::openai_speech {

using sdk::Answer;
using sdk::Outcome;

Answer RealtimeTranscriber::listen(const Json& request, const sdk::Call&, sdk::Heard heard,
                                   std::unique_ptr<sdk::Listening>& listening) {
    const auto asked = sdk::ListenRequest::read(request);
    const auto key = host_.secret("api_key").value_or("");
    if (key.empty()) return Answer::no(Outcome::auth, "the secret api_key is missing");
    auto plan = hearingPlan(settings_, asked);
    if (!plan.fault.empty()) return Answer::no(Outcome::invalid, plan.fault);
    Json session{{"type", "transcription"},
                 {"audio", {{"input", std::move(plan.input)}}},
                 {"include", {"item.input_audio_transcription.logprobs"}}};
    const auto base = settings_.value("base_url", "https://api.openai.com/v1");
    listening =
        speech::listenOver(host_, asked.form,
                           std::make_unique<RealtimeHearing>(
                               sdk::WebSocketRequest{"ws" + base.substr(4) + "/realtime?intent=transcription",
                                                     {{"Authorization", "Bearer " + key}}},
                               std::move(session), asked.form, plan.silenceMs),
                           heard);
    return Answer::ok(
        {{"model", plan.model},
         {"micros_per_minute", std::llround(settings_.value("usd_per_minute_heard", 0.006) * 1e6)},
         {"currency", "USD"}});
}

}  // namespace overture::openai_speech
