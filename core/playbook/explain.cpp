#include "playbook/explain.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"

namespace overture::playbook {
namespace {

bool isOneOf(const std::string& text, std::initializer_list<const char*> all) {
    return std::any_of(all.begin(), all.end(), [&](const char* one) { return text == one; });
}

bool isName(const std::string& text) {
    return !text.empty() && text.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_") == std::string::npos;
}

bool isLuaWord(const std::string& text) {
    return isOneOf(text, {"and", "break", "do", "else", "elseif", "end", "for", "function", "goto", "if",
                          "in", "local", "not", "or", "repeat", "return", "then", "until", "while"});
}

/// The number after "at line "; 0 when there is none.
int lineIn(const std::string& text) {
    const auto at = text.find("at line ");
    return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + 8);
}

/// The first character of `text`, whole.
std::string firstCharacter(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
    return std::string(text.substr(0, length));
}

class Explainer {
public:
    Explainer(const Problem& problem, const std::string& source)
        : problem_(problem), lines_(split(source, '\n')) {
        const auto colon = problem.where.rfind(':');
        file_ = problem.where.substr(0, colon);
        line_ = colon == std::string::npos ? 1 : std::atoi(problem.where.c_str() + colon + 1);
        const auto near = problem.what.rfind(" near ");
        expected_ = problem.what.substr(0, near);
        if (near != std::string::npos) near_ = problem.what.substr(near + 6);
        if (near_.size() >= 2 && near_.front() == '\'') near_ = near_.substr(1, near_.size() - 2);
        opened_ = lineIn(expected_);
    }

    Problem explained() const {
        if (near_.starts_with("<\\")) return strangeCharacter();
        if (expected_.starts_with("unfinished")) return unfinished();
        if (expected_.starts_with("malformed number"))
            return here(near_ + " is no number", "If it is a text or a duration, write \"" + near_ + "\".");
        if (near_ == "!" || near_ == "&" || near_ == "|" || near_ == "$") return foreignSign();
        if (expected_.starts_with("'}' expected")) return braceExpected();
        if (expected_.starts_with("')' expected")) return parenthesisExpected();
        if (expected_.starts_with("'end' expected"))
            return here(opened_ == 0 ? "a function or an if is not closed"
                                     : "what begins on line " + std::to_string(opened_) + " is not closed",
                        "Write end where it ends.");
        if (expected_.starts_with("'then' expected"))
            return here(near_ == "=" ? "a single = compares nothing" : "an if has no then",
                        near_ == "=" ? "To compare, write ==." : "Write if … then … end.");
        if (expected_.starts_with("<name> expected") || expected_.starts_with("function arguments expected"))
            return nameExpected();
        if (expected_.starts_with("<eof> expected"))
            return here("there is something after the end of the playbook",
                        "Look for a } too many above it, or remove what follows.");
        if (expected_.starts_with("unexpected symbol")) return unexpected();
        if (expected_.starts_with("syntax error"))
            return here("this is only half a statement (near " + near_ + ")",
                        "A function answers with return: function(talk) return … end.");
        return problem_;
    }

private:
    Problem here(std::string what, std::string remedy) const {
        return at(line_, std::move(what), std::move(remedy));
    }
    Problem at(int line, std::string what, std::string remedy) const {
        return {std::move(what), file_ + ":" + std::to_string(line), std::move(remedy)};
    }
    std::string text(int line) const {
        return line >= 1 && line <= static_cast<int>(lines_.size())
                   ? lines_[static_cast<std::size_t>(line - 1)]
                   : std::string();
    }

    Problem strangeCharacter() const {
        const auto all = text(line_);
        const auto first = std::find_if(all.begin(), all.end(), [](char c) { return (c & 0x80) != 0; });
        const auto character = firstCharacter(std::string_view(first, all.end()));
        if (isOneOf(character, {"“", "”", "„", "‘", "’", "«", "»"}))
            return here(character + " is no quotation mark here",
                        "Write \" instead; a word processor may have changed it.");
        return here("\"" + character + "\" cannot stand outside of quotes", "Write texts in quotes: \"…\".");
    }

    Problem unfinished() const {
        if (expected_.starts_with("unfinished string"))
            return here("a text is not closed on its line",
                        "Put a \" at its end. A text of several lines stands between [[ and ]], or in a file "
                        "under texts/.");
        const auto line = opened_ == 0 ? line_ : opened_;
        return at(line, "what begins with [[ is never closed", "Write ]] where it ends.");
    }

    Problem foreignSign() const {
        const auto all = text(line_);
        if (near_ == "!" && all.find("!=") != std::string::npos)
            return here("!= is no sign of Lua", "Not equal is written ~=.");
        if (near_ == "!") return here("! is no sign of Lua", "Write not: not talk.facts.decides.");
        if (near_ == "$") return here("$ cannot stand outside of quotes", "Write amounts like usd(80).");
        return here(near_ + near_ + " is no sign of Lua", near_ == "&" ? "Write and." : "Write or.");
    }

    Problem braceExpected() const {
        if (near_ == "<eof>") {
            const auto line = opened_ == 0 ? line_ : opened_;
            return at(line, "the { of line " + std::to_string(line) + " is never closed",
                      "Write a } where it ends.");
        }
        if (near_ == "=")
            return here("what stands before this = cannot be a name",
                        "Use letters, digits and _, without quotes: first_name = ….");
        if (near_ == "#" || near_ == "/")
            return here("a remark begins with --, not with " + near_, "Write -- before it.");
        const auto all = text(line_);
        const auto found = all.find(near_);
        if (found != std::string::npos && all.substr(0, found).find("// ") != std::string::npos)
            return here("a remark begins with --, not with //", "Write -- before it.");
        if (found != std::string::npos && found > 0 && all[found - 1] == '\'')
            return here("the text ends at the ' before " + near_,
                        "Write a text with an apostrophe in double quotes: \"I'm here\".");
        if (found != std::string::npos && found > 0 && all[found - 1] == '"')
            return here("the text ends at the \" before " + near_,
                        "A quotation mark inside of a text is written \\\".");
        if (found != std::string::npos && !trim(all.substr(0, found)).empty())
            return here("a comma is missing before " + near_, "Write a , between the two.");
        auto before = line_ - 1;
        while (before > 1 && (trim(text(before)).empty() || trim(text(before)).starts_with("--"))) --before;
        return at(before, "a comma is missing at the end of this line",
                  "Write a , there; the next line begins with " + near_ + ".");
    }

    Problem parenthesisExpected() const {
        const auto line = opened_ == 0 ? line_ : opened_;
        if (near_ == "<eof>")
            return at(line, "the ( of line " + std::to_string(line) + " is never closed",
                      "Write a ) where it ends.");
        return here("a comma or a ) is missing before " + near_, "Write the one that belongs there.");
    }

    Problem nameExpected() const {
        if (isLuaWord(near_)) return unexpected();
        const auto all = text(line_);
        const auto colon = all.find(':');
        if (colon == std::string::npos) return problem_;
        auto from = colon;
        while (from > 0 && isName(all.substr(from - 1, 1))) --from;
        const auto name = all.substr(from, colon - from);
        return here("a name and its value are joined by =, not by :",
                    name.empty() ? "Write name = …." : "Write " + name + " = ….");
    }

    Problem unexpected() const {
        const auto all = text(line_);
        const auto found = all.find(near_);
        const auto after =
            found == std::string::npos ? std::string() : std::string(trim(all.substr(found + near_.size())));
        if (isLuaWord(near_) && after.starts_with("=") && !after.starts_with("=="))
            return here("\"" + near_ + "\" is a word of Lua's own and cannot be a name",
                        "Take another name, or write [\"" + near_ + "\"] = ….");
        const auto before =
            found == std::string::npos ? std::string() : std::string(trim(all.substr(0, found)));
        if (before.ends_with(",") && near_ == ",") return here("there are two commas", "Remove one of them.");
        if (before.ends_with("=") || isOneOf(near_, {"}", ",", ")"}))
            return here("a value is missing before " + near_, "Write one, or remove the name.");
        return here("\"" + near_ + "\" cannot stand here",
                    "Look at the signs around it, and at the line above.");
    }

    const Problem& problem_;
    std::vector<std::string> lines_;
    std::string file_, expected_, near_;
    int line_ = 1, opened_ = 0;
};

}  // namespace

Problem explainSyntax(const Problem& problem, const std::string& source) {
    return Explainer(problem, source).explained();
}

std::string helpForUnknownWord(const std::string& name, const std::vector<std::string>& words) {
    if (isOneOf(name, {"os", "io", "debug", "package", "coroutine"}))
        return "Files, clocks and programs are out of reach here; talk.now is the time.";
    if (isOneOf(name, {"require", "load", "loadfile", "dofile", "loadstring"}))
        return "Everything stands in playbook.lua; texts come from file \"texts/…\".";
    if (isOneOf(name, {"null", "None", "none", "undefined", "NULL"})) return "Nothing is written nil.";
    if (isOneOf(name, {"yes", "True", "TRUE", "on"}))
        return "Write true, or \"" + name + "\" if it is a text.";
    if (isOneOf(name, {"no", "False", "FALSE", "off"}))
        return "Write false, or \"" + name + "\" if it is a text.";
    const auto near = nearest(name, words);
    if (name.size() > 4 && !near.empty()) return "Did you mean \"" + near + "\"?";
    if (!near.empty()) return "Did you mean \"" + near + "\", or the text \"" + name + "\" in quotes?";
    return "If it is a text, write it in quotes: \"" + name +
           "\". `overture playbook words` lists every word.";
}

}  // namespace overture::playbook
