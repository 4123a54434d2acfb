/* host.http_stream/1: the same road out as host.http/1, for an answer that is read while it comes. Since minor 1; a host
 * without it returns NULL for its id. */
#ifndef OVERTURE_HOST_HTTP_STREAM_H
#define OVERTURE_HOST_HTTP_STREAM_H

#include "overture/host_http.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_HTTP_STREAM "host.http_stream/1"

/* What the plugin says to a piece of the body. */
enum overture_http_piece {
    OVERTURE_HTTP_WAIT = 0,   /* go on; nothing useful yet, the patience runs on */
    OVERTURE_HTTP_USEFUL = 1, /* go on, now until the request's deadline */
    OVERTURE_HTTP_STOP = 2    /* enough: the rest is not read and the connection closed */
};

/* Results of `send` besides those of host.http/1. */
enum overture_http_stream_result {
    OVERTURE_HTTP_LATE = 3,   /* the patience was over and no piece had been useful */
    OVERTURE_HTTP_STOPPED = 4 /* the plugin said stop */
};

/* The plugin's functions for the answer, called on the same thread before `send` returns; each copies what it wants
 * to keep. None may throw. */
typedef struct overture_http_stream overture_http_stream_t;
struct overture_http_stream {
    uint32_t size; /* sizeof(overture_http_stream_t) of the plugin */
    void* context; /* the plugin's */
    /* Once, first, whatever the status.
     * [worker] */
    void (*status)(const overture_http_stream_t* stream, int32_t status);
    /* Once per header line, in order, before the body.
     * [worker] */
    void (*header)(const overture_http_stream_t* stream, overture_text_t name, overture_text_t value);
    /* The body as it comes, in order, cut anywhere. Returns an overture_http_piece.
     * [worker] */
    int32_t (*piece)(const overture_http_stream_t* stream, overture_text_t bytes);
    /* When there is no whole answer and the plugin did not stop it: one sentence with the host's name.
     * [worker] */
    void (*failed)(const overture_http_stream_t* stream, overture_text_t message);
};

typedef struct overture_host_http_stream {
    uint32_t size;
    /* One exchange, blocking, not longer than the deadline; not longer than `patience_ms` (from the beginning, connecting
     * included) until a piece is useful. Returns an overture_http_result or an overture_http_stream_result.
     * [worker] */
    int32_t (*send)(const overture_host_t* host, const overture_http_request_t* request, int64_t patience_ms,
                    const overture_http_stream_t* stream);
} overture_host_http_stream_t;

#ifdef __cplusplus
}
#endif
#endif
