/* carrier.mailbox/1: what came in at a carrier that does not call: fetched, kept by the engine, and only then forgotten.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CARRIER_MAILBOX_H
#define OVERTURE_CARRIER_MAILBOX_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CARRIER_MAILBOX "carrier.mailbox/1"

typedef struct overture_carrier_mailbox {
    uint32_t size; /* sizeof of the plugin's */
    /* Messages that wait, oldest first, as they came; none of them is taken away. {most} -> {messages, more}. With most 0 it
     * only shows that the mailbox can be reached.
     * [worker] */
    overture_outcome_t (*fetch)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
    /* The engine has kept these: they need not wait any longer. {ids} -> {}. An id that is not known is no mistake.
     * [worker] */
    overture_outcome_t (*forget)(overture_instance_t* instance, const overture_call_t* call,
                                 overture_text_t request, const overture_reply_t* reply);
} overture_carrier_mailbox_t;

#ifdef __cplusplus
}
#endif
#endif
