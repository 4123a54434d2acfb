#include "store/cluster.hpp"

#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/cluster_files.hpp"
#include "store/server_programs.hpp"

namespace overture::store {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 120s;  // for recovery after a crash
constexpr const char* kWhere = "private PostgreSQL";

const char* const kSettings =
    R"(# Written by overture at each start; own settings belong into postgresql.conf above the include.
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
jit = off
autovacuum_naptime = 5s
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
)";

const char* const kThrowawaySettings = R"(fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
checkpoint_timeout = 30min
)";

std::string after(const std::string& line, const char* mark) {
    const auto at = line.find(mark);
    return at == std::string::npos ? ""
                                   : std::string(trim(std::string_view(line).substr(at + std::strlen(mark))));
}

/// The line of PostgreSQL's output that says most.
std::string tellingLine(const std::string& output) {
    std::string last, firstNote;
    for (const auto& line : split(output, '\n')) {
        if (firstNote.empty()) firstNote = after(line, "LOG:");
        for (const char* const mark : {"PANIC:", "FATAL:", "error:", "ERROR:"})
            if (auto text = after(line, mark); !text.empty())
                return text.ends_with("contains errors") && !firstNote.empty() ? firstNote : text;
        if (!trim(line).empty()) last = trim(line);
    }
    return last;
}

std::string remedyFor(const std::string& output, const ClusterPlace& place) {
    if (output.find("Permission denied") != std::string::npos)
        return "Make it writable for user \"" + place.who.name +
               "\", or choose another directory with --data";
    if (output.find("No space left on device") != std::string::npos)
        return "The disk is full: free some space";
    return "Look into " + place.log;
}

[[noreturn]] void fail(const std::string& what, const std::string& output, const ClusterPlace& place) {
    const auto line = tellingLine(output);
    throw Error(what + (line.empty() ? "" : ": " + line), place.directory, remedyFor(output, place));
}

void makeCluster(const ClusterPlace& place, const std::string& programs, bool throwaway) {
    const auto fresh = place.data + ".new";  // renamed when whole, so that a kill leaves nothing half-made
    makePrivateFolder(fresh, place.who);
    std::vector<std::string> words{programs + "/initdb", "--pgdata=" + fresh,  "--username=overture",
                                   "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8",
                                   "--locale=C.UTF-8",   "--no-instructions"};
    if (throwaway) words.push_back("--no-sync");
    const auto made = runProgram(words, place.who);
    if (made.status != 0) fail("the database files cannot be made", made.output, place);
    std::ofstream(fresh + "/postgresql.conf", std::ios::app) << "\ninclude_if_exists = 'overture.conf'\n";
    fs::rename(fresh, place.data);
}

int majorOfData(const ClusterPlace& place) {
    const auto text = readFile(place.data + "/PG_VERSION");
    int major = 0;
    std::from_chars(text.data(), text.data() + text.size(), major);
    return major;
}

void writeSettings(const ClusterPlace& place, bool throwaway) {
    const auto path = place.data + "/overture.conf";
    writeFile(path, std::string(kSettings) + "unix_socket_directories = '" + place.socket + "'\n" +
                        (throwaway ? kThrowawaySettings : ""));
    giveTo(path, place.who);
}

/// Left over by a server that was killed, whose number may belong to another program by now.
void clearStaleFiles(const ClusterPlace& place) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (anybodyInside(place)) {
        if (std::chrono::steady_clock::now() > until)
            throw Error("processes of a killed PostgreSQL server are still at work here", place.data,
                        "End them");
        std::this_thread::sleep_for(20ms);
    }
    fs::remove(place.data + "/postmaster.pid");
    fs::remove(place.socket + "/.s.PGSQL.5432");
    fs::remove(place.socket + "/.s.PGSQL.5432.lock");
}

std::string newLines(const std::string& path, std::uintmax_t from) {
    const auto text = readFile(path);
    return text.size() > from ? text.substr(from) : text;
}

void startServer(const ClusterPlace& place, const std::string& programs, const std::string& url) {
    clearStaleFiles(place);
    std::ofstream(place.log, std::ios::app).flush();
    giveTo(place.log, place.who);
    const auto before = fs::file_size(place.log);
    const auto server = startProgram({programs + "/postgres", "-D", place.data}, place.who, place.log);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (PQping(url.c_str()) != PQPING_OK) {
        if (reaped(server, false)) fail("PostgreSQL does not start", newLines(place.log, before), place);
        if (std::chrono::steady_clock::now() > until) {
            kill(server, SIGQUIT);
            reaped(server, true);
            fail("PostgreSQL is not ready after two minutes", newLines(place.log, before), place);
        }
        std::this_thread::sleep_for(10ms);
    }
}

void waitUntilReady(const std::string& url, const ClusterPlace& place) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (PQping(url.c_str()) != PQPING_OK) {
        if (std::chrono::steady_clock::now() > until)
            throw Error("the running PostgreSQL server does not answer", place.directory,
                        "Look into " + place.log);
        std::this_thread::sleep_for(10ms);
    }
}

void ignoreNotice(void*, const char*) {}

/// One statement as the cluster's owner; the first value it gives, or "".
std::string administer(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), &PQfinish);
    PQsetNoticeProcessor(connection.get(), ignoreNotice, nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                               &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw Error(tellingLine(PQerrorMessage(connection.get())), kWhere);
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

std::string quoted(const std::string& name) {
    return '"' + replaceAll(name, "\"", "\"\"") + '"';
}

}  // namespace

std::unique_ptr<PrivateCluster> PrivateCluster::start(const std::string& directory, bool throwaway) {
    const auto place = placeFor(directory, throwaway);
    std::unique_ptr<PrivateCluster> cluster(new PrivateCluster);
    cluster->stops_ = false;
    cluster->directory_ = place.directory;
    cluster->socketDirectory_ = place.socket;
    cluster->url_ = cluster->urlOf("overture");
    cluster->lock_ = takeEngineLock(place.directory);
    if (cluster->lock_ < 0)
        throw Error("another overture (process " + engineLockHolder(place.directory) +
                        ") is using this data directory",
                    place.directory, "Stop it, or choose another directory with --data");

    const bool exists = fs::exists(place.data + "/PG_VERSION");
    cluster->programs_ = serverPrograms(exists ? std::optional(majorOfData(place)) : std::nullopt);
    if (!exists) makeCluster(place, cluster->programs_, throwaway);
    writeSettings(place, throwaway);
    const auto admin = cluster->urlOf("postgres");
    if (fs::exists(place.log)) cluster->logFrom_ = fs::file_size(place.log);
    if (runningServer(place) == 0) startServer(place, cluster->programs_, admin);
    cluster->stops_ = true;
    waitUntilReady(admin, place);
    if (administer(admin, "select 1 from pg_database where datname = 'overture'").empty())
        administer(admin, "create database overture");
    return cluster;
}

std::unique_ptr<PrivateCluster> PrivateCluster::join(const std::string& directory) {
    const auto place = existingPlace(directory);
    if (!place) return nullptr;
    const int lock = takeEngineLock(place->directory);
    if (lock >= 0) {
        close(lock);
        return nullptr;
    }
    std::unique_ptr<PrivateCluster> cluster(new PrivateCluster);
    cluster->stops_ = false;
    cluster->directory_ = place->directory;
    cluster->socketDirectory_ = place->socket;
    cluster->url_ = cluster->urlOf("overture");
    waitUntilReady(cluster->url_, *place);
    return cluster;
}

std::optional<Problem> PrivateCluster::breakdown() const {
    const auto place = existingPlace(directory_);
    if (!place || !fs::exists(place->log)) return std::nullopt;
    for (const auto& line : split(newLines(place->log, logFrom_), '\n'))
        if (const auto why = after(line, "PANIC:"); !why.empty())
            return Problem{"PostgreSQL broke down: " + why, place->directory, remedyFor(why, *place)};
    return std::nullopt;
}

PrivateCluster::~PrivateCluster() {
    try {
        stop();
    } catch (const std::exception& error) {
        log::error("private_cluster_stop", {{"problem", error.what()}});
    }
    if (lock_ >= 0) close(lock_);
}

void PrivateCluster::leaveRunning() {
    stops_ = false;
    if (const int lock = std::exchange(lock_, -1); lock >= 0) close(lock);
}

void PrivateCluster::stop() {
    if (!std::exchange(stops_, false)) return;
    const auto place = existingPlace(directory_);
    if (!place) return;
    const auto stopWith = [&](const char* mode) {
        return runProgram({programs_ + "/pg_ctl", "stop", "--wait", "--silent", std::string("--mode=") + mode,
                           "--timeout=60", "--pgdata=" + place->data},
                          place->who)
            .status;
    };
    if (const int server = runningServer(*place); server != 0) {
        if (stopWith("fast") != 0) stopWith("immediate");
        reaped(server, true);  // at once when it is not our child
    }
    fs::remove(socketDirectory_);
}

void PrivateCluster::discard() {
    stop();
    const auto place = existingPlace(directory_);
    if (!place) return;
    fs::remove_all(place->data);
    fs::remove(directory_ + "/cluster");
    fs::remove(place->log);
    fs::remove(directory_ + "/engine.lock");
    if (place->data != directory_ + "/cluster") fs::remove(fs::path(place->data).parent_path());
}

std::string PrivateCluster::urlOf(const std::string& database) const {
    return "postgresql://overture@/" + database + "?host=" + socketDirectory_;
}

std::string PrivateCluster::freshDatabase(const std::string& name, const std::string& original) {
    dropDatabase(name);
    administer(urlOf("postgres"), "create database " + quoted(name) + " template " + quoted(original));
    return urlOf(name);
}

void PrivateCluster::dropDatabase(const std::string& name) {
    administer(urlOf("postgres"), "drop database if exists " + quoted(name) + " with (force)");
}

}  // namespace overture::store
