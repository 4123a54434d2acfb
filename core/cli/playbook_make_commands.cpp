#include <iostream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/programs.hpp"
#include "workshop/bench.hpp"
#include "workshop/draft.hpp"
#include "workshop/graph.hpp"

namespace overture::cli {
namespace {

int make(const std::vector<std::string>& words) {
    const Arguments arguments(words, {});
    if (arguments.positional().size() != 1) throw UsageError{"name the new playbook"};
    const auto& directory = arguments.positional()[0];
    for (const auto& name : workshop::writeFirstDraft(directory))
        std::cout << directory << "/" << name << "\n";
    std::cout << "\nNext:\n  overture playbook check " << directory << "\n  overture playbook test "
              << directory << "\n  overture playbook chat " << directory << "\n";
    return 0;
}

const Registered newCommand{{"playbook new", "a new playbook that works at once",
                             R"(Usage: overture playbook new NAME

Makes the folder NAME with a playbook, a spec, simulated people, settings, account managers and a few leads.
`playbook check`, `playbook test` and `run` work on it as it is. NAME may be a path; its last part is the id.

Example:
  $ overture playbook new spring-renewal
  $ overture playbook test spring-renewal)",
                             make}};

/// What Graphviz makes of it.
std::string drawn(const std::string& graph, const std::string& format) {
    const ScratchFolder scratch;
    scratch.put("in", graph);
    if (runInstalled({"dot", "-T" + format, "-o", "out", "in"}, scratch.path(),
                     {"Graphviz's program \"dot\" is not installed", "--format " + format,
                      "Install the package graphviz, or take --format mermaid or dot."}) != 0)
        throw Error("\"dot\" could not draw this graph");
    return readFile(scratch.path() + "/out");
}

int graph(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"format=", "out="});
    if (arguments.positional().size() != 1) throw UsageError{"name one playbook folder"};
    const auto format = arguments.value("format", "mermaid");
    if (format != "mermaid" && format != "dot" && format != "svg" && format != "png")
        throw UsageError{"--format takes mermaid, dot, svg or png, not \"" + format + "\""};
    const auto loaded = workshop::loadChecked(arguments.positional()[0]);
    const auto picture = format == "mermaid" ? workshop::mermaidGraph(*loaded->definition)
                         : format == "dot"   ? workshop::dotGraph(*loaded->definition)
                                             : drawn(workshop::dotGraph(*loaded->definition), format);
    if (arguments.has("out"))
        writeFile(arguments.value("out"), picture);
    else
        std::cout << picture;
    return 0;
}

const Registered graphCommand{
    {"playbook graph", "a picture of the stages and the ways between them",
     R"(Usage: overture playbook graph DIR [--format mermaid|dot|svg|png] [--out FILE]

Words on an arrow are what the agent understands, "rule" is a function of the playbook's, "quiet 9d" is silence.
svg and png are drawn by Graphviz's program dot, where it is installed.

Example:
  $ overture playbook graph playbooks/solar-consult --format svg --out solar.svg)",
     graph}};

}  // namespace
}  // namespace overture::cli
