/* model.chat/1: one completion of a language model.
 *
 * Every operation takes one JSON document and puts one; both are borrowed for the call. It may be called from many
 * threads at once, also for the same instance. The documents are described in docs/plugins.md. */
#ifndef OVERTURE_MODEL_CHAT_H
#define OVERTURE_MODEL_CHAT_H

#include "overture/call.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_MODEL_CHAT "model.chat/1"

typedef struct overture_model_chat {
    uint32_t size; /* sizeof of the plugin's */
    /* {purpose, model?, messages, schema?, tools?, temperature?, max_tokens?, seed?, context, first_token_ms?} →
     * {content, json, tool_calls, finish, refusal?, model, usage}. When nothing useful has come `first_token_ms` after the
     * call began: OVERTURE_TRANSIENT with the code "late", at once. Where the reply has a `piece` (minor 4) the content goes there
     * as it comes; when that says stop: OVERTURE_OK with what came, json null, finish "stopped", and a usage that is unpriced when
     * the vendor has not told it yet.
     * [worker] */
    overture_outcome_t (*complete)(overture_instance_t* instance, const overture_call_t* call,
                                   overture_text_t request, const overture_reply_t* reply);
    /* Since minor 1; a table that ends before it has none. The most that `complete` would cost for this request: the same
     * request → {cost_micros, currency}. OVERTURE_UNSUPPORTED when the plugin knows no price.
     * [worker] */
    overture_outcome_t (*estimate)(overture_instance_t* instance, const overture_call_t* call,
                                   overture_text_t request, const overture_reply_t* reply);
} overture_model_chat_t;

#ifdef __cplusplus
}
#endif
#endif
