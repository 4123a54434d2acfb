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
    HostTable(const Services& services, std::string plugin, Secrets secrets, const Terms& terms = {});
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const overture_host_t* get() const { return &table_; }
    const Services& services() const { return services_; }
    const std::string& plugin() const { return plugin_; }
    const Secrets& secrets() const { return secrets_; }
    Tokens& tokens() { return tokens_; }
    Recorder* recorder() const { return recorder_.get(); }
    /// Every secret that may not be written down.
    std::vector<std::string> everySecret() const;

private:
    Services services_;
    std::string plugin_;
    Secrets secrets_;
    Tokens tokens_;
    std::shared_ptr<Recorder> recorder_;
    overture_host_t table_;
};

}  // namespace overture::plugin
