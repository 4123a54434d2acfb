#include "playbook/vm.hpp"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/text.hpp"
#include "playbook/definition.hpp"

namespace overture::playbook {
namespace {

constexpr std::size_t kTextHead = 64;    // what Lua needs beside a text
constexpr std::size_t kLongText = 1024;  // a C function that reads as much is charged for it

struct Body {
    const std::function<void(lua_State*)>* function;
    std::exception_ptr thrown;
};

/// "file.lua:12: message" → place and message.
std::pair<std::string, std::string> splitPlace(const std::string& text) {
    const auto lua = text.find(".lua:");
    if (lua == std::string::npos) return {{}, text};
    auto end = lua + 5;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end == lua + 5 || text.compare(end, 2, ": ") != 0 ||
        text.substr(0, lua).find(' ') != std::string::npos)
        return {{}, text};
    return {text.substr(0, end), text.substr(end + 2)};
}

/// What this thread has had of the processor.
std::chrono::nanoseconds cpuTime() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::string_view nameOf(Limit limit) {
    static constexpr std::string_view names[] = {"", "instructions", "memory", "time", "output", ""};
    return names[static_cast<int>(limit)];
}

Vm::Vm(const Limits& limits)
    : limits_(limits),
      arena_(limits.memory * 2),
      started_(std::chrono::steady_clock::now()),
      startedCpu_(cpuTime()) {
    state_ = lua_newstate(&Vm::allocate, this);
    if (state_ == nullptr) throw std::bad_alloc();
    *static_cast<Vm**>(lua_getextraspace(state_)) = this;
    lua_sethook(state_, &Vm::hook, LUA_MASKCOUNT | LUA_MASKCALL, kTick);
}

milliseconds Vm::elapsed() const {
    return std::chrono::duration_cast<milliseconds>(cpuTime() - startedCpu_);
}

/// Asking for the thread's own time is a system call; the wall clock is not.
bool Vm::isLate() const {
    return std::chrono::steady_clock::now() - started_ > limits_.time &&
           cpuTime() - startedCpu_ > limits_.time;
}

void* Vm::allocate(void* self, void* block, std::size_t oldSize, std::size_t newSize) {
    auto& vm = *static_cast<Vm*>(self);
    const bool isText = block == nullptr && oldSize == LUA_TSTRING;
    if (block == nullptr) oldSize = 0;  // for a new block it is a type tag
    if (newSize == 0) {
        if (block != nullptr) vm.arena_.give(block, oldSize);
        vm.memory_ -= oldSize;
        return nullptr;
    }
    const auto more = newSize > oldSize ? newSize - oldSize : 0;
    const bool tooMuch = more > 0 && ((isText && newSize > vm.limits_.text + kTextHead) ||
                                      vm.memory_ + more > vm.limits_.memory ||
                                      vm.allocated_ + newSize > vm.limits_.memory * kChurn);
    void* result = tooMuch ? nullptr : vm.arena_.take(newSize);
    if (result == nullptr) {
        vm.denied_ = newSize;
        if (vm.state_ != nullptr) vm.limitPlace_ = place(vm.state_);
        return nullptr;
    }
    if (block != nullptr) {
        std::memcpy(result, block, std::min(oldSize, newSize));
        vm.arena_.give(block, oldSize);
    }
    if (newSize == vm.denied_) vm.denied_ = 0;  // the collector made room and Lua tried again
    vm.memory_ = vm.memory_ - oldSize + newSize;
    vm.peak_ = std::max(vm.peak_, vm.memory_);
    vm.allocated_ += newSize;
    return result;
}

void Vm::hook(lua_State* state, lua_Debug* event) {
    if (event->event == LUA_HOOKCOUNT)
        of(state).tick();
    else
        of(state).chargeArguments(event);
}

void Vm::chargeArguments(lua_Debug* event) {
    if (lua_getinfo(state_, "Sr", event) == 0 || event->what[0] != 'C') return;
    std::size_t bytes = 0;
    for (int i = 0; i < event->ntransfer; ++i) {
        if (lua_getlocal(state_, event, event->ftransfer + i) == nullptr) break;
        if (lua_type(state_, -1) == LUA_TSTRING) bytes += lua_rawlen(state_, -1);
        lua_pop(state_, 1);
    }
    if (bytes >= kLongText) charge(bytes / 16);
}

void Vm::tick() {
    if (limit_ != Limit::none) raise();
    used_ += kTick;
    if (used_ > limits_.instructions) trip(Limit::instructions);
    if (isLate()) trip(Limit::time);
}

void Vm::charge(std::size_t steps) {
    if (limit_ != Limit::none) raise();
    const auto room = limits_.instructions - used_;
    used_ += static_cast<std::int64_t>(
        std::min<std::size_t>(steps, static_cast<std::size_t>(std::max<std::int64_t>(room, 0)) + 1));
    if (used_ > limits_.instructions) trip(Limit::instructions);
    uncheckedCharge_ += static_cast<std::int64_t>(std::min<std::size_t>(steps, kTick));
    if (uncheckedCharge_ < 4 * kTick) return;
    uncheckedCharge_ = 0;
    if (isLate()) trip(Limit::time);
}

void Vm::output(std::size_t bytes) {
    if (limit_ != Limit::none) raise();
    if (bytes > limits_.output - std::min(output_, limits_.output)) trip(Limit::output);
    output_ += bytes;
}

void Vm::expectMemory(std::size_t bytes) {
    if (bytes > std::min(limits_.memory, limits_.text)) trip(Limit::memory);
}

void Vm::outside(const std::function<void()>& call) {
    if (limit_ != Limit::none) raise();
    const auto began = std::chrono::steady_clock::now();
    const auto cpu = cpuTime();
    try {
        call();
    } catch (...) {  // Lua's own pcall would take it for the script's; protect() throws it on
        thrown_ = std::current_exception();
    }
    started_ += std::chrono::steady_clock::now() - began;
    startedCpu_ += cpuTime() - cpu;
    if (thrown_) trip(Limit::outside);
}

void Vm::trip(Limit limit) {
    limit_ = limit;
    limitPlace_ = place(state_);
    lua_sethook(state_, &Vm::hook, LUA_MASKCOUNT, 1);
    raise();
}

void Vm::raise() {
    lua_pushliteral(state_, "limit");
    lua_error(state_);
    std::abort();  // lua_error does not return
}

void Vm::rethrowLimit(int status) {
    if (limit_ == Limit::none && (status == LUA_ERRMEM || denied_ != 0)) {
        limit_ = Limit::memory;
        lua_sethook(state_, &Vm::hook, LUA_MASKCOUNT, 1);
    }
    if (limit_ != Limit::none) raise();
}

std::string Vm::place(lua_State* state) {
    lua_Debug frame;
    for (int level = 0; lua_getstack(state, level, &frame) != 0; ++level) {
        lua_getinfo(state, "Sl", &frame);
        if (frame.currentline > 0)
            return std::string(frame.short_src) + ":" + std::to_string(frame.currentline);
    }
    return {};
}

int Vm::run(lua_State* state) {
    auto& body = *static_cast<Body*>(lua_touserdata(state, 1));
    lua_settop(state, 0);
    try {
        (*body.function)(state);
    } catch (const std::exception&) {  // not Lua's own, which is no std::exception
        body.thrown = std::current_exception();
    }
    return 0;
}

int Vm::handleError(lua_State* state) {
    auto& vm = of(state);
    if (vm.limit_ == Limit::none) vm.errorPlace_ = place(state);
    return 1;
}

void Vm::protect(const std::function<void(lua_State*)>& body) {
    if (limit_ != Limit::none) fail(LUA_OK);
    Body call{&body, nullptr};
    errorPlace_.clear();
    lua_settop(state_, 0);
    lua_pushcfunction(state_, &Vm::handleError);
    lua_pushcfunction(state_, &Vm::run);
    lua_pushlightuserdata(state_, &call);
    const int status = lua_pcall(state_, 1, 0, 1);
    if (call.thrown) std::rethrow_exception(call.thrown);
    if (status != LUA_OK) fail(status);
    lua_settop(state_, 0);
}

void Vm::fail(int status) {
    if (thrown_) std::rethrow_exception(thrown_);
    if (limit_ == Limit::none && (status == LUA_ERRMEM || denied_ != 0)) limit_ = Limit::memory;
    if (limit_ != Limit::none) {
        static constexpr std::string_view remedy =
            "Look there for a loop that does not end or a text or table that only grows.";
        const std::string what =
            limit_ == Limit::instructions
                ? "the script ran more than " + grouped(limits_.instructions) + " instructions"
            : limit_ == Limit::memory
                ? "the script needed more than " + std::to_string(limits_.memory >> 10) +
                      " KiB of memory, or a text longer than " + std::to_string(limits_.text >> 10) + " KiB"
            : limit_ == Limit::time
                ? "the script ran longer than " + std::to_string(limits_.time.count()) + " ms"
                : "the script put out more than " + grouped(static_cast<std::int64_t>(limits_.output)) +
                      " bytes";
        throw ScriptError(std::string(nameOf(limit_)), Problem{what, limitPlace_, std::string(remedy)});
    }
    static constexpr std::size_t kLongest = 1000;
    std::string text = lua_type(state_, -1) == LUA_TSTRING || lua_type(state_, -1) == LUA_TNUMBER
                           ? lua_tostring(state_, -1)
                           : std::string("error object is a ") + luaL_typename(state_, -1) + " value";
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
    lua_settop(state_, 0);
    auto [where, what] = splitPlace(text);
    if (where.empty()) where = errorPlace_;
    throw ScriptError({}, Problem{what, where, {}});
}

}  // namespace overture::playbook
