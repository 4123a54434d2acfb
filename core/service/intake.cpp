#include "service/intake.hpp"

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/numbers.hpp"
#include "compliance/optout.hpp"
#include "compliance/records.hpp"
#include "queries/service.hpp"
#include "tenant/tenants.hpp"
#include "turn/mailbox.hpp"

namespace overture::service {
namespace {

constexpr auto kDeadline = milliseconds(5000);
constexpr std::size_t kKeptOfRefused =
    4096;  // bytes of a call whose signature was wrong: anybody can send those

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

/// One webhook's events on their way into mailboxes, inside its transaction.
class Sorter {
public:
    Sorter(store::Transaction& tx, const OrganizationId& organization, const BindingId& binding, Instant now)
        : tx_(tx), organization_(organization), binding_(binding), now_(now) {}

    void take(const Json& event) {
        const auto kind = textOf(event, "kind");
        if (kind == "message")
            message(event);
        else if (kind == "status")
            status(event);
        else
            notes_.push_back("an event of unknown kind \"" + kind + "\"");
    }
    int taken() const { return taken_; }  ///< events now in a mailbox
    int noted() const { return noted_; }  ///< statuses written without one
    std::string note() const { return join(notes_, "; "); }

private:
    /// A vendor's own id where it gives one, otherwise a digest of what makes it the same event.
    std::string dedupeKey(const Json& event) const {
        const auto id = textOf(event, "id");
        return "hook:" + binding_.text() + ":" + (id.empty() ? toHex(sha256(toText(event))) : id);
    }

    void post(const ConversationId& conversation, const char* kind, const Json& event, const Json& payload) {
        const auto key = dedupeKey(event);
        if (turn::post(tx_, organization_,
                       {EventId(uuid7(now_, key)), conversation, kind, now_, now_, key, payload}))
            ++taken_;
        else
            notes_.push_back("repeated");
    }

    void message(const Json& event) {
        const auto from = textOf(event, "from"), channel = textOf(event, "channel", "sms");
        const auto text = textOf(event, "text");
        const auto rows =
            tx_.run(sql::service::conversation_of_sender, {organization_, from, channel, binding_.text()});
        const auto conversation = rows.empty() ? stranger(from, channel, text)
                                               : std::optional(rows[0].id<ConversationId>("conversation_id"));
        if (!conversation) return;
        post(*conversation, "message", event,
             {{"text", text},
              {"from", from},
              {"to", textOf(event, "to")},
              {"channel", channel},
              {"binding_id", binding_.text()},
              {"reference", textOf(event, "id")}});
    }

    /// Nobody we know. Their "stop" counts all the same, and what may be one counts as one, marked as such for a person to look
    /// at: a message too many costs more than a stranger who is not written to. Anything else begins a conversation where a
    /// campaign takes people who write first.
    std::optional<ConversationId> stranger(const std::string& from, const std::string& channel,
                                           const std::string& text) {
        const auto check = compliance::checkOptOut(text);
        const bool sure = check.verdict == compliance::OptOut::optout;
        if (!from.empty() && (sure || check.verdict == compliance::OptOut::unsure)) {
            compliance::suppress(
                tx_, organization_, {from}, sure ? "opted out" : "may have opted out",
                {{"text", text}, {"why", check.why}, {"channel", channel}, {"at", toRfc3339(now_)}}, now_);
            notes_.push_back(
                sure ? "nobody by that address is in a campaign; their opt-out was recorded"
                     : "nobody by that address is in a campaign; they may have opted out: please look");
            return std::nullopt;
        }
        auto begun = begin(from, channel);
        notes_.push_back(begun ? "somebody new wrote first" : "nobody by that address is in a campaign");
        return begun;
    }

    /// A lead and a conversation for somebody who writes first, in the newest campaign that takes them here.
    std::optional<ConversationId> begin(const std::string& from, const std::string& channel) {
        const auto campaigns =
            tx_.run(sql::service::inbound_campaign, {organization_, channel, binding_.text(), now_});
        if (campaigns.empty()) return std::nullopt;
        const auto lead = leadOf(from, channel);
        if (!lead) return std::nullopt;
        const auto campaign = campaigns[0];
        const ConversationId id(uuid7(now_, "inbound:" + campaign.text("campaign_id") + from));
        return tx_
            .run(sql::service::begin_conversation,
                 {organization_, id, campaign.text("campaign_id"), *lead, campaign.text("version"),
                  campaign.text("inbound_stage"), channel, now_})[0]
            .id<ConversationId>("conversation_id");
    }

    /// Nothing for an address that cannot be answered: a short code, a sender's name.
    std::optional<LeadId> leadOf(const std::string& from, const std::string& channel) {
        const LeadId id(uuid7(now_, "inbound:" + organization_.text() + from));
        const Json evidence{{"source", "wrote first by " + channel}};
        if (channel == "email")
            return from.find('@') == std::string::npos
                       ? std::nullopt
                       : std::optional(tx_.run(sql::service::lead_by_email,
                                               {organization_, id, from, evidence, now_})[0]
                                           .id<LeadId>("lead_id"));
        const auto number = compliance::readNumber(from);
        if (!number.readable) return std::nullopt;
        const auto country = number.country.empty() ? store::Param(nullptr) : store::Param(number.country);
        return tx_.run(sql::service::lead_by_phone, {organization_, id, from, country, evidence, now_})[0]
            .id<LeadId>("lead_id");
    }

    void status(const Json& event) {
        const auto reference = textOf(event, "reference");
        const auto rows = tx_.run(sql::service::delivery_of_reference, {organization_, binding_, reference});
        if (rows.empty()) return notes_.push_back("a status for a message that is not ours");
        const Json payload{{"delivery_id", rows[0].text("delivery_id")},
                           {"reference", reference},
                           {"status", textOf(event, "status")},
                           {"code", textOf(event, "code")}};
        if (turn::needsTurn(payload))
            return post(rows[0].id<ConversationId>("conversation_id"), "status", event, payload);
        turn::noteStatus(tx_, organization_, payload, now_);
        ++noted_;
    }

    store::Transaction& tx_;
    const OrganizationId& organization_;
    const BindingId& binding_;
    Instant now_;
    int taken_ = 0, noted_ = 0;
    std::vector<std::string> notes_;
};

struct Read {
    std::string outcome, note;
    HttpAnswer answer;
    Json events = Json::array();
};

Read readOf(const plugin::Reply& reply) {
    switch (reply.outcome) {
        case plugin::Outcome::ok: {
            const auto response = reply.document.value("response", Json::object());
            return {"accepted",
                    "",
                    {response.value("status", 200), textOf(response, "content_type", "text/plain"),
                     textOf(response, "body")},
                    reply.document.value("events", Json::array())};
        }
        case plugin::Outcome::rejected:
            return {"refused", reply.message, {403, "text/plain", "wrong signature\n"}, {}};
        case plugin::Outcome::invalid:
            return {"unreadable", reply.message, {400, "text/plain", "not readable\n"}, {}};
        default: return {"unreadable", reply.message, {503, "text/plain", "try again later\n"}, {}};
    }
}

}  // namespace

Intake::Intake(store::Database& database, InstanceOf instanceOf, std::function<void()> wake)
    : database_(database), instanceOf_(std::move(instanceOf)), wake_(std::move(wake)) {}

HttpAnswer Intake::receive(const BindingId& binding, const std::string& method, const std::string& url,
                           const Json& headers, const std::string& body, Instant now) {
    try {
        const auto organization = organizationOf(binding);
        if (!organization) return {404, "text/plain", "there is no such binding\n"};
        return take(*organization, binding, method, url, headers, body, now);
    } catch (const store::DatabaseError& error) {
        log::error("webhook_not_kept", {{"binding", binding.text()}, {"error", error.what()}});
    } catch (const Error& error) {
        log::error("webhook_not_read", {{"binding", binding.text()}, {"error", error.what()}});
    }
    return {503, "text/plain", "try again later\n"};
}

std::optional<OrganizationId> Intake::organizationOf(const BindingId& binding) {
    {
        const std::scoped_lock lock(mutex_);
        if (const auto found = owners_.find(binding); found != owners_.end()) return found->second;
    }
    const auto organization = tenant::organizationOf(database_, binding);
    const std::scoped_lock lock(mutex_);
    if (organization) owners_.emplace(binding, *organization);
    return organization;
}

HttpAnswer Intake::take(const OrganizationId& organization, const BindingId& binding,
                        const std::string& method, const std::string& url, const Json& headers,
                        const std::string& body, Instant now) {
    const auto reply =
        instanceOf_(organization, binding)
            ->call("carrier.message/1", "webhook",
                   {{"method", method}, {"url", url}, {"headers", headers}, {"body_base64", toBase64(body)}},
                   kDeadline);
    auto read = readOf(reply);
    auto tx = database_.begin(organization);
    Sorter sorter(tx, organization, binding, now);
    for (const auto& event : read.events) sorter.take(storable(event));
    if (read.outcome == "accepted" && sorter.taken() + sorter.noted() == 0 && !read.events.empty())
        read.outcome = "unmatched";
    if (read.note.empty()) read.note = sorter.note();
    const auto kept = read.outcome == "refused" ? body.substr(0, kKeptOfRefused) : body;
    const WebhookId id(uuid7(now, binding.text() + url + body + toText(headers)));
    tx.queue(sql::service::insert_webhook,
             {organization, id, binding, now, storable(method), storable(url), storable(headers),
              store::Param::bytes(kept), read.outcome, storable(read.note)});
    failpoint("webhook.before_commit");
    tx.commit();
    failpoint("webhook.after_commit");
    if (sorter.taken() > 0) wake_();
    return read.answer;
}

}  // namespace overture::service
