#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/database.hpp"
#include "tenant/tenants.hpp"

namespace overture::tenant {

/// The six digits of a step of 30 seconds (RFC 6238 with SHA-1, which every authenticator knows).
std::string codeOf(const std::string& secret, std::int64_t step);
std::int64_t stepAt(Instant now);
/// RFC 4648, without padding.
std::string toBase32(std::string_view bytes);

/// A person's second factor: a secret that their authenticator shares with us, sealed, and recovery codes, hashed.
class SecondFactor {
public:
    SecondFactor(store::Transaction& tx, const OrganizationId& organization, const UserId& user)
        : tx_(tx), organization_(organization), user_(user) {}

    /// It was confirmed, and so it is asked for.
    bool wanted() const;
    /// A new secret (20 bytes), in place of any before; not asked for until a code of it was accepted. Nothing while one is
    /// asked for: that is removed first.
    std::optional<std::string> begin(const Vault& vault);
    /// Accepts a code of the step now, before or after, each once; the first one confirms.
    bool accept(const Vault& vault, const std::string& code, Instant now);
    /// Accepts one of the recovery codes, each once.
    bool acceptRecovery(const std::string& code, Instant now);
    /// Ten new ones in place of those before; shown once.
    std::vector<std::string> newRecoveryCodes();
    void remove();

private:
    store::Transaction& tx_;
    OrganizationId organization_;
    UserId user_;
};

}  // namespace overture::tenant
