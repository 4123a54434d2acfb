#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/database.hpp"
#include "turn/mailbox.hpp"

namespace overture::service {

struct HttpAnswer {
    int status = 200;
    std::string contentType = "text/plain";
    std::string body;
};

/// One call of a carrier, as it came. `url` is the full public URL as the carrier called it.
struct Webhook {
    BindingId binding;
    std::string method, url;
    Json headers;
    std::string body;
    Instant at;
};

/// A webhook and what its plugin read in it.
struct Taken {
    const Webhook& webhook;
    std::string outcome;  ///< accepted | unmatched | refused | unreadable
    HttpAnswer answer;
    Json events = Json::array();
    std::vector<std::string> notes = {};
    int posted = 0, noted = 0;     ///< events now in a mailbox; statuses written without one
    std::string mediaToken = {};   ///< by which a call that is told of may be connected
    std::vector<Json> calls = {};  ///< what was written down of calls: {call_id, answered_by?}
    Json asks = Json::object();  ///< the call that its plugin must know of to answer: {call_id?, reference?}
    Json request = Json::object();  ///< then, as it was read
};

/// Keeps the webhooks of one organization and puts their events into mailboxes, all in one transaction: three round trips,
/// two when only deliveries' statuses came, however many there are. One use, one thread.
class Sorter {
public:
    Sorter(store::Database& database, const OrganizationId& organization, const std::vector<Taken*>& all,
           const turn::Quiet& quiet);
    /// Commits. Throws DatabaseError, and nothing is kept.
    void run();

private:
    static void begin(Taken& taken);
    void find();
    void sort(Taken& taken, const Json& event);
    void message(Taken& taken, const Json& event);
    bool fromAMachine(Taken& taken, const Json& event);
    std::optional<ConversationId> answered(const Taken& taken, const Json& event) const;
    std::optional<ConversationId> stranger(Taken& taken, const std::string& from, const std::string& channel,
                                           const std::string& text);
    void status(Taken& taken, const Json& event);
    void limits(Taken& taken, const Json& event);
    void call(Taken& taken, const Json& event);
    void transferEnded(Taken& taken, const Json& event);
    void incomingCall(Taken& taken, const Json& event);
    void post(Taken& taken, const ConversationId& conversation, const char* kind, const Json& event,
              const Json& payload);
    void postAll();
    store::Statement webhooks() const;

    store::Transaction tx_;
    const OrganizationId& organization_;
    const std::vector<Taken*>& all_;
    const turn::Quiet quiet_;
    std::map<std::vector<std::string>, ConversationId> senders_;  // {from, channel, binding}
    struct Sent {
        std::string delivery;
        ConversationId conversation;
    };
    std::map<std::vector<std::string>, Sent> references_;  // {binding, reference}
    std::vector<turn::NewEvent> events_;
    std::vector<Taken*> posters_;  // whose event stands at the same place in events_
    turn::StatusNotes statuses_;
};

}  // namespace overture::service
