// Numbers of the North American plan are told by their exchange; the library must agree on every one.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "compliance/numbers.hpp"

namespace overture::compliance {
namespace {

std::string digits(Random& random, int count) {
    std::string text;
    while (count-- > 0) text += static_cast<char>('0' + random.below(10));
    return text;
}

void agree(const std::string& raw, const std::string& region) {
    const auto quick = checkPhone(raw, region);
    const auto slow = checkPhoneByLibrary(raw, region);
    EXPECT_EQ(quick.valid, slow.valid) << raw << " in " << region;
    EXPECT_EQ(quick.e164, slow.e164) << raw << " in " << region;
    EXPECT_EQ(quick.type, slow.type) << raw << " in " << region;
    EXPECT_EQ(quick.region, slow.region) << raw << " in " << region;
    EXPECT_EQ(quick.reason, slow.reason) << raw << " in " << region;
}

TEST(NanpNumbers, AgreeWithTheLibraryHoweverTheyAreWritten) {
    static const char* kAreas[] = {"602", "305", "212", "242", "246", "264", "284", "340", "441",
                                   "473", "505", "649", "664", "671", "684", "758", "767", "784",
                                   "787", "800", "809", "868", "869", "876", "888", "900", "939",
                                   "500", "700", "416", "983", "472", "274"};
    static const char* kRegions[] = {"US", "CA", "", "DE", "BS"};
    Random random(4);
    for (int i = 0; i < 6000; ++i) {
        const auto area = random.chance(0.7) ? std::string(kAreas[random.below(33)]) : digits(random, 3);
        const auto exchange = random.chance(0.3) ? "20" + digits(random, 1) : digits(random, 3);
        const std::string region = kRegions[random.below(5)];
        // Two lines of one exchange: the second is told by the first.
        for (int line = 0; line < 2; ++line) {
            const auto last = digits(random, 4);
            switch (random.below(10)) {
                case 0: agree("(" + area + ") " + exchange + "-" + last, region); break;
                case 1: agree(area + "." + exchange + "." + last, region); break;
                case 2: agree("+1 " + area + " " + exchange + " " + last, region); break;
                case 3: agree("1-" + area + "-" + exchange + "-" + last, region); break;
                case 4: agree(area + exchange + last, region); break;
                case 5: agree("1-" + area + "-" + exchange + "-" + last + " x12", region); break;
                case 6: agree("+1 " + area + " " + exchange + " " + last + " ext. 9", region); break;
                case 7: agree("tel:+1-" + area + "-" + exchange + "-" + last, region); break;
                case 8: agree("001 " + area + " " + exchange + " " + last, region); break;
                default: agree("+1" + area + exchange + last, region); break;
            }
        }
    }
}

TEST(NanpNumbers, WhatIsWrittenAnotherWayIsTheLibrarysToRead) {
    for (const char* raw : {"602-555-0101 x12",
                            "+1 602 555 0101 ext. 4",
                            "0016025550101",
                            "602/555-0101",
                            "(602)",
                            "555-0101",
                            "+16025550101+",
                            "16025550101",
                            "602 555 01011",
                            "+49 602 555 0101",
                            "",
                            "++16025550101",
                            " +1 (602) 555-0101 ",
                            "6025550101abc",
                            "1602555010",
                            "1-602-555-0101 x12",
                            "602-555-0101x7",
                            "(602) 555-0101 ext 12345",
                            "602-555-0101 ext.9",
                            "602-555-0101 x",
                            "602-555-0101 x123456789",
                            "x12",
                            "ext. 5",
                            "602-555-0101 xx12",
                            "602-555-0101 x12 x3",
                            "tel:+1-602-555-0101",
                            "tel:6025550101",
                            "tel:+1-602-555-0101 x3",
                            "001 602 555 0101",
                            "001-602-555-0101 x3",
                            "00 1 602 555 0101",
                            "0011602555010",
                            "001 002 555 0101",
                            "0016025550101 ext. 2",
                            "602 555 0101 / home 602 555 0000",
                            "tel:001 602 555 0101"})
        for (const char* region : {"US", "CA", "", "GB"}) agree(raw, region);
}

TEST(Phones, TwoZerosInFrontAreAPlus) {
    for (const char* region : {"US", "GB", "IN", ""}) {
        EXPECT_EQ(checkPhone("0091 98765 00123", region).e164, "+919876500123") << region;
        EXPECT_EQ(checkPhone("001 602 555 0101", region).e164, "+16025550101") << region;
    }
    EXPECT_FALSE(checkPhone("00", "US").valid);
    EXPECT_FALSE(checkPhone("000 602 555 0101", "US").valid);
}

}  // namespace
}  // namespace overture::compliance
