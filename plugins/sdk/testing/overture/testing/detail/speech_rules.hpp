// Rules for whoever hears or speaks.
#pragma once

#include <random>
#include <thread>

namespace overture::testing::detail {

inline const std::string kSpeak = "speech.synthesize/1 speak";
inline const std::string kListen = "speech.transcribe/1 listen";
inline const std::string kConverse = "speech.converse/1 listen";

inline Json speechRequest(const Subject& subject, const std::string& operation) {
    Json request{{"language", "en-US"}, {"encoding", "mulaw"}, {"rate", 8000}};
    if (operation == kSpeak) request["text"] = "The suite's own words";
    request.update(subject.sample.of(operation).value("request", Json::object()));
    return request;
}

/// What a synthesizer says and hands over when its vendor answers so; "" nobody is asked without one.
struct Utterance {
    Answer answer;
    std::string audio;
    std::size_t pieces = 0;
    std::size_t asked = 0;
    bool whole = true;
};
inline Utterance utter(const Subject& subject, const std::optional<HttpAnswer>& says, Json request = nullptr,
                       std::size_t most = SIZE_MAX) {
    Trial trial(subject);
    if (says) trial.host.answerWith([&](const HttpRequest&) { return *says; });
    if (request.is_null()) request = speechRequest(subject, kSpeak);
    Utterance out;
    const std::size_t unit = request["encoding"] == "pcm16" ? 2 : 1;
    out.answer = trial.plugin->speak(request, [&](std::string_view bytes) {
        out.audio += bytes;
        out.whole = out.whole && bytes.size() % unit == 0;
        return ++out.pieces < most;
    });
    out.asked = trial.host.requests().size();
    return out;
}

inline bool speaksByAVendor(const Subject& subject) {
    return utter(subject, vendorSays(500)).asked > 0;
}

inline Verdict refusesOtherForms(const Subject& subject) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"encoding", "opus"},
                                                                               {"encoding", 7},
                                                                               {"rate", 0},
                                                                               {"rate", "8000"},
                                                                               {"text", 7},
                                                                               {"speed", "fast"},
                                                                               {"speed", -1}}) {
        auto request = speechRequest(subject, kSpeak);
        request[name] = value;
        const auto said = utter(subject, vendorSays(500), request);
        if (said.answer.outcome != Outcome::invalid || said.answer.message.empty())
            return broken(name + " " + value.dump() + ": " + shown(said.answer) +
                          ", not invalid with a sentence");
        if (said.asked > 0) return broken(name + " " + value.dump() + ": it asked the vendor");
    }
    return kKept;
}

inline Verdict speaksInForm(const Subject& subject) {
    const auto good = goodAnswer(subject, kSpeak);
    if (!good && speaksByAVendor(subject))
        return skipped("conformance.json has no answer for \"" + kSpeak + "\"");
    for (const auto& [encoding, rate] : std::vector<std::pair<std::string, int>>{
             {"mulaw", 8000}, {"pcm16", 8000}, {"pcm16", 16000}, {"pcm16", 24000}}) {
        auto request = speechRequest(subject, kSpeak);
        request["encoding"] = encoding;
        request["rate"] = rate;
        const auto said = utter(subject, good, request);
        if (said.answer.outcome != Outcome::ok) return broken(encoding + ": " + shown(said.answer));
        if (!said.whole) return broken("a piece of " + encoding + " ends within a sample");
        const auto document = said.answer.document;
        if (!document.contains("milliseconds") || !document.contains("characters"))
            return broken("ok without milliseconds or characters");
        const auto length =
            static_cast<double>(said.audio.size()) * 1000 / (rate * (encoding == "mulaw" ? 1 : 2));
        if (std::abs(length - document["milliseconds"].get<double>()) > 20)
            return broken("it says " + document["milliseconds"].dump() + " ms and handed over " +
                          std::to_string(length));
        if (length < 100) return broken("the sample's sound lasts less than 0.1 s: see \"times\"");
    }
    return kKept;
}

inline Verdict stopsWhenToldTo(const Subject& subject) {
    const auto good = goodAnswer(subject, kSpeak);
    if (!good && speaksByAVendor(subject))
        return skipped("conformance.json has no answer for \"" + kSpeak + "\"");
    const auto said = utter(subject, good, nullptr, 1);
    if (said.pieces > 1)
        return broken("it handed over " + std::to_string(said.pieces) + " pieces after the first was enough");
    return said.answer.outcome == Outcome::cancelled ? kKept : broken(shown(said.answer) + ", not cancelled");
}

inline Verdict speaksOnManyThreads(const Subject& subject) {
    const auto good = goodAnswer(subject, kSpeak);
    if (!good && speaksByAVendor(subject))
        return skipped("conformance.json has no answer for \"" + kSpeak + "\"");
    Trial trial(subject);
    if (good) trial.host.answerWith([&](const HttpRequest&) { return *good; });
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    std::vector<std::string> heard(4);
    for (std::size_t i = 0; i < heard.size(); ++i)
        threads.emplace_back([&, i] {
            const auto answer =
                trial.plugin->speak(speechRequest(subject, kSpeak), [&](std::string_view bytes) {
                    heard[i] += bytes;
                    return true;
                });
            if (answer.outcome != Outcome::ok) ++wrong;
        });
    for (auto& thread : threads) thread.join();
    if (wrong > 0) return broken(std::to_string(wrong) + " of four at once did not speak");
    for (const auto& one : heard)
        if (one.size() != heard[0].size()) return broken("of four at once one said more than another");
    return kKept;
}

inline Verdict speaksByItsVendor(const Subject& subject) {
    if (!speaksByAVendor(subject)) return skipped("it asks nobody through host.http");
    using enum Outcome;
    const std::vector<std::tuple<std::string, HttpAnswer, std::vector<Outcome>>> ways{
        {"a refused connection", {false, false, 0, {}, {}, "connection refused"}, {transient}},
        {"status 401", vendorSays(401, "{}"), {auth}},
        {"status 429", vendorSays(429, "{}", {{"Retry-After", "7"}}), {limited}},
        {"status 500", vendorSays(500, "<html>Sorry</html>"), {transient}},
        {"status 503", vendorSays(503), {transient, limited}},
        {"status 302",
         vendorSays(302, "", {{"Location", "https://other.example/"}}),
         {invalid, rejected, auth}},
        {"status 400", vendorSays(400, "{}"), {invalid, rejected}},
        {"a page with status 200",
         vendorSays(200, "<html>Sorry</html>", {{"Content-Type", "text/html"}}),
         {transient}},
        {"status 200 without sound",
         vendorSays(200, "", {{"Content-Type", "audio/basic"}}),
         {transient, internal}}};
    for (const auto& [when, answer, allowed] : ways) {
        const auto said = utter(subject, answer);
        if (!allows(allowed, said.answer.outcome))
            return broken(when + ": " + shown(said.answer) + ", not " + listed(allowed));
        if (!said.audio.empty()) return broken(when + ": it was said aloud");
        if (when == "status 429" && said.answer.retryAfterMs.value_or(0) < 7000)
            return broken("Retry-After: 7 became " + std::to_string(said.answer.retryAfterMs.value_or(0)) +
                          " ms");
    }
    return kKept;
}

inline Answer openStream(Plugin& plugin, const std::string& operation, const Json& request,
                         std::unique_ptr<FakeListening>& stream) {
    return operation == kConverse ? plugin.converse(request, stream) : plugin.listen(request, stream);
}

/// A stream of the sample's binding.
struct StreamTrial : Trial {
    StreamTrial(const Subject& subject, const std::string& operation) : Trial(subject) {
        began = openStream(*plugin, operation, speechRequest(subject, operation), stream);
        if (began.outcome != Outcome::ok) throw std::runtime_error("listen: " + shown(began));
    }
    bool bySocket() const { return !host.sockets().empty(); }
    Answer began;
    std::unique_ptr<FakeListening> stream;
    const std::string silence = std::string(160, '\xff');
};

inline Verdict hearsOnlyItsForms(const Subject& subject, const std::string& operation) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"encoding", "opus"},
                                                                               {"encoding", 7},
                                                                               {"rate", 0},
                                                                               {"rate", "8000"},
                                                                               {"words", "x"},
                                                                               {"patience_ms", "long"},
                                                                               {"language", 7}}) {
        Trial trial(subject);
        auto request = speechRequest(subject, operation);
        request[name] = value;
        std::unique_ptr<FakeListening> stream;
        const auto answer = openStream(*trial.plugin, operation, request, stream);
        if (answer.outcome != Outcome::invalid || answer.message.empty())
            return broken(name + " " + value.dump() + ": " + shown(answer) + ", not invalid with a sentence");
        if (!trial.host.sockets().empty()) return broken(name + " " + value.dump() + ": it opened a socket");
    }
    return kKept;
}

inline Verdict letsGoAtAnyTime(const Subject& subject, const std::string& operation) {
    for (int step = 0; step < 5; ++step) {
        StreamTrial trial(subject, operation);
        for (int i = 0; i < 50 * step; ++i) trial.stream->audio(trial.silence);
        if (trial.bySocket() && step > 1) trial.host.sockets()[0]->open();
        if (step > 2) trial.stream->finish();
        const auto sockets = trial.host.sockets();
        const auto breach = trial.stream->breach();
        trial.stream.reset();
        if (!breach.empty()) return broken(breach);
        for (auto* socket : sockets)
            if (!socket->over()) return broken("a closed stream keeps its socket");
    }
    return kKept;
}

inline Verdict endsWhenFinished(const Subject& subject, const std::string& operation) {
    StreamTrial trial(subject, operation);
    for (int i = 0; i < 25; ++i) trial.stream->audio(trial.silence);
    if (trial.bySocket()) trial.host.sockets()[0]->open();
    trial.stream->finish();
    if (trial.bySocket()) trial.host.sockets().back()->end(OVERTURE_WEBSOCKET_CLOSED, 1000);
    if (!trial.stream->waitForEnd(30'000)) return broken("it did not end after `finish`");
    trial.stream->audio(trial.silence);
    trial.stream->finish();
    if (!trial.stream->breach().empty()) return broken(trial.stream->breach());
    return trial.stream->ended()->outcome == Outcome::ok
               ? kKept
               : broken("after `finish`: " + shown(*trial.stream->ended()));
}

inline Verdict triesAgainButNotForEver(const Subject& subject, const std::string& operation) {
    constexpr int kMost = 20;
    StreamTrial trial(subject, operation);
    if (!trial.bySocket()) return skipped("it opens no socket");
    for (int i = 0; i < kMost && !trial.stream->ended(); ++i) {
        const auto before = trial.host.sockets().size();
        trial.host.sockets().back()->end(OVERTURE_WEBSOCKET_NOT_OPENED);
        if (trial.stream->ended()) break;
        if (trial.host.sockets().size() == before) return broken("it neither connects again nor ends");
        if (trial.host.sockets().back()->delayMs <= 0) return broken("it connects again without a pause");
    }
    if (!trial.stream->ended())
        return broken("it connected " + std::to_string(kMost) + " times and did not give up");
    return trial.stream->ended()->outcome == Outcome::transient
               ? kKept
               : broken("in the end " + shown(*trial.stream->ended()));
}

inline Verdict takesARefusalForOne(const Subject& subject, const std::string& operation) {
    using enum Outcome;
    for (const auto& [status, after, outcome] :
         std::vector<std::tuple<int, std::int64_t, Outcome>>{{401, -1, auth},
                                                             {403, -1, auth},
                                                             {400, -1, invalid},
                                                             {429, 60'000, limited},
                                                             {302, -1, invalid}}) {
        StreamTrial trial(subject, operation);
        if (!trial.bySocket()) return skipped("it opens no socket");
        std::string quoted;
        for (const auto& [name, value] : subject.sample.secrets) quoted += value + " ";
        trial.host.sockets()[0]->end(OVERTURE_WEBSOCKET_REFUSED, status, quoted, after);
        const auto ended = trial.stream->ended();
        if (!ended || ended->outcome != outcome)
            return broken("refused with " + std::to_string(status) + ": " +
                          (ended ? shown(*ended) : "it goes on") + ", not " + nameOf(outcome));
        for (const auto& [name, value] : subject.sample.secrets)
            if (value.size() >= 4 && ended->message.find(value) != std::string::npos)
                return broken("it repeats the secret \"" + name + "\"");
    }
    return kKept;
}

inline Verdict bearsStrangersMessages(const Subject& subject, const std::string& operation) {
    StreamTrial trial(subject, operation);
    if (!trial.bySocket()) return skipped("it opens no socket");
    std::mt19937_64 random(29);
    const std::vector<std::string> good{R"({"type":"Results","is_final":true,"start":0,"duration":1})",
                                        R"({"type":"error","error":{"type":"x","message":"y"}})", "[]",
                                        "null", "{"};
    trial.host.sockets()[0]->open();
    for (int i = 0; i < 300 && !trial.stream->ended(); ++i) {
        auto message = good[static_cast<std::size_t>(i) % good.size()];
        for (auto left = random() % 20; left > 0; --left)
            message.insert(message.begin() + static_cast<std::ptrdiff_t>(random() % (message.size() + 1)),
                           static_cast<char>(random()));
        auto* socket = trial.host.sockets().back();
        if (i % 2 == 0)
            socket->say(message);
        else
            socket->sayBytes(message);
        trial.stream->audio(trial.silence);
    }
    return trial.stream->breach().empty() ? kKept : broken(trial.stream->breach());
}

inline void addSynthesizerRules(std::vector<Rule>& rules) {
    rules.push_back(
        {"speak-form", "refuses a form that there is not, before anybody is asked", refusesOtherForms});
    rules.push_back(
        {"speak-sound", "hands over whole samples in the form asked for, as long as it says", speaksInForm});
    rules.push_back({"speak-stop", "stops at once when nobody listens any more", stopsWhenToldTo});
    rules.push_back({"speak-threads", "speaks on many threads at once", speaksOnManyThreads});
    rules.push_back({"speak-vendor", "tells what its vendor's answers mean, and says none of them aloud",
                     speaksByItsVendor});
}

/// Both kinds of streams are held to the same.
template <typename Check>
std::function<Verdict(const Subject&)> ofItsStreams(bool hears, bool converses, Check check) {
    return [=](const Subject& subject) {
        auto verdict = hears ? check(subject, kListen) : kKept;
        if (converses && verdict.state != Verdict::broken) verdict = check(subject, kConverse);
        return verdict;
    };
}

inline void addStreamRules(std::vector<Rule>& rules, bool hears, bool converses) {
    const auto add = [&](const char* name, const char* demands, auto check) {
        rules.push_back({name, demands, ofItsStreams(hears, converses, check)});
    };
    add("listen-form", "refuses a form that there is not", hearsOnlyItsForms);
    add("listen-close", "lets go at any time, and of its sockets", letsGoAtAnyTime);
    add("listen-finish", "ends once after `finish`", endsWhenFinished);
    add("listen-again", "connects again with pauses, and gives up", triesAgainButNotForEver);
    add("listen-refused", "tells what a refusal means, and repeats no secret", takesARefusalForOne);
    add("listen-strangers", "bears whatever the other end says", bearsStrangersMessages);
}

}  // namespace overture::testing::detail
