/* host.websocket/1: a WebSocket (RFC 6455) to the outside, driven by events, on the same road out as host.http/1: TLS, proxy, allow
 * list, metering, recording. Since minor 4; a host without it returns NULL for its id. */
#ifndef OVERTURE_HOST_WEBSOCKET_H
#define OVERTURE_HOST_WEBSOCKET_H

#include "overture/host_http.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_WEBSOCKET "host.websocket/1"

/* One socket; the host's. */
typedef struct overture_websocket overture_websocket_t;

/* Borrowed for the call. */
typedef struct overture_websocket_request {
    uint32_t size;       /* sizeof(overture_websocket_request_t) of the plugin */
    overture_text_t url; /* ws or wss, absolute */
    const overture_http_header_t* headers;
    size_t header_count;
    int64_t
        delay_ms; /* wait so long before connecting: 0 at once; for a socket in the place of one that broke */
    int64_t deadline_ms; /* from then on until it is open */
    int64_t tick_ms;     /* how often `tick` is called, 0: never; at least 10 */
    size_t largest;      /* of one message that comes in; 0: 1 MiB, at most 16 MiB */
} overture_websocket_request_t;

/* How a socket ended. */
enum overture_websocket_how {
    OVERTURE_WEBSOCKET_NOT_OPENED = 0, /* no connection, no TLS, no answer in time, no WebSocket there */
    OVERTURE_WEBSOCKET_REFUSED = 1,    /* the peer answered the upgrade with the HTTP status `code` */
    OVERTURE_WEBSOCKET_CLOSED = 2, /* the peer closed it, with the close code `code` (1005: it gave none) */
    OVERTURE_WEBSOCKET_LOST = 3,   /* it was open and broke, or went silent; or the peer broke the protocol */
    OVERTURE_WEBSOCKET_DONE = 4    /* after our own `close` */
};

/* Borrowed for the call. */
typedef struct overture_websocket_end {
    uint32_t size; /* sizeof(overture_websocket_end_t) of the host */
    int32_t how;   /* an overture_websocket_how */
    int32_t code;
    int64_t retry_after_ms; /* REFUSED: what the peer's Retry-After says; -1: nothing */
    overture_text_t
        said; /* the peer's own words: a close's reason, the body of a refusal (its first 4 KiB) */
    overture_text_t
        why; /* one sentence with the host's name, for operators, without anything of the peer's */
} overture_websocket_end_t;

/* The plugin's functions for one socket, kept by the plugin until `release` has returned. They are called on a thread of the
 * host, never two at once for one socket; none may block or throw. Each copies what it wants to keep. */
typedef struct overture_websocket_events overture_websocket_events_t;
struct overture_websocket_events {
    uint32_t size; /* sizeof(overture_websocket_events_t) of the plugin */
    void* context; /* the plugin's */
    /* Once, first, when the peer has agreed.
     * [stream] */
    void (*opened)(const overture_websocket_events_t* events);
    /* One whole message, UTF-8.
     * [stream] */
    void (*text)(const overture_websocket_events_t* events, overture_text_t message);
    /* One whole message.
     * [stream] */
    void (*binary)(const overture_websocket_events_t* events, overture_text_t message);
    /* Every `tick_ms` from `open` on until `closed`; late ones are not made up for.
     * [stream] */
    void (*tick)(const overture_websocket_events_t* events);
    /* Once, last, whether it was ever open or not; never after `release`.
     * [stream] */
    void (*closed)(const overture_websocket_events_t* events, const overture_websocket_end_t* end);
};

/* What became of a message that was given. */
enum overture_websocket_sent {
    OVERTURE_WEBSOCKET_QUEUED = 0, /* it goes out, in order; before `opened` it waits */
    OVERTURE_WEBSOCKET_FULL = 1,   /* 1 MiB waits already: nothing of it was taken */
    OVERTURE_WEBSOCKET_OVER = 2    /* the socket is closed or closing: nothing of it was taken */
};

typedef struct overture_host_websocket {
    uint32_t size;
    /* Begins and returns at once; never NULL: what goes wrong comes as `closed`. Pings from the peer are answered, and the peer
     * is pinged when it is silent, by the host.
     * [any] */
    overture_websocket_t* (*open)(const overture_host_t* host, const overture_websocket_request_t* request,
                                  const overture_websocket_events_t* events);
    /* One message, UTF-8. Never blocks. Returns an overture_websocket_sent.
     * [any] */
    int32_t (*send_text)(overture_websocket_t* socket, overture_text_t message);
    /* One message. Never blocks. Returns an overture_websocket_sent.
     * [any] */
    int32_t (*send_binary)(overture_websocket_t* socket, overture_text_t message);
    /* What is queued goes out, then a close with this code and reason (at most 123 bytes); `closed` comes when the peer has
     * answered it, or after 5 seconds. A second call does nothing.
     * [any] */
    void (*close)(overture_websocket_t* socket, int32_t code, overture_text_t reason);
    /* Once, for every socket: when it has returned, no function of its events is running (but for one that calls it) or will be
     * called. It waits for one that runs: hold no lock that they take. A socket that was not closed is closed with 1000; what is
     * queued still goes out, for at most 5 seconds.
     * [any] */
    void (*release)(overture_websocket_t* socket);
} overture_host_websocket_t;

#ifdef __cplusplus
}
#endif
#endif
