// overture plugin check: every rule of the conformance suite on one plugin, each in a process of its own.
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <overture/testing/conformance.hpp>

#include "base/clock.hpp"
#include "base/schema.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/paths.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"
#include "plugin/manifest.hpp"

namespace overture::cli {
namespace {

namespace conformance = overture::testing;
using conformance::Verdict;

constexpr unsigned kLongestSeconds = 60;  // of one rule

struct Checked {
    std::string folder;
    plugin::Manifest manifest;
    conformance::Sample sample;
};

Checked readChecked(const std::string& path, const std::string& samplePath) {
    namespace fs = std::filesystem;
    Checked checked;
    checked.folder = fs::is_directory(path) ? path : fs::path(path).parent_path().string();
    if (checked.folder.empty()) checked.folder = ".";
    checked.folder = fs::absolute(checked.folder).lexically_normal().string();
    auto manifest = plugin::readManifest(checked.folder);
    if (!manifest)
        throw Error(manifest.problem().what, path, "Name the folder with plugin.json and the library.");
    checked.manifest = *manifest;
    const auto beside = checked.folder + "/conformance.json";
    const auto from = samplePath.empty() ? beside : samplePath;
    if (!samplePath.empty() || fs::exists(beside)) {
        const auto document = parseJson(readFile(from), from).orThrow();
        try {
            checked.sample = conformance::readSample(document);
        } catch (const std::exception& error) {
            throw Error(error.what(), from);
        }
    }
    if (const auto problem =
            applySchema(checked.manifest.settingsSchema, checked.sample.settings, "settings"))
        throw Error(
            problem->what, from + ", " + problem->where,
            problem->remedy.empty()
                ? "Give the suite a binding's settings and secrets in conformance.json beside plugin.json."
                : problem->remedy);
    for (const auto& name : checked.manifest.neededSecrets)
        if (checked.sample.secrets[name].empty())
            throw Error("the secret \"" + name + "\" is missing", from,
                        "Give the suite a made-up one in \"secrets\".");
    return checked;
}

const overture_entry_t* entryOf(const Checked& checked) {
    const auto path = checked.folder + "/" + checked.manifest.id + ".so";
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw Error(::dlerror(), path);
    void* const symbol = ::dlsym(library, "overture_plugin_entry_v1");
    if (symbol == nullptr) throw Error("it exports no overture_plugin_entry_v1", path);
    return reinterpret_cast<const overture_entry_t* (*)()>(symbol)();
}

/// What `work` says, from a process that may crash or hang.
std::string fromAChild(const std::function<std::string()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw Error("no pipe can be made", "plugin check");
    std::cout.flush();
    const auto child = ::fork();
    if (child < 0) throw Error("no process can be started", "plugin check");
    if (child == 0) {
        ::close(ends[0]);
        ::signal(SIGALRM, SIG_DFL);
        ::alarm(kLongestSeconds);
        std::string said;
        try {
            said = work();
        } catch (const std::exception& error) {
            said = toText({{"state", "broken"}, {"why", error.what()}});
        }
        for (std::size_t at = 0; at < said.size();) {
            const auto written = ::write(ends[1], said.data() + at, said.size() - at);
            if (written <= 0) ::_exit(3);
            at += static_cast<std::size_t>(written);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return said;
    const auto why = !WIFSIGNALED(status)
                         ? "the process ended with status " + std::to_string(WEXITSTATUS(status))
                     : WTERMSIG(status) == SIGALRM
                         ? "it did not come back within " + std::to_string(kLongestSeconds) + " seconds"
                         : "it crashed (" + std::string(::strsignal(WTERMSIG(status))) + ")";
    return toText({{"state", "broken"}, {"why", why}});
}

std::string loadedOrWhyNot(const Checked& checked) {
    net::HttpClient http;
    const SystemClock clock;
    plugin::Host host(plugin::Services{http, clock});
    const auto listing = host.load(checked.folder);
    if (listing.state == "loaded") return toText({{"state", "kept"}, {"why", ""}});
    return toText({{"state", "broken"}, {"why", listing.reason}});
}

std::string judged(const conformance::Rule& rule, const conformance::Subject& subject) {
    const auto verdict = conformance::judge(rule, subject);
    constexpr const char* names[] = {"kept", "broken", "skipped"};
    return toText({{"state", names[verdict.state]}, {"why", toValidUtf8(verdict.why)}});
}

struct Tally {
    bool json = false;
    std::map<std::string, int> counts = {};

    void row(const std::string& rule, const std::string& demands, const std::string& said) {
        auto row = parseJson(said, "a rule's verdict").orThrow();
        const auto state = textOf(row, "state"), why = textOf(row, "why");
        ++counts[state];
        if (json) {
            row["rule"] = rule;
            row["demands"] = demands;
            std::cout << toText(row) << "\n";
            return;
        }
        std::cout << (state == "broken" ? "BROKEN "
                      : state == "kept" ? "kept   "
                                        : "skipped")
                  << "  " << rule << ": " << demands << "\n";
        if (!why.empty()) std::cout << "           " << why << "\n";
    }
};

int check(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"sample=", "rule=", "json"});
    if (arguments.positional().size() != 1) throw UsageError{"name one plugin's folder"};
    const auto checked = readChecked(arguments.positional()[0], arguments.value("sample"));
    const auto only = arguments.value("rule");
    Tally tally{arguments.has("json")};
    const auto loads = fromAChild([&] { return loadedOrWhyNot(checked); });
    if (only.empty() || textOf(parseJson(loads, "").orThrow(), "state") == "broken")
        tally.row("load", "is loaded by the engine", loads);
    if (tally.counts["broken"] == 0) {
        const conformance::Subject subject{entryOf(checked), checked.sample};
        bool any = only.empty();
        for (const auto& rule : conformance::rulesFor(subject.entry)) {
            if (!only.empty() && rule.name != only) continue;
            any = true;
            tally.row(rule.name, rule.demands, fromAChild([&] { return judged(rule, subject); }));
        }
        if (!any) throw Error("there is no rule \"" + only + "\" for this plugin", "plugin check --rule");
    }
    if (!tally.json)
        std::cout << checked.manifest.id << " " << checked.manifest.version << ": " << tally.counts["kept"]
                  << " kept, " << tally.counts["broken"] << " broken, " << tally.counts["skipped"]
                  << " skipped\n";
    return tally.counts["broken"] == 0 ? 0 : 1;
}

const Registered command{{"plugin check", "holds a plugin against every rule of the conformance suite",
                          R"(Usage: overture plugin check FOLDER [OPTIONS]

Loads the plugin in FOLDER (with plugin.json and the library) and tries each way we know for one to be wrong: broken settings and
requests, every answer a vendor can give or fail to give, webhooks that strangers post, many threads, what stays behind. Nothing leaves
the machine: the vendor's answers are made up. Each rule runs in a process of its own, so a crash or a hang is one broken rule.
Exit status: 0 when nothing is broken, 1 otherwise.

  --sample FILE   a binding's settings and secrets, and what the vendor answers and signs, for the rules that need them; otherwise
                  conformance.json in FOLDER. docs/plugins.md says what is in it
  --rule NAME     that rule only
  --json          one JSON object a line: rule, demands, state (kept, broken, skipped), why

Example:
  $ overture plugin check plugins/acme
  kept     load: is loaded by the engine
  …
  acme 0.1.0: 24 kept, 0 broken, 0 skipped)",
                          check}};

}  // namespace
}  // namespace overture::cli
