/* calls.c - what calls leave on their way: the arguments that C code holds
 *
 * C code that calls a function of Python with a tuple or a dict of arguments,
 * as `f(*args)` does up to 3.11, holds them until the call is over, and nothing
 * refers to them.  They are told by what is in them: the values that the frame
 * called has in the variables of its parameters.  Those of the call that asks
 * are left out; the others are values in use, and no mystery. */
#include "heap/greenlets.h"
#include "heap/read.h"
#include "heap/testimony.h"

enum { MOST_ARGUMENTS = 64 };

/* The value of parameter `i`, through its cell. */
static PyObject *parameter(const struct rg__frame *frame, int i,
                           PyObject **name)
{
    enum rg__slot_kind kind;
    PyObject *value =
        i < frame->slot_count ? rg__frame_slot(frame, i, name, &kind) : NULL;
    return value != NULL && kind == RG__SLOT_CELL && PyCell_Check(value)
               ? PyCell_GET(value)
               : value;
}

/* All that a function was called with, or what comes after its self. */
static bool is_tuple_of(const struct rg__frame *frame, PyObject *tuple)
{
    Py_ssize_t size = PyTuple_GET_SIZE(tuple);
    int count = frame->code->co_argcount;
    for (int first = 0; first <= 1; first++) {
        Py_ssize_t i = 0;
        PyObject *name;
        while (i < size && first + i < count &&
               parameter(frame, first + (int)i, &name) ==
                   PyTuple_GET_ITEM(tuple, i))
            i++;
        if (i == size)
            return true;
    }
    return false;
}

static bool is_parameter(const struct rg__frame *frame, PyObject *key,
                         PyObject *value)
{
    int count = frame->code->co_argcount + frame->code->co_kwonlyargcount;
    for (int i = 0; i < count; i++) {
        PyObject *name = NULL;
        if (parameter(frame, i, &name) == value && name != NULL &&
            PyUnicode_Check(name) && PyUnicode_Compare(name, key) == 0)
            return true;
    }
    return false;
}

static bool is_dict_of(const struct rg__frame *frame, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value))
        if (!PyUnicode_CheckExact(key) || !rg__str_is_ready(key) ||
            !is_parameter(frame, key, value))
            return false;
    return true;
}

/* Whether they look like the arguments of the call that began the frame. */
static bool began(const struct rg__frame *frame, PyObject *arguments)
{
    if (!(frame->code->co_flags & CO_OPTIMIZED) ||
        !rg__frame_is_called_from_c(frame))
        return false;
    return PyTuple_CheckExact(arguments) ? is_tuple_of(frame, arguments)
                                         : is_dict_of(frame, arguments);
}

/* Exact, not empty, and held once. */
static bool may_be_arguments(PyObject *object)
{
    Py_ssize_t size = PyTuple_CheckExact(object)  ? PyTuple_GET_SIZE(object)
                      : PyDict_CheckExact(object) ? PyDict_GET_SIZE(object)
                                                  : 0;
    return size > 0 && size <= MOST_ARGUMENTS && rg__refcount(object) == 1;
}

static bool is_on_stack(const struct rg__frame *frame, const PyObject *object)
{
    PyObject *const *values;
    bool is_exact;
    int count = rg__frame_hidden_stack(frame, &values, &is_exact);
    for (int i = 0; i < count; i++)
        if (values[i] == object)
            return true;
    for (int i = 0; i < frame->stack_count; i++)
        if (rg__frame_stack(frame, i) == object)
            return true;
    return false;
}

/* Whether a tuple is what a greenlet was suspended with: `switch(value)` is a
 * call of C code, and its arguments are still on the stack. */
static bool was_switched_with(const struct rg__frame *frame, PyObject *tuple)
{
    if (!PyTuple_CheckExact(tuple))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (!is_on_stack(frame, PyTuple_GET_ITEM(tuple, i)))
            return false;
    return true;
}

/* The same of a suspended greenlet, whose frames C code has called as well. */
static bool are_of_greenlet(struct rg__snapshot *snapshot, PyObject *greenlet,
                            PyObject *arguments)
{
    struct rg__frame frame;
    bool more = rg__greenlet_frame(snapshot, greenlet, &frame);
    if (more && was_switched_with(&frame, arguments))
        return true;
    for (; more; more = rg__frame_back(&frame))
        if (began(&frame, arguments))
            return true;
    return false;
}

const struct rg__frame *rg__called_with(const struct rg__snapshot *snapshot,
                                        PyObject *object)
{
    if (!may_be_arguments(object) || !rg__fits(snapshot, RG_MISFIT_FRAMES))
        return NULL;
    for (size_t i = 0; i < snapshot->asking.our_frame_count; i++)
        if (began(&snapshot->asking.our_frames[i], object))
            return &snapshot->asking.our_frames[i];
    for (size_t i = 0; i < snapshot->roots.count; i++)
        if (snapshot->roots.items[i].kind == RG__ROOT_FRAME &&
            began(&snapshot->roots.items[i].frame, object))
            return &snapshot->roots.items[i].frame;
    return NULL;
}

/* Whether `def outer(*args, **kw)` called the frame as `inner(*args, **kw)`: the
 * tuple is then a variable as well. */
static bool is_passed_on(const struct rg__frame *frame, PyObject *tuple)
{
    struct rg__frame outer = *frame;
    PyObject *name;
    if (!rg__frame_back(&outer) || !(outer.code->co_flags & CO_VARARGS) ||
        !(outer.code->co_flags & CO_VARKEYWORDS))
        return false;
    int i = outer.code->co_argcount + outer.code->co_kwonlyargcount;
    PyObject *keywords = parameter(&outer, i + 1, &name);
    return parameter(&outer, i, &name) == tuple && keywords != NULL &&
           PyDict_CheckExact(keywords) && PyDict_GET_SIZE(keywords) > 0;
}

/* Whether a function that was called with this tuple may have been given
 * keywords as well: there are parameters for them. */
static bool may_have_keywords(const struct rg__frame *frame, PyObject *tuple)
{
    const PyCodeObject *code = frame->code;
    return code->co_kwonlyargcount > 0 || code->co_flags & CO_VARKEYWORDS ||
           code->co_argcount > PyTuple_GET_SIZE(tuple);
}

/* Whether C code has what is in the arguments of the frame's call in an array,
 * into which it unpacks them where there are keywords among them. */
static bool are_unpacked(const struct rg__frame *frame, PyObject *arguments)
{
    bool is_tuple = PyTuple_CheckExact(arguments);
    if (!(is_tuple || PyDict_CheckExact(arguments)))
        return false;
    return may_be_arguments(arguments)
               ? began(frame, arguments) &&
                     (!is_tuple || may_have_keywords(frame, arguments))
               : is_tuple && began(frame, arguments) &&
                     is_passed_on(frame, arguments);
}

/* How often it has the value there. */
static uint32_t times_unpacked(const struct rg__frame *frame,
                               PyObject *arguments, const PyObject *value)
{
    PyObject *key, *item;
    Py_ssize_t position = 0;
    uint32_t times = 0;
    if (!are_unpacked(frame, arguments))
        return 0;
    bool is_tuple = PyTuple_CheckExact(arguments);
    for (Py_ssize_t i = 0; is_tuple && i < PyTuple_GET_SIZE(arguments); i++)
        times += PyTuple_GET_ITEM(arguments, i) == value;
    while (!is_tuple && PyDict_Next(arguments, &position, &key, &item))
        times += item == value;
    return times;
}

/* Whether C code began the frame with this value among others. */
static bool has_parameter(const struct rg__frame *frame, const PyObject *value)
{
    int count = frame->code->co_argcount + frame->code->co_kwonlyargcount;
    PyObject *name;
    for (int i = 0; i < count; i++)
        if (parameter(frame, i, &name) == value)
            return rg__frame_is_called_from_c(frame);
    return false;
}

/* What C code has unpacked for this call: from what refers to the node, and from
 * what was remembered, should it be of the caller's own call.  What asks about a
 * file has no closure here. */
static uint32_t times_in_call(const struct rg__snapshot *snapshot,
                              const struct rg__frame *frame,
                              const struct rg_node *node)
{
    const struct rg_closure *closure = &snapshot->closure;
    const PyObject *value = (PyObject *)node->address;
    uint32_t times = 0;
    for (size_t i = 0; i < snapshot->asking.argument_count; i++)
        times += times_unpacked(frame, snapshot->asking.arguments[i], value);
    if (node < closure->nodes || node >= closure->nodes + closure->node_count)
        return times;
    size_t n = (size_t)(node - closure->nodes);
    for (uint32_t k = closure->first[n]; k < closure->first[n + 1]; k++) {
        uintptr_t referrer = closure->nodes[closure->referrer[k]].address;
        if (referrer != 0)
            times += times_unpacked(frame, (PyObject *)referrer, value);
    }
    return times;
}

void rg__add_calls(const struct rg__snapshot *snapshot,
                   const struct rg_node *node, const struct rg__frame *caller,
                   struct rg_on_stacks *on_stacks)
{
    PyObject *object = (PyObject *)node->address;
    const struct rg__frame *called = rg__called_with(snapshot, object);
    if (called != NULL)
        *(called == caller ? &on_stacks->of_caller : &on_stacks->of_others) +=
            1;
    if (!rg__fits(snapshot, RG_MISFIT_FRAMES))
        return;
    for (size_t i = 0; i < snapshot->roots.count; i++) {
        const struct rg__frame *frame = &snapshot->roots.items[i].frame;
        if (snapshot->roots.items[i].kind == RG__ROOT_FRAME &&
            has_parameter(frame, object))
            *(frame == caller ? &on_stacks->of_caller
                              : &on_stacks->of_others) +=
                times_in_call(snapshot, frame, node);
    }
}

enum rg_status rg__each_unpacked(const struct rg__snapshot *snapshot,
                                 PyObject *arguments, rg__unpacked_fn visit,
                                 void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->roots.count; i++) {
        const struct rg__frame *frame = &snapshot->roots.items[i].frame;
        PyObject *key, *value = NULL;
        Py_ssize_t at = 0;
        bool is_tuple = PyTuple_CheckExact(arguments);
        if (snapshot->roots.items[i].kind != RG__ROOT_FRAME ||
            !are_unpacked(frame, arguments))
            continue;
        while (status == RG_OK &&
               (is_tuple ? at < PyTuple_GET_SIZE(arguments)
                         : PyDict_Next(arguments, &at, &key, &value))) {
            if (is_tuple)
                value = PyTuple_GET_ITEM(arguments, at++);
            status = visit(context, value, frame);
        }
    }
    return status;
}

PyObject *rg__set_aside_by(struct rg__snapshot *snapshot, PyObject *object)
{
    if (!may_be_arguments(object) || !rg__fits(snapshot, RG_MISFIT_FRAMES))
        return NULL;
    for (size_t i = 0; i < snapshot->greenlets.suspended_count; i++)
        if (are_of_greenlet(snapshot, snapshot->greenlets.suspended[i], object))
            return snapshot->greenlets.suspended[i];
    return NULL;
}

/* Whether anything that the walk has met refers to the object. */
static bool is_referred_to(const struct rg__snapshot *snapshot,
                           PyObject *object)
{
    const struct rg_table *table = &snapshot->table;
    rg_code code;
    if (!rg_regions_find(table->regions, (uintptr_t)object, &code))
        return false;
    for (size_t k = 0; k < table->referent_count; k++)
        if (table->referents[k] == code)
            return true;
    return false;
}

bool rg__is_of_this_call(struct rg__snapshot *snapshot, PyObject *object)
{
    if (snapshot->asking.entry_frame >= snapshot->asking.our_frame_count ||
        snapshot->asking.argument_count == RG__CALL_ARGUMENTS ||
        !may_be_arguments(object) ||
        !began(&snapshot->asking.our_frames[snapshot->asking.entry_frame],
               object) ||
        is_referred_to(snapshot, object))
        return false;
    snapshot->asking.arguments[snapshot->asking.argument_count++] = object;
    return true;
}

/* Up to 3.10 a trace function leaves the variables of a frame in a dict. */
static PyObject *traced_locals(const struct rg__frame *frame)
{
    return frame->code->co_flags & CO_OPTIMIZED && frame->locals != NULL &&
                   PyDict_CheckExact(frame->locals)
               ? frame->locals
               : NULL;
}

bool rg__is_ours(const struct rg__snapshot *snapshot, const PyObject *object)
{
    for (size_t i = 0; i < snapshot->asking.argument_count; i++)
        if (snapshot->asking.arguments[i] == object)
            return true;
    for (size_t i = 0; i < snapshot->asking.our_frame_count; i++)
        if (traced_locals(&snapshot->asking.our_frames[i]) == object)
            return object != NULL;
    return false;
}

static enum rg_status walk_items(PyObject *container, rg__object_fn visit,
                                 void *context)
{
    enum rg_status status = RG_OK;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    if (PyTuple_CheckExact(container)) {
        for (Py_ssize_t i = 0;
             status == RG_OK && i < PyTuple_GET_SIZE(container); i++)
            status = visit(context, PyTuple_GET_ITEM(container, i));
        return status;
    }
    while (status == RG_OK && PyDict_Next(container, &position, &key, &value)) {
        status = visit(context, value);
        if (status == RG_OK)
            status = visit(context, key);
    }
    return status;
}

enum rg_status rg__ours_walk(const struct rg__snapshot *snapshot,
                             rg__object_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->asking.argument_count;
         i++)
        status = walk_items(snapshot->asking.arguments[i], visit, context);
    for (size_t i = 0; status == RG_OK && i < snapshot->asking.our_frame_count;
         i++) {
        PyObject *locals = traced_locals(&snapshot->asking.our_frames[i]);
        if (locals != NULL)
            status = walk_items(locals, visit, context);
    }
    return status;
}

struct counting {
    const PyObject *object;
    uint32_t times;
};

static enum rg_status count_if_same(void *context, PyObject *object)
{
    struct counting *counting = context;
    counting->times += object == counting->object;
    return RG_OK;
}

uint32_t rg__times_in_ours(const struct rg__snapshot *snapshot,
                           const PyObject *object)
{
    struct counting counting = {.object = object};
    rg__ours_walk(snapshot, count_if_same, &counting);
    return counting.times;
}
