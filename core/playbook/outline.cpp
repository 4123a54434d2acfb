#include "playbook/outline.hpp"

#include <cstddef>

namespace overture::playbook {
namespace {

bool isNameByte(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    std::vector<Token> all() {
        std::vector<Token> tokens;
        while (at_ < source_.size()) {
            const char c = source_[at_];
            const int line = line_;
            if (c == '\n') {
                ++line_;
                ++at_;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                ++at_;
            } else if (source_.substr(at_, 2) == "--") {
                at_ += 2;
                if (longBracket() == std::string::npos)
                    skipLine();
                else
                    readLong();
            } else if (c == '"' || c == '\'') {
                auto text = readQuoted(c);
                tokens.push_back({Token::Kind::text, std::move(text), line});
            } else if (c == '[' && longBracket() != std::string::npos) {
                auto text = readLong();
                tokens.push_back({Token::Kind::text, std::move(text), line});
            } else if (isNameByte(c)) {
                const auto from = at_;
                while (at_ < source_.size() && isNameByte(source_[at_])) ++at_;
                tokens.push_back({Token::Kind::name, std::string(source_.substr(from, at_ - from)), line});
            } else if (c == '=' && source_.substr(at_, 2) == "==") {
                at_ += 2;
                tokens.push_back({Token::Kind::sign, "==", line});
            } else {
                ++at_;
                tokens.push_back({Token::Kind::sign, std::string(1, c), line});
            }
        }
        return tokens;
    }

private:
    /// The number of = in a [==[ at the cursor; npos when it is none.
    std::size_t longBracket() const {
        if (at_ >= source_.size() || source_[at_] != '[') return std::string::npos;
        auto end = at_ + 1;
        while (end < source_.size() && source_[end] == '=') ++end;
        return end < source_.size() && source_[end] == '[' ? end - at_ - 1 : std::string::npos;
    }

    std::string readLong() {
        const auto level = longBracket();
        const auto close = "]" + std::string(level, '=') + "]";
        const auto from = at_ + level + 2;
        const auto end = source_.find(close, from);
        const auto text = source_.substr(from, end == std::string_view::npos ? end : end - from);
        for (const char c : text) line_ += c == '\n' ? 1 : 0;
        at_ = end == std::string_view::npos ? source_.size() : end + close.size();
        return std::string(text);
    }

    std::string readQuoted(char quote) {
        std::string text;
        for (++at_; at_ < source_.size() && source_[at_] != quote && source_[at_] != '\n'; ++at_) {
            if (source_[at_] == '\\' && at_ + 1 < source_.size()) {
                ++at_;
                if (source_[at_] == '\n') ++line_;
            }
            text += source_[at_];
        }
        if (at_ < source_.size() && source_[at_] == quote) ++at_;
        return text;
    }

    void skipLine() {
        while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    }

    std::string_view source_;
    std::size_t at_ = 0;
    int line_ = 1;
};

/// Follows braces, parentheses and function bodies; keys count only directly inside a brace.
class Reader {
public:
    Reader(const std::vector<Token>& tokens, std::vector<std::unique_ptr<Group>>& groups)
        : tokens_(tokens), groups_(groups) {}

    void read() {
        while (at_ < tokens_.size()) {
            if (tokens_[at_].is("{"))
                table();
            else
                ++at_;
        }
    }

private:
    const Token* token(std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
    }
    bool sign(std::string_view text, std::size_t ahead = 0) const {
        const auto* t = token(ahead);
        return t != nullptr && t->is(text);
    }

    Group* table() {
        groups_.push_back(std::make_unique<Group>());
        auto* group = groups_.back().get();
        group->line = tokens_[at_].line;
        if (at_ > 0 && tokens_[at_ - 1].kind == Token::Kind::name && tokens_[at_ - 1].text != "return") {
            group->word = tokens_[at_ - 1].text;
            group->line = tokens_[at_ - 1].line;
        }
        ++at_;
        while (at_ < tokens_.size() && !sign("}")) entry(*group);
        ++at_;
        return group;
    }

    void entry(Group& group) {
        Group::Entry made{tokens_[at_].line, nullptr};
        std::string key;
        if (token()->kind == Token::Kind::name && sign("=", 1)) {
            key = token()->text;
            at_ += 2;
        } else if (sign("[") && token(1) != nullptr && sign("]", 2) && sign("=", 3)) {
            key = token(1)->text;
            at_ += 4;
        }
        if (sign("{"))
            made.group = table();
        else if (token() != nullptr && token()->kind == Token::Kind::name && sign("{", 1)) {
            ++at_;
            made.group = table();
        }
        rest();
        if (key.empty()) {
            group.items.push_back(made);
            return;
        }
        const auto known = group.keys.find(key);
        if (known != group.keys.end()) group.twice.push_back({key, {known->second.line, made.line}});
        group.keys[key] = made;
    }

    /// To the comma that ends this entry, or to the closing brace.
    void rest() {
        int depth = 0;
        while (at_ < tokens_.size()) {
            const auto& here = tokens_[at_];
            if (here.is("{")) {
                table();
                continue;
            }
            if (depth == 0 && here.is("}")) return;
            if (depth == 0 && (here.is(",") || here.is(";"))) {
                ++at_;
                return;
            }
            if (here.is("(") || here.is("[")) ++depth;
            if (here.is(")") || here.is("]")) --depth;
            if (here.kind == Token::Kind::name) {
                const auto& word = here.text;
                if (word == "function" || word == "do" || word == "if" || word == "repeat") ++depth;
                if (word == "end" || word == "until") --depth;
            }
            ++at_;
        }
    }

    const std::vector<Token>& tokens_;
    std::vector<std::unique_ptr<Group>>& groups_;
    std::size_t at_ = 0;
};

bool isNumber(const Token& token) {
    return token.kind == Token::Kind::name && token.text[0] >= '0' && token.text[0] <= '9';
}

/// What follows `tokens[at]` as `== "x"`, `>= 5`, `~= true`.
void readComparison(const std::vector<Token>& tokens, std::size_t at, Mention& mention) {
    const auto sign = [&](std::size_t i, std::string_view text) {
        return i < tokens.size() && tokens[i].is(text);
    };
    if (sign(at, "=="))
        ++at;
    else if (sign(at, "~") && sign(at + 1, "="))
        at += 2;
    else if (sign(at, "<") || sign(at, ">"))
        at += sign(at + 1, "=") ? 2 : 1;
    else
        return;
    if (at >= tokens.size()) return;
    const auto& other = tokens[at];
    if (other.kind == Token::Kind::text) mention.with = 't';
    if (isNumber(other)) mention.with = 'n';
    if (other.isName("true") || other.isName("false")) mention.with = 'b';
    mention.against = other.text;
}

std::vector<Mention> mentionsIn(const std::vector<Token>& tokens) {
    std::vector<Mention> found;
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        const auto& word = tokens[i];
        if (word.kind != Token::Kind::name) continue;
        const auto& next = tokens[i + 1];
        const auto& name = tokens[i + 2];
        const bool view =
            word.text == "facts" || word.text == "settings" || word.text == "lead" || word.text == "persona";
        const bool member = i > 0 && tokens[i - 1].is(".");
        if (view && member && next.is(".") && name.kind == Token::Kind::name) {
            Mention mention{word.text, name.text, name.line};
            readComparison(tokens, i + 3, mention);
            found.push_back(std::move(mention));
        }
        const bool object = word.text == "talk" || word.text == "message";
        if (object && !member && (next.is(".") || next.is(":")) && name.kind == Token::Kind::name)
            found.push_back({word.text + next.text, name.text, name.line});
        if (word.text == "go" && i > 0 && tokens[i - 1].is(":")) {
            const auto& stage = next.is("(") ? name : next;
            found.push_back({"go", stage.kind == Token::Kind::text ? stage.text : "", stage.line});
        }
        if (word.text == "use" && i > 0 && tokens[i - 1].is(":")) {
            const auto& tool = next.is("(") ? name : next;
            if (tool.kind == Token::Kind::text) found.push_back({"use", tool.text, tool.line});
        }
    }
    return found;
}

}  // namespace

std::vector<Token> tokensOf(std::string_view source) {
    return Lexer(source).all();
}

Outline::Outline(std::string_view source) {
    const auto tokens = tokensOf(source);
    Reader(tokens, groups_).read();
    mentions_ = mentionsIn(tokens);
}

bool Outline::mentions(std::string_view of, std::string_view name) const {
    for (const auto& mention : mentions_)
        if (mention.of == of && mention.name == name) return true;
    return false;
}

const Group* Outline::find(const std::string& word, int line) const {
    for (const auto& group : groups_)
        if (group->word == word && group->line == line) return group.get();
    return nullptr;
}

}  // namespace overture::playbook
