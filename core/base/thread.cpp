#include "base/thread.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

// jemalloc's, where the program is linked with it.
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old, std::size_t* oldSize, void* given,
                                             std::size_t givenSize);

namespace overture {
namespace {

constexpr int kNice = 10;
constexpr std::uintptr_t kBelowTheCaller = 4 * 1024;  // room for the call itself

std::uintptr_t lowestOfStack() {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
    void* lowest = nullptr;
    std::size_t size = 0;
    const bool known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
    pthread_attr_destroy(&attributes);
    return known ? reinterpret_cast<std::uintptr_t>(lowest) : 0;
}

}  // namespace

void yieldToOthers() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

void giveBackMemory() {
    thread_local const auto lowest = lowestOfStack();
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    const auto end = (here - kBelowTheCaller) & ~(page - 1);
    if (lowest != 0 && here > lowest + kBelowTheCaller && end > lowest)
        ::madvise(reinterpret_cast<void*>(lowest), end - lowest, MADV_DONTNEED);
    if (mallctl != nullptr) mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
}

}  // namespace overture
