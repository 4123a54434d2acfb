#include "chaos/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::chaos {
namespace {

/// In the child: becomes the program, with its output in the file.
[[noreturn]] void become(const std::string& program, const std::vector<std::string>& words,
                         const std::string& variable, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::close_range(3, ~0U, 0);
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::setenv("OVERTURE_PRIVATE_HOSTS", "127.0.0.1", 1);  // where this world's vendors are
    ::unsetenv("http_proxy");
    if (!variable.empty()) ::putenv(const_cast<char*>(variable.c_str()));
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
}

pid_t launch(const std::string& program, const std::vector<std::string>& words, const std::string& variable,
             const std::string& log) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const auto child = ::fork();
    if (child == 0) become(program, words, variable, output);
    ::close(output);
    if (child < 0) throw Error("the engine cannot be started", program, "Free some memory");
    return child;
}

}  // namespace

void EngineProcess::start(const std::string& failpoints) {
    kill();
    child_ = launch(program_, words_, failpoints.empty() ? "" : "OVERTURE_FAILPOINTS=" + failpoints, log_);
    handle_ = static_cast<int>(::syscall(SYS_pidfd_open, child_, 0));
}

std::optional<int> EngineProcess::ended(milliseconds patience) {
    pollfd waited{handle_, POLLIN, 0};
    if (::poll(&waited, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
    int status = 0;
    ::waitpid(child_, &status, 0);
    ::close(std::exchange(handle_, -1));
    child_ = -1;
    return status;
}

std::optional<int> EngineProcess::stop(milliseconds patience) {
    ::kill(child_, SIGTERM);
    return ended(patience);
}

void EngineProcess::kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(std::exchange(handle_, -1));
    child_ = -1;
}

void EngineProcess::pause() {
    if (child_ > 0) ::kill(child_, SIGSTOP);
}

bool EngineProcess::paused() const {
    siginfo_t seen{};
    return child_ > 0 &&
           ::waitid(P_PID, static_cast<id_t>(child_), &seen, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           seen.si_pid == child_;
}

void EngineProcess::resume() {
    if (child_ > 0) ::kill(child_, SIGCONT);
}

std::string runOverture(const std::vector<std::string>& words, const std::string& variable,
                        const std::string& program) {
    const auto log = "/tmp/overture-chaos-command-" + std::to_string(::getpid());
    int status = 0;
    ::waitpid(launch(program, words, variable, log), &status, 0);
    auto output = readFile(log);
    ::unlink(log.c_str());
    if (status != 0)
        throw Error("`overture " + join(words, " ") + "` failed: " + output, program, "Mend that");
    return output;
}

}  // namespace overture::chaos
