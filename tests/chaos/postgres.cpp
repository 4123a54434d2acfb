#include "chaos/postgres.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <charconv>
#include <fstream>
#include <thread>
#include <vector>

#include "base/text.hpp"

namespace overture::chaos {
namespace {

/// The postmaster's children: all that works for this server.
std::vector<pid_t> childrenOf(pid_t process) {
    const auto number = std::to_string(process);
    std::ifstream list("/proc/" + number + "/task/" + number + "/children");
    std::vector<pid_t> children;
    for (pid_t child = 0; list >> child;) children.push_back(child);
    return children;
}

pid_t postmasterIn(const std::string& directory) {
    std::ifstream file(directory + "/cluster/postmaster.pid");
    pid_t process = 0;
    file >> process;
    return process;
}

/// A process that another thread has just forked holds our lock on the folder until it becomes the engine.
std::unique_ptr<store::PrivateCluster> startAgain(const std::string& directory) {
    for (int tries = 0;; ++tries) {
        try {
            return store::PrivateCluster::start(directory);
        } catch (const Error&) {
            if (tries == 200) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
}

}  // namespace

Server::Server(std::string directory)
    : directory_(std::move(directory)),
      cluster_(store::PrivateCluster::start(directory_)),
      url_(cluster_->url()) {}

void Server::restartWith(const std::string& library) {
    cluster_.reset();
    std::ofstream(directory_ + "/cluster/postgresql.conf", std::ios::app)
        << "\nshared_preload_libraries = '" << library << "'\n";
    cluster_ = startAgain(directory_);
}

void Server::killAndRestart(Random& random) {
    const auto postmaster = postmasterIn(directory_);
    const auto children = childrenOf(postmaster);
    const auto way = random.below(3);
    cluster_->leaveRunning();
    cluster_.reset();
    if (way == 2 && !children.empty()) {
        ::kill(children[random.below(children.size())], SIGKILL);  // the postmaster begins anew by itself
    } else {
        ::kill(postmaster, SIGKILL);
        ::waitpid(postmaster, nullptr, 0);
        if (way == 1)
            for (const auto child : children) ::kill(child, SIGKILL);
    }
    cluster_ = startAgain(directory_);
}

}  // namespace overture::chaos
