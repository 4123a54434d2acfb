#pragma once

#include <overture/entry.h>

#include <string>

#include "plugin/host.hpp"
#include "plugin/oauth2.hpp"

namespace overture::plugin {

/// The host table handed to a library (no secrets) or to one binding. Stays where it is: plugins keep its
/// address.
class HostTable {
public:
    HostTable(const Services& services, std::string plugin, Secrets secrets,
              std::shared_ptr<SecretKeeper> keeper = {});
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const overture_host_t* get() const { return &table_; }
    const Services& services() const { return services_; }
    const std::string& plugin() const { return plugin_; }
    const Secrets& secrets() const { return secrets_; }
    Tokens& tokens() { return tokens_; }

private:
    Services services_;
    std::string plugin_;
    Secrets secrets_;
    Tokens tokens_;
    overture_host_t table_;
};

}  // namespace overture::plugin
