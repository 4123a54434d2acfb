/* carrier.message/1: hands messages to one outside carrier and reads what it says back.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CARRIER_MESSAGE_H
#define OVERTURE_CARRIER_MESSAGE_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CARRIER_MESSAGE "carrier.message/1"

typedef struct overture_carrier_message {
    uint32_t size; /* sizeof of the plugin's */
    /* Hands one message over. {delivery_id, channel, from, to, text, parts, media, idempotency_key} → {reference, status}.
     * OVERTURE_UNKNOWN when it may have been accepted; OVERTURE_TRANSIENT only when it certainly was not.
     * [worker] */
    overture_outcome_t (*send)(overture_instance_t* instance, const overture_call_t* call,
                               overture_text_t request, const overture_reply_t* reply);
    /* Asks what became of a message whose outcome is unknown. {delivery_id, channel, reference?, from?, to, text, sent_after} →
     * {found, reference?, status?, trusted}.
     * [worker] */
    overture_outcome_t (*lookup)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
    /* Proves the signature of a carrier's call and reads it. {method, url, headers, body_base64} → {events, response}.
     * A wrong signature is OVERTURE_REJECTED, an unreadable body OVERTURE_INVALID.
     * [worker] */
    overture_outcome_t (*webhook)(overture_instance_t* instance, const overture_call_t* call,
                                  overture_text_t request, const overture_reply_t* reply);
    /* Since minor 3; a table that ends before it, or has no function here, has none. Gets what came along with a person's message:
     * one of `media` of a webhook's event {url or id, content_type} → {content_type, body_base64}. OVERTURE_REJECTED when it
     * is not there any more, or larger than 5 MiB.
     * [worker] */
    overture_outcome_t (*media)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
} overture_carrier_message_t;

#ifdef __cplusplus
}
#endif
#endif
