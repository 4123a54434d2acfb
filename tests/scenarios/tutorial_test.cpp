// docs/tutorial.md word for word in an empty folder: each command is run, each change made, each file saved, and every line that the
// page shows after a command must be in what it printed. "[1]" is an exit status; otherwise it is 0.
#include <gtest/gtest.h>

#include "documented.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using namespace overture::documented;

/// A line of a shell in `folder`, with the program of this build on its path.
Finished shell(const std::string& line, const std::string& folder) {
    const Folder outputs("tutorial-output");
    const auto status =
        std::system(("cd " + quoted(folder) + " && PATH=" OVERTURE_BUILD_DIR ":\"$PATH\" && { " + line +
                     "; } >" + quoted(outputs / "out") + " 2>" + quoted(outputs / "err") + " </dev/null")
                        .c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readFile(outputs / "out"),
            readFile(outputs / "err")};
}

struct Command {
    std::string line;
    int status = 0;
    std::vector<std::string> shown;
};

std::vector<Command> commandsOf(const std::string& block) {
    std::vector<Command> commands;
    for (const auto& line : split(block, '\n')) {
        if (line.starts_with("$ "))
            commands.push_back({line.substr(2), 0, {}});
        else if (line.starts_with("[") && line.ends_with("]"))
            commands.back().status = std::atoi(line.c_str() + 1);
        else if (!line.empty())
            commands.back().shown.push_back(line);
    }
    return commands;
}

/// The name in "save this as `NAME`:".
std::string fileNamed(const std::string& line) {
    const auto to = line.size() >= 3 && line.ends_with("`:") ? line.size() - 2 : std::string::npos;
    if (to == std::string::npos) return {};
    const auto from = line.rfind('`', to - 1);
    return from == std::string::npos ? std::string() : line.substr(from + 1, to - from - 1);
}

TEST(TheTutorial, CanBeFollowedWordForWord) {
    const Folder folder("tutorial");
    const auto lines = split(readFile(std::string(OVERTURE_SOURCE_DIR) + "/docs/tutorial.md"), '\n');
    std::string save;
    int ran = 0;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (const auto name = fileNamed(lines[at]); !name.empty()) save = name;
        if (lines[at] == "```diff") {
            ASSERT_NO_FATAL_FAILURE(applyTo(folder / "spring-renewal", changesOf(blockAt(lines, at))));
        } else if (lines[at] == "```console") {
            for (const auto& command : commandsOf(blockAt(lines, at))) {
                const auto finished = shell(command.line, folder.path());
                ASSERT_EQ(finished.status, command.status) << command.line << "\n" << finished.output();
                for (const auto& line : command.shown)
                    EXPECT_NE(finished.output().find(line), std::string::npos)
                        << command.line << "\ndoes not show: " << line << "\n"
                        << finished.output();
                ++ran;
            }
        } else if (lines[at].starts_with("```")) {
            ASSERT_FALSE(save.empty()) << "where does the block of line " << at + 1 << " go?";
            writeFile(folder / save, blockAt(lines, at));
            save.clear();
        }
    }
    EXPECT_GE(ran, 15);
}

}  // namespace
}  // namespace overture::testing
