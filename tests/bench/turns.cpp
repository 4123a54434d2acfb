// How fast the real binary works whole turns, beside what PostgreSQL alone can do: see kHelp.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "bench/floor.hpp"
#include "bench/load.hpp"
#include "bench/profile.hpp"
#include "bench/usage.hpp"
#include "chaos/process.hpp"
#include "store/database.hpp"

namespace overture::bench {
namespace {

constexpr const char* kHelp =
    "Usage: bench [--messages N] [--open N] [--flight N] [--neighbour N] [--workers N] [--only PART]... "
    "[--keep]\n\n"
    "Runs `overture serve` on a PostgreSQL of its own with default durability, against a model and a carrier "
    "that cost\n"
    "almost nothing, and prints one JSON line for each measurement and a table at the end:\n"
    "  capacity  whole turns a second with --open conversations at work at once, the model answering at "
    "once\n"
    "  statements  what PostgreSQL did for a turn, the dearest first\n"
    "  profile   which parts of the engine took its processor time for them, by perf where that is "
    "installed\n"
    "  half      half of that: the engine's own share of a turn, from the webhook's acknowledgement to the "
    "carrier's call\n"
    "  webhooks  1,000 statuses a second: until acknowledged\n"
    "  idle      the engine alone for ten seconds\n"
    "  flight    --flight turns at once while the model thinks for 15 seconds each time, so that all wait at "
    "once\n"
    "  fairness  a few turns a second, alone and beside another organization with --neighbour due mailboxes\n"
    "  floor     the same turn's statements without an engine, one turn a transaction and 32\n";

struct Options {
    int messages = 6000, open = 256, flight = 10000, workers = 256, neighbour = 100000;
    bool keep = false;
    std::set<std::string> only;  // empty: everything
};

Options optionsOf(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto number = [&] {
            if (++i == words.size()) throw Error(words[i - 1] + " needs a number", "options", kHelp);
            return std::stoi(words[i]);
        };
        if (words[i] == "--messages")
            options.messages = number();
        else if (words[i] == "--open")
            options.open = number();
        else if (words[i] == "--flight")
            options.flight = number();
        else if (words[i] == "--neighbour")
            options.neighbour = number();
        else if (words[i] == "--workers")
            options.workers = number();
        else if (words[i] == "--only" && i + 1 < words.size())
            options.only.insert(words[++i]);
        else if (words[i] == "--keep")
            options.keep = true;
        else
            throw Error("unknown option " + words[i], "options", kHelp);
    }
    return options;
}

double since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// Long enough for all to wait at once, short enough for the model's deadline.
constexpr auto kThinking = seconds(15);
constexpr double kQuietPerSecond = 10;
constexpr int kNeighbourPeople = 5000;  // as many made-up numbers as there are at any hour

class Bench {
public:
    explicit Bench(const Options& options)
        : options_(options), world_(planOf(options, vendors_)), load_(world_, vendors_) {
        cluster_ = world_.folder + "/data/postgres/cluster";
    }

    void run() {
        world_.server.restartWith("pg_stat_statements");
        begin(options_.workers);
        load_.closed(options_.messages / 4, options_.open);  // caches, plans, connections
        capacity();
        if (wanted("statements")) statements();
        if (wanted("profile")) profile();
        if (wanted("half")) half();
        if (wanted("webhooks")) webhooks();
        if (wanted("idle")) idle();
        if (wanted("flight") && options_.flight > 0) flight();
        if (wanted("fairness") && options_.neighbour > 0) fairness();
        engine_.reset();
        if (wanted("floor")) floor();
        if (options_.only.empty()) table();
    }

private:
    bool wanted(const std::string& part) const {
        return options_.only.empty() || options_.only.contains(part);
    }

    static chaos::Plan planOf(const Options& options, const Vendors& vendors) {
        chaos::Plan plan;
        plan.engines = 1;
        plan.conversations = std::max(options.open, options.flight);
        plan.lease = seconds(60);
        plan.keep = options.keep;
        plan.forNext = milliseconds(0);
        plan.modelUrl = vendors.url() + "/v1";
        plan.carrierUrl = vendors.url();
        return plan;
    }

    void begin(int workers) {
        engine_.reset();
        auto words = world_.engineWords(0);
        for (std::size_t i = 0; i + 1 < words.size(); ++i) {
            if (words[i] == "--workers") words[i + 1] = std::to_string(workers);
            if (words[i] == "--poll") words[i + 1] = "250";  // as it is without the option
        }
        engine_ = std::make_unique<chaos::EngineProcess>(words, world_.folder + "/engine.log");
        engine_->start("");
        auto random = world_.random("begin");
        for (int tries = 0; world_.post({{"MessageSid", "none"}, {"MessageStatus", "sent"}}, random) != 200;
             ++tries) {
            if (tries == 200) throw Error("the engine does not answer", world_.folder + "/engine.log");
            std::this_thread::sleep_for(milliseconds(50));
        }
    }

    void tell(const std::string& name, Json figures) {
        figures["measurement"] = name;
        std::cout << toText(figures) << "\n" << std::flush;
    }

    std::int64_t walPosition() {
        store::Database database({.url = world_.server.url(), .sessions = 1});
        auto tx = database.beginOwner();
        const auto position =
            tx.run({"bench/wal", "select (pg_current_wal_lsn() - '0/0')::bigint as n"})[0].integer("n");
        tx.commit();
        return position;
    }

    void capacity() {
        const auto wal = walPosition();
        const auto before = usageOf(engine_->process(), cluster_);
        const auto from = Steady::now();
        const auto written = load_.closed(options_.messages, options_.open);
        const auto took = since(from);
        const auto after = usageOf(engine_->process(), cluster_);
        const auto turns = static_cast<double>(written.size());
        turnsPerSecond_ = turns / took;
        cpuPerThousand_ = (after.all() - before.all()) / turns * 1000;
        engineCpu_ = (after.engine - before.engine) / turns * 1000;
        const auto waits = load_.waits(written, milliseconds(0));
        tell("capacity", {{"turns", written.size()},
                          {"turns_per_second", turnsPerSecond_},
                          {"cpu_seconds_per_1000", cpuPerThousand_},
                          {"engine_cpu_seconds_per_1000", engineCpu_},
                          {"database_cpu_seconds_per_1000", cpuPerThousand_ - engineCpu_},
                          {"p50_ms", quantile(waits, 0.5)},
                          {"p99_ms", quantile(waits, 0.99)},
                          {"open", options_.open},
                          {"rss_mib", residentMiB(engine_->process())},
                          {"wal_bytes_per_turn", static_cast<double>(walPosition() - wal) / turns}});
    }

    /// Where PostgreSQL's time for a turn goes.
    void statements() {
        store::Database database({.url = world_.server.url(), .sessions = 1});
        auto tx = database.beginOwner();
        tx.script("create extension if not exists pg_stat_statements; select pg_stat_statements_reset()",
                  "bench");
        tx.commit();
        const auto turns = static_cast<double>(load_.closed(options_.messages / 4, options_.open).size());
        auto after = database.beginOwner();
        const auto rows = after.run(
            {"bench/statements",
             "select regexp_replace(left(regexp_replace(query, '--[^\\n]*\\n', '', 'g'), 90), '\\s+', ' ', "
             "'g') as query, calls, rows, shared_blks_hit + shared_blks_read as blocks, wal_bytes::bigint "
             "as wal, total_exec_time as ms from pg_stat_statements where dbid = (select oid from "
             "pg_database where datname = current_database()) order by total_exec_time desc limit 30"});
        after.commit();
        for (const auto row : rows) {
            const auto perTurn = [&](const char* column) {
                return static_cast<double>(row.integer(column)) / turns;
            };
            tell("statement", {{"ms_per_turn", row.real("ms") / turns},
                               {"calls_per_turn", perTurn("calls")},
                               {"rows_per_turn", perTurn("rows")},
                               {"pages_per_turn", perTurn("blocks")},
                               {"wal_bytes_per_turn", perTurn("wal")},
                               {"query", row.text("query")}});
        }
    }

    /// Where the engine's goes.
    void profile() {
        const auto howLong = std::clamp(seconds(static_cast<int>(options_.messages / 3 / turnsPerSecond_)),
                                        seconds(2), seconds(20));
        Profile watched(engine_->process(), howLong, world_.folder);
        load_.closed(options_.messages / 2, options_.open);
        profile_ = watched.finish();
        for (const auto& [part, percent] : profile_)
            tell("profile", {{"part", part}, {"percent_of_the_engine", percent}});
    }

    void half() {
        const auto waits = load_.waits(load_.paced(turnsPerSecond_ / 2, seconds(10)), milliseconds(0));
        halfP99_ = quantile(waits, 0.99);
        tell("half", {{"turns_per_second", turnsPerSecond_ / 2},
                      {"turns", waits.size()},
                      {"p50_ms", quantile(waits, 0.5)},
                      {"p99_ms", halfP99_}});
    }

    void webhooks() {
        const auto from = Steady::now();
        const auto took = load_.statuses(1000, seconds(5));
        webhookP99_ = quantile(took, 0.99);
        tell("webhooks", {{"per_second", static_cast<double>(took.size()) / since(from)},
                          {"p50_ms", quantile(took, 0.5)},
                          {"p99_ms", webhookP99_}});
    }

    void idle() {
        std::this_thread::sleep_for(seconds(2));
        const auto before = usageOf(engine_->process(), cluster_);
        std::this_thread::sleep_for(seconds(10));
        const auto after = usageOf(engine_->process(), cluster_);
        idle_ = (after.engine - before.engine) * 10;
        tell("idle", {{"engine_percent_of_a_core", idle_},
                      {"database_percent_of_a_core", (after.database - before.database) * 10}});
    }

    void flight() {
        begin(options_.flight + 500);
        vendors_.setDelay(kThinking);
        const auto from = Steady::now();
        const auto written = load_.closed(options_.flight, options_.flight);
        const auto took = since(from);
        flightMiB_ = mostResidentMiB(engine_->process());
        inFlight_ = vendors_.mostWaiting();
        tell("flight", {{"turns", written.size()},
                        {"seconds", took},
                        {"model_calls_waiting_at_most", inFlight_},
                        {"rss_mib_at_most", flightMiB_}});
        vendors_.setDelay(milliseconds(0));
    }

    /// A quiet organization's waits, alone and beside one whose mailboxes are all due.
    void fairness() {
        begin(options_.workers);
        const auto quiet = [&] {
            return load_.waits(load_.paced(kQuietPerSecond, seconds(12)), milliseconds(0));
        };
        const auto alone = quiet();
        makeDue(world_.addNeighbour(kNeighbourPeople));
        const auto beside = quiet();
        fairness_ = quantile(beside, 0.99) / quantile(alone, 0.99);
        tell("fairness", {{"neighbours_due_mailboxes", options_.neighbour},
                          {"alone_p50_ms", quantile(alone, 0.5)},
                          {"alone_p99_ms", quantile(alone, 0.99)},
                          {"beside_p50_ms", quantile(beside, 0.5)},
                          {"beside_p99_ms", quantile(beside, 0.99)}});
    }

    /// As many campaigns of the neighbour's people as it takes, each conversation with a touch whose time has come.
    void makeDue(const OrganizationId& neighbour) {
        store::Database database({.url = world_.server.url(), .sessions = 1});
        auto tx = database.beginOwner();
        const auto own = "'" + neighbour.text() + "'";
        tx.script(
            "insert into campaigns select organization_id, gen_random_uuid(), name || n, version, channels, "
            "bindings, "
            "settings, state, starts_at, ends_at, created_at, inbound_stage, state_since from campaigns, "
            "generate_series(2, " +
                std::to_string((options_.neighbour + kNeighbourPeople - 1) / kNeighbourPeople) +
                ") n where organization_id = " + own +
                "; insert into conversations (organization_id, conversation_id, campaign_id, lead_id, "
                "version, stage, "
                "state, created_at, updated_at) select c.organization_id, gen_random_uuid(), k.campaign_id, "
                "c.lead_id, "
                "c.version, c.stage, 'open', now(), now() from conversations c join campaigns k on "
                "k.organization_id = "
                "c.organization_id and k.campaign_id <> c.campaign_id where c.organization_id = " +
                own + "; delete from events where organization_id = " + own +
                "; delete from mailboxes where organization_id = " + own +
                "; insert into events (organization_id, event_id, conversation_id, kind, due_at, "
                "received_at, dedupe_key, "
                "payload) select organization_id, gen_random_uuid(), conversation_id, 'touch', now(), now(), "
                "'touch:' || "
                "conversation_id, '{\"touch\": 0}' from conversations where organization_id = " +
                own +
                "; insert into mailboxes (organization_id, conversation_id, wake_at) select organization_id, "
                "conversation_id, now() from conversations where organization_id = " +
                own + ";",
            "bench");
        tx.commit();
    }

    void floor() {
        for (const int turns : {1, 32}) {
            const auto measured = measureFloor(world_.server.url(), cluster_, turns);
            floors_.push_back(measured.turnsPerSecond);
            tell("floor", {{"turns_a_transaction", turns},
                           {"turns_per_second", measured.turnsPerSecond},
                           {"cpu_seconds_per_1000", measured.cpuPerThousand}});
        }
    }

    void row(const char* what, double figure, const char* wanted) const {
        std::printf("  %-58s %10.2f   %s\n", what, figure, wanted);
    }

    void table() const {
        std::printf("\n  %-58s %10s   %s\n", "", "measured", "wanted");
        row("whole turns a second, model delay 0", turnsPerSecond_, ">= 3000");
        row("CPU seconds for 1,000 turns, engine and PostgreSQL", cpuPerThousand_, "<= 0.6");
        row("  of them the engine's", engineCpu_, "");
        row("engine's own share of a turn at half load, p99, ms", halfP99_, "<= 15");
        row("webhook acknowledged at 1,000 a second, p99, ms", webhookP99_, "<= 20");
        row("idle engine, percent of a core", idle_, "< 1");
        if (options_.flight > 0) {
            row("model calls waiting at once, at most", static_cast<double>(inFlight_), "");
            row("memory with those, MiB", flightMiB_, "< 1024");
        }
        if (options_.neighbour > 0)
            row("p99 beside a neighbour with a backlog / p99 alone", fairness_, "<= 2");
        row("PostgreSQL alone, one turn a transaction, turns a second", floors_[0], "");
        row("PostgreSQL alone, 32 turns a transaction, turns a second", floors_[1], "");
        row("turns a second / floor of one", turnsPerSecond_ / floors_[0], "");
        row("turns a second / floor of 32", turnsPerSecond_ / floors_[1], "");
        std::printf("\n  %s\n",
                    profile_.empty()
                        ? "No profile: perf is not installed (Debian's linux-perf), or may not look."
                        : "The engine's processor time for these turns, percent:");
        for (const auto& [part, percent] : profile_) row(part.c_str(), percent, "");
    }

    Options options_;
    Vendors vendors_;
    chaos::World world_;
    Load load_;
    std::string cluster_;
    std::unique_ptr<chaos::EngineProcess> engine_;
    double turnsPerSecond_ = 0, cpuPerThousand_ = 0, engineCpu_ = 0, halfP99_ = 0, webhookP99_ = 0, idle_ = 0,
           flightMiB_ = 0, fairness_ = 0;
    std::size_t inFlight_ = 0;
    std::vector<double> floors_;
    std::vector<Share> profile_;
};

/// Ten thousand turns at once hold as many connections.
void raiseLimits() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace
}  // namespace overture::bench

int main(int count, char** words) {
    const std::vector<std::string> all(words + 1, words + count);
    if (!all.empty() && (all[0] == "--help" || all[0] == "-h")) {
        std::cout << overture::bench::kHelp;
        return 0;
    }
    try {
        overture::bench::raiseLimits();
        overture::bench::Bench(overture::bench::optionsOf(all)).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench: " << error.what() << "\n";
        return 2;
    }
}
