#include <algorithm>

#include "base/text.hpp"
#include "store/connection.hpp"

namespace overture::store {
namespace {

constexpr Query kCommit{"commit", "commit"};
constexpr std::size_t kCopiedTogether = 8192;  // rows that a session's temporary buffers hold

/// "leads (a, b)" → the table and its column list, "*" without one.
std::pair<std::string, std::string> tableAndColumns(std::string_view table) {
    const auto open = table.find('(');
    if (open == std::string_view::npos) return {std::string(table), "*"};
    return {std::string(table.substr(0, open)),
            std::string(table.substr(open + 1, table.rfind(')') - open - 1))};
}

}  // namespace

Transaction::Transaction(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Transaction::Transaction(Transaction&&) noexcept = default;

Transaction::~Transaction() {
    if (!connection_ || connection_->broken()) return;
    connection_->forgetQueued();
    if (!connection_->begun()) return;
    try {
        connection_->script("rollback", "rollback");
    } catch (const DatabaseError&) {
        connection_.reset();  // closed instead of pooled; the server undoes what a lost session left
    }
}

Rows Transaction::run(const Query& query, const std::vector<Param>& params) {
    connection_->queue(query, params);
    return connection_->flush().back();
}

std::vector<Rows> Transaction::runAll(const std::vector<Statement>& statements) {
    for (const auto& statement : statements) connection_->queue(statement.query, statement.params);
    auto results = connection_->flush();
    results.erase(results.begin(), results.end() - static_cast<std::ptrdiff_t>(statements.size()));
    return results;
}

std::vector<Rows> Transaction::finish(const std::vector<Statement>& statements) {
    for (const auto& statement : statements) connection_->queue(statement.query, statement.params);
    auto results = end();
    results.pop_back();
    results.erase(results.begin(), results.end() - static_cast<std::ptrdiff_t>(statements.size()));
    return results;
}

void Transaction::queue(const Query& query, const std::vector<Param>& params) {
    connection_->queue(query, params);
}

void Transaction::script(const std::string& sql, const std::string& name) {
    connection_->script(sql, name);
}

void Transaction::copyIn(std::string_view table,
                         const std::vector<std::vector<std::optional<std::string>>>& rows) {
    // PostgreSQL refuses COPY straight into a table under row-level security; a temporary one takes it, and the
    // INSERT from there is checked like any other.
    const auto [name, columns] = tableAndColumns(table);
    const auto where = "copy into " + name;
    connection_->script("create temporary table overture_copy on commit drop as select " + columns +
                            " from " + name + " with no data",
                        where);
    const auto list = columns == "*" ? std::string() : " (" + columns + ")";
    const auto* const opening = connection_->opening();
    const bool seals = opening != nullptr && opening->keeping->seals(opening->organization);
    std::vector<Values> sealed;
    if (seals) {
        const auto tableName = std::string(trim(name));
        std::vector<std::string> names;
        for (const auto& column : split(columns, ',')) names.emplace_back(trim(column));
        sealed = rows;
        for (auto& row : sealed) opening->keeping->sealRow(opening->organization, tableName, names, row);
    }
    const std::span all(seals ? sealed : rows);
    for (std::size_t from = 0; from < rows.size(); from += kCopiedTogether) {
        connection_->copyIn("copy overture_copy from stdin",
                            all.subspan(from, std::min(kCopiedTogether, rows.size() - from)));
        connection_->script(
            "insert into " + name + list + " select * from overture_copy; truncate overture_copy", where);
    }
    connection_->script("drop table overture_copy", where);
}

void Transaction::open(const OrganizationId& organization, Json& document) const {
    if (const auto* opening = connection_->opening()) opening->keeping->open(organization, document);
}

void Transaction::commit() {
    end();
}

std::vector<Rows> Transaction::end() {
    connection_->queue(kCommit, {});
    auto results = connection_->flush();
    connection_.reset();
    if (results.back().command() != "COMMIT")
        throw DatabaseError(Failure::defect, "25P02", {},
                            {"a statement had failed, so nothing of the transaction was kept", "commit", {}});
    return results;
}

void Transaction::savepoint() {
    connection_->script("savepoint attempt", "savepoint");
}

void Transaction::rollbackToSavepoint() noexcept {
    if (connection_->broken()) return;
    connection_->forgetQueued();
    try {
        connection_->script("rollback to savepoint attempt; release savepoint attempt", "savepoint");
    } catch (const DatabaseError&) {
        return;  // only a lost connection ends up here, and the transaction's next statement says so
    }
}

void Transaction::releaseSavepoint() {
    connection_->script("release savepoint attempt", "savepoint");
}

}  // namespace overture::store
