#include <algorithm>
#include <set>

#include "playbook/loader.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

Json listOf(const std::vector<std::string>& texts) {
    return Json(texts);
}

Json answerOf(const Node& node, Reader& reader, const std::string& label) {
    Json out = Json::object();
    if (!reader.keys(node, *wordNamed("answer"), label)) return out;
    if (!node.has("hear"))
        reader.error(node.line, label + " does not say what it answers", "Add hear = { \"…\" }.");
    if (!node.has("say") && !node.has("after") && !node.has("then"))
        reader.error(node.line, label + " says nothing", "Add say = { \"…\" }, or say = {} for silence.");
    out["hear"] = listOf(reader.strings(node, "hear"));
    out["say"] = listOf(reader.strings(node, "say", true));
    if (const auto weight = reader.number(node, "weight")) out["weight"] = *weight;
    const char* key = node.has("then") ? "then" : "after";
    static const std::vector<std::string> kAfter = {"silent", "stop", "booked"};
    if (node.has(key)) {
        const auto value = reader.string(node, key, key);
        if (reader.knows(node[key].line, "ending", value, kAfter)) out["then"] = value;
    }
    return out;
}

void replyAfter(const Node& node, Reader& reader, Json& out) {
    auto span = reader.durations(node, "reply_after");
    if (span.empty()) span = {std::chrono::minutes(5), std::chrono::hours(3)};
    if (span.size() == 1) span.push_back(span[0]);
    if (span.size() > 2 || span[0] > span[1])
        reader.error(node["reply_after"].line, "reply_after must be { least, most }",
                     "Write reply_after = { \"2m\", \"3h\" }.");
    out["reply_after"] = {span[0].count(), span[1].count()};
}

Json personOf(const Node& node, Reader& reader) {
    Json out = Json::object();
    reader.keys(node, *wordNamed("person"), "person");
    const auto name = reader.string(node, "name", "name");
    if (name.empty()) reader.error(node.line, "a person has no name", "Add name = \"eager\".");
    out["name"] = name;
    out["weight"] = reader.number(node, "weight").value_or(1);
    if (out["weight"].get<double>() < 0) reader.error(node["weight"].line, "weight must not be below 0");
    for (const char* key : {"numbers", "country"})
        if (node.has(key)) out[key] = reader.string(node, key, key);
    replyAfter(node, reader, out);
    const auto silent = reader.number(node, "silent").value_or(0);
    if (silent < 0 || silent > 1)
        reader.error(node["silent"].line, "silent must be between 0 and 1", "Write silent = 0.1.");
    out["silent"] = silent;
    out["answers"] = Json::array();
    const auto& answers = node["answers"];
    if (answers && (!answers.is(Node::Type::table) || !answers.fields.empty()))
        reader.error(answers.line, "answers must be a list of { hear = { … }, say = { … } }");
    for (std::size_t i = 0; i < answers.items.size(); ++i)
        out["answers"].push_back(
            answerOf(answers.items[i], reader, "answer " + std::to_string(i + 1) + " of " + name));
    // { say = { … } } is read as well as the plain list.
    const auto& otherwise = node["otherwise"];
    out["otherwise"] = listOf(otherwise.has("say") ? reader.strings(otherwise, "say", true)
                                                   : reader.strings(node, "otherwise", true));
    out["gives_up_after"] = reader.whole(node, "gives_up_after", 12, 1, 1000);
    return out;
}

}  // namespace

void readPeople(const Files& files, Json& out, std::vector<Finding>& findings) {
    std::set<std::string> names;
    for (const auto& [path, text] : files) {
        if (!path.starts_with("people/") || !path.ends_with(".lua")) continue;
        const auto loaded = loadFile(files, path);
        findings.insert(findings.end(), loaded.findings.begin(), loaded.findings.end());
        if (loaded.failed) continue;
        Reader reader(files, path, findings);
        if (loaded.persons.empty())
            reader.error(1, "the file declares no person", "Write person { name = \"eager\", … }.");
        for (const auto& node : loaded.persons) {
            auto person = personOf(node, reader);
            if (!names.insert(textOf(person, "name")).second)
                reader.error(node.line, "there is already a person \"" + textOf(person, "name") + "\"",
                             "Give this one another name.");
            out.push_back(std::move(person));
        }
    }
}

Result<Json> people(const Files& files) {
    Json all = Json::array();
    std::vector<Finding> findings;
    readPeople(files, all, findings);
    if (!findings.empty()) return Problem{findings[0].message, findings[0].place, findings[0].suggestion};
    return all;
}

}  // namespace overture::playbook
