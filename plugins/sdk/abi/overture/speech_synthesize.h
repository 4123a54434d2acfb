/* speech.synthesize/1: says a text aloud, handing the audio over while it is made.
 *
 * The operations may be called from many threads at once, also for the same instance. Since minor 4. The documents are described
 * in docs/plugins.md. */
#ifndef OVERTURE_SPEECH_SYNTHESIZE_H
#define OVERTURE_SPEECH_SYNTHESIZE_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_SPEECH_SYNTHESIZE "speech.synthesize/1"

/* Where the audio goes; the host's, borrowed for the call and used only on the calling thread. It copies. */
typedef struct overture_audio_sink overture_audio_sink_t;
struct overture_audio_sink {
    uint32_t size; /* sizeof(overture_audio_sink_t) of the host */
    void* context; /* the host's */
    /* The next piece, in order, in whole samples of the encoding and rate that were asked for. Returns 0 to go on, 1 when nobody
     * listens any more: nothing more is put, and the operation ends at once, with OVERTURE_CANCELLED.
     * [worker] */
    int32_t (*audio)(const overture_audio_sink_t* sink, overture_text_t bytes);
};

typedef struct overture_speech_synthesize {
    uint32_t size; /* sizeof of the plugin's */
    /* {text, voice?, language, encoding: "mulaw", "pcm16"; rate, speed?} → {milliseconds, characters, model?, cost_micros?,
     * currency?}, after the last piece.
     * [worker] */
    overture_outcome_t (*speak)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_audio_sink_t* sink,
                                const overture_reply_t* reply);
    /* {language?} → {voices: [{id, name, language, about?}]}
     * [worker] */
    overture_outcome_t (*voices)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
} overture_speech_synthesize_t;

#ifdef __cplusplus
}
#endif
#endif
