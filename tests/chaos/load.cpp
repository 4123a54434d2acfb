#include "chaos/load.hpp"

#include "chaos/marker.hpp"

namespace overture::chaos {
namespace {

constexpr std::size_t kWriters = 6, kReporters = 2;
constexpr auto kPause = milliseconds(20);  // a vendor waits before it tries again
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

/// New messages wait while more than two for each conversation have no answer yet.
bool Load::tooMuchOpen() const {
    std::scoped_lock lock(mutex_);
    while (answeredUpTo_ < inbound_.size() && world_.carrier.hasAnswered(inbound_[answeredUpTo_].marker))
        ++answeredUpTo_;
    std::size_t open = 0;
    for (auto i = answeredUpTo_; i < inbound_.size(); ++i)
        open += world_.carrier.hasAnswered(inbound_[i].marker) ? 0 : 1;
    return open > 2 * world_.leads.size();
}

std::string Load::newMarker() {
    std::scoped_lock lock(mutex_);
    inbound_.push_back({markerOf(kInbound, inbound_.size()), false});
    return inbound_.back().marker;
}

void Load::writeMessages(std::size_t writer) {
    auto random = world_.random("writer " + std::to_string(writer));
    while (world_.loading && !world_.over) {
        if (tooMuchOpen()) {
            std::this_thread::sleep_for(kPause);
            continue;
        }
        const auto& lead = world_.leads[random.below(world_.leads.size())];
        do {
            write(lead, random);
        } while (random.chance(kOneMore) && world_.loading);
    }
}

void Load::write(const std::string& lead, Random& random) {
    const auto marker = newMarker();
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

}  // namespace overture::chaos
