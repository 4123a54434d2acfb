#include "store/connection.hpp"

#include <Poco/Data/PostgreSQL/SessionHandle.h>
#include <Poco/Data/PostgreSQL/Utility.h>
#include <libpq-events.h>
#include <sys/socket.h>

#include <memory>

#include "base/text.hpp"

namespace overture::store {

// Poco 1.11 never frees a PGconn that has lost its server: its destructor looks only after connected ones, and offers no
// way to take the pointer back. An explicit instantiation may name a private member, so the pointer is cleared through one.
template <PGconn* Poco::Data::PostgreSQL::SessionHandle::*Member>
struct PointerInside {
    friend PGconn*& pointerInside(Poco::Data::PostgreSQL::SessionHandle& handle) { return handle.*Member; }
};
PGconn*& pointerInside(Poco::Data::PostgreSQL::SessionHandle& handle);
template struct PointerInside<&Poco::Data::PostgreSQL::SessionHandle::_pConnection>;

namespace {

/// Lives and dies with the PGconn, so names prepared on a lost connection are never believed on its successor.
struct Memory {
    std::unordered_map<std::string, std::string> prepared;  // SQL text → statement name
};

int onConnectionEvent(PGEventId event, void* info, void*) {
    if (event == PGEVT_CONNDESTROY) {
        auto* const connection = static_cast<PGEventConnDestroy*>(info)->conn;
        delete static_cast<Memory*>(PQinstanceData(connection, onConnectionEvent));
    } else if (event == PGEVT_CONNRESET) {
        auto* const connection = static_cast<PGEventConnReset*>(info)->conn;
        static_cast<Memory*>(PQinstanceData(connection, onConnectionEvent))->prepared.clear();
    }
    return 1;
}

std::string remedyFor(Failure failure) {
    switch (failure) {
        case Failure::unavailable: return "Check that the database is running and reachable, then try again";
        case Failure::conflict: return "Try again";
        case Failure::full: return "Free disk space or memory on the database server, then try again";
        case Failure::constraint:
        case Failure::defect: break;
    }
    return {};
}

std::string oneLine(const char* text) {
    std::string line(trim(text == nullptr ? "" : text));
    return replaceAll(replaceAll(std::move(line), "\n\t", " "), "\n", " ");
}

void appendCopyField(std::string& line, const std::optional<std::string>& field) {
    if (!field) {
        line += "\\N";
        return;
    }
    for (const char c : *field) switch (c) {
            case '\\': line += "\\\\"; break;
            case '\t': line += "\\t"; break;
            case '\n': line += "\\n"; break;
            case '\r': line += "\\r"; break;
            default: line += c;
        }
}

/// More than this at once could fill both sides' buffers before anybody reads.
constexpr std::size_t kMostQueued = 64;

std::vector<const char*> valuesOf(const Query& query, const std::vector<Param>& params) {
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const auto& param : params) {
        const auto& text = param.text();
        if (text && text->find('\0') != std::string::npos)
            throw DatabaseError(
                Failure::defect, "22021", {},
                {"parameter $" + std::to_string(values.size() + 1) + " holds a zero byte", query.name, {}});
        values.push_back(text ? text->c_str() : nullptr);
    }
    return values;
}

Rows rowsOf(PGresult* result, const std::shared_ptr<const Opening>& opening) {
    return Rows(std::shared_ptr<void>(result, [](void* r) { PQclear(static_cast<PGresult*>(r)); }), opening);
}

}  // namespace

Failure failureOf(std::string_view state) {
    const auto classIs = [&](std::string_view name) { return state.starts_with(name); };
    if (state == "53300" || state == "57014" || classIs("08") || classIs("57P") || classIs("28") ||
        state == "3D000")
        return Failure::unavailable;
    if (classIs("40") || state == "55P03") return Failure::conflict;
    if (classIs("23")) return Failure::constraint;
    if (classIs("53") || state == "58030") return Failure::full;
    return Failure::defect;
}

DatabaseError::DatabaseError(Failure failure, std::string sqlState, std::string constraint, Problem problem)
    : Error(std::move(problem)),
      failure_(failure),
      sqlState_(std::move(sqlState)),
      constraint_(std::move(constraint)) {}

Gate::Place::~Place() {
    if (gate_ == nullptr) return;
    {
        const std::lock_guard lock(gate_->mutex_);
        ++gate_->free_;
    }
    gate_->changed_.notify_one();
}

Gate::Place Gate::enter(seconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return free_ > 0; }))
        throw DatabaseError(Failure::unavailable, "53300", {},
                            {"all " + std::to_string(places_) + " database sessions have been busy for " +
                                 std::to_string(patience.count()) + " seconds",
                             "database pool", "Allow more sessions, or find what holds them"});
    --free_;
    return Place(*this);
}

Connection::Connection(Poco::Data::Session session)
    : session_(std::move(session)), pg_(*Poco::Data::PostgreSQL::Utility::handle(session_)) {}

Connection::~Connection() {
    if (!broken() && PQtransactionStatus(pg_) == PQTRANS_IDLE) return;
    PQfinish(std::exchange(pointerInside(*Poco::Data::PostgreSQL::Utility::handle(session_)), nullptr));
}

bool Connection::fresh() const {
    return PQinstanceData(pg_, onConnectionEvent) == nullptr;
}

bool Connection::broken() const {
    return spoiled_ || PQstatus(pg_) != CONNECTION_OK;
}

bool Connection::alive() {
    if (broken()) return false;
    char byte = 0;
    const auto waiting = [&] { return ::recv(PQsocket(pg_), &byte, 1, MSG_PEEK | MSG_DONTWAIT); };
    auto bytes = waiting();
    if (bytes > 0) {  // a notice, or the server's farewell
        spoiled_ = PQconsumeInput(pg_) == 0;
        bytes = waiting();
    }
    if (bytes == 0) spoiled_ = true;
    return !broken();
}

void Connection::settle(bool durable) {
    script(std::string("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; "
                       "set client_encoding = 'UTF8'; set client_min_messages = 'warning'; "
                       "set plan_cache_mode = 'force_generic_plan'; set random_page_cost = 1.1; set "
                       "enable_mergejoin = off") +
               (durable ? "" : "; set synchronous_commit = 'off'"),
           "new session");
    auto memory = std::make_unique<Memory>();
    if (PQregisterEventProc(pg_, onConnectionEvent, "overture", nullptr) == 0 ||
        PQsetInstanceData(pg_, onConnectionEvent, memory.get()) == 0)
        throw Error("out of memory", "new session");
    memory.release();
}

Rows Connection::script(const std::string& sql, std::string_view where) {
    flush();
    return checked(PQexec(pg_, sql.c_str()), where);
}

const std::string& Connection::prepared(const Query& query) {
    auto& known = static_cast<Memory*>(PQinstanceData(pg_, onConnectionEvent))->prepared;
    const auto found = known.find(query.sql);
    if (found != known.end()) return found->second;
    const auto name = "q" + std::to_string(known.size());
    checked(PQprepare(pg_, name.c_str(), query.sql, 0, nullptr), query.name);
    return known.emplace(query.sql, name).first->second;
}

void Connection::queue(const Query& query, const std::vector<Param>& params) {
    valuesOf(query, params);
    if (queued_.size() >= kMostQueued) flush();
    Queued queued{query.name, &prepared(query), {}};
    for (const auto& param : params) queued.values.push_back(param.text());
    if (opening_ != nullptr && opening_->keeping->seals(opening_->organization))
        opening_->keeping->seal(opening_->organization, query, queued.values);
    queued_.push_back(std::move(queued));
}

std::vector<Rows> Connection::flush() {
    if (queued_.empty()) return {};
    bool sent = PQenterPipelineMode(pg_) == 1;
    std::vector<const char*> values;
    for (const auto& queued : queued_) {
        values.clear();
        for (const auto& value : queued.values) values.push_back(value ? value->c_str() : nullptr);
        sent = sent && PQsendQueryPrepared(pg_, queued.name->c_str(), static_cast<int>(values.size()),
                                           values.data(), nullptr, nullptr, 0) == 1;
    }
    sent = sent && PQpipelineSync(pg_) == 1;
    if (!sent) {
        spoiled_ = true;
        fail(nullptr, queued_.front().query);
    }
    return readPipeline();
}

/// One result per statement and an end mark behind each, then the mark of the pipeline's end. After the first that failed
/// the rest are only marked as not run.
std::vector<Rows> Connection::readPipeline() {
    const auto queued = std::move(queued_);
    queued_.clear();
    std::vector<Rows> results;
    results.reserve(queued.size());
    PGresult* failed = nullptr;
    const char* failedQuery = queued.front().query;
    for (const auto& statement : queued) {
        PGresult* const result = PQgetResult(pg_);
        const auto status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            results.push_back(rowsOf(result, opening_));
        } else if (status == PGRES_PIPELINE_ABORTED || failed != nullptr) {
            PQclear(result);
        } else {
            failed = result;
            failedQuery = statement.query;
            if (result == nullptr) break;
        }
        while (PGresult* more = PQgetResult(pg_)) PQclear(more);
    }
    PQclear(PQgetResult(pg_));
    const bool ended = PQexitPipelineMode(pg_) == 1;
    if (!ended || PQstatus(pg_) != CONNECTION_OK) spoiled_ = true;
    if (failed != nullptr || spoiled_) fail(failed, failedQuery);
    return results;
}

void Connection::copyIn(const std::string& command,
                        std::span<const std::vector<std::optional<std::string>>> rows) {
    PGresult* const started = PQexec(pg_, command.c_str());
    if (PQresultStatus(started) != PGRES_COPY_IN) fail(started, command);
    PQclear(started);
    std::string buffer;
    const auto flush = [&] {
        return PQputCopyData(pg_, buffer.data(), static_cast<int>(buffer.size())) == 1;
    };
    bool sent = true;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) buffer += '\t';
            appendCopyField(buffer, row[i]);
        }
        buffer += '\n';
        if (buffer.size() < 1 << 16) continue;
        sent = sent && flush();
        buffer.clear();
    }
    sent = sent && flush() && PQputCopyEnd(pg_, nullptr) == 1;
    PGresult* const result = PQgetResult(pg_);
    if (!sent || PQresultStatus(result) != PGRES_COMMAND_OK) {
        while (PGresult* more = PQgetResult(pg_)) PQclear(more);
        fail(result, command);
    }
    PQclear(result);
    while (PGresult* more = PQgetResult(pg_)) PQclear(more);
}

Rows Connection::checked(PGresult* result, std::string_view where) {
    const auto status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        fail(result, where);
    return rowsOf(result, opening_);
}

void Connection::fail(PGresult* result, std::string_view where) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> owned(result, &PQclear);
    const auto field = [&](int which) {
        const char* const text = result == nullptr ? nullptr : PQresultErrorField(result, which);
        return std::string(text == nullptr ? "" : text);
    };
    auto state = field(PG_DIAG_SQLSTATE);
    auto what = field(PG_DIAG_MESSAGE_PRIMARY);
    if (state.empty()) state = PQstatus(pg_) == CONNECTION_OK ? "XX000" : "08006";
    if (what.empty()) what = oneLine(PQerrorMessage(pg_));
    // A plan made before a migration changed a column's type: this session's prepared names are of no more use.
    if (state == "0A000" && what.find("cached plan") != std::string::npos) spoiled_ = true;
    const auto failure = failureOf(state);
    throw DatabaseError(failure, state, field(PG_DIAG_CONSTRAINT_NAME),
                        {"PostgreSQL says: " + what, std::string(where), remedyFor(failure)});
}

}  // namespace overture::store
