// The real binary as a person runs it: arguments in, exit status and output out.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace overture::testing {

/// The vendors of tests are at private addresses, which programs do not call otherwise.
inline const bool kVendorsAreHere = ::setenv("OVERTURE_PRIVATE_HOSTS", "127.0.0.1,localhost", 0) == 0 &&
                                    ::unsetenv("http_proxy") == 0 && ::unsetenv("https_proxy") == 0 &&
                                    ::unsetenv("HTTPS_PROXY") == 0;

struct Finished {
    int status = -1;
    std::string out, err;
    std::string output() const { return out + err; }
};

/// A folder of one's own, empty, removed afterwards. Not below the build folder: where that is root's own, PostgreSQL may not
/// go.
class Folder {
public:
    explicit Folder(const std::string& name = "folder") {
        path_ = (std::filesystem::temp_directory_path() / ("overture-test-" + name + "-XXXXXX")).string();
        if (::mkdtemp(path_.data()) == nullptr) throw Error("a folder cannot be made", path_);
        std::filesystem::permissions(path_,
                                     std::filesystem::perms(0755));  // PostgreSQL may run as another user
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    /// Writes a file and gives its path.
    std::string write(const std::string& name, const std::string& text) const {
        writeFile(*this / name, text);
        return *this / name;
    }

private:
    std::string path_;
};

/// A word as the shell takes it, whatever is in it.
inline std::string quoted(const std::string& word) {
    return "'" + replaceAll(word, "'", "'\\''") + "'";
}

/// Runs `<build>/overture LINE` as a shell reads it, `environment` ("A=b C=d") in front.
inline Finished overtureLine(const std::string& line, const std::string& input = {},
                             const std::string& environment = {}) {
    const Folder folder("program");
    const auto status = std::system((environment + " " OVERTURE_BUILD_DIR "/overture " + line + " <" +
                                     quoted(folder.write("in", input)) + " >" + quoted(folder / "out") +
                                     " 2>" + quoted(folder / "err"))
                                        .c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readFile(folder / "out"), readFile(folder / "err")};
}

/// The same with the words as the program gets them.
inline Finished overture(const std::vector<std::string>& words, const std::string& input = {},
                         const std::string& environment = {}) {
    std::string line;
    for (const auto& word : words) line += quoted(word) + " ";
    return overtureLine(line, input, environment);
}

/// The output's lines, each of which must be JSON.
inline std::vector<Json> answersOf(const Finished& finished) {
    std::vector<Json> answers;
    for (const auto& line : split(finished.out, '\n'))
        if (!line.empty()) answers.push_back(parseJson(line, finished.output()).orThrow());
    return answers;
}

/// The records of a CSV with quotes; the first is the header.
inline std::vector<std::vector<std::string>> readCsv(const std::string& text) {
    std::vector<std::vector<std::string>> records{{""}};
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        auto& field = records.back().back();
        if (quoted) {
            if (c != '"')
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            records.back().emplace_back();
        } else if (c == '\n') {
            records.push_back({""});
        } else if (c != '\r') {
            field += c;
        }
    }
    if (records.back().size() == 1 && records.back()[0].empty()) records.pop_back();
    return records;
}

}  // namespace overture::testing
