// Kills the running engine and its database again and again, then counts what must be 0.
#include <cstdio>
#include <iostream>

#include "base/error.hpp"
#include "base/log.hpp"
#include "chaos/evidence.hpp"
#include "chaos/killer.hpp"
#include "chaos/load.hpp"

namespace overture::chaos {
namespace {

constexpr const char* kHelp =
    "Usage: chaos [--kills N] [--seed S] [--engines N] [--conversations N] [--minutes M] [--lease SECONDS]\n"
    "             [--only PLACE] [--no-database-kills] [--keep]\n\n"
    "Runs `overture serve` against a PostgreSQL of its own and a model and a carrier that remember every "
    "call, kills\n"
    "engines and database N times, waits until all is quiet, and prints what became of every message. Exit "
    "status 0\n"
    "when nothing was lost, answered twice, sent twice, asked again or sent without a permit.\n";

int numberOf(const std::string& text) {
    char* end = nullptr;
    const auto number = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || number < 0)
        throw Error("\"" + text + "\" is not a number", "options", kHelp);
    return static_cast<int>(number);
}

Plan planOf(const std::vector<std::string>& words) {
    Plan plan;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        const auto next = [&] {
            if (++i == words.size()) throw Error(word + " needs a value", "options", kHelp);
            return words[i];
        };
        if (word == "--kills")
            plan.kills = numberOf(next());
        else if (word == "--seed")
            plan.seed = static_cast<std::uint64_t>(numberOf(next()));
        else if (word == "--engines")
            plan.engines = numberOf(next());
        else if (word == "--conversations")
            plan.conversations = std::min(numberOf(next()), 100);
        else if (word == "--minutes")
            plan.most = minutes(numberOf(next()));
        else if (word == "--lease")
            plan.lease = seconds(numberOf(next()));
        else if (word == "--only")
            plan.only = next();
        else if (word == "--no-database-kills")
            plan.databaseKills = false;
        else if (word == "--keep")
            plan.keep = true;
        else
            throw Error("unknown option " + word, "options", kHelp);
    }
    return plan;
}

using Steady = std::chrono::steady_clock;

void line(const std::string& what, int count) {
    std::printf("  %-52s %8d\n", what.c_str(), count);
}

void print(const Judgement& judgement, const Evidence& evidence, const Killer& killer) {
    std::printf("\nKills\n");
    for (const auto& [place, count] : killer.places()) line(place, count);
    for (const auto& [what, count] : killer.others()) line("(" + what + ")", count);
    std::printf("Messages\n");
    line("posted", static_cast<int>(evidence.inbound.size()));
    line("acknowledged", judgement.acknowledged);
    line("answered", judgement.answered);
    line("left to a person, with the reason", judgement.heldMessages);
    line("deliveries held, the carrier cannot tell", judgement.held);
    line("sent by the carrier", static_cast<int>(evidence.sends.size()));
    line("model calls", static_cast<int>(evidence.calls.size()));
    std::printf("Must be 0\n");
    line("lost", judgement.lost);
    line("answered twice", judgement.answeredTwice);
    line("sent twice", judgement.sentTwice);
    line("model calls repeated after a recorded result", judgement.repeatedCalls);
    line("sends without a permit", judgement.sendsWithoutPermit);
    line("engines that ended by themselves", static_cast<int>(killer.crashes().size()));
}

int run(const Plan& plan) {
    std::cout << "chaos: seed " << plan.seed << ", " << plan.kills << " kills, " << plan.engines
              << " engines\n"
              << std::flush;
    const auto began = Steady::now();
    World world(plan);
    Killer killer(world);
    Load load(world);
    for (int told = 0; !killer.done();) {
        std::this_thread::sleep_for(milliseconds(50));
        if (killer.kills() < told + 100) continue;
        told = killer.kills();
        std::cout << "  " << told << " kills, " << load.posted() << " messages\n" << std::flush;
    }
    world.loading = false;
    killer.finish();
    const bool quiet = waitForQuiet(world, load);
    const auto evidence = gather(world, load.inbound());
    const auto judgement = judge(evidence);
    print(judgement, evidence, killer);
    for (std::size_t i = 0; i < judgement.problems.size() && i < 50; ++i)
        std::cout << "  ! " << judgement.problems[i] << "\n";
    for (const auto& crash : killer.crashes()) std::cout << "  ! " << crash << "\n";
    const auto took = std::chrono::duration_cast<seconds>(Steady::now() - began);
    const bool ok = quiet && judgement.ok() && killer.crashes().empty();
    std::cout << (ok ? "Passed" : "FAILED") << " after " << took.count() << " s (seed " << plan.seed << ")";
    if (plan.keep) std::cout << "; everything is in " << world.folder;
    std::cout << "\n" << std::flush;
    return ok ? 0 : 1;
}

}  // namespace
}  // namespace overture::chaos

int main(int count, char** words) {
    const std::vector<std::string> all(words + 1, words + count);
    if (!all.empty() && (all[0] == "--help" || all[0] == "-h")) {
        std::cout << overture::chaos::kHelp;
        return 0;
    }
    try {
        return overture::chaos::run(overture::chaos::planOf(all));
    } catch (const std::exception& error) {
        std::cerr << "chaos: " << error.what() << "\n";
        return 2;
    }
}
