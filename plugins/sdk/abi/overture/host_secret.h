/* host.secret/1: the secrets of one binding, by the names that plugin.json declares. */
#ifndef OVERTURE_HOST_SECRET_H
#define OVERTURE_HOST_SECRET_H

#include "overture/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_SECRET "host.secret/1"

typedef struct overture_host_secret {
    uint32_t size;
    /* Puts the secret's bytes into `value` and returns 1, or returns 0 when the binding has none of that name. The copy
     * is the plugin's: never log it, never put it into an answer.
     * [any] */
    int32_t (*get)(const overture_host_t* host, overture_text_t name, const overture_sink_t* value);
} overture_host_secret_t;

#ifdef __cplusplus
}
#endif
#endif
