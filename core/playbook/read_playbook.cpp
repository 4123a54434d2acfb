#include "playbook/read_playbook.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::playbook {
namespace {

constexpr int kApi = 1;

class PlaybookReader {
public:
    PlaybookReader(const Node& root, const Files& files, Reader& reader, Lines& lines)
        : root_(root), files_(files), reader_(reader), lines_(lines) {}

    Definition read() {
        reader_.keys(root_, *wordNamed("playbook"), "playbook");
        lines_.playbook = root_.line;
        head();
        facts(definition_.settings, "settings", lines_.settings, true);
        facts(definition_.facts, "facts", lines_.facts, false);
        persona();
        templates();
        stages();
        objections();
        cadence();
        review();
        calls();
        knowledge();
        variants();
        checkpoints();
        hooks();
        return std::move(definition_);
    }

private:
    int lineOf(const std::string& key) const { return root_.has(key) ? root_[key].line : root_.line; }

    void head() {
        auto& d = definition_;
        if (!root_.has("api")) reader_.error(root_.line, "api is missing", "Write api = 1.");
        d.api = reader_.whole(root_, "api", kApi, 1, 1'000'000);
        if (d.api > kApi)
            reader_.error(
                lineOf("api"),
                "api = " + std::to_string(d.api) + " is newer than this engine, which knows api = 1",
                "Update the engine, or write api = 1.");
        if (!root_.has("id")) reader_.error(root_.line, "id is missing", "Write id = \"my-playbook\".");
        d.id = reader_.string(root_, "id", "id");
        if (d.id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            std::string::npos)
            reader_.error(lineOf("id"),
                          "id \"" + d.id + "\" has other characters than letters, digits and dashes",
                          "Write it like \"solar-consult\".");
        d.about = reader_.string(root_, "about", "about");
        languages();
        channels(root_, "channels", d.channels);
        lines_.channels = lineOf("channels");
        if (!root_.has("channels"))
            reader_.error(root_.line, "channels is missing", "Write channels = { \"sms\" }.");
        d.firstStage = reader_.string(root_, "start", "start");
        d.inboundStage = reader_.string(root_, "inbound", "inbound");
        lines_.start = lineOf("start");
        lines_.inbound = lineOf("inbound");
    }

    void languages() {
        definition_.languages = reader_.strings(root_, "languages");
        if (definition_.languages.empty()) definition_.languages = {"en"};
        for (const auto& language : definition_.languages)
            if (language.size() < 2 || language.size() > 8 ||
                language.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") !=
                    std::string::npos)
                reader_.error(lineOf("languages"), "\"" + language + "\" is no language code",
                              "Write it like \"en\" or \"hi\".");
        noDuplicates(definition_.languages, "languages", lineOf("languages"));
        reader_.languages = definition_.languages;
    }

    void noDuplicates(const std::vector<std::string>& names, const std::string& label, int line) {
        std::set<std::string> seen;
        for (const auto& name : names)
            if (!seen.insert(name).second)
                reader_.error(line, "\"" + name + "\" is listed twice in " + label, "Remove one of them.");
    }

    void channels(const Node& table, const std::string& key, std::vector<std::string>& out) {
        for (const auto& channel : reader_.strings(table, key))
            if (reader_.knows(table[key].line, "channel", channel, knownChannels())) out.push_back(channel);
        noDuplicates(out, key, table.has(key) ? table[key].line : table.line);
    }

    void facts(std::map<std::string, Fact>& out, const std::string& key, std::map<std::string, int>& lines,
               bool setting) {
        const auto& table = root_[key];
        if (!table) return;
        if (!reader_.plainTable(table, key)) return;
        for (const auto& [name, node] : table.fields) {
            lines[name] = node.line;
            out[name] = readFact(name, node, reader_, setting);
        }
    }

    void persona() {
        const auto& table = root_["persona"];
        definition_.persona = Json::object();
        if (!table || !reader_.keys(table, *wordNamed("persona"), "persona")) return;
        for (const char* key : {"name", "role", "manner"})
            if (table.has(key))
                definition_.persona[key] = reader_.string(table, key, std::string("persona.") + key);
    }

    void templates() {
        const auto& table = root_["templates"];
        if (!table || !reader_.plainTable(table, "templates")) return;
        for (const auto* field : inWrittenOrder(table))
            if (auto made = readTemplate(field->first, field->second, reader_)) {
                lines_.templates[made->name] = field->second.line;
                definition_.templates.push_back(std::move(*made));
            }
    }

    std::string templateOf(const Node& node, const std::string& label) {
        const auto name = reader_.string(node, "template", "template of " + label);
        std::vector<std::string> known;
        for (const auto& one : definition_.templates) known.push_back(one.name);
        if (!name.empty()) reader_.knows(node["template"].line, "template", name, known);
        return name;
    }

    void stages() {
        const auto& table = root_["stages"];
        if (!table) {
            reader_.error(root_.line, "stages is missing", "Write stages = { opening = stage { … } }.");
            return;
        }
        if (!reader_.plainTable(table, "stages")) return;
        if (table.fields.empty() && table.items.empty())
            reader_.error(table.line, "there are no stages", "Write opening = stage { … }.");
        for (const auto* field : inWrittenOrder(table)) stage(field->first, field->second);
        if (definition_.firstStage.empty() && !definition_.stages.empty())
            definition_.firstStage = definition_.stages.front().name;
    }

    void stage(const std::string& name, const Node& node) {
        lines_.stages[name] = node.line;
        if (node.word != "stage" && node.word != "booking") {
            reader_.error(node.line, "stages." + name + " is " + kindOf(node),
                          "Write " + name + " = stage { … }.");
            return;
        }
        reader_.keys(node, *wordNamed(node.word), node.word + " \"" + name + "\"");
        Stage made;
        made.name = name;
        made.goal = reader_.string(node, "goal", "goal of " + name);
        if (node.has("goal")) reader_.remember(node["goal"], made.goal, false);
        made.guide = reader_.text(node, "guide", "guide of " + name, false);
        moves(made, node);
        quiet(made, node);
        made.templateName = templateOf(node, name);
        if (node.word == "booking") {
            made.booking = booking(name, node);
        } else {
            made.lines = reader_.lines(node, "lines", "lines of " + name);
            made.collect = reader_.strings(node, "collect", true);
            noDuplicates(made.collect, "collect", node.has("collect") ? node["collect"].line : node.line);
            for (const auto& fact : made.collect) {
                std::vector<std::string> known;
                for (const auto& [known_, value] : definition_.facts) known.push_back(known_);
                reader_.knows(node["collect"].line, "fact", fact, known);
            }
            made.strict = reader_.flag(node, "strict", false);
            made.slow = reader_.flag(node, "slow", false);
            made.handsOver = reader_.flag(node, "hands_over", false);
            made.closes = reader_.flag(node, "closes", false);
        }
        definition_.stages.push_back(std::move(made));
    }

    void moves(Stage& made, const Node& node) {
        const auto& table = node["moves"];
        if (!table || !reader_.plainTable(table, "moves of " + made.name)) return;
        // In the order they are written, which decides who is asked first.
        auto fields = table.fields;
        std::stable_sort(fields.begin(), fields.end(),
                         [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
        for (const auto& [to, when] : fields) {
            lines_.moves[made.name][to] = when.line;
            Move move;
            move.to = to;
            move.isFunction = when.is(Node::Type::function);
            if (!move.isFunction && !when.is(Node::Type::text))
                reader_.error(when.line,
                              "the move to " + to + " must be a text or a function, not " + kindOf(when),
                              "Write " + to + " = \"when …\".");
            if (when.is(Node::Type::text) && trim(when.text).empty())
                reader_.error(when.line, "the move to " + to + " is empty",
                              "Say in words when it may be made.");
            move.when = when.text;
            made.moves.push_back(std::move(move));
        }
    }

    void quiet(Stage& made, const Node& node) {
        const auto& table = node["quiet"];
        if (!table) return;
        if (!reader_.keys(table, *wordNamed("quiet"), "quiet of " + made.name)) return;
        lines_.quiets[made.name] = table.line;
        Quiet quiet;
        if (!table.has("after"))
            reader_.error(table.line, "quiet of " + made.name + " does not say after how long",
                          "Add after = \"2d\".");
        if (!table.has("go"))
            reader_.error(table.line, "quiet of " + made.name + " does not say where to go",
                          "Add go = \"…\".");
        quiet.after = reader_.duration(table, "after", std::chrono::days(1));
        quiet.go = reader_.string(table, "go", "go");
        if (table.has("after") && quiet.after <= seconds{0})
            reader_.error(table["after"].line, "quiet of " + made.name + " is over at once",
                          "Write after = \"2d\".");
        made.quiet = quiet;
    }

    BookingRules booking(const std::string& name, const Node& node) {
        BookingRules rules;
        rules.minutes = reader_.whole(node, "minutes", rules.minutes, 5, 8 * 60);
        rules.offer = reader_.whole(node, "offer", rules.offer, 1, 10);
        rules.notice = reader_.duration(node, "notice", rules.notice);
        rules.horizon = reader_.duration(node, "horizon", rules.horizon);
        if (rules.notice >= rules.horizon)
            reader_.error(node.has("horizon") ? node["horizon"].line : node.line,
                          "no time can be offered: notice (" + toDurationText(rules.notice) +
                              ") is not before horizon (" + toDurationText(rules.horizon) + ")",
                          "Make the horizon longer.");
        if (node.has("hours")) {
            rules.hours = reader_.string(node, "hours", "hours");
            if (const auto problem = rules.hours.empty() ? std::nullopt : problemWithHours(rules.hours))
                reader_.error(node["hours"].line, "hours: " + *problem,
                              "Write it like \"Mon-Fri 09:00-17:00\".");
        }
        rules.buffer = reader_.duration(node, "buffer", rules.buffer);
        rules.hold = reader_.duration(node, "hold", rules.hold);
        channels(node, "confirm", rules.confirm);
        for (const auto& channel : rules.confirm)
            if (!definition_.channels.empty())
                reader_.knows(node["confirm"].line, "channel of this playbook", channel,
                              definition_.channels);
        rules.remind = reader_.durations(node, "remind");
        rules.after = reader_.string(node, "after", "after of " + name);
        if (node.has("after")) lines_.afters[name] = node["after"].line;
        const auto& said = node["lines"];
        if (!said || !reader_.keys(said, *wordNamed("booking lines"), "lines of " + name)) return rules;
        rules.offerLines = reader_.lines(said, "offer", name + ".lines.offer", true);
        rules.confirmLines = reader_.lines(said, "confirm", name + ".lines.confirm", true);
        rules.bookedLines = reader_.lines(said, "booked", name + ".lines.booked", true);
        rules.noneLines = reader_.lines(said, "none", name + ".lines.none", true);
        rules.remindLines = reader_.lines(said, "remind", name + ".lines.remind", true);
        needs(rules.offerLines, "{slots}", said["offer"].line, "offer");
        needs(rules.confirmLines, "{slot}", said["confirm"].line, "confirm");
        return rules;
    }

    void needs(const TextLists& lists, const std::string& placeholder, int line, const std::string& label) {
        for (const auto& [language, list] : lists)
            for (const auto& text : list)
                if (text.find(placeholder) == std::string::npos)
                    reader_.error(line, "a line of " + label + " does not contain " + placeholder,
                                  "Put " + placeholder + " where the time belongs.");
    }

    void objections() {
        const auto& table = root_["objections"];
        if (!table || !reader_.plainTable(table, "objections")) return;
        for (const auto* field : inWrittenOrder(table)) objection(field->first, field->second);
    }

    void objection(const std::string& name, const Node& node) {
        lines_.objections[name] = node.line;
        if (node.word != "objection") {
            reader_.error(node.line, "objections." + name + " is " + kindOf(node),
                          "Write " + name + " = objection { … }.");
            return;
        }
        reader_.keys(node, *wordNamed("objection"), "objection \"" + name + "\"");
        Objection made;
        made.name = name;
        made.hear = reader_.string(node, "hear", "hear of " + name);
        made.words = reader_.strings(node, "words");
        made.answer = reader_.text(node, "answer", "answer of " + name, true);
        made.tries = reader_.whole(node, "tries", made.tries, 1, 20);
        made.otherwise = reader_.string(node, "otherwise", "otherwise of " + name);
        if (!node.has("hear") && !node.has("words"))
            reader_.error(node.line, "objection \"" + name + "\" does not say what it sounds like",
                          "Add hear = \"says that …\".");
        if (!node.has("answer"))
            reader_.error(node.line, "objection \"" + name + "\" has no answer", "Add answer = \"…\".");
        if (!node.has("otherwise"))
            reader_.error(node.line, "objection \"" + name + "\" does not say what comes after the tries",
                          "Add otherwise = \"stage\".");
        else
            lines_.otherwises[name] = node["otherwise"].line;
        definition_.objections.push_back(std::move(made));
    }

    void cadence() {
        const auto& table = root_["cadence"];
        if (!table) return;
        if (!table.is(Node::Type::table) || !table.fields.empty()) {
            reader_.error(table.line, "cadence must be a list: { touch { … }, touch { … } }");
            return;
        }
        for (std::size_t i = 0; i < table.items.size(); ++i) touch(i + 1, table.items[i]);
    }

    void touch(std::size_t number, const Node& node) {
        const auto label = "touch " + std::to_string(number);
        if (node.word != "touch") {
            reader_.error(node.line, label + " of the cadence is " + kindOf(node),
                          "Write touch { channel = \"sms\" }.");
            return;
        }
        reader_.keys(node, *wordNamed("touch"), label);
        Touch made;
        made.channel = reader_.string(node, "channel", "channel of " + label);
        if (!node.has("channel"))
            reader_.error(node.line, label + " has no channel", "Add channel = \"sms\".");
        else if (!made.channel.empty() &&
                 reader_.knows(node["channel"].line, "channel", made.channel, knownChannels()) &&
                 !definition_.channels.empty())
            reader_.knows(node["channel"].line, "channel of this playbook", made.channel,
                          definition_.channels);
        made.after = reader_.duration(node, "after", seconds{0});
        if (number > 1 && made.after <= seconds{0})
            reader_.error(node.line, label + " comes at once after the one before it", "Add after = \"2d\".");
        made.between = reader_.string(node, "between", "between of " + label);
        if (const auto problem = made.between.empty() ? std::nullopt : problemWithClock(made.between))
            reader_.error(node["between"].line, "between: " + *problem, "Write it like \"10:00-11:00\".");
        made.days = reader_.string(node, "days", "days of " + label);
        if (const auto problem = made.days.empty() ? std::nullopt : problemWithDays(made.days))
            reader_.error(node["days"].line, "days: " + *problem, "Write it like \"Tue-Thu\".");
        made.lines = reader_.lines(node, "lines", "lines of " + label);
        made.templateName = templateOf(node, label);
        const auto* first = definition_.stage(definition_.firstStage);
        if (made.channel == "whatsapp" && made.templateName.empty() &&
            (first == nullptr || first->templateName.empty()))
            reader_.warning(
                node.line,
                label + " names no template, and WhatsApp takes nothing else from who writes first",
                "Add template = \"…\", and the template to templates.");
        definition_.cadence.push_back(std::move(made));
    }

    void review() {
        const auto& table = root_["review"];
        if (!table || !reader_.keys(table, *wordNamed("review"), "review")) return;
        auto& made = definition_.review;
        made.sentences = reader_.whole(table, "sentences", made.sentences, 1, 50);
        made.never = reader_.strings(table, "never", true);
        made.confirmBeforeBooking = reader_.flag(table, "confirm_before_booking", made.confirmBeforeBooking);
        made.revise = reader_.whole(table, "revise", made.revise, 0, 10);
        oneOf(table, "review", "model", made.model, {"always", "when in doubt", "never"});
        oneOf(table, "review", "otherwise", made.otherwise, {"hold", "stop"});
    }

    void calls() {
        const auto& table = root_["calls"];
        if (!table || !reader_.keys(table, *wordNamed("calls"), "calls")) return;
        std::string summary = "spoken";
        oneOf(table, "calls", "summary", summary, {"spoken", "written"});
        definition_.calls.tellsAloud = summary == "spoken";
        definition_.calls.nobody = reader_.text(table, "nobody", "nobody of calls", false);
        definition_.calls.leave = reader_.text(table, "leave", "leave of calls", false);
        const auto& outcomes = table["outcomes"];
        if (!outcomes || !reader_.plainTable(outcomes, "outcomes of calls")) return;
        for (const auto* field : inWrittenOrder(outcomes))
            if (reader_.knows(field->second.line, "outcome of a call", field->first, callOutcomes()))
                outcome(field->first, field->second);
    }

    void outcome(const std::string& name, const Node& node) {
        const auto label = "outcomes." + name;
        if (!reader_.keys(node, *wordNamed("outcome"), label)) return;
        const std::vector<std::string> all{"again", "text", "person", "close", "nothing"};
        Calls::Next made;
        if (!node.has("next"))
            reader_.error(node.line, label + " does not say what is next", "Add next = \"text\".");
        oneOf(node, label, "next", made.what, all);
        made.after = reader_.duration(node, "after", seconds{0});
        made.tries = reader_.whole(node, "tries", made.tries, 1, 20);
        oneOf(node, label, "otherwise", made.otherwise, all);
        if (made.what == "again" && made.after <= seconds{0})
            reader_.error(node.line, label + " calls again at once", "Add after = \"4h\".");
        if (made.otherwise == "again")
            reader_.error(node.line, label + " never ends: otherwise is \"again\"",
                          "Write otherwise = \"text\".");
        definition_.calls.outcomes[name] = made;
    }

    void oneOf(const Node& table, const std::string& label, const std::string& key, std::string& out,
               const std::vector<std::string>& choices) {
        const auto value = reader_.string(table, key, label + "." + key);
        if (value.empty()) return;
        if (std::find(choices.begin(), choices.end(), value) != choices.end()) {
            out = value;
            return;
        }
        const auto near = nearest(value, choices);
        reader_.error(
            table[key].line, label + "." + key + " cannot be \"" + value + "\"",
            near.empty() ? "It is one of: " + join(choices, ", ") + "." : "Did you mean \"" + near + "\"?");
    }

    void knowledge() {
        const auto& table = root_["knowledge"];
        if (!table) return;
        if (!table.is(Node::Type::table) || !table.word.empty() || !table.fields.empty()) {
            reader_.error(table.line, "knowledge must be a list of files",
                          "Write knowledge = { file \"texts/faq.md\" }.");
            return;
        }
        for (const auto& item : table.items) {
            const auto path = item.word == "file" && item.items.size() == 1 ? item.items[0].text : item.text;
            const auto found = files_.find(path);
            if (found != files_.end())
                definition_.knowledge[path] = found->second;
            else if (item.word != "file")
                reader_.error(item.line, "there is no file \"" + path + "\"",
                              "Add it under texts/ in the playbook's folder.");
        }
    }

    std::vector<const std::pair<std::string, Node>*> inWrittenOrder(const Node& table) const {
        std::vector<const std::pair<std::string, Node>*> inOrder;
        for (const auto& field : table.fields) inOrder.push_back(&field);
        std::stable_sort(inOrder.begin(), inOrder.end(),
                         [](const auto* a, const auto* b) { return a->second.order < b->second.order; });
        return inOrder;
    }

    void variants() {
        const auto& table = root_["variants"];
        if (!table || !reader_.plainTable(table, "variants")) return;
        int all = 0;
        for (const auto* field : inWrittenOrder(table)) {
            variant(field->first, field->second);
            if (!definition_.variants.empty()) all += definition_.variants.back().share;
        }
        if (all > 100)
            reader_.error(table.line,
                          "the shares of the variants come to " + std::to_string(all) + " percent",
                          "Make them come to 100 or less; whoever is left gets the playbook's own words.");
    }

    void variant(const std::string& name, const Node& node) {
        if (node.word != "variant") {
            reader_.error(node.line, "variants." + name + " is " + kindOf(node),
                          "Write " + name + " = variant { share = 50, … }.");
            return;
        }
        const auto label = "variant \"" + name + "\"";
        reader_.keys(node, *wordNamed("variant"), label);
        if (!node.has("share"))
            reader_.error(node.line, label + " does not say how many leads get it", "Add share = 50.");
        Variant made;
        made.name = name;
        made.share = reader_.whole(node, "share", 0, 0, 100);
        made.manner = reader_.string(node, "manner", "manner of " + name);
        std::vector<std::string> stages, objections;
        for (const auto& stage : definition_.stages)
            if (!stage.booking) stages.push_back(stage.name);
        for (const auto& objection : definition_.objections) objections.push_back(objection.name);
        worded(node["lines"], "lines of " + name, "stage with lines", stages,
               [&](const std::string& stage, const Node& of) {
                   made.lines[stage] = reader_.lines(of, stage, "lines." + stage + " of " + name);
               });
        worded(node["guides"], "guides of " + name, "stage with lines", stages,
               [&](const std::string& stage, const Node& of) {
                   made.guides[stage] = reader_.text(of, stage, "guides." + stage + " of " + name, false);
               });
        worded(node["answers"], "answers of " + name, "objection", objections,
               [&](const std::string& objection, const Node& of) {
                   made.answers[objection] =
                       reader_.text(of, objection, "answers." + objection + " of " + name, true);
               });
        definition_.variants.push_back(std::move(made));
    }

    template <typename Take>
    void worded(const Node& table, const std::string& label, const std::string& what,
                const std::vector<std::string>& known, const Take& take) {
        if (!table || !reader_.plainTable(table, label)) return;
        for (const auto& [name, value] : table.fields)
            if (reader_.knows(value.line, what, name, known)) take(name, table);
    }

    void checkpoints() {
        const auto& table = root_["checkpoints"];
        if (!table || !reader_.plainTable(table, "checkpoints")) return;
        for (const auto* field : inWrittenOrder(table)) checkpoint(field->first, field->second);
    }

    void checkpoint(const std::string& name, const Node& node) {
        lines_.checkpoints[name] = node.line;
        if (node.word != "checkpoint") {
            reader_.error(node.line, "checkpoints." + name + " is " + kindOf(node),
                          "Write " + name + " = checkpoint { points = 10, stage = \"…\" }.");
            return;
        }
        const auto label = "checkpoint \"" + name + "\"";
        reader_.keys(node, *wordNamed("checkpoint"), label);
        Checkpoint made;
        made.name = name;
        made.about = reader_.string(node, "about", "about of " + name);
        made.points = reader_.whole(node, "points", 1, 0, 1000);
        made.stage = reader_.string(node, "stage", "stage of " + name);
        made.facts = reader_.strings(node, "facts");
        made.booked = reader_.flag(node, "booked", false);
        made.isFunction = node["when"].is(Node::Type::function);
        if (node.has("when") && !made.isFunction)
            reader_.error(node["when"].line,
                          "when of " + name + " must be a function, not " + kindOf(node["when"]),
                          "Write when = function(talk) return … end.");
        std::vector<std::string> stages, facts;
        for (const auto& [stage, line] : lines_.stages) stages.push_back(stage);
        for (const auto& [fact, line] : lines_.facts) facts.push_back(fact);
        if (!made.stage.empty()) reader_.knows(node["stage"].line, "stage", made.stage, stages);
        for (const auto& fact : made.facts) reader_.knows(node["facts"].line, "fact", fact, facts);
        if (made.stage.empty() && made.facts.empty() && !made.booked && !node.has("when"))
            reader_.error(
                node.line, label + " does not say what it waits for",
                "Add stage = \"…\", facts = { \"…\" }, booked = true or when = function(talk) … end.");
        definition_.checkpoints.push_back(std::move(made));
    }

    void hooks() {
        const auto& table = root_["on"];
        if (!table || !reader_.keys(table, *wordNamed("on"), "on")) return;
        const auto& reply = table["reply"];
        definition_.hasReplyHook = reply.is(Node::Type::function);
        if (reply && !definition_.hasReplyHook)
            reader_.error(reply.line, "on.reply must be a function, not " + kindOf(reply),
                          "Write reply = function(talk, message) … end.");
    }

    const Node& root_;
    const Files& files_;
    Reader& reader_;
    Lines& lines_;
    Definition definition_;
};

}  // namespace

Definition readPlaybook(const Node& root, const Files& files, Reader& reader, Lines& lines) {
    return PlaybookReader(root, files, reader, lines).read();
}

}  // namespace overture::playbook
