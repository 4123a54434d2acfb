#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "turn/types.hpp"

namespace overture::agent {

/// How many messages a minute may go out, for one of each kind; 0: as many as the carrier takes.
struct RateLimits {
    int number = 0;        ///< from one of our addresses over one account
    int account = 0;       ///< over one carrier account
    int pair = 0;          ///< from one of our addresses to one person: so many at once, and then one by one
    int organization = 0;  ///< of all that the organization sends

    bool none() const { return number == 0 && account == 0 && pair == 0 && organization == 0; }
    /// {"number_per_minute"?, "account_per_minute"?, "pair_per_minute"?, "organization_per_minute"?}
    static RateLimits fromJson(const Json& document);
};

/// Lets messages to carriers go at the rates that are set, and slows an account down by itself when its carrier says that it
/// is too fast: to half at once, not before its retry_after, and up again by a tenth of the old rate with each second
/// that goes well; after ten minutes without a complaint it is forgotten. Counts what this process sends. Any thread.
class Rates {
public:
    explicit Rates(const Clock& clock) : clock_(clock) {}

    /// How long this delivery must wait until it is asked about again; nothing: it goes now and is counted. Who waits keeps
    /// the place it was given.
    std::optional<milliseconds> wait(const turn::Delivery& delivery, const RateLimits& limits);
    /// What the carrier said to a message over this account.
    void accepted(const BindingId& account);
    void limited(const BindingId& account, std::optional<milliseconds> retryAfter);
    /// Messages a second that an account is slowed down to; 0: it is not.
    double slowedTo(const BindingId& account) const;

private:
    /// People in line, numbered as they come; whose number the position has reached may go.
    struct Line {
        double position = 0, tail = 0;
        Instant at{};  ///< the position is of then
    };
    struct Account {
        double perSecond = 0, step = 0;
        Instant pausedUntil{}, cutAt{}, second{};
        int thisSecond = 0, lastSecond = 0;
    };
    struct Stage {
        std::string key;
        double perSecond, atOnce;
    };
    struct Place {
        int stage = 0;
        double number = 0;  ///< 0: none yet
        Instant at;         ///< when it comes back
    };
    std::vector<Stage> stagesOf(const turn::Delivery& delivery, const RateLimits& limits,
                                const Account& account) const;
    Line& lineOf(const Stage& stage, Instant now);
    void count(Account& account, Instant now);
    void forgetOld(Instant now);

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Line> lines_;
    std::map<BindingId, Account> accounts_;
    std::map<DeliveryId, Place> places_;
    Instant tidiedAt_{};
};

}  // namespace overture::agent
