// One `overture serve` that is killed and started again and again.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace overture::chaos {

/// This version, and the one that has one migration more.
constexpr const char* kThisVersion = OVERTURE_BUILD_DIR "/overture";
constexpr const char* kNextVersion = OVERTURE_BUILD_DIR "/overture_next";

class EngineProcess {
public:
    /// `words` after `overture serve`; its output is appended to `log`.
    EngineProcess(std::vector<std::string> words, std::string log, std::string program = kThisVersion)
        : words_(std::move(words)), log_(std::move(log)), program_(std::move(program)) {}
    ~EngineProcess() { kill(); }
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    void start(const std::string& failpoints);
    /// How it ended, as waitpid tells it, within `patience`; nothing when it lives on.
    std::optional<int> ended(milliseconds patience);
    /// SIGTERM: the status it ends with within `patience`, as waitpid tells it.
    std::optional<int> stop(milliseconds patience);
    void kill();  ///< SIGKILL, and waits for its end
    pid_t process() const { return child_; }
    void pause();
    bool paused() const;  ///< by itself or by pause()
    void resume();

private:
    std::vector<std::string> words_;
    std::string log_, program_;
    pid_t child_ = -1;
    int handle_ = -1;  ///< pidfd
};

/// Runs `<build>/overture WORDS…` to its end with one more variable set; its output. Throws Error when it fails.
std::string runOverture(const std::vector<std::string>& words, const std::string& variable = {},
                        const std::string& program = kThisVersion);

}  // namespace overture::chaos
