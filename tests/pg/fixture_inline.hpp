// The fixture's insides; included by fixture.hpp, since each test program is one source file.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/digest.hpp"
#include "store/migrations.hpp"

namespace overture::testing {

namespace detail {

inline const store::Query kDatabases{"test/databases",
                                     "select datname from pg_database where datname like 'test\\_%'"};
inline const store::Query kHasDatabase{"test/has_database", "select 1 from pg_database where datname = $1"};
inline const store::Query kAddOrganization{
    "test/add_organization",
    "insert into organizations (organization_id, name, created_at) values ($1::uuid, $2, $3::timestamptz)"};

inline std::string folder() {
    return std::string(OVERTURE_BUILD_DIR) + "/pg";
}

inline int openLock(const char* name) {
    std::filesystem::create_directories(folder());
    return open((folder() + "/" + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

inline std::string templateName() {
    std::string all;
    for (const auto& migration : store::ownMigrations()) all += migration.checksum;
    return "migrated_" + toHex(sha256(all)).substr(0, 12);
}

inline std::unique_ptr<store::PrivateCluster> startCluster() {
    try {
        return store::PrivateCluster::start(folder(), true);
    } catch (const Error&) {
        std::filesystem::remove_all(folder() +
                                    "/cluster");  // left unusable by a machine that lost power: made anew
        return store::PrivateCluster::start(folder(), true);
    }
}

}  // namespace detail

inline Postgres& Postgres::shared() {
    static Postgres postgres;
    return postgres;
}

inline Postgres::Postgres() : setup_(detail::openLock("setup.lock")), users_(detail::openLock("users.lock")) {
    flock(setup_, LOCK_EX);
    cluster_ = detail::startCluster();
    template_ = detail::templateName();
    store::Database admin({.url = cluster_->urlOf("postgres"), .sessions = 1});
    if (admin.beginOwner().run(detail::kHasDatabase, {template_}).empty()) {
        {
            store::Database fresh({.url = cluster_->freshDatabase("migrating"), .sessions = 2});
            store::migrate(fresh);
        }
        auto tx = admin.beginOwner();
        tx.script("alter database migrating rename to " + template_, "rename template");
        tx.commit();
    }
    sweep();
    flock(users_, LOCK_SH);
    cluster_->leaveRunning();
    flock(setup_, LOCK_UN);
}

inline Postgres::~Postgres() {
    flock(setup_, LOCK_EX);
    for (int i = 1; i <= count_; ++i)
        cluster_->dropDatabase("test_" + std::to_string(getpid()) + "_" + std::to_string(i));
    flock(users_, LOCK_UN);
    if (flock(users_, LOCK_EX | LOCK_NB) == 0)
        cluster_ = detail::startCluster();  // adopts it, and so stops it
    cluster_.reset();
    close(users_);
    close(setup_);
}

/// Databases of test programs that were killed.
inline void Postgres::sweep() {
    store::Database admin({.url = cluster_->urlOf("postgres"), .sessions = 1});
    std::vector<std::string> names;
    for (const auto row : admin.beginOwner().run(detail::kDatabases)) names.push_back(row.text("datname"));
    for (const auto& name : names)
        if (kill(std::atoi(name.c_str() + 5), 0) != 0 && errno == ESRCH) cluster_->dropDatabase(name);
}

inline std::string Postgres::nextName() {
    return "test_" + std::to_string(getpid()) + "_" + std::to_string(++count_);
}

inline std::string Postgres::freshDatabase() {
    return cluster_->freshDatabase(nextName(), template_);
}

inline std::string Postgres::emptyDatabase() {
    return cluster_->freshDatabase(nextName());
}

inline void Postgres::drop(const std::string& url) {
    const auto from = url.find("@/") + 2;
    cluster_->dropDatabase(url.substr(from, url.find('?') - from));
}

inline std::unique_ptr<store::Database> Postgres::freshPool(int sessions) {
    return std::make_unique<store::Database>(
        store::DatabaseOptions{.url = freshDatabase(), .sessions = sessions});
}

inline Instant tuesday() {
    return std::chrono::sys_days(std::chrono::year(2026) / 3 / 3) + hours(17);
}

inline OrganizationId addOrganization(store::Database& database, const std::string& name) {
    const OrganizationId organization(uuid7(tuesday(), name));
    auto tx = database.begin(organization);
    tx.run(detail::kAddOrganization, {organization, name, tuesday()});
    tx.commit();
    return organization;
}

}  // namespace overture::testing
