#define ID "exports_more"
#include "overture/overture.h"
OVERTURE_EXPORT int a_name_that_leaks(void);
int a_name_that_leaks(void) {
    return 1;
}
#include "../healthy.h"
