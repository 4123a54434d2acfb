/* What is wrong is chosen by the request: {"wrong": "..."}. */
#define ID "bad_json_output"
#include <stdlib.h>
#include <string.h>

#include "overture/overture.h"

static int asks(overture_text_t request, const char* word) {
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= request.size; ++i)
        if (memcmp(request.data + i, word, length) == 0) return 1;
    return 0;
}

static overture_outcome_t put(const overture_reply_t* reply, const char* words) {
    const overture_text_t text = {words, strlen(words)};
    reply->document(reply, text);
    return OVERTURE_OK;
}

static overture_outcome_t put_too_much(const overture_reply_t* reply) {
    const overture_text_t text = {(char*)calloc(1, 9 * 1024 * 1024), 9 * 1024 * 1024};
    if (text.data != NULL) reply->document(reply, text);
    free((char*)text.data);
    return OVERTURE_OK;
}

static overture_outcome_t wrong_send(overture_instance_t* self, const overture_call_t* call,
                                     overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call;
    if (asks(request, "not_json")) return put(reply, "{\"reference\": ");
    if (asks(request, "not_object")) return put(reply, "[1, 2]");
    if (asks(request, "too_large")) return put_too_much(reply);
    if (asks(request, "no_such_outcome")) return 77;
    return OVERTURE_OK;
}
#define SEND wrong_send
#include "../healthy.h"
