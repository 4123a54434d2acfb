#define ID "someone_else"
#include "../healthy.h"
