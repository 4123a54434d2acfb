#define ID "no_manifest"
#include "../healthy.h"
