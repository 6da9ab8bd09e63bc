#define _GNU_SOURCE /* MAP_ANONYMOUS: Linux */
#define PY_SSIZE_T_CLEAN
#include "module/forked.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "line/line.h"
#include "module/headroom.h"

enum {
    BYTES_PER_OBJECT = 150, /* while it looks for some */
    LEAST_OBJECT = 32       /* what a tracked object takes at least */
};

/* The child itself ends at the time limit, with what it has so far.  It is
 * killed only when not even that has come by then. */
static const double GRACE_SECONDS = 1;

/* What a look may take that has no time for more than a partial graph, where
 * there is none but in a child. */
static const double PARTIAL_SECONDS = 10;

static enum rg_status refuse_look(int reason, const char *words)
{
    PyObject *arguments = Py_BuildValue("(is)", reason, words);
    if (arguments != NULL)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(arguments);
    return RG_EIO;
}

/* Where a container has a limit: what the child takes must fit.  The objects
 * are counted, which takes time, only when as many as could be in memory would
 * not. */
static enum rg_status check_headroom(const struct rg__forked_work *work,
                                     struct rg_error *error)
{
    uint64_t left;
    if (!rg__headroom("", &left) ||
        rg__resident() / LEAST_OBJECT < left / work->bytes_per_object ||
        rg_heap_count(work->misfits) < left / work->bytes_per_object)
        return RG_OK;
    return rg_error_set(error, RG_EIO,
                        "the fork was refused: the memory limit of the "
                        "container leaves less than %u bytes an object",
                        work->bytes_per_object);
}

/* One split: what both sides know of it. */
struct splitting {
    const struct rg__forked_work *work;
    struct rg_fork *fork;
    struct rg_error *error;
    enum rg_fork_side side;
    _Atomic uint64_t *shared; /* by both processes; NULL where there is a GIL */
};

static enum rg_split split_here(void *context)
{
    struct splitting *splitting = context;
    splitting->side = rg_fork_split(splitting->fork, &splitting->work->manner,
                                    splitting->error);
    return splitting->side == RG_FORK_CHILD    ? RG_SPLIT_CHILD
           : splitting->side == RG_FORK_PARENT ? RG_SPLIT_PARENT
                                               : RG_SPLIT_REFUSED;
}

static void send_number(void *context, uint64_t number)
{
    atomic_store(((struct splitting *)context)->shared, number);
}

/* In the child: ends it when nobody will send any more. */
static uint64_t receive_number(void *context)
{
    struct splitting *splitting = context;
    uint64_t number;
    while ((number = atomic_load(splitting->shared)) == 0) {
        if (rg_fork_ask(splitting->fork) != RG_OK)
            rg_fork_end(splitting->fork, NULL, RG_EIO, NULL);
        rg_fork_yield();
    }
    return number;
}

/* The child's side: nothing of the program runs here any more. */
static void run_in_child(void *context, const struct rg_tracked *tracked)
{
    const struct splitting *splitting = context;
    const struct rg__forked_work *work = splitting->work;
    struct rg_error error = {0};
    struct rg_fork_answer *answer = rg_alloc(1, sizeof *answer);
    enum rg_status status = RG_ENOMEM;
    if (answer == NULL || tracked->status != RG_OK) {
        rg_error_no_memory(&error);
    } else {
        struct rg_sink out = rg_fork_sink(splitting->fork, answer);
        status =
            work->run(work->context, splitting->fork, tracked, &out, &error);
    }
    rg_fork_end(splitting->fork, tracked->status == RG_OK ? answer : NULL,
                status, &error);
}

/* A page that parent and child go on to share, where they need one. */
static bool share_number(struct splitting *splitting)
{
    if (!rg_heap_needs_fork)
        return true;
    void *page = mmap(NULL, sizeof *splitting->shared, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return false;
    splitting->shared = page;
    atomic_init(splitting->shared, 0);
    return true;
}

/* The parent's side, while it waits. */
struct watching {
    PyThreadState *thread;
    struct rg_progress *progress;
    bool raised;
};

/* Called without the GIL: lets signal handlers run. */
static int run_handlers(void *context)
{
    struct watching *watching = context;
    PyEval_RestoreThread(watching->thread);
    watching->raised = PyErr_CheckSignals() < 0;
    watching->thread = PyEval_SaveThread();
    rg_progress_tick(watching->progress);
    return watching->raised;
}

enum rg_fork_side rg__split_forked(const struct rg__forked_work *work,
                                   struct rg_fork *fork, struct rg_error *error)
{
    *fork = (struct rg_fork){.refusal = ENOMEM};
    if (!rg_heap_can_be_forked(work->misfits)) {
        fork->refusal = ENOSYS;
        rg_error_set(error, RG_EIO,
                     "the fork was refused: the objects of this interpreter "
                     "cannot be listed in a child");
        return RG_FORK_REFUSED;
    }
    if (check_headroom(work, error) != RG_OK)
        return RG_FORK_REFUSED;
    struct splitting splitting = {
        .work = work, .fork = fork, .error = error, .side = RG_FORK_REFUSED};
    if (!share_number(&splitting)) {
        rg_error_no_memory(error);
        return RG_FORK_REFUSED;
    }
    const struct rg_standstill standstill = {.context = &splitting,
                                             .split = split_here,
                                             .send = send_number,
                                             .receive = receive_number,
                                             .look = run_in_child};
    rg_heap_stand_still(&standstill);
    if (splitting.shared != NULL)
        munmap((void *)splitting.shared, sizeof *splitting.shared);
    return splitting.side;
}

enum rg_status rg__run_forked(const struct rg__forked_work *work,
                              struct rg_buffer *output, struct rg_error *error)
{
    struct rg_fork fork;
    if (rg__split_forked(work, &fork, error) == RG_FORK_REFUSED)
        return rg__refuse_forked(&fork, error);
    return rg__wait_forked(&fork, work->deadline, work->progress, output,
                           error);
}

enum rg_status rg__refuse_forked(const struct rg_fork *fork,
                                 const struct rg_error *error)
{
    if (error->status == RG_ENOMEM) {
        PyErr_NoMemory();
        return RG_EIO;
    }
    return refuse_look(fork->refusal, error->text);
}

enum rg_status rg__wait_forked(struct rg_fork *fork, double deadline,
                               struct rg_progress *progress,
                               struct rg_buffer *output, struct rg_error *error)
{
    struct watching watching = {.progress = progress};
    watching.thread = PyEval_SaveThread();
    enum rg_status status =
        rg_fork_wait(fork, deadline, run_handlers, &watching, output, error);
    PyEval_RestoreThread(watching.thread);
    if (watching.raised) /* that is said, and nothing remains to be told */
        return rg_error_set(error, RG_EIO, "a signal handler raised");
    return status;
}

static enum rg_status look_in_child(void *context, struct rg_fork *child,
                                    const struct rg_tracked *tracked,
                                    struct rg_sink *out, struct rg_error *error)
{
    struct rg_query query = *(const struct rg_query *)context;
    query.tracked = tracked;
    query.ask = rg_fork_ask;
    query.ask_context = child;
    struct rg_graph *graph = rg_heap_graph(&query, error);
    if (graph == NULL)
        return error->status;
    rg_line_write(graph, out);
    return out->status == RG_ENOMEM ? rg_error_no_memory(error) : out->status;
}

struct rg_graph *rg__forked_graph(const struct rg_query *query, int niceness,
                                  struct rg_progress *progress,
                                  struct rg_error *error)
{
    struct rg_buffer lines = {0};
    struct rg__forked_work work = {
        .run = look_in_child,
        .context = (void *)query,
        .misfits = query->misfits,
        .bytes_per_object = BYTES_PER_OBJECT,
        .deadline = query->timeout > 0
                        ? query->began + query->timeout + GRACE_SECONDS
                        : 0,
        .manner = {.niceness = niceness},
        .progress = progress};
    enum rg_status status = rg__run_forked(&work, &lines, error);
    struct rg_graph *graph = NULL;
    if (status == RG_ETIMEOUT && rg_heap_needs_fork) {
        /* Once more: its time is over when it begins. */
        work.deadline = rg_now() + PARTIAL_SECONDS;
        lines.size = 0;
        status = rg__run_forked(&work, &lines, error);
    }
    if (status == RG_OK)
        graph = rg_line_read(lines.data, lines.size, NULL, error);
    else if (status == RG_ETIMEOUT && !rg_heap_needs_fork)
        graph = rg_heap_graph(query, error); /* a partial one */
    rg_buffer_free(&lines);
    return graph;
}
