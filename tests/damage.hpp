// Damaged copies of good documents, for readers of what strangers send. OVERTURE_FUZZ_SECONDS says for how long, otherwise one
// second; OVERTURE_FUZZ_SEED with which damage it begins.
#pragma once

#include <gtest/gtest.h>

#include <time.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace overture::damage {

inline const std::vector<std::string>& pieces() {
    static const std::vector<std::string> all{"{",
                                              "}",
                                              "[",
                                              "]",
                                              "\"",
                                              ":",
                                              ",",
                                              "null",
                                              "true",
                                              "-1",
                                              "1e999",
                                              "[[[[[[[[[[[[[[[[",
                                              "\\u0000",
                                              "\\ud83d",
                                              "{\"a\":",
                                              "\xFF\xFE",
                                              "\xF0\x9F\x91",
                                              "=",
                                              "&",
                                              "%",
                                              "+",
                                              "%00",
                                              "%zz",
                                              "\r\n",
                                              "--b",
                                              "--b--",
                                              "\r\n\r\n",
                                              "; name=\"",
                                              "@",
                                              "<",
                                              ">",
                                              "é",
                                              "99999999999999999999",
                                              "\"id\":7",
                                              "\"type\":",
                                              "\"text\":[]",
                                              std::string("\0", 1)};
    return all;
}

/// Of this thread's work alone: what else the machine does meanwhile does not count.
inline double secondsWorked() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Gives `read` one damaged copy after the other. One that takes more than two seconds of work, or a minute of any kind, fails
/// the test, and so does what read asserts; the copy is then shown.
inline void each(const std::vector<std::string>& good, const std::function<void(const std::string&)>& read) {
    using Watch = std::chrono::steady_clock;
    const char* wanted = std::getenv("OVERTURE_FUZZ_SECONDS");
    const char* seed = std::getenv("OVERTURE_FUZZ_SEED");
    const auto limit = std::chrono::duration<double>(wanted == nullptr ? 1 : std::atof(wanted));
    Random random(seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10));
    const auto within = [&](std::size_t size) {
        return size == 0 ? 0 : static_cast<std::size_t>(random.below(size));
    };
    const auto begun = Watch::now();
    long rounds = 0;
    for (; Watch::now() - begun < limit; ++rounds) {
        auto bytes = good[within(good.size())];
        const auto& other = good[within(good.size())];
        for (auto times = 1 + random.below(6); times > 0; --times) {
            const auto at = within(bytes.size() + 1);
            switch (random.below(6)) {
                case 0: bytes.erase(at, within(40)); break;
                case 1: bytes.insert(at, pieces()[within(pieces().size())]); break;
                case 2: bytes.insert(at, other.substr(within(other.size()), within(80))); break;
                case 3:
                    if (at < bytes.size()) bytes[at] = static_cast<char>(random.below(256));
                    break;
                case 4: bytes.resize(at); break;
                default:
                    if (at < bytes.size()) bytes.replace(at, within(12), pieces()[within(pieces().size())]);
            }
        }
        const auto before = Watch::now();
        const auto worked = secondsWorked();
        read(bytes);
        if (::testing::Test::HasFailure() || secondsWorked() - worked > 2 ||
            Watch::now() - before > std::chrono::minutes(1)) {
            ADD_FAILURE() << "round " << rounds << ": " << bytes;
            return;
        }
    }
    ::testing::Test::RecordProperty("rounds", static_cast<int>(rounds));
    if (wanted != nullptr) std::cout << rounds << " damaged copies in " << limit.count() << " s\n";
    EXPECT_GT(rounds, 100);
}

}  // namespace overture::damage
