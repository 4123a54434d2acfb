#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace overture::cli {

Arguments::Arguments(const std::vector<std::string>& words, const std::vector<std::string>& spec) {
    const auto known = [&](const std::string& entry) {
        return std::find(spec.begin(), spec.end(), entry) != spec.end();
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (!word.starts_with("--") || word == "--") {
            if (word.size() > 1 && word[0] == '-' && word != "--")
                throw UsageError{"unknown option \"" + word + "\"; options start with two dashes"};
            positional_.push_back(word);
            continue;
        }
        const auto equals = word.find('=');
        const auto name = word.substr(2, equals == std::string::npos ? std::string::npos : equals - 2);
        if (known(name + "=")) {
            if (equals != std::string::npos) {
                options_.emplace_back(name, word.substr(equals + 1));
            } else if (i + 1 < words.size()) {
                options_.emplace_back(name, words[++i]);
            } else {
                throw UsageError{"option --" + name + " needs a value"};
            }
        } else if (known(name) && equals == std::string::npos) {
            options_.emplace_back(name, "");
        } else if (known(name)) {
            throw UsageError{"option --" + name + " takes no value"};
        } else {
            std::vector<std::string> names;
            for (const auto& entry : spec)
                names.push_back(entry.ends_with('=') ? entry.substr(0, entry.size() - 1) : entry);
            const auto near = nearest(name, names);
            throw UsageError{"unknown option --" + name +
                             (near.empty() ? "" : "; did you mean --" + near + "?")};
        }
    }
}

bool Arguments::has(const std::string& name) const {
    return std::any_of(options_.begin(), options_.end(),
                       [&](const auto& option) { return option.first == name; });
}

std::string Arguments::value(const std::string& name, const std::string& otherwise) const {
    for (auto option = options_.rbegin(); option != options_.rend(); ++option)
        if (option->first == name) return option->second;
    return otherwise;
}

std::int64_t Arguments::number(const std::string& name, std::int64_t otherwise, std::int64_t least,
                               std::int64_t most) const {
    return has(name) ? wholeNumber(value(name), "--" + name, least, most) : otherwise;
}

std::int64_t wholeNumber(const std::string& text, const std::string& option, std::int64_t least,
                         std::int64_t most) {
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc() || stop != end || number < least || number > most)
        throw UsageError{option + " takes a whole number from " + std::to_string(least) + " to " +
                         std::to_string(most) + ", not \"" + text + "\""};
    return number;
}

}  // namespace overture::cli
