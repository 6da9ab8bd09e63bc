/* py310.c - the private layouts of CPython 3.10 alone
 *
 * Every frame is a frame object.  So that answers read as on later versions,
 * what a frame holds is told where it belongs: while a thread runs it, by the
 * root that stands for it; while it belongs to a generator, by the generator;
 * and by the frame object itself once it is neither. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#undef Py_BUILD_CORE

#include <frameobject.h>
#include <opcode.h>

#include "base/alloc.h"
#include "heap/cpython/era.h"

const bool rg__has_inline_values = false;

/* Attributes: always in a dict */

PyObject *rg__instance_dict(PyObject *object)
{
    return rg__classic_dict(object);
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    (void)object;
    return 0;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    (void)object;
    (void)i;
    *name = *value = NULL;
    return false;
}

/* Dicts: the table is private to 3.10's own sources (Objects/dict-common.h). */

struct keys {
    Py_ssize_t refcount, size;
    void *lookup;
    Py_ssize_t usable, used;
    char indices[];
};

struct key_entry {
    Py_hash_t hash;
    PyObject *key, *value;
};

/* The values that a dict shares names for, and its table of keys unless that
 * is shared; of a table two thirds can be used. */
uint64_t rg__dict_beside(PyObject *dict)
{
    const struct keys *keys =
        (const struct keys *)(const void *)((PyDictObject *)dict)->ma_keys;
    uint64_t places = (uint64_t)keys->size, size = 0;
    uint64_t index = places <= 0xff ? 1 : places <= 0xffff ? 2 : 4;
    if (((PyDictObject *)dict)->ma_values != NULL)
        size = places * 2 / 3 * sizeof(PyObject *);
    return keys->refcount != 1
               ? size
               : size + sizeof *keys + places * index +
                     places * 2 / 3 * sizeof(struct key_entry);
}

const int rg__least_digits = 0;

/* A generator's frame is an object of its own. */
uint64_t rg__frame_places(PyObject *object)
{
    return PyFrame_Check(object) ? (uint64_t)Py_SIZE(object) : 0;
}

/* Exceptions: the class and the traceback stand beside the exception, which
 * refers to them as well.  They are told only when it does not. */

enum { HANDLED = 3 };

static int handled_objects(const _PyErr_StackItem *item, PyObject **objects)
{
    PyObject *value = item->exc_value, *type = item->exc_type;
    PyObject *traceback = item->exc_traceback;
    int count = 0;
    if (value != NULL && PyExceptionInstance_Check(value)) {
        if (type == (PyObject *)Py_TYPE(value))
            type = NULL;
        if (traceback == ((PyBaseExceptionObject *)value)->traceback)
            traceback = NULL;
    }
    PyObject *const all[HANDLED] = {value, type, traceback};
    for (int i = 0; i < HANDLED; i++)
        if (all[i] != NULL && all[i] != Py_None)
            objects[count++] = all[i];
    return count;
}

enum rg_status rg__handled_walk(const PyThreadState *thread,
                                rg__object_fn visit, void *context)
{
    const _PyErr_StackItem *item = thread->exc_info;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && item != NULL; item = item->previous_item) {
        PyObject *objects[HANDLED];
        int count = handled_objects(item, objects);
        for (int i = 0; status == RG_OK && i < count; i++)
            status = visit(context, objects[i]);
    }
    return status;
}

PyObject *rg__exception_notes(PyObject *exception)
{
    (void)exception;
    return NULL;    /* PEP 678 came with 3.11 */
}

/* Frames */

static const PyFrameObject *frame_object(const struct rg__frame *frame)
{
    return frame->record;
}

/* A frame is tracked when it ends, unless it is a generator's: those always
 * are, and cannot be caught between running and ended. */
static bool is_running(const PyFrameObject *object)
{
    return object->f_state == FRAME_EXECUTING ||
           object->f_state == FRAME_UNWINDING ||
           !_PyObject_GC_IS_TRACKED(object);
}

static int line_of(PyFrameObject *object)
{
    if (object->f_lineno != 0)
        return object->f_lineno;
    int line = PyCode_Addr2Line(object->f_code, object->f_lasti *
                                                    (int)sizeof(_Py_CODEUNIT));
    return line > 0 ? line : 0;
}

static void fill_frame(PyFrameObject *object, struct rg__frame *frame)
{
    PyCodeObject *code = object->f_code;
    *frame = (struct rg__frame){
        .record = object,
        .code = code,
        .globals = object->f_globals,
        .own_globals = object->f_globals,
        .own_builtins = object->f_builtins,
        .locals = object->f_locals,
        .object = (PyObject *)object,
        .slot_count = code->co_nlocals +
                      (int)PyTuple_GET_SIZE(code->co_cellvars) +
                      (int)PyTuple_GET_SIZE(code->co_freevars),
        /* The depth is -1 while the frame runs. */
        .stack_count = object->f_stackdepth > 0 ? object->f_stackdepth : 0,
        .line = line_of(object)};
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    if (thread->frame == NULL)
        return false;
    fill_frame(thread->frame, frame);
    return true;
}

bool rg__frame_back(struct rg__frame *frame)
{
    PyFrameObject *back = frame_object(frame)->f_back;
    if (back == NULL)
        return false;
    fill_frame(back, frame);
    return true;
}

bool rg__frame_of_object(PyObject *object, struct rg__frame *frame)
{
    PyFrameObject *kept = (PyFrameObject *)object;
    if (is_running(kept) || kept->f_gen != NULL)
        return false;
    fill_frame(kept, frame);
    return true;
}

PyObject *rg__frame_object_back(PyObject *object)
{
    return (PyObject *)((PyFrameObject *)object)->f_back;
}

/* Locals, then cells, then free variables. */
PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind)
{
    const PyCodeObject *code = frame->code;
    PyObject *const names[] = {code->co_varnames, code->co_cellvars,
                               code->co_freevars};
    Py_ssize_t place = i;
    int group = 0;
    if (place >= code->co_nlocals) {
        place -= code->co_nlocals;
        group = 1;
    }
    if (group == 1 && place >= PyTuple_GET_SIZE(names[1])) {
        place -= PyTuple_GET_SIZE(names[1]);
        group = 2;
    }
    *name = PyTuple_GET_ITEM(names[group], place);
    *kind = group == 0 ? RG__SLOT_PLAIN : RG__SLOT_CELL;
    return frame_object(frame)->f_localsplus[i];
}

bool rg__frame_slot_is_borrowed(const struct rg__frame *frame, int i)
{
    (void)frame;
    (void)i;
    return false;
}

PyObject *rg__frame_stack(const struct rg__frame *frame, int i)
{
    return frame_object(frame)->f_valuestack[i];
}

/* Generators */

bool rg__generator_is_running(PyObject *generator)
{
    const PyFrameObject *object = ((PyGenObject *)generator)->gi_frame;
    return object != NULL && is_running(object);
}

/* The instruction that comes next is then the one that waits. */
static bool waits(const struct rg__frame *frame)
{
    const PyFrameObject *object = frame_object(frame);
    const _Py_CODEUNIT *code =
        (_Py_CODEUNIT *)PyBytes_AS_STRING(frame->code->co_code);
    return object->f_lasti >= 0 && frame->stack_count > 0 &&
           _Py_OPCODE(code[object->f_lasti + 1]) == YIELD_FROM;
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyFrameObject *object = ((PyGenObject *)generator)->gi_frame;
    *awaited = NULL;
    if (object == NULL || is_running(object))
        return false;
    fill_frame(object, frame);
    if (waits(frame))
        *awaited = rg__frame_stack(frame, frame->stack_count - 1);
    return true;
}

void rg__generator_parts(PyObject *generator, struct rg__generator *parts)
{
    const PyGenObject *gen = (PyGenObject *)generator;
    *parts = (struct rg__generator){.code = gen->gi_code,
                                    .name = gen->gi_name,
                                    .qualname = gen->gi_qualname,
                                    .handled = gen->gi_exc_state.exc_value};
}

/* References */

static int visit_all(PyObject *const *objects, int count, visitproc visit,
                     void *context)
{
    int answer = 0;
    for (int i = 0; answer == 0 && i < count; i++)
        if (objects[i] != NULL)
            answer = visit(objects[i], context);
    return answer;
}

/* What a suspended frame holds, but for the trace function. */
static int visit_frame(const PyFrameObject *object, visitproc visit,
                       void *context)
{
    PyObject *const parts[] = {(PyObject *)object->f_code, object->f_globals,
                               object->f_builtins, object->f_locals};
    int slots = (int)(object->f_valuestack - object->f_localsplus);
    int answer = visit_all(parts, 4, visit, context);
    if (answer == 0)
        answer = visit_all(object->f_localsplus, slots, visit, context);
    if (answer == 0)
        answer = visit_all(object->f_valuestack, object->f_stackdepth, visit,
                           context);
    return answer;
}

static int visit_frame_object(PyObject *object, visitproc visit, void *context)
{
    PyFrameObject *frame = (PyFrameObject *)object;
    if (is_running(frame) || frame->f_gen != NULL)
        return visit_all(&frame->f_trace, 1, visit, context);
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

static int visit_generator(PyObject *object, visitproc visit, void *context)
{
    const PyGenObject *gen = (PyGenObject *)object;
    const PyFrameObject *frame = gen->gi_frame;
    PyObject *finalizer = PyAsyncGen_CheckExact(object)
                              ? ((PyAsyncGenObject *)object)->ag_finalizer
                              : NULL;
    PyObject *const parts[] = {(PyObject *)frame, gen->gi_code, gen->gi_name,
                               gen->gi_qualname, finalizer};
    PyObject *handled[HANDLED];
    int handled_count = handled_objects(&gen->gi_exc_state, handled);
    int answer = visit_all(parts, 5, visit, context);
    if (answer == 0)
        answer = visit_all(handled, handled_count, visit, context);
    if (answer == 0 && frame != NULL && !is_running(frame))
        answer = visit_frame(frame, visit, context);
    return answer;
}

int rg__traverse(PyObject *object, visitproc visit, void *context)
{
    if (PyFrame_Check(object))
        return visit_frame_object(object, visit, context);
    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
        PyAsyncGen_CheckExact(object))
        return visit_generator(object, visit, context);
    return Py_TYPE(object)->tp_traverse(object, visit, context);
}

/* Code */

PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i)
{
    return i < PyTuple_GET_SIZE(code->co_freevars)
               ? PyTuple_GET_ITEM(code->co_freevars, i)
               : NULL;
}

PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i)
{
    return i >= 0 && i < PyTuple_GET_SIZE(code->co_varnames)
               ? PyTuple_GET_ITEM(code->co_varnames, i)
               : NULL;
}

enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context)
{
    PyObject *const objects[] = {
        code->co_code,     code->co_consts,   code->co_names,
        code->co_varnames, code->co_freevars, code->co_cellvars,
        code->co_filename, code->co_name,     code->co_linetable};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = visit(context, objects[i]);
    return status;
}

PyObject *rg__function_annotate(PyObject *function)
{
    (void)function;
    return NULL;    /* PEP 649 came with 3.14 */
}

bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word)
{
    (void)thread;
    (void)i;
    (void)object;
    (void)word;
    return false;
}

/* The stack of a running frame
 *
 * The frame does not say how deep it is; its code does: the depth before the
 * instruction in work follows from the effects of all instructions on the way
 * there, as the compiler worked it out. */

enum { UNKNOWN_DEPTH = -1 };

struct depths {
    const _Py_CODEUNIT *code;
    int count;                  /* of instructions */
    int16_t *before;            /* by instruction */
    int *open;                  /* instructions to be looked at */
    int open_count;
};

static void set_depth(struct depths *depths, int instruction, int depth)
{
    if (instruction < 0 || instruction >= depths->count || depth < 0 ||
        depth > INT16_MAX || depths->before[instruction] != UNKNOWN_DEPTH)
        return;
    depths->before[instruction] = (int16_t)depth;
    depths->open[depths->open_count++] = instruction;
}

static bool never_falls_through(int opcode)
{
    return opcode == JUMP_FORWARD || opcode == JUMP_ABSOLUTE ||
           opcode == RETURN_VALUE || opcode == RAISE_VARARGS ||
           opcode == RERAISE;
}

/* Where an instruction may jump to, or -1. */
static int jump_target(int opcode, int argument, int instruction)
{
    switch (opcode) {
    case JUMP_FORWARD:
    case FOR_ITER:
    case SETUP_FINALLY:
    case SETUP_WITH:
    case SETUP_ASYNC_WITH:
        return instruction + 1 + argument;
    case JUMP_ABSOLUTE:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case JUMP_IF_NOT_EXC_MATCH:
    case POP_JUMP_IF_FALSE:
    case POP_JUMP_IF_TRUE:
        return argument;
    default:
        return -1;
    }
}

/* An argument of more than a byte is built up by the prefixes before it. */
static int argument_of(const struct depths *depths, int instruction)
{
    int argument = _Py_OPARG(depths->code[instruction]);
    for (int shift = 8, i = instruction - 1;
         i >= 0 && shift < 32 && _Py_OPCODE(depths->code[i]) == EXTENDED_ARG;
         i--, shift += 8)
        argument |= (int)((unsigned)_Py_OPARG(depths->code[i]) << shift);
    return argument;
}

static void follow(struct depths *depths, int instruction)
{
    int opcode = _Py_OPCODE(depths->code[instruction]);
    int argument = argument_of(depths, instruction);
    int depth = depths->before[instruction];
    int operand = opcode >= HAVE_ARGUMENT ? argument : 0;
    if (opcode == EXTENDED_ARG) {
        set_depth(depths, instruction + 1, depth);
        return;
    }
    int target = jump_target(opcode, argument, instruction);
    if (target >= 0)
        set_depth(depths, target,
                  depth + PyCompile_OpcodeStackEffectWithJump(opcode, operand, 1));
    if (!never_falls_through(opcode))
        set_depth(depths, instruction + 1,
                  depth + PyCompile_OpcodeStackEffectWithJump(opcode, operand, 0));
}

/* The depth before `instruction`, or UNKNOWN_DEPTH. */
static int depth_before(const PyCodeObject *code, int instruction)
{
    struct depths depths = {
        .code = (const _Py_CODEUNIT *)PyBytes_AS_STRING(code->co_code),
        .count = (int)(PyBytes_GET_SIZE(code->co_code) /
                       (Py_ssize_t)sizeof(_Py_CODEUNIT))};
    int depth = UNKNOWN_DEPTH;
    depths.before = rg_alloc((size_t)depths.count, sizeof *depths.before);
    depths.open = rg_alloc((size_t)depths.count, sizeof *depths.open);
    if (depths.before != NULL && depths.open != NULL) {
        for (int i = 0; i < depths.count; i++)
            depths.before[i] = UNKNOWN_DEPTH;
        set_depth(&depths, 0, code->co_flags & (CO_GENERATOR | CO_COROUTINE |
                                                CO_ASYNC_GENERATOR) ? 1 : 0);
        while (depths.open_count > 0)
            follow(&depths, depths.open[--depths.open_count]);
        if (instruction >= 0 && instruction < depths.count)
            depth = depths.before[instruction];
    }
    rg_free(depths.before);
    rg_free(depths.open);
    return depth;
}

int rg__frame_hidden_stack(const struct rg__frame *frame,
                           PyObject *const **values, bool *is_exact)
{
    const PyFrameObject *object = frame_object(frame);
    int depth = depth_before(frame->code, object->f_lasti);
    *values = object->f_valuestack;
    *is_exact = depth != UNKNOWN_DEPTH;
    if (object->f_stackdepth >= 0)
        return 0;
    return *is_exact && depth <= frame->code->co_stacksize
               ? depth
               : frame->code->co_stacksize;
}

bool rg__frame_is_called_from_c(const struct rg__frame *frame)
{
    (void)frame;
    return true;
}
