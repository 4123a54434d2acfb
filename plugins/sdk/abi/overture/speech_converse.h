/* speech.converse/1: hears one direction of a call and answers it with a voice of its own, from sound to sound.
 *
 * A stream is made, fed and closed as one of speech.transcribe/1. It says nothing by itself: it answers when it is asked to, and what it
 * answers comes as words and as sound, so that the words can be judged before the sound is heard. Since minor 4. The documents are
 * described in docs/plugins.md. */
#ifndef OVERTURE_SPEECH_CONVERSE_H
#define OVERTURE_SPEECH_CONVERSE_H

#include "overture/speech_synthesize.h"
#include "overture/speech_transcribe.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_SPEECH_CONVERSE "speech.converse/1"

typedef struct overture_speech_converse {
    uint32_t size; /* sizeof of the plugin's */
    /* As speech.transcribe/1's; the request has {voice?, speed?} besides.
     * [worker] */
    overture_outcome_t (*listen)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_heard_t* heard,
                                 overture_listening_t** listening, const overture_reply_t* reply);
    /* As speech.transcribe/1's.
     * [stream] */
    void (*audio)(overture_listening_t* listening, overture_text_t bytes);
    /* As speech.transcribe/1's.
     * [stream] */
    void (*finish)(overture_listening_t* listening);
    /* As speech.transcribe/1's; no `answer` of this stream is running.
     * [stream] */
    void (*close)(overture_listening_t* listening);
    /* The request of model.chat/1 `complete` with {aloud} → its document. The answer is a JSON object of `schema`; its member `aloud`, which
     * comes last, is a text that is said: its words go to the reply's `piece` in their place, and their sound, in the stream's encoding and
     * rate, to `sink`, in order; neither waits for the other. When one of the two says stop: as there, and no more sound is made. One at a
     * time for a stream, on any thread, beside its other functions.
     * [worker] */
    overture_outcome_t (*answer)(overture_listening_t* listening, const overture_call_t* call,
                                 overture_text_t request, const overture_audio_sink_t* sink,
                                 const overture_reply_t* reply);
    /* As model.chat/1's, for a request of `answer`.
     * [worker] */
    overture_outcome_t (*estimate)(overture_instance_t* instance, const overture_call_t* call,
                                   overture_text_t request, const overture_reply_t* reply);
} overture_speech_converse_t;

#ifdef __cplusplus
}
#endif
#endif
