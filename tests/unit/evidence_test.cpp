// Evidence of place taken at random: whatever contradicts, a contact is only ever made narrower.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "base/time.hpp"
#include "compliance/gate.hpp"

namespace overture::compliance {
namespace {

const std::vector<std::string> kPhones{
    "+12125550123", "+13055550123",  "+16025550123",  "+19155550123", "+18085550123",
    "+14165550123", "+442079460123", "+919876543210", "+61293740123", ""};
const std::vector<std::string> kStates{"TX", "Tennessee", "CA", "HI", "ON", "FL", "", ""};
const std::vector<std::string> kPostals{"37203", "79901", "33101", "86503", "M5V 2T6", "", ""};
const std::vector<std::string> kZones{
    "America/Denver", "America/New_York", "Asia/Kolkata", "Mars/Base", "", ""};
const std::vector<std::string> kSaid{
    "I'm in Phoenix", "we moved to Texas", "Europe/Paris", "hello", "", "", ""};
const std::vector<std::string> kCountries{"US", "CA", "IN", "GB", "", ""};

using Piece = std::string PlaceEvidence::*;
const std::vector<std::pair<Piece, const std::vector<std::string>*>> kPieces{
    {&PlaceEvidence::phone, &kPhones},       {&PlaceEvidence::state, &kStates},
    {&PlaceEvidence::postalCode, &kPostals}, {&PlaceEvidence::zone, &kZones},
    {&PlaceEvidence::said, &kSaid},          {&PlaceEvidence::country, &kCountries}};

PlaceEvidence drawn(Random& random) {
    PlaceEvidence evidence;
    for (const auto& [piece, pool] : kPieces) evidence.*piece = (*pool)[random.below(pool->size())];
    return evidence;
}

ContactRequest requestFor(const PlaceEvidence& evidence, Instant at) {
    ContactRequest request;
    request.channel = evidence.phone.empty() ? "email" : "voice";
    request.address = evidence.phone.empty() ? "ann@example.com" : evidence.phone;
    request.place = evidence;
    request.at = at;
    request.consent = ConsentLevel::expressWritten;
    return request;
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// The zones that each piece leaves by itself, next to the country that tells where a state or a code is.
std::set<std::string> zonesOfPieces(const PlaceEvidence& evidence) {
    std::set<std::string> zones;
    for (const auto& [piece, pool] : kPieces) {
        PlaceEvidence alone;
        alone.*piece = evidence.*piece;
        for (const auto& country : {std::string(), evidence.country}) {
            alone.country = piece == &PlaceEvidence::country ? evidence.country : country;
            const auto places = placesOf(alone);
            zones.insert(places.zones.begin(), places.zones.end());
        }
    }
    return zones;
}

TEST(EvidenceProperty, NoZoneIsLeftThatNoPieceOfEvidenceNames) {
    Random random(3);
    for (int i = 0; i < 3000; ++i) {
        const auto evidence = drawn(random);
        const auto all = placesOf(evidence);
        const auto named = zonesOfPieces(evidence);
        for (const auto& zone : all.zones)
            EXPECT_TRUE(named.contains(zone)) << zone << " of " << evidence.toJson().dump();
        if (!named.empty() &&
            !(evidence.phone + evidence.state + evidence.postalCode + evidence.said).empty()) {
            PlaceEvidence phone;
            phone.phone = evidence.phone;
            for (const auto& jurisdiction : placesOf(phone).jurisdictions)
                EXPECT_TRUE(holds(all.jurisdictions, jurisdiction))
                    << jurisdiction
                    << " of the number binds whatever else is said: " << evidence.toJson().dump();
        }
    }
}

/// Allowed with everything that is known means allowed in every zone that is left, one after another.
TEST(EvidenceProperty, AContactIsAllowedOnlyWhereEveryZoneThatIsLeftAllowsIt) {
    static const Gate gate;
    Random random(5);
    int allowed = 0, refused = 0;
    for (int i = 0; i < 3000; ++i) {
        const auto evidence = drawn(random);
        const auto at = *parseRfc3339("2026-03-02T00:00:00Z") + minutes(random.below(60 * 24 * 14));
        const bool together = std::holds_alternative<Permit>(gate.decide(requestFor(evidence, at)));
        const auto zones = placesOf(evidence).zones;
        ++(together ? allowed : refused);
        if (!together) continue;
        ASSERT_FALSE(zones.empty());
        for (const auto& zone : zones) {
            PlaceEvidence alone;
            alone.zone = zone;
            alone.phone = evidence.phone;
            EXPECT_TRUE(std::holds_alternative<Permit>(gate.decide(requestFor(alone, at))))
                << zone << " at " << toRfc3339(at) << " of " << evidence.toJson().dump();
        }
    }
    EXPECT_GT(allowed, 300);
    EXPECT_GT(refused, 300);
}

/// Two pieces of one rank that contradict each other both bind: every zone of either is left.
TEST(EvidenceProperty, ContradictingPiecesOfOneRankNarrow) {
    Random random(7);
    int contradictions = 0;
    for (int i = 0; i < 4000; ++i) {
        PlaceEvidence state, postal;
        state.state = kStates[random.below(kStates.size())];
        postal.postalCode = kPostals[random.below(kPostals.size())];
        const auto a = placesOf(state), b = placesOf(postal);
        const bool disjoint = !a.zones.empty() && !b.zones.empty() &&
                              std::none_of(a.zones.begin(), a.zones.end(),
                                           [&](const auto& zone) { return holds(b.zones, zone); });
        if (!disjoint) continue;
        ++contradictions;
        auto both = state;
        both.postalCode = postal.postalCode;
        const auto together = placesOf(both);
        for (const auto* one : {&a, &b}) {
            for (const auto& zone : one->zones)
                EXPECT_TRUE(holds(together.zones, zone)) << zone << " of " << both.toJson().dump();
            for (const auto& place : one->jurisdictions)
                EXPECT_TRUE(holds(together.jurisdictions, place)) << place << " of " << both.toJson().dump();
        }
    }
    EXPECT_GT(contradictions, 500);
}

}  // namespace
}  // namespace overture::compliance
