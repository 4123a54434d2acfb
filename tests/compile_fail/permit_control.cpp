// compiles
#include "compliance/gate.hpp"

using namespace overture::compliance;

Permit copyOf(const Permit& permit) {
    return permit;
}
bool isGood(const Permit& permit, overture::Instant at) {
    return permit.covers(at);
}
