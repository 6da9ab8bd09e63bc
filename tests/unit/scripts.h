/* scripts.h - shell scripts that play the drawing program
 *
 * One at a time, in a directory that script_set_up makes and script_tear_down
 * removes.  Nothing here fails but the test. */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

struct script_result {
    enum rg_status status;
    struct rg_buffer output, messages;
    struct rg_error error;
    double seconds; /* that it took */
};

/* Where the program is, or would be. */
const char *script_path(void);

/* Writes the program: a shell script. */
void script_write(const char *body);

/* Runs what was written last, as rg_spawn_draw does; release the result with
 * script_drop. */
struct script_result script_run_with(const char *input, size_t size,
                                     double timeout, int (*interrupted)(void *),
                                     void *context);

/* Writes and runs it. */
struct script_result script_run(const char *body, double timeout);
void script_drop(struct script_result *result);

/* It failed so, in one line with these words; drops the result. */
void script_assert_fails(struct script_result *result, enum rg_status status,
                         const char *words);

/* What is said of a program that cannot be started: the words, or what is left
 * of them under valgrind. */
const char *script_words_for_missing(const char *words);

/* For cmocka_run_group_tests. */
int script_set_up(void **state);
int script_tear_down(void **state);

#endif
