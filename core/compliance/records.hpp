#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compliance/gate.hpp"
#include "store/database.hpp"

namespace overture::compliance {

/// Everything the gate needs from the database about each address: consent, suppression, attempts, registries, the
/// organization's own rules. Fills those fields of the
/// requests (whose channel, address, purpose, at and place are set; all have the first one's `at`). A person's other addresses
/// count too; consent given for something else than marketing is none for marketing. To be read beside other things: run
/// statement(), give its rows to fill().
class RecordsOfContacts {
public:
    RecordsOfContacts(const OrganizationId& organization, std::vector<ContactRequest*> requests);
    store::Statement statement() const;
    void fill(const store::Rows& rows) const;

private:
    std::vector<ContactRequest*> requests_;
    store::RowSet set_;
};

/// The same from a row with suppressed_at, consent, attempts, registries and own, as the database's contact_records() returns them.
void fillFromRow(const store::Row& row, ContactRequest& request);

/// What a registry says as of then, when it is asked `at`.
void dated(RegistryState& state, Instant asOf, Instant at);

/// What the organization narrows the rules to. requireTighter() says no before; from the commit on every question of the engine
/// is asked with them.
OwnRules ownRules(store::Transaction& tx, const OrganizationId& organization);
void saveOwnRules(store::Transaction& tx, const OrganizationId& organization, const OwnRules& own);

/// The end of the organization's hash chain of permits, to be read and locked beside other things: run both statements, give
/// their rows to lock(), and write() the permits at the end of the chain, in order. `requests` are what the permits may be
/// for: of each request's address, permits given at those same times are written once only.
class PermitChain {
public:
    PermitChain(const OrganizationId& organization, const std::vector<const ContactRequest*>& requests);
    std::vector<store::Statement> statements() const;
    void lock(const store::Rows& head, const store::Rows& known);
    /// A permit of a later time was written before: the clock was set back, and a window that has closed does not open again.
    /// When it may go on; nothing when all is well.
    std::optional<Instant> waitsFor(Instant now) const;
    void write(store::Transaction& tx, const std::vector<Permit>& permits);

private:
    const OrganizationId& organization_;
    std::vector<std::string> addresses_;
    Instant earliest_ = Instant::max(), latest_ = Instant::min();
    std::int64_t sequence_ = 0;
    std::string hash_;
    std::optional<Instant> newest_;  ///< the latest minute of a permit
    std::set<std::string> written_;
};

/// All of that at once. Locks the chain's head row, so call it late in the transaction.
void recordPermits(store::Transaction& tx, const OrganizationId& organization,
                   const std::vector<Permit>& permits);

/// After permits were emptied (`emptied`: their rows as they are now): an entry at the end of the chain that attests each of
/// them, so that the chain shows what is an erasure and what is tampering. Returns how many.
std::int64_t recordErasure(store::Transaction& tx, const OrganizationId& organization,
                           const store::Rows& emptied, Instant now);

struct ChainState {
    std::int64_t permits = 0;  ///< that follow from one another, from the first on
    std::int64_t emptied = 0;  ///< of them, without their person, who was erased
    std::string fault;         ///< the first place where the chain breaks and why; empty when it is whole
};
/// Reads the organization's whole chain, a thousand permits at a time.
ChainState verifyPermits(store::Transaction& tx, const OrganizationId& organization);

struct Attempt {
    std::string address;
    LeadId lead;
    std::string channel;
    DeliveryId delivery;
    Instant at;
};
/// Tries to reach people, counted against their caps. One row per delivery, however often it is recorded.
void recordAttempts(store::Transaction& tx, const OrganizationId& organization,
                    const std::vector<Attempt>& attempts);

/// Suppresses the person (every address of the lead) on every channel and ends their consents. Queued deliveries and timers are cancelled by
/// turn::commit in the same transaction.
void suppress(store::Transaction& tx, const OrganizationId& organization,
              const std::vector<std::string>& addresses, const std::string& reason, const Json& proof,
              Instant at);

void recordConsent(store::Transaction& tx, const OrganizationId& organization, const std::string& address,
                   const std::string& channel, const std::string& purpose, ConsentLevel level,
                   const std::string& source, const Json& proof, Instant at);

}  // namespace overture::compliance
