// A PostgreSQL of its own, fully durable, apart from the engines so that it can be killed by itself.
#pragma once

#include <memory>
#include <string>

#include "base/random.hpp"
#include "store/cluster.hpp"

namespace overture::chaos {

class Server {
public:
    explicit Server(std::string directory);
    const std::string& url() const { return url_; }
    /// Starts it again, properly, with one of PostgreSQL's own libraries loaded.
    void restartWith(const std::string& library);
    /// SIGKILLs the postmaster, or one or all of its processes, and brings it up again.
    void killAndRestart(Random& random);

private:
    std::string directory_;
    std::unique_ptr<store::PrivateCluster> cluster_;
    std::string url_;
};

}  // namespace overture::chaos
