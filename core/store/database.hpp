// Room store: PostgreSQL and nothing else: pool, transactions, named queries, migrations, the private cluster.
// Poco::Data::SessionPool owns every connection; named queries run prepared through libpq on the same sessions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/keeping.hpp"
#include "store/query.hpp"

namespace overture::store {

/// The world's failures, told apart by SQLSTATE class. Our own mistakes (syntax, types) are `defect`.
enum class Failure { unavailable, conflict, constraint, full, defect };

/// A statement or connection that failed. `problem().where` is the query's name.
class DatabaseError : public Error {
public:
    DatabaseError(Failure failure, std::string sqlState, std::string constraint, Problem problem);
    Failure failure() const { return failure_; }
    const std::string& sqlState() const { return sqlState_; }
    /// Name of the violated constraint, if any.
    const std::string& constraint() const { return constraint_; }

private:
    Failure failure_;
    std::string sqlState_;
    std::string constraint_;
};

/// One parameter in text form. Built implicitly from what queries take.
class Param {
public:
    Param(std::nullptr_t) {}
    Param(std::nullopt_t) {}
    Param(const char* text) : text_(text) {}
    Param(std::string text) : text_(std::move(text)) {}
    Param(std::string_view text) : text_(std::string(text)) {}
    Param(bool value) : text_(value ? "t" : "f") {}
    Param(int value) : text_(std::to_string(value)) {}
    Param(std::int64_t value) : text_(std::to_string(value)) {}
    Param(std::uint64_t value) : text_(std::to_string(value)) {}
    Param(double value);
    Param(Instant at);
    Param(const Json& value);
    Param(const Uuid& value) : text_(value.text()) {}
    template <typename Tag>
    Param(const Id<Tag>& id) : text_(id.text()) {}
    template <typename T>
    Param(const std::optional<T>& value) {
        if (value) *this = Param(*value);
    }
    /// A PostgreSQL array of any element type.
    static Param array(const std::vector<std::string>& elements);
    /// The same, where an empty optional is SQL NULL.
    static Param array(const std::vector<std::optional<std::string>>& elements);
    static Param bytes(std::string_view raw);

    const std::optional<std::string>& text() const { return text_; }

private:
    std::optional<std::string> text_;
};

/// One row of a result; valid while its Rows lives. Columns are asked for by name; an unknown name throws Error.
class Row {
public:
    bool isNull(const char* column) const;
    std::string text(const char* column) const;  ///< "" for NULL
    std::optional<std::string> maybe(const char* column) const;
    std::int64_t integer(const char* column) const;  ///< 0 for NULL
    double real(const char* column) const;
    bool boolean(const char* column) const;
    Instant instant(const char* column) const;
    std::optional<Instant> maybeInstant(const char* column) const;
    Json json(const char* column) const;  ///< null for NULL
    std::string bytes(const char* column) const;
    Uuid uuid(const char* column) const;
    template <typename T>
    T id(const char* column) const {
        return T(uuid(column));
    }
    std::vector<std::string> array(const char* column) const;  ///< text[]; empty for NULL

private:
    friend class Rows;
    Row(const class Rows& rows, int index) : rows_(rows), index_(index) {}
    std::string kept(const char* column) const;  ///< as it stands in the database
    const class Rows& rows_;
    int index_;
};

/// By what the rows of an organization's transaction are opened.
struct Opening {
    std::shared_ptr<const Keeping> keeping;
    OrganizationId organization;
};

class Rows {
public:
    /// A PGresult; only store makes these.
    explicit Rows(std::shared_ptr<void> result, std::shared_ptr<const Opening> opening = nullptr);
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    Row operator[](std::size_t index) const { return Row(*this, static_cast<int>(index)); }
    /// Rows changed by INSERT, UPDATE or DELETE.
    std::size_t affected() const;
    /// The command's name: "COMMIT", "ROLLBACK", "INSERT 0 1".
    std::string command() const;

    class Iterator {
    public:
        Iterator(const Rows& rows, std::size_t at) : rows_(rows), at_(at) {}
        Row operator*() const { return rows_[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return at_ != other.at_; }

    private:
        const Rows& rows_;
        std::size_t at_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

private:
    friend class Row;
    std::string opened(std::string text) const;
    std::shared_ptr<void> result_;
    mutable int lastColumn_ = 0;  ///< asked for
    std::shared_ptr<const Opening> opening_;
};

/// A named query with its parameters, for several in one round trip.
struct Statement {
    const Query& query;
    std::vector<Param> params;
};

/// Rows to be written as a set: each column becomes one array parameter for `unnest`, after the parameters that all rows
/// share. A row has the columns in order.
class RowSet {
public:
    explicit RowSet(std::vector<Param> shared) : shared_(std::move(shared)) {}
    void add(const std::vector<Param>& row);
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    std::vector<Param> params() const;

private:
    std::vector<Param> shared_;
    std::vector<std::string> columns_;  // array literals without their closing brace
    std::size_t size_ = 0;
};

class Connection;

/// One transaction on one pooled session, as one organization (row-level security holds it there) or, for the few
/// SECURITY DEFINER functions that cross organizations, as none. Rolled back unless committed. One thread.
class Transaction {
public:
    ~Transaction();
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    /// Runs a named query, prepared once per session. Throws DatabaseError. A text parameter holding a zero byte or
    /// bytes that are not UTF-8 is a `defect`: PostgreSQL cannot keep it, so clean what strangers sent before.
    Rows run(const Query& query, const std::vector<Param>& params = {});
    /// Several in one round trip; their results in order.
    std::vector<Rows> runAll(const std::vector<Statement>& statements);
    /// Several and then the commit, in one round trip; their results in order. Throws as commit().
    std::vector<Rows> finish(const std::vector<Statement>& statements);
    /// A write whose result nobody needs: sent together with the next run or the commit, which throw if it fails.
    void queue(const Query& query, const std::vector<Param>& params);
    /// Streams rows with COPY … FROM STDIN. `table` may carry a column list: "leads (organization_id, …)".
    /// Each row is its columns in order. Throws DatabaseError; then nothing of it is kept.
    void copyIn(std::string_view table, const std::vector<std::vector<std::optional<std::string>>>& rows);
    /// Runs `body`; when it throws a DatabaseError of a constraint, only its own work is undone and false returned.
    template <typename Body>
    bool attempt(Body body) {
        savepoint();
        try {
            body();
        } catch (const DatabaseError& error) {
            rollbackToSavepoint();
            if (error.failure() != Failure::constraint) throw;
            return false;
        } catch (...) {
            rollbackToSavepoint();
            throw;
        }
        releaseSavepoint();
        return true;
    }
    /// Opens what a statement without an organization has read of this one.
    void open(const OrganizationId& organization, Json& document) const;
    /// Throws DatabaseError; one that is `unavailable` leaves open whether the work was kept.
    void commit();
    /// Several statements without parameters: what a migration is made of. `name` is the place named in errors.
    void script(const std::string& sql, const std::string& name);

private:
    friend class Database;
    explicit Transaction(std::unique_ptr<Connection> connection);
    std::vector<Rows> end();
    void savepoint();
    void rollbackToSavepoint() noexcept;
    void releaseSavepoint();
    std::unique_ptr<Connection> connection_;
};

struct DatabaseOptions {
    std::string url;    ///< postgresql://… or a libpq keyword string; no spaces inside values
    int sessions = 16;  ///< largest pool size
    seconds connectTimeout{5};
    bool durable = true;  ///< false: synchronous_commit off, for rehearsals whose data is thrown away
};

/// A pool of sessions to one PostgreSQL database. Any thread.
class Database {
public:
    /// Connects once to prove it works. Throws DatabaseError{unavailable} naming host and database (never a password).
    explicit Database(const DatabaseOptions& options);
    ~Database();

    /// A transaction in which only this organization's rows exist. It begins at the server with its first statement, in the
    /// same round trip. Waits for a free session; after 30 s without one it throws DatabaseError{unavailable}. A thread that
    /// holds a transaction should not begin another.
    Transaction begin(const OrganizationId& organization);
    /// The same, for what may be lost with the database server's last moments and is then found out and done again:
    /// the commit does not wait for the disk.
    Transaction beginRelaxed(const OrganizationId& organization);
    /// A transaction that belongs to no organization: sees no tenant rows, may call the definer functions.
    Transaction beginShared();
    /// A transaction as the owner of the schema, past row-level security: migrations and `overture db` only.
    Transaction beginOwner();

    /// For reads that must not sit in a transaction block longer than one statement: begin, run, commit.
    Rows run(const OrganizationId& organization, const Query& query, const std::vector<Param>& params = {});

    /// From now on transactions of an organization seal and open by it. Before any other thread has this.
    void keepBy(std::shared_ptr<Keeping> keeping);

    const std::string& name() const;  ///< host and database for messages, without secrets

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::store
