#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/text.hpp"
#include "store/cluster.hpp"
#include "store/database.hpp"

namespace overture::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Cluster : ::testing::Test {
    /// Not below the build folder: where that is root's own, PostgreSQL may not go.
    std::string folder =
        (fs::temp_directory_path() / ("overture-test-" + std::to_string(::getpid()) + "-" +
                                      ::testing::UnitTest::GetInstance()->current_test_info()->name()))
            .string();

    Cluster() { clear(); }
    ~Cluster() override { clear(); }

    void clear() {
        if (fs::exists(folder + "/cluster/PG_VERSION")) PrivateCluster::start(folder, true)->discard();
        fs::remove_all(folder);
    }
    int serverProcess() const {
        std::ifstream file(folder + "/cluster/postmaster.pid");
        int process = 0;
        file >> process;
        return process;
    }
    static std::string complaint(const std::string& directory, bool throwaway = true) {
        try {
            PrivateCluster::start(directory, throwaway);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
    /// Through libpq alone, because it is also used after a fork, where a pool's threads are missing.
    static void write(const PrivateCluster& cluster, const std::string& sql) {
        PGconn* const connection = PQconnectdb(cluster.url().c_str());
        PGresult* const result = PQexec(connection, sql.c_str());
        EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
        PQclear(result);
        PQfinish(connection);
    }
    static std::int64_t count(const PrivateCluster& cluster) {
        Database database({.url = cluster.url(), .sessions = 1});
        return database.beginOwner().run({"test/count", "select count(*) as n from notes"})[0].integer("n");
    }
    /// Runs `body` in a process of its own; it ends by killing itself as hard as can be.
    template <typename Body>
    static void inKilledProcess(Body body) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            try {
                body();
            } catch (const std::exception& error) {
                std::cerr << error.what() << "\n";
            }
            _exit(1);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
            << "the body failed before it was killed";
    }
};

TEST_F(Cluster, StartsStopsAndKeepsItsData) {
    {
        const auto cluster = PrivateCluster::start(folder, true);
        write(*cluster, "create table notes (n integer); insert into notes values (1)");
        EXPECT_LT(cluster->url().size(), 100U);
        EXPECT_NE(getsid(serverProcess()), getsid(0)) << "a Ctrl-C would reach the server";
    }
    EXPECT_EQ(serverProcess(), 0);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was left behind";
    EXPECT_EQ(count(*PrivateCluster::start(folder, true)), 1);
}

TEST_F(Cluster, ADurableOneSyncsAndAThrowawayDoesNot) {
    const auto setting = [](const PrivateCluster& cluster) {
        Database database({.url = cluster.url(), .sessions = 1});
        return database.beginOwner()
            .run({"test/fsync",
                  "select current_setting('fsync') as fsync, "
                  "current_setting('listen_addresses') as listen"})[0]
            .text("fsync");
    };
    EXPECT_EQ(setting(*PrivateCluster::start(folder)), "on");
    EXPECT_EQ(setting(*PrivateCluster::start(folder, true)), "off");
}

TEST_F(Cluster, AnEngineThatWasKilledLeavesAServerToAdopt) {
    inKilledProcess([&] {
        const auto cluster = PrivateCluster::start(folder, true);
        write(*cluster, "create table notes (n integer); insert into notes values (1)");
        raise(SIGKILL);
    });
    const int server = serverProcess();
    ASSERT_GT(server, 0);
    {
        const auto cluster = PrivateCluster::start(folder, true);
        EXPECT_EQ(serverProcess(), server);
        EXPECT_EQ(count(*cluster), 1);
    }
    EXPECT_EQ(serverProcess(), 0) << "the adopted server was not stopped";
}

TEST_F(Cluster, AServerThatWasKilledIsRecovered) {
    inKilledProcess([&] {
        const auto cluster = PrivateCluster::start(folder);
        write(*cluster, "create table notes (n integer); insert into notes values (1), (2)");
        kill(serverProcess(), SIGKILL);
        raise(SIGKILL);
    });
    EXPECT_EQ(count(*PrivateCluster::start(folder)), 2);
}

TEST_F(Cluster, AStalePidFileWhoseNumberIsSomebodyElsesIsNoObstacle) {
    PrivateCluster::start(folder, true);
    std::ofstream(folder + "/cluster/postmaster.pid") << getpid() << "\n"
                                                      << folder << "/cluster\n1700000000\n5432\n\n\n";
    EXPECT_NE(PrivateCluster::start(folder, true), nullptr);
}

TEST_F(Cluster, AHalfMadeClusterIsMadeAnew) {
    fs::create_directories(folder + "/cluster.new/base");
    EXPECT_NE(PrivateCluster::start(folder, true), nullptr);
}

TEST_F(Cluster, TwoEnginesOnOneDirectoryAreToldSoAndCommandsMayJoin) {
    EXPECT_EQ(PrivateCluster::join(folder), nullptr);
    {
        const auto cluster = PrivateCluster::start(folder, true);
        EXPECT_THAT(complaint(folder),
                    HasSubstr("another overture (process " + std::to_string(getpid()) + ")"));
        write(*cluster, "create table notes (n integer)");
        const auto joined = PrivateCluster::join(folder);
        ASSERT_NE(joined, nullptr);
        EXPECT_EQ(count(*joined), 0);
    }
    EXPECT_EQ(PrivateCluster::join(folder), nullptr) << "nobody runs there any more";
}

TEST_F(Cluster, FreshDatabasesAreEmptyOrCopies) {
    const auto cluster = PrivateCluster::start(folder, true);
    write(*cluster, "create table notes (n integer); insert into notes values (7)");
    const auto tables = [](const std::string& url) {
        Database database({.url = url, .sessions = 1});
        return database.beginOwner()
            .run({"test/tables", "select 1 from pg_tables where tablename = 'notes'"})
            .size();
    };
    EXPECT_EQ(tables(cluster->freshDatabase("copy", "overture")), 1U);
    EXPECT_EQ(tables(cluster->freshDatabase("copy")), 0U);
}

TEST_F(Cluster, AnUnusableDirectoryGivesOneSentence) {
    EXPECT_THAT(complaint("/dev/null/data"),
                ::testing::AllOf(HasSubstr("/dev/null/data"), HasSubstr("--data")));
}

TEST_F(Cluster, DataOfAnotherVersionGivesOneSentence) {
    PrivateCluster::start(folder, true);
    std::ofstream(folder + "/cluster/PG_VERSION") << "12\n";
    EXPECT_THAT(complaint(folder),
                ::testing::AllOf(HasSubstr("written by PostgreSQL 12"), HasSubstr("postgresql-12")));
    fs::remove_all(folder);
}

TEST_F(Cluster, ASettingThatPostgresRefusesIsShown) {
    PrivateCluster::start(folder, true);
    std::ofstream(folder + "/cluster/postgresql.conf", std::ios::app) << "work_mem = 'plenty'\n";
    EXPECT_THAT(complaint(folder), ::testing::AllOf(HasSubstr("does not start"), HasSubstr("work_mem"),
                                                    HasSubstr("postgres.log")));
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was left behind";
    fs::remove_all(folder);
}

TEST_F(Cluster, AsRootAFolderThatPostgresMayNotEnterIsNamed) {
    if (geteuid() != 0) GTEST_SKIP() << "only root runs the server as somebody else";
    fs::create_directories(folder + "/closed");
    chmod((folder + "/closed").c_str(), 0700);
    EXPECT_THAT(complaint(folder + "/closed/data", false),
                ::testing::AllOf(HasSubstr("may not enter " + fs::canonical(folder).string() + "/closed"),
                                 HasSubstr("chmod")));
    const auto throwaway = PrivateCluster::start(folder + "/closed/data", true);
    write(*throwaway, "create table notes (n integer)");
    const auto elsewhere = fs::read_symlink(folder + "/closed/data/cluster");
    EXPECT_TRUE(fs::exists(elsewhere));
    throwaway->discard();
    EXPECT_FALSE(fs::exists(elsewhere));
    EXPECT_FALSE(fs::exists(elsewhere.parent_path()));
}

TEST_F(Cluster, AFullDiskIsSaidAndNothingHalfMadeIsLeft) {
    fs::create_directories(folder);
    if (mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=12m,mode=755") != 0)
        GTEST_SKIP() << "needs the right to mount";
    const auto said = complaint(folder);
    const bool left = fs::exists(folder + "/cluster");
    umount2(folder.c_str(), MNT_DETACH);
    EXPECT_THAT(said, HasSubstr("disk is full"));
    EXPECT_FALSE(left);
}

TEST_F(Cluster, WhyTheServerBrokeDownIsToldFromItsLog) {
    const auto cluster = PrivateCluster::start(folder, true);
    EXPECT_FALSE(cluster->breakdown());
    std::ofstream(folder + "/postgres.log", std::ios::app)
        << "2026-01-05 10:00:00 UTC [7] PANIC:  could not write to file \"pg_wal/xlogtemp.7\": No space left "
           "on device\n";
    const auto breakdown = cluster->breakdown();
    ASSERT_TRUE(breakdown);
    EXPECT_THAT(breakdown->what, HasSubstr("broke down: could not write to file"));
    EXPECT_THAT(breakdown->remedy, HasSubstr("disk is full"));
}

}  // namespace
}  // namespace overture::store
