// How long a whole campaign takes to see beforehand: 100,000 people, three channels, thirty days.
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "base/random.hpp"
#include "base/time.hpp"
#include "campaign/forecast.hpp"

namespace {

using namespace overture;

std::string list(int people) {
    static const char* kAreas[] = {"305", "212", "602", "915", "808", "312", "206", "404", "617", "713",
                                   "416", "702", "503", "615", "801", "505", "907", "504", "412", "313"};
    std::string csv = "id,name,phone,email,consent\n";
    Random random(5);
    for (int i = 0; i < people; ++i) {
        const auto id = std::to_string(i);
        csv += id + ",Asha Rao,+1" + kAreas[i % 20] + "555" + std::to_string(1000 + i / 20) + ",p" + id +
               "@mail.example," + (random.chance(0.97) ? "written" : "no") + "\n";
    }
    return csv;
}

/// Three touches a channel over a month.
playbook::Definition cadence() {
    playbook::Definition definition;
    for (int round = 0; round < 3; ++round) {
        definition.cadence.push_back({"sms", days(round == 0 ? 0 : 3), "", "", {}, ""});
        definition.cadence.push_back({"email", days(2), "", "Mon-Fri", {}, ""});
        definition.cadence.push_back({"voice", days(3), "10:00-17:00", "Tue-Thu", {}, ""});
    }
    return definition;
}

double secondsSince(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int count, char** words) {
    const double most = count > 1 ? std::atof(words[1]) : 1e9;
    const double mostMiB = count > 2 ? std::atof(words[2]) : 1e9;
    const auto from = *parseRfc3339("2026-03-02T00:00:00Z");
    const auto csv = list(100'000);
    const auto begin = std::chrono::steady_clock::now();
    const auto people =
        campaign::prospectsOf(campaign::readLeads(csv, {}, from), {"sms", "email", "voice"}, from, 1);
    const auto read = secondsSince(begin);
    campaign::ForecastRequest request;
    request.from = from;
    const auto planning = std::chrono::steady_clock::now();
    const auto forecast = campaign::forecast(cadence(), compliance::Gate(), people, request);
    const auto planned = secondsSince(planning);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto mib = static_cast<double>(usage.ru_maxrss) / 1024;
    std::cout << "{\"what\": \"forecast\", \"people\": " << forecast.people
              << ", \"touches\": " << forecast.total() << ", \"read_seconds\": " << read
              << ", \"forecast_seconds\": " << planned << ", \"peak_mib\": " << static_cast<int>(mib)
              << "}\n";
    return planned <= most && mib <= mostMiB ? 0 : 1;
}
