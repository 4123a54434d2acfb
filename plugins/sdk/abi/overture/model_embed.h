/* model.embed/1: texts as vectors, near one another where the texts mean the same.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_MODEL_EMBED_H
#define OVERTURE_MODEL_EMBED_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_MODEL_EMBED "model.embed/1"

typedef struct overture_model_embed {
    uint32_t size; /* sizeof of the plugin's */
    /* {texts, purpose} -> {vectors, model, usage}: one vector for each text, in their order and all of one length.
     * [worker] */
    overture_outcome_t (*embed)(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_reply_t* reply);
} overture_model_embed_t;

#ifdef __cplusplus
}
#endif
#endif
