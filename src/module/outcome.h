/* outcome.h - whether a drawing program did what it should; if not, why */
#ifndef RG_MODULE_OUTCOME_H
#define RG_MODULE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* What is known of a program that has ended. */
struct rg__outcome {
    const struct rg_buffer *output;
    size_t output_start; /* where its own output begins */
    struct rg_buffer *messages;
    size_t messages_start;
    double timeout;       /* in force; seconds */
    int wait_status;      /* of waitpid, */
    bool has_wait_status; /* unless someone else reaped it */
};

/* RG_OK when the whole picture is there; takes the status line off the
 * messages.  Otherwise *error says why not. */
enum rg_status rg__outcome_judge(struct rg__outcome *outcome,
                                 struct rg_error *error);

#endif
