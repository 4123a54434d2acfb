// must say: could not convert|is private within this context|no matching function
#include "compliance/gate.hpp"

using namespace overture::compliance;

Permit forged() {
    return {{}, ContactRequest{}, {}, Places{}, nullptr};
}
