#define ID "healthy"
#include "../healthy.h"
