// How many decisions a second the gate makes on one core: people of every kind that the rule packs know, at all hours.
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"

namespace {

using namespace overture;
using compliance::ContactRequest;

ContactRequest requestOf(Random& random) {
    static const std::vector<std::string> kPrefixes{
        "+1305555", "+1212555",  "+1602555", "+1915555",  "+1808555", "+1312555", "+1416555",
        "+1787555", "+44207946", "+3314268", "+91987655", "+6129374", "+4930901"};
    static const std::vector<std::string> kChannels{"sms", "voice", "whatsapp"};
    ContactRequest request;
    request.channel = kChannels[random.below(kChannels.size())];
    // One in forty is from where libphonenumber must be asked.
    request.address = random.chance(0.025) ? "+4144668" + std::to_string(1000 + random.below(9000))
                                           : kPrefixes[random.below(kPrefixes.size())] +
                                                 std::to_string(1000 + random.below(9000));
    request.place.phone = request.address;
    request.at = *parseRfc3339("2026-01-01T00:00:00Z") + seconds(random.below(365 * 86400));
    request.consent = compliance::ConsentLevel::expressWritten;
    request.registries = {{3, random.chance(0.02)}};
    request.suppressed = random.chance(0.02);
    if (random.chance(0.3)) request.place.zone = "America/Denver";
    for (auto tries = random.below(3); tries > 0; --tries)
        request.attempts.push_back(request.at - minutes(random.below(4000)));
    return request;
}

/// Of this thread alone: what else the machine does is not the gate's.
double cpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

int main(int count, char** words) {
    const long atLeast = count > 1 ? std::atol(words[1]) : 0;
    Random random(7);
    std::vector<ContactRequest> requests;
    for (int i = 0; i < 100'000; ++i) requests.push_back(requestOf(random));
    const compliance::Gate gate;
    for (int i = 0; i < 5'000; ++i)
        (void)gate.decide(requests[static_cast<std::size_t>(i)]);  // tables are read at first use
    long decided = 0, permits = 0, later = 0;
    const auto begin = cpuSeconds();
    double took = 0;
    while (took < 3) {
        for (const auto& request : requests) {
            const auto verdict = gate.decide(request);
            permits += std::holds_alternative<compliance::Permit>(verdict);
            later += std::holds_alternative<compliance::NotBefore>(verdict);
        }
        decided += static_cast<long>(requests.size());
        took = cpuSeconds() - begin;
    }
    const auto rate = static_cast<long>(static_cast<double>(decided) / took);
    std::cout << "{\"what\": \"gate\", \"decisions_per_second\": " << rate
              << ", \"permits\": " << 100 * permits / decided << ", \"later\": " << 100 * later / decided
              << ", \"refused\": " << 100 * (decided - permits - later) / decided << "}\n";
    return rate >= atLeast ? 0 : 1;
}
