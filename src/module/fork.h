/* fork.h - a child of this process that reads its memory, and answers
 *
 * The child has everything as it was at the fork, while the program runs on.
 * The program must not notice: the child is made by the system call itself,
 * with no exit signal.  No handler of pthread_atfork or os.register_at_fork
 * runs, SIGCHLD is not sent, the program's own wait() never sees the child,
 * and whoever made it reaps it.  The child first resets every signal handler
 * and closes every descriptor that is not its own, so that peers, locks and
 * pipes of the program are as if it were not there; it runs at a low priority,
 * is the first to go when memory is short, and ends when nobody reads its
 * answer any more, or after ten minutes of processor time.
 *
 * In the child no other thread exists, whatever lock it held: what runs there
 * may call no malloc (base/arena.h), no stdio, and no Python but what only
 * reads.  No Python in here; a unit test runs it. */
#ifndef RG_MODULE_FORK_H
#define RG_MODULE_FORK_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/sink.h"

/* How the child is to be.  All zero: as quick as the program, with no
 * descriptor but its own. */
enum { RG_FORK_MOST_KEPT = 4 };

struct rg_fork_manner {
    const int *kept;   /* descriptors that stay open, borrowed */
    size_t kept_count; /* at most RG_FORK_MOST_KEPT */
    int niceness;      /* 19: it works when nobody else wants to */
};

struct rg_fork {
    pid_t pid;   /* in the parent */
    int process; /* in the parent: descriptor of the child, or -1 */
    int pipe;    /* the answer; in the child the end that is written to */
    int refusal; /* errno of a refused fork */
};

enum rg_fork_side { RG_FORK_REFUSED, RG_FORK_PARENT, RG_FORK_CHILD };

/* Splits the process.  The child has to end with rg_fork_end; the parent has
 * to wait with rg_fork_wait.  Where the system or a limit allows no fork,
 * *error says so and fork->refusal is the errno. */
enum rg_fork_side rg_fork_split(struct rg_fork *fork,
                                const struct rg_fork_manner *manner,
                                struct rg_error *error);

/* In the child */

/* Whether anybody still waits: RG_OK, or RG_EIO.  To be asked now and then;
 * the context is the struct rg_fork. */
enum rg_status rg_fork_ask(void *fork);

/* Lets others go first, the parent among them. */
void rg_fork_yield(void);

/* A sink that writes to the parent.  It has a buffer: only rg_fork_end writes
 * the last of it. */
struct rg_fork_answer {
    int pipe;
    size_t used;
    unsigned long long size; /* of all that was written */
    char piece[1 << 16];
};
struct rg_sink rg_fork_sink(const struct rg_fork *fork,
                            struct rg_fork_answer *answer);

/* Tells the parent how it went, and ends the process without running anything
 * else.  `answer` may be NULL; `error` is what it says when `status` is not
 * RG_OK. */
_Noreturn void rg_fork_end(const struct rg_fork *fork,
                           struct rg_fork_answer *answer, enum rg_status status,
                           const struct rg_error *error);

/* In the parent */

/* Appends what the child writes to *output, and reaps it, however it ends.  It is
 * killed when the time is `deadline` (rg_now; 0: never), and when `interrupted`
 * (may be NULL) returns other than 0.  The status is the child's, and *error
 * its words; but
 * RG_ETIMEOUT    the deadline came first
 * RG_EINTERRUPT  `interrupted` said so
 * RG_ENOMEM      no memory to receive the answer
 * RG_EIO         it died: *error says by which signal */
enum rg_status rg_fork_wait(struct rg_fork *fork, double deadline,
                            int (*interrupted)(void *context), void *context,
                            struct rg_buffer *output, struct rg_error *error);

#endif
