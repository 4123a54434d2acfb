/* Everything of this ABI revision. */
#ifndef OVERTURE_OVERTURE_H
#define OVERTURE_OVERTURE_H

#include "overture/call.h"
#include "overture/carrier_call.h"
#include "overture/carrier_mailbox.h"
#include "overture/carrier_media.h"
#include "overture/carrier_message.h"
#include "overture/carrier_simulated.h"
#include "overture/channel_call.h"
#include "overture/channel_message.h"
#include "overture/entry.h"
#include "overture/host.h"
#include "overture/host_clock.h"
#include "overture/host_http.h"
#include "overture/host_http_stream.h"
#include "overture/host_log.h"
#include "overture/host_oauth2.h"
#include "overture/host_secret.h"
#include "overture/host_websocket.h"
#include "overture/model_chat.h"
#include "overture/model_embed.h"
#include "overture/operations.h"
#include "overture/outcome.h"
#include "overture/registry_numbers.h"
#include "overture/speech_converse.h"
#include "overture/speech_synthesize.h"
#include "overture/speech_transcribe.h"
#include "overture/storage.h"
#include "overture/text.h"
#include "overture/tool.h"

#endif
