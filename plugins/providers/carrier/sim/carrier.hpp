#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "overture/plugin.hpp"
#include "people.hpp"

namespace overture::sim {

/// A carrier with simulated people behind it. Everything that happens follows from the seed, the numbers, the
/// texts and the host's clock: the order in which recipients are served changes nothing. What was sent lives
/// as long as the object. Any thread.
class Carrier final : public sdk::Carrier, public sdk::Simulated {
public:
    /// Throws sdk::Refused for settings that cannot be.
    Carrier(sdk::Host host, const sdk::Json& settings);

    /// The same idempotency_key gives the same reference and happens once. A number that said STOP is
    /// `rejected`, code "opted_out", until it says START.
    sdk::Answer send(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer lookup(const sdk::Json& request, const sdk::Call& call) override;
    /// Proved by X-Sim-Signature: hex of HMAC-SHA256 over url + body.
    sdk::Answer webhook(const sdk::Json& request, const sdk::Call& call) override;
    sdk::Answer due(const sdk::Json& request, const sdk::Call& call) override;

private:
    using Micros = std::int64_t;
    struct Sent {
        std::string reference;
        Micros sentAt = 0, deliveredAt = 0;
        bool undelivered = false;
    };
    struct Contact {
        std::uint64_t got = 0;
        bool silent = false;
        std::map<Micros, bool> optedOut;  ///< from each instant on
        bool isOptedOut(Micros now) const;
    };
    struct Message {
        std::string from, to, text, channel;
    };

    bool isUnreachable(const std::string& number) const;
    void schedule(Micros at, sdk::Json event);
    void announce(const Sent& sent);
    void letReact(const Message& message, const Sent& sent, Micros now);
    std::string signature(std::string_view url, std::string_view body) const;
    static std::string statusAt(const Sent& sent, Micros now);

    sdk::Host host_;
    std::uint64_t seed_;
    std::string sender_, webhookUrl_, key_;
    double undelivered_;
    std::vector<Person> people_;

    std::mutex mutex_;
    std::map<std::string, Sent> sent_;                             ///< by idempotency key
    std::map<std::string, std::string> keys_;                      ///< delivery id → idempotency key
    std::map<std::string, std::string> references_;                ///< reference → idempotency key
    std::map<std::string, Contact> contacts_;                      ///< by number
    std::map<std::pair<Micros, std::string>, sdk::Json> waiting_;  ///< by time and event id
};

}  // namespace overture::sim
