#define ID "newer_minor"
#define MINOR_NEEDED 7
#include "../healthy.h"
