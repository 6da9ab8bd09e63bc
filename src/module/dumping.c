#include "module/dumping.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "dump/write.h"
#include "heap/heap.h"
#include "module/graph_type.h"
#include "module/look.h"
#include "module/state.h"

/* What a child takes that reads every object: for those, too, that the collector
 * does not know, of which there are nearly as many. */
enum { BYTES_PER_OBJECT = 250 };

/* Reads and writes.  RG_EIO: *error has errno as a number. */
static enum rg_status dump(const struct rg__dump_task *task,
                           const struct rg_query *query, struct rg_poll *poll,
                           int *number, struct rg_error *error)
{
    struct rg_dump *made = rg_heap_dump(query, task->redact, error);
    *number = 0;
    if (made == NULL)
        return error->status;
    enum rg_status status = rg_dump_write(made, task->descriptor, poll, number);
    rg_dump_free(made);
    if (status == RG_ENOMEM)
        return rg_error_no_memory(error);
    if (status == RG_ELIMIT)
        return rg_error_set(error, status,
                            "the heap has more objects than a "
                            ".heapsnapshot file can count");
    error->status = status;
    return status;
}

/* In a child: nothing of the program runs here any more.  The number of what
 * failed is its answer. */
static enum rg_status dump_in_child(void *context, struct rg_fork *child,
                                    const struct rg_tracked *tracked,
                                    struct rg_sink *out, struct rg_error *error)
{
    const struct rg__dump_task *task = context;
    struct rg_query query = task->query;
    struct rg_poll poll = {.ask = rg_fork_ask, .context = child};
    unsigned char number[sizeof(int)];
    int failure;
    query.tracked = tracked;
    query.ask = rg_fork_ask;
    query.ask_context = child;
    enum rg_status status = dump(task, &query, &poll, &failure, error);
    if (status != RG_EIO)
        return status;
    for (size_t i = 0; i < sizeof number; i++)
        number[i] = (unsigned char)(failure >> (8 * i));
    rg_sink_write(out, (const char *)number, sizeof number);
    return out->status;
}

struct rg__forked_work rg__dump_work(struct rg__dump_task *task)
{
    return (struct rg__forked_work){.run = dump_in_child,
                                    .context = task,
                                    .misfits = task->query.misfits,
                                    .bytes_per_object = BYTES_PER_OBJECT,
                                    .manner = {.kept = &task->descriptor,
                                               .kept_count = 1,
                                               .niceness = task->niceness}};
}

int rg__dump_number(const struct rg_buffer *answer)
{
    int number = 0;
    for (size_t i = 0; i < answer->size && i < sizeof number; i++)
        number |= (unsigned char)answer->data[i] << (8 * i);
    return number;
}

static void raise_os_error(int number)
{
    errno = number;
    PyErr_SetFromErrno(PyExc_OSError);
}

/* 0, or -1 with an exception set; 1: Ctrl-C came, and its handler raised
 * nothing. */
static int end_dump(enum rg_status status, int number, struct rg_error *error)
{
    if (PyErr_Occurred())
        return -1;
    if (status == RG_OK && number == 0)
        return 0;
    if (status == RG_EINTERRUPT)
        return rg__look_interrupted() == 0 ? 1 : -1;
    if (number != 0)
        raise_os_error(number);
    else
        rg__raise(error);
    return -1;
}

static int run_here(struct rg__dump_task *task)
{
    struct rg_error error = {0};
    struct rg_poll poll = {.ask = task->query.ask,
                           .context = task->query.ask_context};
    int number;
    enum rg_status status = dump(task, &task->query, &poll, &number, &error);
    return end_dump(status, number, &error);
}

static int run_forked(struct rg__dump_task *task, struct rg_progress *progress)
{
    struct rg_error error = {0};
    struct rg_buffer answer = {0};
    struct rg__forked_work work = rg__dump_work(task);
    work.progress = progress;
    enum rg_status status = rg__run_forked(&work, &answer, &error);
    int number = status == RG_OK ? rg__dump_number(&answer) : 0;
    rg_buffer_free(&answer);
    return end_dump(status, number, &error);
}

PyObject *rg__dump(PyObject *module, PyObject *args)
{
    struct rg__state *state = rg__state_of(module);
    struct rg_progress progress = {.descriptor = state->progress,
                                   .what = "reading the heap"};
    struct rg__dump_task task = {.query = {.misfits = state->misfits,
                                           .ask = rg__look_ask,
                                           .ask_context = &progress}};
    struct rg_facts facts;
    int values, redact, fork, answer;
    if (!PyArg_ParseTuple(args, "ippp:dump", &task.descriptor, &values, &redact,
                          &fork))
        return NULL;
    task.query.values = values;
    task.query.facts = &facts;
    task.redact = redact;
    task.niceness = state->niceness;
    do {
        if (ftruncate(task.descriptor, 0) < 0 ||
            lseek(task.descriptor, 0, SEEK_SET) < 0) {
            raise_os_error(errno);
            return NULL;
        }
        rg_heap_ask(&facts, task.query.misfits);
        answer = fork || rg_heap_needs_fork ? run_forked(&task, &progress)
                                            : run_here(&task);
        rg_heap_asked(&facts);
    } while (answer > 0);
    rg_progress_end(&progress);
    if (answer < 0)
        return NULL;
    Py_RETURN_NONE;
}

const char rg__dump_doc[] =
    "dump($module, descriptor, values, redact, fork, /)\n"
    "--\n"
    "\n"
    "Writes the whole heap to a file, in the form of a .heapsnapshot file: with\n"
    "`fork` in a forked child, or OSError when the fork is refused.";

/* A child that writes while the program goes on. */
struct begun {
    struct rg_fork fork;
    pid_t owner; /* whose child it is; 0: nobody's any more */
};

static const char begun_name[] = "referrers._core.dump_begin";

static int at_once(void *context)
{
    (void)context;
    return 1;
}

/* Nobody waits for it: it is ended.  In a process that the program has forked
 * meanwhile it is somebody else's. */
static void release_begun(PyObject *capsule)
{
    struct begun *begun = PyCapsule_GetPointer(capsule, begun_name);
    struct rg_buffer answer = {0};
    struct rg_error error = {0};
    if (begun->owner == getpid())
        rg_fork_wait(&begun->fork, 0, at_once, NULL, &answer, &error);
    rg_buffer_free(&answer);
    rg_free(begun);
}

PyObject *rg__dump_begin(PyObject *module, PyObject *descriptor)
{
    struct rg__state *state = rg__state_of(module);
    struct rg_facts facts;
    struct rg_error error = {0};
    struct rg__dump_task task = {
        .query = {.misfits = state->misfits, .facts = &facts},
        .descriptor = (int)PyLong_AsLong(descriptor),
        .niceness = state->niceness};
    const struct rg__forked_work work = rg__dump_work(&task);
    if (PyErr_Occurred())
        return NULL;
    struct begun *begun = rg_alloc_zeroed(1, sizeof *begun);
    PyObject *capsule = begun == NULL
                            ? PyErr_NoMemory()
                            : PyCapsule_New(begun, begun_name, release_begun);
    if (capsule == NULL) {
        rg_free(begun);
        return NULL;
    }
    rg_heap_ask(&facts, task.query.misfits);
    enum rg_fork_side side = rg__split_forked(&work, &begun->fork, &error);
    rg_heap_asked(&facts);
    if (side == RG_FORK_REFUSED) {
        rg__refuse_forked(&begun->fork, &error);
        Py_DECREF(capsule);
        return NULL;
    }
    begun->owner = getpid();
    return capsule;
}

PyObject *rg__dump_end(PyObject *module, PyObject *capsule)
{
    struct rg__state *state = rg__state_of(module);
    struct rg_progress progress = {.descriptor = state->progress,
                                   .what = "reading the heap"};
    struct begun *begun = PyCapsule_GetPointer(capsule, begun_name);
    struct rg_buffer answer = {0};
    struct rg_error error = {0};
    if (begun == NULL)
        return NULL;
    if (begun->owner != getpid()) {
        PyErr_SetString(PyExc_RuntimeError, "this heap is no longer written");
        return NULL;
    }
    begun->owner = 0;
    enum rg_status status =
        rg__wait_forked(&begun->fork, 0, &progress, &answer, &error);
    rg_progress_end(&progress);
    int number = status == RG_OK ? rg__dump_number(&answer) : 0;
    rg_buffer_free(&answer);
    if (end_dump(status, number, &error) != 0)
        return NULL;
    Py_RETURN_NONE;
}

const char rg__dump_begin_doc[] =
    "dump_begin($module, descriptor, /)\n"
    "--\n"
    "\n"
    "Has a forked child write the whole heap to a file, as it is now, and gives\n"
    "what dump_end takes.  OSError when the fork is refused.  The child is ended\n"
    "when nobody has it any more.";

const char rg__dump_end_doc[] = "dump_end($module, begun, /)\n"
                                "--\n"
                                "\n"
                                "Waits until the child has written all.";
