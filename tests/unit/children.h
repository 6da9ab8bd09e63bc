/* children.h - for tests of forked children: a child that does something, and
 * what it can do */
#ifndef UNIT_CHILDREN_H
#define UNIT_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "module/fork.h"

/* What a child does; it may use nothing that allocates, locks or prints. */
typedef enum rg_status work_fn(struct rg_fork *child, struct rg_sink *out,
                               struct rg_error *error);

struct outcome {
    struct rg_buffer output;
    struct rg_error error;
    struct rg_fork fork;
    bool is_refused;
};

/* Splits and waits; RG_EIO and a refusal when there was no fork.  Without
 * niceness: these tests take as long on a busy machine as their threads. */
enum rg_status child_run(work_fn *work, struct outcome *outcome);
enum rg_status child_run_kept(work_fn *work, const int *kept, size_t kept_count,
                              double deadline, int (*interrupted)(void *),
                              struct outcome *outcome);

void assert_no_child(void);

work_fn say_little, say_nothing, say_much, give_up, die, crash, leave, hang,
    hang_while_asked, allocate;

/* Kills the child of a struct rg_fork; 0. */
int kill_it(void *fork);

#endif
