// What the files of do-not-call lists mean, and what the gate makes of a list's date.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/error.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"
#include "compliance/number_list.hpp"

namespace overture::compliance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Taken {
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> bad;
    std::int64_t lines, other;
};

Taken read(const std::string& text, const std::string& country, std::set<int> categories = {}) {
    NumberList list(country, std::move(categories));
    std::istringstream in(text);
    list.read(in, "list.txt");
    Taken taken;
    for (const auto& line : list.badLines()) taken.bad.push_back(std::to_string(line.line) + ": " + line.why);
    taken.lines = list.lines();
    taken.other = list.other();
    taken.numbers = list.take();
    return taken;
}

std::string refused(const std::string& text, const std::string& country = "US") {
    try {
        read(text, country);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(NumberList, ReadsTheWaysANumberIsWritten) {
    EXPECT_THAT(
        read("2025550100\n1-202-555-0101\n(202) 555-0102\n+1 202.555.0103\n\n2025550100\r\n", "US").numbers,
        ElementsAre(12025550100, 12025550101, 12025550102, 12025550103));
    EXPECT_THAT(read("202,5550101\n212,5550100\n", "US").numbers, ElementsAre(12025550101, 12125550100));
    EXPECT_THAT(read("name;telephone number\nA;\"020 7946 0123\"\n", "GB").numbers,
                ElementsAre(442079460123));
    EXPECT_THAT(read("+919876543210\n09876543211\n9876543212\n", "IN").numbers,
                ElementsAre(919876543210, 919876543211, 919876543212));
    EXPECT_THAT(read("\xef\xbb\xbf"
                     "00442079460123\n",
                     "")
                    .numbers,
                ElementsAre(442079460123));
}

TEST(NumberList, ReportsBadLinesByTheirNumberAndGoesOn) {
    const auto taken = read("2025550100\n\n555-0100\nhello\n1112223333\n+999123\n2025550101\n", "US");
    EXPECT_THAT(taken.numbers, ElementsAre(12025550100, 12025550101));
    EXPECT_THAT(taken.bad,
                ElementsAre("3: not ten digits", "4: not a number", "5: no such area code or exchange",
                            "6: no such number in any country"));
    EXPECT_EQ(taken.lines, 6);
    EXPECT_THAT(read("2025550100\n+12025550101\n", "").bad,
                ElementsAre("1: no country code; start with + or say the country"));
}

TEST(NumberList, TakesIndiasPreferencesByCategory) {
    const std::string file =
        "Service Area Code,Phone Numbers,Preferences,Opstype,Phone Type\n"
        "1,9876543210,0,A,1\n1,9876543211,1#4,A,1\n1,9876543212,2,A,1\n1,9876543213,0,D,1\n1,9876543214,x,A,"
        "1\n";
    EXPECT_THAT(read(file, "IN").numbers,
                ElementsAre(919876543210, 919876543211, 919876543212, 919876543214));
    const auto health = read(file, "IN", {4});
    EXPECT_THAT(health.numbers, ElementsAre(919876543210, 919876543211));
    EXPECT_EQ(health.other, 2);
    EXPECT_THAT(health.bad, ElementsAre("6: its preferences cannot be read"));
}

TEST(NumberList, RefusesWhatIsNoWholeList) {
    EXPECT_THAT(refused("202,5550100,2026-03-01,A\n202,5550101,2026-03-01,D\n"),
                HasSubstr("list of changes"));
    EXPECT_THAT(refused("PK\x03\x04zip"), HasSubstr("packed"));
    EXPECT_THAT(refused("<list type='full'>"), HasSubstr("XML"));
    EXPECT_THAT(refused("name,city\nA,B\n"), HasSubstr("no column of this header"));
}

ContactRequest callToLondon() {
    ContactRequest request;
    request.channel = "voice";
    request.address = request.place.phone = "+442079460123";
    request.at = *parseRfc3339("2026-03-03T12:00:00Z");
    request.consent = ConsentLevel::express;
    return request;
}

Refused refusalOf(const ContactRequest& request) {
    static const Gate gate;
    auto verdict = gate.decide(request);
    const auto* refused = std::get_if<Refused>(&verdict);
    return refused == nullptr ? Refused{} : *refused;
}

TEST(Registries, TheGateNamesTheRegistryItsDateAndTheRule) {
    auto request = callToLondon();
    EXPECT_EQ(refusalOf(request).reason, "the do-not-contact register gb-tps has never been fetched");
    request.registries = {{3, false, "gb-tps", "2026-02-28", "GB"}};
    EXPECT_EQ(refusalOf(request).rule, "");
    request.registries[0].listed = true;
    EXPECT_EQ(refusalOf(request).rule, "gb.tps");
    EXPECT_EQ(refusalOf(request).reason, "the number is on the do-not-contact register gb-tps of 2026-02-28");
    EXPECT_EQ(refusalOf(request).source, "PECR 2003 reg. 21");
    request.consent = ConsentLevel::expressWritten;
    EXPECT_EQ(refusalOf(request).rule, "");
}

TEST(Registries, AStaleOneRefuses) {
    auto request = callToLondon();
    request.registries = {{28, false, "gb-tps", "2026-02-03", "GB"}};
    EXPECT_EQ(refusalOf(request).rule, "");
    request.registries[0].ageDays = 29;
    EXPECT_EQ(refusalOf(request).rule, "gb.tps");
    EXPECT_EQ(refusalOf(request).reason,
              "our copy of the do-not-contact register gb-tps of 2026-02-03 is 29 days old; at most 28 are "
              "allowed");
    request.registries[0].ageDays = -1;  // a clock set back is no fresh copy
    EXPECT_EQ(refusalOf(request).rule, "gb.tps");
    request.registries[0].ageDays = 10;
    request.registries[0].maxAgeDays = 7;  // an organization may only tighten
    EXPECT_THAT(refusalOf(request).reason, HasSubstr("at most 7 are allowed"));
    request.registries[0].ageDays = 29;
    request.registries[0].maxAgeDays = 90;
    EXPECT_THAT(refusalOf(request).reason, HasSubstr("at most 28 are allowed"));
}

TEST(Registries, ThoseOfOtherCountriesDoNotStandInForTheOneTheRuleAsks) {
    auto request = callToLondon();
    request.registries = {{3, false, "us-dnc", "2026-02-28", "US"}};
    EXPECT_EQ(refusalOf(request).reason, "the do-not-contact register gb-tps has never been fetched");
    request.registries = {{3, false, "gb-tps", "2026-02-28", "GB"},
                          {300, false, "us-dnc", "2025-05-08", "US"}};
    EXPECT_EQ(refusalOf(request).rule, "") << "a stale American list has nothing to say in London";
}

TEST(Registries, OneThatNoRuleAsksIsTheOrganizationsOwnAndRefusesWhateverConsentThereIs) {
    auto request = callToLondon();
    request.consent = ConsentLevel::expressWritten;
    request.registries = {{300, true, "do-not-disturb", "2025-05-08", ""}};
    EXPECT_EQ(refusalOf(request).rule, "house.registry");
    EXPECT_EQ(refusalOf(request).reason,
              "the number is on the do-not-contact register do-not-disturb of 2025-05-08");
    request.registries[0].listed = false;
    EXPECT_EQ(refusalOf(request).rule, "");
    request.registries[0].maxAgeDays = 30;
    EXPECT_EQ(refusalOf(request).rule, "house.registry");
    request.purpose = "reply";
    EXPECT_EQ(refusalOf(request).rule, "")
        << "an answer to somebody who wrote is none of a register's business";
}

TEST(Registries, SurviveTheRecordOfATurn) {
    auto request = callToLondon();
    request.registries = {{3, true, "gb-tps", "2026-02-28", "GB", 7}, {std::nullopt, false}};
    EXPECT_EQ(ContactRequest::fromJson(request.toJson()).toJson(), request.toJson());
    EXPECT_EQ(request.toJson()["registries"][0]["max_age_days"], 7);
}

}  // namespace
}  // namespace overture::compliance
