/* What the engine offers a plugin. Services are asked for by id; each has its own header. */
#ifndef OVERTURE_HOST_H
#define OVERTURE_HOST_H

#include "overture/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The host handed to `open` serves the library and knows no secrets; the one handed to `create` serves one binding.
 * Each stays valid until the matching `close` or `destroy` has returned. */
typedef struct overture_host overture_host_t;
struct overture_host {
    uint32_t size; /* sizeof(overture_host_t) of the host */
    uint32_t abi_major;
    uint32_t abi_minor;
    void* context; /* the host's */
    /* The table of a service ("host.http/1"), or NULL when this host has none. The table is the host's, static, and
     * starts with its `size`.
     * [any] */
    const void* (*get_service)(const overture_host_t* host, const char* id);
};

#ifdef __cplusplus
}
#endif
#endif
