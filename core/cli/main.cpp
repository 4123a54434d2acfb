#include <malloc.h>
#include <sodium.h>

#include <algorithm>
#include <csignal>
#include <iomanip>
#include <iostream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"

/// What jemalloc, where it is linked, keeps for each of a server's thousands of threads: little, and not for long.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "tcache_max:1024,tcache_nslots_small_max:48,dirty_decay_ms:500,muzzy_decay_ms:0";
}

namespace overture::cli {
namespace {

std::vector<Command>& registry() {
    static std::vector<Command> all;
    return all;
}

std::vector<Command> sorted() {
    auto all = commands();
    std::sort(all.begin(), all.end(),
              [](const Command& a, const Command& b) { return std::string_view(a.name) < b.name; });
    return all;
}

/// The commands whose name begins with `group`, each with its summary. Returns how many.
int printCommands(const std::string& group) {
    int count = 0;
    for (const auto& command : sorted()) {
        if (!std::string_view(command.name).starts_with(group)) continue;
        if (count++ == 0) std::cout << "Usage: overture COMMAND [OPTIONS]     overture COMMAND --help\n\n";
        std::cout << "  " << std::left << std::setw(24) << command.name << " " << command.summary << "\n";
    }
    return count;
}

void printOverview() {
    std::cout << "overture " OVERTURE_VERSION " - outbound sales conversations that book meetings\n\n";
    printCommands("");
}

const Command* find(const std::vector<std::string>& words, std::size_t& used) {
    for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
        if (words.size() < count) continue;
        const auto name = count == 2 ? words[0] + " " + words[1] : words[0];
        for (const auto& command : commands())
            if (name == command.name) {
                used = count;
                return &command;
            }
    }
    return nullptr;
}

bool isHelp(const std::string& word) {
    return word == "--help" || word == "-h";
}

int unknownCommand(const std::vector<std::string>& words) {
    if (words.size() > 1 && isHelp(words[1]) && printCommands(words[0] + " ") > 0) return 0;
    std::vector<std::string> names;
    std::vector<std::string> sameGroup;
    for (const auto& command : sorted()) {
        names.emplace_back(command.name);
        if (names.back().starts_with(words[0] + " ")) sameGroup.push_back(names.back());
    }
    if (!sameGroup.empty() && words.size() == 1) {
        std::cerr << "overture: \"" << words[0] << "\" needs one more word: " << join(sameGroup, ", ")
                  << "\n";
        return 2;
    }
    const auto tried = words.size() > 1 && !sameGroup.empty() ? words[0] + " " + words[1] : words[0];
    const auto near = nearest(tried, names);
    std::cerr << "overture: there is no command \"" << tried << "\"."
              << (near.empty() ? "" : " Did you mean \"" + near + "\"?")
              << " `overture --help` lists them all.\n";
    return 2;
}

}  // namespace

Registered::Registered(const Command& command) {
    registry().push_back(command);
}
const std::vector<Command>& commands() {
    return registry();
}

int run(const std::vector<std::string>& words) {
    if (words.empty() || isHelp(words[0]) || words[0] == "help") {
        printOverview();
        return words.empty() ? 2 : 0;
    }
    if (words[0] == "--version") {
        std::cout << "overture " OVERTURE_VERSION "\n";
        return 0;
    }
    std::size_t used = 0;
    const auto* command = find(words, used);
    if (command == nullptr) return unknownCommand(words);
    const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
    if (std::find(rest.begin(), rest.end(), "--help") != rest.end()) {
        std::cout << command->help << (std::string_view(command->help).ends_with('\n') ? "" : "\n");
        return 0;
    }
    try {
        return command->run(rest);
    } catch (const UsageError& error) {
        std::cerr << "overture " << command->name << ": " << error.message << "\n`overture " << command->name
                  << " --help` shows how it is used.\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "overture " << command->name << ": " << error.what() << "\n";
        return 1;
    }
}

}  // namespace overture::cli

int main(int count, char** words) {
    // Turns build and drop documents all the time: memory is kept rather than given back and fetched again, in few arenas
    // however many threads wait for their models.
    mallopt(M_ARENA_MAX, 8);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_TOP_PAD, 16 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    std::signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) return 1;
    return overture::cli::run(std::vector<std::string>(words + 1, words + count));
}
