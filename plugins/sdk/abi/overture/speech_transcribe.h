/* speech.transcribe/1: hears what is said in one direction of a call while it is said.
 *
 * `listen` makes a stream; the other functions are for that stream and are called for one stream by one thread at a time. Many
 * streams run at once, also of the same instance. Since minor 4. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_SPEECH_TRANSCRIBE_H
#define OVERTURE_SPEECH_TRANSCRIBE_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_SPEECH_TRANSCRIBE "speech.transcribe/1"

/* One stream; the plugin's. */
typedef struct overture_listening overture_listening_t;

/* The host's functions for what is heard; kept by the host until the stream's `close` has returned. They may be called on any
 * thread, also inside `audio` and `finish`, but never two at once for one stream; none of them blocks, none calls the
 * stream's functions. */
typedef struct overture_heard overture_heard_t;
struct overture_heard {
    uint32_t size; /* sizeof(overture_heard_t) of the host */
    void* context; /* the host's */
    /* {kind: "started", "interim", "final", "ended_turn"; text, confidence, from_ms, to_ms, words, language?}
     * [stream] */
    void (*words)(const overture_heard_t* heard, overture_text_t json);
    /* Once, last: OVERTURE_OK when all that came before `finish` has been heard; otherwise why nothing more will be, as in
     * overture_reply: the vendor's own code (may be empty) and one sentence for operators.
     * [stream] */
    void (*ended)(const overture_heard_t* heard, overture_outcome_t outcome, overture_text_t code,
                  overture_text_t message);
};

typedef struct overture_speech_transcribe {
    uint32_t size; /* sizeof of the plugin's */
    /* {language, encoding: "mulaw", "pcm16"; rate, words?: [hints], patience_ms?} → {model?, micros_per_minute?, currency?}.
     * With OVERTURE_OK `*listening` is set and lives until `close`; otherwise it is left alone. Does not wait for a vendor: what
     * goes wrong on the way there comes as `ended`.
     * [worker] */
    overture_outcome_t (*listen)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_heard_t* heard,
                                 overture_listening_t** listening, const overture_reply_t* reply);
    /* The next piece, in the encoding and rate of the request, of any length; silence is audio too.
     * [stream] */
    void (*audio)(overture_listening_t* listening, overture_text_t bytes);
    /* Nothing more will be said: what is not final yet becomes so, then `ended` comes.
     * [stream] */
    void (*finish)(overture_listening_t* listening);
    /* Once, for every stream, also after `ended`, and before the instance is destroyed: when it has returned, no
     * function of `heard` is running or will be called. Not from inside one.
     * [stream] */
    void (*close)(overture_listening_t* listening);
} overture_speech_transcribe_t;

#ifdef __cplusplus
}
#endif
#endif
