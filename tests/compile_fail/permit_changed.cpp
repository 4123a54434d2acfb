// must say: is private within this context
#include "compliance/gate.hpp"

using namespace overture::compliance;

void extend(Permit& permit, overture::Instant at) {
    permit.minute_ = at;
}
