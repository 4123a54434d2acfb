#include "agent/answer.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace overture::agent {
namespace {

Json nullable(std::vector<std::string> names) {
    Json values(names);
    values.push_back(nullptr);
    return Json{{"type", {"string", "null"}}, {"enum", values}};
}

bool isAbsent(const Json& answer, const char* key) {
    return !answer.contains(key) || answer[key].is_null();
}

bool flag(const Json& answer, const char* key) {
    return !isAbsent(answer, key) && answer[key].get<bool>();
}

std::string openMove(const Briefing& briefing, const std::string& name) {
    const auto found = std::find_if(briefing.moves.begin(), briefing.moves.end(),
                                    [&](const MoveOption& move) { return move.to == name; });
    return found == briefing.moves.end() ? std::string() : name;
}

std::string languageCode(const std::string& text) {
    auto code = lowerAscii(text.substr(0, text.find_first_of("-_")));
    const bool good = (code.size() == 2 || code.size() == 3) &&
                      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return good ? code : std::string();
}

void takeFact(const Briefing& briefing, const std::string& name, const Json& value, Json& into) {
    const auto fact = briefing.definition->facts.find(name);
    if (fact == briefing.definition->facts.end() || value.is_null()) return;
    const auto normal = playbook::normalizeFact(fact->second, value);
    if (normal) into[name] = *normal;
}

Json factsOf(const Briefing& briefing, const Json& answer) {
    Json facts = Json::object();
    if (isAbsent(answer, "facts")) return facts;
    const auto& said = answer["facts"];
    if (said.is_object())
        for (const auto& [name, value] : said.items()) takeFact(briefing, name, value, facts);
    else
        for (const auto& item : said)
            takeFact(briefing, textOf(item, "name"), item.value("value", Json()), facts);
    return facts;
}

std::string typeFault(const Json& answer) {
    for (const auto* key : {"move", "objection", "sentiment", "language", "slot_answer", "fact_answer"})
        if (!isAbsent(answer, key) && !answer[key].is_string())
            return std::string("\"") + key + "\" must be text or null.";
    for (const auto* key : {"wants_person", "declined", "unsure", "nothing_to_say"})
        if (!isAbsent(answer, key) && !answer[key].is_boolean())
            return std::string("\"") + key + "\" must be true or false.";
    if (!isAbsent(answer, "slot_choice") && !answer["slot_choice"].is_number_integer())
        return "\"slot_choice\" must be a whole number.";
    if (isAbsent(answer, "facts") || answer["facts"].is_object()) return {};
    const bool list = answer["facts"].is_array() &&
                      std::all_of(answer["facts"].begin(), answer["facts"].end(), [](const Json& item) {
                          return item.is_object() && item.contains("name") && item["name"].is_string();
                      });
    return list ? "" : "\"facts\" must be a list of {\"name\", \"value\"}.";
}

/// A model that does not mind the schema may call it as it is called elsewhere.
const std::string* replyIn(const Briefing& briefing, const Json& answer) {
    for (const auto& name : {std::string(replyMember(briefing)), std::string("reply")})
        if (const auto found = answer.find(name); found != answer.end() && found->is_string())
            return &found->get_ref<const std::string&>();
    return nullptr;
}

/// The engine can go on without words of the model's when the answer says where to.
bool saysWhereTo(const Briefing& briefing, const Json& answer) {
    if (briefing.incoming.empty()) return false;
    if (flag(answer, "nothing_to_say") && !briefing.slotsJustOffered) return true;
    return flag(answer, "wants_person") || flag(answer, "declined") ||
           !openMove(briefing, textOf(answer, "move")).empty() ||
           (!isAbsent(answer, "slot_choice") && answer["slot_choice"] != 0) ||
           !textOf(answer, "slot_answer").empty() || !textOf(answer, "fact_answer").empty();
}

}  // namespace

std::string_view replyMember(const Briefing& briefing) {
    return briefing.spoken ? "your_reply" : "reply";
}

Json draftSchema(const Briefing& briefing) {
    std::vector<std::string> moves, objections, facts;
    for (const auto& move : briefing.moves) moves.push_back(move.to);
    for (const auto& objection : briefing.definition->objections) objections.push_back(objection.name);
    for (const auto& [name, fact] : briefing.definition->facts) facts.push_back(name);
    Json factName{{"type", "string"}};
    if (!facts.empty()) factName["enum"] = facts;
    const Json fact{
        {"type", "object"},
        {"properties", {{"name", factName}, {"value", {{"type", {"string", "number", "boolean"}}}}}},
        {"required", {"name", "value"}},
        {"additionalProperties", false}};
    Json properties{{std::string(replyMember(briefing)), {{"type", "string"}}},
                    {"move", nullable(moves)},
                    {"facts", {{"type", "array"}, {"items", fact}}},
                    {"objection", nullable(objections)},
                    {"sentiment", {{"type", "string"}, {"enum", {"positive", "neutral", "negative"}}}},
                    {"language", {{"type", {"string", "null"}}}},
                    {"wants_person", {{"type", "boolean"}}},
                    {"slot_choice", {{"type", "integer"}}},
                    {"slot_answer", nullable({"yes", "no"})},
                    {"declined", {{"type", "boolean"}}},
                    {"nothing_to_say", {{"type", "boolean"}}},
                    {"unsure", {{"type", "boolean"}}}};
    if (!briefing.confirming.empty()) properties["fact_answer"] = nullable({"yes", "no"});
    Json required = Json::array();
    for (const auto& [name, schema] : properties.items()) required.push_back(name);
    return Json{{"name", "csr_draft"},
                {"schema",
                 {{"type", "object"},
                  {"properties", properties},
                  {"required", required},
                  {"additionalProperties", false}}}};
}

std::string faultOf(const Briefing& briefing, const Json& answer) {
    const auto* reply = replyIn(briefing, answer);
    if (reply == nullptr) return "\"" + std::string(replyMember(briefing)) + "\" is missing or is not text.";
    if (auto fault = typeFault(answer); !fault.empty()) return fault;
    if (!isAbsent(answer, "slot_choice")) {
        const auto choice = answer["slot_choice"].get<std::int64_t>();
        if (choice < 0 || choice > static_cast<std::int64_t>(briefing.slots.size()))
            return "\"slot_choice\" must be 0 or the number of an offered time.";
    }
    if (trim(*reply).empty() && !saysWhereTo(briefing, answer))
        return "\"" + std::string(replyMember(briefing)) + "\" is empty.";
    return {};
}

Draft readDraft(const Briefing& briefing, const Json& answer) {
    Draft draft;
    draft.reply = std::string(trim(toValidUtf8(*replyIn(briefing, answer))));
    draft.move = openMove(briefing, textOf(answer, "move"));
    draft.facts = Json::object();
    draft.sentiment = "neutral";
    draft.unsure = flag(answer, "unsure");
    if (briefing.incoming.empty()) return draft;

    draft.facts = factsOf(briefing, answer);
    if (briefing.definition->objection(textOf(answer, "objection")))
        draft.objection = textOf(answer, "objection");
    if (const auto mood = textOf(answer, "sentiment"); mood == "positive" || mood == "negative")
        draft.sentiment = mood;
    draft.language = languageCode(textOf(answer, "language"));
    draft.wantsPerson = flag(answer, "wants_person");
    draft.declined = flag(answer, "declined");
    if (!isAbsent(answer, "slot_choice")) draft.slotChoice = answer["slot_choice"].get<int>();
    if (const auto said = textOf(answer, "slot_answer");
        !briefing.pendingSlot.empty() && (said == "yes" || said == "no"))
        draft.slotAnswer = said;
    if (const auto said = textOf(answer, "fact_answer");
        !briefing.confirming.empty() && (said == "yes" || said == "no"))
        draft.factAnswer = said;
    return draft;
}

}  // namespace overture::agent
