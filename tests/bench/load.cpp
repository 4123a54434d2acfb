#include "bench/load.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "chaos/marker.hpp"

namespace overture::bench {
namespace {

constexpr int kPosters = 8;
constexpr auto kPatience = seconds(60);

double inMilliseconds(Steady::duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

Written Load::write(std::size_t lead) {
    Written written{chaos::markerOf(chaos::kInbound, serial_++), Steady::now(), {}};
    auto random = world_.random(written.marker);
    const chaos::Form form{{"MessageSid", "SM" + written.marker},
                           {"From", world_.leads[lead]},
                           {"Body", "Please look into " + written.marker + " for me"},
                           {"NumMedia", "0"},
                           {"SmsStatus", "received"}};
    const int status = world_.post(form, random);
    if (status != 200)
        throw Error("a message was answered with " + std::to_string(status), "the engine", "Read its log");
    written.acknowledged = Steady::now();
    return written;
}

std::vector<Written> Load::closed(int messages, int open) {
    std::vector<Written> all;
    std::atomic<int> left{messages};
    std::mutex mutex;
    std::string fault;
    std::vector<std::thread> posters;
    for (int poster = 0; poster < kPosters; ++poster)
        posters.emplace_back([&, poster] {
            try {
                std::deque<std::pair<std::size_t, Written>> waiting;
                std::vector<Written> own;
                for (auto lead = static_cast<std::size_t>(poster); lead < static_cast<std::size_t>(open);
                     lead += kPosters)
                    if (left-- > 0) waiting.emplace_back(lead, write(lead));
                auto progress = Steady::now();
                while (!waiting.empty()) {
                    auto [lead, written] = std::move(waiting.front());
                    waiting.pop_front();
                    if (!vendors_.sentAt(written.marker)) {
                        if (Steady::now() - progress > kPatience)
                            throw Error("no answer comes", "the engine");
                        waiting.emplace_back(lead, std::move(written));
                        std::this_thread::sleep_for(std::chrono::microseconds(200));
                        continue;
                    }
                    progress = Steady::now();
                    own.push_back(std::move(written));
                    if (left-- > 0) waiting.emplace_back(lead, write(lead));
                }
                const std::scoped_lock lock(mutex);
                all.insert(all.end(), own.begin(), own.end());
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                fault = error.what();
            }
        });
    for (auto& poster : posters) poster.join();
    if (!fault.empty()) throw Error(fault, "bench");
    return all;
}

template <typename Work>
void Load::atPace(double perSecond, seconds howLong, int threads, const Work& work) {
    std::atomic<std::uint64_t> next{0};
    const auto begin = Steady::now();
    const auto count = static_cast<std::uint64_t>(perSecond * static_cast<double>(howLong.count()));
    std::mutex mutex;
    std::string fault;
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&] {
            try {
                for (auto number = next++; number < count; number = next++) {
                    const auto at = std::chrono::duration<double>(static_cast<double>(number) / perSecond);
                    std::this_thread::sleep_until(begin + std::chrono::duration_cast<Steady::duration>(at));
                    work(number);
                }
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                fault = error.what();
            }
        });
    for (auto& thread : all) thread.join();
    if (!fault.empty()) throw Error(fault, "bench");
}

std::vector<Written> Load::paced(double perSecond, seconds howLong) {
    std::vector<Written> written;
    std::mutex mutex;
    atPace(perSecond, howLong, kPosters, [&](std::uint64_t number) {
        auto one = write(number % world_.leads.size());
        const std::scoped_lock lock(mutex);
        written.push_back(std::move(one));
    });
    waitForAll(written);
    return written;
}

std::vector<double> Load::statuses(double perSecond, seconds howLong) {
    const auto references = vendors_.references();
    std::vector<double> took;
    std::mutex mutex;
    atPace(perSecond, howLong, kPosters, [&](std::uint64_t number) {
        auto random = world_.random("status");
        const auto begin = Steady::now();
        const int status = world_.post({{"MessageSid", references[number % references.size()]},
                                        {"MessageStatus", number % 2 == 0 ? "sent" : "delivered"}},
                                       random);
        if (status != 200)
            throw Error("a status was answered with " + std::to_string(status), "the engine", "Read its log");
        const auto span = inMilliseconds(Steady::now() - begin);
        const std::scoped_lock lock(mutex);
        took.push_back(span);
    });
    return took;
}

void Load::waitForAll(const std::vector<Written>& written) const {
    const auto until = Steady::now() + kPatience;
    for (const auto& one : written)
        while (!vendors_.sentAt(one.marker)) {
            if (Steady::now() > until) throw Error("an answer never came", "the engine", "Read its log");
            std::this_thread::sleep_for(milliseconds(5));
        }
}

std::vector<double> Load::waits(const std::vector<Written>& written, milliseconds model) const {
    std::vector<double> waits;
    for (const auto& one : written)
        if (const auto sent = vendors_.sentAt(one.marker))
            waits.push_back(std::max(0.0, inMilliseconds(*sent - one.acknowledged - model)));
    return waits;
}

}  // namespace overture::bench
