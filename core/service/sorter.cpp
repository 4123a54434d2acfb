#include "service/sorter.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/optout.hpp"
#include "compliance/records.hpp"
#include "queries/service.hpp"
#include "service/call_opening.hpp"
#include "service/calls.hpp"
#include "service/hand_over.hpp"
#include "service/newcomer.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {
namespace {

constexpr std::size_t kKeptOfRefused =
    4096;  // bytes of a call whose signature was wrong: anybody can send those

/// A GET that says nothing is a vendor's handshake, and its query holds what only the vendor and we should know.
std::string keptUrl(const Taken& taken) {
    const auto& url = taken.webhook.url;
    return taken.webhook.method == "GET" && taken.events.empty() ? url.substr(0, url.find('?')) : url;
}

/// A text as PostgreSQL can keep it: valid UTF-8 and no zero bytes, which strangers may well send.
std::string storable(const std::string& text) {
    return replaceAll(toValidUtf8(text), std::string_view("\0", 1), "");
}

Json storable(const Json& document) {
    if (document.is_string()) return storable(document.get<std::string>());
    if (!document.is_structured()) return document;
    auto clean = document.is_array() ? Json::array() : Json::object();
    for (const auto& [key, value] : document.items())
        if (document.is_array())
            clean.push_back(storable(value));
        else
            clean[storable(key)] = storable(value);
    return clean;
}

bool isIncomingCall(const Json& event) {
    return textOf(event, "kind") == "call" && textOf(event, "direction") == "inbound" &&
           textOf(event, "status") == "ringing";
}

std::vector<std::string> senderOf(const Taken& taken, const Json& event) {
    const auto channel = textOf(event, "kind") == "call" ? "voice" : textOf(event, "channel", "sms");
    return {textOf(event, "from"), channel, taken.webhook.binding.text()};
}

/// References of what was sent that a message says it answers, the nearest first.
std::vector<std::string> answersOf(const Json& event) {
    std::vector<std::string> answers;
    for (const auto& one : event.value("answers", Json::array()))
        if (one.is_string()) answers.push_back(one.get<std::string>());
    return answers;
}

bool signals(const Json& event, const char* word) {
    const auto all = event.value("signals", Json::array());
    return std::find(all.begin(), all.end(), word) != all.end();
}

std::vector<std::string> referenceOf(const Taken& taken, const Json& event) {
    return {taken.webhook.binding.text(), textOf(event, "reference")};
}

/// A vendor's own id where it gives one, otherwise a digest of what makes it the same event.
std::string dedupeKey(const Taken& taken, const Json& event) {
    const auto id = textOf(event, "id");
    return "hook:" + taken.webhook.binding.text() + ":" + (id.empty() ? toHex(sha256(toText(event))) : id);
}

/// What is looked up, each once, and the rows that were found for it.
class LookUp {
public:
    explicit LookUp(const OrganizationId& organization) : rows_({organization}) {}
    void want(std::vector<std::string> key) {
        if (!places_.emplace(key, keys_.size()).second) return;
        rows_.add({key.begin(), key.end()});
        keys_.push_back(std::move(key));
    }
    bool empty() const { return keys_.empty(); }
    store::Statement statement(const store::Query& query) const { return {query, rows_.params()}; }
    const std::vector<std::string>& key(const store::Row& row) const {
        return keys_.at(static_cast<std::size_t>(row.integer("place")) - 1);
    }

private:
    store::RowSet rows_;
    std::map<std::vector<std::string>, std::size_t> places_;
    std::vector<std::vector<std::string>> keys_;
};

}  // namespace

Sorter::Sorter(store::Database& database, const OrganizationId& organization, const std::vector<Taken*>& all,
               const turn::Quiet& quiet)
    : tx_(database.begin(organization)), organization_(organization), all_(all), quiet_(quiet) {}

void Sorter::run() {
    for (auto* taken : all_) begin(*taken);
    find();
    for (auto* taken : all_)
        for (const auto& event : taken->events) sort(*taken, event);
    postAll();
    turn::noteStatuses(tx_, organization_, statuses_);
    for (auto* taken : all_)
        if (taken->outcome == "accepted" && taken->posted + taken->noted == 0 && !taken->events.empty())
            taken->outcome = "unmatched";
    const auto kept = webhooks();
    tx_.queue(kept.query, kept.params);
    failpoint("webhook.before_commit");
    tx_.commit();
    failpoint("webhook.after_commit");
}

/// As its plugin read it; it may have been tried in a larger set before.
void Sorter::begin(Taken& taken) {
    taken.events = storable(taken.events);
    taken.posted = taken.noted = 0;
    taken.calls.clear();
    if (taken.outcome == "unmatched") taken.outcome = "accepted";
    if (taken.outcome == "accepted") taken.notes.clear();
}

void Sorter::find() {
    LookUp senders(organization_), references(organization_);
    for (const auto* taken : all_)
        for (const auto& event : taken->events) {
            if (textOf(event, "kind") == "message" || isIncomingCall(event))
                senders.want(senderOf(*taken, event));
            for (const auto& reference : answersOf(event))
                references.want({taken->webhook.binding.text(), reference});
            if (textOf(event, "kind") == "status") references.want(referenceOf(*taken, event));
        }
    std::vector<store::Statement> reads;
    if (!senders.empty()) reads.push_back(senders.statement(sql::service::conversations_of_senders));
    if (!references.empty()) reads.push_back(references.statement(sql::service::deliveries_of_references));
    if (reads.empty()) return;
    const auto rows = tx_.runAll(reads);
    if (!senders.empty())
        for (const auto row : rows.front())
            senders_.emplace(senders.key(row), row.id<ConversationId>("conversation_id"));
    if (!references.empty())
        for (const auto row : rows.back())
            references_.emplace(references.key(row),
                                Sent{row.text("delivery_id"), row.id<ConversationId>("conversation_id")});
}

void Sorter::sort(Taken& taken, const Json& event) {
    const auto kind = textOf(event, "kind");
    if (kind == "message")
        message(taken, event);
    else if (kind == "status")
        status(taken, event);
    else if (kind == "limits")
        limits(taken, event);
    else if (kind == "call")
        call(taken, event);
    else
        taken.notes.push_back("an event of unknown kind \"" + kind + "\"");
}

void Sorter::message(Taken& taken, const Json& event) {
    const auto from = textOf(event, "from"), channel = textOf(event, "channel", "sms");
    const auto text = textOf(event, "text");
    if (fromAMachine(taken, event)) return;
    auto conversation = answered(taken, event);
    const auto found = senders_.find(senderOf(taken, event));
    if (!conversation)
        conversation =
            found == senders_.end() ? stranger(taken, from, channel, text) : std::optional(found->second);
    if (!conversation) return;
    Json payload{{"text", text},
                 {"from", from},
                 {"to", textOf(event, "to")},
                 {"channel", channel},
                 {"binding_id", taken.webhook.binding.text()},
                 {"reference", textOf(event, "id")}};
    for (const char* own : {"thread", "choice", "media"})
        if (event.contains(own)) payload[own] = event[own];
    if (payload.contains("media"))
        for (auto& one : payload["media"])
            if (one.is_object())
                one["binding_id"] = taken.webhook.binding.text();  // it can be got by this one only
    post(taken, *conversation, "message", event, payload);
}

/// What a mail system says by itself is no answer of anybody: a bounce is a status of what it is about, the rest is kept only.
bool Sorter::fromAMachine(Taken& taken, const Json& event) {
    if (signals(event, "bounce")) {
        const auto bounce = event.value("bounce", Json::object());
        for (const auto& reference : answersOf(event)) {
            const auto found = references_.find({taken.webhook.binding.text(), reference});
            if (found == references_.end()) continue;
            status(taken, {{"id", textOf(event, "id") + ":bounce"},
                           {"reference", reference},
                           {"status", textOf(bounce, "status", "undelivered")},
                           {"code", textOf(bounce, "code")},
                           {"final", bounce.value("final", false)}});
            return true;
        }
        taken.notes.push_back("a bounce of a message that is not ours");
        return true;
    }
    for (const char* word : {"auto_reply", "delayed"})
        if (signals(event, word)) {
            taken.notes.push_back(std::string("no answer of a person: ") + word);
            ++taken.noted;
            return true;
        }
    return false;
}

/// The conversation of what the message says it answers.
std::optional<ConversationId> Sorter::answered(const Taken& taken, const Json& event) const {
    for (const auto& reference : answersOf(event))
        if (const auto found = references_.find({taken.webhook.binding.text(), reference});
            found != references_.end())
            return found->second.conversation;
    return std::nullopt;
}

/// Nobody we know. Their "stop" counts all the same, and what may be one counts as one, marked as such for a person to look
/// at: a message too many costs more than a stranger who is not written to. Anything else begins a conversation where a
/// campaign takes people who write first.
std::optional<ConversationId> Sorter::stranger(Taken& taken, const std::string& from,
                                               const std::string& channel, const std::string& text) {
    const auto at = taken.webhook.at;
    const auto check = compliance::checkOptOut(text);
    const bool sure = check.verdict == compliance::OptOut::optout;
    if (!from.empty() && (sure || check.verdict == compliance::OptOut::unsure)) {
        compliance::suppress(
            tx_, organization_, {from}, sure ? "opted out" : "may have opted out",
            {{"text", text}, {"why", check.why}, {"channel", channel}, {"at", toRfc3339(at)}}, at);
        taken.notes.push_back(
            sure ? "nobody by that address is in a campaign; their opt-out was recorded"
                 : "nobody by that address is in a campaign; they may have opted out: please look");
        return std::nullopt;
    }
    auto begun = welcome(tx_, organization_, taken.webhook.binding, from, channel, at);
    taken.notes.push_back(begun ? "somebody new wrote first" : "nobody by that address is in a campaign");
    return begun;
}

void Sorter::status(Taken& taken, const Json& event) {
    const auto found = references_.find(referenceOf(taken, event));
    if (found == references_.end()) {
        taken.notes.push_back("a status for a message that is not ours");
        return;
    }
    const Json payload{{"delivery_id", found->second.delivery},
                       {"reference", textOf(event, "reference")},
                       {"status", textOf(event, "status")},
                       {"code", textOf(event, "code")},
                       {"final", event.value("final", false)}};
    if (turn::needsTurn(payload)) return post(taken, found->second.conversation, "status", event, payload);
    turn::note(statuses_, payload, taken.webhook.at);
    ++taken.noted;
}

/// How many people a day the carrier lets this account write to first; 0: as many as it likes.
void Sorter::limits(Taken& taken, const Json& event) {
    const auto people = event.value("people_per_day", Json());
    if (!people.is_number_unsigned()) {
        taken.notes.push_back("limits without people_per_day");
        return;
    }
    tenant::limitPeople(tx_, organization_, taken.webhook.binding,
                        {{"carrier", people > 0 ? people : Json()}});
    taken.notes.push_back("the carrier allows " +
                          (people > 0 ? toText(people) + " new people a day" : "any number of new people"));
    ++taken.noted;
}

/// What its carrier says of a call. One that never was a conversation is a touch that did not arrive.
void Sorter::call(Taken& taken, const Json& event) {
    if (isIncomingCall(event)) return incomingCall(taken, event);
    const auto& at = taken.webhook.at;
    const auto reference = textOf(event, "reference"), status = textOf(event, "status");
    const auto id = DeliveryId::parse(textOf(event, "call_id"));
    if (status == "transferred" || status == "not_transferred") return transferEnded(taken, event);
    const auto by = textOf(event, "answered_by");
    const auto rows =
        tx_.run(sql::service::note_call,
                {organization_, taken.webhook.binding, id ? store::Param(*id) : store::Param(nullptr),
                 reference.empty() ? store::Param(nullptr) : store::Param(reference), status,
                 by.empty() ? store::Param(nullptr) : store::Param(by), textOf(event, "reason"), at});
    if (rows.empty()) {
        taken.notes.push_back("a call that is not ours, or is over");
        return;
    }
    ++taken.noted;
    const auto row = rows[0];
    const auto call = row.uuid("call_id").text();
    taken.calls.push_back({{"call_id", call}, {"answered_by", by}, {"status", status}});
    const bool machine = status == "ended" && by == "machine";
    const bool unanswered =
        status == "ended" && row.isNull("engine") && (row.isNull("answered_at") || machine);
    if (!unanswered || row.text("direction") != "outward") return;
    post(taken, row.id<ConversationId>("conversation_id"), "status", event,
         {{"delivery_id", call},
          {"status", "undelivered"},
          {"code", machine ? "machine" : textOf(event, "reason")}});
}

/// Whom nobody took comes back to us with the token that this answer hands out; who hung up meanwhile does not.
void Sorter::transferEnded(Taken& taken, const Json& event) {
    const auto reference = textOf(event, "reference");
    const auto outcome =
        textOf(event, "reason", textOf(event, "status") == "transferred" ? "answered" : "failed");
    endHandOver(tx_, organization_, taken.webhook.binding, textOf(event, "call_id"), reference, outcome,
                taken.webhook.at);
    if (textOf(event, "status") == "not_transferred" && outcome != "left" && !taken.mediaToken.empty())
        tx_.run(sql::service::call_token,
                {organization_, taken.webhook.binding, reference, CallOpening::digestOf(taken.mediaToken)});
    ++taken.noted;
}

/// Somebody calls: their sound comes with the token that this answer hands out.
void Sorter::incomingCall(Taken& taken, const Json& event) {
    const auto from = textOf(event, "from");
    const auto found = senders_.find(senderOf(taken, event));
    const auto conversation = found != senders_.end() ? std::optional(found->second)
                                                      : welcome(tx_, organization_, taken.webhook.binding,
                                                                from, "voice", taken.webhook.at);
    if (!conversation || taken.mediaToken.empty()) {
        taken.notes.push_back("nobody by that number is in a campaign; the call is not connected");
        return;
    }
    const auto reference = textOf(event, "reference");
    const auto digest = CallOpening::digestOf(taken.mediaToken);
    ++taken.noted;
    if (!tx_.run(sql::service::again_call, {organization_, taken.webhook.binding, reference, digest}).empty())
        return;
    const DeliveryId id(uuid7(taken.webhook.at, "call:" + taken.webhook.binding.text() + ":" + reference));
    tx_.run(sql::service::begin_call, {organization_, id, *conversation, taken.webhook.binding, "inbound",
                                       "ringing", reference, digest, taken.webhook.at, Json::object()});
}

void Sorter::post(Taken& taken, const ConversationId& conversation, const char* kind, const Json& event,
                  const Json& payload) {
    const auto key = dedupeKey(taken, event);
    const auto at = taken.webhook.at;
    const bool waits = std::string_view(kind) == "message";
    events_.push_back(
        {EventId(uuid7(at, key)), conversation, kind, at, at, key, payload, waits ? quiet_ : turn::Quiet{}});
    posters_.push_back(&taken);
}

void Sorter::postAll() {
    auto posted = turn::post(tx_, organization_, events_);
    for (std::size_t i = 0; i < events_.size(); ++i)
        if (posted.erase(events_[i].id) > 0)
            ++posters_[i]->posted;
        else
            posters_[i]->notes.push_back("repeated");
}

store::Statement Sorter::webhooks() const {
    store::RowSet rows({organization_});
    for (const auto* taken : all_) {
        const auto& [binding, method, url, headers, body, at] = taken->webhook;
        metrics::count("overture_webhooks_total", {{"outcome", taken->outcome}});
        const auto kept = taken->outcome == "refused" ? body.substr(0, kKeptOfRefused) : body;
        rows.add({WebhookId(uuid7(at, binding.text() + url + body + toText(headers))), binding, at,
                  storable(method), storable(keptUrl(*taken)), storable(headers), store::Param::bytes(kept),
                  taken->outcome, storable(join(taken->notes, "; "))});
    }
    return {sql::service::insert_webhooks, rows.params()};
}

}  // namespace overture::service
