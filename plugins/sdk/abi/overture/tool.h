/* Tools: what a playbook's functions ask an outside system in the middle of a turn. Each has a capability id of its own, which
 * says what is asked and what comes back; all of them have this table.
 *
 * The operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many threads at
 * once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_TOOL_H
#define OVERTURE_TOOL_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_ENRICHMENT "enrichment/1" /* what is known of a company or a person */
#define OVERTURE_CRM "crm/1"               /* finds and changes what a CRM keeps */
#define OVERTURE_SIGNATURE "signature/1"   /* sends a document to be signed, and says how it stands */

typedef struct overture_tool {
    uint32_t size; /* sizeof of the plugin's */
    /* {arguments, key, now} -> any object. Where it changes something outside, a `key` that came before is the same question
     * again, after a crash: it is answered as before and nothing is done twice.
     * [worker] */
    overture_outcome_t (*ask)(overture_instance_t* instance, const overture_call_t* call,
                              overture_text_t request, const overture_reply_t* reply);
} overture_tool_t;

#ifdef __cplusplus
}
#endif
#endif
