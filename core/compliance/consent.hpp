// Who may be contacted, by channel and purpose, with proof.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "compliance/gate.hpp"
#include "store/database.hpp"

namespace overture::compliance {

struct Consent {
    ConsentId id{};
    std::string address;        ///< E.164 or email, of any spelling: it is kept in one
    std::string channel = "*";  ///< "sms", "whatsapp", "voice", "email"; "*" is every one
    std::string purpose = "*";  ///< "marketing", "reply", "service"; "*" is every one
    ConsentLevel level = ConsentLevel::express;
    std::string source;           ///< "web form", "signed contract"
    Json proof = Json::object();  ///< {text: what they were shown, ip?, …}; {revoked: {why, …}} once it is
    Instant givenAt;
    std::optional<Instant> expiresAt{}, revokedAt{};

    /// "valid", "revoked", "expired" or "later" (not given yet).
    std::string stateAt(Instant at) const;
};

/// Writes it down; false when the same consent (address, channel, purpose, level, source, time) is there already. Throws Error
/// for an unknown channel or purpose, an address that is none, written consent without the text that was shown, an end before
/// its beginning.
bool giveConsent(store::Transaction& tx, const OrganizationId& organization, const Consent& consent);

/// Ends what was given for this channel and purpose ("*": any); the rows stay, with `why`. Returns how many it was.
std::int64_t revokeConsent(store::Transaction& tx, const OrganizationId& organization,
                           const std::string& address, const std::string& channel, const std::string& purpose,
                           const Json& why, Instant at);

/// Everything ever given for this address, oldest first.
std::vector<Consent> consentsOf(store::Transaction& tx, const OrganizationId& organization,
                                const std::string& address);

/// How an address is kept: a number as it is, an email in lower case, neither with blanks around it.
std::string keptAddress(std::string_view address);

}  // namespace overture::compliance
