/* spawn.h - running the drawing program
 *
 * No Python in here: it runs while other threads do, and a unit test runs it
 * against programs that hang, crash and lie.  Nothing of the host is changed:
 * no signal handler, no signal mask, no descriptor that stays open or is
 * inherited, no thread.  The program gets a process group of its own, so that
 * Ctrl-C reaches the host alone. */
#ifndef RG_MODULE_SPAWN_H
#define RG_MODULE_SPAWN_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Runs `program` with `arguments` (a list that ends with NULL, without the
 * program's name; may be NULL), feeds it `input` and appends what it writes to
 * *output and *messages (standard error, without the status line).
 *
 * The picture counts as drawn when the program's last message says so and
 * names the size that arrived: a host may ignore SIGCHLD or reap children
 * that are not its own, so waitpid alone would not tell.
 *
 * `timeout` is in seconds of wall clock, 0: none; then the program is killed.
 * `interrupted` (may be NULL) is asked at least every 100 ms; once it returns
 * other than 0 the program is killed.  The caller owns both buffers, also on
 * failure; *error then says in one line what went wrong:
 * RG_EINVAL      the program is missing or cannot be started
 * RG_ETIMEOUT    it ran over the time limit
 * RG_EINTERRUPT  `interrupted` said so
 * RG_ELIMIT      the picture is larger than 1 GiB
 * RG_ENOMEM      no memory to receive the picture
 * RG_EIO         it failed, crashed, or ended without a whole picture */
enum rg_status rg_spawn_draw(const char *program, char *const arguments[],
                             const char *input, size_t input_size,
                             double timeout, int (*interrupted)(void *context),
                             void *context, struct rg_buffer *output,
                             struct rg_buffer *messages,
                             struct rg_error *error);

#endif
