#include "base/metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

namespace overture::metrics {
namespace {

constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                             0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};

struct Family {
    const char* name;
    const char* type;
    const char* help;
};

constexpr Family kFamilies[] = {
    {"overture_budgets_nearly_used", "gauge",
     "Budgets of campaigns and organizations of which 95 % are spent or set aside."},
    {"overture_call_leg_seconds", "histogram",
     "From the caller's last sound to our first, whole and by its parts."},
    {"overture_call_tick_late_seconds", "histogram", "By how much the 20 ms clock of all calls was late."},
    {"overture_calls", "gauge", "Calls with sound, in this engine."},
    {"overture_calls_ended_total", "counter", "Calls that had sound and are over, by why."},
    {"overture_calls_transferred_total", "counter", "Calls that were given to a person, by what came of it."},
    {"overture_deliveries_total", "counter", "Tries to deliver a message, by channel-independent result."},
    {"overture_endpoint_send_duration_seconds", "histogram",
     "Notices sent to organizations' own endpoints, from the request to its answer; by what became of it."},
    {"overture_gate_verdicts_total", "counter", "Answers of the gate when a message was about to leave."},
    {"overture_http_request_duration_seconds", "histogram",
     "From a request's head to its answer, by status."},
    {"overture_live_cut_total", "counter", "Listeners of the feed that were cut off, by why."},
    {"overture_http_connections", "gauge", "Open connections of HTTP clients, idle ones among them."},
    {"overture_live_listeners", "gauge", "Listeners of the feed: server-sent events and WebSockets."},
    {"overture_plugin_call_duration_seconds", "histogram",
     "Calls of plugins: models, carriers, channels; by outcome."},
    {"overture_recordings_waiting", "gauge",
     "Recordings of calls that are over and not in their storage yet, in this engine's folder."},
    {"overture_recordings_stored_total", "counter", "Recordings of calls that reached their storage."},
    {"overture_queue_length", "gauge",
     "What is due and not in hand, in all engines; at most 100000 is said."},
    {"overture_queue_oldest_seconds", "gauge", "For how long the oldest of it has been due."},
    {"overture_step_cost_micros_total", "counter",
     "What steps cost, in millionths of the organization's currency."},
    {"overture_steps_total", "counter", "Outside calls of turns, by kind."},
    {"overture_turn_duration_seconds", "histogram",
     "From a turn's opening to its commit; by what became of it."},
    {"overture_turns_failed_total", "counter", "Turns that ended without a commit, by why."},
    {"overture_webhooks_total", "counter", "Webhook calls taken in, by what they were."},
};

struct Series {
    double value = 0;  ///< of a histogram: the sum
    std::array<std::uint64_t, kBounds.size()> buckets{};
    std::uint64_t observations = 0;
};

struct All {
    std::mutex mutex;
    std::map<std::string, std::map<std::string, Series>, std::less<>> families;  ///< by name, by labels
};

All& all() {
    static All* const everything = [] {
        auto* made = new All;  // for the life of the process
        for (const auto& family : kFamilies) made->families[family.name];
        return made;
    }();
    return *everything;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

std::string keyOf(const Labels& labels) {
    std::string key;
    for (const auto& [name, value] : labels)
        key += (key.empty() ? "" : ",") + std::string(name) + "=\"" + escaped(value) + "\"";
    return key;
}

/// Under the lock.
Series& seriesOf(All& everything, std::string_view name, const Labels& labels) {
    const auto family = everything.families.find(name);
    if (family == everything.families.end())
        throw std::logic_error("no metric is called " + std::string(name));
    return family->second[keyOf(labels)];
}

std::string numberText(double number) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.10g", number);
    return buffer;
}

std::string line(const std::string& name, const std::string& labels, const std::string& value) {
    return name + (labels.empty() ? "" : "{" + labels + "}") + " " + value + "\n";
}

std::string head(const std::string& name, const char* type, const char* help) {
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string histogramLines(const std::string& name, const std::string& labels, const Series& series) {
    std::string out;
    const auto before = labels.empty() ? "" : labels + ",";
    for (std::size_t i = 0; i < kBounds.size(); ++i)
        out += line(name + "_bucket", before + "le=\"" + numberText(kBounds[i]) + "\"",
                    std::to_string(series.buckets[i]));
    out += line(name + "_bucket", before + "le=\"+Inf\"", std::to_string(series.observations));
    out += line(name + "_sum", labels, numberText(series.value));
    return out + line(name + "_count", labels, std::to_string(series.observations));
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The figures that Prometheus's own client libraries call by these names.
std::string processLines() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return head("process_cpu_seconds_total", "counter", "Processor time, user and system.") +
           line("process_cpu_seconds_total", "",
                numberText(seconds(usage.ru_utime) + seconds(usage.ru_stime))) +
           head("process_resident_memory_bytes", "gauge", "Resident memory.") +
           line("process_resident_memory_bytes", "", std::to_string(resident * ::sysconf(_SC_PAGESIZE)));
}

}  // namespace

void count(std::string_view name, const Labels& labels, double by) {
    auto& everything = all();
    const std::scoped_lock lock(everything.mutex);
    seriesOf(everything, name, labels).value += by;
}

void set(std::string_view name, const Labels& labels, double value) {
    auto& everything = all();
    const std::scoped_lock lock(everything.mutex);
    seriesOf(everything, name, labels).value = value;
}

void observe(std::string_view name, const Labels& labels, std::chrono::nanoseconds took) {
    const auto length = std::chrono::duration<double>(took).count();
    auto& everything = all();
    const std::scoped_lock lock(everything.mutex);
    auto& series = seriesOf(everything, name, labels);
    series.value += length;
    ++series.observations;
    for (std::size_t i = 0; i < kBounds.size(); ++i) series.buckets[i] += length <= kBounds[i] ? 1 : 0;
}

std::string exposition() {
    auto& everything = all();
    std::string out;
    const std::scoped_lock lock(everything.mutex);
    for (const auto& family : kFamilies) {
        const std::string name = family.name;
        out += head(name, family.type, family.help);
        for (const auto& [labels, series] : everything.families[name])
            out += std::string_view(family.type) == "histogram"
                       ? histogramLines(name, labels, series)
                       : line(name, labels, numberText(series.value));
    }
    return out + processLines();
}

}  // namespace overture::metrics
