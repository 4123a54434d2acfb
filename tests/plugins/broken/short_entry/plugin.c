#define ID "short_entry"
#define ENTRY_SIZE 32
#include "../healthy.h"
