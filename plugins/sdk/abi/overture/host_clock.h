/* host.clock/1: the only clock a plugin may decide by; in a rehearsal it runs in virtual time. */
#ifndef OVERTURE_HOST_CLOCK_H
#define OVERTURE_HOST_CLOCK_H

#include "overture/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_CLOCK "host.clock/1"

typedef struct overture_host_clock {
    uint32_t size;
    /* Microseconds since 1970-01-01T00:00:00Z.
     * [any] */
    int64_t (*now)(const overture_host_t* host);
} overture_host_clock_t;

#ifdef __cplusplus
}
#endif
#endif
