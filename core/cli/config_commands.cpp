#include <sys/stat.h>

#include <iostream>

#include "base/error.hpp"
#include "cli/configuration.hpp"
#include "cli/serve_settings.hpp"

namespace overture::cli {
namespace {

/// What is wrong with one setting's value, if anything.
std::string faultOf(const Setting& setting) {
    try {
        serveSettings(Arguments({"--" + setting.name + "=" + setting.value}, serveOptions()));
    } catch (const UsageError& error) {
        return error.message;
    } catch (const Error& error) {
        return error.problem().what;
    }
    return {};
}

bool isReadableByAll(const std::string& file) {
    struct stat state {};
    return ::stat(file.c_str(), &state) == 0 && (state.st_mode & S_IROTH) != 0;
}

int check(const std::vector<std::string>& words) {
    const Arguments arguments(words, {});
    if (arguments.positional().size() > 1) throw UsageError{"name one file, or none"};
    auto configuration =
        readConfiguration(arguments.positional().empty() ? "" : arguments.positional()[0], serveOptions());
    std::cout << (configuration.file.empty() ? "no file; " : configuration.file + "; ") << "environment\n";
    bool secretInFile = false;
    for (const auto& setting : configuration.settings) {
        std::cout << "  " << setting.name << " = " << (isSecret(setting.name) ? "(not shown)" : setting.value)
                  << "   (" << setting.where << ")\n";
        secretInFile = secretInFile || (setting.fromFile && isSecret(setting.name));
        const bool option =
            setting.name != "metrics-token" && setting.name != "secret-key" && setting.name != "rules";
        if (const auto fault = option ? faultOf(setting) : ""; !fault.empty())
            configuration.faults.push_back(setting.where + ": " + fault);
    }
    if (secretInFile && isReadableByAll(configuration.file))
        configuration.faults.push_back(configuration.file +
                                       ": it holds a secret and everybody may read it; chmod 640, owned by "
                                       "root and the service's group");
    for (const auto& fault : configuration.faults) std::cerr << fault << "\n";
    if (configuration.faults.empty()) std::cout << "Nothing is wrong with it.\n";
    return configuration.faults.empty() ? 0 : 1;
}

const std::string kConfigHelp = R"(Usage: overture config check [FILE]

Reads the settings of `overture serve` as it would, from FILE (else OVERTURE_CONFIG, else /etc/overture/overture.conf) and the
environment, shows each with its place, and names every mistake. Exit status 1 when there is one. A line is `name = value`, names are the
options of `serve` and metrics-token, secret-key, rules; # begins a remark. OVERTURE_NAME goes before the file, an option before both.

Example:
  overture config check /etc/overture/overture.conf
)";

const Registered registeredCheck{
    {"config check", "read the service's settings and name every mistake", kConfigHelp.c_str(), check}};

}  // namespace
}  // namespace overture::cli
