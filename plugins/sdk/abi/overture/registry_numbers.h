/* registry.numbers/1: a do-not-contact registry that answers for numbers, where others are kept as copies.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_REGISTRY_NUMBERS_H
#define OVERTURE_REGISTRY_NUMBERS_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_REGISTRY_NUMBERS "registry.numbers/1"

typedef struct overture_registry_numbers {
    uint32_t size; /* sizeof of the plugin's */
    /* Which of these numbers are on the registry. {numbers, now} -> {as_of, answers}. A number without an answer counts as
     * one that may not be contacted.
     * [worker] */
    overture_outcome_t (*check)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
} overture_registry_numbers_t;

#ifdef __cplusplus
}
#endif
#endif
