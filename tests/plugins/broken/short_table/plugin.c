#define ID "short_table"
#define TABLE_SIZE 16
#include "../healthy.h"
