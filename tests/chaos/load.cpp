#include "chaos/load.hpp"

#include <iostream>

#include "chaos/evidence.hpp"
#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

constexpr std::size_t kWriters = 6, kReporters = 2;
constexpr auto kPause = milliseconds(20);  // a vendor waits before it tries again
constexpr std::size_t kMostOfOne = 12;
constexpr double kRepeats = 0.05, kOneMore = 0.4;

bool good(int status) {
    return status >= 200 && status < 300;
}

}  // namespace

Load::Load(World& world) : world_(world) {
    for (std::size_t i = 0; i < kWriters; ++i) threads_.emplace_back([this, i] { writeMessages(i); });
    for (std::size_t i = 0; i < kReporters; ++i) threads_.emplace_back([this] { reportStatuses(); });
}

Load::~Load() {
    world_.over = true;
    for (auto& thread : threads_) thread.join();
}

std::vector<Inbound> Load::inbound() const {
    std::scoped_lock lock(mutex_);
    return inbound_;
}

int Load::posted() const {
    std::scoped_lock lock(mutex_);
    return static_cast<int>(inbound_.size());
}

std::map<std::string, std::size_t> Load::openByLead() {
    std::scoped_lock lock(mutex_);
    std::erase_if(open_, [&](const auto& message) { return world_.carrier.hasAnswered(message.first); });
    std::map<std::string, std::size_t> open;
    for (const auto& [marker, lead] : open_) ++open[lead];
    return open;
}

std::string Load::newMarker(const std::string& lead) {
    std::scoped_lock lock(mutex_);
    inbound_.push_back({markerOf(kInbound, inbound_.size()), false});
    open_.emplace_back(inbound_.back().marker, lead);
    return inbound_.back().marker;
}

/// New messages wait while more than two for each conversation have no answer yet. Who has had none for long is left to the
/// person that the conversation was given to.
void Load::writeMessages(std::size_t writer) {
    auto random = world_.random("writer " + std::to_string(writer));
    while (world_.loading && !world_.over) {
        const auto open = openByLead();
        std::size_t waiting = 0;
        for (const auto& [lead, count] : open) waiting += count < kMostOfOne ? count : 0;
        const auto& lead = world_.leads[random.below(world_.leads.size())];
        const auto own = open.find(lead);
        if (waiting > 2 * world_.leads.size() || (own != open.end() && own->second >= kMostOfOne)) {
            std::this_thread::sleep_for(kPause);
            continue;
        }
        do {
            write(lead, random);
        } while (random.chance(kOneMore) && world_.loading);
    }
}

void Load::write(const std::string& lead, Random& random) {
    const auto marker = newMarker(lead);
    const Form form{{"MessageSid", "SM" + marker},
                    {"From", lead},
                    {"Body", "Please look into " + marker + " for me"},
                    {"NumMedia", "0"},
                    {"SmsStatus", "received"}};
    while (!good(world_.post(form, random))) {
        if (world_.over) return;
        std::this_thread::sleep_for(kPause);
    }
    {
        std::scoped_lock lock(mutex_);
        for (auto at = inbound_.rbegin(); at != inbound_.rend(); ++at)
            if (at->marker == marker) {
                at->acknowledged = true;
                break;
            }
    }
    if (random.chance(kRepeats)) world_.post(form, random);
}

void Load::reportStatuses() {
    auto random = world_.random("reporter");
    while (!world_.over) {
        const auto status = world_.carrier.nextStatus(milliseconds(200));
        if (!status) continue;
        while (!good(world_.post(*status, random)) && !world_.over) std::this_thread::sleep_for(kPause);
    }
}

bool waitForQuiet(const World& world, const Load& load) {
    using Steady = std::chrono::steady_clock;
    const auto until = Steady::now() + world.plan.quiet;
    while (Steady::now() < until) {
        std::this_thread::sleep_for(milliseconds(250));
        bool allIn = true;
        for (const auto& message : load.inbound()) allIn = allIn && message.acknowledged;
        if (allIn && openWork(world).all() == 0) return true;
    }
    const auto open = openWork(world);
    std::cout << "Not quiet after " << world.plan.quiet.count() << " s: " << open.events << " messages, "
              << open.deliveries << " deliveries, " << open.turns << " turns open\n";
    return false;
}

}  // namespace overture::chaos
