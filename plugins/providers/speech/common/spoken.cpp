#include "common/spoken.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "audio/resampler.hpp"
#include "overture/documents.hpp"

namespace overture::speech {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::size_t kLongestRefusal = 16 * 1024;

Answer byStatus(const Speech& speech, const sdk::HttpAnswer& head, const std::string& body) {
    const auto code = std::to_string(head.status);
    const auto said = speech.vendor + " answered " + code;
    if (speech.refusal) {
        if (auto answer = speech.refusal(head, body)) {
            if (answer->outcome == Outcome::limited) answer->retryAfterMs = sdk::retryAfterMs(head);
            return *answer;
        }
    }
    if (head.status == 401 || head.status == 402 || head.status == 403)
        return Answer::no(Outcome::auth, said + ": check its key, permissions and balance", code);
    if (head.status == 429) {
        auto limited = Answer::no(Outcome::limited, said + ": it asks to slow down", code);
        limited.retryAfterMs = sdk::retryAfterMs(head);
        return limited;
    }
    if (head.status == 408 || head.status >= 500) {
        auto unwell = Answer::no(Outcome::transient, said, code);
        unwell.retryAfterMs = sdk::retryAfterMs(head);
        return unwell;
    }
    if (head.status >= 300 && head.status < 400)
        return Answer::no(Outcome::invalid, said + ", a redirect: check base_url", code);
    return Answer::no(Outcome::invalid, said, code);
}

bool isSound(const sdk::HttpAnswer& head) {
    const auto type = head.header("Content-Type");
    return !type.starts_with("text/") && type.find("json") == std::string::npos &&
           type.find("html") == std::string::npos;
}

/// {milliseconds}, or why not.
Answer streamed(sdk::Host host, const Speech& speech, const sdk::AudioForm& wanted,
                const sdk::AudioSink& sink, const sdk::Call& call) {
    auto request = speech.request;
    request.deadlineMs = call.deadlineMs;
    request.patienceMs = std::min(speech.patienceMs, call.deadlineMs);
    sdk::SampleReader reader(speech.given.mulaw);
    const bool same = speech.given.mulaw == wanted.mulaw && speech.given.rate == wanted.rate;
    audio::Outlet outlet(speech.given.rate, wanted, sink);
    const std::size_t whole = wanted.mulaw ? 1 : 2;
    std::string refusal, odd;
    std::size_t passed = 0;
    bool listens = true;
    const auto pass = [&](std::string_view bytes) {
        odd += bytes;
        const auto size = odd.size() / whole * whole;
        if (size == 0) return true;
        passed += size;
        const bool on = sink(std::string_view(odd).substr(0, size));
        odd.erase(0, size);
        return on;
    };
    const auto answer = host.httpStreamed(request, [&](const sdk::HttpAnswer& head, std::string_view bytes) {
        if (head.status != 200 || !isSound(head)) {
            refusal += bytes.substr(0, kLongestRefusal - std::min(kLongestRefusal, refusal.size()));
            return refusal.size() < kLongestRefusal ? sdk::Piece::useful : sdk::Piece::stop;
        }
        listens = same ? pass(bytes) : outlet.put(reader.take(bytes));
        return listens ? sdk::Piece::useful : sdk::Piece::stop;
    });
    if (!listens) return Answer::no(Outcome::cancelled, "nobody listens any more");
    const bool any = passed > 0 || outlet.any();
    if (answer.late) return Answer::no(Outcome::transient, speech.vendor + " sent no sound in time", "late");
    if (!answer.answered && !answer.stopped) {
        if (any)
            return Answer::no(Outcome::unknown, speech.vendor + " broke off: " + answer.error, "truncated");
        return Answer::no(Outcome::transient, speech.vendor + " was not reached: " + answer.error,
                          "no_answer");
    }
    if (answer.status != 200) return byStatus(speech, answer, refusal);
    if (!isSound(answer))
        return Answer::no(Outcome::transient, speech.vendor + " answered with something that is no sound",
                          "no_sound");
    if (!same && !outlet.finish()) return Answer::no(Outcome::cancelled, "nobody listens any more");
    if (!any) return Answer::no(Outcome::transient, speech.vendor + " answered without sound", "no_sound");
    return Answer::ok({{"milliseconds", same ? wanted.milliseconds(passed) : outlet.milliseconds()}});
}

Answer noSuchVoice(const std::string& wanted, const Json& voices) {
    constexpr std::size_t kShown = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(kShown, voices.size()); ++i)
        list += (i == 0 ? "" : ", ") + voices[i].value("id", "") + " (" + voices[i].value("name", "") + ")";
    if (voices.size() > kShown) list += " and " + std::to_string(voices.size() - kShown) + " more";
    return Answer::no(Outcome::invalid,
                      "there is no voice \"" + wanted + "\"" + (list.empty() ? "" : "; there are " + list),
                      "voice");
}

/// As vendors count them.
std::size_t charactersOf(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Answer sayOver(sdk::Host host, const Speech& speech, const sdk::SpeakRequest& asked,
               const sdk::AudioSink& sink, const sdk::Call& call) {
    using std::chrono::steady_clock, std::chrono::milliseconds;
    if (asked.silent()) return Answer::ok({{"milliseconds", 0}, {"characters", 0}});
    const auto begun = steady_clock::now();
    auto answer = streamed(host, speech, asked.form, sink, call);
    if (answer.code == kNoSuchVoice) {
        const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun).count();
        const auto list = speech.voices({std::max<std::int64_t>(1, call.deadlineMs - spent)});
        return noSuchVoice(speech.voice,
                           list.outcome == Outcome::ok ? list.document["voices"] : Json::array());
    }
    if (answer.outcome != Outcome::ok) return answer;
    const auto characters = charactersOf(asked.text);
    const auto minutes = answer.document["milliseconds"].get<double>() / 60'000;
    const auto micros =
        speech.usdAMillion * static_cast<double>(characters) + speech.usdAMinute * minutes * 1e6;
    answer.document.update({{"characters", characters},
                            {"model", speech.model},
                            {"cost_micros", std::llround(std::ceil(micros))},
                            {"currency", "USD"}});
    return answer;
}

}  // namespace overture::speech
