#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "playbook/definition.hpp"

namespace overture::playbook {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestFile = std::uintmax_t{1} << 20;
constexpr std::size_t kMostFiles = 500;

void add(Files& files, const fs::path& path, const std::string& name) {
    std::error_code problem;
    if (fs::file_size(path, problem) > kLongestFile && !problem)
        throw Error("this file is larger than 1 MiB", path.string(),
                    "Shorten it or take it out of the playbook's folder.");
    if (files.size() >= kMostFiles)
        throw Error("the playbook has more than " + std::to_string(kMostFiles) + " files",
                    path.parent_path().string(), "Take out what it does not need.");
    files[name] = readFile(path.string());
}

/// Plain files below `folder`, hidden ones left out. Links are followed to files, never to folders.
void addFolder(Files& files, const fs::path& folder, const std::string& prefix) {
    std::error_code problem;
    for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        const auto name = at->path().filename().string();
        if (name.starts_with('.')) {
            if (at->is_directory()) at.disable_recursion_pending();
            continue;
        }
        if (!at->is_regular_file()) continue;
        const auto extension = at->path().extension().string();
        if (extension != ".md" && extension != ".txt" && extension != ".lua") continue;
        add(files, at->path(), prefix + "/" + fs::relative(at->path(), folder).generic_string());
    }
    if (problem)
        throw Error("cannot read this folder: " + problem.message(), folder.string(),
                    "Check that you may use it.");
}

}  // namespace

Files readFolder(const std::string& directory) {
    std::error_code problem;
    const fs::path folder(directory);
    if (!fs::is_directory(folder, problem))
        throw Error("there is no such folder", directory, "Name the folder that holds playbook.lua.");
    if (!fs::is_regular_file(folder / "playbook.lua", problem))
        throw Error("this folder has no playbook.lua", directory, "Name the folder that holds playbook.lua.");
    Files files;
    add(files, folder / "playbook.lua", "playbook.lua");
    for (const char* part : {"texts", "people"})
        if (fs::is_directory(folder / part, problem)) addFolder(files, folder / part, part);
    return files;
}

std::string versionOf(const Files& files) {
    std::string all;
    for (const auto& [path, text] :
         files)  // sorted by path; lengths keep one file's end from being another's start
        all += std::to_string(path.size()) + ":" + path + std::to_string(text.size()) + ":" + text;
    return toHex(sha256(all));
}

}  // namespace overture::playbook
