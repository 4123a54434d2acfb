/* carrier.media/1: the sound of calls as one carrier sends it over a socket that the engine holds; or their words, where the carrier
 * hears and speaks itself. The plugin only translates: it opens no connection, keeps no sound, and knows nothing of what is said.
 *
 * Where a carrier has no socket but asks for each reply by a request, a "socket" is one request: `read` gets it once, as {method, url,
 * headers, body_base64}, and proves it (no STARTED: it is refused); it tells STARTED, PLAYED (what was heard of our last words) and HEARD
 * {kind: "final", text, number: of the person's words so far}; what `write` puts is the body of the answer.
 *
 * The functions of one socket are never called twice at the same time, but not always by the same thread; none may block. What
 * they hand over is borrowed for the call. */
#ifndef OVERTURE_CARRIER_MEDIA_H
#define OVERTURE_CARRIER_MEDIA_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CARRIER_MEDIA "carrier.media/1"

/* What a carrier says over the socket, and what is said to it. Sound is mu-law, 8000 samples a second, one channel. */
enum overture_media_kind {
    OVERTURE_MEDIA_STARTED =
        1, /* the stream; `text`: {reference, token, call_id?, parameters, words?} as JSON; comes once, first.
                                   `words` is true where the carrier hears and speaks: then no sound goes either way */
    OVERTURE_MEDIA_AUDIO =
        2, /* `bytes` of sound; from the carrier what the person says, beginning at `at_ms` of the stream */
    OVERTURE_MEDIA_MARK =
        3, /* `text` is its name. To the carrier: say so when all before it was played. From it: it was */
    OVERTURE_MEDIA_CLEAR = 4, /* to the carrier: what was not played yet is not to be played */
    OVERTURE_MEDIA_KEY = 5,   /* the person pressed `text`, one of 0-9, *, # */
    OVERTURE_MEDIA_HEARD =
        6, /* from a carrier that hears: `text` is one document of speech.transcribe/1 `words`, as JSON */
    OVERTURE_MEDIA_SAY =
        7, /* to a carrier that speaks: `text` is {text, last, interruptible} as JSON. Before `last` more is
                                  said in the same breath; with it the text may be "" */
    OVERTURE_MEDIA_STOPPED = 8, /* from the carrier: over, `text` says why. To it: end the stream, `text` is
                                   {reason} or {transfer: {to, ring_seconds?, call_id, summary?}} as JSON */
    OVERTURE_MEDIA_PLAYED = 9,  /* from a carrier that speaks: the words of `text` were played */
    OVERTURE_MEDIA_INTERRUPTED =
        10, /* from a carrier that speaks: it has stopped for the person, who heard `text` last; "": it
                                        does not say. What it had to say besides is forgotten */
    OVERTURE_MEDIA_VOICE =
        11, /* from a carrier that hears: the person begins to speak ("started"), or stops */
    OVERTURE_MEDIA_LANGUAGE =
        12 /* to a carrier that hears or speaks: `text` is the language from now on, as "es" */
};

typedef struct overture_media_message {
    uint32_t size; /* sizeof(overture_media_message_t) of who fills it */
    int32_t kind;  /* an overture_media_kind */
    int64_t at_ms; /* of the stream's own clock; -1: not said */
    overture_text_t text;
    overture_text_t bytes;
} overture_media_message_t;

/* Where the plugin puts what it read; the engine's. Each copies what it is given. */
typedef struct overture_media_heard overture_media_heard_t;
struct overture_media_heard {
    uint32_t size;
    void* context;
    /* In the order in which they came.
     * [stream] */
    void (*message)(const overture_media_heard_t* heard, const overture_media_message_t* message);
    /* What came is not what the carrier has published: one sentence, without a person's words. The call goes on.
     * [stream] */
    void (*problem)(const overture_media_heard_t* heard, overture_text_t sentence);
};

/* Where the plugin puts what goes to the carrier; the engine's. */
typedef struct overture_media_wire overture_media_wire_t;
struct overture_media_wire {
    uint32_t size;
    void* context;
    /* One message of the socket; `binary` is 1 for bytes, 0 for text.
     * [stream] */
    void (*send)(const overture_media_wire_t* wire, int32_t binary, overture_text_t message);
};

/* The plugin's object for one socket. Its layout is the plugin's own. */
typedef struct overture_media overture_media_t;

/* Since minor 4. */
typedef struct overture_carrier_media {
    uint32_t size; /* sizeof of the plugin's */
    /* An object for one socket, or NULL. The instance lives longer.
     * [stream] */
    overture_media_t* (*open)(overture_instance_t* instance);
    /* One message as it came over the socket, whole.
     * [stream] */
    void (*read)(overture_media_t* media, int32_t binary, overture_text_t message,
                 const overture_media_heard_t* heard);
    /* One thing to tell the carrier: AUDIO, MARK, CLEAR, SAY, LANGUAGE or STOPPED. 1 when it was put (also when there is nothing
     * to be put for it), 0 when this carrier has no such thing, or the stream has not started.
     * [stream] */
    int32_t (*write)(overture_media_t* media, const overture_media_message_t* message,
                     const overture_media_wire_t* wire);
    /* Frees the object; nothing of it is called any more.
     * [stream] */
    void (*close)(overture_media_t* media);
} overture_carrier_media_t;

#ifdef __cplusplus
}
#endif
#endif
