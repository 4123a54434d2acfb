// Inside service: the sound of calls while they are talked, in files that outlive their engine, until it is kept elsewhere.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/track.hpp"
#include "service/hands.hpp"

namespace overture::service {

/// Whose sound it is, and where it goes.
struct TapeFacts {
    OrganizationId organization;
    Uuid call;
    int part = 1;
    std::optional<BindingId> storage;  ///< nobody: the folder's own
    std::string key;

    std::string name() const { return call.text() + "-" + std::to_string(part); }
};

class Tapes;

/// One call's. Any thread; none of it waits for a disk. Its end closes it.
class Tape {
public:
    ~Tape();
    void put(bool ours, call::Moment at, std::string_view mulaw);
    void close();  ///< nothing more comes

private:
    friend class Tapes;
    struct Reel;
    explicit Tape(std::shared_ptr<Reel> reel);
    const std::shared_ptr<Reel> reel_;
};

/// A folder of tapes. What was put is in their files after half a second; a tape that is over, or whose engine is gone, is made one
/// WAV file and handed to be stored, again and again until that is done. Several engines may have one folder: a tape belongs to who has
/// the lock of its file.
class Tapes {
public:
    /// Stores this file ("": nothing was heard); false, or what it throws: it is tried again. Threads of the tapes.
    using Store = std::function<bool(const TapeFacts& facts, const std::string& file, milliseconds length)>;

    static constexpr milliseconds kFlush{500};

    /// Throws Error when the folder cannot be written to.
    Tapes(std::string folder, Store store);
    ~Tapes();
    /// Throws Error when its files cannot be made.
    std::unique_ptr<Tape> begin(const TapeFacts& facts);
    void hurry();  ///< what waits to be stored is tried now

private:
    struct Tried {
        int times = 0;
        std::chrono::steady_clock::time_point next;
    };
    void write();
    static void flush(Tape::Reel& reel);
    void look();
    void lookAt(const std::set<std::string>& busy);
    void finish(const std::string& name);

    const std::string folder_;
    const Store store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Tape::Reel>> open_;
    std::map<std::string, Tried> tried_;
    std::set<std::string> inHand_;
    bool stopping_ = false, news_ = true;
    std::unique_ptr<Hands> hands_;
    std::thread writing_, looking_;
};

}  // namespace overture::service
