#include "cli/programs.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "base/text.hpp"

extern char** environ;

namespace overture::cli {

int runInstalled(std::vector<std::string> words, const std::string& folder, const Problem& missing) {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    std::cout << std::flush;
    pid_t child = 0;
    const int fault = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (fault == ENOENT) throw Error(missing);
    if (fault != 0) throw Error("\"" + words[0] + "\" cannot be started: " + std::strerror(fault));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

ScratchFolder::ScratchFolder()
    : path_((std::filesystem::temp_directory_path() / "overture-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr)
        throw Error(std::string("no folder can be made: ") + std::strerror(errno), path_);
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void ScratchFolder::put(const std::string& name, std::string_view bytes) const {
    const auto path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    writeFile(path.string(), bytes);
}

}  // namespace overture::cli
