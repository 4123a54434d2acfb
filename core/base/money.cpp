#include "base/money.hpp"

#include <cstdio>
#include <cstdlib>

namespace overture {

std::string Money::text() const {
    const auto absolute = std::llabs(micros);
    char out[64];
    std::snprintf(out, sizeof out, "%s%lld.%06lld", micros < 0 ? "-" : "", absolute / 1000000,
                  absolute % 1000000);
    std::string text = out;
    while (text.ends_with('0') && text[text.size() - 3] != '.') text.pop_back();
    return currency + " " + text;
}

}  // namespace overture
