#include "chaos/killer.hpp"

#include <sys/wait.h>

#include <csignal>

namespace overture::chaos {
namespace {

const std::string kBeforeACall = "http.before_write";  // it has looked at its lease, and not all has left yet
const std::vector<std::string> kPlaces{
    "turn.after_claim",       "turn.after_open",       "step.before_result",     "step.after_result",
    "commit.before",          "commit.after",          "delivery.after_sending", "delivery.before_carrier",
    "delivery.after_carrier", "webhook.before_commit", "webhook.after_commit",   kBeforeACall};
constexpr double kFromOutside = 0.2, kPaused = 0.03;
constexpr std::uint64_t kMostPassings = 6;
constexpr auto kLongestLife = milliseconds(2500);  // then from outside, whatever was asked for
constexpr auto kSlice = milliseconds(100);

std::string placeFor(Random& random, const std::string& only) {
    if (!only.empty()) return only;
    return random.chance(kFromOutside) ? "outside" : kPlaces[random.below(kPlaces.size())];
}

}  // namespace

Killer::Killer(World& world) : world_(world), until_(std::chrono::steady_clock::now() + world.plan.most) {
    for (std::size_t i = 0; i < world.ports.size(); ++i) threads_.emplace_back([this, i] { engineLife(i); });
    if (world.plan.databaseKills) database_ = std::thread([this] { databaseLife(); });
}

Killer::~Killer() {
    peace_ = true;
    world_.over = true;
    for (auto& thread : threads_) thread.join();
    if (database_.joinable()) database_.join();
}

bool Killer::done() const {
    return kills_ >= world_.plan.kills || std::chrono::steady_clock::now() > until_;
}

void Killer::finish() {
    peace_ = true;
    if (database_.joinable()) database_.join();
}

std::map<std::string, int> Killer::places() const {
    std::scoped_lock lock(mutex_);
    return places_;
}

std::map<std::string, int> Killer::others() const {
    std::scoped_lock lock(mutex_);
    return others_;
}

std::vector<std::string> Killer::crashes() const {
    std::scoped_lock lock(mutex_);
    return crashes_;
}

void Killer::count(const std::string& place) {
    ++kills_;
    std::scoped_lock lock(mutex_);
    ++places_[place];
}

void Killer::note(const std::string& what) {
    std::scoped_lock lock(mutex_);
    ++others_[what];
}

void Killer::ended(int status, const std::string& place) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return count(place);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
        std::this_thread::sleep_for(kSlice);
        return note("starts while the database was away");
    }
    std::scoped_lock lock(mutex_);
    crashes_.push_back("an engine ended by itself: " +
                       (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                            : "status " + std::to_string(WEXITSTATUS(status))));
}

void Killer::engineLife(std::size_t engine) {
    auto random = world_.random("engine " + std::to_string(engine));
    EngineProcess process(world_.engineWords(engine),
                          world_.folder + "/engine-" + std::to_string(engine) + ".log");
    while (!world_.over) {
        if (peace_)
            peace(process);
        else
            oneLife(engine, process, random);
    }
}

/// Started with one place in mind; killed from outside when it does not pass there in time.
void Killer::oneLife(std::size_t, EngineProcess& process, Random& random) {
    const auto place = placeFor(random, world_.plan.only);
    const bool outside = place == "outside";
    if (world_.plan.engines > 1 && random.chance(kPaused)) {
        if (const auto status = sleepsPastItsLease(process, random)) return ended(*status, "asleep");
        process.kill();
        return count("outside");
    }
    process.start(outside ? "" : place + "=kill@" + std::to_string(1 + random.below(kMostPassings)));
    auto left = outside ? milliseconds(50 + random.below(1000)) : kLongestLife;
    while (left.count() > 0 && !peace_) {
        if (const auto status = process.ended(std::min(left, kSlice))) return ended(*status, place);
        left -= kSlice;
    }
    if (peace_) return process.kill();
    process.kill();
    count("outside");
}

/// Stopped right before a call or from outside, until the other engine has taken over what it held; then it goes on for a
/// moment.
std::optional<int> Killer::sleepsPastItsLease(EngineProcess& process, Random& random) {
    const bool beforeACall = random.chance(0.5);
    process.start(beforeACall ? kBeforeACall + "=stop@" + std::to_string(1 + random.below(4 * kMostPassings))
                              : "");
    auto left = beforeACall ? kLongestLife : milliseconds(300 + random.below(500));
    for (; left.count() > 0 && !process.paused(); left -= kSlice)
        if (const auto status = process.ended(std::min(left, kSlice))) return status;
    note(process.paused() ? "pauses longer than a lease, right before a call" : "pauses longer than a lease");
    process.pause();
    process.ended(world_.plan.lease + milliseconds(500));
    process.resume();
    return process.ended(kSlice * 5);
}

/// No more faults: it works until everything is over.
void Killer::peace(EngineProcess& process) {
    process.start("");
    while (!world_.over)
        if (const auto status = process.ended(kSlice)) return ended(*status, "after the last kill");
    process.kill();
}

void Killer::databaseLife() {
    auto random = world_.random("database");
    while (!peace_ && !world_.over) {
        const auto until = std::chrono::steady_clock::now() + milliseconds(3000 + random.below(9000));
        while (std::chrono::steady_clock::now() < until && !peace_) std::this_thread::sleep_for(kSlice);
        if (peace_) return;
        world_.server.killAndRestart(random);
        count("postgresql");
    }
}

}  // namespace overture::chaos
