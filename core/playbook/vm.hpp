// A Lua state that cannot cost more than its limits, and whose limits no script can catch.
//
// Instructions: a count hook takes kTick at a time; library functions written here charge for the work they do inside C, where
//   the hook never fires; and a call hook charges every C function for the long texts it is given, which Lua's own (tonumber,
//   utf8.len, math with a text for a number) read from end to end.
// Memory: the allocator refuses above the quota, above kChurn times the quota in all, and any text above its own limit: comparing
//   two long texts is one instruction.
// Time: of this thread's processor, looked at when a tick finds the wall clock past it. Output: what the script says, prints
//   and returns, in bytes.
//
// Once a limit is reached the state is spent: the limit is remembered outside of Lua, every further tick,
// charge and protected call raises it again, so pcall, xpcall and error handlers of the script only unwind.
// There are no coroutines (a turn is one blocking function; they would only be one more place to catch an
// error in).
//
// The system's Lua seeds its string hashes per state. Nothing here lets a script see that order (see
// order.hpp).
#pragma once

#include <lua.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "playbook/arena.hpp"
#include "playbook/limits.hpp"

namespace overture::playbook {

/// `outside`: what an outside call threw.
enum class Limit { none, instructions, memory, time, output, outside };
/// "instructions", "memory", "time", "output"; empty for the others.
std::string_view nameOf(Limit limit);

class Vm {
public:
    /// The state is not closed at the end, its memory is given back: there are no finalizers in it (see sandbox.hpp).
    explicit Vm(const Limits& limits);
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    lua_State* lua() const { return state_; }
    static Vm& of(lua_State* state) { return **static_cast<Vm**>(lua_getextraspace(state)); }

    /// Runs `body` protected. A Lua error becomes a ScriptError with file:line; a C++ exception passes as it
    /// is.
    void protect(const std::function<void(lua_State*)>& body);

    /// For library functions: work that the hook does not see. Raises the limit as a Lua error.
    void charge(std::size_t steps);
    /// For library functions: `bytes` more of output.
    void output(std::size_t bytes);
    /// For library functions: refuses to build a value of `bytes` that cannot fit, before trying.
    void expectMemory(std::size_t bytes);

    /// For library functions: `call` takes none of the script's time. What it throws ends the script, which cannot catch it,
    /// and comes out of protect().
    void outside(const std::function<void()>& call);

    /// After a protected call inside Lua ended with `status`: raises again when a limit was reached.
    void rethrowLimit(int status);
    bool spent() const { return limit_ != Limit::none || denied_ != 0; }

    /// "file:line" of the innermost running Lua function; empty when there is none.
    static std::string place(lua_State* state);

    std::size_t peakMemory() const { return peak_; }
    std::int64_t instructions() const { return used_; }
    /// Of the processor, since the state was made.
    milliseconds elapsed() const;

    static constexpr int kTick = 200;
    static constexpr std::size_t kChurn = 16;

private:
    static void* allocate(void* self, void* block, std::size_t oldSize, std::size_t newSize);
    static void hook(lua_State* state, lua_Debug* event);
    void chargeArguments(lua_Debug* event);
    static int run(lua_State* state);
    static int handleError(lua_State* state);
    void tick();
    bool isLate() const;
    [[noreturn]] void trip(Limit limit);
    [[noreturn]] void raise();
    [[noreturn]] void fail(int status);

    Limits limits_;
    Arena arena_;
    lua_State* state_ = nullptr;
    std::chrono::steady_clock::time_point started_;
    std::chrono::nanoseconds startedCpu_{};
    std::int64_t used_ = 0, uncheckedCharge_ = 0;
    std::size_t memory_ = 0, peak_ = 0, allocated_ = 0, denied_ = 0, output_ = 0;
    Limit limit_ = Limit::none;
    std::string limitPlace_, errorPlace_;
    std::exception_ptr thrown_;  ///< by an outside call
};

}  // namespace overture::playbook
