#include "net/watchdog.hpp"

#include <Poco/Exception.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace overture::net {

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (watches_.empty()) {
            sleepsUntil_ = Deadline::max();
            changed_.wait(lock);
            continue;
        }
        const auto first = watches_.begin();
        if (std::chrono::steady_clock::now() < first->first) {
            const auto until = sleepsUntil_ = first->first;
            changed_.wait_until(lock, until);
            continue;
        }
        auto* watch = first->second;
        watch->fired_ = true;
        ::shutdown(watch->socket_, SHUT_RDWR);
        watches_.erase(first);
        watch->place_ = watches_.end();
    }
}

Watchdog::Watch::Watch(Watchdog& dog, int socket, Deadline at)
    : dog_(dog), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
    if (socket_ < 0)
        throw Poco::IOException(std::string("cannot watch a connection: ") + std::strerror(errno));
    std::scoped_lock lock(dog_.mutex_);
    place_ = dog_.watches_.emplace(at, this);
    if (at < dog_.sleepsUntil_) dog_.changed_.notify_one();
}

Watchdog::Watch::~Watch() {
    {
        std::scoped_lock lock(dog_.mutex_);
        if (place_ != dog_.watches_.end()) dog_.watches_.erase(place_);
    }
    ::close(socket_);
}

}  // namespace overture::net
