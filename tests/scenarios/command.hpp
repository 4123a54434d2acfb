// One command of the real binary, its input, output and errors apart.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/text.hpp"

namespace overture::scenarios {

struct Ran {
    int status = -1;
    std::string out, err;
};

inline std::string quoted(const std::string& word) {
    return "'" + replaceAll(word, "'", "'\\''") + "'";
}

/// A folder that is gone when the object is.
class Folder {
public:
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "overture-scenario-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const { return path_; }
    /// Writes a file and gives its path.
    std::string write(const std::string& name, const std::string& text) const {
        writeFile(path_ + "/" + name, text);
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

/// `environment` as the shell writes it: "A=1 B=2".
inline Ran overture(const std::vector<std::string>& words, const std::string& input = {},
                    const std::string& environment = {}) {
    const Folder folder;
    std::string line = environment + " " OVERTURE_BUILD_DIR "/overture";
    for (const auto& word : words) line += " " + quoted(word);
    line += " <" + folder.write("in", input) + " >" + folder.path() + "/out 2>" + folder.path() + "/err";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readFile(folder.path() + "/out"),
            readFile(folder.path() + "/err")};
}

}  // namespace overture::scenarios
