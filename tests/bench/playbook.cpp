// How long the check of the shipped playbooks takes, loading one for a turn, how many specs a second one core runs, and what a
// hostile playbook beside them changes.
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/http_client.hpp"
#include "playbook/check_folder.hpp"
#include "playbook/sandbox_run.hpp"
#include "workshop/specs.hpp"

namespace {

using namespace overture;
using Watch = std::chrono::steady_clock;

double millisecondsOf(const std::function<void()>& work) {
    const auto begin = Watch::now();
    work();
    return std::chrono::duration<double, std::milli>(Watch::now() - begin).count();
}

/// What this thread has had of the processor: the same on a busy machine.
double processorSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Times {
    std::vector<double> all;
    double at(double share) {
        std::sort(all.begin(), all.end());
        return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
    }
};

Times measure(int times, const std::function<void()>& work) {
    Times taken;
    work();
    for (int i = 0; i < times; ++i) taken.all.push_back(millisecondsOf(work));
    return taken;
}

playbook::TalkView viewOf(const playbook::Definition& definition) {
    playbook::TalkView view;
    view.lead = {{"first_name", "Asha"}, {"country", "US"}};
    view.settings = {{"company", "Northbeam"}};
    view.facts = Json::object();
    view.stage = definition.firstStage;
    view.channel = "sms";
    view.language = "en";
    view.messages = Json::array();
    view.now = *parseRfc3339("2026-09-14T17:00:00Z");
    view.zone = "America/Phoenix";
    view.seed = 7;
    return view;
}

struct Limits {
    double check = 0, load = 0, cases = 0;  ///< 0: none
};

bool measureOne(const std::string& folder, plugin::Host& host, const Limits& limits) {
    const auto files = playbook::readFolder(folder);
    const auto definition = playbook::check(files).definition;
    const auto view = viewOf(*definition);
    auto checks = measure(60, [&] { (void)playbook::checkFolder(folder); });
    auto loads = measure(4000, [&] { playbook::Script script(files, view); });
    const workshop::Bench bench(folder, host);
    const auto specs = playbook::readSpecs(folder);
    std::size_t cases = 0;
    double seconds = 0;
    const auto begun = processorSeconds();
    while (seconds < 2) {
        const auto report = workshop::runSpecs(bench, specs, {});
        cases += report.rows.size();
        seconds += report.seconds;
    }
    const double rate = static_cast<double>(cases) / seconds;
    const double perProcessor = static_cast<double>(cases) / (processorSeconds() - begun);
    std::cout << std::fixed << std::setprecision(3)
              << toText({{"playbook", std::filesystem::path(folder).filename().string()},
                         {"check_ms_median", checks.at(0.5)},
                         {"check_ms_most", checks.at(1)},
                         {"load_ms_median", loads.at(0.5)},
                         {"load_ms_99", loads.at(0.99)},
                         {"spec_cases_per_second", rate},
                         {"spec_cases_per_processor_second", perProcessor}})
              << "\n";
    return (limits.check == 0 || checks.at(0.5) < limits.check) &&
           (limits.load == 0 || loads.at(0.5) < limits.load) && (limits.cases == 0 || rate >= limits.cases);
}

std::vector<std::string> scriptsIn(const std::string& folder) {
    std::vector<std::string> sources;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".lua") sources.push_back(readFile(entry.path().string()));
    return sources;
}

/// A playbook's turns while another core runs every hostile script, one after the other.
bool measureBesideHostile(const std::string& folder, plugin::Host& host, const std::string& hostile) {
    constexpr int kTimes = 400;
    constexpr double kMost = 2;
    const workshop::Bench bench(folder, host);
    const auto specs = playbook::readSpecs(folder);
    const auto turns = [&] { (void)workshop::runSpecs(bench, specs, {}); };
    auto alone = measure(kTimes, turns);
    const auto sources = scriptsIn(hostile);
    std::atomic<bool> over = false;
    std::atomic<int> stopped = 0;
    std::thread neighbour([&] {
        for (std::size_t i = 0; !over && !sources.empty(); ++i)
            stopped += playbook::runInSandbox(sources[i % sources.size()], "hostile").outcome != "ok" ? 1 : 0;
    });
    auto beside = measure(kTimes, turns);
    over = true;
    neighbour.join();
    const auto ratio = beside.at(0.99) / alone.at(0.99);
    std::cout << toText({{"measurement", "beside_hostile"},
                         {"scripts", sources.size()},
                         {"stopped", stopped.load()},
                         {"specs_ms_median_alone", alone.at(0.5)},
                         {"specs_ms_median_beside", beside.at(0.5)},
                         {"specs_ms_99_alone", alone.at(0.99)},
                         {"specs_ms_99_beside", beside.at(0.99)},
                         {"ratio_of_99", ratio}})
              << "\n";
    return ratio <= kMost && stopped > 0;
}

}  // namespace

/// Arguments: the plugins' folder, the most milliseconds of a check and of a load, the least cases a second, the folder of hostile
/// scripts, playbooks.
int main(int count, char** words) {
    if (count < 7) {
        std::cerr << "usage: overture_playbook_bench PLUGINS CHECK_MS LOAD_MS CASES HOSTILE_DIR DIR…\n";
        return 2;
    }
    const SystemClock clock;
    net::HttpClient http;
    plugin::Host host({http, clock});
    host.loadAll(words[1]);
    const Limits limits{std::atof(words[2]), std::atof(words[3]), std::atof(words[4])};
    bool good = true;
    for (int i = 6; i < count; ++i) good = measureOne(words[i], host, limits) && good;
    good = measureBesideHostile(words[6], host, words[5]) && good;
    return good ? 0 : 1;
}
