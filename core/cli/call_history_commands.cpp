#include <iomanip>
#include <iostream>

#include "cli/command.hpp"
#include "cli/named.hpp"
#include "cli/open_database.hpp"
#include "service/call_history.hpp"

namespace overture::cli {
namespace {

int listCalls(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "most=", "json"}));
    if (!arguments.positional().empty()) throw UsageError{"call list takes options only"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto calls = service::callsOf(*opened.database, organization.id,
                                        static_cast<int>(arguments.number("most", 50, 1, 1000)));
    if (arguments.has("json")) {
        for (const auto& call : calls) std::cout << toText(call) << "\n";
        return 0;
    }
    for (const auto& call : calls)
        std::cout << textOf(call, "id") << "  " << textOf(call, "started_at") << "  " << std::left
                  << std::setw(8) << textOf(call, "direction") << " " << std::setw(8) << textOf(call, "state")
                  << " " << textOf(call, "lead") << " " << textOf(call, "phone") << "  "
                  << (textOf(call, "answered_by").empty() ? "" : textOf(call, "answered_by") + ", ")
                  << textOf(call, "reason") << "\n";
    if (calls.empty()) std::cout << organization.name << " has made no calls\n";
    return 0;
}

int showCall(const std::vector<std::string>& words) {
    const Arguments arguments(words, databaseOptions({"organization=", "json"}));
    if (arguments.positional().size() != 1)
        throw UsageError{"name one call: its id, as `overture call list` has it"};
    const auto opened = openDatabase(arguments, Schema::current, false);
    const auto organization = organizationIn(*opened.database, arguments.value("organization"));
    const auto id = Uuid::parse(arguments.positional().front());
    const auto call = id ? service::callHistory(*opened.database, organization.id, *id) : std::nullopt;
    if (!call)
        throw Error("there is no call \"" + arguments.positional().front() + "\"", organization.name,
                    "`overture call list` has them.");
    if (arguments.has("json")) {
        std::cout << toPrettyText(*call);
        return 0;
    }
    std::cout << textOf(*call, "lead") << " " << textOf(*call, "phone") << ", " << textOf(*call, "direction")
              << ", " << textOf(*call, "started_at") << "\n";
    const auto& lines = (*call)["lines"];
    for (const auto& line : lines)
        std::cout << std::fixed << std::setprecision(1) << std::setw(7)
                  << line["from_ms"].get<double>() / 1000 << "  "
                  << (textOf(line, "who") == "lead" ? "lead   " : "agent  ") << textOf(line, "text")
                  << (textOf(line, "kind").empty() ? "" : "  (" + textOf(line, "kind") + ")") << "\n";
    const auto& recordings = (*call)["recordings"];
    for (const auto& one : recordings)
        std::cout << "recorded: "
                  << (textOf(one, "state") == "stored"
                          ? std::to_string(static_cast<int>(one["seconds"].get<double>())) + " s, in " +
                                (textOf(one, "storage").empty() ? "the engine's folder"
                                                                : textOf(one, "storage")) +
                                " as " + textOf(one, "key")
                          : std::string("not in its storage yet"))
                  << "\n";
    if (textOf(*call, "recording") == "refused") std::cout << "recording refused\n";
    if (call->contains("transfer")) {
        const auto& transfer = (*call)["transfer"];
        const auto outcome = textOf(transfer, "outcome");
        std::cout << "given to " << textOf(transfer, "to") << (outcome.empty() ? "" : ": " + outcome) << "\n";
    }
    std::cout << textOf(*call, "state")
              << (textOf(*call, "reason").empty() ? "" : ": " + textOf(*call, "reason")) << "\n";
    return 0;
}

const Registered list{
    {"call list", "calls of an organization, the newest first",
     R"(Usage: overture call list [--organization NAME] [--most N] [--json] [--database URL | --data DIR]

One line for each call: its id, when, which way, how it stands, who it was with, who answered and why it ended.

Example:
  $ overture call list --most 20)",
     listCalls}};
const Registered shown{
    {"call show", "one call: what was said when, and how it ended",
     R"(Usage: overture call show CALL [--organization NAME] [--json] [--database URL | --data DIR]

Of our side what was really heard; --json has the times of words and what each leg of an answer took.

Example:
  $ overture call show 01a20200-0000-7000-8000-000000000001)",
     showCall}};

}  // namespace
}  // namespace overture::cli
