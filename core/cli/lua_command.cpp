#include <cmath>
#include <fstream>
#include <iostream>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "playbook/sandbox_run.hpp"

namespace overture::cli {
namespace {

Json answer(const Json& id, const std::string& file) {
    Json out = Json::object();
    out["id"] = id;
    try {
        const auto slash = file.rfind('/');
        const auto ran = playbook::runInSandbox(readFile(file),
                                                slash == std::string::npos ? file : file.substr(slash + 1));
        out["outcome"] = ran.outcome;
        if (ran.result) out["result"] = *ran.result;
        if (!ran.printed.empty()) out["printed"] = ran.printed;
        if (!ran.error.empty()) out["error"] = ran.error;
        if (!ran.limit.empty()) out["limit"] = ran.limit;
        out["ms"] = std::round(ran.milliseconds * 1000) / 1000;
        out["kib"] = ran.kib;
    } catch (const Error& error) {
        out["outcome"] = "error";
        out["error"] = error.problem().sentence();
        out["ms"] = 0;
        out["kib"] = 0;
    }
    return out;
}

Json answerLine(const std::string& line, std::size_t number) {
    const auto request = parseJson(line, "line " + std::to_string(number));
    const auto file = request ? textOf(*request, "file") : std::string();
    const Json id =
        request && request->is_object() && request->contains("id") ? (*request)["id"] : Json(nullptr);
    if (!file.empty()) return answer(id, file);
    const auto problem =
        request ? "line " + std::to_string(number) + ": \"file\" is missing" : request.problem().sentence();
    return Json{{"id", id}, {"outcome", "error"}, {"error", problem}, {"ms", 0}, {"kib", 0}};
}

void batch(std::istream& in) {
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number)
        if (!trim(line).empty()) std::cout << toText(answerLine(line, number)) << "\n";
}

int run(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"batch="});
    const bool isBatch = arguments.has("batch");
    if (arguments.positional().size() > 1 || (arguments.positional().empty() && !isBatch))
        throw UsageError{"name one Lua file, or --batch FILE"};
    for (const auto& file : arguments.positional()) std::cout << toText(answer(file, file)) << "\n";
    if (!isBatch) return 0;
    const auto path = arguments.value("batch");
    if (path == "-") {
        batch(std::cin);
        return 0;
    }
    std::ifstream in(path);
    if (!in)
        throw Error("cannot read this file", path, "Check that the path exists and that you may read it.");
    batch(in);
    return 0;
}

const Registered command{{"lua", "what this Lua does inside a turn's sandbox",
                          R"(Usage: overture lua FILE
       overture lua --batch FILE      one {"id", "file"} a line; - is standard input

Runs Lua with the libraries and limits of a turn, and prints one JSON object for each file:
  id, outcome (ok, error, limit), result?, printed?, error?, limit? (instructions, memory, time, output), ms, kib

Example:
  $ echo 'return 1 + 1' > sum.lua
  $ overture lua sum.lua
  {"id":"sum.lua","kib":21,"ms":0.141,"outcome":"ok","result":2})",
                          run}};

}  // namespace
}  // namespace overture::cli
