// How well opt-outs are told from what only looks like one, on optout_phrases.jsonl: written down before the classifier was
// tried on it. "held_out" was not looked at before it was measured; each "set" is one round of that.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>

#include "base/json.hpp"
#include "compliance/optout.hpp"

namespace overture::compliance {
namespace {

struct Count {
    int optOuts = 0, stopped = 0,
        surely = 0;  ///< texts that are opt-outs; those called optout or unsure; optout
    int others = 0, taken = 0, doubted = 0;  ///< texts that are none; those called optout; unsure

    static double share(int some, int all) { return all == 0 ? 0 : 100.0 * some / all; }
    double recall() const { return share(stopped, optOuts); }
    double sureRecall() const { return share(surely, optOuts); }
    double falseOptOuts() const { return share(taken, others); }
    double falseDoubts() const { return share(doubted, others); }
};

using Counts = std::map<std::string, Count>;

const Counts& counts() {
    static const Counts all = [] {
        Counts made;
        std::ifstream in(OVERTURE_SOURCE_DIR "/tests/unit/optout_phrases.jsonl");
        for (std::string line; std::getline(in, line);) {
            const auto phrase = *parseJson(line, "optout_phrases.jsonl");
            const auto expected = textOf(phrase, "expected");
            const auto verdict = checkOptOut(textOf(phrase, "text"), textOf(phrase, "language"),
                                             textOf(phrase, "last_outbound"))
                                     .verdict;
            if (nameOf(verdict) != expected)
                std::cout << expected << " → " << nameOf(verdict) << ": " << line << "\n";
            const auto set = textOf(phrase, "set");
            for (const auto& key : {std::string("all"), textOf(phrase, "part"), textOf(phrase, "language"),
                                    set.empty() ? std::string("no set") : "set " + set}) {
                auto& count = made[key];
                count.optOuts += expected == "optout";
                count.others += expected == "none";
                count.stopped +=
                    expected == "optout" && (verdict == OptOut::optout || verdict == OptOut::unsure);
                count.surely += expected == "optout" && verdict == OptOut::optout;
                count.taken += expected == "none" && verdict == OptOut::optout;
                count.doubted += expected == "none" && verdict == OptOut::unsure;
            }
        }
        for (const auto& [key, count] : made)
            std::cout << key << ": " << count.optOuts << " opt-outs, recall " << count.recall() << " % ("
                      << count.sureRecall() << " % as optout); " << count.others << " others, "
                      << count.falseOptOuts() << " % called optout, " << count.falseDoubts() << " % unsure\n";
        return made;
    }();
    return all;
}

/// Each set was written and measured before the rules had seen any of it.
TEST(OptOutPhrases, AreToldApartInEverySetThatWasHeldOut) {
    int sets = 0;
    for (const auto& [key, count] : counts()) {
        if (!key.starts_with("set ")) continue;
        ++sets;
        EXPECT_GE(count.recall(), 99) << key;
        EXPECT_LE(count.falseOptOuts(), 2) << key;
        EXPECT_LE(count.falseDoubts(), 3) << key;
    }
    EXPECT_GE(sets, 8);
}

TEST(OptOutPhrases, AreAsManyAsPromisedAndHalfOfThemHard) {
    const auto& all = counts().at("all");
    EXPECT_GE(all.optOuts + all.others, 600);
    EXPECT_GE(all.others * 10, (all.optOuts + all.others) * 4);
    for (const auto* language : {"fr", "de", "pt"}) {
        const auto& some = counts().at(language);
        EXPECT_GE(some.optOuts + some.others, 40) << language;
    }
}

TEST(OptOutPhrases, AreToldApartWithinTheBounds) {
    for (const auto* part : {"all", "seen", "held_out"}) {
        const auto& count = counts().at(part);
        EXPECT_GE(count.recall(), 99) << part;
        EXPECT_GE(count.sureRecall(), 97) << part;
        EXPECT_LE(count.falseOptOuts(), 2) << part;
        EXPECT_LE(count.falseDoubts(), 3) << part;
    }
}

}  // namespace
}  // namespace overture::compliance
