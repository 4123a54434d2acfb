// must say: no matching function for call to .overture::compliance::Permit::Permit..
#include "compliance/gate.hpp"

using namespace overture::compliance;

Permit forged() { return Permit(); }
