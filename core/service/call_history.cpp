#include "service/call_history.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

Json callOf(const store::Row& row) {
    Json call{{"id", row.uuid("call_id").text()},
              {"conversation", row.uuid("conversation_id").text()},
              {"lead", std::string(trim(row.text("first_name") + " " + row.text("last_name")))},
              {"phone", row.text("phone")},
              {"direction", row.text("direction")},
              {"state", row.text("state")},
              {"answered_by", row.text("answered_by")},
              {"reason", row.text("reason")},
              {"details", row.json("details")}};
    if (!row.isNull("transfer_to"))
        call["transfer"] = {{"to", row.text("transfer_to")}, {"outcome", row.text("transfer_outcome")}};
    if (row.text("recording") == "refused") call["recording"] = "refused";
    for (const char* time : {"started_at", "answered_at", "ended_at"})
        if (const auto at = row.maybeInstant(time)) call[time] = toRfc3339(*at);
    return call;
}

}  // namespace

Json callsOf(store::Database& database, const OrganizationId& organization, int most) {
    auto tx = database.begin(organization);
    const auto rows = tx.run(sql::service::calls, {organization, nullptr, most});
    tx.commit();
    auto all = Json::array();
    for (const auto row : rows) all.push_back(callOf(row));
    return all;
}

std::optional<Json> callHistory(store::Database& database, const OrganizationId& organization,
                                const Uuid& call) {
    auto tx = database.begin(organization);
    const auto rows = tx.run(sql::service::calls, {organization, call, 1});
    const auto lines = tx.run(sql::service::call_lines, {organization, call});
    const auto recordings = tx.run(sql::service::recordings_of_call, {organization, call});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    auto document = callOf(rows[0]);
    document["lines"] = Json::array();
    for (const auto row : lines)
        document["lines"].push_back({{"who", row.text("who")},
                                     {"text", row.text("text")},
                                     {"kind", row.text("kind")},
                                     {"from_ms", row.integer("from_ms")},
                                     {"to_ms", row.integer("to_ms")},
                                     {"confidence", row.real("confidence")},
                                     {"words", row.json("words")}});
    document["recordings"] = Json::array();
    for (const auto row : recordings)
        document["recordings"].push_back(
            {{"part", row.integer("part")},
             {"state", row.text("state")},
             {"storage", row.text("storage")},
             {"key", row.text("key")},
             {"seconds", static_cast<double>(row.integer("milliseconds")) / 1000}});
    return document;
}

}  // namespace overture::service
