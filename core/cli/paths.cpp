#include "cli/paths.hpp"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pluginPlaces(const fs::path& program) {
    std::vector<fs::path> places{program / "plugins"};
    const auto library = program.parent_path() / "lib";
    places.push_back(library / "overture" / "plugins");
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(library, none))
        if (entry.is_directory(none) && entry.path().filename() != "overture")
            places.push_back(entry.path() / "overture" / "plugins");
    return places;
}

}  // namespace

std::string programFolder() {
    return fs::read_symlink("/proc/self/exe").parent_path().string();
}

std::string pluginsFolder(const std::string& given) {
    if (!given.empty()) return given;
    if (const char* named = std::getenv("OVERTURE_PLUGINS"); named != nullptr && *named != '\0') return named;
    std::vector<std::string> looked;
    for (const auto& place : pluginPlaces(programFolder())) {
        std::error_code none;
        if (fs::is_directory(place, none)) return place.string();
        looked.push_back(place.string());
    }
    throw Error("there are no plugins in " + join(looked, ", "), "",
                "Name their folder with --plugins DIR or in OVERTURE_PLUGINS.");
}

}  // namespace overture::cli
