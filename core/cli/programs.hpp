// How commands use programs that the system has installed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace overture::cli {

/// Runs it in `folder` ("" for here), its output going where ours goes, and returns its exit status; -1 when a signal ended
/// it. Throws Error{missing} when it is not installed.
int runInstalled(std::vector<std::string> words, const std::string& folder, const Problem& missing);

/// A folder of our own, for what such a program reads and writes; it goes away again.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    void put(const std::string& name, std::string_view bytes) const;  ///< `name` may have folders in it
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace overture::cli
