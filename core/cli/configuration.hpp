// Settings of `overture serve` from a file and the environment, under those of the command line.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace overture::cli {

/// One setting and where it was said: "/etc/overture/overture.conf, line 3", "OVERTURE_PORT".
struct Setting {
    std::string name, value, where;
    bool fromFile = false;
};

struct Configuration {
    std::string file;               ///< that was read; "" for none
    std::vector<Setting> settings;  ///< the file's, then the environment's: the later goes before the earlier
    std::vector<std::string> faults;  ///< each a sentence with its place
};

/// The file (`name = value` a line, # for remarks; names are those of the options of `serve`) and OVERTURE_NAME for each of them.
/// `file`: --config; else OVERTURE_CONFIG; else /etc/overture/overture.conf when it is there. `spec` as for Arguments.
Configuration readConfiguration(const std::string& file, const std::vector<std::string>& spec);

/// What keeps its value out of sight.
bool isSecret(const std::string& name);

/// The words of a command line with the configuration's before them. What stands in no command line (metrics-token, secret-key, rules)
/// is put into the environment, where it is not set. Throws Error with every fault.
std::vector<std::string> withConfiguration(const std::vector<std::string>& words,
                                           const std::vector<std::string>& spec);

}  // namespace overture::cli
