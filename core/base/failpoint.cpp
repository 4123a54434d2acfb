#include "base/failpoint.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"

namespace overture {
namespace {

enum class Action { kill, stop, error, delay, disconnect };

struct Fault {
    Action action = Action::kill;
    int milliseconds = 0;
    std::optional<int> onlyPassing;
    std::unique_ptr<std::atomic<int>> passings = std::make_unique<std::atomic<int>>(0);
};

using Faults = std::map<std::string, Fault, std::less<>>;

[[noreturn]] void refuse(const std::string& part) {
    throw Error(
        "\"" + part + "\" is not a failpoint", "OVERTURE_FAILPOINTS",
        "Write NAME=kill, NAME=stop, NAME=error, NAME=delay:MS or NAME=disconnect, each with @N for the "
        "N-th passing only");
}

int numberIn(std::string_view text, const std::string& part) {
    int number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number < 0) refuse(part);
    return number;
}

Faults read(const std::string& list) {
    Faults faults;
    for (const auto& each : split(list, ',')) {
        const std::string part(trim(each));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        if (equals == std::string::npos || equals == 0) refuse(part);
        auto action = std::string_view(part).substr(equals + 1);
        Fault fault;
        if (const auto at = action.find('@'); at != std::string_view::npos) {
            fault.onlyPassing = numberIn(action.substr(at + 1), part);
            action = action.substr(0, at);
        }
        if (action == "kill")
            fault.action = Action::kill;
        else if (action == "stop")
            fault.action = Action::stop;
        else if (action == "error")
            fault.action = Action::error;
        else if (action == "disconnect")
            fault.action = Action::disconnect;
        else if (action.starts_with("delay:")) {
            fault.action = Action::delay;
            fault.milliseconds = numberIn(action.substr(6), part);
        } else
            refuse(part);
        faults.emplace(part.substr(0, equals), std::move(fault));
    }
    return faults;
}

using Waitpoints = std::map<std::string, std::shared_ptr<const std::function<void()>>, std::less<>>;

bool askedByEnvironment() {
    return std::getenv("OVERTURE_FAILPOINTS") != nullptr;
}

/// The one flag that a passing reads when nobody asked for anything.
std::atomic<bool> watched{askedByEnvironment()};

std::mutex waitpointsMutex;

Waitpoints& waitpoints() {
    static Waitpoints all;
    return all;
}

void waitAt(std::string_view name) {
    std::shared_ptr<const std::function<void()>> reached;
    {
        std::scoped_lock lock(waitpointsMutex);
        const auto found = waitpoints().find(name);
        if (found == waitpoints().end()) return;
        reached = found->second;
    }
    (*reached)();
}

const Faults& asked() {
    static const Faults faults = [] {
        const char* const list = std::getenv("OVERTURE_FAILPOINTS");
        return list == nullptr ? Faults() : read(list);
    }();
    return faults;
}

}  // namespace

void checkFailpoints(const std::string& list) {
    read(list);
}

void setWaitpoint(const std::string& name, std::function<void()> reached) {
    std::scoped_lock lock(waitpointsMutex);
    if (reached)
        waitpoints()[name] = std::make_shared<const std::function<void()>>(std::move(reached));
    else
        waitpoints().erase(name);
    watched = !waitpoints().empty() || askedByEnvironment();
}

bool failpoint(std::string_view name) {
    if (!watched.load(std::memory_order_relaxed)) return false;
    waitAt(name);
    const auto& faults = asked();
    const auto found = faults.find(name);
    if (found == faults.end()) return false;
    const auto& fault = found->second;
    const int passing = fault.passings->fetch_add(1) + 1;
    if (fault.onlyPassing && *fault.onlyPassing != passing) return false;
    switch (fault.action) {
        case Action::kill: ::kill(::getpid(), SIGKILL); break;
        case Action::stop: ::kill(::getpid(), SIGSTOP); break;
        case Action::error:
            throw Error("a fault was asked for here", std::string(name), "Unset OVERTURE_FAILPOINTS");
        case Action::delay: std::this_thread::sleep_for(std::chrono::milliseconds(fault.milliseconds)); break;
        case Action::disconnect: return true;
    }
    return false;
}

}  // namespace overture
