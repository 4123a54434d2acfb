/* Every operation of every capability, for whoever calls them by name: hosts, fake hosts, conformance suites. */
#ifndef OVERTURE_OPERATIONS_H
#define OVERTURE_OPERATIONS_H

#include "overture/carrier_call.h"
#include "overture/carrier_mailbox.h"
#include "overture/carrier_media.h"
#include "overture/carrier_message.h"
#include "overture/carrier_simulated.h"
#include "overture/channel_call.h"
#include "overture/channel_message.h"
#include "overture/model_chat.h"
#include "overture/model_embed.h"
#include "overture/registry_numbers.h"
#include "overture/speech_converse.h"
#include "overture/speech_synthesize.h"
#include "overture/speech_transcribe.h"
#include "overture/storage.h"
#include "overture/tool.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All slots of the capability tables listed below have this type.
 * [worker] */
typedef overture_outcome_t (*overture_operation_t)(overture_instance_t* instance, const overture_call_t* call,
                                                   overture_text_t request, const overture_reply_t* reply);

/* X(capability id, table type, slot) */
#define OVERTURE_OPERATIONS(X)                                          \
    X(OVERTURE_CARRIER_MESSAGE, overture_carrier_message_t, send)       \
    X(OVERTURE_CARRIER_MESSAGE, overture_carrier_message_t, lookup)     \
    X(OVERTURE_CARRIER_MESSAGE, overture_carrier_message_t, webhook)    \
    X(OVERTURE_CARRIER_MESSAGE, overture_carrier_message_t, media)      \
    X(OVERTURE_CARRIER_MAILBOX, overture_carrier_mailbox_t, fetch)      \
    X(OVERTURE_CARRIER_MAILBOX, overture_carrier_mailbox_t, forget)     \
    X(OVERTURE_CARRIER_CALL, overture_carrier_call_t, start)            \
    X(OVERTURE_CARRIER_CALL, overture_carrier_call_t, lookup)           \
    X(OVERTURE_CARRIER_CALL, overture_carrier_call_t, end)              \
    X(OVERTURE_CARRIER_CALL, overture_carrier_call_t, transfer)         \
    X(OVERTURE_CARRIER_CALL, overture_carrier_call_t, webhook)          \
    X(OVERTURE_CHANNEL_CALL, overture_channel_call_t, manners)          \
    X(OVERTURE_CHANNEL_CALL, overture_channel_call_t, follow)           \
    X(OVERTURE_CHANNEL_CALL, overture_channel_call_t, speak)            \
    X(OVERTURE_CHANNEL_MESSAGE, overture_channel_message_t, window)     \
    X(OVERTURE_CHANNEL_MESSAGE, overture_channel_message_t, compose)    \
    X(OVERTURE_CHANNEL_MESSAGE, overture_channel_message_t, read)       \
    X(OVERTURE_CHANNEL_MESSAGE, overture_channel_message_t, measure)    \
    X(OVERTURE_MODEL_CHAT, overture_model_chat_t, complete)             \
    X(OVERTURE_MODEL_CHAT, overture_model_chat_t, estimate)             \
    X(OVERTURE_CARRIER_SIMULATED, overture_carrier_simulated_t, due)    \
    X(OVERTURE_REGISTRY_NUMBERS, overture_registry_numbers_t, check)    \
    X(OVERTURE_MODEL_EMBED, overture_model_embed_t, embed)              \
    X(OVERTURE_ENRICHMENT, overture_tool_t, ask)                        \
    X(OVERTURE_CRM, overture_tool_t, ask)                               \
    X(OVERTURE_SIGNATURE, overture_tool_t, ask)                         \
    X(OVERTURE_SPEECH_SYNTHESIZE, overture_speech_synthesize_t, voices) \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, estimate)   \
    X(OVERTURE_STORAGE, overture_storage_t, remove)                     \
    X(OVERTURE_STORAGE, overture_storage_t, link)

/* Slots that are no operations: their types stand in their own headers.
 * X(capability id, table type, slot) */
#define OVERTURE_STREAM_SLOTS(X)                                        \
    X(OVERTURE_CARRIER_MEDIA, overture_carrier_media_t, open)           \
    X(OVERTURE_CARRIER_MEDIA, overture_carrier_media_t, read)           \
    X(OVERTURE_CARRIER_MEDIA, overture_carrier_media_t, write)          \
    X(OVERTURE_CARRIER_MEDIA, overture_carrier_media_t, close)          \
    X(OVERTURE_SPEECH_SYNTHESIZE, overture_speech_synthesize_t, speak)  \
    X(OVERTURE_SPEECH_TRANSCRIBE, overture_speech_transcribe_t, listen) \
    X(OVERTURE_SPEECH_TRANSCRIBE, overture_speech_transcribe_t, audio)  \
    X(OVERTURE_SPEECH_TRANSCRIBE, overture_speech_transcribe_t, finish) \
    X(OVERTURE_SPEECH_TRANSCRIBE, overture_speech_transcribe_t, close)  \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, listen)     \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, audio)      \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, finish)     \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, close)      \
    X(OVERTURE_SPEECH_CONVERSE, overture_speech_converse_t, answer)     \
    X(OVERTURE_STORAGE, overture_storage_t, put)                        \
    X(OVERTURE_STORAGE, overture_storage_t, get)

#ifdef __cplusplus
}
#endif
#endif
