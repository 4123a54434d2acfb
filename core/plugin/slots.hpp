#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <utility>

namespace overture::plugin {

/// So many at once. Whoever waits is let in in the order they came. Any thread.
class Slots {
public:
    using Steady = std::chrono::steady_clock;

    explicit Slots(int count) : free_(count) {}

    /// Leave to be in; given back when it is destroyed.
    class Slot {
    public:
        Slot() = default;
        Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot();
        explicit operator bool() const { return slots_ != nullptr; }

    private:
        friend class Slots;
        explicit Slot(Slots& slots) : slots_(&slots) {}
        Slots* slots_ = nullptr;
    };
    /// An empty Slot when there was none until then.
    Slot take(Steady::time_point until);
    /// Whether nobody would have to wait now.
    bool free() const;

private:
    struct Waiting {
        std::condition_variable called;
        bool in = false;
    };
    void giveBack();

    mutable std::mutex mutex_;
    int free_;
    std::list<Waiting> line_;
};

}  // namespace overture::plugin
