#define ID "unknown_capability"
#include "../healthy.h"
