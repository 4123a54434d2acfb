#define ID "wrong_version"
#include "../healthy.h"
