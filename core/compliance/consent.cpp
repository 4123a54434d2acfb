#include "compliance/consent.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/rules.hpp"
#include "queries/compliance.hpp"

namespace overture::compliance {
namespace {

void check(const Consent& consent) {
    const auto refuse = [&](const std::string& what, const char* remedy) {
        throw Error(what, "consent of " + consent.address, remedy);
    };
    const auto address = keptAddress(consent.address);
    const bool email = address.find('@') != std::string::npos && address.find(' ') == std::string::npos;
    if (!email && !address.starts_with("+"))
        refuse("\"" + consent.address + "\" is neither a number with a country code nor an email",
               "Write it as +12025550100 or ann@example.com.");
    constexpr std::array<std::string_view, 5> channels{"*", "sms", "whatsapp", "voice", "email"};
    if (std::find(channels.begin(), channels.end(), consent.channel) == channels.end())
        refuse("\"" + consent.channel + "\" is no channel", "Name sms, whatsapp, voice, email or *.");
    if (consent.purpose != "*" && purposeBit(consent.purpose) == 0)
        refuse("\"" + consent.purpose + "\" is no purpose", "Name marketing, reply, service or *.");
    if (consent.level == ConsentLevel::none)
        refuse("there is no consent in it", "Give express or express_written.");
    if (trim(consent.source).empty())
        refuse("it does not say where it was given", "Name the source, such as \"web form\".");
    if (consent.level == ConsentLevel::expressWritten && trim(textOf(consent.proof, "text")).empty())
        refuse("written consent needs the text that was shown", "Give the text, or record it as express.");
    if (consent.expiresAt && *consent.expiresAt <= consent.givenAt)
        refuse("it would end before it begins", "Look at both times.");
}

}  // namespace

std::string keptAddress(std::string_view address) {
    return lowerAscii(trim(address));
}

std::string Consent::stateAt(Instant at) const {
    if (revokedAt && *revokedAt <= at) return "revoked";
    if (expiresAt && *expiresAt <= at) return "expired";
    return givenAt > at ? "later" : "valid";
}

bool giveConsent(store::Transaction& tx, const OrganizationId& organization, const Consent& consent) {
    check(consent);
    const auto address = keptAddress(consent.address);
    const std::string level(nameOf(consent.level));
    const ConsentId id(uuid7(consent.givenAt, join({organization.text(), address, consent.channel,
                                                    consent.purpose, level, consent.source},
                                                   "\x1f")));
    const auto expires = consent.expiresAt ? store::Param(*consent.expiresAt) : store::Param(nullptr);
    return tx.run(sql::compliance::give_consent,
                  {organization, id, address, consent.channel, consent.purpose, level, consent.source,
                   consent.proof.is_null() ? Json::object() : consent.proof, consent.givenAt, expires})
               .affected() > 0;
}

std::int64_t revokeConsent(store::Transaction& tx, const OrganizationId& organization,
                           const std::string& address, const std::string& channel, const std::string& purpose,
                           const Json& why, Instant at) {
    const auto spellings = store::Param::array(std::vector{address, keptAddress(address)});
    return static_cast<std::int64_t>(
        tx.run(sql::compliance::revoke_consent, {organization, spellings, channel, purpose, at, why})
            .affected());
}

std::vector<Consent> consentsOf(store::Transaction& tx, const OrganizationId& organization,
                                const std::string& address) {
    std::vector<Consent> all;
    const auto spellings = store::Param::array(std::vector{address, keptAddress(address)});
    for (const auto row : tx.run(sql::compliance::consents, {organization, spellings})) {
        Consent consent;
        consent.id = row.id<ConsentId>("consent_id");
        consent.address = row.text("address");
        consent.channel = row.text("channel");
        consent.purpose = row.text("purpose");
        consent.level = consentLevelOf(row.text("level")).value_or(ConsentLevel::none);
        consent.source = row.text("source");
        consent.proof = row.json("proof");
        consent.givenAt = row.instant("given_at");
        consent.expiresAt = row.maybeInstant("expires_at");
        consent.revokedAt = row.maybeInstant("revoked_at");
        all.push_back(std::move(consent));
    }
    return all;
}

}  // namespace overture::compliance
