#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "playbook/definition.hpp"
#include "playbook/placeholders.hpp"
#include "playbook/scope.hpp"

namespace overture::playbook {
namespace {

bool isPathByte(char c) {
    return c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A number as a person writes it: 140, 99.5.
std::string numberText(const Json& value) {
    auto text = value.dump();
    if (value.is_number_float() && text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

std::string valueText(const Json& value) {
    if (value.is_string()) return std::string(trim(value.get_ref<const std::string&>()));
    if (value.is_number()) return numberText(value);
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    return {};
}

}  // namespace

std::vector<Placeholder> placeholdersOf(std::string_view text) {
    std::vector<Placeholder> found;
    for (std::size_t at = 0; (at = text.find('{', at)) != std::string_view::npos; ++at) {
        auto end = at + 1;
        while (end < text.size() && isPathByte(text[end])) ++end;
        if (end > at + 1 && end < text.size() && text[end] == '}')
            found.push_back({std::string(text.substr(at + 1, end - at - 1)), at, end + 1});
    }
    return found;
}

const Json* Scope::find(const std::string& path) const {
    for (const auto& [own, value] : own_)
        if (own == path) return &value;
    const auto steps = split(path, '.');
    const auto first = std::find_if(referred_.begin(), referred_.end(),
                                    [&](const auto& entry) { return entry.first == steps[0]; });
    if (first == referred_.end()) return nullptr;
    const Json* value = first->second;
    for (auto step = steps.begin() + 1; step != steps.end(); ++step) {
        if (!value->is_object()) return nullptr;
        const auto found = value->find(*step);
        if (found == value->end()) return nullptr;
        value = &*found;
    }
    return value;
}

Result<std::string> render(const std::string& text, const Scope& scope) {
    std::string out;
    std::size_t done = 0;
    for (const auto& placeholder : placeholdersOf(text)) {
        const auto* value = scope.find(placeholder.path);
        if (value == nullptr)
            return Problem{"nothing is known for {" + placeholder.path + "}", "",
                           "Use a line without it, or fill it in."};
        const auto shown = valueText(*value);
        if (shown.empty())
            return Problem{"{" + placeholder.path + "} is empty", "",
                           "Use a line without it, or fill it in."};
        out.append(text, done, placeholder.from - done).append(shown);
        done = placeholder.to;
    }
    return out.append(text, done);
}

std::string textIn(const Texts& texts, const std::string& language, const Definition& definition) {
    const auto found = inLanguage(texts, language, definition);
    return found == texts.end() ? std::string() : found->second;
}

std::vector<std::string> linesIn(const TextLists& lines, const std::string& language,
                                 const Definition& definition) {
    const auto found = inLanguage(lines, language, definition);
    return found == lines.end() ? std::vector<std::string>() : found->second;
}

const Stage* Definition::stage(const std::string& name) const {
    const auto found =
        std::find_if(stages.begin(), stages.end(), [&](const Stage& s) { return s.name == name; });
    return found == stages.end() ? nullptr : &*found;
}

const Objection* Definition::objection(const std::string& name) const {
    const auto found = std::find_if(objections.begin(), objections.end(),
                                    [&](const Objection& o) { return o.name == name; });
    return found == objections.end() ? nullptr : &*found;
}

std::string Definition::variantOf(const std::string& key) const {
    auto place = static_cast<int>(hash64(id + ":" + key, 23) % 100);
    for (const auto& variant : variants)
        if ((place -= variant.share) < 0) return variant.name;
    return {};
}

Definition Definition::with(const Variant& variant) const {
    auto made = *this;
    made.worded.clear();
    if (!variant.manner.empty()) made.persona["manner"] = variant.manner;
    for (auto& stage : made.stages) {
        if (const auto own = variant.lines.find(stage.name); own != variant.lines.end())
            stage.lines = own->second;
        if (const auto own = variant.guides.find(stage.name); own != variant.guides.end())
            stage.guide = own->second;
    }
    for (auto& objection : made.objections)
        if (const auto own = variant.answers.find(objection.name); own != variant.answers.end())
            objection.answer = own->second;
    return made;
}

const Touch* Definition::touch(std::size_t number) const {
    return number < cadence.size() ? &cadence[number] : nullptr;
}

const Template* Definition::templateNamed(const std::string& name) const {
    const auto found =
        std::find_if(templates.begin(), templates.end(), [&](const Template& t) { return t.name == name; });
    return found == templates.end() ? nullptr : &*found;
}

}  // namespace overture::playbook
