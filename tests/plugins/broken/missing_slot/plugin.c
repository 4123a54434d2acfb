#define ID "missing_slot"
#define LOOKUP NULL
#include "../healthy.h"
