#include "overture/overture.h"
OVERTURE_EXPORT int a_library_that_is_no_plugin(void);
int a_library_that_is_no_plugin(void) {
    return 1;
}
