#pragma once

#include <string>

#include "base/json.hpp"

namespace overture::log {

/// While it lives, every line that this thread writes has these fields as well; a line's own go before them, and the inner one's before
/// the outer one's.
class Context {
public:
    explicit Context(const Json& fields);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

private:
    Json before_;
};

/// What lines of this thread say of `name` at this moment; "" for nothing.
std::string contextField(const char* name);

}  // namespace overture::log
