/* visit.c - what this library does in a process that it was loaded into from
 * outside
 *
 * A thread of its own waits for the interpreter, evaluates what it is asked,
 * forks, lets the interpreter go, and stays until the child has written all
 * objects.  Nothing of it is imported: no module, no name and no object stays
 * there.  (src/attach has the other side, and the code in which the thread
 * begins and ends.) */
#define PY_SSIZE_T_CLEAN
#define _GNU_SOURCE /* pipe2, syscall: Linux */
#include <Python.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "attach/control.h"
#include "base/buffer.h"
#include "base/format.h"
#include "heap/heap.h"
#include "module/descriptor.h"
#include "module/dumping.h"
#include "module/forked.h"

enum {
    THREAD_STACK = 1 << 22,
    SHORT_NAP = 100000, /* nanoseconds */
    LONG_NAP = 10000000,
    MOST_NAPS = 1000 /* ten seconds */
};

static const char REFUSED[] = "refused", OBJECTS[] = "objects",
                  EXCLUDED[] = "excluded";

/* One visit. */
struct visit {
    struct rg_control *control;
    struct rg_buffer text; /* of the answer */
    bool is_tested;        /* by whoever asks, on this very Python */
    unsigned misfits;      /* of enum rg_misfit, as found there */
    enum rg_control_answer answer;
};

static void refuse(struct visit *visit, const char *words)
{
    visit->answer = RG_CONTROL_NO;
    visit->text.size = 0;
    rg_buffer_put(&visit->text, words);
}

/* --- what is asked ------------------------------------------------------- */

/* The ids of a list's objects, and whether each lives without the list.  When
 * it is let go nothing else runs before the look, so that these still live. */
static bool tell_objects(struct visit *visit, char what, PyObject *list)
{
    for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
        PyObject *object = PyList_GET_ITEM(list, i);
        char line[64];
        snprintf(line, sizeof line, "%c %llu %d\n", what,
                 (unsigned long long)(uintptr_t)object, Py_REFCNT(object) > 1);
        if (rg_buffer_put(&visit->text, line) != RG_OK)
            return false;
    }
    return true;
}

static PyObject *list_called(PyObject *names, const char *name)
{
    PyObject *list = PyDict_GetItemString(names, name);
    return list != NULL && PyList_Check(list) ? list : NULL;
}

/* A self-test leaves a class behind, which a collection has to free.  So the
 * one that the asking process had at its start counts, when it runs the same
 * build of CPython. */
static void read_test(struct visit *visit, PyObject *names)
{
    PyObject *version = PyDict_GetItemString(names, "VERSION");
    PyObject *misfits = PyDict_GetItemString(names, "MISFITS");
    const char *text = version != NULL && PyUnicode_Check(version)
                           ? PyUnicode_AsUTF8(version)
                           : NULL;
    if (text == NULL || misfits == NULL || !PyLong_Check(misfits))
        return;
    visit->misfits = (unsigned)PyLong_AsUnsignedLongMask(misfits);
    visit->is_tested = strcmp(text, Py_GetVersion()) == 0;
}

/* What the request has left under its names. */
static void read_outcome(struct visit *visit, PyObject *names)
{
    read_test(visit, names);
    PyObject *refused = PyDict_GetItemString(names, REFUSED);
    if (refused != NULL && PyUnicode_Check(refused)) {
        const char *words = PyUnicode_AsUTF8(refused);
        refuse(visit, words == NULL ? "the answer is no text" : words);
    } else if (!tell_objects(visit, 'o', list_called(names, OBJECTS)) ||
               !tell_objects(visit, 'x', list_called(names, EXCLUDED))) {
        refuse(visit, "not enough memory for the answer");
    }
    PyErr_Clear();
}

/* Runs the request in a namespace that nobody else sees, and that is gone
 * afterwards. */
static void evaluate_request(struct visit *visit)
{
    PyObject *names = PyDict_New();
    PyObject *result = NULL;
    if (names != NULL &&
        PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) == 0)
        result =
            PyRun_String(visit->control->request, Py_file_input, names, names);
    if (result == NULL) {
        PyErr_Clear();
        refuse(visit, "the request failed");
    } else {
        read_outcome(visit, names);
    }
    Py_XDECREF(result);
    if (names != NULL)
        PyDict_Clear(names); /* its functions lead back to it */
    Py_XDECREF(names);
}

/* --- the look ------------------------------------------------------------ */

static int is_nobody_there(void *context)
{
    const struct visit *visit = context;
    struct pollfd polled = {.fd = visit->control->answer[1]};
    return poll(&polled, 1, 0) > 0 && (polled.revents & POLLERR) != 0;
}

static void close_pipe(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* The interpreter is held when it is called, and not any more when it
 * returns. */
static void look(struct visit *visit, PyGILState_STATE *held, bool *is_held)
{
    struct rg_control *control = visit->control;
    struct rg_facts facts;
    struct rg_error error = {0};
    struct rg_buffer output = {0};
    struct rg_fork fork;
    struct rg__dump_task task = {
        .query = {.values = (control->flags & RG_CONTROL_VALUES) != 0,
                  .misfits = visit->misfits,
                  .facts = &facts,
                  .nobody_asks = true},
        .redact = (control->flags & RG_CONTROL_REDACT) != 0,
        .descriptor = control->heap[1],
        .niceness = control->niceness};
    if (!visit->is_tested && rg_heap_self_test(&task.query.misfits) != RG_OK) {
        PyErr_Clear();
        refuse(visit, "not enough memory for a look");
        return;
    }
    rg_heap_ask(&facts, task.query.misfits);
    struct rg__forked_work work = rg__dump_work(&task);
    enum rg_fork_side side = rg__split_forked(&work, &fork, &error);
    rg_heap_asked(&facts);
    if (side != RG_FORK_PARENT) {
        refuse(visit, error.text);
        return;
    }
    PyGILState_Release(*held);
    *is_held = false;
    close_pipe(&control->heap[1]);
    enum rg_status status =
        rg_fork_wait(&fork, 0, is_nobody_there, visit, &output, &error);
    int number = status == RG_OK ? rg__dump_number(&output) : 0;
    rg_buffer_free(&output);
    if (status != RG_OK)
        refuse(visit, error.text);
    else if (number != 0) /* nobody reads what it writes */
        refuse(visit, "the heap could not be handed over");
}

/* --- the thread ---------------------------------------------------------- */

static bool is_initialized(void)
{
    return Py_IsInitialized() != 0;
}

/* The layouts of CPython's structs differ from version to version. */
static bool is_right_python(struct visit *visit)
{
    char mine[16], words[160];
#ifdef Py_GIL_DISABLED
    const bool free_threaded = true;
#else
    const bool free_threaded = false;
#endif
    const char *version = Py_GetVersion();
    rg_format(mine, sizeof mine, "%d.%d.", PY_MAJOR_VERSION, PY_MINOR_VERSION);
    if (strncmp(version, mine, strlen(mine)) == 0 &&
        (strstr(version, "free-threading") != NULL) == free_threaded)
        return true;
    rg_format(words, sizeof words,
              "it runs CPython %.40s, and this referrers is for %d.%d%s",
              version, PY_MAJOR_VERSION, PY_MINOR_VERSION,
              free_threaded ? ", free-threaded" : "");
    refuse(visit, words);
    return false;
}

/* From here on it is done, or never was. */
static bool take_turn(struct visit *visit)
{
    uint32_t waiting = RG_CONTROL_WAITING;
    return !is_nobody_there(visit) &&
           atomic_compare_exchange_strong(
               (_Atomic uint32_t *)&visit->control->state, &waiting,
               RG_CONTROL_RUNNING);
}

static void work_with_interpreter(struct visit *visit)
{
    PyGILState_STATE held = PyGILState_Ensure();
    bool is_held = true;
    if (!take_turn(visit)) {
        visit->answer = RG_CONTROL_MUTE;
    } else {
        evaluate_request(visit);
        if (visit->answer == RG_CONTROL_DONE &&
            visit->control->flags & RG_CONTROL_HEAP)
            look(visit, &held, &is_held);
    }
    if (is_held)
        PyGILState_Release(held);
}

static void write_answer(int descriptor, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t done = write(descriptor, from, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        from += done;
        size -= (size_t)done;
    }
}

static void tell_answer(struct visit *visit)
{
    struct rg_control_head head = {visit->answer, (uint32_t)visit->text.size};
    write_answer(visit->control->answer[1], &head, sizeof head);
    write_answer(visit->control->answer[1], visit->text.data, visit->text.size);
}

/* Until the thread that has started us is out of the mapping: it was taken out
 * of it, or, with nobody there to do that, has gone by itself.  Who wanted to
 * may only be late. */
static bool is_let_go(struct rg_control *control)
{
    struct timespec nap = {0, SHORT_NAP};
    for (int i = 0; i < MOST_NAPS;) {
        if (atomic_load((_Atomic uint32_t *)&control->state) != RG_CONTROL_LAID)
            return true;
        if (atomic_load((_Atomic uint64_t *)&control->away[0]) == 0) {
            nap.tv_nsec = LONG_NAP;
            i++;
        }
        nanosleep(&nap, NULL);
    }
    return false;
}

/* What the thread does; all signals are blocked in it. */
static void run_visit(struct rg_control *control)
{
    struct visit visit = {.control = control, .answer = RG_CONTROL_DONE};
    control->thread = (int32_t)syscall(SYS_gettid);
    bool is_wanted = is_let_go(control);
    close_pipe(&control->answer[0]);
    close_pipe(&control->heap[0]);
    close_pipe(&control->file);
    if (!is_wanted)
        visit.answer = RG_CONTROL_MUTE;
    else if (!is_initialized())
        refuse(&visit, "its Python has not begun yet, or has ended");
    else if (is_right_python(&visit))
        work_with_interpreter(&visit);
    if (visit.answer != RG_CONTROL_MUTE)
        tell_answer(&visit);
    rg_buffer_free(&visit.text);
    close_pipe(&control->heap[1]);
    close_pipe(&control->answer[1]);
}

static int open_control_pipe(int32_t ends[2])
{
    int made[2];
    if (pipe2(made, O_CLOEXEC) != 0)
        return errno;
    for (int i = 0; i < 2; i++) {
        rg__descriptor_raise(&made[i]);
        ends[i] = made[i];
    }
    return 0;
}

static void close_both(int32_t ends[2])
{
    close_pipe(&ends[0]);
    close_pipe(&ends[1]);
}

static int start_thread(struct rg_control *control)
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *(*start)(void *);
    uintptr_t address = control->thread_start;
    memcpy(&start, &address, sizeof start);
    int failure = pthread_attr_init(&attributes);
    if (failure != 0)
        return failure;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    failure = pthread_create(&thread, &attributes, start, control);
    pthread_attr_destroy(&attributes);
    return failure;
}

__attribute__((visibility("default"))) int
rg_attach_begin_2(struct rg_control *control);

/* Called by a thread of the process that does not know of it, and must be back
 * at once.  0, or an errno. */
int rg_attach_begin_2(struct rg_control *control)
{
    control->run = (uint64_t)(uintptr_t)run_visit;
    int failure = open_control_pipe(control->answer);
    if (failure == 0 && (control->flags & RG_CONTROL_HEAP) != 0)
        failure = open_control_pipe(control->heap);
    if (failure == 0)
        failure = start_thread(control);
    if (failure != 0) {
        close_both(control->answer);
        close_both(control->heap);
    }
    return failure;
}
