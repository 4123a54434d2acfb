#include <iostream>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "workshop/specs.hpp"

namespace overture::cli {
namespace {

int test(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"filter=", "tap", "junit=", "plugins="});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto& directory = arguments.positional()[0];
    const SystemClock clock;
    net::HttpClient http;
    plugin::Host host({http, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    const workshop::Bench bench(directory, host);
    const auto specs = playbook::readSpecs(directory);
    if (specs.empty())
        throw Error("there are no specs here", directory + "/tests",
                    "Write tests/first.lua, for example: docs/playbooks.md shows how.");
    const auto filter = arguments.value("filter");
    const auto report = workshop::runSpecs(bench, specs, filter);
    std::cout << (arguments.has("tap") ? workshop::specTap(report, directory)
                                       : workshop::specText(report, directory));
    if (arguments.has("junit")) writeFile(arguments.value("junit"), workshop::specJunit(report, directory));
    if (report.rows.empty() && report.mistakes.empty())
        throw Error(
            filter.empty() ? "there is no it(…) in tests/" : "no case's name contains \"" + filter + "\"",
            directory, {});
    return report.good() ? 0 : 1;
}

const Registered command{
    {"playbook test", "runs a playbook's specs",
     R"(Usage: overture playbook test DIR [--filter TEXT] [--tap] [--junit FILE] [--plugins DIR]

Runs every case of DIR/tests/*.lua through the real agent: CSR, Overseer, rules, opt-outs, gate and booking. No
network, no database, a clock of its own, and the scripted model unless a case says what the model answers.
Exit status: 0 when all hold, 1 when one fails or a file cannot be read.

  --filter TEXT   only cases whose file or name contains TEXT
  --tap           Test Anything Protocol instead of text
  --junit FILE    writes JUnit's XML as well

Example:
  $ overture playbook test playbooks/solar-consult --filter price
  playbooks/solar-consult/tests/objections.lua
    ok      a price objection: is answered twice and then let go
  1 case, none failed; 0.01 s)",
     test}};

}  // namespace
}  // namespace overture::cli
