/* describe.c - the words about an object itself */
#include <string.h>

#include "heap/read.h"
#include "heap/snapshot.h"
#include "heap/word.h"

static enum rg_status store(struct rg_graph *graph, struct rg_buffer *buffer,
                            enum rg_status status, struct rg_text *text)
{
    if (status == RG_OK)
        status = rg_graph_text(graph, buffer->data, buffer->size, text);
    buffer->size = 0;
    return status;
}

/* len() of an exact built-in container, or -1. */
int64_t rg__item_count(struct rg__snapshot *snapshot, PyObject *object)
{
    const struct rg__c_type *row;
    if (PyList_CheckExact(object) || PyTuple_CheckExact(object))
        return Py_SIZE(object);
    if (PyDict_CheckExact(object) || rg__is_frozendict(object))
        return ((PyDictObject *)object)->ma_used;
    if (PyAnySet_CheckExact(object))
        return ((PySetObject *)object)->used;
    row = rg__c_row(&snapshot->c_types, Py_TYPE(object));
    return row != NULL && row->kind == RG__C_DEQUE ? Py_SIZE(object) : -1;
}

/* The str that says which function, class, module or coroutine it is. */
static PyObject *detail_of(const struct rg__snapshot *snapshot,
                           PyObject *object)
{
    bool fits = rg__fits(snapshot, RG_MISFIT_FRAMES);
    if (PyFunction_Check(object))
        return ((PyFunctionObject *)object)->func_qualname;
    if (PyMethod_Check(object) &&
        PyFunction_Check(PyMethod_GET_FUNCTION(object)))
        return ((PyFunctionObject *)PyMethod_GET_FUNCTION(object))
            ->func_qualname;
    if (fits && (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
                 PyAsyncGen_CheckExact(object)))
        return rg__generator_qualname(object);
    if (PyType_Check(object) &&
        ((PyTypeObject *)object)->tp_flags & Py_TPFLAGS_HEAPTYPE)
        return ((PyHeapTypeObject *)object)->ht_qualname;
    struct rg__frame frame;
    if (fits && PyFrame_Check(object) && rg__frame_of_object(object, &frame))
        return frame.code->co_name;
    if (PyCode_Check(object))
        return ((PyCodeObject *)object)->co_name;
    if (PyModule_Check(object) && PyModule_GetDict(object) != NULL)
        return rg__dict_find(PyModule_GetDict(object), "__name__");
    return NULL;
}

/* A task that nobody named has a number since 3.12, and a name once asked. */
static enum rg_status put_task_name(PyObject *name, struct rg_buffer *buffer)
{
    uint64_t length;
    enum rg_key_type type;
    if (PyUnicode_Check(name))
        return rg__word_str(name, buffer);
    enum rg_status status = RG_OK;
    if (PyLong_CheckExact(name))
        status = rg_buffer_put(buffer, "Task-");
    if (status == RG_OK && PyLong_CheckExact(name))
        status = rg__word_key(NULL, name, &type, buffer, &length);
    return status;
}

/* The same where C keeps the name. */
enum rg_status rg__put_detail(struct rg__snapshot *snapshot, PyObject *object,
                              struct rg_buffer *buffer)
{
    PyObject *detail = detail_of(snapshot, object);
    if (detail != NULL && PyUnicode_Check(detail))
        return rg__word_str(detail, buffer);
    PyObject *task = rg__task_name(&snapshot->c_types, object);
    if (task != NULL)
        return put_task_name(task, buffer);
    const char *name = PyCFunction_Check(object)
                           ? ((PyCFunctionObject *)object)->m_ml->ml_name
                           : "";
    return rg_buffer_put(buffer, name);
}

/* `module.`, where that is known. */
static enum rg_status put_module(PyObject *module, struct rg_buffer *buffer)
{
    if (module == NULL || !PyUnicode_Check(module))
        return RG_OK;
    enum rg_status status = rg__word_str(module, buffer);
    return status == RG_OK ? rg_buffer_put(buffer, ".") : status;
}

enum rg_status rg__put_type(PyTypeObject *type, struct rg_buffer *buffer)
{
    size_t start = buffer->size;
    enum rg_status status = rg__word_type_module(type, buffer);
    if (status == RG_OK && buffer->size > start)
        status = rg_buffer_put(buffer, ".");
    return status == RG_OK ? rg__word_type_qualname(type, buffer) : status;
}

/* The word before the detail. */
static const char *kind_of(PyObject *object)
{
    if (PyFunction_Check(object))
        return "function ";
    if (PyMethod_Check(object))
        return "bound method ";
    if (PyModule_Check(object))
        return "module ";
    if (PyCode_Check(object))
        return "code ";
    if (PyFrame_Check(object))
        return "frame ";
    if (PyCoro_CheckExact(object))
        return "coroutine ";
    if (PyAsyncGen_CheckExact(object))
        return "async generator ";
    if (PyGen_CheckExact(object))
        return "generator ";
    return PyCFunction_Check(object) ? "built-in function " : NULL;
}

enum rg_status rg__put_who(struct rg__snapshot *snapshot, PyObject *object,
                           struct rg_buffer *buffer)
{
    size_t start = buffer->size;
    const char *kind = kind_of(object);
    if (PyType_Check(object)) {
        enum rg_status status = rg_buffer_put(buffer, "class ");
        return status == RG_OK ? rg__put_type((PyTypeObject *)object, buffer)
                               : status;
    }
    if (kind == NULL)
        return RG_OK;
    enum rg_status status = rg_buffer_put(buffer, kind);
    if (status == RG_OK && PyFunction_Check(object))
        status = put_module(((PyFunctionObject *)object)->func_module, buffer);
    size_t before = buffer->size;
    if (status == RG_OK)
        status = rg__put_detail(snapshot, object, buffer);
    if (status == RG_OK && !PyFunction_Check(object))
        rg__word_make_local(buffer, before);
    if (status == RG_OK && buffer->size == before)
        buffer->size = start; /* nobody knows which */
    return status;
}

enum rg_status rg__put_owner(PyObject *object, struct rg_buffer *buffer)
{
    PyObject *name = NULL;
    const PyCFunctionObject *builtin = (PyCFunctionObject *)object;
    if (PyFunction_Check(object))
        name = ((PyFunctionObject *)object)->func_qualname;
    else if (PyMethod_Check(object) &&
             PyFunction_Check(PyMethod_GET_FUNCTION(object)))
        name =
            ((PyFunctionObject *)PyMethod_GET_FUNCTION(object))->func_qualname;
    else if (PyModule_Check(object) && PyModule_GetDict(object) != NULL)
        name = rg__dict_find(PyModule_GetDict(object), "__name__");
    if (name != NULL && PyUnicode_Check(name) &&
        PyUnicode_GET_LENGTH(name) > 0) {
        if (!PyMethod_Check(object))
            return rg__word_str(name, buffer);
        enum rg_status status = rg_buffer_put(buffer, "method ");
        return status == RG_OK ? rg__word_local_name(name, buffer) : status;
    }
    if (!PyCFunction_Check(object))
        return rg__word_type_name(Py_TYPE(object), buffer);
    enum rg_status status = RG_OK;
    if (builtin->m_self != NULL && !PyModule_Check(builtin->m_self)) {
        status = rg__word_type_name(Py_TYPE(builtin->m_self), buffer);
        if (status == RG_OK)
            status = rg_buffer_put(buffer, ".");
    }
    return status == RG_OK ? rg_buffer_put(buffer, builtin->m_ml->ml_name)
                           : status;
}

bool rg__has_own_name(const PyTypeObject *type)
{
    return type == &PyFunction_Type || type == &PyMethod_Type ||
           PyType_IsSubtype((PyTypeObject *)type, &PyModule_Type) ||
           PyType_IsSubtype((PyTypeObject *)type, &PyCFunction_Type);
}

static enum rg_status describe_words(struct rg__snapshot *snapshot,
                                     PyObject *thing, struct rg_graph *graph,
                                     struct rg_object *object,
                                     struct rg_buffer *buffer)
{
    PyTypeObject *type = Py_TYPE(thing);
    enum rg_status status =
        store(graph, buffer, rg__word_type_name(type, buffer), &object->type);
    if (status == RG_OK)
        status = store(graph, buffer, rg__word_type_qualname(type, buffer),
                       &object->qualname);
    if (status == RG_OK)
        status = store(graph, buffer, rg__word_type_module(type, buffer),
                       &object->module);
    if (status == RG_OK)
        status = store(graph, buffer, rg__put_detail(snapshot, thing, buffer),
                       &object->detail);
    if (status == RG_OK)
        status = store(graph, buffer, rg__put_who(snapshot, thing, buffer),
                       &object->who);
    if (status == RG_OK && snapshot->query->values)
        status = store(graph, buffer, rg__write_value(snapshot, thing, buffer),
                       &object->value);
    return status;
}

enum rg_status rg__describe(void *context, const struct rg_node *node,
                            struct rg_graph *graph, struct rg_object *object)
{
    PyObject *thing = (PyObject *)node->address;
    struct rg_buffer buffer = {0};
    if (thing == NULL)
        return RG_OK; /* a root: its own record describes it */
    object->id = (uint64_t)node->address;
    object->items = rg__item_count(context, thing);
    if (PyType_Check(thing))
        object->flags |= RG_OBJECT_CLASS;
    if (node->role & RG_ROLE_SUSPENDED)
        object->flags |= RG_OBJECT_SUSPENDED;
    enum rg_status status =
        describe_words(context, thing, graph, object, &buffer);
    rg_buffer_free(&buffer);
    return status;
}
