#define ID "wrong_major"
#define MAJOR 2
#include "../healthy.h"
