#pragma once

#include <sched.h>

#include <chrono>
#include <optional>

#include "store/database.hpp"

namespace overture::store {

/// Keeps the calling thread and its database session on one processor, for work of which one always waits for the other:
/// waking a process on the same processor costs a fraction of waking one elsewhere, most of all in virtual machines. Once a
/// second the operating system may choose again, so a processor that others want is left. For a server on this machine and
/// a thread that uses one session; does nothing where it may not. One thread.
class SharedProcessor {
public:
    explicit SharedProcessor(Database& database) : database_(database) {}
    ~SharedProcessor() { release(); }
    SharedProcessor(const SharedProcessor&) = delete;
    SharedProcessor& operator=(const SharedProcessor&) = delete;

    /// To be called often, between transactions.
    void step();

private:
    struct Bound {
        int server;  ///< process of the session
        cpu_set_t own, servers;
    };
    void bind();
    void release();

    Database& database_;
    std::optional<Bound> bound_;
    std::chrono::steady_clock::time_point changeAt_{};
};

}  // namespace overture::store
