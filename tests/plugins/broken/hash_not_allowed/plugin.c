#define ID "hash_not_allowed"
#include "../healthy.h"
