// must say: is private within this context
#include "compliance/gate.hpp"

using namespace overture::compliance;

struct Forged : Permit {
    Forged() : Permit(ContactRequest{}, Places{}, nullptr) {}
};
