#include "service/hand_over.hpp"

#include <array>
#include <vector>

#include "base/json.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/service.hpp"

namespace overture::service {
namespace {

constexpr std::size_t kMostFacts = 8, kLongestFact = 80, kLongestWords = 200;
constexpr std::size_t kLastLines = 4;

std::string shortened(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    const auto end = text.rfind(' ', most);
    return toValidUtf8(text.substr(0, end == std::string::npos ? most : end)) + " …";
}

std::string valueOf(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return value.is_string() ? value.get<std::string>() : toText(value);
}

/// "bill 180, own roof yes"
std::string factsIn(const Json& facts) {
    std::vector<std::string> all;
    if (facts.is_object())
        for (const auto& [name, value] : facts.items())
            if (!value.is_null() && all.size() < kMostFacts)
                all.push_back(replaceAll(name, "_", " ") + " " + shortened(valueOf(value), kLongestFact));
    return join(all, ", ");
}

std::string sentence(std::string text) {
    if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) text += ".";
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string meetingOf(const store::Row& row) {
    const auto at = row.maybeInstant("meeting_at");
    if (!at) return {};
    const auto when = localTime(row.text("zone"), *at).text() + " (" + row.text("zone") + ")";
    return row.text("meeting") == "booked" ? "A meeting is booked for " + when
                                           : "They were offered a meeting on " + when;
}

std::string_view meaningOf(const std::string& outcome) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMeanings{
        {{"answered", "The call was taken."},
         {"busy", "Nobody took the call: the line was busy."},
         {"no_answer", "Nobody took the call: nobody answered."},
         {"failed", "Nobody took the call: the carrier could not connect it."},
         {"left", "Nobody took the call: they hung up before."}}};
    for (const auto& [name, meaning] : kMeanings)
        if (name == outcome) return meaning;
    return {};
}

}  // namespace

std::string tellOfHandOver(store::Transaction& tx, const HandOver& given, Instant now) {
    if (tx.run(sql::service::begin_transfer, {given.organization, given.call, given.to, now}).empty())
        return {};
    const auto rows = tx.run(sql::service::hand_over, {given.organization, given.conversation});
    if (rows.empty()) return {};
    const auto row = rows[0];
    const auto name = std::string(trim(row.text("first_name") + " " + row.text("last_name")));
    const auto who = name.empty() ? row.text("phone") : name;
    const auto known = factsIn(row.json("facts")), meeting = meetingOf(row);
    std::vector<std::string> told{who + (name.empty() ? "" : ", " + row.text("phone") + ",") +
                                  " is being connected with " + given.to + "."},
        aloud{who + " is on the line."};
    const auto tell = [&](const std::string& text) {
        if (text.empty()) return;
        told.push_back(sentence(text));
        aloud.push_back(sentence(text));
    };
    tell(row.text("reason"));
    tell(known.empty() ? "" : "Known: " + known);
    tell(meeting);
    const auto lines = tx.run(sql::service::call_lines, {given.organization, given.call});
    std::string lastOfTheirs;
    const auto first = lines.size() > kLastLines ? lines.size() - kLastLines : 0;
    for (std::size_t i = first; i < lines.size(); ++i) {
        const bool theirs = lines[i].text("who") == "lead";
        const auto words = shortened(lines[i].text("text"), kLongestWords);
        if (i == first) told.emplace_back("Last words:");
        told.push_back((theirs ? "  They: " : "  We: ") + words);
        if (theirs) lastOfTheirs = words;
    }
    if (!lastOfTheirs.empty()) aloud.push_back("They said: " + sentence(lastOfTheirs));
    const auto whisper = given.aloud ? join(aloud, " ") : std::string();
    tx.run(sql::service::insert_call_note, {given.organization, given.conversation, join(told, "\n"), now,
                                            Json{{"call", given.call}, {"aloud", whisper}}});
    return whisper;
}

bool endHandOver(store::Transaction& tx, const OrganizationId& organization,
                 const std::optional<BindingId>& binding, const std::string& call,
                 const std::string& reference, const std::string& outcome, Instant now) {
    const auto meaning = meaningOf(outcome);
    if (meaning.empty()) return false;
    const auto rows =
        tx.run(sql::service::end_transfer,
               {organization, binding, Uuid::parse(call),
                reference.empty() ? store::Param(nullptr) : store::Param(reference), outcome, now});
    for (const auto row : rows)
        tx.run(sql::service::insert_call_note,
               {organization, row.id<ConversationId>("conversation_id"), std::string(meaning), now,
                Json{{"call", row.uuid("call_id").text()}}});
    if (!rows.empty()) metrics::count("overture_calls_transferred_total", {{"outcome", outcome}});
    return !rows.empty();
}

}  // namespace overture::service
