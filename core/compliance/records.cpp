#include "compliance/records.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/consent.hpp"
#include "queries/compliance.hpp"
#include "tenant/tenants.hpp"

namespace overture::compliance {
namespace {

constexpr auto kClockSkew = minutes(5);  // between two engines

/// What a permit's hash covers, in one text: changing any column of the row, or the row before it, shows.
std::string canonical(const PermitId& id, std::int64_t sequence, const std::string& address,
                      const std::string& channel, const std::string& purpose, Instant minute,
                      const Json& document) {
    return toText(Json::array({id.text(), sequence, address, channel, purpose, toRfc3339(minute), document}));
}

std::string chained(const std::string& previous, const std::string& row) {
    return toHex(sha256(previous + "\n" + row));
}

std::string rowText(const store::Row& row) {
    return canonical(row.id<PermitId>("permit_id"), row.integer("sequence"), row.text("address"),
                     row.text("channel"), row.text("purpose"), row.instant("minute"), row.json("document"));
}

/// What an entry about erasures says of an emptied permit.
std::string attested(const store::Row& row) {
    return toHex(sha256(rowText(row) + "\n" + row.text("hash")));
}

bool isEmptied(const Json& document) {
    return document.value("erased", Json()).is_boolean();
}

std::string faultOf(const store::Row& row, std::int64_t sequence, const std::string& previous) {
    const auto id = row.id<PermitId>("permit_id");
    if (row.integer("sequence") != sequence)
        return "permit " + std::to_string(sequence) + " is missing before permit " + id.text();
    if (row.text("previous_hash") != previous)
        return "permit " + id.text() + " does not follow from the one before it";
    if (isEmptied(row.json("document"))) return {};  // an entry later in the chain must attest it
    return row.text("hash") == chained(previous, rowText(row))
               ? ""
               : "permit " + id.text() + " was changed after it was written";
}

/// An email is one person's however it is spelled; both spellings are kept so that either is found.
std::vector<std::string> bothSpellings(const std::vector<std::string>& addresses) {
    std::set<std::string> all;
    for (const auto& address : addresses) {
        if (trim(address).empty()) continue;
        all.insert(address);
        all.insert(lowerAscii(trim(address)));
    }
    return {all.begin(), all.end()};
}

}  // namespace

RecordsOfContacts::RecordsOfContacts(const OrganizationId& organization,
                                     std::vector<ContactRequest*> requests)
    : requests_(std::move(requests)),
      set_({organization, requests_.empty() ? Instant() : requests_.front()->at}) {
    int number = 0;
    for (const auto* request : requests_)
        set_.add({request->address, lowerAscii(trim(request->address)), request->channel, request->purpose,
                  number++});
}

store::Statement RecordsOfContacts::statement() const {
    return {sql::compliance::records_of_addresses, set_.params()};
}

void RecordsOfContacts::fill(const store::Rows& rows) const {
    for (const auto row : rows)
        fillFromRow(row, *requests_.at(static_cast<std::size_t>(row.integer("number"))));
}

void dated(RegistryState& state, Instant asOf, Instant at) {
    state.date = toRfc3339(asOf).substr(0, 10);
    state.ageDays = static_cast<int>(std::chrono::floor<days>(at - asOf).count());
}

namespace {

std::vector<RegistryState> registriesIn(const Json& list, Instant at) {
    std::vector<RegistryState> registries;
    for (const auto& one : list.is_array() ? list : Json::array()) {
        RegistryState state;
        state.name = one.at(0);
        state.country = one.at(1);
        if (!one.at(2).is_null()) dated(state, Instant(seconds(one.at(2).get<std::int64_t>())), at);
        if (!one.at(3).is_null()) state.maxAgeDays = one.at(3).get<int>();
        state.listed = one.at(4);
        state.asked = one.at(5);
        registries.push_back(std::move(state));
    }
    return registries;
}

}  // namespace

void fillFromRow(const store::Row& row, ContactRequest& request) {
    request.suppressedAt = row.maybeInstant("suppressed_at");
    request.suppressed = request.suppressedAt.has_value();
    const auto level = row.integer("consent");
    request.consent = level >= 2   ? ConsentLevel::expressWritten
                      : level == 1 ? ConsentLevel::express
                                   : ConsentLevel::none;
    request.registries = registriesIn(row.json("registries"), request.at);
    request.own = OwnRules::fromJson(row.json("own"));
    request.attempts.clear();
    for (const auto& at : row.array("attempts"))
        request.attempts.push_back(Instant(microseconds(std::stoll(at))));
}

OwnRules ownRules(store::Transaction& tx, const OrganizationId& organization) {
    const auto rows = tx.run(sql::compliance::own_rules, {organization});
    return rows.empty() ? OwnRules() : OwnRules::fromJson(rows[0].json("own"));
}

void saveOwnRules(store::Transaction& tx, const OrganizationId& organization, const OwnRules& own) {
    tenant::saveSettings(tx, organization, {{"rules", own.toJson()}});
}

PermitChain::PermitChain(const OrganizationId& organization,
                         const std::vector<const ContactRequest*>& requests)
    : organization_(organization) {
    for (const auto* request : requests) {
        addresses_.push_back(request->address);
        earliest_ = std::min(earliest_, request->at);
        latest_ = std::max(latest_, request->at);
    }
}

std::vector<store::Statement> PermitChain::statements() const {
    // A permit's id begins with the milliseconds of its time.
    const auto time = [](Instant at) { return uuid7(at, "").text().substr(0, 13); };
    return {{sql::compliance::lock_head, {organization_}},
            {sql::compliance::known_permits,
             {organization_, time(earliest_) + "-0000-0000-000000000000",
              time(latest_) + "-ffff-ffff-ffffffffffff", store::Param::array(addresses_)}}};
}

void PermitChain::lock(const store::Rows& head, const store::Rows& known) {
    sequence_ = head[0].integer("sequence");
    hash_ = head[0].text("hash");
    newest_ = head[0].maybeInstant("newest");
    for (const auto row : known) written_.insert(row.text("permit_id"));
}

std::optional<Instant> PermitChain::waitsFor(Instant now) const {
    return newest_ && now + kClockSkew < *newest_ ? newest_ : std::nullopt;
}

void PermitChain::write(store::Transaction& tx, const std::vector<Permit>& permits) {
    store::RowSet rows({organization_});
    for (const auto& permit : permits) {
        if (!written_.insert(permit.id().text()).second) continue;
        const auto& request = permit.request();
        auto document = permit.document();
        document["salt"] =
            uuid7(permit.minute()).text();  // goes with an erasure: then the hash tells no address
        const auto next = chained(hash_, canonical(permit.id(), ++sequence_, request.address, request.channel,
                                                   request.purpose, permit.minute(), document));
        rows.add({permit.id(), sequence_, request.address, request.channel, request.purpose, permit.minute(),
                  document, hash_, next});
        hash_ = next;
        newest_ = std::max(newest_.value_or(permit.minute()), permit.minute());
    }
    if (rows.empty()) return;
    tx.queue(sql::compliance::insert_permits, rows.params());
    tx.queue(sql::compliance::move_head, {organization_, sequence_, hash_, newest_});
}

void recordPermits(store::Transaction& tx, const OrganizationId& organization,
                   const std::vector<Permit>& permits) {
    if (permits.empty()) return;
    std::vector<const ContactRequest*> requests;
    for (const auto& permit : permits) requests.push_back(&permit.request());
    PermitChain chain(organization, requests);
    const auto read = tx.runAll(chain.statements());
    chain.lock(read[0], read[1]);
    chain.write(tx, permits);
}

std::int64_t recordErasure(store::Transaction& tx, const OrganizationId& organization,
                           const store::Rows& emptied, Instant now) {
    if (emptied.empty()) return 0;
    Json document = {{"erasures", Json::object()}};
    for (const auto row : emptied)
        document["erasures"][std::to_string(row.integer("sequence"))] = attested(row);
    const auto head = tx.run(sql::compliance::lock_head, {organization});
    const auto sequence = head[0].integer("sequence") + 1;
    const auto previous = head[0].text("hash");
    const PermitId id(uuid7(now));
    const Instant minute = std::chrono::floor<minutes>(now);
    const auto hash = chained(previous, canonical(id, sequence, "", "*", "erasure", minute, document));
    store::RowSet rows({organization});
    rows.add({id, sequence, "", "*", "erasure", minute, document, previous, hash});
    tx.run(sql::compliance::insert_permits, rows.params());
    tx.run(sql::compliance::move_head, {organization, sequence, hash, head[0].maybeInstant("newest")});
    return static_cast<std::int64_t>(emptied.size());
}

ChainState verifyPermits(store::Transaction& tx, const OrganizationId& organization) {
    ChainState state;
    std::string hash;
    std::map<std::int64_t, std::pair<std::string, std::string>> emptied;  // sequence → {attested, id}
    for (bool more = true; more;) {
        const auto rows = tx.run(sql::compliance::chain, {organization, state.permits});
        for (const auto row : rows) {
            state.fault = faultOf(row, state.permits + 1, hash);
            if (!state.fault.empty()) return state;
            ++state.permits;
            hash = row.text("hash");
            const auto document = row.json("document");
            if (isEmptied(document)) {
                ++state.emptied;
                emptied[state.permits] = {attested(row), row.text("permit_id")};
            }
            const auto erasures = document.value("erasures", Json::object());
            for (const auto& [sequence, text] : erasures.items())
                if (const auto one = emptied.find(std::stoll(sequence));
                    one != emptied.end() && one->second.first == text)
                    emptied.erase(one);
        }
        more = !rows.empty();
    }
    if (!emptied.empty()) {
        state.fault = "permit " + emptied.begin()->second.second +
                      " was emptied, and no erasure in the chain says that it should be as it is";
        return state;
    }
    const auto head = tx.run(sql::compliance::head, {organization});
    if (head.empty())
        state.fault = state.permits == 0 ? "" : "the end of the chain is not recorded";
    else if (head[0].integer("sequence") != state.permits || head[0].text("hash") != hash)
        state.fault = "the chain ends at permit " + std::to_string(state.permits) + ", but " +
                      std::to_string(head[0].integer("sequence")) + " were written";
    return state;
}

void recordAttempts(store::Transaction& tx, const OrganizationId& organization,
                    const std::vector<Attempt>& attempts) {
    if (attempts.empty()) return;
    store::RowSet rows({organization});
    for (const auto& attempt : attempts)
        rows.add({AttemptId(uuid7(attempt.at, "attempt:" + attempt.delivery.text())),
                  keptAddress(attempt.address), attempt.lead, attempt.channel, attempt.delivery, attempt.at});
    tx.queue(sql::compliance::insert_attempts, rows.params());
}

void suppress(store::Transaction& tx, const OrganizationId& organization,
              const std::vector<std::string>& addresses, const std::string& reason, const Json& proof,
              Instant at) {
    const auto all = bothSpellings(addresses);
    if (all.empty()) return;
    const auto list = store::Param::array(all);
    tx.queue(sql::compliance::suppress,
             {organization, list, reason, proof.is_null() ? Json::object() : proof, at});
    tx.queue(sql::compliance::revoke_consents, {organization, list, at});
}

void recordConsent(store::Transaction& tx, const OrganizationId& organization, const std::string& address,
                   const std::string& channel, const std::string& purpose, ConsentLevel level,
                   const std::string& source, const Json& proof, Instant at) {
    if (level == ConsentLevel::none) return;
    tx.queue(sql::compliance::insert_consent,
             {organization, ConsentId(uuid7(at, organization.text() + address + channel + purpose + source)),
              keptAddress(address), channel, purpose,
              level == ConsentLevel::expressWritten ? "express_written" : "express", source,
              proof.is_null() ? Json::object() : proof, at});
}

}  // namespace overture::compliance
