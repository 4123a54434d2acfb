#include "workshop/graph.hpp"

#include <map>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::workshop {
namespace {

struct Way {
    enum class Kind { words, rule, quiet, after, objection } kind;
    std::string from, to, label;
};

/// Ways from one stage to another; what several objections do from anywhere is drawn from one place.
std::vector<Way> waysOf(const playbook::Definition& definition) {
    std::vector<Way> ways;
    for (const auto& stage : definition.stages) {
        for (const auto& move : stage.moves)
            ways.push_back({move.isFunction ? Way::Kind::rule : Way::Kind::words, stage.name, move.to,
                            move.isFunction ? "rule" : move.when});
        if (stage.booking && !stage.booking->after.empty())
            ways.push_back({Way::Kind::after, stage.name, stage.booking->after, "booked"});
        if (stage.quiet)
            ways.push_back({Way::Kind::quiet, stage.name, stage.quiet->go,
                            "quiet " + toDurationText(stage.quiet->after)});
    }
    for (const auto& objection : definition.objections)
        if (!objection.otherwise.empty())
            ways.push_back({Way::Kind::objection, "", objection.otherwise,
                            objection.name + " after " + std::to_string(objection.tries)});
    return ways;
}

std::string kindOf(const playbook::Definition& definition, const playbook::Stage& stage) {
    if (stage.booking) return "booking";
    if (stage.handsOver) return "person";
    if (stage.closes) return "end";
    return stage.name == definition.firstStage ? "start" : "stage";
}

/// "warm 50 %, plain 20 %, own words 30 %"; empty without variants.
std::string sharesOf(const playbook::Definition& definition) {
    if (definition.variants.empty()) return {};
    std::vector<std::string> parts;
    int own = 100;
    for (const auto& variant : definition.variants) {
        parts.push_back(variant.name + " " + std::to_string(variant.share) + " %");
        own -= variant.share;
    }
    if (own > 0) parts.push_back("own words " + std::to_string(own) + " %");
    return join(parts, ", ");
}

/// The variants that say something of their own in this stage.
std::string variantsOf(const playbook::Definition& definition, const std::string& stage) {
    std::vector<std::string> names;
    for (const auto& variant : definition.variants)
        if (variant.lines.contains(stage) || variant.guides.contains(stage)) names.push_back(variant.name);
    return names.empty() ? std::string() : " (" + join(names, ", ") + ")";
}

std::string quoted(const std::string& text) {
    return "\"" + replaceAll(replaceAll(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

/// Mermaid knows no escapes: what could end a label becomes an entity.
std::string entity(const std::string& text) {
    return replaceAll(replaceAll(replaceAll(text, "#", "#35;"), "\"", "#quot;"), "|", "#124;");
}

}  // namespace

std::string mermaidGraph(const playbook::Definition& definition) {
    static const std::map<std::string, std::pair<const char*, const char*>> kShapes{
        {"start", {"([\"", "\"])"}},
        {"stage", {"[\"", "\"]"}},
        {"booking", {"{{\"", "\"}}"}},
        {"person", {"[/\"", "\"/]"}},
        {"end", {"((\"", "\"))"}}};
    std::string out = "flowchart TD\n";
    // Names get a prefix: a stage may be called "end", which Mermaid keeps for itself.
    for (const auto& stage : definition.stages) {
        const auto& shape = kShapes.at(kindOf(definition, stage));
        out += "  s_" + stage.name + shape.first + entity(stage.name + variantsOf(definition, stage.name)) +
               shape.second + "\n";
    }
    if (const auto shares = sharesOf(definition); !shares.empty())
        out += "  variants>\"" + entity(shares) + "\"]\n";
    const auto ways = waysOf(definition);
    bool objects = false;
    for (const auto& way : ways) objects = objects || way.kind == Way::Kind::objection;
    if (objects) out += "  objections>\"objections\"]\n";
    if (!definition.inboundStage.empty())
        out += "  inbound>\"the lead writes first\"]\n  inbound --> s_" + definition.inboundStage + "\n";
    for (const auto& way : ways) {
        const bool dotted = way.kind == Way::Kind::quiet || way.kind == Way::Kind::objection;
        out += "  " + (way.from.empty() ? std::string("objections") : "s_" + way.from) +
               (dotted ? " -. \"" : " -- \"") + entity(way.label) + (dotted ? "\" .-> " : "\" --> ") + "s_" +
               way.to + "\n";
    }
    return out;
}

std::string dotGraph(const playbook::Definition& definition) {
    static const std::map<std::string, const char*> kShapes{
        {"start", "shape=box, style=\"rounded,filled\", fillcolor=\"#dceefb\""},
        {"stage", "shape=box, style=rounded"},
        {"booking", "shape=hexagon, style=filled, fillcolor=\"#dff3e1\""},
        {"person", "shape=parallelogram, style=filled, fillcolor=\"#fdf0d5\""},
        {"end", "shape=doublecircle"}};
    static const std::map<Way::Kind, const char*> kStyles{{Way::Kind::words, ""},
                                                          {Way::Kind::rule, ", style=bold"},
                                                          {Way::Kind::quiet, ", style=dashed, color=gray40"},
                                                          {Way::Kind::after, ", style=bold"},
                                                          {Way::Kind::objection, ", style=dotted"}};
    std::string out = "digraph " + quoted(definition.id) +
                      " {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=12];\n"
                      "  edge [fontname=\"sans-serif\", fontsize=10];\n";
    for (const auto& stage : definition.stages)
        out += "  " + quoted(stage.name) + " [" + kShapes.at(kindOf(definition, stage)) +
               ", label=" + quoted(stage.name + variantsOf(definition, stage.name)) +
               ", tooltip=" + quoted(stage.goal) + "];\n";
    if (const auto shares = sharesOf(definition); !shares.empty())
        out += "  \" variants\" [shape=note, label=" + quoted(shares) + "];\n";
    if (!definition.inboundStage.empty())
        out += "  \" inbound\" [shape=plaintext, label=\"the lead writes first\"];\n  \" inbound\" -> " +
               quoted(definition.inboundStage) + ";\n";
    const auto ways = waysOf(definition);
    for (const auto& way : ways)
        if (way.kind == Way::Kind::objection) {
            out += "  \" objections\" [shape=plaintext, label=\"objections\"];\n";
            break;
        }
    for (const auto& way : ways)
        out += "  " + quoted(way.from.empty() ? " objections" : way.from) + " -> " + quoted(way.to) +
               " [label=" + quoted(way.label) + kStyles.at(way.kind) + "];\n";
    return out + "}\n";
}

}  // namespace overture::workshop
