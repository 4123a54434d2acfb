// Inside store: running the server's programs, as root under another user.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace overture::store {

/// Who a program runs as. Only root may name somebody else.
struct RunAs {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;
};

struct Finished {
    int status = 0;      ///< exit status; 128 + signal when it was killed
    std::string output;  ///< what it wrote to standard output and error
};

/// Runs `words[0]` to its end in a session of its own (a Ctrl-C at the terminal does not reach it), with standard
/// input empty, no other open files, and as `who` when we are root. Throws Error when it cannot be started.
Finished runProgram(const std::vector<std::string>& words, const RunAs& who);

/// The same for one that keeps running, with its output appended to `log`. Its process id: reap it with reaped().
pid_t startProgram(const std::vector<std::string>& words, const RunAs& who, const std::string& log);
/// True once the child has ended; waits for that when `wait`.
bool reaped(pid_t child, bool wait);

/// The user this process is.
RunAs ourselves();
/// Throws Error when the system knows no such user.
RunAs userNamed(const std::string& name);
RunAs userOf(uid_t id);

}  // namespace overture::store
