#pragma once

#include <memory>
#include <string>

namespace overture::store {

/// A PostgreSQL of our own under a data directory, made with the installed server's programs: unix socket only, no
/// TCP. As root it runs as the `postgres` user. Started with the engine and stopped with it; after kill -9 the next
/// start finds the server still running (and adopts it) or recovers it.
class PrivateCluster {
public:
    /// Makes the cluster when `directory` holds none, starts it, and creates database "overture".
    /// `throwaway` turns off fsync: for rehearsals and tests whose data is deleted afterwards.
    /// Throws Error with what to do (server not installed, directory not writable, disk full, other owner).
    static std::unique_ptr<PrivateCluster> start(const std::string& directory, bool throwaway = false);
    ~PrivateCluster();  ///< stops the server (fast shutdown)

    const std::string& url() const { return url_; }
    /// Another empty database on the same server, dropped first if it exists. For tests. Returns its URL.
    std::string freshDatabase(const std::string& name);

private:
    PrivateCluster() = default;
    std::string directory_;
    std::string socketDirectory_;
    std::string url_;
};

}  // namespace overture::store
