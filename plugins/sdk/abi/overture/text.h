/* Bytes that cross the boundary, and the way they are handed over. */
#ifndef OVERTURE_TEXT_H
#define OVERTURE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed bytes: valid until the call that passed them returns. Not ended by a zero. `data` may be NULL when
 * `size` is 0. Text is UTF-8 unless it is said otherwise. Who wants to keep them, copies them. */
typedef struct overture_text {
    const char* data;
    size_t size;
} overture_text_t;

/* A place to put bytes. Whoever receives a sink may use it until the call that passed it returns, on the same
 * thread. Nobody ever frees the other side's memory: the sink copies. */
typedef struct overture_sink {
    void* context;
    /* Appends a copy of `bytes`.
     * [worker] */
    void (*put)(void* context, overture_text_t bytes);
} overture_sink_t;

#ifdef __cplusplus
}
#endif
#endif
