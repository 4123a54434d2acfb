#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace overture::store {

/// A PostgreSQL of our own under a data directory, made with the installed server's programs: unix socket only, no
/// TCP. As root it runs as the owner of the cluster found there, a new one as user `postgres`. Started with the engine
/// and stopped with it; after kill -9 the next start finds the server still running (and adopts it) or recovers it.
/// One engine at a time owns it; commands may join meanwhile. One thread.
///
/// The directory holds `cluster/` (PostgreSQL's own), `postgres.log` and `engine.lock`; the socket lies in
/// /tmp/overture-<hash of the directory>/, which only the server's user and root may enter.
class PrivateCluster {
public:
    /// Makes the cluster when `directory` holds none, starts it, and creates database "overture".
    /// `throwaway` turns off fsync: for rehearsals and tests whose data is deleted afterwards. Where root starts a
    /// throwaway in a folder that `postgres` cannot reach (below /root), the cluster itself is put into /var/tmp and
    /// `cluster` becomes a link to it.
    /// Throws Error with what to do (server not installed or of another version, directory not writable or not
    /// reachable, disk full, another engine at work there).
    static std::unique_ptr<PrivateCluster> start(const std::string& directory, bool throwaway = false);
    /// The cluster of an engine that is running there now, for commands beside it; nothing when none is.
    /// It is not stopped by its destructor.
    static std::unique_ptr<PrivateCluster> join(const std::string& directory);
    ~PrivateCluster();  ///< stops the server (fast shutdown)
    PrivateCluster(const PrivateCluster&) = delete;
    PrivateCluster& operator=(const PrivateCluster&) = delete;

    const std::string& url() const { return url_; }
    /// Why the server broke down since this start, as its log tells it, and what to do; nothing when it did not.
    std::optional<Problem> breakdown() const;
    /// Another database on the same server, dropped first if it exists: empty, or a copy of `original`, to which
    /// nobody may be connected. For tests. Returns its URL.
    std::string freshDatabase(const std::string& name, const std::string& original = "template1");
    void dropDatabase(const std::string& name);
    std::string urlOf(const std::string& database) const;

    /// The server stays up when this object goes, and others may own it meanwhile: the next start() adopts it.
    void leaveRunning();
    /// Stops the server and deletes everything of it. For throwaways.
    void discard();

private:
    PrivateCluster() = default;
    void stop();

    std::string directory_;
    std::string socketDirectory_;
    std::string url_;
    std::string programs_;        ///< folder of pg_ctl and its like
    std::uintmax_t logFrom_ = 0;  ///< how long the log was before this start
    int lock_ = -1;               ///< held while this engine owns the cluster
    bool stops_ = true;
};

}  // namespace overture::store
