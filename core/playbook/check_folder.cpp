#include "playbook/check_folder.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "playbook/read_playbook.hpp"
#include "playbook/spec_run.hpp"

namespace overture::playbook {
namespace {

constexpr const char* kSettings = "settings.json";

template <typename Map>
std::vector<std::string> namesOf(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
}

class SpecCheck {
public:
    SpecCheck(const Files& specs, const std::string& file, const Definition* definition,
              std::vector<Finding>& findings)
        : specs_(specs),
          file_(file),
          definition_(definition),
          findings_(findings),
          reader_(specs, file, findings) {}

    void check() {
        auto listing = listSpecs(specs_, file_);
        const bool unreadable = !listing.mistakes.empty();
        for (auto& mistake : listing.mistakes) findings_.push_back(std::move(mistake));
        if (unreadable) return;
        if (listing.cases.empty())
            reader_.error(1, "the file has no it(\"…\", function() … end)",
                          "Write one case, or remove the file.");
        tokens_ = tokensOf(specs_.at(file_));
        words();
        if (definition_ != nullptr) names();
    }

private:
    /// expect(…):is_bookd(), talk:heers "…"
    void words() {
        std::vector<std::string> known;
        for (const auto& word : specTalkActs()) known.emplace_back(word.name);
        for (const auto& word : specExpectations()) known.emplace_back(word.name);
        for (std::size_t i = 1; i < tokens_.size(); ++i) {
            const auto& name = tokens_[i];
            if (name.kind != Token::Kind::name || !tokens_[i - 1].is(":")) continue;
            if (std::find(known.begin(), known.end(), bare(name.text)) != known.end()) continue;
            static const std::vector<std::string> ofTexts = {"byte",    "find", "format", "gmatch",
                                                             "gsub",    "len",  "lower",  "match",
                                                             "reverse", "rep",  "sub",    "upper"};
            if (std::find(ofTexts.begin(), ofTexts.end(), name.text) != ofTexts.end()) continue;
            const auto near = nearest(name.text, known);
            if (near.empty() || near == "is" || near == "has") continue;
            reader_.error(name.line, "there is no :" + name.text, "Did you mean :" + near + "?");
        }
    }

    /// is_not_booked → is_booked
    static std::string bare(const std::string& name) {
        for (const char* verb : {"is", "has", "knows", "was"})
            if (const auto prefix = std::string(verb) + "_not"; name.starts_with(prefix))
                return verb + name.substr(prefix.size());
        return name;
    }

    void names() {
        std::vector<std::string> stages, options;
        for (const auto& stage : definition_->stages) stages.push_back(stage.name);
        for (const auto& option : specOptions()) options.emplace_back(option.name);
        const auto facts = namesOf(definition_->facts);
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (tokens_[i].isName("conversation") && sign(i + 1, "{"))
                i = conversation(i + 2, options, stages, facts);
            // expect(talk.stage):is "x"
            if (tokens_[i].isName("stage") && sign(i + 1, ")") && sign(i + 2, ":") &&
                i + 4 < tokens_.size() && tokens_[i + 3].kind == Token::Kind::name &&
                tokens_[i + 3].text.starts_with("is") && tokens_[i + 4].kind == Token::Kind::text)
                reader_.knows(tokens_[i + 4].line, "stage", tokens_[i + 4].text, stages);
            if (tokens_[i].isName("facts") && i > 0 && tokens_[i - 1].is(".") && sign(i + 1, ".") &&
                i + 2 < tokens_.size() && tokens_[i + 2].kind == Token::Kind::name)
                reader_.knows(tokens_[i + 2].line, "fact", tokens_[i + 2].text, facts);
        }
    }

    /// The keys of conversation { … } from its first token; returns where it ends.
    std::size_t conversation(std::size_t at, const std::vector<std::string>& options,
                             const std::vector<std::string>& stages, const std::vector<std::string>& facts) {
        for (int depth = 1; at < tokens_.size() && depth > 0; ++at) {
            if (tokens_[at].is("{")) ++depth;
            if (tokens_[at].is("}")) --depth;
            const auto& key = tokens_[at];
            if (depth != 1 || key.kind != Token::Kind::name || !sign(at + 1, "=") || at + 2 >= tokens_.size())
                continue;
            const auto& value = tokens_[at + 2];
            if (std::find(options.begin(), options.end(), key.text) == options.end()) {
                const auto near = nearest(key.text, options);
                reader_.error(key.line, "conversation has no key \"" + key.text + "\"",
                              near.empty() ? "It may have: " + join(options, ", ") + "."
                                           : "Did you mean \"" + near + "\"?");
            }
            if (key.text == "facts" && value.is("{")) factKeys(at + 3, facts);
            if (value.kind != Token::Kind::text) continue;
            if (key.text == "stage") reader_.knows(value.line, "stage", value.text, stages);
            if (key.text == "asked") reader_.knows(value.line, "fact", value.text, facts);
            if (key.text == "channel")
                reader_.knows(value.line, "channel of this playbook", value.text, definition_->channels);
        }
        return at;
    }

    void factKeys(std::size_t at, const std::vector<std::string>& facts) {
        for (; at + 1 < tokens_.size() && !tokens_[at].is("}"); ++at)
            if (tokens_[at].kind == Token::Kind::name && sign(at + 1, "="))
                reader_.knows(tokens_[at].line, "fact", tokens_[at].text, facts);
    }

    bool sign(std::size_t at, std::string_view text) const {
        return at < tokens_.size() && tokens_[at].is(text);
    }

    const Files& specs_;
    const std::string& file_;
    const Definition* definition_;
    std::vector<Finding>& findings_;
    Reader reader_;
    std::vector<Token> tokens_;
};

int lineOf(const std::string& text, const std::string& piece) {
    const auto at = text.find(piece);
    if (at == std::string::npos) return 1;
    return 1 +
           static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// Of "settings.json:3".
int lineOfPlace(const std::string& place) {
    const auto colon = place.rfind(':');
    return colon == std::string::npos ? 1 : std::max(1, std::atoi(place.c_str() + colon + 1));
}

void checkSettings(const std::string& text, const Definition& definition, std::vector<Finding>& findings) {
    Reader reader({}, kSettings, findings);
    const auto read = parseJson(text, kSettings);
    if (!read) {
        reader.error(lineOfPlace(read.problem().where), read.problem().what,
                     "Write { \"name\": \"value\" }, with a comma between two.");
        return;
    }
    if (!read->is_object()) {
        reader.error(1, "the settings are no JSON object", "Write { \"company\": \"…\" }.");
        return;
    }
    const auto known = namesOf(definition.settings);
    for (const auto& [name, value] : read->items()) {
        const auto line = lineOf(text, "\"" + name + "\"");
        if (name.ends_with("_sender") || name == "postal_address" ||
            !reader.knows(line, "setting", name, known))
            continue;
        if (const auto normal = normalizeFact(definition.settings.at(name), value); !normal)
            reader.error(
                line,
                "the setting \"" + name + "\" cannot be " + toText(value) + ": " + normal.problem().what,
                normal.problem().remedy);
    }
    for (const auto& [name, setting] : definition.settings)
        if (setting.required && (!read->contains(name) || trim(textOf(*read, name.c_str(), "x")).empty()))
            reader.error(1, "the setting \"" + name + "\" is required and missing",
                         "Add \"" + name + "\": \"…\".");
}

}  // namespace

Checked checkFolder(const std::string& directory) {
    const auto settings = std::filesystem::path(directory) / kSettings;
    std::error_code problem;
    return checkWhole(readFolder(directory), readSpecs(directory),
                      std::filesystem::exists(settings, problem) ? std::optional(readFile(settings.string()))
                                                                 : std::nullopt);
}

Checked checkWhole(const Files& files, const Files& specs, const std::optional<std::string>& settings) {
    auto checked = check(files);
    std::vector<Finding> more;
    for (const auto& [file, text] : specs) SpecCheck(specs, file, checked.definition.get(), more).check();
    if (checked.ok() && settings) checkSettings(*settings, *checked.definition, more);
    const bool wrong = std::any_of(more.begin(), more.end(),
                                   [](const Finding& finding) { return finding.severity == "error"; });
    checked.findings.insert(checked.findings.end(), more.begin(), more.end());
    if (wrong) checked.definition.reset();
    return checked;
}

Json toJson(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const auto& finding : findings) {
        const auto colon = finding.place.rfind(':');
        list.push_back({{"severity", finding.severity},
                        {"place", finding.place},
                        {"file", finding.place.substr(0, colon)},
                        {"line", lineOfPlace(finding.place)},
                        {"message", finding.message},
                        {"suggestion", finding.suggestion}});
    }
    return list;
}

std::string sentence(const Finding& finding) {
    return finding.place + ": " + (finding.severity == "warning" ? "warning: " : "") + finding.message +
           (finding.suggestion.empty() ? "" : " — " + finding.suggestion);
}

}  // namespace overture::playbook
