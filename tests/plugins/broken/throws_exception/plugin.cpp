#define ID "throws_exception"
#include <stdexcept>

#include "overture/overture.h"

static overture_outcome_t throwingSend(overture_instance_t*, const overture_call_t*, overture_text_t request,
                                       const overture_reply_t*) {
    if (request.size > 2) throw std::runtime_error("lost");
    throw 7;
}
#define SEND throwingSend
#include "../healthy.h"
