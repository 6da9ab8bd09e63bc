#include "scripts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "module/spawn.h"
#include "unit.h"

enum { PATH_SIZE = 512 };

static char directory[PATH_SIZE];

static double seconds_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

const char *script_path(void)
{
    static char path[PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/program", directory);
    return path;
}

void script_write(const char *body)
{
    unlink(script_path());
    FILE *stream = fopen(script_path(), "w");
    assert_non_null(stream);
    fprintf(stream, "#!/bin/sh\n%s\n", body);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(chmod(script_path(), 0755), 0);
}

struct script_result script_run_with(const char *input, size_t size,
                                     double timeout, int (*interrupted)(void *),
                                     void *context)
{
    struct script_result result = {0};
    char format[] = "-Tsvg";
    char *arguments[] = {format, NULL};
    double start = seconds_now();
    result.status = rg_spawn_draw(script_path(), arguments, input, size,
                                  timeout, interrupted, context, &result.output,
                                  &result.messages, &result.error);
    result.seconds = seconds_now() - start;
    return result;
}

struct script_result script_run(const char *body, double timeout)
{
    script_write(body);
    return script_run_with("graph", 5, timeout, NULL, NULL);
}

void script_drop(struct script_result *result)
{
    rg_buffer_free(&result->output);
    rg_buffer_free(&result->messages);
}

void script_assert_fails(struct script_result *result, enum rg_status status,
                         const char *words)
{
    assert_int_equal(result->status, status);
    assert_int_equal(result->error.status, status);
    if (strstr(result->error.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", result->error.text, words);
    assert_null(strchr(result->error.text, '\n'));
    script_drop(result);
}

/* Valgrind's vfork is a fork, and glibc's posix_spawn then tells of a program
 * that cannot be started only by the status it ends with. */
const char *script_words_for_missing(const char *words)
{
    return getenv("UNDER_VALGRIND") != NULL ? "cannot be started" : words;
}

int script_set_up(void **state)
{
    (void)state;
    const char *top = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%.400s/rg-spawn-XXXXXX",
             top != NULL ? top : "/tmp");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

int script_tear_down(void **state)
{
    (void)state;
    unlink(script_path());
    return rmdir(directory);
}
