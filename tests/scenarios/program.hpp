// The real binary as a person runs it: arguments in, exit status and output out.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace overture::testing {

struct Finished {
    int status = -1;
    std::string output;  ///< standard output and error, as they came
};

/// Runs `<build>/overture WORDS…` in a shell with `environment` ("A=b C=d") in front.
inline Finished overture(const std::string& words, const std::string& environment = {}) {
    const std::string command = environment + " " OVERTURE_BUILD_DIR "/overture " + words + " 2>&1";
    Finished finished;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return finished;
    std::array<char, 4096> buffer;
    while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        finished.output.append(buffer.data(), count);
    finished.status = WEXITSTATUS(::pclose(pipe));
    return finished;
}

/// A folder of one's own below the build folder, empty, removed afterwards.
class Folder {
public:
    explicit Folder(const std::string& name)
        : path_(std::string(OVERTURE_BUILD_DIR) + "/tests/tmp/" + name + "-" + std::to_string(::getpid())) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

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
