// must say: discards qualifiers|passing .const|binding reference
#include "compliance/gate.hpp"

using namespace overture::compliance;

ContactRequest& opened(Permit& permit) {
    return permit.request();
}
