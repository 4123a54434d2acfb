#include "compliance/retries.hpp"

#include <array>

namespace overture::compliance {
namespace {

using namespace std::chrono_literals;

constexpr std::array kNoAnswer{seconds(4h), seconds(24h), seconds(48h)};
constexpr std::array kBusy{seconds(15min), seconds(1h), seconds(4h)};
constexpr std::array kMachine{seconds(24h), seconds(72h)};
constexpr std::array kUndelivered{seconds(1h), seconds(24h)};

template <std::size_t size>
std::optional<seconds> nth(const std::array<seconds, size>& waits, int times) {
    const auto index = static_cast<std::size_t>(times) - 1;
    return times >= 1 && index < size ? std::optional(waits[index]) : std::nullopt;
}

}  // namespace

std::optional<Unreached> unreachedOf(std::string_view word) {
    if (word == "no_answer") return Unreached::noAnswer;
    if (word == "busy") return Unreached::busy;
    if (word == "machine") return Unreached::machine;
    if (word == "undelivered" || word == "failed") return Unreached::undelivered;
    return std::nullopt;
}

std::optional<seconds> retryAfter(Unreached outcome, int times) {
    switch (outcome) {
        case Unreached::noAnswer: return nth(kNoAnswer, times);
        case Unreached::busy: return nth(kBusy, times);
        case Unreached::machine: return nth(kMachine, times);
        case Unreached::undelivered: return nth(kUndelivered, times);
    }
    return std::nullopt;
}

}  // namespace overture::compliance
