#include "store/shared_processor.hpp"

#include "queries/store.hpp"

namespace overture::store {
namespace {

constexpr auto kTogether = std::chrono::seconds(1);
constexpr auto kApart = std::chrono::milliseconds(20);

}  // namespace

void SharedProcessor::step() {
    const auto now = std::chrono::steady_clock::now();
    if (now < changeAt_) return;
    const bool wasBound = bound_.has_value();
    if (wasBound)
        release();
    else
        bind();
    changeAt_ = now + (wasBound ? std::chrono::nanoseconds(kApart) : std::chrono::nanoseconds(kTogether));
}

void SharedProcessor::bind() {
    Bound bound{};
    bound.server = static_cast<int>(
        database_.beginShared().finish({{sql::store::server_process, {}}}).front()[0].integer("process"));
    if (sched_getaffinity(0, sizeof bound.own, &bound.own) != 0 ||
        sched_getaffinity(bound.server, sizeof bound.servers, &bound.servers) != 0)
        return;
    const int processor = sched_getcpu();
    if (processor < 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    if (sched_setaffinity(bound.server, sizeof one, &one) != 0) return;
    bound_ = bound;
    sched_setaffinity(0, sizeof one, &one);
}

void SharedProcessor::release() {
    if (!bound_) return;
    sched_setaffinity(0, sizeof bound_->own, &bound_->own);
    sched_setaffinity(bound_->server, sizeof bound_->servers, &bound_->servers);
    bound_.reset();
}

}  // namespace overture::store
