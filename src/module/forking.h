/* forking.h - between the two sides of a fork
 *
 * Private to fork.c and fork_child.c. */
#ifndef RG_MODULE_FORKING_H
#define RG_MODULE_FORKING_H

#include "module/fork.h"

#define RG__FORK_MARK "\nrg end\n"

/* What stands behind the answer: without it the child did not get so far. */
struct rg__fork_trailer {
    char mark[sizeof RG__FORK_MARK];
    unsigned long long size; /* of the answer in front */
    struct rg_error error;   /* its status is how it went */
};

/* Blocks every signal, also those that the C library keeps for itself; *before
 * is for rg__fork_restore_signals. */
struct rg__fork_signals {
    unsigned char bytes[16];
};
void rg__fork_block_signals(struct rg__fork_signals *before);
void rg__fork_restore_signals(const struct rg__fork_signals *before);

/* In the child, first of all. */
void rg__fork_become_child(const struct rg_fork *fork,
                           const struct rg_fork_manner *manner);

#endif
