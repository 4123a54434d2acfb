#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

namespace overture::email {

struct Unref {
    template <typename T>
    void operator()(T* object) const {
        g_object_unref(object);
    }
};

/// Owns one reference to a GObject.
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

/// GMime wants to be told once.
inline void startGmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

}  // namespace overture::email
