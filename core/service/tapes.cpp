#include "service/tapes.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "service/tape_file.hpp"

namespace overture::service {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr auto kLookAgain = seconds(5);
constexpr auto kFirstTry = seconds(1), kLastTry = seconds(300);
constexpr auto kOrphan = hours(1);
constexpr int kAtOnce = 4;
constexpr std::size_t kMixed = 256 * 1024;  // bytes of a track at a time
constexpr const char *kFacts = ".tape", *kTheirs = ".lead", *kOurs = ".agent", *kWhole = ".wav",
                     *kNew = ".new";

std::string reasonOf(int error) {
    return std::generic_category().message(error);
}

std::string written(const TapeFacts& facts) {
    return toText(Json{{"organization", facts.organization.text()},
                       {"call", facts.call.text()},
                       {"part", facts.part},
                       {"storage", facts.storage ? Json(facts.storage->text()) : Json()},
                       {"key", facts.key}}) +
           "\n";
}

std::optional<TapeFacts> readFacts(const std::string& text) {
    const auto document = parseJson(text, "a tape");
    if (!document) return std::nullopt;
    const auto organization = OrganizationId::parse(textOf(*document, "organization"));
    const auto call = Uuid::parse(textOf(*document, "call"));
    const auto part = document->find("part");
    if (!organization || !call || part == document->end() || !part->is_number_unsigned()) return std::nullopt;
    return TapeFacts{*organization, *call, part->get<int>(), BindingId::parse(textOf(*document, "storage")),
                     textOf(*document, "key")};
}

/// Both tracks as one file; how long it is.
milliseconds mix(const std::string& theirs, const std::string& ours, const std::string& into) {
    const TapeFile left(theirs, O_RDONLY), right(ours, O_RDONLY), out(into, O_WRONLY | O_CREAT | O_TRUNC);
    const auto length = std::max(left ? left.size() : 0, right ? right.size() : 0);
    bool good = out && out.write(call::stereoHeader(length));
    for (std::size_t at = 0; good && at < length; at += kMixed) {
        const auto size = std::min(kMixed, length - at);
        auto both =
            call::stereo(left ? left.read(size) : std::string(), right ? right.read(size) : std::string());
        both.resize(2 * size, static_cast<char>(0xff));
        good = out.write(both);
    }
    if (!good) throw Error("the recording could not be written: " + reasonOf(errno), into);
    return call::lengthOf(length);
}

/// What an engine left that died between two of a tape's files.
void removeOrphan(const fs::path& path, const std::string& facts) {
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (!error && fs::is_regular_file(path, error) && fs::file_time_type::clock::now() - written > kOrphan &&
        !fs::exists(facts, error))
        fs::remove(path, error);
}

}  // namespace

struct Tape::Reel {
    Reel(const std::string& path, TapeFacts whose)
        : facts(std::move(whose)),
          lock(path + kFacts + kNew, O_WRONLY | O_CREAT | O_TRUNC),
          claimed(claim(path + kFacts)),
          theirs(claimed ? path + kTheirs : std::string(), O_WRONLY | O_CREAT | O_TRUNC),
          ours(claimed ? path + kOurs : std::string(), O_WRONLY | O_CREAT | O_TRUNC) {}

    /// It is there only with its lock and all that is written in it, and nobody else had the name.
    bool claim(const std::string& path) const {
        const bool made = lock && lock.lock() && lock.write(written(facts)) &&
                          ::link((path + kNew).c_str(), path.c_str()) == 0;
        const auto why = errno;
        ::unlink((path + kNew).c_str());
        errno = why;
        return made;
    }

    const TapeFacts facts;
    const TapeFile lock;
    const bool claimed;
    const TapeFile theirs, ours;
    std::mutex mutex;
    call::Track theirTrack, ourTrack;
    std::atomic<bool> closed = false;
    bool failed = false;  // of the writing thread
};

Tape::Tape(std::shared_ptr<Reel> reel) : reel_(std::move(reel)) {}
Tape::~Tape() {
    close();
}

void Tape::put(bool ours, call::Moment at, std::string_view mulaw) {
    const std::scoped_lock lock(reel_->mutex);
    (ours ? reel_->ourTrack : reel_->theirTrack).put(at, mulaw);
}

void Tape::close() {
    reel_->closed = true;
}

Tapes::Tapes(std::string folder, Store store) : folder_(std::move(folder)), store_(std::move(store)) {
    std::error_code error;
    fs::create_directories(folder_, error);
    const auto trial = folder_ + "/.trial";
    if (const TapeFile file(trial, O_WRONLY | O_CREAT); !file)
        throw Error("calls cannot be recorded here: " + reasonOf(errno), folder_,
                    "Name a folder that the engine may write to.");
    ::unlink(trial.c_str());
    hands_ = std::make_unique<Hands>("recordings", kAtOnce);
    writing_ = std::thread([this] { write(); });
    looking_ = std::thread([this] { look(); });
}

Tapes::~Tapes() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    writing_.join();
    looking_.join();
    hands_.reset();
}

std::unique_ptr<Tape> Tapes::begin(const TapeFacts& facts) {
    auto reel = std::make_shared<Tape::Reel>(folder_ + "/" + facts.name(), facts);
    if (!reel->claimed || !reel->theirs || !reel->ours)
        throw Error("the call cannot be recorded: " + reasonOf(errno), folder_ + "/" + facts.name(),
                    "Look at the folder and the room that is left there.");
    const std::scoped_lock lock(mutex_);
    open_.push_back(reel);
    return std::unique_ptr<Tape>(new Tape(std::move(reel)));
}

void Tapes::hurry() {
    {
        const std::scoped_lock lock(mutex_);
        for (auto& [name, tried] : tried_) tried.next = {};
        news_ = true;
    }
    changed_.notify_all();
}

void Tapes::write() {
    for (bool last = false; !last;) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kFlush, [this] { return stopping_; });
        last = stopping_;
        const auto reels = open_;
        lock.unlock();
        for (const auto& reel : reels) {
            const bool over = reel->closed;
            flush(*reel);
            if (!over) continue;
            lock.lock();
            std::erase(open_, reel);
            news_ = true;
            lock.unlock();
            changed_.notify_all();
        }
    }
}

/// What did not get into its file is not tried again: the call goes on, and silence stands for it.
void Tapes::flush(Tape::Reel& reel) {
    std::string theirs, ours;
    {
        const std::scoped_lock lock(reel.mutex);
        theirs = reel.theirTrack.take();
        ours = reel.ourTrack.take();
    }
    if (reel.theirs.write(theirs) && reel.ours.write(ours)) return;
    if (!std::exchange(reel.failed, true))
        log::error("recording_interrupted", {{"call", reel.facts.call.text()}, {"problem", reasonOf(errno)}});
}

/// Tapes that are over: those that nobody has the lock of.
void Tapes::look() {
    for (;;) {
        std::set<std::string> busy;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, kLookAgain, [this] { return stopping_ || news_; });
            if (stopping_) return;
            news_ = false;
            busy = inHand_;
            for (const auto& reel : open_) busy.insert(reel->facts.name());
        }
        try {
            lookAt(busy);
        } catch (const std::exception& error) {
            log::error("recordings_not_listed", {{"folder", folder_}, {"problem", error.what()}});
        }
    }
}

void Tapes::lookAt(const std::set<std::string>& busy) {
    int waiting = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        const auto name = entry.path().stem().string();
        if (busy.contains(name)) continue;
        if (entry.path().extension() != kFacts) {
            removeOrphan(entry.path(), folder_ + "/" + name + kFacts);
            continue;
        }
        ++waiting;
        const std::scoped_lock lock(mutex_);
        const auto found = tried_.find(name);
        if (found != tried_.end() && found->second.next > Steady::now()) continue;
        inHand_.insert(name);
        hands_->give([this, name] { finish(name); });
    }
    metrics::set("overture_recordings_waiting", {}, waiting);
}

void Tapes::finish(const std::string& name) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;  // the next life's
    }
    const auto path = folder_ + "/" + name;
    bool done = true;
    if (const TapeFile own(path + kFacts, O_RDWR); own && own.lock() && !own.gone()) {
        try {
            const auto facts = readFacts(own.read(64 * 1024));
            if (!facts) throw Error("this tape cannot be read", path + kFacts, "Look at it, then remove it.");
            const auto length = mix(path + kTheirs, path + kOurs, path + kWhole);
            done = store_(*facts, length > milliseconds(0) ? path + kWhole : std::string(), length);
            // Its facts first: whatever is left without them is nobody's.
            if (done)
                for (const char* kind : {kFacts, kTheirs, kOurs, kWhole}) ::unlink((path + kind).c_str());
        } catch (const std::exception& error) {
            log::error("recording_not_stored", {{"tape", name}, {"problem", error.what()}});
            done = false;
        }
    }
    const std::scoped_lock lock(mutex_);
    inHand_.erase(name);
    if (done) {
        tried_.erase(name);
        return;
    }
    auto& tried = tried_[name];
    const auto wait = kFirstTry * (1 << std::min(tried.times++, 9));
    tried.next = Steady::now() + std::min<seconds>(wait, kLastTry);
}

}  // namespace overture::service
