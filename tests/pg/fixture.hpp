// A real PostgreSQL for tests: one throwaway cluster per build folder, shared by every test program that runs at the
// time, stopped by the last one. Each test takes a database of its own, already migrated.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/ids.hpp"
#include "store/cluster.hpp"
#include "store/database.hpp"

namespace overture::testing {

class Postgres {
public:
    /// Starts or joins the cluster at first use. One per process.
    static Postgres& shared();

    /// An already migrated database of one's own, a few milliseconds. Lives until the process ends.
    std::string freshDatabase();
    /// The same, with nothing in it at all.
    std::string emptyDatabase();
    /// Takes a database away under everybody's feet.
    void drop(const std::string& url);
    /// A pool on freshDatabase().
    std::unique_ptr<store::Database> freshPool(int sessions = 8);

    ~Postgres();

private:
    Postgres();
    std::string nextName();
    void sweep();
    std::unique_ptr<store::PrivateCluster> cluster_;
    std::string template_;
    int setup_ = -1;  // taken while starting and stopping
    int users_ = -1;  // shared by everyone who uses the cluster
    int count_ = 0;
};

/// Inserts an organization, the way a test wants one to exist.
OrganizationId addOrganization(store::Database& database, const std::string& name = "Sunrise Solar");

/// 2026-03-03 17:00:00 UTC, a Tuesday: where virtual time starts in tests.
Instant tuesday();

}  // namespace overture::testing

#include "pg/fixture_inline.hpp"
