// What one service does for many: see kHelp.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bench/caller.hpp"
#include "bench/load.hpp"
#include "bench/proxy.hpp"
#include "bench/usage.hpp"
#include "chaos/process.hpp"
#include "store/database.hpp"

namespace overture::bench {
namespace {

constexpr const char* kHelp =
    "Usage: service_bench [--only PART]... [--conversations N] [--keep]\n\n"
    "Runs `overture serve` on a PostgreSQL of its own with default durability and prints one JSON line for "
    "each measurement:\n"
    "  reads   one lead asked for by eight callers at once, over kept connections\n"
    "  form    web forms, five a second: from the visitor's click to the carrier's call of the first touch, "
    "with a\n"
    "          model that takes half a second for each of its two calls\n"
    "  active  two engines behind nginx; --conversations (default 5,000) in each of which the lead writes "
    "once a minute and the\n"
    "          model thinks for two seconds each time; meanwhile reads and lists through the API\n"
    "  lists   every list and search over 1,000,000 leads and 10,000,000 messages\n";

constexpr int kReaders = 8;
constexpr auto kReading = seconds(5);
constexpr int kForms = 150;
constexpr double kFormsPerSecond = 5;
constexpr milliseconds kModelOfForms{500};
constexpr auto kActive = seconds(60);
constexpr double kReadsPerSecond = 100;
constexpr int kPages = 100;  // of each list

struct Options {
    std::set<std::string> only;
    int conversations = 5000;
    bool keep = false;
};

Options optionsOf(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == "--only" && i + 1 < words.size())
            options.only.insert(words[++i]);
        else if (words[i] == "--conversations" && i + 1 < words.size())
            options.conversations = std::stoi(words[++i]);
        else if (words[i] == "--keep")
            options.keep = true;
        else
            throw Error("unknown option " + words[i], "options", kHelp);
    return options;
}

void tell(const std::string& name, Json figures) {
    figures["measurement"] = name;
    std::cout << toText(figures) << "\n" << std::flush;
}

Json spread(const std::vector<double>& took) {
    return {{"calls", took.size()},
            {"p50_ms", quantile(took, 0.5)},
            {"p95_ms", quantile(took, 0.95)},
            {"p99_ms", quantile(took, 0.99)}};
}

/// `work(number)` by so many threads at once; its first fault is thrown.
template <typename Work>
void together(int threads, const Work& work) {
    std::mutex mutex;
    std::string fault;
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i)
        all.emplace_back([&, i] {
            try {
                work(i);
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                fault = error.what();
            }
        });
    for (auto& thread : all) thread.join();
    if (!fault.empty()) throw Error(fault, "service_bench");
}

class Bench {
public:
    explicit Bench(const Options& options)
        : options_(options), world_(planOf(options, vendors_)), load_(world_, vendors_) {
        cluster_ = world_.folder + "/data/postgres/cluster";
        token_ = keyOf("Brightroof");
    }

    void run() {
        if (wanted("reads")) reads();
        if (wanted("form")) forms();
        if (wanted("active")) active();
        if (wanted("lists")) lists();
    }

private:
    bool wanted(const std::string& part) const {
        return options_.only.empty() || options_.only.contains(part);
    }

    static chaos::Plan planOf(const Options& options, const Vendors& vendors) {
        chaos::Plan plan;
        plan.engines = 2;
        plan.conversations = options.conversations;
        plan.lease = seconds(60);
        plan.workers = 512;
        plan.keep = options.keep;
        plan.forNext = milliseconds(0);
        plan.modelUrl = vendors.url() + "/v1";
        plan.carrierUrl = vendors.url();
        return plan;
    }

    std::string keyOf(const std::string& organization) const {
        const auto said =
            chaos::runOverture({"key", "create", "bench", "--role", "admin", "--organization", organization,
                                "--database", world_.server.url(), "--data", world_.folder + "/data"});
        const auto at = said.find("ovt_");
        if (at == std::string::npos) throw Error("no key: " + said, "service_bench");
        return said.substr(at, said.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at) - at);
    }

    void begin(int engines) {
        engines_.clear();
        for (int i = 0; i < engines; ++i) {
            auto words = world_.engineWords(static_cast<std::size_t>(i));
            words.insert(words.end(), {"--api-calls", "1000000000", "--behind", "127.0.0.1"});
            for (std::size_t word = 0; word + 1 < words.size(); ++word)
                if (words[word] == "--poll") words[word + 1] = "250";
            engines_.push_back(std::make_unique<chaos::EngineProcess>(
                words, world_.folder + "/engine-" + std::to_string(i) + ".log"));
            engines_.back()->start("");
            waitFor(world_.ports[static_cast<std::size_t>(i)]);
        }
    }

    void waitFor(std::uint16_t port) const {
        for (int tries = 0;; ++tries) try {
                Caller(port, token_).get("/v1/me");
                return;
            } catch (const Error&) {
                if (tries == 200) throw;
                std::this_thread::sleep_for(milliseconds(50));
            }
    }

    Json ask(const std::string& target) const {
        return Json::parse(Caller(world_.ports.front(), token_).get(target).body);
    }

    void reads() {
        begin(1);
        const auto lead = "/v1/leads/" + ask("/v1/leads?limit=1")["items"][0]["id"].get<std::string>();
        std::mutex mutex;
        std::vector<double> took;
        const auto before = usageOf(engines_.front()->process(), cluster_);
        const auto from = Steady::now();
        together(kReaders, [&](int) {
            Caller caller(world_.ports.front(), token_);
            std::vector<double> own;
            while (Steady::now() - from < kReading) own.push_back(caller.get(lead).milliseconds);
            const std::scoped_lock lock(mutex);
            took.insert(took.end(), own.begin(), own.end());
        });
        const auto span = std::chrono::duration<double>(Steady::now() - from).count();
        const auto after = usageOf(engines_.front()->process(), cluster_);
        auto figures = spread(took);
        figures["per_second"] = static_cast<double>(took.size()) / span;
        figures["engine_cpu_seconds_per_1000"] =
            (after.engine - before.engine) * 1000 / static_cast<double>(took.size());
        figures["database_cpu_seconds_per_1000"] =
            (after.database - before.database) * 1000 / static_cast<double>(took.size());
        tell("reads", std::move(figures));
    }

    void forms() {
        begin(1);
        vendors_.setDelay(kModelOfForms);
        Caller caller(world_.ports.front(), token_);
        const auto campaign = ask("/v1/campaigns")["items"][0]["id"].get<std::string>();
        const auto made = Json::parse(caller
                                          .post("/v1/forms", toText({{"campaign", campaign},
                                                                     {"name", "bench"},
                                                                     {"region", "US"},
                                                                     {"consent_text", "Call or text me."}}))
                                          .body);
        const auto target = "/v1/forms/" + made["id"].get<std::string>() + "/submit";
        const auto people = world_.strangers(kForms);
        const auto callsBefore = vendors_.modelCalls();
        std::vector<Steady::time_point> clicked;
        std::vector<double> answered, left;
        const auto from = Steady::now();
        for (std::size_t i = 0; i < people.size(); ++i) {
            std::this_thread::sleep_until(
                from + milliseconds(static_cast<int>(static_cast<double>(i) * 1000 / kFormsPerSecond)));
            clicked.push_back(Steady::now());
            answered.push_back(
                caller
                    .post(target, toText({{"first_name", "Ann"}, {"phone", people[i]}, {"consent", true}}),
                          "X-Forwarded-For: 198.51.100." + std::to_string(i % 250) + "\r\n")
                    .milliseconds);
        }
        for (std::size_t i = 0; i < people.size(); ++i) {
            const auto until = Steady::now() + seconds(30);
            while (!vendors_.sentTo(people[i])) {
                if (Steady::now() > until) throw Error("no touch left for " + people[i], world_.folder);
                std::this_thread::sleep_for(milliseconds(2));
            }
            left.push_back(
                std::chrono::duration<double, std::milli>(*vendors_.sentTo(people[i]) - clicked[i]).count());
        }
        auto figures = spread(left);
        figures["answered_p99_ms"] = quantile(answered, 0.99);
        figures["model_calls"] = vendors_.modelCalls() - callsBefore;
        figures["each_takes_ms"] = kModelOfForms.count();
        tell("form", std::move(figures));
        vendors_.setDelay(milliseconds(0));
    }

    void active() {
        begin(2);
        const Proxy proxy(world_.folder, world_.ports);
        waitFor(proxy.port());
        std::vector<std::string> targets{
            "/v1/me",         "/v1/leads",    "/v1/conversations", "/v1/conversations?state=held",
            "/v1/deliveries", "/v1/campaigns"};
        std::vector<std::string> ids;
        const auto page = ask("/v1/conversations?limit=50");
        for (const auto& one : page["items"]) {
            const auto id = one["id"].get<std::string>();
            ids.push_back(id);
            targets.push_back("/v1/conversations/" + id);
            targets.push_back("/v1/conversations/" + id + "/messages");
        }
        vendors_.setDelay(seconds(2));
        const double perSecond = options_.conversations / 60.0;
        std::atomic<bool> over = false;
        std::vector<double> took;
        std::thread reader([&] {
            Caller caller(proxy.port(), token_);
            const auto from = Steady::now();
            for (std::size_t i = 0; !over; ++i) {
                std::this_thread::sleep_until(
                    from + std::chrono::microseconds(static_cast<int>(i * 1e6 / kReadsPerSecond)));
                took.push_back(caller.get(targets[i % targets.size()]).milliseconds);
            }
        });
        std::vector<Written> written;
        std::string fault;
        const auto before = usageOf(engines_.front()->process(), cluster_);
        const auto other = usageOf(engines_.back()->process(), cluster_);
        try {
            written = load_.paced(perSecond, kActive);
        } catch (const std::exception& error) {
            fault = error.what();
        }
        const auto takes = fault.empty() ? takeovers(proxy.port(), ids) : std::vector<double>{};
        over = true;
        reader.join();
        if (!fault.empty()) throw Error(fault, world_.folder);
        const auto after = usageOf(engines_.front()->process(), cluster_);
        const auto waits = load_.waits(written, seconds(4));
        auto figures = spread(took);
        figures["conversations"] = options_.conversations;
        figures["turns"] = written.size();
        figures["turn_p50_ms_beside_the_model"] = quantile(waits, 0.5);
        figures["turn_p99_ms_beside_the_model"] = quantile(waits, 0.99);
        figures["engines_cpu_seconds"] = after.engine - before.engine +
                                         usageOf(engines_.back()->process(), cluster_).engine - other.engine;
        figures["database_cpu_seconds"] = after.database - before.database;
        figures["rss_mib_each"] = residentMiB(engines_.front()->process());
        tell("active", std::move(figures));
        tell("takeover", spread(takes));
        vendors_.setDelay(milliseconds(0));
    }

    /// A person takes a conversation and gives it back, again and again, while others read; how long each taking took.
    std::vector<double> takeovers(std::uint16_t port, const std::vector<std::string>& ids) const {
        constexpr std::size_t kTimes = 400;
        Caller caller(port, token_);
        std::vector<double> took;
        for (std::size_t i = 0; i < kTimes; ++i) {
            const auto one = "/v1/conversations/" + ids[i % ids.size()];
            took.push_back(caller.post(one + "/take", R"({"for":"30m"})").milliseconds);
            (void)caller.post(one + "/give-back", "{}");
        }
        return took;
    }

    static constexpr const char* kFirstNames[] = {"ann", "ash",  "ben", "carla", "dev",
                                                  "eli", "femi", "gra", "hugo",  "ines"};

    void lists() {
        {
            store::Database database({.url = world_.server.url(), .sessions = 1});
            auto tx = database.beginOwner();
            tx.script(readFile(OVERTURE_SOURCE_DIR "/tests/bench/lists.sql"), "lists.sql");
            tx.commit();
        }
        begin(1);
        token_ = keyOf("Large");
        Caller caller(world_.ports.front(), token_);
        auto random = world_.random("lists");
        const auto id = [&](int kind) {
            char text[40];
            std::snprintf(text, sizeof text, "01900000-0000-7000-800%d-%012llx", kind,
                          static_cast<unsigned long long>(1 + random.below(1000000)));
            return std::string(text);
        };
        const auto number = [&] { return std::to_string(1 + random.below(1000000)); };
        const auto measure = [&](const std::string& name, const auto& targetOf, bool isList = true) {
            std::vector<double> took;
            for (int i = 0; i < kPages; ++i) took.push_back(caller.get(targetOf()).milliseconds);
            auto figures = spread(took);
            figures["list"] = name;
            tell("lists", std::move(figures));
            if (isList) worst_ = std::max(worst_, quantile(took, 0.95));
        };
        const auto campaign = std::string("01900000-0000-7000-8001-00000000000a");
        measure("leads", [&] { return std::string("/v1/leads"); });
        measure("leads, a later page", [&] { return "/v1/leads?after=" + id(2); });
        measure("leads by phone", [&] {
            return "/v1/leads?who=%2B" + std::to_string(12000000000 + 1 + random.below(1000000));
        });
        measure("leads by email", [&] { return "/v1/leads?who=lead" + number() + "@mail.example"; });
        measure("leads by external id", [&] { return "/v1/leads?who=crm-" + number(); });
        measure("leads by the beginning of a first name",
                [&] { return std::string("/v1/leads?name=") + kFirstNames[random.below(10)]; });
        measure("leads by a name and a company", [&] {
            return "/v1/leads?name=name" + number().substr(0, 3) + "+" + kFirstNames[random.below(10)];
        });
        measure("leads by two names of which very many have one",
                [&] { return std::string("/v1/leads?name=compan+") + kFirstNames[random.below(10)]; });
        measure("leads by a name that nobody has",
                [&] { return std::string("/v1/leads?name=nobody+") + kFirstNames[random.below(10)]; });
        measure("one lead", [&] { return "/v1/leads/" + id(2); });
        measure("a lead's history", [&] { return "/v1/leads/" + id(2) + "/history"; });
        measure("conversations", [&] { return std::string("/v1/conversations"); });
        measure("conversations, a later page", [&] { return "/v1/conversations?after=" + id(3); });
        for (const auto* filter :
             {"state=held", "state=taken", "state=open", "state=closed", "stage=booking", "stage=none"})
            measure(std::string("conversations, ") + filter,
                    [&] { return std::string("/v1/conversations?") + filter; });
        measure("conversations of a campaign", [&] { return "/v1/conversations?campaign=" + campaign; });
        measure("conversations of a campaign, held",
                [&] { return "/v1/conversations?state=held&campaign=" + campaign; });
        measure("conversations of a campaign by stage",
                [&] { return "/v1/conversations?stage=booking&campaign=" + campaign; });
        measure("conversations of a lead", [&] { return "/v1/conversations?lead=" + id(2); });
        measure("messages of a conversation", [&] { return "/v1/conversations/" + id(3) + "/messages"; });
        measure("deliveries", [&] { return std::string("/v1/deliveries"); });
        for (const auto* state : {"failed", "delivered", "held", "unknown"})
            measure(std::string("deliveries, ") + state,
                    [&] { return std::string("/v1/deliveries?state=") + state; });
        measure("meetings", [&] { return std::string("/v1/meetings"); });
        for (const auto* state : {"booked", "cancelled"})
            measure(std::string("meetings, ") + state,
                    [&] { return std::string("/v1/meetings?state=") + state; });
        measure("holds", [&] { return std::string("/v1/holds"); });
        measure("campaigns", [&] { return std::string("/v1/campaigns"); });
        measure("one campaign with its progress", [&] { return "/v1/campaigns/" + campaign; });
        measure(
            "a campaign's report", [&] { return "/v1/campaigns/" + campaign + "/report"; }, false);
        measure("notifications", [&] { return std::string("/v1/notifications"); });
        measure("usage", [&] { return std::string("/v1/usage"); });
        measure("suppressions", [&] { return std::string("/v1/suppressions"); });
        measure("audit", [&] { return std::string("/v1/audit"); });
        tell("lists, the slowest", {{"p95_ms", worst_}});
    }

    Options options_;
    Vendors vendors_;
    chaos::World world_;
    Load load_;
    std::string cluster_, token_;
    std::vector<std::unique_ptr<chaos::EngineProcess>> engines_;
    double worst_ = 0;
};

}  // namespace
}  // namespace overture::bench

int main(int count, char** words) {
    const std::vector<std::string> all(words + 1, words + count);
    if (!all.empty() && (all[0] == "--help" || all[0] == "-h")) {
        std::cout << overture::bench::kHelp;
        return 0;
    }
    try {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        overture::bench::Bench(overture::bench::optionsOf(all)).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "service_bench: " << error.what() << "\n";
        return 2;
    }
}
