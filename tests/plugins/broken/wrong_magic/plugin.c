#define ID "wrong_magic"
#define MAGIC 0x1234
#include "../healthy.h"
