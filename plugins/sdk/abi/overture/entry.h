/* The one symbol of a plugin, and the table behind it.
 *
 * Order of a plugin's life: entry → open → get_capability (all of them checked) → create / operations / destroy, many
 * times and from many threads → close. A library is never unloaded. A plugin has the process's full power: this
 * boundary keeps honest parts apart, it does not hold a hostile one. */
#ifndef OVERTURE_ENTRY_H
#define OVERTURE_ENTRY_H

#include "overture/call.h"
#include "overture/host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OVERTURE_MAGIC UINT64_C(0x4f56455254555245) /* "OVERTURE" */

/* Same major and needed minor not above the host's: loaded. Otherwise refused, naming the field. Tables and structs only
 * grow at the end (a new minor); a change of meaning is a new capability or service id. */
#define OVERTURE_ABI_MAJOR 1
#define OVERTURE_ABI_MINOR 4

#if defined(__GNUC__)
#define OVERTURE_EXPORT __attribute__((visibility("default")))
#else
#define OVERTURE_EXPORT
#endif

/* Static data of the plugin, valid and unchanged for the life of the process. Every slot is filled. */
typedef struct overture_entry {
    uint64_t magic; /* OVERTURE_MAGIC */
    uint32_t size;  /* sizeof(overture_entry_t) of the plugin */
    uint32_t abi_major;
    uint32_t abi_minor_needed;       /* the lowest minor this plugin can live with */
    const char* id;                  /* the same as in plugin.json and as the folder's name */
    const char* version;             /* the same as in plugin.json */
    const char* const* capabilities; /* ids, ended by NULL; each stands in plugin.json */

    /* Once, before anything else. Not OVERTURE_OK refuses the plugin: the reason, one sentence, goes into `problem`.
     * [main] */
    overture_outcome_t (*open)(const overture_host_t* host, const overture_sink_t* problem);
    /* Once, after the last `destroy`, and only after an `open` that was OVERTURE_OK. Threads of the plugin end here.
     * [main] */
    void (*close)(void);
    /* The static table of a capability of the list above (its own header says which struct), or NULL.
     * [any] */
    const void* (*get_capability)(const char* id);

    /* Makes the object for one binding. `settings` is a JSON object that satisfies plugin.json's settings_schema, with
     * its defaults filled in. With OVERTURE_OK `*instance` is set and the plugin's own until `destroy`; otherwise it is
     * left alone and one sentence goes into `problem`.
     * [worker] */
    overture_outcome_t (*create)(const overture_host_t* host, overture_text_t settings,
                                 const overture_sink_t* problem, overture_instance_t** instance);
    /* 1 when this object serves the capability with its settings, else 0.
     * [any] */
    int32_t (*offers)(const overture_instance_t* instance, const char* capability);
    /* Frees the object; no call of it is running and none will follow.
     * [worker] */
    void (*destroy)(overture_instance_t* instance);
} overture_entry_t;

/* The only symbol a plugin exports. Returns its static table, never NULL, and does nothing else. */
OVERTURE_EXPORT const overture_entry_t* overture_plugin_entry_v1(void);

#ifdef __cplusplus
}
#endif
#endif
