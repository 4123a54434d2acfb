// nginx in front of the engines, with the configuration that is shipped for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace overture::bench {

class Proxy {
public:
    /// Throws Error when nginx is not installed or does not start.
    Proxy(const std::string& folder, const std::vector<std::uint16_t>& engines);
    ~Proxy();
    std::uint16_t port() const { return port_; }

private:
    std::string words_;
    std::uint16_t port_ = 0;
};

}  // namespace overture::bench
