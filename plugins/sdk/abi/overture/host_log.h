/* host.log/1: lines in the engine's log, marked with the plugin's id. */
#ifndef OVERTURE_HOST_LOG_H
#define OVERTURE_HOST_LOG_H

#include "overture/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_LOG "host.log/1"

enum overture_log_level {
    OVERTURE_LOG_DEBUG = 0,
    OVERTURE_LOG_INFO = 1,
    OVERTURE_LOG_WARNING = 2,
    OVERTURE_LOG_ERROR = 3
};

typedef struct overture_host_log {
    uint32_t size;
    /* One line; the host copies it. Never a secret, never a person's words.
     * [any] */
    void (*write)(const overture_host_t* host, int32_t level, overture_text_t line);
} overture_host_log_t;

#ifdef __cplusplus
}
#endif
#endif
