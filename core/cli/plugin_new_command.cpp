// overture plugin new: a project of one's own, outside this tree, that builds against the installed SDK.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "embedded/cli.hpp"
#include "plugin/manifest.hpp"

namespace overture::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCarrier = "carrier.message/1";

/// "acme-sms" is a class AcmeSms.
std::string typeNameOf(const std::string& id) {
    std::string name;
    for (const char c : id)
        if (c == '-' || c == '_')
            name += ' ';
        else
            name += name.empty() || name.back() == ' '
                        ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                        : c;
    std::erase(name, ' ');
    return name;
}

void checkId(const std::string& id) {
    const bool good = !id.empty() && id.size() <= 40 && std::islower(static_cast<unsigned char>(id[0])) &&
                      std::all_of(id.begin(), id.end(), [](unsigned char c) {
                          return std::islower(c) || std::isdigit(c) || c == '-' || c == '_';
                      });
    if (!good)
        throw UsageError{"\"" + id + "\" is no id: take a-z, 0-9, - and _, a letter first, at most 40"};
}

int make(const std::vector<std::string>& words) {
    const Arguments arguments(words, {"capability="});
    if (arguments.positional().size() != 1) throw UsageError{"name the new plugin"};
    if (arguments.value("capability", kCarrier) != kCarrier)
        throw UsageError{"there is a first draft for " + std::string(kCarrier) +
                         " only; docs/plugins.md has the tables of the others"};
    const fs::path folder = arguments.positional()[0];
    const auto id = plugin::folderName(folder.string());
    checkId(id);
    if (fs::exists(folder))
        throw Error("this is there already", folder.string(), "Take another name, or remove it.");
    for (const auto& file : kEmbedded) {
        const auto name = fs::path(file.path).filename().string();
        if (name == "CMakeLists.txt" && file.path.starts_with("acme/")) continue;  // of this tree
        auto text = replaceAll(std::string(file.bytes), "acme", id);
        text = replaceAll(std::move(text), "Acme", typeNameOf(id));
        fs::create_directories(folder);
        writeFile((folder / name).string(), text);
        std::cout << (folder / name).string() << "\n";
    }
    std::cout << "\nNext, in " << folder.string()
              << ":\n  cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure\n"
              << "  overture plugin check build/" << id << "\n";
    return 0;
}

const Registered command{{"plugin new", "a new plugin's project that builds and passes at once",
                          R"(Usage: overture plugin new NAME [--capability carrier.message/1]

Makes the folder NAME with a carrier for a made-up API, its manifest, a sample for `plugin check` and a test. It builds against the
installed SDK (find_package(Overture)), outside this tree. NAME may be a path; its last part is the plugin's id.

  --capability ID   what it offers; carrier.message/1 is the one there is a first draft for

Example:
  $ overture plugin new acme-sms)",
                          make}};

}  // namespace
}  // namespace overture::cli
