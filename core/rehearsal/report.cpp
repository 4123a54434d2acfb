#include "rehearsal/report.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/money.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "campaign/csv.hpp"
#include "campaign/status.hpp"
#include "compliance/main_zone.hpp"
#include "queries/rehearsal.hpp"

namespace overture::rehearsal {
namespace {

Json reasons(const std::map<std::string, int>& counts) {
    Json out = Json::array();
    for (const auto& [reason, people] : counts) out.push_back({{"reason", reason}, {"people", people}});
    std::stable_sort(out.begin(), out.end(),
                     [](const Json& a, const Json& b) { return a["people"] > b["people"]; });
    return out;
}

Json importFigures(store::Database& database, const Ran& ran) {
    std::map<std::string, int> rejected;
    Json rows = Json::array();
    for (const auto row :
         database.run(ran.organization, sql::rehearsal::import_rows, {ran.organization, ran.campaign})) {
        rows.push_back({{"line", row.integer("line")},
                        {"outcome", row.text("outcome")},
                        {"reason", row.text("reason")}});
        if (row.text("outcome") == "rejected") ++rejected[row.text("reason")];
    }
    return {{"rows", ran.import.rows},           {"imported", ran.import.imported},
            {"merged", ran.import.merged},       {"rejected", ran.import.rejected},
            {"rejected_why", reasons(rejected)}, {"rows_not_taken", rows}};
}

Json meetingsOf(store::Database& database, const Ran& ran) {
    Json meetings = Json::array();
    for (const auto row : database.run(ran.organization, sql::rehearsal::meetings, {ran.organization})) {
        const auto starts = row.instant("starts");
        meetings.push_back({{"id", row.text("meeting_id")},
                            {"conversation", row.text("conversation_id")},
                            {"lead", row.text("lead")},
                            {"name", row.text("first_name") + " " + row.text("last_name")},
                            {"with", row.text("manager")},
                            {"starts", toRfc3339(starts)},
                            {"ends", toRfc3339(row.instant("ends"))},
                            {"confirmed_at", toRfc3339(row.instant("confirmed_at"))},
                            {"lead_zone", row.text("lead_zone")},
                            {"lead_time", localTime(row.text("lead_zone"), starts).text()},
                            {"manager_zone", row.text("manager_zone")},
                            {"manager_time", localTime(row.text("manager_zone"), starts).text()}});
    }
    return meetings;
}

/// The zone whose clock the lead's own hours were read from.
std::string zoneOf(const store::Row& row) {
    if (isZone(row.text("zone"))) return row.text("zone");
    const auto document = row.json("document");
    return compliance::mainZone({document.value("zones", std::vector<std::string>()),
                                 document.value("jurisdictions", std::vector<std::string>()),
                                 {},
                                 {}});
}

std::string deliveriesCsv(store::Database& database, const Ran& ran) {
    std::string out = "lead,channel,sent_at,zone,local_time,permit,text,status,conversation\r\n";
    for (const auto row : database.run(ran.organization, sql::rehearsal::deliveries, {ran.organization})) {
        const auto at = row.instant("at");
        const auto zone = zoneOf(row);
        out += campaign::csvCell(row.text("lead")) + "," + row.text("channel") + "," + toRfc3339(at) + "," +
               zone + "," + localTime(zone, at).rfc3339() + "," + row.text("permit_id") + "," +
               campaign::csvCell(row.text("text")) + "," + row.text("state") + "," +
               row.text("conversation_id") + "\r\n";
    }
    return out;
}

std::string conversationsJsonl(store::Database& database, const Ran& ran) {
    std::string out;
    for (const auto row : database.run(ran.organization, sql::rehearsal::conversations, {ran.organization})) {
        out += toText({{"id", row.text("conversation_id")},
                       {"lead", row.text("lead")},
                       {"name", row.text("first_name") + " " + row.text("last_name")},
                       {"stage", row.text("stage")},
                       {"state", row.text("state")},
                       {"reason", row.text("reason")},
                       {"language", row.text("language")},
                       {"sentiment", row.text("sentiment")},
                       {"facts", row.json("facts")},
                       {"variant", row.text("variant")},
                       {"score", row.integer("score")},
                       {"version", row.text("version")},
                       {"messages", row.json("messages")}}) +
               "\n";
    }
    return out;
}

std::string number(const Json& value) {
    return std::to_string(value.get<std::int64_t>());
}

void line(std::string& out, const char* label, const std::string& text) {
    char row[64];
    std::snprintf(row, sizeof row, "  %-22s", label);
    out += row + text + "\n";
}

void listReasons(std::string& out, const Json& list, std::size_t most) {
    for (std::size_t i = 0; i < list.size() && i < most; ++i)
        out += "      " + number(list[i]["people"]) + "  " + textOf(list[i], "reason") + "\n";
    if (list.size() > most) out += "      … and " + std::to_string(list.size() - most) + " more reasons\n";
}

}  // namespace

Json report(store::Database& database, const Ran& ran, const Plan& plan) {
    const auto rows = database.run(ran.organization, sql::rehearsal::figures, {ran.organization});
    const auto figures = rows[0];
    const auto count = [&](const char* name) { return figures.integer(name); };
    std::map<std::string, int> held, closed;
    for (const auto row : database.run(ran.organization, sql::rehearsal::states, {ran.organization}))
        (row.text("state") == "held" ? held : closed)[row.text("reason")] +=
            static_cast<int>(row.integer("people"));
    auto tx = database.begin(ran.organization);
    const auto worded = campaign::wordings(tx, ran.organization, ran.campaign);
    tx.commit();
    Json reviews = Json::object();
    for (const auto row : database.run(ran.organization, sql::rehearsal::reviews, {ran.organization}))
        reviews[row.text("verdict")] = row.integer("drafts");
    Json skipped = Json::array();
    for (const auto& [reason, people] : ran.plan.skipped)
        skipped.push_back({{"reason", reason}, {"people", people}});
    int skippedPeople = 0;
    for (const auto& [reason, people] : ran.plan.skipped) skippedPeople += people;
    return {
        {"playbook", plan.definition->id},
        {"version", playbook::versionOf(plan.files)},
        {"seed", plan.seed},
        {"model", plan.model},
        {"from", toRfc3339(ran.start)},
        {"to", toRfc3339(plan.start + days(plan.days))},
        {"leads", importFigures(database, ran)},
        {"people",
         {{"in_campaign", count("people")},
          {"skipped", skippedPeople},
          {"skipped_why", skipped},
          {"planned", ran.plan.planned},
          {"contacted", count("contacted")},
          {"answered", count("answered")},
          {"opted_out", count("opted_out")},
          {"may_have_opted_out", count("may_have_opted_out")},
          {"held_for_a_person", count("held")},
          {"held_why", reasons(held)},
          {"closed_why", reasons(closed)}}},
        {"messages",
         {{"out", count("messages_out")},
          {"in", count("messages_in")},
          {"delivered", count("delivered")},
          {"undelivered", count("undelivered")},
          {"refused_by_carrier", count("refused_by_carrier")},
          {"cancelled_before_sending", count("cancelled")},
          {"waiting", count("waiting")}}},
        {"variants", worded.variants},
        {"checkpoints", worded.checkpoints},
        {"meetings", {{"booked", count("booked")}, {"list", meetingsOf(database, ran)}}},
        {"work",
         {{"turns", count("turns")},
          {"failed_turns", count("failed_turns")},
          {"model_calls", count("model_calls")},
          {"reviews", reviews},
          {"permits", count("permits")},
          {"cost_micros", count("cost_micros")},
          {"currency", "USD"}}},
    };
}

void writeFiles(store::Database& database, const Ran& ran, const Json& report, const std::string& directory) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);
    if (failure)
        throw Error("cannot make this folder: " + failure.message(), directory,
                    "Give another one with --out.");
    auto tx = database.begin(ran.organization);
    const auto meetings = meeting::booked(tx, ran.organization);
    tx.commit();
    writeFile(directory + "/deliveries.csv", deliveriesCsv(database, ran));
    writeFile(directory + "/conversations.jsonl", conversationsJsonl(database, ran));
    writeFile(directory + "/meetings.ics", meeting::calendar(meetings, ran.end));
    writeFile(directory + "/report.json", toPrettyText(report));
}

std::string summary(const Json& report, const std::string& directory) {
    const auto& leads = report["leads"];
    const auto& people = report["people"];
    const auto& messages = report["messages"];
    const auto& meetings = report["meetings"];
    const auto& work = report["work"];
    std::string out = "\n  " + textOf(report, "playbook") + ", " + textOf(report, "from") + " to " +
                      textOf(report, "to") + " (virtual time, seed " + number(report["seed"]) + ")\n\n";
    line(out, "Leads read",
         number(leads["rows"]) + " rows: " + number(leads["imported"]) + " people, " +
             number(leads["merged"]) + " merged as duplicates, " + number(leads["rejected"]) + " rejected");
    listReasons(out, leads["rejected_why"], 6);
    line(out, "Skipped", number(people["skipped"]) + " people who may not be contacted");
    listReasons(out, people["skipped_why"], 6);
    line(out, "Contacted", number(people["contacted"]) + " people");
    line(out, "Messages",
         number(messages["out"]) + " out, " + number(messages["in"]) + " in; " +
             number(messages["undelivered"]) + " undelivered, " +
             number(messages["cancelled_before_sending"]) + " cancelled before sending");
    line(out, "Answered", number(people["answered"]) + " people");
    line(out, "Opted out",
         number(people["opted_out"]) + " people, and " + number(people["may_have_opted_out"]) +
             " who may have meant it (nothing more is sent; please look)");
    line(out, "Held for a person", number(people["held_for_a_person"]) + " conversations");
    listReasons(out, people["held_why"], 6);
    for (const auto& variant : report["variants"])
        line(out,
             textOf(variant, "variant").empty() ? "Own words"
                                                : ("Variant " + textOf(variant, "variant")).c_str(),
             number(variant["people"]) + " people, " + number(variant["answered"]) + " answered, " +
                 number(variant["booked"]) + " booked");
    for (const auto& checkpoint : report["checkpoints"])
        line(out, "Checkpoint",
             textOf(checkpoint, "checkpoint") + ": " + number(checkpoint["people"]) + " people");
    line(out, "Meetings booked", number(meetings["booked"]));
    std::size_t shown = 0;
    for (const auto& meeting : meetings["list"]) {
        if (++shown > 8) break;
        out += "      " + textOf(meeting, "name") + ": " + textOf(meeting, "lead_time") + " (" +
               textOf(meeting, "lead_zone") + ") with " + textOf(meeting, "with") + ", " +
               textOf(meeting, "manager_time") + " (" + textOf(meeting, "manager_zone") + ")\n";
    }
    if (meetings["list"].size() > 8)
        out += "      … and " + std::to_string(meetings["list"].size() - 8) + " more in " + directory +
               "/report.json\n";
    line(out, "Model",
         textOf(report, "model") + ": " + number(work["model_calls"]) + " calls, " +
             Money{work["cost_micros"].get<std::int64_t>(), textOf(work, "currency")}.text());
    line(out, "Turns", number(work["turns"]) + ", of which " + number(work["failed_turns"]) + " failed");
    out += "\n  Details: " + directory + "/report.json, deliveries.csv, conversations.jsonl, meetings.ics\n";
    return out;
}

}  // namespace overture::rehearsal
