/* carrier.simulated/1: a carrier with simulated people behind it; only for rehearsals.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_CARRIER_SIMULATED_H
#define OVERTURE_CARRIER_SIMULATED_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_CARRIER_SIMULATED "carrier.simulated/1"

typedef struct overture_carrier_simulated {
    uint32_t size; /* sizeof of the plugin's */
    /* The webhooks whose time has come, oldest first, each returned once. {now} → {webhooks, next_at?}.
     * [worker] */
    overture_outcome_t (*due)(overture_instance_t* instance, const overture_call_t* call,
                              overture_text_t request, const overture_reply_t* reply);
} overture_carrier_simulated_t;

#ifdef __cplusplus
}
#endif
#endif
