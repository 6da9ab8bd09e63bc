/* grip.c - how a referrer holds a referent
 *
 * The advice to drop a reference has to be one that can be followed: an item of
 * a container that can be changed, an attribute, a field of C that Python code
 * may set.  All else goes with the object that it is part of. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "heap/caches.h"
#include "heap/cpython/containers.h"
#include "heap/greenlets.h"
#include "heap/reach.h"
#include "heap/read.h"
#include "heap/testimony.h"

static bool is_generator(PyObject *object)
{
    return PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
           PyAsyncGen_CheckExact(object);
}

/* An entry in a table of the interpreter's: some have no way out. */
static enum rg_grip grip_of_table(enum rg__table table)
{
    switch (table) {
    case RG__TABLE_AUDIT:
    case RG__TABLE_FORK_BEFORE:
    case RG__TABLE_FORK_PARENT:
    case RG__TABLE_FORK_CHILD:
    case RG__TABLE_RUNNING_TASKS:
    case RG__TABLE_RUNNING_LOOP:
    case RG__TABLE_RUNNING_TASK:
        return RG_GRIP_FIXED;
    default:
        return RG_GRIP_VARIABLE;
    }
}

static bool is_atexit_part(enum rg__table table)
{
    return table == RG__TABLE_ATEXIT_ARGUMENTS ||
           table == RG__TABLE_ATEXIT_KEYWORDS;
}

static enum rg_grip grip_of_kept(const struct rg__snapshot *snapshot,
                                 PyObject *referent)
{
    for (size_t i = 0; i < snapshot->tables.kept_count; i++)
        if (snapshot->tables.kept[i].object == referent)
            return (is_atexit_part(snapshot->tables.kept[i].table) ||
                    rg__find_tool_method(snapshot, referent) != NULL) &&
                           !rg__is_target(snapshot, referent)
                       ? RG_GRIP_PLUMBING
                       : grip_of_table(snapshot->tables.kept[i].table);
    return RG_GRIP_VARIABLE;
}

/* What a root's reference is: a frame's variables go with the frame. */
static enum rg_grip grip_of_root(const struct rg__snapshot *snapshot,
                                 const struct rg__root *root,
                                 PyObject *referent)
{
    if (root->kind == RG__ROOT_TABLES)
        return grip_of_kept(snapshot, referent);
    if (root->kind != RG__ROOT_FRAME)
        return RG_GRIP_FRAME; /* a thread drops what it holds by itself */
    if (PyCell_Check(referent) ||
        (referent == root->frame.locals && PyDict_Check(referent)))
        return RG_GRIP_PLUMBING;
    return RG_GRIP_FRAME;
}

static enum rg_grip grip_of_type(PyTypeObject *type, PyObject *referent)
{
    return referent == rg__type_dict(type) ? RG_GRIP_PLUMBING : RG_GRIP_FIXED;
}

/* Its code and annotations can be replaced. */
static enum rg_grip grip_of_function(const PyFunctionObject *function,
                                     PyObject *referent)
{
    if (referent == function->func_closure ||
        referent == function->func_defaults ||
        referent == function->func_kwdefaults ||
        referent == function->func_dict)
        return RG_GRIP_PLUMBING;
    return referent == function->func_code ||
                   referent == function->func_annotations
               ? RG_GRIP_OTHER
               : RG_GRIP_FIXED;
}

static bool is_in_slots(const struct rg__frame *frame, PyObject *referent,
                        enum rg_grip *grip)
{
    for (int i = 0; i < frame->slot_count; i++) {
        PyObject *name;
        enum rg__slot_kind kind;
        if (rg__frame_slot(frame, i, &name, &kind) != referent)
            continue;
        *grip = kind == RG__SLOT_CELL && PyCell_Check(referent)
                    ? RG_GRIP_PLUMBING
                    : RG_GRIP_FRAME;
        return true;
    }
    return false;
}

/* Only variables go by themselves, not what stands on its stack. */
static enum rg_grip grip_of_frame(struct rg__snapshot *snapshot,
                                  PyObject *object, PyObject *referent)
{
    struct rg__frame frame;
    PyObject *awaited;
    if (!rg__fits(snapshot, RG_MISFIT_FRAMES) ||
        !(is_generator(object)
              ? rg__frame_of_generator(object, &frame, &awaited)
              : rg__frame_of_object(object, &frame)))
        return RG_GRIP_FIXED;
    enum rg_grip grip;
    return is_in_slots(&frame, referent, &grip) ? grip : RG_GRIP_FIXED;
}

/* How a suspended greenlet holds what its frames hold; false for all else. */
static bool is_greenlet_grip(struct rg__snapshot *snapshot, PyObject *object,
                             PyObject *referent, enum rg_grip *grip)
{
    struct rg__frame frame;
    bool more = rg__greenlet_frame(snapshot, object, &frame);
    for (; more; more = rg__frame_back(&frame)) {
        if (is_in_slots(&frame, referent, grip))
            return true;
        for (int i = 0; i < frame.stack_count; i++)
            if (rg__frame_stack(&frame, i) == referent) {
                *grip = RG_GRIP_FIXED;
                return true;
            }
    }
    return false;
}

static bool is_inline_attribute(PyObject *object, PyObject *referent)
{
    Py_ssize_t count = rg__inline_count(object);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *name, *value;
        if (rg__inline_item(object, i, &name, &value) && value == referent)
            return true;
    }
    return false;
}

/* What Python code sees of a field of this name, in its type's getters. */
static const struct PyGetSetDef *find_getter(const PyTypeObject *type,
                                             const char *name)
{
    const struct PyGetSetDef *getset = type->tp_getset;
    for (; getset != NULL && getset->name != NULL; getset++)
        if (strcmp(getset->name, name) == 0)
            return getset;
    return NULL;
}

/* What a getter gives may be another object. */
static enum rg_grip grip_of_field(struct rg__c_types *types, PyObject *object,
                                  const PyTypeObject *type, PyObject *referent)
{
    const char *name = rg__c_field_name(types, object, type, referent);
    const struct PyGetSetDef *getter =
        name == NULL ? NULL : find_getter(type, name);
    if (getter == NULL)
        return RG_GRIP_HIDDEN;
    if (getter->set != NULL)
        return RG_GRIP_OTHER;
    return rg__gives_another(name) ? RG_GRIP_HIDDEN : RG_GRIP_FIXED;
}

static enum rg_grip grip_of_members(PyObject *object, const PyTypeObject *type,
                                    PyObject *referent)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++) {
        if ((member->type != T_OBJECT && member->type != T_OBJECT_EX) ||
            *(PyObject **)((char *)object + member->offset) != referent)
            continue;
        if (member->flags & READONLY)
            return RG_GRIP_FIXED;
        return rg__is_made_in_c(type) ? RG_GRIP_OTHER : RG_GRIP_ATTRIBUTE;
    }
    return RG_GRIP_HIDDEN;
}

/* How a field of C or a slot holds: an attribute, one that Python code may set
 * (RG_GRIP_OTHER), may read (RG_GRIP_FIXED), or RG_GRIP_HIDDEN. */
static enum rg_grip grip_of_member(struct rg__c_types *types, PyObject *object,
                                   PyObject *referent)
{
    const PyTypeObject *type = Py_TYPE(object);
    enum rg_grip grip = RG_GRIP_HIDDEN;
    for (; type != NULL && grip == RG_GRIP_HIDDEN; type = type->tp_base) {
        grip = grip_of_members(object, type, referent);
        if (grip == RG_GRIP_HIDDEN)
            grip = grip_of_field(types, object, type, referent);
    }
    return grip;
}

/* Attributes of an object of a class made in Python, and those of C's fields
 * that Python code may set. */
static enum rg_grip grip_of_fields(struct rg__snapshot *snapshot,
                                   PyObject *object, PyObject *referent)
{
    if (rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) &&
        is_inline_attribute(object, referent))
        return RG_GRIP_ATTRIBUTE;
    if (PyExceptionInstance_Check(object)) {
        PyBaseExceptionObject *exception = (PyBaseExceptionObject *)object;
        if (referent == exception->args || referent == exception->traceback ||
            referent == exception->context || referent == exception->cause)
            return RG_GRIP_OTHER;
    }
    if (PyCFunction_Check(object))
        return rg__find_tool_method(snapshot, object) != NULL &&
                       !rg__is_target(snapshot, object) &&
                       referent == PyCFunction_GET_SELF(object)
                   ? RG_GRIP_VARIABLE
                   : RG_GRIP_FIXED;
    return grip_of_member(&snapshot->c_types, object, referent);
}

/* Tuples and frozensets cannot be changed, the other containers can. */
static enum rg_grip grip_of_container(struct rg__snapshot *snapshot,
                                      PyObject *object, PyObject *referent)
{
    if (PyTuple_Check(object))
        return PyCell_Check(referent) ? RG_GRIP_PLUMBING : RG_GRIP_FIXED;
    if (PyDict_Check(object) || PyList_Check(object) || PySet_Check(object) ||
        rg__c_is(&snapshot->c_types, object, RG__C_DEQUE))
        return RG_GRIP_ITEM;
    const struct rg__c_answer *known =
        rg__c_type(&snapshot->c_types, Py_TYPE(object));
    if (known->row != NULL && known->row->kind == RG__C_LRU_CACHE)
        return rg__is_in_lru_cache(object, known->type, referent)
                   ? RG_GRIP_CACHE
                   : RG_GRIP_FIXED;
    if (known->row != NULL && known->row->kind == RG__C_ELEMENT &&
        rg__is_child(object, referent))
        return RG_GRIP_ITEM;
    if (known->row != NULL && known->row->kind == RG__C_XML_PARSER)
        return RG_GRIP_OTHER;
    return grip_of_fields(snapshot, object, referent);
}

/* Arguments and keywords of a callback, and since 3.14 the tuple that atexit
 * keeps for each: all of it goes when the callback is unregistered. */
static bool is_of_atexit(const struct rg__snapshot *snapshot,
                         const PyObject *object)
{
    for (size_t i = 0; i < snapshot->tables.kept_count; i++)
        if (is_atexit_part(snapshot->tables.kept[i].table) &&
            snapshot->tables.kept[i].object == object)
            return true;
    for (size_t i = 0; i < snapshot->tables.container_count; i++) {
        PyObject *list = snapshot->tables.containers[i].object;
        if (snapshot->tables.containers[i].table != RG__TABLE_ATEXIT ||
            !PyList_CheckExact(list))
            continue;
        for (Py_ssize_t k = 0; k < PyList_GET_SIZE(list); k++) {
            PyObject *entry = PyList_GET_ITEM(list, k);
            if (entry == object)
                return true;
            if (entry != NULL && PyTuple_CheckExact(entry) &&
                PyTuple_GET_SIZE(entry) == 3 &&
                (PyTuple_GET_ITEM(entry, 1) == object ||
                 PyTuple_GET_ITEM(entry, 2) == object))
                return true;
        }
    }
    return false;
}

/* Plumbing leads from one part to the next, to what the program gave. */
static bool is_atexit_grip(const struct rg__snapshot *snapshot,
                           PyObject *object, PyObject *referent,
                           enum rg_grip *grip)
{
    if (!snapshot->tables.has_atexit_tuples || !PyTuple_CheckExact(object) ||
        rg__refcount(object) != 1 || !is_of_atexit(snapshot, object))
        return false;
    *grip =
        is_of_atexit(snapshot, referent) && !rg__is_target(snapshot, referent)
            ? RG_GRIP_PLUMBING
            : RG_GRIP_VARIABLE;
    return true;
}

static enum rg_grip grip_of_object(struct rg__snapshot *snapshot,
                                   PyObject *object, PyObject *referent)
{
    if (referent == (PyObject *)Py_TYPE(object))
        return RG_GRIP_FIXED;
    /* Half of all references: nothing but items. */
    if (PyList_CheckExact(object) || PyAnySet_CheckExact(object) ||
        (PyDict_CheckExact(object) && !PyDict_Check(referent)))
        return PyFrozenSet_CheckExact(object) ? RG_GRIP_FIXED : RG_GRIP_ITEM;
    if (PyCell_Check(object))
        return RG_GRIP_CELL;
    if (PyType_Check(object))
        return grip_of_type((PyTypeObject *)object, referent);
    if (PyFunction_Check(object))
        return grip_of_function((PyFunctionObject *)object, referent);
    if (rg__is_told_by_thread(snapshot, object, referent))
        return RG_GRIP_TOLD_TWICE;
    if (is_generator(object) || PyFrame_Check(object))
        return grip_of_frame(snapshot, object, referent);
    enum rg_grip grip;
    if (is_atexit_grip(snapshot, object, referent, &grip))
        return grip;
    if (snapshot->greenlets.are_there &&
        is_greenlet_grip(snapshot, object, referent, &grip))
        return grip;
    if (rg__is_in_trie(&snapshot->c_types, referent))
        return RG_GRIP_PLUMBING;
    if (rg__is_in_trie(&snapshot->c_types, object))
        return PyContextVar_CheckExact(referent)
                   ? RG_GRIP_FIXED  /* nothing takes a variable out */
                   : RG_GRIP_OTHER; /* but its value can be set */
    if (PyDict_Check(referent) && rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) &&
        referent == rg__plain_namespace(object))
        return RG_GRIP_PLUMBING;
    if (PyDict_CheckExact(referent) &&
        (rg__c_is(&snapshot->c_types, object, RG__C_THREAD_LOCAL) ||
         rg__is_thread_dicts(&snapshot->c_types, object)))
        return RG_GRIP_PLUMBING;
    if (rg__times_shared_with_dict(snapshot, object, referent) > 0)
        return RG_GRIP_TOLD_TWICE;
    return grip_of_container(snapshot, object, referent);
}

enum rg_grip rg__grip_of(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    const struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    PyObject *target = (PyObject *)referent->address;
    if (referrer->address == 0)
        return grip_of_root(
            snapshot,
            &snapshot->roots.items[snapshot->table.object[referrer->object]],
            target);
    if (referrer->role & RG_ROLE_STOP) {
        const struct rg__container *container =
            rg__find_container(snapshot, (PyObject *)referrer->address);
        if (container != NULL && container->table == RG__TABLE_ATEXIT &&
            !rg__is_target(snapshot, target))
            return RG_GRIP_PLUMBING;
        if (container != NULL)
            return grip_of_table(container->table);
        /* Another function of the module may let it go, no name that is
         * dropped does. */
        if (rg__has_state(snapshot, (PyObject *)referrer->address))
            return rg__is_kept_zone((PyObject *)referrer->address, target)
                       ? RG_GRIP_OTHER
                       : RG_GRIP_FIXED;
        if (rg__find_namespace(snapshot, (PyObject *)referrer->address) == NULL)
            return grip_of_object(snapshot, (PyObject *)referrer->address,
                                  target);
        return rg__is_kept_variable(snapshot, (PyObject *)referrer->address,
                                    target)
                   ? RG_GRIP_KEPT
                   : RG_GRIP_VARIABLE;
    }
    return grip_of_object(snapshot, (PyObject *)referrer->address, target);
}
