#include "module/outcome.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/signals.h"

/* How the drawing program begins its messages. */
#define PREFIX "referrers-draw: "

enum {
    EXIT_TIMEOUT = 3,      /* src/draw/exit.h */
    EXIT_NOT_STARTED = 127 /* some posix_spawn say so only then */
};

/* The last line of the messages received; *size without the newline. */
static const char *last_line(const struct rg__outcome *outcome, size_t *size)
{
    const char *data = outcome->messages->data;
    size_t start = outcome->messages_start, end = outcome->messages->size;
    while (end > start && (data[end - 1] == '\n' || data[end - 1] == '\r'))
        end--;
    size_t begin = end;
    while (begin > start && data[begin - 1] != '\n')
        begin--;
    *size = end - begin;
    return *size == 0 ? "" : data + begin;
}

/* Reads the status line and takes it off the messages; false when the last
 * message is something else. */
static bool take_status_line(struct rg__outcome *outcome,
                             unsigned long long *claimed)
{
    static const char done[] = PREFIX "done ";
    size_t size;
    const char *line = last_line(outcome, &size);
    char digits[32];
    if (size <= strlen(done) || memcmp(line, done, strlen(done)) != 0 ||
        size - strlen(done) >= sizeof digits)
        return false;
    memcpy(digits, line + strlen(done), size - strlen(done));
    digits[size - strlen(done)] = '\0';
    char *end;
    *claimed = strtoull(digits, &end, 10);
    if (*end != '\0')
        return false;
    outcome->messages->size = (size_t)(line - outcome->messages->data);
    return true;
}

static enum rg_status judge_signal(const struct rg__outcome *outcome,
                                   struct rg_error *error)
{
    int number = WTERMSIG(outcome->wait_status);
    static const struct {
        int number;
        const char *words;
    } hints[] = {
        {SIGKILL, ", perhaps for lack of memory"},
        {SIGTRAP, ", perhaps for lack of memory"},
        {SIGXCPU, ", the limit of processor time"},
    };
    const char *hint = "";
    char name[RG_SIGNAL_NAME_SIZE];
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].number == number)
            hint = hints[i].words;
    rg_signal_name(number, name);
    return rg_error_set(error, RG_EIO,
                        "the drawing program was killed by signal %d (%s%s)",
                        number, name, hint);
}

/* The words for a program that did not say that it was done. */
static enum rg_status judge_failure(const struct rg__outcome *outcome,
                                    struct rg_error *error)
{
    size_t size;
    const char *line = last_line(outcome, &size);
    bool is_ours =
        size > strlen(PREFIX) && memcmp(line, PREFIX, strlen(PREFIX)) == 0;
    bool has_exited =
        outcome->has_wait_status && WIFEXITED(outcome->wait_status);
    int code = has_exited ? WEXITSTATUS(outcome->wait_status) : 0;
    if (outcome->has_wait_status && WIFSIGNALED(outcome->wait_status))
        return judge_signal(outcome, error);
    if (code == EXIT_TIMEOUT && is_ours)
        return rg_error_set(error, RG_ETIMEOUT,
                            "drawing ran over the time limit of %.2f s",
                            outcome->timeout);
    if (code == EXIT_NOT_STARTED && size == 0)
        return rg_error_set(error, RG_EINVAL,
                            "the drawing program cannot be started: reinstall "
                            "referrers");
    if (is_ours)
        return rg_error_set(error, RG_EIO, "rendering failed: %.*s",
                            (int)(size - strlen(PREFIX)),
                            line + strlen(PREFIX));
    if (code != 0 && size != 0)
        return rg_error_set(error, RG_EIO,
                            "the drawing program ended with status %d: %.*s",
                            code, (int)size, line);
    if (code != 0)
        return rg_error_set(error, RG_EIO,
                            "the drawing program ended with status %d", code);
    return rg_error_set(error, RG_EIO,
                        "the drawing program ended before the picture was "
                        "whole");
}

enum rg_status rg__outcome_judge(struct rg__outcome *outcome,
                                 struct rg_error *error)
{
    unsigned long long claimed;
    size_t size = outcome->output->size - outcome->output_start;
    bool is_zero =
        !outcome->has_wait_status || (WIFEXITED(outcome->wait_status) &&
                                      WEXITSTATUS(outcome->wait_status) == 0);
    if (!take_status_line(outcome, &claimed) || !is_zero)
        return judge_failure(outcome, error);
    if (claimed == 0)
        return rg_error_set(error, RG_EIO,
                            "the drawing program wrote an empty picture");
    if (claimed != size)
        return rg_error_set(error, RG_EIO,
                            "of the picture's %llu bytes %zu arrived", claimed,
                            size);
    return RG_OK;
}
