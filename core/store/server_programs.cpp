#include "store/server_programs.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "store/process.hpp"

namespace overture::store {
namespace fs = std::filesystem;
namespace {

bool runnable(const fs::path& program) {
    return access(program.c_str(), X_OK) == 0;
}

std::vector<std::string> searchPath() {
    const char* const path = std::getenv("PATH");
    return split(path == nullptr ? "/usr/local/bin:/usr/bin" : path, ':');
}

std::set<std::string> candidates() {
    std::set<std::string> folders;
    std::error_code ignored;  // a folder that cannot be listed offers nothing
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored))
        folders.insert(version.path() / "bin");
    for (const auto& folder : searchPath()) {
        if (folder.empty()) continue;
        folders.insert(folder);
        const auto config = fs::path(folder) / "pg_config";
        if (runnable(config))
            folders.insert(std::string(trim(runProgram({config, "--bindir"}, ourselves()).output)));
    }
    return folders;
}

/// "postgres (PostgreSQL) 15.7 (Debian …)" → 15
int majorOf(const std::string& folder) {
    const auto said = runProgram({folder + "/postgres", "--version"}, ourselves()).output;
    const auto at = said.find_first_of("0123456789");
    int major = 0;
    if (at != std::string::npos) std::from_chars(said.data() + at, said.data() + said.size(), major);
    return major;
}

}  // namespace

std::string serverPrograms(std::optional<int> wanted) {
    std::string best;
    int bestMajor = 0;
    for (const auto& folder : candidates()) {
        if (!runnable(folder + "/initdb") || !runnable(folder + "/pg_ctl") || !runnable(folder + "/postgres"))
            continue;
        const int major = majorOf(folder);
        if (wanted ? major != *wanted : major <= bestMajor) continue;
        best = folder;
        bestMajor = major;
    }
    if (wanted && best.empty())
        throw Error(
            "the data was written by PostgreSQL " + std::to_string(*wanted) + ", which is not installed",
            "private PostgreSQL",
            "Install the package postgresql-" + std::to_string(*wanted) +
                ", or move the data to the installed version with pg_upgrade");
    if (best.empty())
        throw Error("the PostgreSQL server is not installed", "private PostgreSQL",
                    "Install the package postgresql (15 or newer), or name a database with --database URL");
    if (bestMajor < kOldestMajor)
        throw Error("PostgreSQL " + std::to_string(bestMajor) + " is too old", best,
                    "Install PostgreSQL " + std::to_string(kOldestMajor) + " or newer");
    return best;
}

}  // namespace overture::store
