#include "bench/profile.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string_view>

#include "base/text.hpp"

namespace overture::bench {
namespace {

struct Part {
    std::string_view function, name;
};

/// A sample belongs to the first of these that is anywhere in it.
constexpr std::array kParts{
    Part{"overture::net::HttpClient::send", "HTTP to models and carriers"},
    Part{"overture::agent::ask", "asking models, besides HTTP: requests, plugins, answers"},
    Part{"Gather<overture::turn::StepRow", "writing steps"},
    Part{"Gather<overture::turn::Finished", "committing"},
    Part{"overture::turn::Deliverer::", "delivering"},
    Part{"overture::turn::open", "opening"},
    Part{"overture::turn::claimMailboxes", "claiming"},
    Part{"overture::service::", "webhooks"},
    Part{"overture::agent::", "deciding: prompts, rules, gate, review, booking"},
};
constexpr const char* kOther = "the rest: threads waking each other, waiting for work";

}  // namespace

Profile::Profile(pid_t process, seconds howLong, const std::string& folder) : record_(folder + "/perf.data") {
    perf_ = ::fork();
    if (perf_ != 0) return;
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    ::execlp("perf", "perf", "record", "-F", "199", "--call-graph", "dwarf,16384", "-o", record_.c_str(),
             "-p", std::to_string(process).c_str(), "--", "sleep", std::to_string(howLong.count()).c_str(),
             nullptr);
    ::_exit(127);
}

std::vector<Share> Profile::finish() {
    int status = 0;
    if (perf_ < 0 || ::waitpid(perf_, &status, 0) < 0 || status != 0) return {};
    const auto command = "perf script -F ip,sym -i '" + record_ + "' 2>/dev/null";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    if (!pipe) return {};
    std::string script;
    for (std::array<char, 65536> piece;
         const auto count = std::fread(piece.data(), 1, piece.size(), pipe.get());)
        script.append(piece.data(), count);
    return sharesOf(script);
}

std::vector<Share> sharesOf(const std::string& script) {
    std::map<std::string_view, int> samples;
    int all = 0;
    const auto count = [&](std::string_view sample) {
        if (trim(sample).empty()) return;
        ++all;
        const auto found = std::find_if(kParts.begin(), kParts.end(), [&](const Part& part) {
            return sample.find(part.function) != std::string_view::npos;
        });
        ++samples[found == kParts.end() ? kOther : found->name];
    };
    for (std::string_view rest = script; !rest.empty();) {
        const auto end = rest.find("\n\n");
        count(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    std::vector<Share> shares;
    for (const auto& [part, times] : samples) shares.push_back({std::string(part), 100.0 * times / all});
    std::sort(shares.begin(), shares.end(),
              [](const Share& a, const Share& b) { return a.percent > b.percent; });
    return shares;
}

}  // namespace overture::bench
