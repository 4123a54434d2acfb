#define ID "duplicate_id"
#include "../healthy.h"
