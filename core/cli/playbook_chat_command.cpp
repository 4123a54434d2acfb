#include <unistd.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "workshop/chat.hpp"

namespace overture::cli {
namespace {

Json optionsOf(const Arguments& arguments) {
    Json options = Json::object();
    for (const char* name : {"stage", "channel", "language", "at", "variant"})
        if (arguments.has(name)) options[name] = arguments.value(name);
    if (arguments.has("inbound")) options["inbound"] = true;
    if (arguments.has("name")) options["lead"]["first_name"] = arguments.value("name");
    if (arguments.has("country")) options["lead"]["country"] = arguments.value("country");
    return options;
}

int chat(const std::vector<std::string>& words) {
    const Arguments arguments(
        words,
        {"stage=", "channel=", "language=", "at=", "name=", "country=", "variant=", "inbound", "plugins="});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto& directory = arguments.positional()[0];
    const SystemClock clock;
    net::HttpClient http;
    plugin::Host host({http, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));
    const workshop::Bench bench(directory, host);
    auto people = playbook::people(bench.loaded()->files).orThrow();
    const bool colours = isatty(STDOUT_FILENO) != 0, prompt = isatty(STDIN_FILENO) != 0;
    workshop::Chat chat(bench, optionsOf(arguments), std::move(people), directory, {colours});
    std::cout << chat.greeting();
    std::string line;
    while (!chat.done()) {
        if (prompt) std::cout << "you> ";
        std::cout << std::flush;
        if (!std::getline(std::cin, line)) break;
        std::cout << chat.line(line);
    }
    std::cout << std::flush;
    return 0;
}

const Registered command{
    {"playbook chat", "talk to a playbook as its lead",
     R"(Usage: overture playbook chat DIR [--stage NAME | --inbound] [--name NAME] [--country CODE]
                               [--channel NAME] [--language CODE] [--at TIME] [--variant NAME]
                               [--plugins DIR]

Holds one conversation in the terminal, or with the lines of standard input, through the real agent; no model, network
or database is needed. After every line it shows what was sent, stage, facts, verdict and reasons, and the lead's clock.

  --stage NAME     begin in the middle, in this stage
  --inbound        you write first
  --name, --country, --language, --channel    of the lead
  --variant NAME   with the wordings of this variant of the playbook
  --at TIME        "Tue 10:00", "2026-09-14 10:00" or an instant, on the lead's clock

  /time +2d   /back [N]   /as PERSON [N]   /save NAME   /say   /again   /help   /quit

Example:
  $ overture playbook chat playbooks/solar-consult)",
     chat}};

}  // namespace
}  // namespace overture::cli
