// Places, numbers and the gate, asked from outside. Numbers are of the 555-01xx kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"
#include "compliance/main_zone.hpp"
#include "compliance/numbers.hpp"
#include "compliance/tables.hpp"

namespace overture::compliance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Instant at(const char* text) {
    return parseRfc3339(text).value();
}

Places placed(PlaceEvidence evidence) {
    return placesOf(evidence);
}

const Gate& gate() {
    static const Gate one;
    return one;
}

ContactRequest text(const char* phone, const char* when) {
    ContactRequest request;
    request.channel = "sms";
    request.address = phone;
    request.at = at(when);
    request.consent = ConsentLevel::expressWritten;
    return request;
}

bool allows(const ContactRequest& request) {
    return std::holds_alternative<Permit>(gate().decide(request));
}

std::string later(const ContactRequest& request, const OwnRules& own = {}) {
    const auto verdict = gate().decide(request, own);
    const auto* found = std::get_if<NotBefore>(&verdict);
    return found == nullptr ? "" : toRfc3339(found->at) + " " + found->rule;
}

std::string refusal(const ContactRequest& request) {
    const auto verdict = gate().decide(request);
    const auto* found = std::get_if<Refused>(&verdict);
    return found == nullptr ? "" : found->rule;
}

TEST(Places, AreaCodesKnowStateAndZones) {
    const struct {
        const char* phone;
        std::vector<std::string> zones, jurisdictions;
    } cases[] = {
        {"+12125550123", {"America/New_York"}, {"US", "US-NY"}},
        {"+16025550123", {"America/Phoenix"}, {"US", "US-AZ"}},
        {"+18085550123", {"Pacific/Honolulu"}, {"US", "US-HI"}},
        {"+19075550123", {"America/Adak", "America/Anchorage"}, {"US", "US-AK"}},
        {"+13175550123", {"America/Indiana/Indianapolis"}, {"US", "US-IN"}},
        {"+18125550123", {"America/Chicago", "America/Indiana/Indianapolis"}, {"US", "US-IN"}},
        {"+18505550123", {"America/Chicago", "America/New_York"}, {"US", "US-FL"}},
        {"+19155550123", {"America/Denver"}, {"US", "US-TX"}},
        {"+17875550123", {"America/Puerto_Rico"}, {"US", "US-PR"}},
        {"+16455550123", {"America/New_York"}, {"US", "US-FL"}},
        {"+14165550123", {"America/Toronto"}, {"CA", "CA-ON"}},
        {"+18765550123", {"America/Jamaica"}, {"JM"}},
        {"+919876500123", {"Asia/Kolkata"}, {"IN"}},
        {"+442079460123", {"Europe/London"}, {"GB"}},
        {"+447700900123", {"Europe/London"}, {"GB"}},
    };
    for (const auto& one : cases) {
        const auto places = placed({.phone = one.phone});
        EXPECT_EQ(places.zones, one.zones) << one.phone;
        EXPECT_EQ(places.jurisdictions, one.jurisdictions) << one.phone;
        EXPECT_THAT(places.by, ElementsAre("phone")) << one.phone;
    }
}

TEST(Places, NumbersOfNoPlaceAreNoEvidence) {
    for (const char* phone :
         {"+18005550123", "+18885550123", "+15005550123", "+19005550123", "+17105550123", "+15555550123",
          "+12120550123", "+1212555012", "2125550123", "", "+", "+999123456789", "+8001234567"}) {
        const auto places = placed({.phone = phone});
        EXPECT_THAT(places.zones, IsEmpty()) << phone;
        EXPECT_THAT(places.jurisdictions, IsEmpty()) << phone;
    }
}

TEST(Places, EveryAreaCodeHasZonesOfItsState) {
    int codes = 0;
    for (int code = 200; code < 1000; ++code) {
        const auto* spot = Tables::get().areaCode(code);
        if (spot == nullptr) continue;
        ++codes;
        for (const auto& zone : spot->zones) EXPECT_TRUE(isZone(zone)) << code;
        if (spot->regions[0].size() < 3) continue;
        const auto* state = Tables::get().state(spot->regions[0], {});
        ASSERT_NE(state, nullptr) << code;
    }
    EXPECT_GE(codes, 440);
}

TEST(Places, WhatTheySaidOutranksTheNumberAndBothStatesBind) {
    const auto places = placed({.phone = "+12125550123", .said = "I'm in Phoenix"});
    EXPECT_THAT(places.zones, ElementsAre("America/Phoenix"));
    EXPECT_THAT(places.jurisdictions, ElementsAre("US", "US-AZ", "US-NY"));
    EXPECT_THAT(places.by, ElementsAre("said"));
}

TEST(Places, AZoneFieldOutranksTheNumber) {
    const auto places = placed({.phone = "+12125550123", .zone = "America/Denver"});
    EXPECT_THAT(places.zones, ElementsAre("America/Denver"));
    EXPECT_THAT(places.by, ElementsAre("zone"));
    EXPECT_THAT(placed({.zone = "Asia/Calcutta"}).zones, ElementsAre("Asia/Kolkata"));
    EXPECT_THAT(placed({.zone = "Asia/Calcutta"}).jurisdictions, ElementsAre("IN"));
}

TEST(Places, AZoneThatIsNoneIsNoEvidence) {
    EXPECT_THAT(placed({.phone = "+12125550123", .zone = "Mars/Olympus"}).zones,
                ElementsAre("America/New_York"));
    for (const char* zone :
         {"Mars/Olympus", "EST", "GMT+5", "posix/America/New_York", "../etc/passwd", "-07:00"})
        EXPECT_THAT(placed({.zone = zone}).zones, IsEmpty()) << zone;
}

TEST(Places, StatesPostalCodesAndCountries) {
    EXPECT_THAT(placed({.state = "AZ"}).zones, ElementsAre("America/Phoenix"));
    EXPECT_THAT(placed({.country = "US", .state = "Tennessee"}).zones,
                ElementsAre("America/Chicago", "America/New_York"));
    EXPECT_THAT(placed({.postalCode = "85001"}).zones, ElementsAre("America/Phoenix"));
    EXPECT_THAT(placed({.postalCode = "86515"}).zones, ElementsAre("America/Denver", "America/Phoenix"));
    EXPECT_THAT(placed({.state = "TN", .postalCode = "37203"}).zones, ElementsAre("America/Chicago"));
    EXPECT_THAT(placed({.country = "US", .postalCode = "2134"}).jurisdictions, ElementsAre("US", "US-MA"));
    EXPECT_THAT(placed({.country = "Canada", .postalCode = "V6B 1A1"}).jurisdictions,
                ElementsAre("CA", "CA-BC"));
    EXPECT_THAT(placed({.country = "India"}).zones, ElementsAre("Asia/Kolkata"));
    EXPECT_THAT(placed({.country = "IN", .state = "IN"}).jurisdictions, ElementsAre("IN"));
    EXPECT_THAT(placed({.ipState = "CA"}).zones, ElementsAre("America/Los_Angeles"));
    EXPECT_THAT(placed({}).zones, IsEmpty());
}

TEST(Places, ContradictionsNarrowAndNeverWiden) {
    EXPECT_THAT(placed({.zone = "America/New_York", .said = "I'm in Phoenix"}).zones,
                ElementsAre("America/New_York", "America/Phoenix"));
    EXPECT_THAT(placed({.phone = "+919876500123", .country = "US", .state = "NY"}).zones,
                ElementsAre("America/New_York", "Asia/Kolkata"));
    EXPECT_THAT(placed({.phone = "+12125550123", .ipState = "CA"}).zones,
                ElementsAre("America/Los_Angeles", "America/New_York"));
    EXPECT_THAT(placed({.phone = "+12125550123", .country = "US"}).zones, ElementsAre("America/New_York"));
    // Two places whose clocks agree in part are two places all the same.
    EXPECT_THAT(placed({.state = "TN", .postalCode = "33101"}).zones,
                ElementsAre("America/Chicago", "America/New_York"));
    EXPECT_THAT(placed({.state = "TN", .postalCode = "M5V 2T6"}).zones,
                ElementsAre("America/Chicago", "America/New_York", "America/Toronto"));
}

TEST(Places, ANumberOfTheStatedStateTellsItsPart) {
    EXPECT_THAT(placed({.phone = "+19155550123", .state = "TX"}).zones, ElementsAre("America/Denver"));
    EXPECT_THAT(placed({.phone = "+12125550123", .state = "TN"}).zones,
                ElementsAre("America/Chicago", "America/New_York"));
    EXPECT_THAT(placed({.phone = "+13135550123", .state = "MI", .zone = "America/New_York"}).zones,
                ElementsAre("America/New_York"));
}

TEST(Places, WhatPeopleSay) {
    const struct {
        const char* said;
        std::vector<std::string> zones;
    } cases[] = {
        {"we moved to Denver last year", {"America/Denver"}},
        {"Kansas City", {"America/Chicago"}},
        {"I live in West Virginia", {"America/New_York"}},
        {"Columbus, GA", {"America/New_York"}},
        {"AZ", {"America/Phoenix"}},
        {"ok, sounds good", {}},
        {"call me tomorrow", {}},
        {"Portland", {"America/Los_Angeles", "America/New_York"}},
        {"Portland, Oregon", {"America/Los_Angeles"}},
        {"London", {"Europe/London"}},
        {"I'm on mountain time", {"America/Boise", "America/Denver", "America/Phoenix"}},
        {"America/Chicago", {"America/Chicago"}},
        {"St. Louis", {"America/Chicago"}},
        {"El Paso, Texas", {"America/Denver"}},
        {"Mumbai, India", {"Asia/Kolkata"}},
        {"I'm in Germany", {"Europe/Berlin", "Europe/Busingen"}},
        {"phoenixville", {}},
    };
    for (const auto& one : cases) {
        auto zones = placed({.said = one.said}).zones;
        EXPECT_EQ(zones, one.zones) << one.said;
    }
}

TEST(Phones, LibraryDecides) {
    const auto good = checkPhone("(480) 555-0123", "US");
    EXPECT_TRUE(good.valid);
    EXPECT_EQ(good.e164, "+14805550123");
    EXPECT_EQ(good.region, "US");
    EXPECT_EQ(good.type, "fixed_line_or_mobile");
    EXPECT_EQ(checkPhone("+91 98765 00123").type, "mobile");
    EXPECT_EQ(checkPhone("1-800-555-0123", "US").type, "toll_free");
    EXPECT_TRUE(checkPhone("+1 645 555 0123").valid);
    for (const char* bad :
         {"", "12", "hello", "+1 555 555 0123", "480 555 0123", "+1 480 555", "+1 480 055 0123"}) {
        const auto check = checkPhone(bad);
        EXPECT_FALSE(check.valid) << bad;
        EXPECT_NE(check.reason, "") << bad;
        EXPECT_EQ(check.e164, "") << bad;
    }
}

TEST(Gate, OpensAtTheFirstMinuteAndClosesAtTheLast) {
    // New York, 2 March 2026 is a Monday, UTC-5.
    EXPECT_TRUE(allows(text("+12125550123", "2026-03-02T13:00:00Z")));
    EXPECT_EQ(later(text("+12125550123", "2026-03-02T12:59:59.999999Z")), "2026-03-02T13:00:00Z us.window");
    EXPECT_TRUE(allows(text("+12125550123", "2026-03-03T01:59:59.999999Z")));
    EXPECT_EQ(later(text("+12125550123", "2026-03-03T02:00:00Z")), "2026-03-03T13:00:00Z us.window");
}

TEST(Gate, TheStricterStateWins) {
    EXPECT_EQ(later(text("+13055550123", "2026-03-03T01:00:00Z")), "2026-03-03T13:00:00Z us-fl.window");
    EXPECT_EQ(later(text("+12145550123", "2026-03-02T14:30:00Z")), "2026-03-02T15:00:00Z us-tx.window");
    EXPECT_EQ(later(text("+12145550123", "2026-03-01T15:30:00Z")),
              "2026-03-01T18:00:00Z us-tx.window");  // Sunday
    EXPECT_EQ(later(text("+919876500123", "2026-03-02T04:29:00Z")), "2026-03-02T04:30:00Z in.window");
    EXPECT_TRUE(allows(text("+919876500123", "2026-03-02T04:30:00Z")));
    EXPECT_EQ(later(text("+442079460123", "2026-07-01T20:00:00Z")), "2026-07-02T07:00:00Z gb.window");
    EXPECT_EQ(later(text("+6591234567", "2026-03-01T03:00:00Z")), "2026-03-02T01:00:00Z elsewhere.window");
}

TEST(Gate, ArizonaHasNoSummerTime) {
    EXPECT_EQ(later(text("+16025550123", "2026-07-01T14:59:00Z")), "2026-07-01T15:00:00Z us.window");
    EXPECT_TRUE(allows(text("+16025550123", "2026-07-02T03:59:00Z")));
    EXPECT_EQ(later(text("+13035550123", "2026-07-02T03:00:00Z")), "2026-07-02T14:00:00Z us.window");
}

TEST(Gate, AllCandidatesMustAllowIt) {
    auto request = text("+18505550123", "2026-03-02T13:30:00Z");  // 08:30 Eastern, 07:30 Central
    EXPECT_EQ(later(request), "2026-03-02T14:00:00Z us.window");
    request.at = at("2026-03-03T00:59:00Z");  // 19:59 Eastern, Florida until 20
    EXPECT_TRUE(allows(request));
    request.at = at("2026-03-03T01:00:00Z");
    EXPECT_EQ(later(request), "2026-03-03T14:00:00Z us-fl.window");
}

TEST(Gate, TheStateOfTheNumberBindsAMovedPerson) {
    auto request = text("+13055550123", "2026-03-03T03:30:00Z");  // Florida number, 20:30 in Phoenix
    request.place.said = "I'm in Phoenix";
    EXPECT_EQ(later(request), "2026-03-03T15:00:00Z us-fl.window");
    request.address = "+12125550123";
    EXPECT_TRUE(allows(request));
}

TEST(Gate, FailsClosed) {
    EXPECT_EQ(refusal(text("+18005550123", "2026-03-02T18:00:00Z")), "house.place");
    EXPECT_EQ(refusal(text("5550123", "2026-03-02T18:00:00Z")), "house.address");
    auto request = text("+12125550123", "2026-03-02T18:00:00Z");
    request.suppressed = true;
    EXPECT_EQ(refusal(request), "house.suppressed");
    request = text("+12125550123", "2026-03-02T18:00:00Z");
    request.channel = "pigeon";
    EXPECT_EQ(refusal(request), "house.channel");
    request = text("+12125550123", "2026-03-02T18:00:00Z");
    request.purpose = "";
    EXPECT_EQ(refusal(request), "house.purpose");
}

TEST(Gate, ConsentAndRegistry) {
    auto request = text("+12125550123", "2026-03-02T18:00:00Z");
    request.consent = ConsentLevel::none;
    EXPECT_EQ(refusal(request), "us.consent");
    request.consent = ConsentLevel::express;
    EXPECT_EQ(refusal(request), "us.consent");
    request.purpose = "reply";
    EXPECT_TRUE(allows(request));
    request.consent = ConsentLevel::none;
    EXPECT_EQ(refusal(request), "us.consent_reply");
    request = text("+12125550123", "2026-03-02T18:00:00Z");
    request.channel = "voice";
    request.consent = ConsentLevel::express;
    request.registries = {RegistryState{32, false}};
    EXPECT_EQ(refusal(request), "us.do_not_call");
    request.registries = {RegistryState{31, false}};
    EXPECT_EQ(refusal(request), "us.consent");
    request.registries = {RegistryState{3, true}};
    EXPECT_EQ(refusal(request), "us.do_not_call");
    request.consent = ConsentLevel::expressWritten;
    EXPECT_TRUE(allows(request));
    request = text("+442079460123", "2026-03-02T12:00:00Z");
    request.consent = ConsentLevel::express;
    EXPECT_TRUE(allows(request));
    request.consent = ConsentLevel::none;
    EXPECT_EQ(refusal(request), "gb.consent");
}

std::vector<std::string> dutiesOf(const ContactRequest& request) {
    std::vector<std::string> names;
    for (const auto& duty : gate().duties(request)) names.push_back(duty.id);
    return names;
}

TEST(Gate, KnowsTheDutiesOfAContact) {
    auto request = text("+12135550123", "2026-03-02T18:00:00Z");
    EXPECT_THAT(dutiesOf(request), testing::IsSupersetOf({"us-ca.bot", "us.identify"}));
    EXPECT_THAT(dutiesOf(request), testing::Not(testing::Contains("us-ca.recording")))
        << "a text is not recorded";
    request.channel = "voice";
    EXPECT_THAT(dutiesOf(request), testing::IsSupersetOf({"us-ca.bot", "us-ca.ai_voice", "us-ca.recording"}));
    for (const auto* number :
         {"+12035550123", "+13025550123", "+13055550123", "+13125550123", "+14105550123", "+16175550123",
          "+14065550123", "+17025550123", "+16035550123", "+12155550123", "+12065550123"}) {
        auto call = text(number, "2026-03-02T18:00:00Z");
        call.channel = "voice";
        EXPECT_THAT(dutiesOf(call), testing::Contains(testing::EndsWith(".recording"))) << number;
    }
    EXPECT_THAT(dutiesOf(text("+12125550123", "2026-03-02T18:00:00Z")), ElementsAre("us.identify"));
    EXPECT_THAT(dutiesOf(text("+4930901820", "2026-08-01T23:59:59Z")), IsEmpty());
    EXPECT_THAT(dutiesOf(text("+4930901820", "2026-08-02T00:00:00Z")), ElementsAre("eu.say_ai"));
    // A Californian who moved: the duties of both places.
    request.channel = "sms";
    request.place.said = "I'm in Phoenix";
    EXPECT_THAT(dutiesOf(request), testing::Contains("us-ca.bot"));
    EXPECT_THAT(dutiesOf(text("nobody", "2026-08-02T00:00:00Z")), IsEmpty());
}

TEST(Gate, Email) {
    ContactRequest request;
    request.channel = "email";
    request.address = "ann@example.com";
    request.at = at("2026-03-02T08:00:00Z");
    EXPECT_EQ(refusal(request), "house.place");
    request.place.state = "NY";
    EXPECT_TRUE(allows(request)) << "no window and no consent rule for US email";
    request.place = {.country = "DE"};
    EXPECT_EQ(refusal(request), "eu.consent");
    request.consent = ConsentLevel::express;
    EXPECT_TRUE(allows(request));
    request.at = at("2026-03-02T07:00:00Z");
    EXPECT_EQ(later(request), "2026-03-02T08:00:00Z eu.window");
    request.address = "ann at example.com";
    EXPECT_EQ(refusal(request), "house.address");
}

TEST(Gate, CapsCountEveryTryInTheLastDay) {
    auto request = text("+12125550123", "2026-03-03T18:00:00Z");
    request.attempts = {at("2026-03-03T15:00:00Z"), at("2026-03-02T19:30:00Z"), at("2026-03-03T14:00:00Z")};
    EXPECT_EQ(later(request), "2026-03-03T19:30:00Z house.attempts");
    request.attempts[1] = at("2026-03-02T18:00:00Z");
    EXPECT_TRUE(allows(request)) << "a day has passed to the microsecond";
    request.purpose = "reply";
    request.attempts.push_back(at("2026-03-03T17:00:00Z"));
    EXPECT_TRUE(allows(request));
    request.purpose = "marketing";
    request.attempts = {at("2026-03-03T20:00:00Z"), at("2026-03-03T21:00:00Z"), at("2026-03-03T22:00:00Z")};
    EXPECT_EQ(later(request), "2026-03-04T20:00:00Z house.attempts") << "a clock set back opens nothing";
}

TEST(Gate, OwnRulesOnlyTighten) {
    auto request = text("+12125550123", "2026-03-07T13:30:00Z");  // Saturday 08:30
    EXPECT_EQ(later(request, {.window = "10:00-17:00", .days = "Mon-Fri"}),
              "2026-03-09T14:00:00Z organization.window");
    EXPECT_EQ(later(text("+12125550123", "2026-03-03T02:30:00Z"), {.window = "00:00-24:00"}),
              "2026-03-03T13:00:00Z us.window");
    request.at = at("2026-03-06T18:00:00Z");
    request.attempts = {at("2026-03-06T15:00:00Z")};
    EXPECT_EQ(later(request, {.attemptsPerDay = 1}), "2026-03-07T15:00:00Z organization.attempts");
    EXPECT_THROW((void)gate().decide(request, {.window = "soon"}), Error);
    EXPECT_THROW((void)gate().decide(request, {.days = "Caturday"}), Error);
}

TEST(Gate, TheOrganizationsRulesOfTheRequestBindAndAnothersBesides) {
    auto request = text("+12125550123", "2026-03-03T14:30:00Z");  // Tuesday 09:30
    EXPECT_TRUE(allows(request));
    request.own.window = "10:00-17:00";
    EXPECT_EQ(later(request), "2026-03-03T15:00:00Z organization.window");
    EXPECT_EQ(later(request, {.window = "11:00-18:00"}), "2026-03-03T16:00:00Z organization.window");
    EXPECT_EQ(later(request, {.days = "Wed"}), "2026-03-04T15:00:00Z organization.window");
    request.at = at("2026-03-03T16:00:00Z");
    request.attempts = {at("2026-03-03T15:30:00Z")};
    request.own.attemptsPerDay = 1;
    EXPECT_EQ(later(request, {.attemptsPerDay = 2}), "2026-03-04T15:30:00Z organization.attempts");
    EXPECT_EQ(ContactRequest::fromJson(request.toJson()).toJson(), request.toJson());
    request.own = OwnRules::fromJson({{"window", "late"}});
    EXPECT_EQ(refusal(request), "organization.rules");
    request.own = OwnRules::fromJson({{"attempts_per_day", "two"}});
    EXPECT_EQ(refusal(request), "organization.rules");
    request.own = OwnRules::fromJson(Json::array({1}));
    EXPECT_EQ(refusal(request), "organization.rules");
    EXPECT_FALSE(OwnRules::fromJson(nullptr).any());
}

TEST(Gate, ARegistryThatAPluginAnswersForRefusesUntilItHasAnswered) {
    auto request = text("+12125550123", "2026-03-03T15:00:00Z");
    request.consent = ConsentLevel::express;
    request.channel = "voice";
    RegistryState dnc;
    dnc.name = "us-dnc";
    dnc.country = "US";
    dnc.asked = true;
    request.registries = {dnc};
    const auto no = [&] {
        const auto verdict = gate().decide(request);
        return std::get<Refused>(verdict);
    };
    EXPECT_EQ(no().reason, "the do-not-contact register us-dnc has not answered for this number");
    EXPECT_EQ(no().registry, "us-dnc") << "who is to be asked";
    request.registries[0].ageDays = 32;
    EXPECT_EQ(no().rule, "us.do_not_call");
    EXPECT_EQ(no().registry, "us-dnc") << "an old answer is asked for anew";
    request.registries[0].ageDays = -3;
    EXPECT_EQ(no().registry, "us-dnc");
    request.registries[0].ageDays = 0;
    request.registries[0].listed = true;
    EXPECT_EQ(no().rule, "us.do_not_call");
    EXPECT_EQ(no().registry, "") << "that is an answer";
    request.registries[0].listed = false;
    EXPECT_NE(no().rule, "us.do_not_call") << "only consent is wanting now";
    // A copy of the same registry counts besides.
    auto copy = dnc;
    copy.asked = false;
    copy.ageDays = 1;
    copy.listed = true;
    request.registries.push_back(copy);
    EXPECT_EQ(no().rule, "us.do_not_call");
    // Written consent needs no registry, and another country's does not concern a number.
    request.registries = {dnc};
    request.consent = ConsentLevel::expressWritten;
    EXPECT_TRUE(allows(request));
    request.registries[0].name = "house-list";
    EXPECT_EQ(refusal(request), "house.registry");
    request.registries[0].country = "GB";
    EXPECT_TRUE(allows(request));
}

std::string loosening(const OwnRules& own) {
    try {
        gate().requireTighter(own);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(Gate, OwnRulesThatLoosenAreRefusedWithASentence) {
    EXPECT_EQ(loosening({}), "");
    EXPECT_EQ(loosening({"10:00-17:00", "Mon-Fri", 2}), "");
    EXPECT_EQ(loosening({"08:00-21:00", {}, 3}), "");
    EXPECT_THAT(loosening({"06:30-17:00", {}, {}}),
                HasSubstr("only tighten the rules: 06:30-17:00 opens before 08:00"));
    EXPECT_THAT(loosening({"10:00-23:00", {}, {}}),
                HasSubstr("closes after 21:30, the latest that any rule allows (ca.window)"));
    EXPECT_THAT(loosening({{}, {}, 4}),
                HasSubstr("4 attempts a day are more than the 3 that everybody is allowed (house.attempts)"));
    EXPECT_THAT(loosening({"late", {}, {}}), HasSubstr("is no window"));
}

TEST(Gate, SundaysAndHolidaysOfTheStates) {
    auto request = text("+12055550123", "2026-12-25T18:00:00Z");  // Alabama, Christmas, a Friday
    request.channel = "voice";
    EXPECT_EQ(later(request), "2026-12-26T14:00:00Z us-al.window");
    request.at = at("2026-07-03T18:00:00Z");  // Independence Day falls on Saturday, observed on Friday
    EXPECT_EQ(later(request), "2026-07-06T13:00:00Z us-al.window");
    request.address = "+15045550123";  // Louisiana, Good Friday 2026
    request.at = at("2026-04-03T18:00:00Z");
    EXPECT_EQ(later(request), "2026-04-04T13:00:00Z us-la.window");
    request.address = "+14015550123";  // Rhode Island, Saturday evening before a Monday holiday
    request.at = at("2026-05-23T22:00:00Z");
    EXPECT_EQ(later(request), "2026-05-26T13:00:00Z us-ri.window");
}

TEST(Gate, SaysWhetherAHolidayStandsInTheWay) {
    auto request = text("+12055550123", "2026-12-25T18:00:00Z");  // Alabama, Christmas, a Friday
    request.channel = "voice";
    const auto holiday = [&] { return std::get<NotBefore>(gate().decide(request)).holiday; };
    EXPECT_TRUE(holiday());
    request.at = at("2026-12-25T08:00:00Z");  // the night before its windows
    EXPECT_TRUE(holiday());
    request.at = at("2026-12-27T18:00:00Z");  // a Sunday
    EXPECT_FALSE(holiday());
    request.at = at("2026-12-24T08:00:00Z");  // a night
    EXPECT_FALSE(holiday());
}

TEST(Gate, OneConfirmationOfAnOptOut) {
    auto request = text("+12125550123", "2026-03-03T07:03:00Z");  // 02:03 at night
    request.purpose = "opt_out_confirmation";
    EXPECT_EQ(refusal(request), "house.confirmation");
    request.suppressed = true;
    request.suppressedAt = at("2026-03-03T07:00:00Z");
    EXPECT_TRUE(allows(request));
    request.attempts = {at("2026-03-03T07:01:00Z")};
    EXPECT_EQ(refusal(request), "house.confirmation");
    request.attempts.clear();
    request.at = at("2026-03-03T07:05:01Z");
    EXPECT_EQ(refusal(request), "house.confirmation");
}

TEST(Zones, TheMainOneIsWhereMostPeopleLive) {
    const auto main = [](const char* phone, const char* state, const char* country = "US") {
        return mainZone(placesOf({.phone = phone, .country = country, .state = state}));
    };
    EXPECT_EQ(main("+19075550123", ""), "America/Anchorage");
    EXPECT_EQ(main("", "AK"), "America/Anchorage");
    EXPECT_EQ(main("", "FL"), "America/New_York");
    EXPECT_EQ(main("", "TN"), "America/Chicago");
    EXPECT_EQ(main("+13125550123", "IL"), "America/Chicago") << "one candidate is left";
    EXPECT_EQ(main("", "", "AU"), "Australia/Sydney");
    EXPECT_EQ(mainZone({}), "UTC");
    const auto alaska = placesOf({.phone = "+19075550123"});
    EXPECT_EQ(alaska.zones.size(), 2u) << "the gate still asks for both";
}

TEST(Zones, EveryMainZoneIsACandidateOfItsPlace) {
    for (const auto& line : split(std::string(embeddedFile("data/main_zones.csv")), '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto cut = line.find(';');
        const auto region = line.substr(0, cut), zone = line.substr(cut + 1);
        const auto& tables = Tables::get();
        const auto* spot = region.find('-') == std::string::npos
                               ? tables.country(region)
                               : tables.state(region.substr(3), region.substr(0, 2));
        ASSERT_NE(spot, nullptr) << region;
        EXPECT_NE(std::find(spot->zones.begin(), spot->zones.end(), zone), spot->zones.end()) << line;
    }
}

TEST(Permits, SayWhy) {
    const auto verdict = gate().decide(text("+13055550123", "2026-03-02T18:00:30Z"));
    const auto& permit = std::get<Permit>(verdict);
    EXPECT_EQ(permit.minute(), at("2026-03-02T18:00:00Z"));
    EXPECT_TRUE(permit.covers(at("2026-03-02T18:00:59.999999Z")));
    EXPECT_FALSE(permit.covers(at("2026-03-02T18:01:00Z")));
    const auto& document = permit.document();
    EXPECT_EQ(document["packs"], gate().version());
    EXPECT_EQ(document["zones"], Json({"America/New_York"}));
    EXPECT_EQ(document["jurisdictions"], Json({"US", "US-FL"}));
    EXPECT_THAT(toText(document["rules"]), HasSubstr("Fla. Stat. 501.616(6)(a)"));
    EXPECT_EQ(document["request"]["consent"], "express_written");
    const auto again = gate().decide(text("+13055550123", "2026-03-02T18:00:30Z"));
    EXPECT_EQ(std::get<Permit>(again).id(), permit.id());
    EXPECT_EQ(std::get<Permit>(again).document(), document);
    const auto other = gate().decide(text("+13055550124", "2026-03-02T18:00:30Z"));
    EXPECT_NE(std::get<Permit>(other).id(), permit.id());
}

/// The ranges that are read without libphonenumber, and numbers around them, say what it would say.
TEST(Numbers, TheQuickWayAgreesWithTheLibrary) {
    Random random(4420);
    int quick = 0;
    for (const std::string prefix :
         {"+91", "+917", "+44", "+447", "+442", "+4417", "+33", "+336", "+49", "+4915", "+4917", "+4930",
          "+34", "+346", "+3491", "+61", "+614", "+612", "+617"})
        for (int i = 0; i < 400; ++i) {
            auto number = prefix;
            const auto length = 10 + random.below(5);
            while (number.size() < length) number += static_cast<char>('0' + random.below(10));
            const auto quickly = readNumber(number), slowly = readNumberByLibrary(number);
            EXPECT_EQ(quickly.readable, slowly.readable) << number;
            EXPECT_EQ(quickly.country, slowly.country) << number;
            EXPECT_EQ(quickly.spot, slowly.spot) << number;
            quick += quickly.spot != nullptr;
        }
    EXPECT_GT(quick, 1'000);
}

}  // namespace
}  // namespace overture::compliance
