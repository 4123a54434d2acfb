#define ID "open_fails"
#include "overture/overture.h"
static overture_outcome_t refuse(const overture_host_t* host, const overture_sink_t* problem) {
    (void)host;
    const overture_text_t reason = {"its licence file is missing", 27};
    problem->put(problem->context, reason);
    return OVERTURE_AUTH;
}
#define OPEN refuse
#include "../healthy.h"
