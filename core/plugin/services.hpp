#pragma once

#include <overture/entry.h>

#include <chrono>
#include <string>

#include "plugin/host.hpp"

namespace overture::plugin {

/// The host table handed to a library (no secrets) or to one binding. Stays where it is: plugins keep its
/// address.
class HostTable {
public:
    HostTable(const Services& services, std::string plugin, Secrets secrets);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const overture_host_t* get() const { return &table_; }
    const Services& services() const { return services_; }
    const std::string& plugin() const { return plugin_; }
    const Secrets& secrets() const { return secrets_; }

private:
    Services services_;
    std::string plugin_;
    Secrets secrets_;
    overture_host_t table_;
};

/// While it lives, HTTP that a plugin asks for on this thread ends with the call it is part of.
class CallDeadline {
public:
    explicit CallDeadline(milliseconds deadline);
    ~CallDeadline();
    CallDeadline(const CallDeadline&) = delete;
    CallDeadline& operator=(const CallDeadline&) = delete;
    std::chrono::nanoseconds spent() const;

private:
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point before_;
};

}  // namespace overture::plugin
