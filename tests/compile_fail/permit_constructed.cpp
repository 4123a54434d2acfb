// must say: is private within this context
#include "compliance/gate.hpp"

using namespace overture::compliance;

Permit forged() {
    return Permit(ContactRequest{}, Places{}, nullptr);
}
