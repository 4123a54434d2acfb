/* host.http/1: all outbound HTTP of a plugin goes through here: TLS, connection reuse, allow list, deadline, metering,
 * recording. Redirects are not followed. */
#ifndef OVERTURE_HOST_HTTP_H
#define OVERTURE_HOST_HTTP_H

#include "overture/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_HTTP "host.http/1"

enum overture_http_result {
    OVERTURE_HTTP_ANSWERED = 0, /* a whole answer was put, whatever its status */
    OVERTURE_HTTP_NOT_SENT = 1, /* no byte of the request left: may be tried again */
    OVERTURE_HTTP_UNKNOWN = 2   /* the request may have arrived; no whole answer came */
};

typedef struct overture_http_header {
    overture_text_t name;
    overture_text_t value;
} overture_http_header_t;

/* Borrowed for the call. */
typedef struct overture_http_request {
    uint32_t size; /* sizeof(overture_http_request_t) of the plugin */
    overture_text_t method;
    overture_text_t url; /* http or https, absolute */
    const overture_http_header_t* headers;
    size_t header_count;
    overture_text_t body;
    int64_t deadline_ms; /* for all of it: connect, send, answer */
} overture_http_request_t;

/* The plugin's functions for the answer, called on the same thread before `send` returns; each copies what it wants
 * to keep. None may throw. */
typedef struct overture_http_answer overture_http_answer_t;
struct overture_http_answer {
    uint32_t size; /* sizeof(overture_http_answer_t) of the plugin */
    void* context; /* the plugin's */
    /* Once, first, when answered.
     * [worker] */
    void (*status)(const overture_http_answer_t* answer, int32_t status);
    /* Once per header line, in order.
     * [worker] */
    void (*header)(const overture_http_answer_t* answer, overture_text_t name, overture_text_t value);
    /* Once, the whole body, when answered.
     * [worker] */
    void (*body)(const overture_http_answer_t* answer, overture_text_t body);
    /* Instead of the others when there is no whole answer: one sentence with the host's name, without headers or body.
     * [worker] */
    void (*failed)(const overture_http_answer_t* answer, overture_text_t message);
};

typedef struct overture_host_http {
    uint32_t size;
    /* One exchange, blocking, not longer than the deadline. Returns an overture_http_result.
     * [worker] */
    int32_t (*send)(const overture_host_t* host, const overture_http_request_t* request,
                    const overture_http_answer_t* answer);
} overture_host_http_t;

#ifdef __cplusplus
}
#endif
#endif
