/* tracer.c - a trace function in C
 *
 * sys.settrace would fill f_locals before every call of a trace function in
 * Python, and the dict that this leaves in each frame would keep things alive
 * and be in the answer.  Python is asked once for each code object whether it
 * is the marked one, and then only called at the mark. */
#include "module/tracer.h"

#include <frameobject.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"

const char rg__trace_doc[] =
    "trace($module, match, hit, line, /)\n"
    "--\n"
    "\n"
    "Traces this thread: calls hit(frame) at line `line` of each code object\n"
    "for which match(code) is true, or with line 0 whenever one is called.\n"
    "The tracing ends when match or hit gives None.";

/* Answers kept; a program that makes code all the time must not fill memory.
 * 4,096 code objects run in few programs, and being asked again costs
 * little. */
enum { ANSWER_SLOTS = 1 << 13, ANSWER_LIMIT = 1 << 12 };

struct answer {
    PyCodeObject *code; /* owned, so that its address stays its own */
    bool is_marked;
};

struct tracer {
    PyObject *match, *hit; /* owned */
    int line;
    size_t answer_count;
    struct answer answers[ANSWER_SLOTS];
};

static const char capsule_name[] = "referrers._core.tracer";

static void forget_answers(struct tracer *tracer)
{
    for (size_t i = 0; i < ANSWER_SLOTS; i++)
        Py_CLEAR(tracer->answers[i].code);
    tracer->answer_count = 0;
}

static void release_tracer(PyObject *capsule)
{
    struct tracer *tracer = PyCapsule_GetPointer(capsule, capsule_name);
    forget_answers(tracer);
    Py_XDECREF(tracer->match);
    Py_XDECREF(tracer->hit);
    rg_free(tracer);
}

/* The slot of `code`, or the empty one where it belongs. */
static struct answer *slot_of_code(struct tracer *tracer,
                                   const PyCodeObject *code)
{
    size_t i = ((uintptr_t)code >> 4) * 0x9E3779B97F4A7C15u >> 32;
    i %= ANSWER_SLOTS;
    while (tracer->answers[i].code != NULL && tracer->answers[i].code != code)
        i = (i + 1) % ANSWER_SLOTS;
    return &tracer->answers[i];
}

/* Calls back; 1, 0, or -1 when the tracing is to end, with an exception set
 * or not. */
static int ask_python(PyObject *function, PyObject *argument)
{
    PyObject *result = PyObject_CallFunctionObjArgs(function, argument, NULL);
    int answer =
        result == NULL || result == Py_None ? -1 : PyObject_IsTrue(result);
    Py_XDECREF(result);
    return answer;
}

static int is_marked(struct tracer *tracer, PyCodeObject *code)
{
    struct answer *slot = slot_of_code(tracer, code);
    if (slot->code != NULL)
        return slot->is_marked;
    int answer = ask_python(tracer->match, (PyObject *)code);
    if (answer < 0)
        return -1;
    if (tracer->answer_count == ANSWER_LIMIT)
        forget_answers(tracer);
    slot = slot_of_code(tracer, code);
    Py_INCREF(code);
    *slot = (struct answer){.code = code, .is_marked = answer > 0};
    tracer->answer_count++;
    return answer;
}

static int trace(PyObject *capsule, PyFrameObject *frame, int what,
                 PyObject *unused)
{
    (void)unused;
    struct tracer *tracer = PyCapsule_GetPointer(capsule, capsule_name);
    if (what != (tracer->line > 0 ? PyTrace_LINE : PyTrace_CALL))
        return 0;
    PyCodeObject *code = PyFrame_GetCode(frame);
    /* Either callback may end the tracing, and this tracer with it. */
    Py_INCREF(capsule);
    int answer = is_marked(tracer, code);
    Py_DECREF(code);
    if (answer > 0 &&
        (tracer->line == 0 || PyFrame_GetLineNumber(frame) == tracer->line))
        answer = ask_python(tracer->hit, (PyObject *)frame);
    if (answer < 0)
        PyEval_SetTrace(NULL, NULL);
    Py_DECREF(capsule);
    return answer < 0 && PyErr_Occurred() ? -1 : 0;
}

PyObject *rg__trace(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *match, *hit;
    int line;
    if (!PyArg_ParseTuple(args, "OOi:trace", &match, &hit, &line))
        return NULL;
    struct tracer *tracer = rg_alloc_zeroed(1, sizeof *tracer);
    PyObject *capsule =
        tracer == NULL ? PyErr_NoMemory()
                       : PyCapsule_New(tracer, capsule_name, release_tracer);
    if (capsule == NULL) {
        rg_free(tracer);
        return NULL;
    }
    Py_INCREF(match);
    Py_INCREF(hit);
    tracer->match = match;
    tracer->hit = hit;
    tracer->line = line;
    PyEval_SetTrace(trace, capsule);
    Py_DECREF(capsule);
    Py_RETURN_NONE;
}

PyObject *rg__untrace(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    PyEval_SetTrace(NULL, NULL);
    Py_RETURN_NONE;
}
