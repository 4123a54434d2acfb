#include "workshop/draft.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "embedded/workshop.hpp"

namespace overture::workshop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemplate = "template/";

bool isId(const std::string& name) {
    return !name.empty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

std::vector<std::string> writeFirstDraft(const std::string& directory) {
    auto path = fs::path(directory).lexically_normal();
    if (path.filename().empty()) path = path.parent_path();
    const auto id = path.filename().string();
    if (!isId(id))
        throw Error("\"" + id + "\" cannot be a playbook's name", directory,
                    "Use small letters, digits and dashes, for example spring-renewal.");
    std::error_code fault;
    if (fs::exists(path, fault) && !fs::is_empty(path, fault))
        throw Error("this folder is there already and has something in it", path.string(),
                    "Choose another name.");
    std::vector<std::string> names;
    for (const auto& file : kEmbedded) {
        const std::string name(file.path.substr(kTemplate.size()));
        const auto target = path / name;
        fs::create_directories(target.parent_path(), fault);
        if (fault)
            throw Error("this folder cannot be made: " + fault.message(), target.parent_path().string(),
                        "Choose a place where you may write.");
        writeFile(target.string(),
                  replaceAll(replaceAll(std::string(file.bytes), "@ID@", id), "@DIR@", path.string()));
        names.push_back(name);
    }
    return names;
}

}  // namespace overture::workshop
