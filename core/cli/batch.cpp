#include "cli/batch.hpp"

#include <fstream>
#include <iostream>

#include "base/text.hpp"

namespace overture::cli {
namespace {

struct Answered {
    Json answer;
    bool failed = false;
};

Json withId(const Json& id, Json answer) {
    answer["id"] = id;
    return answer;
}

Answered answerLine(std::string_view line, std::size_t number,
                    const std::function<Json(const Json&)>& answer) {
    const auto parsed = parseJson(line, "line " + std::to_string(number));
    if (!parsed)
        return {{{"id", nullptr}, {"error", "line " + std::to_string(number) + " is not JSON"}}, true};
    if (!parsed->is_object())
        return {{{"id", nullptr}, {"error", "line " + std::to_string(number) + " is no JSON object"}}, true};
    const auto id = parsed->contains("id") ? (*parsed)["id"] : Json(nullptr);
    try {
        return {withId(id, answer(*parsed)), false};
    } catch (const std::exception& error) {
        return {{{"id", id}, {"error", error.what()}}, true};
    }
}

int answerAll(std::istream& in, const std::function<Json(const Json&)>& answer) {
    bool failed = false;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (trim(line).empty()) continue;
        const auto answered = answerLine(line, number, answer);
        failed = failed || answered.failed;
        std::cout << toText(answered.answer) << '\n';
        if (in.rdbuf()->in_avail() <= 0) std::cout.flush();
    }
    std::cout.flush();
    if (!std::cout) throw Error("the answers could not be written", "standard output");
    return failed ? 1 : 0;
}

}  // namespace

int runBatch(const std::string& file, const std::function<Json(const Json&)>& answer) {
    std::ios::sync_with_stdio(false);
    if (file == "-") return answerAll(std::cin, answer);
    std::ifstream in(file);
    if (!in)
        throw Error("the questions cannot be opened", file, "Name a readable file, or - for standard input.");
    return answerAll(in, answer);
}

std::string questionText(const Json& question, const char* key) {
    const auto at = question.find(key);
    if (at == question.end() || at->is_null()) return {};
    if (at->is_string()) return *at;
    if (at->is_number_integer()) return std::to_string(at->get<std::int64_t>());
    throw Error(std::string("\"") + key + "\" must be a text");
}

std::string neededText(const Json& question, const char* key) {
    auto text = questionText(question, key);
    if (text.empty()) throw Error(std::string("\"") + key + "\" is missing");
    return text;
}

}  // namespace overture::cli
