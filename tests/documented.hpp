// What the pages of docs/ show, as tests make it: blocks of text, and changes (```diff) to the folder that
// `overture playbook new hello` writes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace overture::documented {

struct Change {
    std::string file, from, to;
};

/// The lines between lines[at] ("```diff") and the next "```", which `at` is left on.
inline std::string blockAt(const std::vector<std::string>& lines, std::size_t& at) {
    std::string text;
    for (++at; at < lines.size() && lines[at] != "```"; ++at) text += lines[at] + "\n";
    return text;
}

/// Lines with - stand there, those with + instead; "--- FILE" names another file than playbook.lua.
inline std::vector<Change> changesOf(const std::string& diff) {
    std::vector<Change> changes;
    std::string file = "playbook.lua";
    char last = '+';
    for (const auto& line : split(diff, '\n')) {
        if (line.starts_with("--- ")) {
            file = line.substr(4);
            last = '+';
            changes.push_back({file, {}, {}});
            continue;
        }
        if (line.empty()) continue;
        const bool begins = line[0] == '-' && last == '+';
        if (changes.empty() || (begins && !(changes.back().from + changes.back().to).empty()))
            changes.push_back({file, {}, {}});
        auto& side = line[0] == '-' ? changes.back().from : changes.back().to;
        side += (side.empty() ? "" : "\n") + line.substr(1);
        last = line[0];
    }
    return changes;
}

/// What a change replaces must stand there exactly once. A change that replaces nothing writes the file.
inline void applyTo(const std::filesystem::path& folder, const std::vector<Change>& changes) {
    for (const auto& change : changes) {
        const auto path = folder / change.file;
        auto text = std::filesystem::exists(path) ? readFile(path.string()) : std::string();
        if (change.from.empty()) {
            text = change.to + "\n";
        } else {
            const auto at = text.find(change.from);
            ASSERT_NE(at, std::string::npos) << "there is no such text in " << change.file << ":\n"
                                             << change.from;
            ASSERT_EQ(text.find(change.from, at + 1), std::string::npos) << "twice: " << change.from;
            text.replace(at, change.from.size(), change.to);
        }
        writeFile(path.string(), text);
    }
}

/// "Yes or no, again" → "YesOrNoAgain3": a name that a test may have.
inline std::string testName(const std::string& title, std::size_t number) {
    std::string name;
    bool upper = true;
    for (const char c : title) {
        const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (letter) name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = !letter;
    }
    return name + std::to_string(number);
}

}  // namespace overture::documented
