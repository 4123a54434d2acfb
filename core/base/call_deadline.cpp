#include "base/call_deadline.hpp"

#include <algorithm>

namespace overture {
namespace {

thread_local CallDeadline::Steady::time_point callEnds = CallDeadline::Steady::time_point::max();

}  // namespace

CallDeadline::CallDeadline(Steady::time_point end) : before_(callEnds) {
    callEnds = std::min(before_, end);
}

CallDeadline::~CallDeadline() {
    callEnds = before_;
}

CallDeadline::Steady::time_point CallDeadline::end() {
    return callEnds;
}

}  // namespace overture
