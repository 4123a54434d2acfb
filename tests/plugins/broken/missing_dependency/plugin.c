#define ID "missing_dependency"
#include "overture/overture.h"
overture_outcome_t a_function_nobody_has(const overture_host_t* host, const overture_sink_t* problem);
#define OPEN a_function_nobody_has
#include "../healthy.h"
