#include "plugin/slots.hpp"

#include "base/failpoint.hpp"

namespace overture::plugin {

Slots::Slot::~Slot() {
    if (slots_ != nullptr) slots_->giveBack();
}

Slots::Slot Slots::take(Steady::time_point until) {
    std::unique_lock lock(mutex_);
    if (free_ > 0) {
        --free_;
        return Slot(*this);
    }
    const auto mine = line_.emplace(line_.end());
    lock.unlock();
    failpoint("plugin.waits_for_slot");
    lock.lock();
    mine->called.wait_until(lock, until, [&] { return mine->in; });
    const bool in = mine->in;
    line_.erase(mine);
    return in ? Slot(*this) : Slot();
}

bool Slots::free() const {
    const std::scoped_lock lock(mutex_);
    return free_ > 0;
}

void Slots::giveBack() {
    const std::scoped_lock lock(mutex_);
    for (auto& next : line_) {
        if (next.in) continue;
        next.in = true;
        next.called.notify_one();
        return;
    }
    ++free_;
}

}  // namespace overture::plugin
