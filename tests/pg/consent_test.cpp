// Consent by channel and purpose with its proof, and what the gate makes of it; one person under several spellings.
#include "compliance/consent.hpp"

#include "base/time.hpp"
#include "compliance/records.hpp"
#include "compliance/registries.hpp"
#include "pg/fixture.hpp"

namespace overture::testing {
namespace {

using namespace compliance;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Consents : public ::testing::Test {
protected:
    Consents() : database(Postgres::shared().freshPool()), organization(addOrganization(*database)) {}

    Consent written(const std::string& address, const std::string& channel = "sms",
                    const std::string& purpose = "marketing") {
        Consent consent;
        consent.address = address;
        consent.channel = channel;
        consent.purpose = purpose;
        consent.level = ConsentLevel::expressWritten;
        consent.source = "web form";
        consent.proof = {{"text", "Text me offers."}, {"ip", "192.0.2.7"}};
        consent.givenAt = tuesday() - days(10);
        return consent;
    }
    bool give(const Consent& consent) {
        auto tx = database->begin(organization);
        const bool made = giveConsent(tx, organization, consent);
        tx.commit();
        return made;
    }
    std::int64_t revoke(const std::string& address, const std::string& channel = "*",
                        const std::string& purpose = "*", Instant at = tuesday()) {
        auto tx = database->begin(organization);
        const auto ended =
            revokeConsent(tx, organization, address, channel, purpose, {{"why", "asked to"}}, at);
        tx.commit();
        return ended;
    }
    ContactRequest request(const std::string& address, const std::string& channel = "sms",
                           const std::string& purpose = "marketing", Instant at = tuesday()) {
        ContactRequest contact;
        contact.channel = channel;
        contact.address = address;
        contact.purpose = purpose;
        contact.at = at;
        contact.place.zone = "America/Phoenix";
        contact.place.country = "US";
        if (channel != "email") contact.place.phone = address;
        auto tx = database->begin(organization);
        const RecordsOfContacts records(organization, {&contact});
        records.fill(tx.runAll({records.statement()}).front());
        return contact;
    }
    std::string gateSays(const ContactRequest& contact) {
        const auto verdict = gate.decide(contact);
        const auto* refused = std::get_if<Refused>(&verdict);
        return refused == nullptr ? "" : refused->rule + ": " + refused->reason;
    }
    std::string said(const Consent& consent) {
        try {
            give(consent);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    template <typename Work>
    void record(Work work) {
        auto tx = database->begin(organization);
        work(tx);
        tx.commit();
    }

    std::unique_ptr<store::Database> database;
    OrganizationId organization;
    Gate gate;
    const std::string phone = "+16025550100";
};

TEST_F(Consents, TheGateWantsItForThisChannelAndPurpose) {
    EXPECT_THAT(gateSays(request(phone)),
                HasSubstr("us.consent: consent is none; express_written is needed"));
    EXPECT_TRUE(give(written(phone)));
    EXPECT_EQ(gateSays(request(phone)), "");
    EXPECT_EQ(request(phone, "voice").consent, ConsentLevel::none);
    EXPECT_EQ(request(phone, "whatsapp").consent, ConsentLevel::none);
    auto service = written("+16025550101", "*", "service");
    EXPECT_TRUE(give(service));
    EXPECT_EQ(request("+16025550101").consent, ConsentLevel::none) << "service is no marketing";
    EXPECT_EQ(request("+16025550101", "voice", "service").consent, ConsentLevel::expressWritten);
    auto express = written("+16025550102");
    express.level = ConsentLevel::express;
    EXPECT_TRUE(give(express));
    EXPECT_THAT(gateSays(request("+16025550102")),
                HasSubstr("consent is express; express_written is needed"));
}

TEST_F(Consents, ItHoldsFromWhenItWasGivenUntilItExpiresOrIsRevoked) {
    auto consent = written(phone);
    consent.expiresAt = tuesday() + days(5);
    give(consent);
    EXPECT_EQ(request(phone, "sms", "marketing", tuesday() - days(11)).consent, ConsentLevel::none);
    EXPECT_EQ(request(phone, "sms", "marketing", tuesday() + days(5) - seconds(1)).consent,
              ConsentLevel::expressWritten);
    EXPECT_EQ(request(phone, "sms", "marketing", tuesday() + days(5)).consent, ConsentLevel::none);
    EXPECT_EQ(revoke(phone), 1);
    EXPECT_EQ(revoke(phone, "*", "*", tuesday() + days(1)), 0) << "it has ended already";
    EXPECT_EQ(request(phone, "sms", "marketing", tuesday() - days(1)).consent, ConsentLevel::expressWritten);
    EXPECT_THAT(gateSays(request(phone)), HasSubstr("us.consent: consent is none"));
    auto tx = database->begin(organization);
    const auto all = consentsOf(tx, organization, phone);
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].proof["text"], "Text me offers.") << "the proof stays";
    EXPECT_EQ(all[0].proof["revoked"]["why"], "asked to");
    EXPECT_EQ(all[0].stateAt(tuesday()), "revoked");
    EXPECT_EQ(all[0].stateAt(tuesday() - days(1)), "valid");
    EXPECT_EQ(all[0].stateAt(tuesday() - days(20)), "later");
}

TEST_F(Consents, RevokingOneChannelLeavesTheOthers) {
    give(written(phone, "sms"));
    give(written(phone, "voice"));
    EXPECT_EQ(revoke(phone, "voice"), 1);
    EXPECT_EQ(request(phone, "sms").consent, ConsentLevel::expressWritten);
    EXPECT_EQ(request(phone, "voice").consent, ConsentLevel::none);
    give(written("+16025550101", "*", "*"));
    EXPECT_EQ(revoke("+16025550101", "voice", "marketing"), 1);
    EXPECT_EQ(request("+16025550101", "sms").consent, ConsentLevel::none)
        << "nobody can tell what of it was to stay";
}

TEST_F(Consents, TheSameAgainIsTheSameAndAMistakeIsRefused) {
    EXPECT_TRUE(give(written(phone)));
    EXPECT_FALSE(give(written(phone)));
    auto wrong = written(phone, "telex");
    EXPECT_THAT(said(wrong), HasSubstr("\"telex\" is no channel"));
    wrong = written(phone, "sms", "fun");
    EXPECT_THAT(said(wrong), HasSubstr("\"fun\" is no purpose"));
    wrong = written(phone);
    wrong.proof = Json::object();
    EXPECT_THAT(said(wrong), HasSubstr("needs the text that was shown"));
    wrong = written("nobody");
    EXPECT_THAT(said(wrong), HasSubstr("neither a number"));
    wrong = written(phone);
    wrong.expiresAt = wrong.givenAt;
    EXPECT_THAT(said(wrong), HasSubstr("end before it begins"));
    wrong = written(phone);
    wrong.source = " ";
    EXPECT_THAT(said(wrong), HasSubstr("where it was given"));
}

/// Suppression, consent, attempts and registries under whichever spelling: always the same person.
TEST_F(Consents, APersonUnderTwoSpellingsIsOnePerson) {
    give(written(" Ann.Marlow@Example.COM", "email"));
    for (const auto* spelling :
         {"ann.marlow@example.com", "ANN.MARLOW@EXAMPLE.COM", "Ann.Marlow@example.com"})
        EXPECT_EQ(request(spelling, "email").consent, ConsentLevel::expressWritten) << spelling;
    record([&](store::Transaction& tx) {
        recordAttempts(tx, organization,
                       {{"Ann.Marlow@Example.com", LeadId(uuid7(tuesday())), "email",
                         DeliveryId(uuid7(tuesday())), tuesday() - hours(1)}});
    });
    for (const auto* spelling : {"ann.marlow@example.com", "ANN.MARLOW@EXAMPLE.COM"})
        EXPECT_THAT(request(spelling, "email").attempts, SizeIs(1)) << spelling;
    record([&](store::Transaction& tx) {
        suppress(tx, organization, {"ann.MARLOW@example.com"}, "opted out", Json::object(), tuesday());
    });
    for (const auto* spelling :
         {"ann.marlow@example.com", "ANN.MARLOW@EXAMPLE.COM", "Ann.Marlow@Example.com"}) {
        EXPECT_TRUE(request(spelling, "email").suppressed) << spelling;
        EXPECT_EQ(request(spelling, "email").consent, ConsentLevel::none) << spelling;
    }
}

TEST_F(Consents, ANumbersSpellingsAreOneNumber) {
    for (const auto* spelling :
         {"+1 (602) 555-0100", "+1 602 555 0100", "1-602-555-0100", "+1.602.555.0100", "001 602 555 0100"}) {
        const auto check = checkPhone(spelling, "US");
        EXPECT_EQ(keptAddress(check.e164.empty() ? spelling : check.e164), phone) << spelling;
    }
    give(written(" +16025550100 "));
    EXPECT_EQ(request(phone).consent, ConsentLevel::expressWritten);
}

}  // namespace
}  // namespace overture::testing
