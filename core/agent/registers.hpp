#pragma once

#include <string>

#include "agent/parts.hpp"

namespace overture::agent {

/// Do-not-contact registries that a plugin answers for. Any thread.
class Registers {
public:
    virtual ~Registers() = default;
    /// {"listed", "as_of"}; or {"failed": why, "again": whether it may answer later}. Throws only when the database does.
    virtual Json ask(const OrganizationId& organization, const std::string& registry,
                     const std::string& number, Instant now) = 0;
};

/// Through the organization's binding for the registry. An answer is kept in the database before it is returned.
class StoredRegisters final : public Registers {
public:
    StoredRegisters(store::Database& database, Instances& instances,
                    milliseconds deadline = milliseconds(10000))
        : database_(database), instances_(instances), deadline_(deadline) {}
    Json ask(const OrganizationId& organization, const std::string& registry, const std::string& number,
             Instant now) override;

private:
    store::Database& database_;
    Instances& instances_;
    milliseconds deadline_;
};

}  // namespace overture::agent
