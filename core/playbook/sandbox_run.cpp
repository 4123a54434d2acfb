#include "playbook/sandbox_run.hpp"

#include <chrono>

#include "playbook/definition.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/sandbox.hpp"

namespace overture::playbook {

SandboxResult runInSandbox(const std::string& source, const std::string& name, std::uint64_t seed,
                           const Limits& limits) {
    SandboxResult out;
    const auto started = std::chrono::steady_clock::now();
    Vm vm(limits);
    try {
        vm.protect([&](lua_State* state) {
            openSandbox(state, seed, &out.printed);
            loadChunk(state, source, name);
            lua_call(state, 0, LUA_MULTRET);
            const int count = lua_gettop(state);
            if (count == 1) out.result = jsonAt(state, 1);
            if (count > 1) {
                out.result = Json::array();
                for (int i = 1; i <= count; ++i) out.result->push_back(jsonAt(state, i));
            }
        });
        out.outcome = "ok";
    } catch (const ScriptError& error) {
        out.limit = error.limit();
        out.outcome = out.limit.empty() ? "error" : "limit";
        out.error = error.problem().sentence();
        out.result.reset();
    }
    out.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
    out.kib = (vm.peakMemory() + 1023) / 1024;
    return out;
}

}  // namespace overture::playbook
