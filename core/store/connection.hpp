// Inside store: one pooled session while somebody holds it, spoken to through libpq.
#pragma once

#include <libpq-fe.h>

#include <Poco/Data/Session.h>

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.hpp"

namespace overture::store {

/// Counts the sessions in use, so that a thread waits for one instead of failing. Any thread.
class Gate {
public:
    explicit Gate(int places) : free_(places), places_(places) {}

    /// One place; given back when destroyed.
    class Place {
    public:
        explicit Place(Gate& gate) : gate_(&gate) {}
        Place(Place&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Place& operator=(Place&&) = delete;
        ~Place();

    private:
        Gate* gate_;
    };

    /// Throws DatabaseError{unavailable} when none is free within `patience`.
    Place enter(seconds patience);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
    int places_;
};

/// A pooled session in somebody's hands. One thread. When it is left broken or inside a transaction it is closed
/// instead of going back to the pool.
class Connection {
public:
    explicit Connection(Poco::Data::Session session);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// True until settle() has been called on the PostgreSQL connection underneath.
    bool fresh() const;
    /// Sets what every session of ours relies on (UTC, ISO dates) and prepares the memory of prepared names.
    void settle(bool durable);
    bool broken() const;
    /// False when the server has closed this idle session: looks at the socket, without a round trip.
    bool alive();
    void keep(Gate::Place place) { place_.emplace(std::move(place)); }
    /// Whose values these are from here on; nothing of nobody.
    void openBy(std::shared_ptr<const Opening> opening) { opening_ = std::move(opening); }
    const Opening* opening() const { return opening_.get(); }

    /// Statements without parameters in one round trip; the last one's result.
    Rows script(const std::string& sql, std::string_view where);
    /// Kept back until the next flush or script, and sent with it: one round trip for all of them.
    void queue(const Query& query, const std::vector<Param>& params);
    void forgetQueued() { queued_.clear(); }
    /// Whether the server is inside a transaction of ours.
    bool begun() const { return PQtransactionStatus(pg_) != PQTRANS_IDLE; }
    /// Sends what is queued in one round trip; the results in order.
    std::vector<Rows> flush();
    void copyIn(const std::string& command, std::span<const std::vector<std::optional<std::string>>> rows);

private:
    struct Queued {
        const char* query;
        const std::string* name;
        std::vector<std::optional<std::string>> values;
    };

    const std::string& prepared(const Query& query);
    std::vector<Rows> readPipeline();
    Rows checked(PGresult* result, std::string_view where);
    [[noreturn]] void fail(PGresult* result, std::string_view where);

    std::optional<Gate::Place> place_;  // given back after the session, so declared before it
    Poco::Data::Session session_;
    PGconn* pg_;
    bool spoiled_ = false;
    std::shared_ptr<const Opening> opening_;
    std::vector<Queued> queued_;
};

/// Reads SQLSTATE as architecture.md's law of errors wants it.
Failure failureOf(std::string_view sqlState);

}  // namespace overture::store
