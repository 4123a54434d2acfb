// How many calls one engine holds, and how well: see kHelp.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/caller.hpp"
#include "bench/lines.hpp"
#include "bench/load.hpp"
#include "bench/usage.hpp"
#include "chaos/process.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"

namespace overture::bench {
namespace {

constexpr const char* kHelp =
    "Usage: calls_bench [--calls N] [--most N] [--seconds N] [--record] [--keep]\n\n"
    "Runs `overture serve` on a PostgreSQL of its own and calls it: people who say something, hear the "
    "answer, and interrupt "
    "every third, all of them at once through Media Streams. Recognizer, model and synthesizer take fixed "
    "times, which are "
    "taken off what is measured. One JSON line for one call, for --calls (default 200), and then for a "
    "quarter more and more "
    "until one frame in a hundred is late by 10 ms (at most --most, default 2000). Each is measured for "
    "--seconds (default "
    "30). Fails when 200 calls miss what is asked of them: 20 ms for the engine's share of 99 in 100 turns, "
    "60 ms for stopping, "
    "2 MiB a call.\n\n"
    "With --record one call and --calls are measured twice, first as they are, then recorded by an engine "
    "with "
    "a folder of its own, "
    "and a last line has both side by side; nothing more is tried.\n";

// What is not the engine's.
constexpr milliseconds kEndOfTurn{500};  // of silence, to the recognizer
constexpr milliseconds kModel{300};
constexpr milliseconds kFirstSound{100};  // of a sentence
constexpr milliseconds kHeard{60};        // of a voice, before the recognizer says that somebody speaks

constexpr const char* kMetricsToken = "of-this-run";

constexpr double kMostShare = 20, kMostStop = 60, kMostMiB = 2;

struct Options {
    int calls = 200, most = 2000, seconds = 30;
    bool keep = false, record = false;
};

Options optionsOf(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (words[i] == "--keep" || words[i] == "--record") {
            (words[i] == "--keep" ? options.keep : options.record) = true;
            --i;
            continue;
        }
        const auto value = i + 1 < words.size() ? std::atoi(words[i + 1].c_str()) : 0;
        if (words[i] == "--calls" && value > 0)
            options.calls = value;
        else if (words[i] == "--most" && value > 0)
            options.most = value;
        else if (words[i] == "--seconds" && value > 0)
            options.seconds = value;
        else
            throw Error("unknown option " + words[i], "options", kHelp);
    }
    return options;
}

const Json kSpeech{{"characters_per_second", 20},
                   {"turn_after_ms", kEndOfTurn.count()},
                   {"first_audio_ms", kFirstSound.count()}};

Lines::Words wordsToSay() {
    net::HttpClient http;
    const SystemClock clock;
    plugin::Host host{{http, clock}};
    if (host.load(OVERTURE_BUILD_DIR "/plugins/scripted-speech").state != "loaded")
        throw Error("scripted-speech is not built", "calls_bench");
    const auto speech = host.open("scripted-speech", Json::object(), {}).orThrow();
    const auto soundOf = [&](const std::string& text) {
        std::string sound;
        const auto reply = speech->speak(
            {{"text", text}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}, {"speed", 1.3}},
            [&](std::string_view piece) {
                sound += piece;
                return true;
            },
            seconds(5));
        if (!reply.ok()) throw Error(reply.message, "scripted-speech");
        return sound;
    };
    Lines::Words words;
    for (const char* thing : {"roof", "attic", "price", "meter", "garden", "street", "permit", "winter"})
        for (const char* question :
             {"What about the ", "How long will you need for the ", "Tell me about the "})
            words.sayings.push_back(soundOf(std::string(question) + thing + " please"));
    for (const char* text :
         {"No, wait, that is not it", "Hold on, I have a question", "Let me say something first"})
        words.interruptions.push_back(soundOf(text));
    return words;
}

class Bench {
public:
    /// `recorded`: the calls are.
    Bench(const Options& options, bool recorded)
        : options_(options),
          world_(planOf(options, vendors_, recorded)),
          random_(world_.random("callers")),
          lines_(wordsToSay()) {
        auto words = world_.engineWords(0);
        words.insert(words.end(), {"--public-url", "http://127.0.0.1:" + std::to_string(world_.ports.front()),
                                   "--calls", std::to_string(options.most)});
        if (recorded) words.insert(words.end(), {"--recordings", world_.folder + "/recordings"});
        ::setenv("OVERTURE_METRICS_TOKEN", kMetricsToken, 1);
        engine_ = std::make_unique<chaos::EngineProcess>(words, world_.folder + "/engine.log");
        engine_->start("");
        for (int i = 0; i < 600 && !isReady(); ++i) std::this_thread::sleep_for(milliseconds(50));
        vendors_.setDelay(kModel);
    }

    /// One call, then as many as were asked for; with what a call takes of memory, and of the disk where it is recorded.
    Json measureBoth() {
        const auto one = measure(1);
        auto asked = measure(options_.calls);
        asked["mib_per_call"] = (asked["engine_mib"].get<double>() - one["engine_mib"].get<double>()) /
                                std::max(1, options_.calls - 1);
        asked["recorded_mib"] = recordedMiB();
        tell({{"measurement", "memory"}, {"mib_per_call", asked["mib_per_call"]}});
        return asked;
    }
    static bool isGood(const Json& asked) {
        return asked["share_p99_ms"].get<double>() <= kMostShare &&
               asked["stop_p99_ms"].get<double>() <= kMostStop &&
               asked["mib_per_call"].get<double>() <= kMostMiB;
    }
    bool run() {
        const auto asked = measureBoth();
        for (int calls = options_.calls * 5 / 4; calls <= options_.most; calls += std::max(1, calls / 4))
            if (const auto more = measure(calls);
                more["late_share"].get<double>() > 0.01 || more["gone"].get<int>() > 0)
                break;
        return isGood(asked);
    }
    static void tell(const Json& figures) { std::cout << toText(figures) << "\n" << std::flush; }

private:
    static chaos::Plan planOf(const Options& options, const Vendors& vendors, bool recorded) {
        chaos::Plan plan;
        plan.engines = 1;
        plan.conversations = options.most;
        plan.lease = seconds(60);
        plan.workers = 512;
        plan.keep = options.keep;
        plan.modelUrl = vendors.url() + "/v1";
        plan.carrierUrl = vendors.url();
        plan.playbook = OVERTURE_SOURCE_DIR "/tests/chaos/calls_playbook";
        plan.speech = {{"plugin", "scripted-speech"}, {"settings", kSpeech}};
        if (recorded) plan.settings = {{"voice_record", true}};
        return plan;
    }
    bool isReady() {
        try {
            Caller(world_.ports.front(), "").get("/readyz");
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }
    double recordedMiB() const {
        namespace fs = std::filesystem;
        std::uintmax_t bytes = 0;
        std::error_code error;
        for (const auto& one : fs::recursive_directory_iterator(world_.folder + "/recordings", error))
            if (one.is_regular_file(error)) bytes += one.file_size(error);
        return static_cast<double>(bytes) / (1024 * 1024);
    }

    /// The next lead calls.
    void dial() {
        const auto number = dialled_++;
        char sid[40];
        std::snprintf(sid, sizeof sid, "CA%032zx", number);
        std::string answer;
        const int status = world_.post({{"CallSid", sid},
                                        {"From", world_.leads.at(number)},
                                        {"CallStatus", "ringing"},
                                        {"Direction", "inbound"},
                                        {"ApiVersion", "2010-04-01"}},
                                       random_, &answer);
        const auto path = between(answer, "/v1/calls/media/", "\"");
        const auto token = between(answer, "name=\"token\" value=\"", "\"");
        if (status != 200 || path.empty() || token.empty())
            throw Error("a call was not taken: " + std::to_string(status) + " " + answer, world_.folder);
        lines_.add(world_.ports.front(), "/v1/calls/media/" + path, token, sid);
    }
    static std::string between(const std::string& text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        if (at == std::string::npos) return {};
        return text.substr(at + from.size(), text.find(to, at + from.size()) - at - from.size());
    }

    /// How often the clock of all calls came more than 10 ms late, and how often it came.
    std::pair<double, double> ticks() {
        const auto text = Caller(world_.ports.front(), kMetricsToken).get("/metrics").body;
        double late = 0, all = 0;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with("overture_call_tick_late_seconds_bucket{le=\"0.01\"}"))
                late = std::stod(line.substr(line.rfind(' ')));
            if (line.starts_with("overture_call_tick_late_seconds_count"))
                all = std::stod(line.substr(line.rfind(' ')));
        }
        return {all - late, all};
    }

    Json measure(int calls) {
        while (static_cast<int>(lines_.open()) < calls) {
            for (int i = 0; i < 10 && static_cast<int>(lines_.open()) < calls; ++i) dial();
            lines_.talk(seconds(1), false);
        }
        lines_.talk(seconds(5), false);
        static_cast<void>(lines_.take());
        const auto [lateBefore, ticksBefore] = ticks();
        const auto used = usageOf(engine_->process(), cluster());
        lines_.talk(seconds(options_.seconds), true);
        const auto now = usageOf(engine_->process(), cluster());
        const auto [lateAfter, ticksAfter] = ticks();
        const auto met = lines_.take();
        const auto fixed = static_cast<double>((kEndOfTurn + kModel + kFirstSound).count());
        std::vector<double> shares, stops;
        for (const double took : met.answers) shares.push_back(took - fixed);
        for (const double took : met.stops) stops.push_back(took - static_cast<double>(kHeard.count()));
        const auto share = [](double part, double all) { return all > 0 ? part / all : 0.0; };
        Json figures{
            {"measurement", "calls"},
            {"calls", calls},
            {"turns", shares.size()},
            {"share_p50_ms", quantile(shares, 0.5)},
            {"share_p99_ms", quantile(shares, 0.99)},
            {"stops", stops.size()},
            {"stop_p50_ms", quantile(stops, 0.5)},
            {"stop_p99_ms", quantile(stops, 0.99)},
            {"frames", met.frames},
            {"late_share", share(static_cast<double>(met.late), static_cast<double>(met.frames))},
            {"ticks_late_share", share(lateAfter - lateBefore, ticksAfter - ticksBefore)},
            {"unanswered", met.unanswered},
            {"gone", met.gone},
            {"callers_late_share", share(static_cast<double>(met.sentLate), static_cast<double>(met.sent))},
            {"engine_cpus", (now.engine - used.engine) / options_.seconds},
            {"database_cpus", (now.database - used.database) / options_.seconds},
            {"engine_mib", residentMiB(engine_->process())}};
        tell(figures);
        return figures;
    }
    std::string cluster() const { return world_.folder + "/data/postgres/cluster"; }

    const Options options_;
    Vendors vendors_;
    chaos::World world_;
    Random random_;
    Lines lines_;
    std::unique_ptr<chaos::EngineProcess> engine_;
    std::size_t dialled_ = 0;
};

/// The same calls without and with, each by an engine and a database of its own.
bool compare(const Options& options) {
    const auto without = Bench(options, false).measureBoth();
    const auto with = Bench(options, true).measureBoth();
    Json both{{"measurement", "recording"}, {"calls", options.calls}};
    for (const char* figure : {"share_p50_ms", "share_p99_ms", "stop_p99_ms", "late_share",
                               "ticks_late_share", "engine_cpus", "mib_per_call", "recorded_mib"})
        both[figure] = {{"without", without[figure]}, {"with", with[figure]}};
    Bench::tell(both);
    if (with["recorded_mib"].get<double>() <= 0) throw Error("nothing was recorded", "calls_bench");
    return Bench::isGood(without) && Bench::isGood(with);
}

}  // namespace
}  // namespace overture::bench

int main(int count, char** words) {
    try {
        const std::vector<std::string> all(words + 1, words + count);
        if (std::find(all.begin(), all.end(), "--help") != all.end()) {
            std::cout << overture::bench::kHelp;
            return 0;
        }
        const auto options = overture::bench::optionsOf(all);
        const bool good =
            options.record ? overture::bench::compare(options) : overture::bench::Bench(options, false).run();
        return good ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "calls_bench: " << error.what() << "\n";
        return 2;
    }
}
