// Inside store: the private cluster's folders, files and rights, before any server runs on them.
#pragma once

#include <optional>
#include <string>

#include "store/process.hpp"

namespace overture::store {

/// Where a private cluster's parts are.
struct ClusterPlace {
    std::string directory;  ///< the engine's folder for it, canonical
    std::string data;       ///< PostgreSQL's data directory, canonical
    std::string log;
    std::string socket;  ///< folder of the unix socket
    RunAs who;           ///< who the server runs as
};

/// Makes what is missing of the folders and finds who the server runs as. Throws Error with what to do.
ClusterPlace placeFor(const std::string& directory, bool throwaway);
/// The same for a cluster that is there already, changing nothing.
std::optional<ClusterPlace> existingPlace(const std::string& directory);

/// Makes an empty folder that the server's user owns and nobody else may enter.
void makePrivateFolder(const std::string& path, const RunAs& who);
/// Gives `path` to the server's user when we are root.
void giveTo(const std::string& path, const RunAs& who);

/// Takes `directory`/engine.lock; the file descriptor, or -1 when another engine holds it.
int takeEngineLock(const std::string& directory);
/// The process id written into the lock by its holder; empty when unreadable.
std::string engineLockHolder(const std::string& directory);

/// The process id of a server running on `place.data`; 0 when none is. Not fooled by a stale pid file whose number
/// now belongs to something else.
int runningServer(const ClusterPlace& place);
/// True while any process (a server's left-over child) works in the data directory.
bool anybodyInside(const ClusterPlace& place);

}  // namespace overture::store
