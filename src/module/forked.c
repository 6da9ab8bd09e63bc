#define PY_SSIZE_T_CLEAN
#include "module/forked.h"

#include <errno.h>
#include <stdbool.h>

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

/* The child's side: nothing of the program runs here any more. */
static _Noreturn void run_in_child(const struct rg__forked_work *work,
                                   struct rg_fork *child)
{
    struct rg_error error = {0};
    struct rg_fork_answer *answer = rg_alloc(1, sizeof *answer);
    enum rg_status status = RG_ENOMEM;
    if (answer == NULL) {
        rg_error_no_memory(&error);
    } else {
        struct rg_sink out = rg_fork_sink(child, answer);
        status = work->run(work->context, child, &out, &error);
    }
    rg_fork_end(child, answer, status, &error);
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
    /* Here the world stands still, because the GIL is held. */
    enum rg_fork_side side = rg_fork_split(fork, &work->manner, error);
    if (side == RG_FORK_CHILD)
        run_in_child(work, fork);
    return side;
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
                                    struct rg_sink *out, struct rg_error *error)
{
    struct rg_query query = *(const struct rg_query *)context;
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
    const struct rg__forked_work work = {
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
    if (status == RG_OK)
        graph = rg_line_read(lines.data, lines.size, error);
    else if (status == RG_ETIMEOUT) /* a partial graph: as without a fork */
        graph = rg_heap_graph(query, error);
    rg_buffer_free(&lines);
    return graph;
}
