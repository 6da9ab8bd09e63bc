/* dumps.h - a small heap made by hand, and what a file of it holds */
#ifndef DUMPS_H
#define DUMPS_H

#include "base/buffer.h"
#include "dump/dump.h"

/* Nodes of the heap: a module app with a variable `cache`, a dict {'k': item}
 * whose item is a Session with an attribute in its __dict__, and a class that
 * only a frame knows. */
enum {
    DUMPS_NAMESPACE = 1,
    DUMPS_CACHE,
    DUMPS_SESSION,
    DUMPS_DICT,
    DUMPS_PAYLOAD,
    DUMPS_CLASS,
    DUMPS_WEAK,
    DUMPS_FRAME,
    DUMPS_KEY,
    DUMPS_GROUPS,
    DUMPS_COUNT = DUMPS_GROUPS + RG_DUMP_GROUP_COUNT
};

/* RG_ENOMEM; *dump is then NULL. */
enum rg_status dumps_make(struct rg_dump **dump);

/* The bytes of a file of it; to be freed. */
struct rg_buffer dumps_written(const struct rg_dump *dump);

#endif
