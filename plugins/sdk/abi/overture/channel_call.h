/* channel.call/1: the manners of a call, and of no vendor.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CHANNEL_CALL_H
#define OVERTURE_CHANNEL_CALL_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CHANNEL_CALL "channel.call/1"

/* Since minor 4. */
typedef struct overture_channel_call {
    uint32_t size; /* sizeof of the plugin's */
    /* What is said and meant in a call of this language, asked once before it. {language, sender_name?, duties?} ->
     * {backchannels, fillers, clarify, are_you_there, goodbye, machine, screening, menu, notice?}.
     * [worker] */
    overture_outcome_t (*manners)(overture_instance_t* instance, const overture_call_t* call,
                                  overture_text_t request, const overture_reply_t* reply);
    /* What follows from how a call went. {outcome, tries} -> {then: nothing|again|text|person|close, after_seconds?, why}.
     * [worker] */
    overture_outcome_t (*follow)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
    /* A text as it is said aloud: sentences, with numbers, times and addresses as words. {text, language} -> {sentences}.
     * [worker] */
    overture_outcome_t (*speak)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
} overture_channel_call_t;

#ifdef __cplusplus
}
#endif
#endif
