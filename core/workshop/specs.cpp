#include "workshop/specs.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "workshop/trial.hpp"

namespace overture::workshop {
namespace {

using Watch = std::chrono::steady_clock;

double since(Watch::time_point started) {
    return std::chrono::duration<double>(Watch::now() - started).count();
}

bool wanted(const playbook::SpecCase& which, const std::string& filter) {
    return filter.empty() ||
           foldCase(which.file + " " + which.name).find(foldCase(filter)) != std::string::npos;
}

}  // namespace

std::size_t SpecReport::failed() const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](const SpecRow& row) { return row.failure.has_value(); }));
}

SpecReport runSpecs(const Bench& bench, const playbook::Files& specs, const std::string& filter) {
    SpecReport report;
    TrialWorld world(bench);
    const auto started = Watch::now();
    for (const auto& [file, text] : specs) {
        auto listing = playbook::listSpecs(specs, file);
        for (auto& mistake : listing.mistakes) report.mistakes.push_back(std::move(mistake));
        if (!listing.mistakes.empty()) continue;
        for (auto& which : listing.cases) {
            if (!wanted(which, filter)) continue;
            const auto begun = Watch::now();
            auto failure = playbook::runSpec(specs, which, world);
            report.rows.push_back({std::move(which), std::move(failure), since(begun)});
        }
    }
    report.seconds = since(started);
    return report;
}

}  // namespace overture::workshop
