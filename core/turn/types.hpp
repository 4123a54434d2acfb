// Room turn: mailboxes, leases, the journal of steps, the one commit, deliveries. Knows handlers, not agents.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "compliance/gate.hpp"
#include "store/database.hpp"

namespace overture::turn {

struct Event {
    EventId id;
    std::string kind;  ///< message, status, touch, timer, takeover, release, call, reply (a user's own words)
    Instant dueAt, receivedAt;
    Json payload;
    int tries = 0;
};

struct Message {
    int number = 0;
    std::string direction, author, channel, text, stage;
    Instant at;
    Json details;
};

struct Lead {
    LeadId id;
    std::string externalId, firstName, lastName, phone, email, country, state, postalCode, zone, language,
        company, title;
    Json custom, evidence;
    /// What compliance needs to know of the lead's place.
    compliance::PlaceEvidence place() const;
    Json toJson() const;
    static Lead fromJson(const Json& document);
};

struct Conversation {
    ConversationId id;
    CampaignId campaign;
    std::string version, stage, state, reason, language, channel, sentiment;
    Json facts, memory;
    int messageCount = 0, turnCount = 0;
    std::int64_t takeoverFence = 0;
    Instant createdAt;
};

struct Campaign {
    CampaignId id;
    std::string name, state;
    std::vector<std::string> channels;
    Json bindings;  ///< {"sms": binding id, "model": binding id, …}
    Json settings;  ///< the playbook's settings as filled in
};

/// What a turn starts from: the `open` step. The same Opened and the same step results give the same Outcome (law 9).
struct Opened {
    OrganizationId organization;
    Conversation conversation;
    Lead lead;
    Campaign campaign;
    std::vector<Message> messages;  ///< oldest first, at most the last 60
    std::vector<Event> events;      ///< due and unanswered, oldest first; never empty
    int turnNumber = 0;
    std::int64_t fence = 0;
    Instant now;
    std::uint64_t seed = 0;
    /// What the gate needs to know per channel (consent, suppression, earlier attempts), read with the rest.
    std::map<std::string, compliance::ContactRequest> contacts;
    bool recorded = false;  ///< the turn's row exists: it is written with the first step, or with the commit
    int steps = 0;          ///< so many of its steps are written

    /// Everything but messages and events, which stand in tables of their own and never change.
    Json toJson() const;
    /// What toJson() wrote, back into the fields it covers.
    void restore(const Json& document);
};

struct StepResult {
    Json result;
    std::int64_t costMicros = 0;
};

/// Runs outside calls at most once per turn: a step whose result is recorded returns the record (law 4).
class Journal {
public:
    virtual ~Journal() = default;
    /// `request` is hashed to tell whether the code is still asking the same. The result is recorded before it is
    /// returned. What `call` throws is not recorded.
    virtual Json step(std::string_view kind, const Json& request,
                      const std::function<StepResult()>& call) = 0;
};

struct NewMessage {
    std::string direction;  ///< in, out, note
    std::string author;     ///< lead, agent, user, engine
    std::string channel, text, stage;
    Instant at;
    std::optional<EventId> event;
    std::optional<DeliveryId> delivery;
    Json details;
};

struct NewDelivery {
    DeliveryId id;
    std::string channel;
    BindingId binding;
    std::string sender, recipient, text;
    Json parts;
    Instant dueAt;
    compliance::Permit permit;
    std::optional<Instant> goodUntil{};  ///< its channel takes this text until then
};

struct Timer {
    std::string kind;  ///< "timer" or "touch"
    Instant dueAt;
    Json payload;
};

struct OptOutAct {
    std::vector<std::string> addresses;
    std::string reason;
    Json proof;
};

/// What one turn decided. Written by one transaction, or not at all.
struct Outcome {
    std::vector<NewMessage> messages;
    std::optional<std::string> stage, state, reason, language, sentiment, channel;
    std::optional<Json> facts, memory;
    std::vector<Timer> timers;
    bool cancelTimers = false;  ///< close every pending timer and touch before adding `timers`
    std::vector<NewDelivery> deliveries;
    std::optional<OptOutAct> optOut;  ///< also cancels timers and queued deliveries of the person, everywhere
    std::optional<Instant> deferUntil;  ///< events stay unanswered; the turn is tried again then
    std::vector<std::function<void(store::Transaction&)>>
        effects;        ///< run inside the commit (booking a meeting)
    bool paid = false;  ///< money was set aside for its calls: settled with the commit
    Json explanation;   ///< what was decided and why, for people
};

/// Thrown by a handler for what trying again cannot mend (a playbook's own mistake): the conversation is held for a
/// person at once, with this reason.
class HoldError : public Error {
public:
    using Error::Error;
};

class Handler {
public:
    virtual ~Handler() = default;
    /// Plain blocking code on a worker's thread. Holds no database connection while it waits.
    virtual Outcome handle(const Opened& opened, Journal& journal) = 0;
};

/// One row of deliveries on its way out.
struct Delivery {
    DeliveryId id;
    OrganizationId organization;
    ConversationId conversation;
    Lead lead;
    std::string channel, sender, recipient, text, reference;
    std::string purpose;  ///< of its permit
    BindingId binding;
    Json parts;
    Instant dueAt, createdAt;
    Instant triedAt;  ///< the minute of its last permit
    int tries = 0;
    /// A takeover, a pause or an opt-out came after the draft, or a user has the conversation and these are not their words.
    bool stale = false;
    PermitId permit;  ///< of its latest try; an older try's outcome is not written over a newer one's
    std::optional<Instant> goodUntil{};  ///< its channel takes this text until then
};

/// A delivery whose state `sending` is committed and whose permit is good for this minute: to be sent at once.
struct Ready {
    compliance::Permit permit;
    Delivery delivery;
};

struct SendResult {
    enum class Kind { sent, rejected, retry, unknown, auth } kind = Kind::unknown;
    std::string reference, status, note;
    std::optional<milliseconds> retryAfter;
    bool notTried =
        false;  ///< with retry: the carrier was not even asked; counts neither as a try nor as an attempt
};

struct LookupResult {
    enum class Kind { found, absent, cannotTell } kind = Kind::cannotTell;
    std::string reference, status;
    std::optional<milliseconds> askAgain = {};  ///< the carrier may know more after this long
};

/// Joins channel and carrier for turn::Deliverer. Takes a Permit: nothing goes out without one.
class Sender {
public:
    virtual ~Sender() = default;
    virtual compliance::ContactRequest contact(const Delivery& delivery, Instant now) = 0;
    virtual SendResult send(const compliance::Permit& permit, const Delivery& delivery) = 0;
    virtual LookupResult lookup(const Delivery& delivery) = 0;
};

}  // namespace overture::turn
