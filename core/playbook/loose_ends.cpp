#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "playbook/placeholders.hpp"
#include "playbook/read_playbook.hpp"

namespace overture::playbook {
namespace {

class LooseEnds {
public:
    LooseEnds(const Definition& definition, const Files& files, const Lines& lines, const Outline& outline,
              Reader& reader, std::vector<Finding>& findings)
        : definition_(definition),
          files_(files),
          lines_(lines),
          outline_(outline),
          reader_(reader),
          findings_(findings) {}

    void check() {
        for (const auto& written : reader_.written) {
            for (const auto& placeholder : placeholdersOf(written.text)) used_.insert(placeholder.path);
            lookalikes(written);
        }
        unused();
        templates();
        twice();
        files();
    }

private:
    void unused() {
        for (const auto& stage : definition_.stages)
            for (const auto& fact : stage.collect) used_.insert("facts." + fact);
        for (const auto& checkpoint : definition_.checkpoints)
            for (const auto& fact : checkpoint.facts) used_.insert("facts." + fact);
        for (const auto& mention : outline_.mentions()) used_.insert(mention.of + "." + mention.name);
        for (const auto& [name, line] : lines_.facts)
            if (!used_.contains("facts." + name))
                reader_.warning(line, "nothing asks for the fact \"" + name + "\" or looks at it",
                                "List it in collect of a stage, or remove it.");
        for (const auto& [name, line] : lines_.settings)
            if (!used_.contains("settings." + name))
                reader_.warning(line, "nothing uses the setting \"" + name + "\"",
                                "Write {settings." + name + "} where it belongs, or remove it.");
    }

    void templates() {
        std::set<std::string> named;
        for (const auto& touch : definition_.cadence) named.insert(touch.templateName);
        for (const auto& stage : definition_.stages) named.insert(stage.templateName);
        for (const auto& one : definition_.templates)
            if (!named.contains(one.name))
                reader_.warning(lines_.templates.at(one.name),
                                "nothing uses the template \"" + one.name + "\"",
                                "Name it in a touch or a stage, or remove it.");
    }

    /// The same phrase in two objections: only the first would ever hear it.
    void twice() {
        std::map<std::string, std::string> heard;
        for (const auto& objection : definition_.objections)
            for (const auto& phrase : objection.words) {
                const auto [known, isNew] = heard.emplace(foldCase(phrase), objection.name);
                if (!isNew)
                    reader_.error(lines_.objections.at(objection.name),
                                  "\"" + phrase + "\" is a phrase of " +
                                      (known->second == objection.name
                                           ? objection.name + " twice"
                                           : "two objections: " + known->second + " and " + objection.name),
                                  "Keep it in one place.");
            }
        for (const auto& stage : definition_.stages) {
            std::set<std::string> said;
            for (const auto& [language, list] : stage.lines)
                for (const auto& text : list)
                    if (!said.insert(language + ":" + text).second)
                        reader_.warning(lines_.stages.at(stage.name),
                                        "the line \"" + text + "\" of " + stage.name + " is there twice",
                                        "Remove one of them.");
        }
    }

    /// Files of texts/ whose path stands nowhere in playbook.lua. Silent where a path is put together.
    void files() {
        const auto& source = files_.at("playbook.lua");
        const auto tokens = tokensOf(source);
        for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
            const auto& path = tokens[i + 1].is("(") && i + 2 < tokens.size() ? tokens[i + 2] : tokens[i + 1];
            if (tokens[i].isName("file") && path.kind != Token::Kind::text) return;
        }
        for (const auto& [path, text] : files_) {
            if (!path.starts_with("texts/")) continue;
            auto plain = path;  // texts/price.hi.md is texts/price.md in Hindi
            for (const auto& language : definition_.languages) {
                const auto at = plain.rfind("." + language + ".");
                if (at != std::string::npos) plain.erase(at, language.size() + 1);
            }
            const bool named = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
                return token.kind == Token::Kind::text && (token.text == path || token.text == plain);
            });
            if (!named)
                findings_.push_back({"warning", path + ":1", "nothing uses this file",
                                     "Write file \"" + path + "\" where it belongs, or remove it."});
        }
    }

    /// {{lead.x}}, { lead.x }, {lead.x without its brace, [first name], %first_name%.
    void lookalikes(const Written& written) {
        const auto& text = written.text;
        for (std::size_t at = 0; (at = text.find_first_of("{[%<", at)) != std::string::npos; ++at) {
            const char closing = text[at] == '{' ? '}' : text[at] == '[' ? ']' : text[at] == '<' ? '>' : '%';
            const auto end = text.find(closing, at + 1);
            auto inside = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
            const bool isDouble = text[at] == '{' && inside.starts_with('{');
            if (isDouble) inside.erase(0, 1);
            const auto name = std::string(trim(inside));
            if (text[at] == '{' && !isDouble && end != std::string::npos && name == inside) continue;
            const auto path = pathMeant(name);
            if (path.empty()) continue;
            const auto whole = end == std::string::npos ? text.substr(at, path.size() + 1)
                                                        : text.substr(at, end + (isDouble ? 2 : 1) - at);
            findings_.push_back({"error", placeOf(written, at),
                                 "\"" + whole + "\" is no placeholder and would be said as it stands",
                                 "Write {" + path + "}."});
            at += whole.size() - 1;
        }
    }

    /// "First name" → "lead.first_name"; "lead.first_name, may I …" → "lead.first_name"; empty: something else.
    std::string pathMeant(const std::string& name) const {
        auto folded = replaceAll(lowerAscii(name), " ", "_");
        folded = folded.substr(0, folded.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."));
        for (const char* scope : {"lead.", "settings.", "facts.", "persona."})
            if (folded.starts_with(scope) && folded.size() > std::string_view(scope).size())
                return name.substr(0,
                                   name.find_first_not_of(
                                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."));
        const auto& fields = leadFields();
        if (std::find(fields.begin(), fields.end(), folded) != fields.end() && folded != "state" &&
            folded != "custom" && folded != "title")
            return "lead." + folded;
        return lines_.facts.contains(folded) ? "facts." + folded : std::string();
    }

    static std::string placeOf(const Written& written, std::size_t offset) {
        if (written.place.find(':') != std::string::npos) return written.place;
        const auto from = written.text.begin();
        return written.place + ":" +
               std::to_string(1 + std::count(from, from + static_cast<std::ptrdiff_t>(offset), '\n'));
    }

    const Definition& definition_;
    const Files& files_;
    const Lines& lines_;
    const Outline& outline_;
    Reader& reader_;
    std::vector<Finding>& findings_;
    std::set<std::string> used_;
};

}  // namespace

void checkLooseEnds(const Definition& definition, const Files& files, const Lines& lines,
                    const Outline& outline, Reader& reader, std::vector<Finding>& findings) {
    LooseEnds(definition, files, lines, outline, reader, findings).check();
}

}  // namespace overture::playbook
