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

struct Draft {
    const char *capability, *folder, *source, *about;
};
constexpr Draft kDrafts[] = {{"carrier.message/1", "acme", "carrier.cpp", "A carrier"},
                             {"model.chat/1", "model", "model.cpp", "A language model"},
                             {"channel.message/1", "channel", "channel.cpp", "A channel"},
                             {"registry.numbers/1", "registry", "registry.cpp", "A do-not-contact registry"}};

const Draft& draftFor(const std::string& capability) {
    std::vector<std::string> all;
    for (const auto& draft : kDrafts) {
        if (capability == draft.capability) return draft;
        all.emplace_back(draft.capability);
    }
    throw UsageError{"there is a first draft for " + join(all, ", ") + ", and none for \"" + capability +
                     "\"; docs/plugins.md has the tables of the others"};
}

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
    const auto& draft = draftFor(arguments.value("capability", kDrafts[0].capability));
    const fs::path folder = arguments.positional()[0];
    const auto id = plugin::folderName(folder.string());
    checkId(id);
    if (fs::exists(folder))
        throw Error("this is there already", folder.string(), "Take another name, or remove it.");
    for (const auto& file : kEmbedded) {
        const auto name = fs::path(file.path).filename().string();
        const auto from = fs::path(file.path).parent_path().string();
        if (from != "new" && (from != draft.folder || name == "CMakeLists.txt")) continue;  // of this tree
        auto text = replaceAll(std::string(file.bytes), "acme", id);
        text = replaceAll(std::move(text), "Acme", typeNameOf(id));
        text = replaceAll(std::move(text), "@source@", draft.source);
        text = replaceAll(std::move(text), "@about@", draft.about);
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
                          R"(Usage: overture plugin new NAME [--capability ID]

Makes the folder NAME with a plugin for a made-up API, its manifest, a sample for `plugin check` and a test. It builds against the
installed SDK (find_package(Overture)), outside this tree. NAME may be a path; its last part is the plugin's id.

  --capability ID   what it offers: carrier.message/1 (unless given), model.chat/1, channel.message/1 or registry.numbers/1

Examples:
  $ overture plugin new acme-sms
  $ overture plugin new acme-model --capability model.chat/1)",
                          make}};

}  // namespace
}  // namespace overture::cli
