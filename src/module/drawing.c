#define PY_SSIZE_T_CLEAN
#include "module/drawing.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/progress.h"
#include "module/graph_type.h"
#include "module/spawn.h"
#include "module/state.h"

const char rg__draw_doc[] =
    "draw($module, /, program, arguments, data, timeout)\n"
    "--\n"
    "\n"
    "Run the drawing program on a graph in line format.\n"
    "\n"
    "Returns (reason, output, messages): `reason` is None when the whole\n"
    "picture was drawn, else one line that says why not.  `timeout` is in\n"
    "seconds.  The GIL is released meanwhile; Ctrl-C ends the program.";

struct drawing {
    const char *program;
    char **arguments;
    const char *data;
    Py_ssize_t size;
    double timeout;
    PyThreadState *thread;
    struct rg_progress progress;
    bool raised; /* a signal handler did, while it was waiting */
    struct rg_buffer output, messages;
};

/* Called without the GIL: lets signal handlers run. */
static int run_drawing_handlers(void *context)
{
    struct drawing *drawing = context;
    PyEval_RestoreThread(drawing->thread);
    if (PyErr_CheckSignals() < 0)
        drawing->raised = true;
    drawing->thread = PyEval_SaveThread();
    rg_progress_tick(&drawing->progress);
    return drawing->raised;
}

/* The arguments as C strings, borrowed from the list's items. */
static char **argument_array(PyObject *list)
{
    Py_ssize_t count = PyList_GET_SIZE(list);
    char **array = rg_alloc_zeroed((size_t)count + 1, sizeof *array);
    if (array == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        const char *text =
            PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;
        if (text == NULL) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_TypeError, "arguments must be str");
            rg_free(array);
            return NULL;
        }
        array[i] = (char *)text;
    }
    return array;
}

static PyObject *answer(struct drawing *drawing, enum rg_status status,
                        const struct rg_error *error)
{
    if (drawing->raised)
        return NULL;
    if (status == RG_ENOMEM)
        return PyErr_NoMemory();
    const char *output = drawing->output.data,
               *messages = drawing->messages.data;
    return Py_BuildValue(
        "(zy#y#)", status == RG_OK ? NULL : error->text,
        output == NULL ? "" : output, (Py_ssize_t)drawing->output.size,
        messages == NULL ? "" : messages, (Py_ssize_t)drawing->messages.size);
}

PyObject *rg__draw(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"program", "arguments", "data", "timeout", NULL};
    struct drawing drawing = {0};
    struct rg_error error = {0};
    PyObject *program, *arguments;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&O!y#d:draw", names,
                                     PyUnicode_FSConverter, &program,
                                     &PyList_Type, &arguments, &drawing.data,
                                     &drawing.size, &drawing.timeout))
        return NULL;
    PyObject *result = NULL;
    drawing.program = PyBytes_AS_STRING(program);
    drawing.arguments = argument_array(arguments);
    if (drawing.arguments != NULL) {
        drawing.progress = (struct rg_progress){
            .descriptor = rg__state_of(module)->progress, .what = "drawing"};
        drawing.thread = PyEval_SaveThread();
        enum rg_status status = rg_spawn_draw(
            drawing.program, drawing.arguments, drawing.data,
            (size_t)drawing.size, drawing.timeout, run_drawing_handlers,
            &drawing, &drawing.output, &drawing.messages, &error);
        PyEval_RestoreThread(drawing.thread);
        rg_progress_end(&drawing.progress);
        result = answer(&drawing, status, &error);
    }
    rg_free(drawing.arguments);
    rg_buffer_free(&drawing.output);
    rg_buffer_free(&drawing.messages);
    Py_DECREF(program);
    return result;
}
