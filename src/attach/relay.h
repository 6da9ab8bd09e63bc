/* relay.h - what the library in another process answers
 *
 * Private to attach. */
#ifndef RG_ATTACH_RELAY_H
#define RG_ATTACH_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "attach/load.h"
#include "base/buffer.h"

enum rg__end {
    RG__DONE,      /* with the text of the answer */
    RG__REFUSED,   /* by the process, with its words */
    RG__ABANDONED, /* nobody let go of the interpreter */
    RG__ENDED,     /* the process */
    RG__UNHEARD,   /* whoever asked is gone */
    RG__UNWRITTEN  /* the heap could not be written: errno */
};

struct rg__relay {
    const struct rg__target *target;
    const struct rg__loaded *loaded;
    int heap;        /* gets all objects; -1: they are not asked for */
    int asker;       /* a pipe to whoever asked */
    double patience; /* seconds until the library must have the interpreter */
};

bool rg__is_asker_gone(const struct rg__relay *relay);

/* Waits for the answer; *text gets its words. */
enum rg__end rg__relay(const struct rg__relay *relay, struct rg_buffer *text);

#endif
