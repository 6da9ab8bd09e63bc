/* limits.h - what the program allows itself
 *
 * Layout may loop, eat all memory or crash, and whoever started this program
 * may be gone by then.  So it sets its own limits, before it reads a byte. */
#ifndef RG_DRAW_LIMITS_H
#define RG_DRAW_LIMITS_H

#include "base/error.h"

struct rg__limits {
    double timeout;       /* seconds of wall clock; 0: none */
    double cpu_limit;     /* seconds of processor time; 0: from timeout */
    unsigned long memory; /* MiB of address space; 0: no limit */
};

/* Sets the limits, goes to "/", removes what would make Graphviz read other
 * files, and closes all descriptors but the first three.  A limit that is
 * lower already stays.  When the time is over the program ends with one line
 * on standard error. */
enum rg_status rg__limits_apply(const struct rg__limits *limits,
                                struct rg_error *error);

#endif
