// Inside service: one file of a tape.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace overture::service {

/// Open as long as this is; readable by the engine's user only.
class TapeFile {
public:
    TapeFile(const std::string& path, int flags) : handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~TapeFile() {
        if (handle_ >= 0) ::close(handle_);
    }
    TapeFile(const TapeFile&) = delete;
    TapeFile& operator=(const TapeFile&) = delete;
    explicit operator bool() const { return handle_ >= 0; }

    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto written = ::write(handle_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    /// The next bytes, fewer only at the end.
    std::string read(std::size_t most) const {
        std::string bytes(most, '\0');
        std::size_t size = 0;
        while (size < most) {
            const auto got = ::read(handle_, bytes.data() + size, most - size);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            size += static_cast<std::size_t>(got);
        }
        bytes.resize(size);
        return bytes;
    }
    std::size_t size() const {
        struct stat about = {};
        return ::fstat(handle_, &about) == 0 ? static_cast<std::size_t>(about.st_size) : 0;
    }
    /// Nobody else has it, in whatever process; false: somebody does.
    bool lock() const { return ::flock(handle_, LOCK_EX | LOCK_NB) == 0; }
    /// Somebody removed it after it had been opened.
    bool gone() const {
        struct stat about = {};
        return ::fstat(handle_, &about) != 0 || about.st_nlink == 0;
    }

private:
    const int handle_;
};

}  // namespace overture::service
