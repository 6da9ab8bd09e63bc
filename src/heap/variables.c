/* variables.c - the variables of one frame object, without f_locals
 *
 * Up to 3.12 f_locals leaves a dict in the frame, which keeps what it names
 * alive until the frame ends, and would then be in the answer. */
#include "heap/heap.h"

#include "heap/cpython/cpython.h"

/* The record of a frame object: kept by itself, or one of a running thread. */
static bool find_record(PyObject *object, struct rg__frame *frame)
{
    if (rg__frame_of_object(object, frame))
        return true;
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    for (; thread != NULL; thread = PyThreadState_Next(thread)) {
        bool more = rg__frame_of_thread(thread, frame);
        for (; more; more = rg__frame_back(frame))
            if (frame->object == object)
                return true;
    }
    return false;
}

/* A cell counts as what is in it; before it is made the slot has the value. */
static PyObject *value_of(const struct rg__frame *frame, int slot,
                          PyObject **name)
{
    enum rg__slot_kind kind;
    PyObject *value = rg__frame_slot(frame, slot, name, &kind);
    if (value != NULL && kind == RG__SLOT_CELL && PyCell_Check(value))
        return PyCell_GET(value);
    return value;
}

int rg_heap_variables(PyObject *object, rg_variable_fn visit, void *context)
{
    struct rg__frame frame;
    PyObject *name, *value;
    Py_ssize_t position = 0;
    int answer = 0;
    if (!PyFrame_Check(object) || !find_record(object, &frame))
        return 0;
    for (int i = 0; answer == 0 && i < frame.slot_count; i++) {
        value = value_of(&frame, i, &name);
        if (value != NULL)
            answer = visit(context, name, value);
    }
    if (frame.locals == NULL || !PyDict_Check(frame.locals))
        return answer;
    while (answer == 0 && PyDict_Next(frame.locals, &position, &name, &value))
        if (PyUnicode_CheckExact(name))
            answer = visit(context, name, value);
    return answer;
}
