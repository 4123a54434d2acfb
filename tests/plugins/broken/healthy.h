/* A carrier that works, in plain C. Each broken plugin defines the one thing that is wrong and includes this.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overture/overture.h"

#ifndef ID
#error "define ID"
#endif
#ifndef MAGIC
#define MAGIC OVERTURE_MAGIC
#endif
#ifndef MAJOR
#define MAJOR OVERTURE_ABI_MAJOR
#endif
#ifndef MINOR_NEEDED
#define MINOR_NEEDED 0
#endif
#ifndef ENTRY_SIZE
#define ENTRY_SIZE sizeof(overture_entry_t)
#endif
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof(overture_carrier_message_t)
#endif
#ifndef CAPABILITIES
#define CAPABILITIES OVERTURE_CARRIER_MESSAGE
#endif

struct overture_instance {
    int unused;
};

static overture_text_t text(const char* words) {
    overture_text_t view = {words, strlen(words)};
    return view;
}

#ifndef SEND
#define SEND carrier_send
static overture_outcome_t carrier_send(overture_instance_t* self, const overture_call_t* call,
                                       overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call, (void)request;
    reply->document(reply, text("{\"reference\":\"r1\",\"status\":\"sent\"}"));
    return OVERTURE_OK;
}
#endif

#ifndef LOOKUP
#define LOOKUP carrier_lookup
static overture_outcome_t carrier_lookup(overture_instance_t* self, const overture_call_t* call,
                                         overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call, (void)request;
    reply->problem(reply, text("V7"), text("come back later"));
    reply->retry_after(reply, 1500);
    return OVERTURE_LIMITED;
}
#endif

static overture_outcome_t carrier_webhook(overture_instance_t* self, const overture_call_t* call,
                                          overture_text_t request, const overture_reply_t* reply) {
    (void)self, (void)call;
    char line[64];
    snprintf(line, sizeof line, "{\"bytes\":%zu}", request.size);
    reply->document(reply, text(line));
    return OVERTURE_OK;
}

static const overture_carrier_message_t carrier = {TABLE_SIZE, SEND, LOOKUP, carrier_webhook, NULL};

#ifndef OPEN
#define OPEN plugin_open
static overture_outcome_t plugin_open(const overture_host_t* host, const overture_sink_t* problem) {
    (void)host, (void)problem;
    return OVERTURE_OK;
}
#endif

static void plugin_close(void) {}

static const void* get_capability(const char* id) {
    return strcmp(id, OVERTURE_CARRIER_MESSAGE) == 0 ? &carrier : NULL;
}

static overture_outcome_t create(const overture_host_t* host, overture_text_t settings,
                                 const overture_sink_t* problem, overture_instance_t** instance) {
    (void)host, (void)settings;
    overture_instance_t* self = (overture_instance_t*)malloc(sizeof *self);
    if (self == NULL) {
        problem->put(problem->context, text("out of memory"));
        return OVERTURE_INTERNAL;
    }
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
    static const char* const capabilities[] = {CAPABILITIES, NULL};
    static const overture_entry_t entry = {MAGIC,   ENTRY_SIZE,   MAJOR,  MINOR_NEEDED, ID,
                                           "1.0.0", capabilities, OPEN,   plugin_close, get_capability,
                                           create,  offers,       destroy};
    return &entry;
}
