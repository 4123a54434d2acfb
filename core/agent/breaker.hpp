#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "plugin/host.hpp"

namespace overture::agent {

struct BreakerOptions {
    int failures = 5;            ///< in a row, until it opens
    milliseconds pause{30'000};  ///< how long it stays open; twice as long after each failed probe
    milliseconds longest{600'000};
};

/// Keeps calls away from an outside system that keeps failing. Closed: every call goes. Open: none. After the pause, half
/// open: one call at a time may probe; a success closes it, a failure opens it again. Time is the clock's. Any thread.
class Breaker {
public:
    explicit Breaker(const Clock& clock, BreakerOptions options = {}) : clock_(clock), options_(options) {}

    /// Leave to make one call. Tell it what came of it once; one that is not told gives a probe's place back.
    class Pass {
    public:
        Pass() = default;
        Pass(Pass&& other) noexcept;
        Pass& operator=(Pass&& other) noexcept;
        ~Pass();
        explicit operator bool() const { return breaker_ != nullptr; }
        void succeeded();
        /// `wait`: how long it wants to be left alone, whatever else it has done.
        void failed(std::optional<milliseconds> wait = {});
        /// The same by outcome: whatever shows that the system works is a success; `cancelled` says nothing.
        void report(const plugin::Reply& reply);

    private:
        friend class Breaker;
        Pass(Breaker& breaker, std::uint64_t round, bool probe)
            : breaker_(&breaker), round_(round), probe_(probe) {}
        Breaker* breaker_ = nullptr;
        std::uint64_t round_ = 0;
        bool probe_ = false;
    };
    /// An empty Pass: not now.
    Pass enter();
    /// When the next call may be tried; nothing while closed.
    std::optional<Instant> pausedUntil() const;
    /// The same as a wait from now; 0 while closed.
    milliseconds left() const;

private:
    void settle(std::uint64_t round, bool probe, std::optional<bool> success,
                std::optional<milliseconds> wait = {});

    const Clock& clock_;
    BreakerOptions options_;
    mutable std::mutex mutex_;
    int failures_ = 0, opened_ = 0;  ///< in a row
    std::optional<Instant> openUntil_;
    bool probing_ = false;
    std::uint64_t round_ = 0;  ///< raised when it opens or closes: what an older call says no longer counts
};

/// One breaker per binding, made when first asked for. Any thread.
class Breakers {
public:
    explicit Breakers(const Clock& clock, BreakerOptions options = {}) : clock_(clock), options_(options) {}
    Breaker& of(const BindingId& binding);

private:
    const Clock& clock_;
    BreakerOptions options_;
    std::mutex mutex_;
    std::map<BindingId, std::unique_ptr<Breaker>> kept_;
};

}  // namespace overture::agent
