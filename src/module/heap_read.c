/* heap_read.c - a heap from a file
 *
 * A file that is mapped and made shorter by somebody else ends the process, so
 * the bytes are copied.  Other threads run meanwhile. */
#define PY_SSIZE_T_CLEAN
#include "module/heap_read.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/drill.h"
#include "base/large.h"
#include "base/progress.h"
#include "dump/question.h"
#include "dump/read_file.h"
#include "module/graph_type.h"
#include "module/heap_type.h"
#include "module/state.h"

enum { PIECE = 1 << 24 }; /* bytes that are read at once */

/* Other threads have to give way each time signals are looked for. */
static const double PAUSE_SECONDS = 0.05;

struct reading {
    PyThreadState *thread; /* NULL: the GIL is held */
    struct rg_progress progress;
    double asked;
    bool raised; /* a signal handler did: the exception is set */
};

static void give_gil(struct reading *reading)
{
    reading->thread = PyEval_SaveThread();
}

static void take_gil(struct reading *reading)
{
    PyEval_RestoreThread(reading->thread);
}

/* Lets signal handlers run.  RG_EIO: one of them raised. */
static enum rg_status ask(void *context)
{
    struct reading *reading = context;
    double now = rg_now();
    if (rg_drill_ask() == RG_DRILL_INTERRUPT)
        PyErr_SetInterrupt();
    else if (now - reading->asked < PAUSE_SECONDS)
        return RG_OK;
    reading->asked = now;
    take_gil(reading);
    reading->raised = PyErr_CheckSignals() < 0;
    give_gil(reading);
    rg_progress_tick(&reading->progress);
    return reading->raised ? RG_EIO : RG_OK;
}

/* Reads *size bytes, or what there is.  RG_EIO with errno in *number. */
static enum rg_status read_whole(int descriptor, char *data, size_t *size,
                                 struct reading *reading, int *number)
{
    enum rg_status status = RG_OK;
    size_t done = 0;
    while (status == RG_OK && done < *size) {
        size_t left = *size - done;
        ssize_t count = pread(descriptor, data + done,
                              left < PIECE ? left : PIECE, (off_t)done);
        if (count < 0 && errno != EINTR) {
            *number = errno;
            return RG_EIO;
        }
        if (count == 0)
            break;
        done += count > 0 ? (size_t)count : 0;
        status = ask(reading);
    }
    *size = done;
    return status;
}

/* Without the GIL.  NULL with *error, with errno in *number, or raised. */
static struct rg_dump_heap *read_file(int descriptor, size_t size,
                                      struct reading *reading, int *number,
                                      struct rg_error *error)
{
    struct rg_poll poll = {.ask = ask, .context = reading};
    size_t room = 0;
    char *data = rg_large_resize(NULL, &room, size);
    struct rg_dump *dump = NULL;
    struct rg_dump_heap *heap = NULL;
    if (data == NULL)
        rg_error_no_memory(error);
    else if (read_whole(descriptor, data, &size, reading, number) == RG_OK)
        dump = rg_dump_read(data, size, &poll, error);
    rg_large_free(data, room);
    if (dump != NULL && (heap = rg_dump_open(dump, &poll)) == NULL)
        rg_error_no_memory(error);
    return heap;
}

static PyObject *raise(int number, const struct rg_error *error)
{
    if (PyErr_Occurred())
        return NULL;
    errno = number;
    if (number != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    if (error->status != RG_EFORMAT)
        return rg__raise(error);
    PyErr_SetString(PyExc_ValueError, error->text);
    return NULL;
}

PyObject *rg__load_heap(PyObject *module, PyObject *argument)
{
    struct rg__state *state = rg__state_of(module);
    struct reading reading = {.progress = {.descriptor = state->progress,
                                           .what = "reading the heap"}};
    struct rg_error error = {0};
    struct rg_dump_heap *heap = NULL;
    struct stat status;
    int descriptor = (int)PyLong_AsLong(argument), number = 0;
    if (descriptor == -1 && PyErr_Occurred())
        return NULL;
    if (fstat(descriptor, &status) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    if (status.st_size == 0) {
        rg_error_set(&error, RG_EFORMAT, "the heap file is empty");
    } else {
        give_gil(&reading);
        heap = read_file(descriptor, (size_t)status.st_size, &reading, &number,
                         &error);
        take_gil(&reading);
    }
    rg_progress_end(&reading.progress);
    return heap == NULL ? raise(number, &error)
                        : rg__heap_object_take(state, heap);
}

const char rg__load_heap_doc[] =
    "read_heap($module, descriptor, /)\n"
    "--\n"
    "\n"
    "The heap in a file that `dump` wrote; ValueError when it is none.";
