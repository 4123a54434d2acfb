/* channel.message/1: the manners of one written medium, and of no vendor.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CHANNEL_MESSAGE_H
#define OVERTURE_CHANNEL_MESSAGE_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CHANNEL_MESSAGE "channel.message/1"

typedef struct overture_channel_message {
    uint32_t size; /* sizeof of the plugin's */
    /* What may be sent now. {to, last_inbound_at?, now} → {allow: free|template|nothing, until?}.
     * [worker] */
    overture_outcome_t (*window)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
    /* A draft becomes parts. {text, first, sender_name, language, opt_out} → {text, parts, segments}.
     * [worker] */
    overture_outcome_t (*compose)(overture_instance_t* instance, const overture_call_t* call,
                                  overture_text_t request, const overture_reply_t* reply);
    /* What an inbound message says in this medium's manners. {text, channel} → {text, signals}.
     * [worker] */
    overture_outcome_t (*read)(overture_instance_t* instance, const overture_call_t* call,
                               overture_text_t request, const overture_reply_t* reply);
    /* How a text would travel as it stands; nothing is added or changed. {text} → {encoding, segments, units}, in the
     * medium's own units (for text messages septets or UTF-16 units).
     * [worker] */
    overture_outcome_t (*measure)(overture_instance_t* instance, const overture_call_t* call,
                                  overture_text_t request, const overture_reply_t* reply);
} overture_channel_message_t;

#ifdef __cplusplus
}
#endif
#endif
