#include "module/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "module/descriptor.h"
#include "module/outcome.h"
#include "module/patience.h"

extern char **environ;

enum {
    PIECE_SIZE = 65536,
    MAX_MESSAGES = 1 << 20, /* bytes; older ones are dropped */
    MAX_OUTPUT = 1 << 30,
    MAX_SECONDS = 86400 /* what a program is told at most */
};

enum { INPUT, OUTPUT, MESSAGES, CHANNEL_COUNT };

struct run {
    pid_t pid;
    int ours[CHANNEL_COUNT]; /* our ends; -1: closed */
    int theirs[CHANNEL_COUNT];
    const char *input;
    size_t input_left;
    struct rg_buffer *output, *messages;
    struct rg__outcome outcome;
    struct rg__patience patience;
    double timeout;
    struct rg_error *error;
};

/* Sockets and not pipes: only to a socket can one write without SIGPIPE.  None
 * is a standard descriptor, which dup2 in the child would overwrite. */
static enum rg_status open_channels(struct run *run)
{
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
            return rg_error_set(run->error, RG_EIO,
                                "cannot talk to the drawing program: %s",
                                strerror(errno));
        run->ours[i] = pair[0];
        run->theirs[i] = pair[1];
        if (rg__descriptor_raise(&run->ours[i]) != 0 ||
            rg__descriptor_raise(&run->theirs[i]) != 0)
            return rg_error_set(run->error, RG_EIO,
                                "cannot talk to the drawing program: %s",
                                strerror(errno));
    }
    return RG_OK;
}

static void close_channels(struct run *run)
{
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        rg__descriptor_close(&run->ours[i]);
        rg__descriptor_close(&run->theirs[i]);
    }
}

static bool is_for_graphviz(const char *variable)
{
    return strncmp(variable, "GVBINDIR=", strlen("GVBINDIR=")) == 0 ||
           strncmp(variable, "GV_FILE_PATH=", strlen("GV_FILE_PATH=")) == 0;
}

/* The environment without what would make Graphviz load other files; NULL
 * when memory is short.  The strings are the host's. */
static char **new_environment(void)
{
    size_t count = 0, kept = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **variables = rg_alloc(count + 1, sizeof *variables);
    if (variables == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!is_for_graphviz(environ[i]))
            variables[kept++] = environ[i];
    variables[kept] = NULL;
    return variables;
}

/* What every program is told, before the caller's arguments: to end with the
 * status line, and a time limit of its own, a little longer than ours, in case
 * the host dies first. */
struct orders {
    char timeout[32];
    char **list;
};

static int make_orders(struct orders *orders, const struct run *run,
                       const char *program, char *const arguments[])
{
    static char status_line[] = "--status-line";
    size_t count = 0, given = 0;
    while (arguments != NULL && arguments[given] != NULL)
        given++;
    orders->list = rg_alloc(given + 4, sizeof *orders->list);
    if (orders->list == NULL)
        return -1;
    orders->list[count++] = (char *)program;
    orders->list[count++] = status_line;
    if (run->timeout > 0 && run->timeout < MAX_SECONDS) {
        snprintf(orders->timeout, sizeof orders->timeout, "--timeout=%ld",
                 (long)run->timeout + 2);
        orders->list[count++] = orders->timeout;
    }
    for (size_t i = 0; i < given; i++)
        orders->list[count++] = arguments[i];
    orders->list[count] = NULL;
    return 0;
}

/* The child starts with no signal blocked or ignored, whatever the host did. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    int failed = posix_spawnattr_setsigmask(attributes, &none);
    if (failed == 0)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (failed == 0)
        failed = posix_spawnattr_setpgroup(attributes, 0);
    return failed != 0 ? failed
                       : posix_spawnattr_setflags(attributes,
                                                  POSIX_SPAWN_SETSIGMASK |
                                                      POSIX_SPAWN_SETSIGDEF |
                                                      POSIX_SPAWN_SETPGROUP);
}

static int spawn(struct run *run, const char *program, char **list,
                 char **variables)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed != 0)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    failed = set_attributes(&attributes);
    for (int i = 0; i < CHANNEL_COUNT && failed == 0; i++)
        failed = posix_spawn_file_actions_adddup2(&actions, run->theirs[i], i);
    if (failed == 0)
        failed = posix_spawn(&run->pid, program, &actions, &attributes, list,
                             variables);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static enum rg_status not_started(struct rg_error *error, const char *program,
                                  int reason)
{
    if (reason == ENOMEM)
        return rg_error_no_memory(error);
    if (reason == ENOENT || reason == ENOTDIR)
        return rg_error_set(error, RG_EINVAL,
                            "the drawing program %.160s is missing: reinstall "
                            "referrers",
                            program);
    if (reason == EACCES || reason == ENOEXEC)
        return rg_error_set(error, RG_EINVAL,
                            "the drawing program %.160s is not executable: "
                            "reinstall referrers",
                            program);
    return rg_error_set(error, RG_EINVAL,
                        "the drawing program %.160s cannot be started: %s",
                        program, strerror(reason));
}

static enum rg_status start_program(struct run *run, const char *program,
                                    char *const arguments[])
{
    enum rg_status status = open_channels(run);
    if (status != RG_OK)
        return status;
    struct orders orders = {.list = NULL};
    char **variables = new_environment();
    int failed =
        variables == NULL || make_orders(&orders, run, program, arguments) < 0
            ? ENOMEM
            : spawn(run, program, orders.list, variables);
    rg_free(orders.list);
    rg_free(variables);
    for (int i = 0; i < CHANNEL_COUNT; i++)
        rg__descriptor_close(&run->theirs[i]);
    return failed == 0 ? RG_OK : not_started(run->error, program, failed);
}

/* Sends what the program can take; closes when all is sent, or when it does
 * not want more. */
static void feed(struct run *run)
{
    while (run->input_left != 0) {
        ssize_t sent = send(run->ours[INPUT], run->input, run->input_left,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (sent < 0)
            break;
        run->input += sent;
        run->input_left -= (size_t)sent;
    }
    rg__descriptor_close(&run->ours[INPUT]);
}

/* Keeps the newer half of what was received when it is too much. */
static void limit_messages(struct run *run)
{
    struct rg_buffer *messages = run->messages;
    size_t size = messages->size - run->outcome.messages_start;
    if (size <= MAX_MESSAGES)
        return;
    char *start = messages->data + run->outcome.messages_start;
    memmove(start, start + size / 2, size - size / 2);
    messages->size -= size / 2;
}

/* Receives what is there; closes at the end of the stream. */
static enum rg_status drain(struct run *run, int channel)
{
    struct rg_buffer *buffer = channel == OUTPUT ? run->output : run->messages;
    char piece[PIECE_SIZE];
    ssize_t size = recv(run->ours[channel], piece, sizeof piece, MSG_DONTWAIT);
    if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        return RG_OK;
    if (size <= 0) {
        rg__descriptor_close(&run->ours[channel]);
        return RG_OK;
    }
    if (rg_buffer_append(buffer, piece, (size_t)size) < 0)
        return rg_error_set(run->error, RG_ENOMEM,
                            "not enough memory to receive the picture");
    if (channel == MESSAGES)
        limit_messages(run);
    else if (buffer->size - run->outcome.output_start > MAX_OUTPUT)
        return rg_error_set(run->error, RG_ELIMIT,
                            "the picture is larger than 1 GiB");
    return RG_OK;
}

/* Says what ended the patience. */
static enum rg_status check_drawing(struct run *run)
{
    enum rg_status status = rg__patience_check(&run->patience);
    if (status == RG_ETIMEOUT)
        rg_error_set(run->error, status,
                     "drawing ran over the time limit of %.2f s", run->timeout);
    else if (status == RG_EINTERRUPT)
        rg_error_set(run->error, status, "drawing was interrupted");
    return status;
}

/* Feeds and drains until the program has closed both its streams. */
static enum rg_status talk(struct run *run)
{
    enum rg_status status = RG_OK;
    while (status == RG_OK &&
           (run->ours[OUTPUT] >= 0 || run->ours[MESSAGES] >= 0)) {
        struct pollfd polls[CHANNEL_COUNT];
        for (int i = 0; i < CHANNEL_COUNT; i++)
            polls[i] = (struct pollfd){.fd = run->ours[i],
                                       .events = i == INPUT ? POLLOUT : POLLIN};
        if (poll(polls, CHANNEL_COUNT, rg__patience_nap(&run->patience)) < 0 &&
            errno != EINTR && errno != EAGAIN)
            return rg_error_set(run->error, RG_EIO,
                                "cannot wait for the drawing program: %s",
                                strerror(errno));
        if (polls[INPUT].revents != 0)
            feed(run);
        for (int i = OUTPUT; i < CHANNEL_COUNT && status == RG_OK; i++)
            if (polls[i].revents != 0)
                status = drain(run, i);
        if (status == RG_OK)
            status = check_drawing(run);
    }
    return status;
}

/* Reaps the program.  False while it is still running; when someone else
 * reaps the host's children, its status stays unknown. */
static bool reap_program(struct run *run, int flags)
{
    pid_t pid;
    do
        pid = waitpid(run->pid, &run->outcome.wait_status, flags);
    while (pid < 0 && errno == EINTR);
    run->outcome.has_wait_status = pid == run->pid;
    return pid != 0;
}

/* Kills the program, and what it may have started, which is in its process
 * group.  It has not been reaped, so the number is still its own. */
static void stop_program(struct run *run)
{
    kill(-run->pid, SIGKILL);
    reap_program(run, 0);
}

/* Waits for a program that has closed its streams; usually it is gone. */
static enum rg_status await(struct run *run)
{
    struct timespec pause = {.tv_nsec = 200000};
    enum rg_status status = RG_OK;
    while (status == RG_OK && !reap_program(run, WNOHANG)) {
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 10000000)
            pause.tv_nsec *= 2;
        status = check_drawing(run);
    }
    if (status != RG_OK)
        stop_program(run);
    return status;
}

enum rg_status rg_spawn_draw(const char *program, char *const arguments[],
                             const char *input, size_t input_size,
                             double timeout, int (*interrupted)(void *context),
                             void *context, struct rg_buffer *output,
                             struct rg_buffer *messages, struct rg_error *error)
{
    struct run run = {.ours = {-1, -1, -1},
                      .theirs = {-1, -1, -1},
                      .input = input,
                      .input_left = input_size,
                      .output = output,
                      .messages = messages,
                      .outcome = {.output = output,
                                  .output_start = output->size,
                                  .messages = messages,
                                  .messages_start = messages->size,
                                  .timeout = timeout},
                      .timeout = timeout,
                      .patience = {.asked = rg_now(),
                                   .interrupted = interrupted,
                                   .context = context},
                      .error = error};
    if (timeout > 0)
        run.patience.deadline = run.patience.asked + timeout;
    enum rg_status status = start_program(&run, program, arguments);
    if (status != RG_OK) {
        close_channels(&run);
        return status;
    }
    status = talk(&run);
    if (status != RG_OK)
        stop_program(&run);
    else
        status = await(&run);
    close_channels(&run);
    return status == RG_OK ? rg__outcome_judge(&run.outcome, error) : status;
}
