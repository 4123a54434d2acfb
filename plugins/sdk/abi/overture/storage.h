/* storage/1: keeps whole objects under keys that the engine chooses: recordings of calls.
 *
 * A key is made of segments of letters, digits, '-', '_' and '.' (none begins with a '.'), joined by '/', at most 512 bytes; any
 * other is OVERTURE_INVALID. What was put is there whole or not at all. Every operation may be repeated: what may have been done
 * and what was not are both OVERTURE_TRANSIENT, and OVERTURE_UNKNOWN is never answered. Many threads may call at once, also for the
 * same instance. Since minor 4. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_STORAGE_H
#define OVERTURE_STORAGE_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_STORAGE "storage/1"

/* Where an object's bytes go; the host's, borrowed for the call and used only on the calling thread. It copies. */
typedef struct overture_object_sink overture_object_sink_t;
struct overture_object_sink {
    uint32_t size; /* sizeof(overture_object_sink_t) of the host */
    void* context; /* the host's */
    /* The next piece, in order. Returns 0 to go on, 1 when nobody wants more: the operation ends at once, with
     * OVERTURE_CANCELLED.
     * [worker] */
    int32_t (*bytes)(const overture_object_sink_t* sink, overture_text_t bytes);
};

typedef struct overture_storage {
    uint32_t size; /* sizeof of the plugin's */
    /* {key, content_type} and the whole object → {size}. It takes the place of one that has the key.
     * [worker] */
    overture_outcome_t (*put)(overture_instance_t* instance, const overture_call_t* call,
                              overture_text_t request, overture_text_t object, const overture_reply_t* reply);
    /* {key, from?, most?}: at most so many bytes from there on → {size}, of the whole object, after the last piece.
     * OVERTURE_REJECTED with the code "not_found" when there is none; one that is shorter than `from` has no bytes there.
     * [worker] */
    overture_outcome_t (*get)(overture_instance_t* instance, const overture_call_t* call,
                              overture_text_t request, const overture_object_sink_t* sink,
                              const overture_reply_t* reply);
    /* {key} → {}. One that is not there is no mistake.
     * [worker] */
    overture_outcome_t (*remove)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
    /* {key, seconds, file_name?, content_type?} → {url, expires_at}: an address that gives the object to whoever has it, until
     * then. OVERTURE_UNSUPPORTED where there is no such thing: the engine gives it out itself.
     * [worker] */
    overture_outcome_t (*link)(overture_instance_t* instance, const overture_call_t* call,
                               overture_text_t request, const overture_reply_t* reply);
} overture_storage_t;

#ifdef __cplusplus
}
#endif
#endif
