/* What came of a call, chosen for what the engine must decide next. */
#ifndef OVERTURE_OUTCOME_H
#define OVERTURE_OUTCOME_H

#include <stdint.h>

/* Passed as int32_t. A number that is not in this list is a breach of the contract. */
enum overture_outcome {
    OVERTURE_OK = 0,
    OVERTURE_INVALID = 1,     /* the engine's mistake: this request can never work */
    OVERTURE_UNSUPPORTED = 2, /* the plugin does not do this */
    OVERTURE_AUTH = 3,        /* an operator must act: key, permission, account */
    OVERTURE_REJECTED = 4,    /* no, for good */
    OVERTURE_LIMITED = 5,     /* not now: again after `retry_after` */
    OVERTURE_TRANSIENT = 6,   /* certainly not accepted: may be tried again */
    OVERTURE_UNKNOWN = 7,     /* may have been accepted: look it up, never repeat it */
    OVERTURE_CANCELLED = 8,   /* ended because the engine asked */
    OVERTURE_INTERNAL = 9     /* the plugin's own bug */
};
typedef int32_t overture_outcome_t;

#endif
