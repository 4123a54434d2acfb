#include "service/history.hpp"

#include <map>

#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

std::string instantText(const store::Row& row, const char* column) {
    const auto at = row.maybeInstant(column);
    return at ? toRfc3339(*at) : "";
}

Json about(const store::Row& row) {
    return {{"id", row.text("conversation_id")},
            {"campaign", row.text("campaign")},
            {"playbook", row.text("playbook")},
            {"version", row.text("version")},
            {"stage", row.text("stage")},
            {"state", row.text("state")},
            {"reason", row.text("reason")},
            {"language", row.text("language")},
            {"sentiment", row.text("sentiment")},
            {"facts", row.json("facts")},
            {"memory", row.json("memory")},
            {"lead",
             {{"id", row.text("external_id")},
              {"name", row.text("first_name") + " " + row.text("last_name")},
              {"phone", row.text("phone")},
              {"email", row.text("email")},
              {"zone", row.text("zone")}}}};
}

/// Ids of events → what calls of the API they come from.
std::map<std::string, std::string> requestsOf(store::Transaction& tx, const OrganizationId& organization,
                                              const Json& turns) {
    std::vector<std::string> ids;
    for (const auto& turn : turns)
        for (const auto& id : turn["opened"].value("events", Json::array())) ids.push_back(id);
    std::map<std::string, std::string> requests;
    for (const auto row : tx.run(sql::service::requests_of_events, {organization, store::Param::array(ids)}))
        requests[row.text("event_id")] = row.text("request");
    return requests;
}

Json stepsOf(std::int64_t turn, const store::Rows& all) {
    Json steps = Json::array();
    for (const auto row : all)
        if (row.integer("turn_number") == turn)
            steps.push_back({{"number", row.integer("step_number")},
                             {"kind", row.text("kind")},
                             {"result", row.json("result")},
                             {"cost_micros", row.integer("cost_micros")},
                             {"started_at", instantText(row, "started_at")}});
    return steps;
}

std::string joined(const Json& list) {
    std::vector<std::string> parts;
    if (list.is_array())
        for (const auto& entry : list)
            parts.push_back(entry.is_string() ? entry.get<std::string>() : toText(entry));
    return join(parts, "; ");
}

/// Where what came along can be looked at: its address, or the carrier's own id of it.
std::string mediaText(const Json& media) {
    std::string out;
    for (const auto& one : media)
        out +=
            "  [" + textOf(one, "content_type", "media") + " " + textOf(one, "url", textOf(one, "id")) + "]";
    return out;
}

void turnText(std::string& out, const Json& turn) {
    const auto outcome = turn.value("outcome", Json::object());
    out += "\nturn " + toText(turn["number"]) + "  " + textOf(turn, "opened_at") + "  " +
           textOf(turn, "state") + "\n";
    for (const auto& event : outcome.value("events", Json::array()))
        out += "  event     " + textOf(event, "kind") + "\n";
    for (const auto& request : turn.value("requests", Json::array()))
        out += "  request   " + request.get<std::string>() + "\n";
    if (outcome.contains("understood")) {
        const auto& understood = outcome["understood"];
        out += "  CSR       model " + textOf(understood, "model") + ": facts " + toText(understood["facts"]) +
               ", objection \"" + textOf(understood, "objection") + "\", sentiment " +
               textOf(understood, "sentiment") + "\n";
    }
    for (const auto& move : outcome.value("moves", Json::array()))
        out += "  stage     " + textOf(move, "from") + " -> " + textOf(move, "to") + " (" +
               textOf(move, "why") + ")\n";
    for (const auto& review : outcome.value("reviews", Json::array()))
        out += "  Overseer  " + textOf(review, "verdict") + " by " + textOf(review, "by") +
               (review["reasons"].empty() ? "" : ": " + joined(review["reasons"])) + "\n            \"" +
               textOf(review, "draft") + "\"\n";
    for (const auto& booking : outcome.value("booking", Json::array()))
        out += "  booking   " + toText(booking) + "\n";
    if (outcome.contains("gate")) out += "  gate      " + toText(outcome["gate"]) + "\n";
    if (outcome.contains("opt_out")) out += "  opt-out   " + toText(outcome["opt_out"]) + "\n";
    if (outcome.contains("permit")) out += "  permit    " + textOf(outcome, "permit") + "\n";
    if (outcome.contains("budget")) out += "  budget    " + textOf(outcome["budget"], "refused") + "\n";
    if (outcome.contains("models")) out += "  models    " + textOf(outcome, "models") + "\n";
    if (outcome.contains("error")) out += "  error     " + textOf(outcome, "error") + "\n";
    for (const auto& step : turn["steps"])
        out += "  step " + toText(step["number"]) + "    " + textOf(step, "kind") + "\n";
}

}  // namespace

std::optional<ConversationRef> findConversation(store::Database& database, const std::string& idOrLead) {
    auto tx = database.beginShared();
    const auto rows = tx.run(sql::service::find_conversation, {idOrLead});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    return ConversationRef{rows[0].id<OrganizationId>("organization_id"),
                           rows[0].id<ConversationId>("conversation_id")};
}

std::vector<ConversationRef> conversationsOf(store::Database& database, const OrganizationId& organization,
                                             const CampaignId& campaign, int most) {
    auto tx = database.begin(organization);
    std::vector<ConversationRef> all;
    const auto rows = tx.run(sql::service::conversations_of_campaign, {organization, campaign, most});
    for (const auto row : rows) all.push_back({organization, row.id<ConversationId>("conversation_id")});
    return all;
}

Json conversationHistory(store::Database& database, const ConversationRef& ref) {
    auto tx = database.begin(ref.organization);
    const std::vector<store::Param> ids{ref.organization, ref.conversation};
    const auto rows = tx.run(sql::service::conversation, ids);
    if (rows.empty()) throw Error("there is no such conversation", ref.conversation.text());
    auto history = about(rows[0]);
    history["messages"] = Json::array();
    for (const auto row : tx.run(sql::service::conversation_messages, ids))
        history["messages"].push_back({{"number", row.integer("number")},
                                       {"direction", row.text("direction")},
                                       {"author", row.text("author")},
                                       {"channel", row.text("channel")},
                                       {"stage", row.text("stage")},
                                       {"text", row.text("text")},
                                       {"media", row.json("details").value("media", Json::array())},
                                       {"at", instantText(row, "at")}});
    const auto steps = tx.run(sql::service::conversation_steps, ids);
    history["turns"] = Json::array();
    for (const auto row : tx.run(sql::service::conversation_turns, ids))
        history["turns"].push_back({{"number", row.integer("turn_number")},
                                    {"state", row.text("state")},
                                    {"opened_at", instantText(row, "opened_at")},
                                    {"opened", row.json("opened")},
                                    {"outcome", row.json("outcome")},
                                    {"steps", stepsOf(row.integer("turn_number"), steps)},
                                    {"requests", Json::array()}});
    const auto requests = requestsOf(tx, ref.organization, history["turns"]);
    for (auto& turn : history["turns"])
        for (const auto& id : turn["opened"].value("events", Json::array()))
            if (const auto found = requests.find(id.get<std::string>()); found != requests.end())
                turn["requests"].push_back(found->second);
    history["deliveries"] = Json::array();
    for (const auto row : tx.run(sql::service::conversation_deliveries, ids))
        history["deliveries"].push_back({{"id", row.text("delivery_id")},
                                         {"turn", row.integer("turn_number")},
                                         {"channel", row.text("channel")},
                                         {"channel_plugin", row.text("channel")},
                                         {"carrier_plugin", row.text("plugin")},
                                         {"binding", row.text("binding")},
                                         {"to", row.text("recipient")},
                                         {"parts", row.integer("parts")},
                                         {"state", row.text("state")},
                                         {"reference", row.text("reference")},
                                         {"permit", row.text("permit_id")},
                                         {"zones", row.json("zones")},
                                         {"note", row.text("note")},
                                         {"sent_at", instantText(row, "sent_at")}});
    tx.commit();
    return history;
}

std::string historyText(const Json& history) {
    const auto& lead = history["lead"];
    std::string out =
        "conversation " + textOf(history, "id") + "\n  lead      " + textOf(lead, "id") + "  " +
        textOf(lead, "name") + "  " + textOf(lead, "phone") + " " + textOf(lead, "email") + "\n  playbook  " +
        textOf(history, "playbook") + "  version " + textOf(history, "version").substr(0, 12) +
        "\n  now       stage \"" + textOf(history, "stage") + "\", " + textOf(history, "state") +
        (textOf(history, "reason").empty() ? "" : " (" + textOf(history, "reason") + ")") + ", language " +
        textOf(history, "language") + "\n  facts     " + toText(history["facts"]) + "\n\nmessages\n";
    for (const auto& message : history["messages"])
        out += "  " + textOf(message, "at") + "  [" + textOf(message, "stage") + "]  " +
               textOf(message, "author") + " by " + textOf(message, "channel") + ": " +
               textOf(message, "text") + mediaText(message["media"]) + "\n";
    for (const auto& turn : history["turns"]) turnText(out, turn);
    out += "\ndeliveries\n";
    for (const auto& delivery : history["deliveries"])
        out += "  turn " + toText(delivery["turn"]) + "  " + textOf(delivery, "sent_at") + "  " +
               textOf(delivery, "state") + "  channel plugin \"" + textOf(delivery, "channel_plugin") +
               "\" (" + toText(delivery["parts"]) + " parts), carrier plugin \"" +
               textOf(delivery, "carrier_plugin") + "\" as " + textOf(delivery, "reference") + ", permit " +
               textOf(delivery, "permit") +
               (textOf(delivery, "note").empty() ? "" : ", " + textOf(delivery, "note")) + "\n";
    return out;
}

}  // namespace overture::service
