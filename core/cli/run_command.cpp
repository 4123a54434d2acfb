#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/team.hpp"
#include "cli/command.hpp"
#include "cli/outbound.hpp"
#include "cli/paths.hpp"
#include "rehearsal/rehearsal.hpp"
#include "rehearsal/report.hpp"
#include "store/cluster.hpp"
#include "store/migrations.hpp"
#include "store/shared_processor.hpp"

namespace overture::cli {
namespace {

constexpr const char* kDefaultStart =
    "2026-09-14T00:00:00Z";  // a fixed Monday: the same seed gives the same bytes

/// The file given by the option, else the one of that name in the playbook's folder, else nothing.
std::string besidePlaybook(const Arguments& arguments, const char* option, const std::string& folder,
                           const char* name) {
    if (arguments.has(option)) return arguments.value(option);
    const auto path = folder + "/" + name;
    return std::filesystem::exists(path) ? path : "";
}

void readPlaybook(rehearsal::Plan& plan, const std::string& folder) {
    plan.files = playbook::readFolder(folder);
    const auto checked = playbook::check(plan.files);
    int errors = 0;
    for (const auto& finding : checked.findings) {
        if (finding.severity != "error") continue;
        std::cerr << folder << "/" << finding.place << ": " << finding.message
                  << (finding.suggestion.empty() ? "" : ". " + finding.suggestion) << "\n";
        ++errors;
    }
    if (!checked.ok())
        throw Error("this playbook has " + std::to_string(errors) + (errors == 1 ? " mistake" : " mistakes"),
                    folder, "Mend what is listed above; `overture playbook check` shows it again.");
    plan.definition = checked.definition;
    plan.people = playbook::people(plan.files).orThrow();
    if (plan.people.empty())
        throw Error("there are no simulated people to talk to", folder + "/people",
                    "Add at least one file such as people/eager.lua (see docs/playbooks.md).");
}

void readModel(rehearsal::Plan& plan, const std::string& model) {
    plan.model = model;
    const auto fromEnvironment = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value == nullptr ? "" : value;
    };
    if (model == "scripted") return;
    auto upper = model;
    for (auto& c : upper) c = static_cast<char>(c == '-' ? '_' : std::toupper(static_cast<unsigned char>(c)));
    if (const auto key = fromEnvironment((upper + "_API_KEY").c_str()); !key.empty())
        plan.modelSecrets["api_key"] = key;
    if (const auto url = fromEnvironment((upper + "_BASE_URL").c_str()); !url.empty())
        plan.modelSettings["base_url"] = url;
    if (const auto name = fromEnvironment((upper + "_MODEL").c_str()); !name.empty())
        plan.modelSettings["model"] = name;
    if (plan.modelSecrets.empty() && !plan.modelSettings.contains("base_url"))
        throw Error("the model \"" + model + "\" needs a key", upper + "_API_KEY",
                    "Set that variable (and, for a server of your own, " + upper +
                        "_BASE_URL), or leave --model out to play from the approved lines.");
}

/// Said before the run, not after it.
void makeFolder(const std::string& path) {
    std::error_code fault;
    std::filesystem::create_directories(path, fault);
    if (!std::filesystem::is_directory(path))
        throw Error("this folder cannot be made" + (fault ? ": " + fault.message() : std::string()), path,
                    "Choose another with --out.");
}

class Bar {
public:
    Bar() : terminal_(isatty(STDERR_FILENO) != 0) {}
    ~Bar() {
        if (terminal_) std::cerr << "\r\033[K" << std::flush;
    }
    void show(const rehearsal::Progress& progress) {
        const auto share = static_cast<double>((progress.now - progress.start).count()) /
                           static_cast<double>((progress.end - progress.start).count());
        const int percent = static_cast<int>(share * 100);
        if (!terminal_) {
            if (percent / 10 > shown_ / 10) std::cerr << text(progress, percent) << "\n";
        } else if (progress.turns >= next_) {
            next_ = progress.turns + 20;
            const auto filled = static_cast<std::size_t>(share * 30);
            std::cerr << "\r\033[K  [" << std::string(filled, '#') << std::string(30 - filled, '.') << "] "
                      << text(progress, percent) << std::flush;
        }
        shown_ = percent;
    }

private:
    static std::string text(const rehearsal::Progress& progress, int percent) {
        return std::to_string(percent) + " %  " + localTime("UTC", progress.now).text() + " UTC  " +
               std::to_string(progress.turns) + " turns, " + std::to_string(progress.sent) + " messages";
    }
    bool terminal_;
    int shown_ = 0;
    std::uint64_t next_ = 0;
};

int run(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"leads=", "days=", "seed=", "model=", "out=", "data=", "start=",
                                      "settings=", "team=", "plugins=", "verbose"});
    if (arguments.positional().size() > 1) throw UsageError{"name one playbook folder"};
    const auto folder =
        arguments.positional().empty() ? std::string("playbooks/solar-consult") : arguments.positional()[0];
    rehearsal::Plan plan;
    plan.days = static_cast<int>(arguments.number("days", 14, 1, 365));
    plan.seed = static_cast<std::uint64_t>(arguments.number("seed", 1, 0, 1L << 52));
    const auto start = parseRfc3339(arguments.value("start", kDefaultStart));
    if (!start) throw UsageError{"--start takes an instant such as 2026-09-14T00:00:00Z"};
    plan.start = *start;
    if (arguments.has("verbose")) log::setLevel(log::Level::info);

    readPlaybook(plan, folder);
    const auto leads = besidePlaybook(arguments, "leads", folder, "leads.csv");
    if (leads.empty()) throw UsageError{"give a list of leads with --leads FILE.csv"};
    plan.leads = readFile(leads);
    if (const auto settings = besidePlaybook(arguments, "settings", folder, "settings.json");
        !settings.empty())
        plan.settings = parseJson(readFile(settings), settings).orThrow();
    else
        plan.settings = Json::object();
    const auto team = besidePlaybook(arguments, "team", folder, "team.csv");
    if (team.empty())
        throw Error("there are no account managers to book meetings with", folder + "/team.csv",
                    "Add that file with the columns name,email,zone,hours, or give one with --team.");
    plan.team = campaign::readTeam(readFile(team), team, plan.start);
    readModel(plan, arguments.value("model", "scripted"));

    const auto out = arguments.value("out", "out");
    makeFolder(out);

    VirtualClock clock(plan.start);
    net::HttpClient http(outboundLimits(arguments));
    plugin::Host host({http, clock});
    host.loadAll(pluginsFolder(arguments.value("plugins")));

    std::cout << "Rehearsing " << plan.definition->id << " with " << leads << ": " << plan.days
              << " days in virtual time, simulated people, "
              << (plan.model == "scripted"
                      ? "no model (the scripted one plays from the playbook's approved lines)"
                      : "the model \"" + plan.model + "\"")
              << ".\n"
              << std::flush;
    const auto data = arguments.value("data", "data/rehearsal");
    const auto cluster = store::PrivateCluster::start(data + "/postgres", true);
    store::Database database({cluster->freshDatabase("overture"), 4, seconds(10), false});
    store::migrate(database);
    Bar bar;
    rehearsal::Ran ran;
    try {
        store::SharedProcessor processor(database);
        ran = rehearsal::run(database, host, clock, plan, [&](const rehearsal::Progress& progress) {
            bar.show(progress);
            processor.step();
        });
    } catch (const store::DatabaseError&) {
        if (auto breakdown = cluster->breakdown()) throw Error(std::move(*breakdown));
        throw;
    }
    const auto report = rehearsal::report(database, ran, plan);
    rehearsal::writeFiles(database, ran, report, out);
    std::cout << rehearsal::summary(report, out)
              << "  One conversation: overture conversation show LEAD --data " << data << "\n";
    return 0;
}

const Registered registered{
    {"run", "rehearse a campaign with simulated people in virtual time",
     "Usage: overture run [PLAYBOOK_DIR] [--leads FILE.csv] [--days N] [--seed S] [--model PROVIDER] [--out "
     "DIR]\n"
     "                    [--settings FILE.json] [--team FILE.csv] [--start INSTANT] [--data DIR] [--plugins "
     "DIR]\n\n"
     "Reads the leads, plans each person's own hours, and holds every conversation with simulated people on "
     "a\n"
     "simulated carrier, through the same turns, gate, plugins and PostgreSQL as the running service. "
     "Nothing leaves\n"
     "this machine but the model's calls, if a model is named. The same seed gives the same bytes.\n\n"
     "  PLAYBOOK_DIR     default playbooks/solar-consult\n"
     "  --leads FILE     default leads.csv beside the playbook\n"
     "  --days N         virtual days, default 14\n"
     "  --seed S         default 1\n"
     "  --model NAME     a model plugin, default \"scripted\" (approved lines, no model). Of another, the "
     "variables\n"
     "                   NAME_API_KEY, NAME_BASE_URL and NAME_MODEL are read, with its name in capitals\n"
     "  --out DIR        report.json, deliveries.csv, conversations.jsonl, meetings.ics; default out\n"
     "  --settings FILE  the playbook's settings, default settings.json beside it\n"
     "  --team FILE      account managers (name,email,zone,hours), default team.csv beside it\n"
     "  --start INSTANT  where virtual time begins, default 2026-09-14T00:00:00Z\n"
     "  --data DIR       where the rehearsal keeps a PostgreSQL of its own, emptied at each start; default "
     "data/rehearsal\n\n"
     "Example:\n  overture run playbooks/solar-consult --leads my-leads.csv --days 10 --seed 7 --out "
     "out/first\n",
     run}};

}  // namespace
}  // namespace overture::cli
