// Room cli: main, wiring, one file per command. The only room that knows concrete classes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace overture::cli {

/// One command: "gate explain". Registered by a static object in its own file.
struct Command {
    const char* name;     ///< one or two words
    const char* summary;  ///< one line for `overture --help`
    const char* help;     ///< usage, options, an example
    int (*run)(const std::vector<std::string>&
                   arguments);  ///< exit status; throws Error for a clear sentence and status 1
};

/// Makes the command known to main. Use at namespace scope: `const Registered gateExplain{{…}};`
struct Registered {
    explicit Registered(const Command& command);
};

const std::vector<Command>& commands();

/// Thrown for wrong usage: prints the sentence and the command's usage; status 2.
struct UsageError {
    std::string message;
};

/// Options of one command line: --name VALUE, --name=VALUE, --flag, and positional words. An unknown option throws
/// UsageError with the nearest known one.
class Arguments {
public:
    /// `spec` entries: "name=" takes a value, "name" is a flag.
    Arguments(const std::vector<std::string>& words, const std::vector<std::string>& spec);
    bool has(const std::string& name) const;
    std::string value(const std::string& name, const std::string& otherwise = {}) const;
    /// As value(), read by wholeNumber().
    std::int64_t number(const std::string& name, std::int64_t otherwise, std::int64_t least,
                        std::int64_t most) const;
    const std::vector<std::string>& positional() const { return positional_; }

private:
    std::vector<std::pair<std::string, std::string>> options_;
    std::vector<std::string> positional_;
};

/// Throws UsageError that names the option and the range for anything else.
std::int64_t wholeNumber(const std::string& text, const std::string& option, std::int64_t least,
                         std::int64_t most);

}  // namespace overture::cli
