#define ID "capability_not_offered"
#include "../healthy.h"
