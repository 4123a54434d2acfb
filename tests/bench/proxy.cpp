#include "bench/proxy.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "chaos/http.hpp"

namespace overture::bench {
namespace {

const std::string kShipped = OVERTURE_SOURCE_DIR "/scripts/packaging/compose/nginx.conf";

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
    if (text.find(from) == std::string::npos) throw Error("this has no \"" + from + "\" any more", kShipped);
    return replaceAll(text, from, to);
}

}  // namespace

Proxy::Proxy(const std::string& folder, const std::vector<std::uint16_t>& engines)
    : port_(chaos::freePort()) {
    const auto local = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
    auto text = readFile(kShipped);
    text = replaced(text, "engine-a:8080", local(engines.at(0)));
    text = replaced(text, "engine-b:8080", local(engines.at(1)));
    text = replaced(text, "listen 80;", "listen " + local(port_) + ";");
    writeFile(folder + "/nginx.conf", "pid " + folder + "/nginx.pid;\n" + text);
    words_ = "nginx -e " + folder + "/nginx.log -c " + folder + "/nginx.conf";
    if (std::system(words_.c_str()) != 0)
        throw Error("nginx did not start", words_, "Install Debian's nginx-light, or read its log");
}

Proxy::~Proxy() {
    if (std::system((words_ + " -s stop").c_str()) != 0) std::perror("nginx");
}

}  // namespace overture::bench
