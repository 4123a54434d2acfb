// overture gate schema: what a rule pack must look like.
#include <iostream>

#include "cli/command.hpp"
#include "compliance/rules.hpp"

namespace overture::cli {
namespace {

int schema(const std::vector<std::string>& words) {
    const Arguments arguments(words, {});
    if (!arguments.positional().empty()) throw UsageError{"gate schema takes nothing"};
    std::cout << compliance::RulePacks::schema();
    return 0;
}

const Registered gateSchema{{"gate schema", "the JSON Schema of a rule pack", R"(Usage: overture gate schema

Prints the JSON Schema (2020-12) that a rule pack, or a file of calendars, is held to: for editors and other checkers. The engine
holds every pack of OVERTURE_RULES or --rules to it and names the place of the first mistake.

Example: overture gate schema > rule-pack.schema.json
)",
                             schema}};

}  // namespace
}  // namespace overture::cli
