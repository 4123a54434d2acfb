// What is kept about one person, over all rooms' tables: shown, and taken away.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"

namespace overture::compliance {

/// Who is meant. Any of them may be empty.
struct PersonKey {
    std::string phone;  ///< E.164
    std::string email;
    std::string lead;  ///< the lead's id, or its id in the list
};

/// A person as far as we know one: the leads that share an address with each other, and their addresses.
struct Person {
    std::vector<std::string> leads;
    std::vector<std::string> addresses;  ///< as they are spelled, and emails in lower case as well

    /// What speaks of them in bytes that strangers sent, in lower case.
    std::vector<std::string> needles() const;
};

/// Never empty-handed: an address that no lead has is a person too.
Person findPerson(store::Transaction& tx, const OrganizationId& organization, const PersonKey& key);

/// Everything that is kept about them: {person: {leads, addresses}, leads, conversations, messages, calls, call_lines, recordings, events, turns, steps,
/// deliveries, meetings, consents, suppressions, attempts, permits, import_rows, webhooks, registries}. Suppressions and permits
/// that were kept from an earlier erasure are among them.
Json exportPerson(store::Transaction& tx, const OrganizationId& organization, const Person& person,
                  Instant now);

/// Takes it all away in this transaction and returns how many rows of each table it was. Suppressions stay under a keyed hash of
/// the address, so that the same address is still suppressed when it comes back; so do permits, without place and address, and an
/// entry at the end of their chain attests what they are now. `shut`: they are suppressed from now on, as after an opt-out.
/// Again on the same person: nothing is left to do. Throws Error, with nothing done, while a turn of theirs or a message to
/// them is under way.
Json erasePeople(store::Transaction& tx, const OrganizationId& organization,
                 const std::vector<Person>& people, bool shut, Instant now);

}  // namespace overture::compliance
