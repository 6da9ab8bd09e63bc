/* The attaching program: has a library loaded into another process, which
 * answers a request there, and leaves.
 *
 *     _attach PID DIRECTORY HEAP PATIENCE NICENESS FLAGS LIBRARY SIZE <request
 *
 * DIRECTORY and HEAP are descriptors: the process's directory in /proc, and
 * what gets all its objects (-1: they are not asked for).  SIZE is the request's:
 * of one who was killed while he wrote it no half is run.  On standard output
 * goes one word on a line of its own, and what belongs to it:
 *
 *     done       the words of the answer
 *     no         those of the process, which could not do it
 *     failed     why it could not be asked
 *     denied, unwritten    errno
 *     busy, stopped, traced, abandoned, ended
 *
 * A thread that it holds goes back by itself should it be killed meanwhile; so
 * that this is not put to the test, it is started in a session of its own, and
 * blocks every signal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attach/choose.h"
#include "attach/load.h"
#include "attach/relay.h"
#include "base/buffer.h"
#include "base/clock.h"

enum { ARGUMENT_COUNT = 9, MOST_REQUEST = 1 << 20 };

static void say(const char *word, const char *text, size_t size)
{
    printf("%s\n%.*s", word, (int)size, text);
    fflush(stdout);
}

static int say_number(const char *word, int number)
{
    printf("%s\n%d", word, number);
    fflush(stdout);
    return 1;
}

static int say_failure(const struct rg_error *error)
{
    say("failed", error->text, strlen(error->text));
    return 1;
}

static bool read_request(struct rg_buffer *request, size_t whole)
{
    char piece[4096];
    ssize_t size;
    while ((size = read(0, piece, sizeof piece)) > 0)
        if (request->size + (size_t)size > MOST_REQUEST ||
            rg_buffer_append(request, piece, (size_t)size) < 0)
            return false;
    return size == 0 && request->size == whole &&
           rg_buffer_append(request, "", 1) == 0;
}

static bool map_library(const char *path, struct rg__payload *payload)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    void *library = MAP_FAILED;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        payload->library_size = (size_t)status.st_size;
        library =
            mmap(NULL, payload->library_size, PROT_READ, MAP_PRIVATE, file, 0);
    }
    close(file);
    payload->library = library;
    return library != MAP_FAILED;
}

/* One process, asked. */
struct asking {
    struct rg__target target;
    struct rg__entries entries;
    struct rg__payload payload;
    struct rg__loaded loaded;
    struct rg__relay relay;
    struct rg__tracee tracee;
};

static bool is_stopped(const struct rg__target *target)
{
    char text[1024];
    const char *end;
    return rg__target_read(target, "stat", text, sizeof text) &&
           (end = strrchr(text, ')')) != NULL && end[1] == ' ' && end[2] == 'T';
}

static bool is_heard(const struct asking *asking)
{
    const struct timespec nap = {0, 1000000};
    nanosleep(&nap, NULL);
    return !rg__is_asker_gone(&asking->relay);
}

/* Holds a thread that can be used, or says why there is none. */
static bool hold_thread(struct asking *asking)
{
    enum rg__choice choice = RG__NONE_FIT;
    double deadline = rg_now() + asking->relay.patience;
    int reason = 0;
    do {
        if (is_stopped(&asking->target)) {
            say("stopped", "", 0);
            return false;
        }
        choice = rg__target_map(&asking->target)
                     ? rg__choose(&asking->target, &asking->tracee)
                     : RG__GONE;
        reason = errno;
        if (choice == RG__CHOSEN)
            return true;
    } while ((choice == RG__NONE_FIT || choice == RG__TRACED) &&
             rg_now() < deadline && is_heard(asking));
    if (choice == RG__NOT_ALLOWED)
        say_number("denied", reason);
    else
        say(choice == RG__GONE     ? "ended"
            : choice == RG__TRACED ? "traced"
                                   : "busy",
            "", 0);
    return false;
}

static int tell_end(const struct asking *asking)
{
    struct rg_buffer text = {0};
    enum rg__end end = rg__relay(&asking->relay, &text);
    int reason = errno;
    switch (end) {
    case RG__DONE:
        say("done", text.data, text.size);
        break;
    case RG__REFUSED:
        say("no", text.data, text.size);
        break;
    case RG__ABANDONED:
        say("abandoned", "", 0);
        break;
    case RG__UNWRITTEN:
        say_number("unwritten", reason);
        break;
    case RG__ENDED:
        say("ended", "", 0);
        break;
    case RG__UNHEARD:
        break;
    }
    rg_buffer_free(&text);
    return end == RG__DONE ? 0 : 1;
}

static int ask_process(struct asking *asking, pid_t pid, int directory)
{
    struct rg_error error = {0};
    if (!rg__target_open(&asking->target, pid, directory) ||
        !rg__target_map(&asking->target))
        return say_number("denied", errno);
    if (rg__find_entries(&asking->target, &asking->entries, &error) != RG_OK)
        return say_failure(&error);
    if (!hold_thread(asking))
        return 1;
    enum rg_status status =
        rg__load(&asking->target, &asking->tracee, &asking->entries,
                 &asking->payload, &asking->loaded, &error);
    return status == RG_OK ? tell_end(asking) : say_failure(&error);
}

int main(int count, char **words)
{
    static struct asking asking;
    struct rg_buffer request = {0};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    if (count != ARGUMENT_COUNT) {
        fputs("referrers-attach: this program is run by referrers\n", stderr);
        return 2;
    }
    if (!read_request(&request, (size_t)atol(words[8])) ||
        !map_library(words[7], &asking.payload))
        return say_number("unread", errno);
    asking.payload.request = request.data;
    asking.payload.request_size = request.size;
    asking.payload.niceness = atoi(words[5]);
    asking.payload.flags = (unsigned)atoi(words[6]);
    asking.relay = (struct rg__relay){.target = &asking.target,
                                      .loaded = &asking.loaded,
                                      .heap = atoi(words[3]),
                                      .asker = 1,
                                      .patience = atof(words[4])};
    int status = ask_process(&asking, (pid_t)atoi(words[1]), atoi(words[2]));
    rg__target_close(&asking.target);
    rg_buffer_free(&request);
    return status;
}
