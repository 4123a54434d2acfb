// An upgrade without a pause: engines of this version and of the next one on one database under load, the database migrated beneath the old
// ones, engines replaced one by one, and one of them put back. Counts what must be 0, and how often somebody was not ready.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <sys/wait.h>

#include <atomic>
#include <iostream>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "chaos/evidence.hpp"
#include "chaos/load.hpp"
#include "chaos/process.hpp"

namespace overture::chaos {
namespace {

constexpr auto kStretch = seconds(4);  // of each state, and longer where machines are slow
constexpr int kMessages = 50;
constexpr auto kPatience = seconds(60);

/// Status and body, or 0.
std::pair<int, std::string> get(std::uint16_t port, const std::string& path) {
    try {
        Poco::Net::HTTPClientSession session("127.0.0.1", port);
        session.setTimeout(Poco::Timespan(10, 0));
        Poco::Net::HTTPRequest request("GET", path, "HTTP/1.1");
        request.set("Authorization", "Bearer watcher");
        session.sendRequest(request);
        Poco::Net::HTTPResponse response;
        std::string body;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), body);
        return {response.getStatus(), body};
    } catch (const Poco::Exception&) {
        return {0, ""};
    }
}

class Upgrade {
public:
    Upgrade() : world_(planned()) {
        writeFile(world_.folder + "/engine.conf", "metrics-token = watcher\n");
        engines_.resize(world_.ports.size());
        watcher_ = std::thread([this] { watch(); });
    }
    ~Upgrade() {
        over_ = true;
        watcher_.join();
    }

    int run() {
        start(0, kThisVersion);
        start(1, kThisVersion);
        Load load(world_);
        go("this version", load);
        runOverture({"db", "migrate", "--database", world_.server.url()}, "", kNextVersion);
        if (runOverture({"db", "status", "--database", world_.server.url()}, "", kNextVersion)
                .find("9000_next") == std::string::npos)
            throw Error("the next version's migration is not in the database", kNextVersion);
        go("this version, the database of the next one", load);
        start(2, kNextVersion);
        go("both versions", load);
        replace(0, kNextVersion);
        replace(1, kNextVersion);
        go("the next version", load);
        replace(2, kThisVersion);
        go("one put back", load);
        world_.loading = false;
        const bool quiet = waitForQuiet(world_, load);
        for (std::size_t i = 0; i < engines_.size(); ++i) stop(i);
        const auto evidence = gather(world_, load.inbound());
        const auto judgement = judge(evidence);
        for (const auto& problem : judgement.problems) faults_.push_back(problem);
        if (judgement.answered < 200) faults_.push_back("too little happened to show anything");
        std::cout << judgement.acknowledged << " messages acknowledged, " << judgement.answered
                  << " answered, " << judgement.heldMessages << " left to a person; lost " << judgement.lost
                  << ", answered twice " << judgement.answeredTwice << ", sent twice " << judgement.sentTwice
                  << ", asked again " << judgement.repeatedCalls << "; asked for readiness " << looks_
                  << " times\n";
        for (const auto& fault : faults_) std::cout << "  ! " << fault << "\n";
        const bool ok = quiet && faults_.empty();
        std::cout << (ok ? "Passed\n" : "FAILED\n") << std::flush;
        return ok ? 0 : 1;
    }

private:
    static Plan planned() {
        Plan plan;
        plan.engines = 3;
        plan.conversations = 40;
        plan.lease = seconds(30);  // nobody is killed: whoever waits for a lease to end was forgotten
        return plan;
    }

    void start(std::size_t engine, const char* program) {
        auto words = world_.engineWords(engine);
        words.insert(words.end(), {"--config", world_.folder + "/engine.conf"});
        engines_[engine] = std::make_unique<EngineProcess>(
            words, world_.folder + "/engine-" + std::to_string(engine) + ".log", program);
        engines_[engine]->start("");
        const auto until = std::chrono::steady_clock::now() + kPatience;
        while (get(world_.ports[engine], "/readyz").first != 200) {
            if (std::chrono::steady_clock::now() > until)
                throw Error("it is not ready after a minute", program, world_.folder);
            std::this_thread::sleep_for(milliseconds(100));
        }
        const std::scoped_lock lock(mutex_);
        running_.insert(engine);
    }

    void stop(std::size_t engine) {
        const auto metrics = get(world_.ports[engine], "/metrics").second;
        if (metrics.find("overture_turn_duration_seconds_count{result=\"committed\"}") == metrics.npos)
            faults_.push_back("engine " + std::to_string(engine) + " committed no turn");
        {
            const std::scoped_lock lock(mutex_);
            running_.erase(engine);
        }
        const auto status = engines_[engine]->stop(kPatience);
        if (!status || !WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
            faults_.push_back("engine " + std::to_string(engine) + " did not end by itself, in order");
    }

    void replace(std::size_t engine, const char* program) {
        stop(engine);
        start(engine, program);
    }

    void go(const std::string& what, const Load& load) {
        const auto before = load.posted();
        const auto began = std::chrono::steady_clock::now();
        const auto took = [&] { return std::chrono::steady_clock::now() - began; };
        while (took() < kStretch || (load.posted() < before + kMessages && took() < kPatience))
            std::this_thread::sleep_for(milliseconds(100));
        std::cout << what << ": " << load.posted() - before << " messages\n" << std::flush;
    }

    /// Whoever runs is ready at every moment.
    void watch() {
        while (!over_) {
            std::this_thread::sleep_for(milliseconds(50));
            for (std::size_t engine = 0; engine < engines_.size(); ++engine) {
                const auto runs = [&] {
                    const std::scoped_lock lock(mutex_);
                    return running_.contains(engine);
                };
                if (!runs()) continue;
                ++looks_;
                const auto status = get(world_.ports[engine], "/readyz").first;
                if (status == 200 || !runs()) continue;
                const std::scoped_lock lock(mutex_);
                faults_.push_back("engine " + std::to_string(engine) +
                                  " was not ready: " + std::to_string(status));
            }
        }
    }

    World world_;
    std::vector<std::unique_ptr<EngineProcess>> engines_;
    std::mutex mutex_;
    std::set<std::size_t> running_;
    std::vector<std::string> faults_;
    std::atomic<int> looks_ = 0;
    std::atomic<bool> over_ = false;
    std::thread watcher_;
};

}  // namespace
}  // namespace overture::chaos

int main() {
    try {
        return overture::chaos::Upgrade().run();
    } catch (const std::exception& error) {
        std::cerr << "upgrade: " << error.what() << "\n";
        return 2;
    }
}
