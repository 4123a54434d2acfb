// What stands sealed in the database, hooked into every statement: who writes hands in plain values, who reads gets them back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "store/query.hpp"

namespace overture::store {

using Values = std::vector<std::optional<std::string>>;

/// How every sealed text begins; a text that only begins so, and was sealed by nobody here, is what it says.
constexpr std::string_view kSealedMark = "sealed:1:";

/// Any thread.
class Keeping {
public:
    virtual ~Keeping() = default;
    /// Called before a transaction begins, by a thread that holds none.
    virtual void look() = 0;
    virtual bool seals(const OrganizationId& organization) const = 0;
    /// Seals the parameters that the statement's `-- sealed: $7 messages.text[]` names.
    virtual void seal(const OrganizationId& organization, const Query& query, Values& values) const = 0;
    /// The same of rows for COPY.
    virtual void sealRow(const OrganizationId& organization, const std::string& table,
                         const std::vector<std::string>& columns, Values& row) const = 0;
    /// As it was before it was sealed; what was not is as it is. Throws Error when its key is not here.
    virtual std::string opened(const OrganizationId& organization, std::string text) const = 0;
    virtual void open(const OrganizationId& organization, Json& document) const = 0;
};

/// The elements of a PostgreSQL array of one dimension; NULL is none. Throws Error naming `place`.
Values elementsOf(std::string_view array, const char* place);
std::string arrayOf(const Values& elements);
/// "\\x00ff" → bytes.
std::string bytesOf(std::string_view hex, const char* place);

}  // namespace overture::store
