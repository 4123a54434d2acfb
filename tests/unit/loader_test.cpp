// The loader and the check under damaged playbooks: shipped ones with pieces cut, doubled, moved, mixed and bytes changed. Whatever
// comes, the check ends soon, says where and why, and neither throws nor leaves memory behind (the sanitizers watch).
// OVERTURE_FUZZ_SECONDS says how long, otherwise two seconds; OVERTURE_FUZZ_SEED with which damage it begins.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "base/random.hpp"
#include "base/text.hpp"
#include "playbook/definition.hpp"
#include "playbook/specs.hpp"

namespace overture::playbook {
namespace {

std::vector<Files> seeds() {
    std::vector<Files> all;
    const std::string root = std::string(OVERTURE_SOURCE_DIR) + "/playbooks/";
    for (const char* name : {"solar-consult", "b2b-demo", "pest-renewal"}) {
        auto files = readFolder(root + name);
        for (auto& [path, text] : readSpecs(root + name)) files[path] = text;
        all.push_back(std::move(files));
    }
    return all;
}

const std::vector<std::string>& pieces() {
    static const std::vector<std::string> all = {"{",
                                                 "}",
                                                 "(",
                                                 ")",
                                                 "[[",
                                                 "]]",
                                                 "\"",
                                                 "'",
                                                 "=",
                                                 ",",
                                                 "function()",
                                                 "end",
                                                 "return",
                                                 "nil",
                                                 "stage {",
                                                 "booking {",
                                                 "touch {",
                                                 "money {",
                                                 "one_of {",
                                                 "usd(1)",
                                                 "file \"x\"",
                                                 "1e308",
                                                 "-1",
                                                 "0/0",
                                                 "talk.facts.",
                                                 "talk:go \"x\"",
                                                 "--[[",
                                                 "--",
                                                 "::a:: goto a",
                                                 "while true do end",
                                                 "(\"x\"):rep(1e9)",
                                                 "\xff",
                                                 "\0",
                                                 "\xEF\xBB\xBF",
                                                 "\u202e",
                                                 "{lead.",
                                                 "{slots}",
                                                 "{{",
                                                 "setmetatable({}, {__index = _G})"};
    return all;
}

std::size_t within(Random& random, std::size_t size) {
    return size == 0 ? 0 : random.below(size);
}

void damage(std::string& text, const std::string& other, Random& random) {
    const auto at = within(random, text.size() + 1);
    const auto length =
        within(random, std::min<std::size_t>(text.size() - std::min(at, text.size()), 400) + 1);
    switch (random.below(6)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, pieces()[within(random, pieces().size())]); break;
        case 2: text.insert(within(random, text.size() + 1), text.substr(at, length)); break;
        case 3:
            if (!text.empty()) text[within(random, text.size())] = static_cast<char>(random.below(256));
            break;
        case 4: {
            const auto from = within(random, other.size() + 1);
            text.replace(at, length, other.substr(from, within(random, 400)));
            break;
        }
        default: text.resize(at); break;
    }
}

double secondsWanted() {
    const char* given = std::getenv("OVERTURE_FUZZ_SECONDS");
    return given == nullptr ? 2 : std::atof(given);
}

TEST(TheLoader, EndsSoonWhateverItIsGiven) {
    const auto originals = seeds();
    const char* given = std::getenv("OVERTURE_FUZZ_SEED");
    Random random(given == nullptr ? 1 : std::strtoull(given, nullptr, 10));
    using Watch = std::chrono::steady_clock;
    const auto begun = Watch::now();
    long rounds = 0, good = 0;
    double longest = 0;
    while (std::chrono::duration<double>(Watch::now() - begun).count() < secondsWanted()) {
        auto files = originals[within(random, originals.size())];
        const auto& other = originals[within(random, originals.size())].at("playbook.lua");
        for (auto times = 1 + random.below(4); times > 0; --times) {
            auto chosen = std::next(files.begin(), static_cast<std::ptrdiff_t>(within(random, files.size())));
            if (random.chance(0.7)) chosen = files.find("playbook.lua");
            damage(chosen->second, other, random);
        }
        const auto started = Watch::now();
        Checked checked;
        ASSERT_NO_THROW(checked = check(files)) << files.at("playbook.lua");
        longest = std::max(longest, std::chrono::duration<double>(Watch::now() - started).count());
        EXPECT_EQ(checked.ok(), checked.definition != nullptr);
        for (const auto& finding : checked.findings) {
            EXPECT_FALSE(finding.message.empty());
            EXPECT_NE(finding.place.find(':'), std::string::npos) << finding.message;
            EXPECT_TRUE(isUtf8(finding.message + finding.suggestion)) << finding.place;
        }
        EXPECT_TRUE(checked.ok() || !checked.findings.empty());
        ASSERT_NO_THROW((void)people(files));
        for (const auto& [path, text] : files) {
            if (!path.starts_with("tests/")) continue;
            ASSERT_NO_THROW((void)listSpecs(files, path));
        }
        good += checked.ok() ? 1 : 0;
        ++rounds;
        if (HasFailure()) {
            std::cout << files.at("playbook.lua") << "\n";
            break;
        }
    }
    std::cout << rounds << " damaged playbooks, " << good << " still good, the longest check took "
              << static_cast<int>(longest * 1000) << " ms\n";
    EXPECT_GT(rounds, 10);
}

}  // namespace
}  // namespace overture::playbook
