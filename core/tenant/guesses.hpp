#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "store/database.hpp"

namespace overture::tenant {

/// How often somebody may try to get in within a window that begins with the first try.
struct Throttle {
    int perPair = 5;      ///< for one account, from one network
    int perNetwork = 30;  ///< from one network
    int perAccount = 50;  ///< for one account, from networks that it has not been used from
    seconds window{15 * 60};
};

/// The network of an address: itself, or the first half of an IPv6 one, which is one customer's.
std::string networkOf(const std::string& address);

/// Counts tries to get in over all engines of a database. An account that does not exist is counted like one that does. Whoever
/// guesses at somebody's account from elsewhere does not keep them out: a network that the account was used from has a
/// count of its own.
class Guesses {
public:
    Guesses(store::Database& database, Throttle throttle) : database_(database), throttle_(throttle) {}

    /// Counts one try. Nothing: go on; otherwise how long to wait.
    std::optional<seconds> count(const std::string& account, const std::string& network, bool known,
                                 Instant now);
    /// The same for a try that names no account.
    std::optional<seconds> count(const std::string& network, Instant now);
    /// The try got in, so it was no guess.
    void uncount(const std::string& account, const std::string& network);
    void uncount(const std::string& network);

private:
    store::Database& database_;
    const Throttle throttle_;
};

}  // namespace overture::tenant
