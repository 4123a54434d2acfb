/* One call of one operation of a capability: what comes with the request, and where the answer goes. */
#ifndef OVERTURE_CALL_H
#define OVERTURE_CALL_H

#include "overture/outcome.h"
#include "overture/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A plugin's object for one binding (one organization's settings and secrets). Its layout is the plugin's own. */
typedef struct overture_instance overture_instance_t;

/* Borrowed for the call. Grows at the end: `size` says how much of it there is. */
typedef struct overture_call {
    uint32_t size;       /* sizeof(overture_call_t) of the host */
    int64_t deadline_ms; /* milliseconds left for this call; the plugin must return before they are over */
} overture_call_t;

/* What the engine says to a part of an answer. */
enum overture_piece {
    OVERTURE_PIECE_MORE = 0, /* go on */
    OVERTURE_PIECE_STOP = 1  /* enough: end the call now and put what there is, with the finish "stopped" */
};

/* Where an operation puts its answer; borrowed for the call, used only on the calling thread. Every function
 * copies what it is given. With OVERTURE_OK exactly one document is put; with any other outcome none. */
typedef struct overture_reply overture_reply_t;
struct overture_reply {
    uint32_t size; /* sizeof(overture_reply_t) of the host */
    void* context; /* the host's */
    /* Puts the whole answer: one JSON object, UTF-8, at most 8 MiB. A second call replaces the first.
     * [worker] */
    void (*document)(const overture_reply_t* reply, overture_text_t json);
    /* Says why not: the vendor's own code (may be empty) and one sentence for operators, without any customer's
     * data or secret.
     * [worker] */
    void (*problem)(const overture_reply_t* reply, overture_text_t code, overture_text_t message);
    /* With OVERTURE_LIMITED or OVERTURE_TRANSIENT: the vendor's own wish, in milliseconds from now.
     * [worker] */
    void (*retry_after)(const overture_reply_t* reply, int64_t milliseconds);
    /* Since minor 4; NULL, or beyond `size`, when nobody waits for it. A part of the answer's `content` as it comes, UTF-8, after
     * the parts before it, cut between characters. Returns an overture_piece. Together they are the content of the document
     * that is put in the end; an operation that puts no parts is right as well.
     * [worker] */
    int32_t (*piece)(const overture_reply_t* reply, overture_text_t content);
};

#ifdef __cplusplus
}
#endif
#endif
