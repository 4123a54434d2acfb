#include "bench/usage.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace overture::bench {
namespace {

/// utime and stime; with `ended`, those of waited-for children as well.
double cpuOf(pid_t process, bool ended) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto name = text.rfind(')');
    if (name == std::string::npos) return 0;
    std::istringstream fields(text.substr(name + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0, childUser = 0, childSystem = 0;
    fields >> user >> system >> childUser >> childSystem;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return (user + system + (ended ? childUser + childSystem : 0)) / ticks;
}

double statusMiB(pid_t process, const std::string& name) {
    std::ifstream file("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1)) / 1024;
    return 0;
}

}  // namespace

Usage usageOf(pid_t engine, const std::string& cluster) {
    Usage usage{cpuOf(engine, false), 0};
    std::ifstream file(cluster + "/postmaster.pid");
    pid_t postmaster = 0;
    file >> postmaster;
    usage.database = cpuOf(postmaster, true);
    const auto number = std::to_string(postmaster);
    std::ifstream children("/proc/" + number + "/task/" + number + "/children");
    for (pid_t child = 0; children >> child;) usage.database += cpuOf(child, false);
    return usage;
}

double residentMiB(pid_t process) {
    return statusMiB(process, "VmRSS");
}

double mostResidentMiB(pid_t process) {
    return statusMiB(process, "VmHWM");
}

}  // namespace overture::bench
