#include "folder/storage.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "overture/storage.hpp"

namespace overture::folder {
namespace {

using sdk::Answer;
using sdk::Outcome;

constexpr std::size_t kPiece = 256 * 1024;
constexpr const char* kMark = "/.overture";  // no key begins with a dot

class File {
public:
    File(const std::string& path, int flags) : handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (handle_ >= 0) ::close(handle_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool open() const { return handle_ >= 0; }
    int get() const { return handle_; }

private:
    const int handle_;
};

/// What an operator can do something about, and what passes by itself.
Answer failed(const std::string& what) {
    const auto error = errno;
    const bool operators = error == EACCES || error == EPERM || error == EROFS || error == ENOTDIR ||
                           error == ENOENT || error == ELOOP;
    return Answer::no(operators ? Outcome::auth : Outcome::transient,
                      what + ": " + std::generic_category().message(error),
                      error == ENOSPC || error == EDQUOT ? "full" : "");
}

bool writeAll(int handle, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(handle, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// The folders of a key below `folder`, which itself is made when its parent is there.
bool makeFolders(const std::string& folder, const std::string& key) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
    for (auto at = key.find('/'); at != std::string::npos; at = key.find('/', at + 1))
        if (::mkdir((folder + "/" + key.substr(0, at)).c_str(), 0700) != 0 && errno != EEXIST) return false;
    return true;
}

/// A name that no key can have, and no other writer.
std::string besides(const std::string& path) {
    static std::atomic<unsigned> number = 0;
    const auto slash = path.rfind('/') + 1;
    return path.substr(0, slash) + "." + path.substr(slash) + "." + std::to_string(::getpid()) + "-" +
           std::to_string(++number);
}

bool keepEntry(const std::string& path) {
    const File folder(path.substr(0, path.rfind('/')), O_RDONLY | O_DIRECTORY);
    return folder.open() && ::fsync(folder.get()) == 0;
}

}  // namespace

FolderStorage::FolderStorage(const sdk::Json& settings) : folder_(settings.value("folder", "")) {
    while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
    if (!folder_.starts_with('/') || folder_.size() < 2 || folder_.find('\0') != std::string::npos)
        throw sdk::Refused(Outcome::invalid,
                           "folder: write a path from the root on, such as /srv/recordings");
}

Answer FolderStorage::put(const sdk::Json& request, std::string_view object, const sdk::Call&) {
    const sdk::ObjectRequest asked(request);
    const auto key = asked.key();
    asked.contentType();
    const auto path = folder_ + "/" + key, beside = besides(path);
    if (!makeFolders(folder_, key)) return failed("the folders of the object could not be made");
    if (!File(folder_ + kMark, O_WRONLY | O_CREAT | O_NOFOLLOW).open())
        return failed("the folder could not be marked");
    bool written = false;
    {
        const File file(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
        if (!file.open()) return failed("the object could not be made");
        written = writeAll(file.get(), object) && ::fsync(file.get()) == 0;
    }
    if (written && ::rename(beside.c_str(), path.c_str()) == 0 && keepEntry(path))
        return Answer::ok({{"size", object.size()}});
    auto answer = failed("the object could not be written");
    ::unlink(beside.c_str());
    return answer;
}

Answer FolderStorage::get(const sdk::Json& request, const sdk::ObjectSink& sink, const sdk::Call&) {
    const sdk::ObjectRequest asked(request);
    const File file(folder_ + "/" + asked.key(), O_RDONLY | O_NOFOLLOW);
    struct stat about {};
    if (!file.open() && errno != ENOENT) return failed("the object could not be opened");
    if (!file.open()) return Answer::no(Outcome::rejected, "there is no such object", "not_found");
    if (::fstat(file.get(), &about) != 0) return failed("the object could not be read");
    if (!S_ISREG(about.st_mode)) return Answer::no(Outcome::rejected, "there is no such object", "not_found");
    const std::int64_t size = about.st_size;
    const auto from = std::min(asked.from(), size);
    std::string piece(kPiece, '\0');
    for (std::int64_t at = from, left = std::min(asked.most(), size - from); left > 0;) {
        const auto wanted = std::min(left, static_cast<std::int64_t>(piece.size()));
        const auto got = ::pread(file.get(), piece.data(), static_cast<std::size_t>(wanted), at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return failed("the object could not be read");
        if (!sink({piece.data(), static_cast<std::size_t>(got)}))
            return Answer::no(Outcome::cancelled, "nobody wanted more");
        at += got;
        left -= got;
    }
    return Answer::ok({{"size", size}});
}

Answer FolderStorage::remove(const sdk::Json& request, const sdk::Call&) {
    const auto path = folder_ + "/" + sdk::ObjectRequest(request).key();
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
        return failed("the object could not be removed");
    // Where nothing was ever put a file server may not be mounted: nothing was removed then.
    if (::access((folder_ + kMark).c_str(), F_OK) != 0)
        return failed("this is not the folder that was written to");
    return Answer::ok(sdk::Json::object());
}

}  // namespace overture::folder
