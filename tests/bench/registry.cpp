// How long a do-not-call list of five million numbers takes to import, and what look-ups notice of it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "compliance/number_list.hpp"
#include "compliance/records.hpp"
#include "compliance/registries.hpp"
#include "store/cluster.hpp"
#include "store/migrations.hpp"
#include "tenant/tenants.hpp"

namespace {

using namespace overture;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Numbers of every area code and exchange that could be, in no order, as the US registry's flat files write them.
void writeList(const std::string& path, long count) {
    Random random(11);
    std::ofstream out(path);
    for (long i = 0; i < count; ++i)
        out << 200 + random.below(800) << ',' << 200 + random.below(800) << 1000 + random.below(9000) << '\n';
}

struct Latency {
    std::vector<double> micros;
    double at(double part) const {
        return micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))];
    }
    void print(const char* what) {
        std::sort(micros.begin(), micros.end());
        std::cout << ", \"" << what << "\": {\"look_ups\": " << micros.size() << ", \"p50_us\": " << at(0.5)
                  << ", \"p99_us\": " << at(0.99) << ", \"max_us\": " << at(1) << "}";
    }
};

/// One look-up as the engine makes it, after another, until `done`.
Latency lookUp(store::Database& database, const OrganizationId& organization, const std::atomic<bool>& done) {
    Latency latency;
    Random random(23);
    while (!done) {
        compliance::ContactRequest request;
        request.channel = "voice";
        request.address = "+1" + std::to_string(2'000'000'000 + random.below(7'999'999'999));
        request.at = SystemClock().now();
        const auto begin = Clock::now();
        auto tx = database.begin(organization);
        const compliance::RecordsOfContacts records(organization, {&request});
        const auto statement = records.statement();
        records.fill(tx.finish({statement}).front());
        latency.micros.push_back(secondsSince(begin) * 1e6);
        if (request.registries.size() != 1) throw Error("a look-up saw no list");
    }
    return latency;
}

void import(store::Database& database, const OrganizationId& organization, const std::string& file,
            double& read) {
    const auto begin = Clock::now();
    compliance::NumberList list("US");
    std::ifstream in(file);
    list.read(in, file);
    const auto numbers = list.take();
    read = secondsSince(begin);
    auto tx = database.begin(organization);
    const auto now = SystemClock().now();
    if (!compliance::replaceRegistry(tx, organization, {"us-dnc", "US", now, now}, numbers))
        throw Error("the list was not taken");
    tx.commit();
}

/// `mostWait`: milliseconds that ninety-nine of a hundred look-ups beside the import may take.
int measure(long count, double most, double mostWait) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("overture-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    double read = 0, took = 0;
    Latency before, during;
    std::int64_t entries = 0;
    {
        auto cluster = store::PrivateCluster::start(folder.string(), false);
        store::Database database({.url = cluster->freshDatabase("bench"), .sessions = 4});
        store::migrate(database);
        const OrganizationId organization(uuid7(SystemClock().now()));
        {
            auto tx = database.begin(organization);
            tenant::createOrganization(tx, organization, "Bench", SystemClock().now());
            tx.commit();
        }
        const auto file = (folder / "list.txt").string();
        writeList(file, count);
        import(database, organization, file, read);  // the new list has an old one to replace
        const auto watched = [&](auto work) {
            std::atomic<bool> done = false;
            Latency seen;
            std::thread reader([&] { seen = lookUp(database, organization, done); });
            work();
            done = true;
            reader.join();
            return seen;
        };
        before = watched([] { std::this_thread::sleep_for(std::chrono::seconds(5)); });
        during = watched([&] {
            const auto begin = Clock::now();
            import(database, organization, file, read);
            took = secondsSince(begin);
        });
        auto tx = database.begin(organization);
        entries = compliance::registries(tx, organization).front().entries;
    }
    std::filesystem::remove_all(folder);
    std::cout << "{\"what\": \"registry\", \"lines\": " << count << ", \"entries\": " << entries
              << ", \"seconds\": " << took << ", \"of_which_reading\": " << read;
    before.print("alone");
    during.print("while_importing");
    std::cout << "}\n";
    return took <= most && during.at(0.99) <= mostWait * 1000 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    try {
        return measure(count > 1 ? std::atol(words[1]) : 5'000'000, count > 2 ? std::atof(words[2]) : 60,
                       count > 3 ? std::atof(words[3]) : 50);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
