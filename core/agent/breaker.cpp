#include "agent/breaker.hpp"

#include <algorithm>
#include <utility>

namespace overture::agent {

Breaker::Pass::Pass(Pass&& other) noexcept
    : breaker_(std::exchange(other.breaker_, nullptr)), round_(other.round_), probe_(other.probe_) {}

Breaker::Pass& Breaker::Pass::operator=(Pass&& other) noexcept {
    std::swap(breaker_, other.breaker_);
    std::swap(round_, other.round_);
    std::swap(probe_, other.probe_);
    return *this;
}

Breaker::Pass::~Pass() {
    if (breaker_ != nullptr) breaker_->settle(round_, probe_, std::nullopt);
}

void Breaker::Pass::succeeded() {
    if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->settle(round_, probe_, true);
}

void Breaker::Pass::failed(std::optional<milliseconds> wait) {
    if (auto* breaker = std::exchange(breaker_, nullptr)) breaker->settle(round_, probe_, false, wait);
}

void Breaker::Pass::report(const plugin::Reply& reply) {
    if (reply.notCalled) return;
    switch (reply.outcome) {
        case plugin::Outcome::ok:
        case plugin::Outcome::invalid:
        case plugin::Outcome::unsupported:
        case plugin::Outcome::rejected: return succeeded();
        case plugin::Outcome::limited: return failed(reply.retryAfter);
        case plugin::Outcome::auth:
        case plugin::Outcome::transient:
        case plugin::Outcome::unknown:
        case plugin::Outcome::internal: return failed();
        case plugin::Outcome::cancelled: break;
    }
}

Breaker::Pass Breaker::enter() {
    std::scoped_lock lock(mutex_);
    if (!openUntil_) return Pass(*this, round_, false);
    if (clock_.now() < *openUntil_ || probing_) return {};
    probing_ = true;
    return Pass(*this, round_, true);
}

std::optional<Instant> Breaker::pausedUntil() const {
    std::scoped_lock lock(mutex_);
    if (!openUntil_) return std::nullopt;
    return std::max(*openUntil_, clock_.now() + seconds(1));  // a probe under way: soon
}

milliseconds Breaker::left() const {
    const auto until = pausedUntil();
    return until ? std::chrono::ceil<milliseconds>(*until - clock_.now()) : milliseconds(0);
}

void Breaker::settle(std::uint64_t round, bool probe, std::optional<bool> success,
                     std::optional<milliseconds> wait) {
    std::scoped_lock lock(mutex_);
    if (round != round_) return;
    if (probe) probing_ = false;
    if (!success) return;
    if (*success) {
        failures_ = 0;
        if (!probe) return;
        openUntil_.reset();
        opened_ = 0;
        ++round_;
        return;
    }
    const bool down = probe || ++failures_ >= options_.failures;
    if (!down && !wait) return;
    auto pause = wait.value_or(milliseconds(0));
    if (down) pause = std::max(pause, options_.pause * (std::int64_t{1} << std::min(opened_++, 20)));
    openUntil_ = clock_.now() + std::min(pause, options_.longest);
    ++round_;
    failures_ = 0;
}

Breaker& Breakers::of(const BindingId& binding) {
    std::scoped_lock lock(mutex_);
    auto& kept = kept_[binding];
    if (!kept) kept = std::make_unique<Breaker>(clock_, options_);
    return *kept;
}

}  // namespace overture::agent
