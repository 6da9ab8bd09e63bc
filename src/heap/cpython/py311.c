/* py311.c - the private layouts of CPython 3.11 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_object.h>
#define NEED_OPCODE_TABLES  /* the interpreter does not export its own */
#include <internal/pycore_opcode.h>
#undef Py_BUILD_CORE

#include <opcode.h>

#include "heap/cpython/layout.h"

/* RESUME's argument says where execution resumes; from 2 on it is behind a
 * `yield from` or an `await` (Python/bytecodes of 3.11, _PyGen_yf). */
enum { RESUME_AFTER_YIELD_FROM = 2 };

/* The collector */

static enum rg_status walk_list(PyGC_Head *list, rg__object_fn visit,
                                void *context)
{
    for (PyGC_Head *head = _PyGCHead_NEXT(list); head != list;
         head = _PyGCHead_NEXT(head)) {
        /* The next object is fetched while this one is read. */
        __builtin_prefetch(_PyGCHead_NEXT(head));
        enum rg_status status = visit(context, (PyObject *)(head + 1));
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

static struct _gc_runtime_state *collector(void)
{
    return &PyInterpreterState_Get()->gc;
}

enum rg_status rg__gc_walk(rg__object_fn visit, void *context)
{
    struct _gc_runtime_state *gc = collector();
    enum rg_status status =
        walk_list(&gc->permanent_generation.head, visit, context);
    for (int i = NUM_GENERATIONS; status == RG_OK && i-- > 0;)
        status = walk_list(&gc->generations[i].head, visit, context);
    return status;
}

bool rg__gc_is_collecting(void)
{
    return collector()->collecting;
}

/* Attributes */

PyObject *rg__instance_dict(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        return *_PyObject_ManagedDictPointer(object);
    Py_ssize_t offset = type->tp_dictoffset;
    if (offset < 0) {
        Py_ssize_t size = Py_SIZE(object);
        offset += _PyObject_VAR_SIZE(type, size < 0 ? -size : size);
    }
    return offset <= 0 ? NULL : *(PyObject **)((char *)object + offset);
}

static PyDictKeysObject *inline_keys(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (!(type->tp_flags & Py_TPFLAGS_MANAGED_DICT) ||
        *_PyObject_ValuesPointer(object) == NULL)
        return NULL;
    return ((PyHeapTypeObject *)type)->ht_cached_keys;
}

Py_ssize_t rg__inline_count(PyObject *object)
{
    PyDictKeysObject *keys = inline_keys(object);
    return keys == NULL ? 0 : keys->dk_nentries;
}

bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value)
{
    *name = DK_UNICODE_ENTRIES(inline_keys(object))[i].me_key;
    *value = (*_PyObject_ValuesPointer(object))->values[i];
    return *name != NULL && *value != NULL;
}

/* Frames */

static _PyInterpreterFrame *record_of(const struct rg__frame *frame)
{
    return (_PyInterpreterFrame *)frame->record;
}

static void fill_frame(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    PyCodeObject *code = record->f_code;
    int stack = record->stacktop - code->co_nlocalsplus;
    *frame = (struct rg__frame){
        .record = record,
        .code = code,
        .function = (PyObject *)record->f_func,
        .globals = record->f_globals,
        .locals = record->f_locals,
        .object = (PyObject *)record->frame_obj,
        .slot_count = code->co_nlocalsplus,
        /* stacktop is -1 while the frame is inside a C call. */
        .stack_count = stack > 0 ? stack : 0,
        .line = PyCode_Addr2Line(code, _PyInterpreterFrame_LASTI(record) *
                                           (int)sizeof(_Py_CODEUNIT))};
    if (frame->line < 0)
        frame->line = 0;
}

static bool first_complete(_PyInterpreterFrame *record, struct rg__frame *frame)
{
    while (record != NULL && _PyFrame_IsIncomplete(record))
        record = record->previous;
    if (record == NULL)
        return false;
    fill_frame(record, frame);
    return true;
}

bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame)
{
    return thread->cframe != NULL &&
           first_complete(thread->cframe->current_frame, frame);
}

bool rg__frame_back(struct rg__frame *frame)
{
    return first_complete(record_of(frame)->previous, frame);
}

bool rg__generator_is_running(PyObject *generator)
{
    return ((PyGenObject *)generator)->gi_frame_state == FRAME_EXECUTING;
}

bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited)
{
    PyGenObject *gen = (PyGenObject *)generator;
    *awaited = NULL;
    if (gen->gi_frame_state >= FRAME_EXECUTING)
        return false;
    _PyInterpreterFrame *record = (_PyInterpreterFrame *)gen->gi_iframe;
    fill_frame(record, frame);
    _Py_CODEUNIT next = record->prev_instr[1];
    if (gen->gi_frame_state == FRAME_SUSPENDED && frame->stack_count > 0 &&
        _PyOpcode_Deopt[_Py_OPCODE(next)] == RESUME &&
        _Py_OPARG(next) >= RESUME_AFTER_YIELD_FROM)
        *awaited = _PyFrame_StackPeek(record);
    return true;
}

bool rg__frame_of_object(PyObject *object, struct rg__frame *frame)
{
    _PyInterpreterFrame *record = ((PyFrameObject *)object)->f_frame;
    if (record == NULL || record->owner != FRAME_OWNED_BY_FRAME_OBJECT)
        return false;
    fill_frame(record, frame);
    return true;
}

PyObject *rg__frame_object_back(PyObject *object)
{
    return (PyObject *)((PyFrameObject *)object)->f_back;
}

PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind)
{
    PyCodeObject *code = frame->code;
    const char *kinds = PyBytes_AS_STRING(code->co_localspluskinds);
    *name = PyTuple_GET_ITEM(code->co_localsplusnames, i);
    *kind = kinds[i] & (CO_FAST_CELL | CO_FAST_FREE) ? RG__SLOT_CELL
                                                     : RG__SLOT_PLAIN;
    return record_of(frame)->localsplus[i];
}

PyObject *rg__frame_stack(const struct rg__frame *frame, int i)
{
    return record_of(frame)->localsplus[frame->slot_count + i];
}

/* Code */

PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i >= code->co_nfreevars)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames,
                            code->co_nlocalsplus - code->co_nfreevars + i);
}

PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i < 0 || i >= code->co_nlocalsplus)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames, i);
}

enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context)
{
    PyObject *const objects[] = {
        code->co_consts,    code->co_names,     code->co_exceptiontable,
        code->co_filename,  code->co_name,      code->co_qualname,
        code->co_linetable, code->co_localsplusnames,
        code->co_localspluskinds};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        enum rg_status status =
            objects[i] == NULL ? RG_OK : visit(context, objects[i]);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

/* Sets */

bool rg__set_next(PyObject *set, Py_ssize_t *position, PyObject **member)
{
    Py_hash_t hash;
    return _PySet_NextEntry(set, position, member, &hash);
}

/* Classes */

PyObject *rg__type_dict(PyTypeObject *type)
{
    return type->tp_dict;
}

/* The self-test */

/* A new object is the last of the youngest generation: the next is the head. */
static bool heads_are_where_expected(PyObject *known)
{
    struct _gc_runtime_state *gc = collector();
    return _PyGCHead_NEXT(_Py_AS_GC(known)) == &gc->generations[0].head;
}

static bool reads_own_frame(void)
{
    struct rg__frame frame;
    PyThreadState *thread = PyThreadState_Get();
    PyFrameObject *known = PyThreadState_GetFrame(thread);
    if (known == NULL)
        return true;    /* called from C alone: nothing to compare with */
    PyCodeObject *code = PyFrame_GetCode(known);
    bool fits = rg__frame_of_thread(thread, &frame) && frame.code == code;
    Py_DECREF(code);
    Py_DECREF(known);
    return fits;
}

const char *rg__layout_self_test(void)
{
    PyObject *known = PyList_New(0);
    if (known == NULL) {
        PyErr_Clear();
        return "not enough memory for the self-test";
    }
    bool fits = heads_are_where_expected(known);
    Py_DECREF(known);
    if (!fits)
        return "the collector's lists are not where CPython 3.11 keeps them";
    if (!reads_own_frame())
        return "frames are not laid out as CPython 3.11 lays them out";
    return NULL;
}
