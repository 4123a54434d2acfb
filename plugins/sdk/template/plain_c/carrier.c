/* A whole plugin in plain C: a carrier that logs that it was asked to send, counts, and reads no webhooks. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overture/overture.h"

struct overture_instance {
    const overture_host_t* host;
    const overture_host_log_t* log;
    atomic_ulong sent; /* operations run on many threads at once */
};

static overture_text_t text(const char* words) {
    overture_text_t view = {words, strlen(words)};
    return view;
}

/* Enough for an example: a real plugin reads its documents with a JSON library. */
static int is_object(overture_text_t document) {
    return document.size >= 2 && document.data[0] == '{' && document.data[document.size - 1] == '}';
}

static overture_outcome_t refuse(const overture_reply_t* reply, overture_outcome_t outcome,
                                 const char* sentence) {
    reply->problem(reply, text(""), text(sentence));
    return outcome;
}

static overture_outcome_t carrier_send(overture_instance_t* self, const overture_call_t* call,
                                       overture_text_t request, const overture_reply_t* reply) {
    (void)call;
    if (!is_object(request)) return refuse(reply, OVERTURE_INVALID, "the request is not a JSON object");
    char line[96];
    const unsigned long number = atomic_fetch_add(&self->sent, 1) + 1;
    snprintf(line, sizeof line, "message %lu, a request of %zu bytes", number, request.size);
    self->log->write(self->host, OVERTURE_LOG_INFO, text(line));
    snprintf(line, sizeof line, "{\"reference\":\"plain-%lu\",\"status\":\"sent\"}", number);
    reply->document(reply, text(line));
    return OVERTURE_OK;
}

static overture_outcome_t carrier_lookup(overture_instance_t* self, const overture_call_t* call,
                                         overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call;
    if (!is_object(request)) return refuse(reply, OVERTURE_INVALID, "the request is not a JSON object");
    reply->document(reply, text("{\"found\":false,\"trusted\":false}"));
    return OVERTURE_OK;
}

static overture_outcome_t carrier_webhook(overture_instance_t* self, const overture_call_t* call,
                                          overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call, (void)request;
    return refuse(reply, OVERTURE_UNSUPPORTED, "this carrier calls nobody back");
}

static const overture_carrier_message_t carrier = {sizeof(overture_carrier_message_t), carrier_send,
                                                   carrier_lookup, carrier_webhook, NULL};

static overture_outcome_t plugin_open(const overture_host_t* host, const overture_sink_t* problem) {
    (void)host, (void)problem;
    return OVERTURE_OK;
}

static void plugin_close(void) {}

static const void* get_capability(const char* id) {
    return strcmp(id, OVERTURE_CARRIER_MESSAGE) == 0 ? &carrier : NULL;
}

static overture_outcome_t create(const overture_host_t* host, overture_text_t settings,
                                 const overture_sink_t* problem, overture_instance_t** instance) {
    if (!is_object(settings)) {
        problem->put(problem->context, text("the settings are not a JSON object"));
        return OVERTURE_INVALID;
    }
    const overture_host_log_t* log = host->get_service(host, OVERTURE_HOST_LOG);
    overture_instance_t* self = log == NULL ? NULL : malloc(sizeof *self);
    if (self == NULL) {
        problem->put(problem->context,
                     text(log == NULL ? "this engine offers no host.log/1" : "out of memory"));
        return log == NULL ? OVERTURE_UNSUPPORTED : OVERTURE_INTERNAL;
    }
    self->host = host;
    self->log = log;
    atomic_init(&self->sent, 0);
    *instance = self;
    return OVERTURE_OK;
}

static int32_t offers(const overture_instance_t* instance, const char* capability) {
    (void)instance;
    return strcmp(capability, OVERTURE_CARRIER_MESSAGE) == 0;
}

static void destroy(overture_instance_t* instance) {
    free(instance);
}

OVERTURE_EXPORT const overture_entry_t* overture_plugin_entry_v1(void) {
    static const char* const capabilities[] = {OVERTURE_CARRIER_MESSAGE, NULL};
    static const overture_entry_t entry = {OVERTURE_MAGIC,
                                           sizeof(overture_entry_t),
                                           OVERTURE_ABI_MAJOR,
                                           0,
                                           "plain_c",
                                           "0.1.0",
                                           capabilities,
                                           plugin_open,
                                           plugin_close,
                                           get_capability,
                                           create,
                                           offers,
                                           destroy};
    return &entry;
}
