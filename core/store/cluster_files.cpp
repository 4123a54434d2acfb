#include "store/cluster_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::store {
namespace fs = std::filesystem;
namespace {

std::string shortHash(const std::string& directory) {
    return toHex(sha256(directory)).substr(0, 12);
}

bool isRoot() {
    return geteuid() == 0;
}

std::string canonicalFolder(const std::string& directory) {
    std::error_code code;
    fs::create_directories(directory, code);
    if (code)
        throw Error("the data directory cannot be made: " + code.message(), directory,
                    "Choose another with --data, or correct its rights");
    if (access(directory.c_str(), W_OK | X_OK) != 0)
        throw Error(std::string("the data directory cannot be written: ") + std::strerror(errno), directory,
                    "Choose another with --data, or correct its rights");
    return fs::canonical(directory);
}

/// The first folder on the way to `path` (itself included) that `who` may not pass; empty when none.
std::string firstClosedFolder(const fs::path& path, const RunAs& who) {
    fs::path walked;
    for (const auto& part : path) {
        walked /= part;
        struct stat entry {};
        if (stat(walked.c_str(), &entry) != 0) continue;
        const auto bit = entry.st_uid == who.user ? S_IXUSR : entry.st_gid == who.group ? S_IXGRP : S_IXOTH;
        if ((entry.st_mode & bit) == 0) return walked;
    }
    return {};
}

std::optional<uid_t> ownerOf(const std::string& path) {
    struct stat entry {};
    if (stat(path.c_str(), &entry) != 0) return std::nullopt;
    return entry.st_uid;
}

RunAs serverUser(const std::string& data) {
    const auto owner = ownerOf(data);
    if (isRoot()) return owner && *owner != 0 ? userOf(*owner) : userNamed("postgres");
    if (owner && *owner != geteuid())
        throw Error("the database files belong to " + userOf(*owner).name, data,
                    "Run as that user or as root, or choose another directory with --data");
    return ourselves();
}

/// `directory`/cluster, or for a throwaway that the server's user could not reach there, a place in /var/tmp.
std::string dataPath(const std::string& directory, bool throwaway) {
    const auto data = directory + "/cluster";
    std::error_code code;
    if (fs::is_symlink(data, code)) return fs::read_symlink(data);
    if (!isRoot()) return data;
    const auto who = serverUser(data);
    const auto closed = firstClosedFolder(directory, who);
    if (closed.empty()) return data;
    if (!throwaway || fs::exists(data, code))
        throw Error("PostgreSQL refuses to run as root, and the user \"" + who.name +
                        "\" it runs as may not enter " + closed,
                    directory, "Choose another directory with --data, or allow it with: chmod o+x " + closed);
    const auto elsewhere = "/var/tmp/overture-" + shortHash(directory) + "/cluster";
    const auto home = fs::path(elsewhere).parent_path();
    fs::create_directories(home);
    if (fs::is_symlink(home) || ownerOf(home) != geteuid())
        throw Error("the folder for throwaway databases belongs to somebody else", home, "Remove it");
    fs::create_symlink(elsewhere, data);
    return elsewhere;
}

void makeSocketFolder(const std::string& path, const RunAs& who) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw Error(
            std::string("the folder for the database's socket cannot be made: ") + std::strerror(errno), path,
            "Make /tmp writable");
    struct stat entry {};
    if (lstat(path.c_str(), &entry) != 0 || !S_ISDIR(entry.st_mode) ||
        (entry.st_uid != who.user && entry.st_uid != geteuid()))
        throw Error("the folder for the database's socket belongs to somebody else", path, "Remove it");
    giveTo(path, who);
    if (chmod(path.c_str(), 0700) != 0) throw Error(std::strerror(errno), path);
}

ClusterPlace describe(const std::string& directory, const std::string& data) {
    return {directory, data, (fs::path(data).parent_path() / "postgres.log").string(),
            "/tmp/overture-" + shortHash(directory), serverUser(data)};
}

std::optional<fs::path> workingFolder(const fs::path& process) {
    std::error_code code;  // a process that ended meanwhile, or another user's: not ours
    auto folder = fs::read_symlink(process / "cwd", code);
    return code ? std::nullopt : std::optional(std::move(folder));
}

}  // namespace

ClusterPlace placeFor(const std::string& directory, bool throwaway) {
    const auto canonical = canonicalFolder(directory);
    auto place = describe(canonical, dataPath(canonical, throwaway));
    makeSocketFolder(place.socket, place.who);
    return place;
}

std::optional<ClusterPlace> existingPlace(const std::string& directory) {
    std::error_code code;  // a folder that is not there holds no cluster
    const auto canonical = fs::canonical(directory, code);
    const auto data = canonical / "cluster";
    if (code || !fs::exists(data, code)) return std::nullopt;
    return describe(canonical, fs::canonical(data));
}

void makePrivateFolder(const std::string& path, const RunAs& who) {
    fs::remove_all(path);
    if (mkdir(path.c_str(), 0700) != 0)
        throw Error(std::string("cannot make a folder: ") + std::strerror(errno), path,
                    errno == ENOSPC ? "Free some disk space" : "Correct the rights of the folder above it");
    giveTo(path, who);
}

void giveTo(const std::string& path, const RunAs& who) {
    if (isRoot() && chown(path.c_str(), who.user, who.group) != 0)
        throw Error("cannot give it to user \"" + who.name + "\": " + std::strerror(errno), path);
}

int takeEngineLock(const std::string& directory) {
    const auto path = directory + "/engine.lock";
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        throw Error(std::string("cannot be opened: ") + std::strerror(errno), path,
                    "Correct the rights of the data directory, or choose another with --data");
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return -1;
    }
    const auto holder = std::to_string(getpid()) + "\n";
    if (ftruncate(file, 0) != 0 || pwrite(file, holder.data(), holder.size(), 0) < 0) {
        const auto reason = errno;
        close(file);
        throw Error(std::string("cannot be written: ") + std::strerror(reason), path,
                    reason == ENOSPC ? "Free some disk space" : "Correct the rights of the data directory");
    }
    return file;
}

std::string engineLockHolder(const std::string& directory) {
    std::ifstream file(directory + "/engine.lock");
    std::string holder;
    std::getline(file, holder);
    return holder;
}

int runningServer(const ClusterPlace& place) {
    std::ifstream file(place.data + "/postmaster.pid");
    std::string line;
    std::getline(file, line);
    int process = 0;
    std::from_chars(line.data(), line.data() + line.size(), process);
    if (process <= 1) return 0;
    return workingFolder("/proc/" + std::to_string(process)) == fs::path(place.data) ? process : 0;
}

bool anybodyInside(const ClusterPlace& place) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator("/proc", code)) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos &&
            workingFolder(entry.path()) == fs::path(place.data))
            return true;
    }
    return false;
}

}  // namespace overture::store
