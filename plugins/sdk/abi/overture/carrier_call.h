/* carrier.call/1: places calls at one outside carrier, ends and moves them, and reads what it says of them. The sound itself
 * goes over carrier.media/1.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CARRIER_CALL_H
#define OVERTURE_CARRIER_CALL_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CARRIER_CALL "carrier.call/1"

/* Since minor 4. */
typedef struct overture_carrier_call {
    uint32_t size; /* sizeof of the plugin's */
    /* Places one call, whose sound is connected to `media`. {delivery_id, call_id, from, to, media: {url, token}, machine_detection?,
     * ring_seconds?, most_seconds?} -> {reference, status}. OVERTURE_UNKNOWN when it may have been placed; OVERTURE_TRANSIENT
     * only when it certainly was not.
     * [worker] */
    overture_outcome_t (*start)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
    /* Asks what became of a call whose outcome is unknown. {delivery_id, reference?, from?, to, sent_after} ->
     * {found, reference?, status?, trusted, ask_again_ms?}.
     * [worker] */
    overture_outcome_t (*lookup)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
    /* Ends a call, whether it rings or is talked in. {reference} -> {status}. One that is over already is no mistake.
     * [worker] */
    overture_outcome_t (*end)(overture_instance_t* instance, const overture_call_t* call,
                              overture_text_t request, const overture_reply_t* reply);
    /* Connects the person with somebody else; our own sound ends. {reference, to, from?, ring_seconds?, announce?, summary?, media?} ->
     * {status}. `summary` is said to whoever answers before they are connected, where the carrier can. What came of it comes by the webhook, and where nobody answered the sound comes back to `media`.
     * [worker] */
    overture_outcome_t (*transfer)(overture_instance_t* instance, const overture_call_t* call,
                                   overture_text_t request, const overture_reply_t* reply);
    /* Proves the signature of a carrier's call of ours and reads it. {method, url, headers, body_base64, media?: {url, token}} ->
     * {events, response, asks?: {call_id?, reference?}}; `media` is where a call that somebody makes to us is to be connected to. With
     * `asks` it is called once more when its events are written, with `known`: what the engine knows of that call, {call_id, language,
     * say, transfer_to, summary, most_seconds}. A wrong signature is OVERTURE_REJECTED, an unreadable body OVERTURE_INVALID.
     * [worker] */
    overture_outcome_t (*webhook)(overture_instance_t* instance, const overture_call_t* call,
                                  overture_text_t request, const overture_reply_t* reply);
} overture_carrier_call_t;

#ifdef __cplusplus
}
#endif
#endif
