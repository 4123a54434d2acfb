#include "store/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace overture::store {
namespace {

/// Between fork and exec: nothing here may allocate, other threads may have held the heap's lock.
[[noreturn]] void becomeProgram(char* const* words, char* const* environment, const RunAs& who, bool drop,
                                int output) {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    const int input = open("/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
    close_range(3, ~0U, 0);
    if (drop && (setgroups(1, &who.group) != 0 || setgid(who.group) != 0 || setuid(who.user) != 0))
        _exit(126);
    if (chdir("/") != 0) _exit(126);
    execve(words[0], words, environment);
    _exit(127);
}

std::string readAll(int file) {
    std::string text;
    char buffer[4096];
    for (;;) {
        const auto count = read(file, buffer, sizeof buffer);
        if (count > 0)
            text.append(buffer, static_cast<std::size_t>(count));
        else if (count == 0 || errno != EINTR)
            return text;
    }
}

int waitFor(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t launch(const std::vector<std::string>& words, const RunAs& who, int output) {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char locale[] = "LC_ALL=C";
    char zone[] = "TZ=UTC";
    char* const environment[] = {path, locale, zone, nullptr};
    const bool drop = geteuid() == 0 && who.user != 0;
    const pid_t child = fork();
    if (child == 0) becomeProgram(arguments.data(), environment, who, drop, output);
    return child;
}

RunAs fromEntry(const passwd& entry) {
    return {entry.pw_uid, entry.pw_gid, entry.pw_name};
}

}  // namespace

Finished runProgram(const std::vector<std::string>& words, const RunAs& who) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error(std::strerror(errno), words[0]);
    const pid_t child = launch(words, who, ends[1]);
    close(ends[1]);
    Finished finished;
    if (child > 0) finished.output = readAll(ends[0]);
    close(ends[0]);
    if (child < 0) throw Error("cannot be started: the system allows no more processes", words[0]);
    finished.status = waitFor(child);
    return finished;
}

pid_t startProgram(const std::vector<std::string>& words, const RunAs& who, const std::string& log) {
    const int output = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (output < 0) throw Error(std::string("cannot be opened: ") + std::strerror(errno), log);
    const pid_t child = launch(words, who, output);
    close(output);
    if (child < 0) throw Error("cannot be started: the system allows no more processes", words[0]);
    return child;
}

bool reaped(pid_t child, bool wait) {
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(child, &status, wait ? 0 : WNOHANG);
        if (ended >= 0 || errno != EINTR) return ended != 0;
    }
}

RunAs ourselves() {
    return userOf(geteuid());
}

RunAs userNamed(const std::string& name) {
    const auto* const entry = getpwnam(name.c_str());
    if (entry == nullptr)
        throw Error("PostgreSQL refuses to run as root and there is no user \"" + name + "\" to run it as",
                    "private PostgreSQL",
                    "Install the PostgreSQL server's package, or run as an ordinary user");
    return fromEntry(*entry);
}

RunAs userOf(uid_t id) {
    const auto* const entry = getpwuid(id);
    return entry == nullptr ? RunAs{id, getegid(), "user " + std::to_string(id)} : fromEntry(*entry);
}

}  // namespace overture::store
