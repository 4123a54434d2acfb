// Inside tenant: what people said, and who they are, sealed at rest for organizations that want it (decision 43).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/database.hpp"
#include "tenant/vault.hpp"

namespace overture::tenant {

/// Seals and opens what kSealedColumns names, on its way into the database and out of it, for organizations whose setting
/// `sealed` is true. A changed setting holds within kNoticed. Any thread.
class Sealing : public store::Keeping {
public:
    static constexpr seconds kNoticed{5};

    /// `vault` is opened when the first text is to be sealed or opened. The database must outlive this.
    Sealing(store::Database& database, std::function<Vault()> vault, seconds noticed = kNoticed);

    void look() override;
    bool seals(const OrganizationId& organization) const override;
    void seal(const OrganizationId& organization, const store::Query& query,
              store::Values& values) const override;
    void sealRow(const OrganizationId& organization, const std::string& table,
                 const std::vector<std::string>& columns, store::Values& row) const override;
    std::string opened(const OrganizationId& organization, std::string text) const override;
    void open(const OrganizationId& organization, Json& document) const override;

private:
    const Vault& vault() const;

    store::Database& database_;
    const std::function<Vault()> open_;
    const seconds noticed_;
    mutable std::mutex mutex_, looking_;
    mutable std::unique_ptr<const Vault> vault_;
    std::shared_ptr<const std::set<OrganizationId>> sealed_;
    std::optional<std::chrono::steady_clock::time_point> looked_;
};

/// What of a statement is sealed, as its `-- sealed: $7 messages.text[]` says. Throws Error for a column that is none of ours.
struct SealedParameter {
    std::size_t place = 0;  ///< from 0
    std::string column;     ///< "messages.text"
    bool array = false;
};
std::vector<SealedParameter> sealedParametersOf(const store::Query& query);

struct SealedRows {
    std::int64_t changed = 0;
    std::vector<std::string> shut;  ///< "messages 0199…": none of the keys opens what it holds
};
/// Brings what stands there to what the setting says: sealed with the newest key, or open. Engines may go on meanwhile; said
/// again, it does what is left. Takes a look at every row of kSealedColumns' tables.
SealedRows sealRows(store::Database& database, const Vault& vault, const OrganizationId& organization,
                    bool sealed);

}  // namespace overture::tenant
