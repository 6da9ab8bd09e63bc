/* grip.c - how a referrer holds a referent */
#include "heap/read.h"
#include "heap/witness.h"

static bool is_generator(PyObject *object)
{
    return PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
           PyAsyncGen_CheckExact(object);
}

/* What a root's reference is: a frame's variables go with the frame. */
static enum rg_grip grip_of_root(const struct rg__root *root,
                                 PyObject *referent)
{
    if (root->kind != RG__ROOT_FRAME)
        return RG_GRIP_FRAME;   /* a thread drops what it holds by itself */
    if (PyCell_Check(referent) ||
        (referent == root->frame.locals && PyDict_Check(referent)))
        return RG_GRIP_PLUMBING;
    return RG_GRIP_FRAME;
}

static enum rg_grip grip_of_type(PyTypeObject *type, PyObject *referent)
{
    if (referent == rg__type_dict(type))
        return RG_GRIP_PLUMBING;
    return referent == (PyObject *)type->tp_base ||
                   referent == type->tp_bases || referent == type->tp_mro
               ? RG_GRIP_FIXED
               : RG_GRIP_OTHER;
}

static enum rg_grip grip_of_function(const PyFunctionObject *function,
                                     PyObject *referent)
{
    return referent == function->func_closure ||
                   referent == function->func_defaults ||
                   referent == function->func_kwdefaults ||
                   referent == function->func_dict
               ? RG_GRIP_PLUMBING
               : RG_GRIP_OTHER;
}

/* Tuples and frozensets cannot be changed, the other containers can. */
static enum rg_grip grip_of_container(struct rg__snapshot *snapshot,
                                      PyObject *object, PyObject *referent)
{
    if (PyTuple_Check(object))
        return PyCell_Check(referent) ? RG_GRIP_PLUMBING : RG_GRIP_OTHER;
    if (PyDict_Check(object) || PyList_Check(object) || PySet_Check(object) ||
        rg__c_is(&snapshot->c_types, object, RG__C_DEQUE))
        return RG_GRIP_ITEM;
    return Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE ? RG_GRIP_ATTRIBUTE
                                                           : RG_GRIP_OTHER;
}

static enum rg_grip grip_of_object(struct rg__snapshot *snapshot,
                                   PyObject *object, PyObject *referent)
{
    if (referent == (PyObject *)Py_TYPE(object))
        return RG_GRIP_FIXED;
    if (PyType_Check(object))
        return grip_of_type((PyTypeObject *)object, referent);
    if (PyFunction_Check(object))
        return grip_of_function((PyFunctionObject *)object, referent);
    if (rg__is_told_by_thread(snapshot, object, referent))
        return RG_GRIP_TOLD_TWICE;
    if (is_generator(object) || PyFrame_Check(object))
        return PyCell_Check(referent) ? RG_GRIP_PLUMBING : RG_GRIP_FRAME;
    if (rg__is_in_trie(&snapshot->c_types, referent))
        return RG_GRIP_PLUMBING;
    if (PyDict_CheckExact(referent) &&
        ((rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) &&
          referent == rg__instance_dict(object)) ||
         rg__c_is(&snapshot->c_types, object, RG__C_THREAD_LOCAL) ||
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
            &snapshot->roots[snapshot->table.object[referrer->object]], target);
    if (referrer->role & RG_ROLE_STOP)
        return RG_GRIP_VARIABLE;
    return grip_of_object(snapshot, (PyObject *)referrer->address, target);
}
