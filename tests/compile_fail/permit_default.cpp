// must say: no matching function for call to
#include "compliance/gate.hpp"

using namespace overture::compliance;

Permit forged() {
    return Permit();
}
