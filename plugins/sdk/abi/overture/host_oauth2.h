/* host.oauth2/1: access tokens by OAuth 2.0 (RFC 6749). The host asks for them, keeps them until shortly before they end, renews
 * them one at a time per binding, and keeps a refresh token that the vendor replaced. Since minor 2; a host without it
 * returns NULL for its id. */
#ifndef OVERTURE_HOST_OAUTH2_H
#define OVERTURE_HOST_OAUTH2_H

#include "overture/call.h"
#include "overture/host_http.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_HOST_OAUTH2 "host.oauth2/1"

enum overture_oauth2_grant { OVERTURE_OAUTH2_CLIENT_CREDENTIALS = 0, OVERTURE_OAUTH2_REFRESH_TOKEN = 1 };

/* How the client proves itself to the token server. */
enum overture_oauth2_client {
    OVERTURE_OAUTH2_IN_HEADER = 0, /* HTTP Basic */
    OVERTURE_OAUTH2_IN_BODY = 1    /* client_id and client_secret among the fields */
};

/* Borrowed for the call. Secrets are named, not given: the plugin need not see them. */
typedef struct overture_oauth2_request {
    uint32_t size; /* sizeof(overture_oauth2_request_t) of the plugin */
    int32_t grant;
    int32_t client;
    overture_text_t token_url;
    overture_text_t client_id;
    overture_text_t client_secret;        /* the secret's name; empty for a client without one */
    overture_text_t refresh_token;        /* the secret's name, with OVERTURE_OAUTH2_REFRESH_TOKEN */
    overture_text_t scope;                /* empty: as the vendor has it */
    const overture_http_header_t* fields; /* others that the vendor wants, such as "audience" */
    size_t field_count;
    overture_text_t
        refused; /* the access token that was answered with 401, so that another is wanted; or empty */
    int64_t deadline_ms;
} overture_oauth2_request_t;

typedef struct overture_host_oauth2 {
    uint32_t size;
    /* Puts an access token into `token` and returns OVERTURE_OK; otherwise says why there is none by `why`'s problem and
     * retry_after and returns what to do: OVERTURE_AUTH (an operator must act), OVERTURE_TRANSIENT, OVERTURE_LIMITED. Blocks
     * while the token server is asked, not longer than the deadline. The copy is the plugin's: never log it, never put it
     * into an answer.
     * [worker] */
    overture_outcome_t (*token)(const overture_host_t* host, const overture_oauth2_request_t* request,
                                const overture_sink_t* token, const overture_reply_t* why);
} overture_host_oauth2_t;

#ifdef __cplusplus
}
#endif
#endif
