#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "playbook/specs.hpp"
#include "workshop/bench.hpp"

namespace overture::workshop {

struct SpecRow {
    playbook::SpecCase which;
    std::optional<playbook::SpecFailure> failure;  ///< nothing: it holds
    double seconds = 0;
};

struct SpecReport {
    std::vector<SpecRow> rows;                ///< in the order of files and cases
    std::vector<playbook::Finding> mistakes;  ///< files that could not be read
    double seconds = 0;

    std::size_t failed() const;
    bool good() const { return failed() == 0 && mistakes.empty(); }
};

/// Runs the cases of tests/*.lua whose file or name contains `filter` (letters of any case), one after another.
SpecReport runSpecs(const Bench& bench, const playbook::Files& specs, const std::string& filter);

/// For people: every group and case, and of a failed one place, what was expected, what there was, and the conversation so far.
std::string specText(const SpecReport& report, const std::string& directory);
/// Test Anything Protocol 13.
std::string specTap(const SpecReport& report, const std::string& directory);
/// JUnit's XML, one suite per file.
std::string specJunit(const SpecReport& report, const std::string& directory);

}  // namespace overture::workshop
