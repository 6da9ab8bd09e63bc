#define PY_SSIZE_T_CLEAN
#include "module/heap_type.h"

#include <string.h>

#include "base/alloc.h"
#include "dump/find.h"
#include "dump/question.h"
#include "module/graph_type.h"
#include "module/look.h"
#include "module/query.h"
#include "module/state.h"

struct heap_object {
    PyObject_HEAD struct rg_dump_heap *heap;
    PyTypeObject *graph_type; /* owned */
};

static const struct rg_dump *dump_of(PyObject *self)
{
    return rg_dump_of(((struct heap_object *)self)->heap);
}

const struct rg_dump *rg__heap_object_dump(PyObject *module, PyObject *object)
{
    if (Py_IS_TYPE(object, rg__state_of(module)->heap_type))
        return dump_of(object);
    PyErr_SetString(PyExc_TypeError, "a heap is needed");
    return NULL;
}

/* Arguments and results */

static PyObject *dump_text(const struct rg_dump *dump, uint32_t text)
{
    return PyUnicode_DecodeUTF8(rg_texts_data(&dump->texts, text),
                                (Py_ssize_t)rg_texts_size(&dump->texts, text),
                                "surrogatepass");
}

/* A node of an object; RG_NONE with an exception set. */
static uint32_t node_of_number(const struct rg_dump *dump, PyObject *number)
{
    unsigned long node = PyLong_AsUnsignedLong(number);
    if (node == (unsigned long)-1 && PyErr_Occurred())
        return RG_NONE;
    if (node < dump->node_count &&
        rg_dump_about_of(dump, (uint32_t)node)->shape != RG_DUMP_SYNTHETIC)
        return (uint32_t)node;
    PyErr_SetString(PyExc_ValueError, "there is no such object in the heap");
    return RG_NONE;
}

/* A text of ours from a str: NULL with an exception set.  To be freed. */
static PyObject *bytes_of(PyObject *str)
{
    if (!PyUnicode_Check(str)) {
        PyErr_SetString(PyExc_TypeError, "a str is needed");
        return NULL;
    }
    return PyUnicode_AsEncodedString(str, "utf-8", "surrogatepass");
}

/* Types */

/* One tuple for each about of objects that there are. */
static PyObject *about_tuple(const struct rg_dump *dump, size_t number,
                             size_t count)
{
    const struct rg_dump_about *about = &dump->abouts[number];
    return Py_BuildValue("NNnn", dump_text(dump, about->module),
                         dump_text(dump, about->qualname), (Py_ssize_t)number,
                         (Py_ssize_t)count);
}

static PyObject *heap_abouts(PyObject *self, PyObject *unused)
{
    (void)unused;
    const struct rg_dump *dump = dump_of(self);
    size_t *counts = rg_alloc_zeroed(dump->about_count, sizeof *counts);
    PyObject *list = PyList_New(0);
    if (counts == NULL) {
        Py_XDECREF(list);
        return PyErr_NoMemory();
    }
    for (size_t n = 0; n < dump->node_count; n++)
        counts[dump->about[n]]++;
    for (size_t i = 0; list != NULL && i < dump->about_count; i++) {
        if (dump->abouts[i].shape == RG_DUMP_SYNTHETIC || counts[i] == 0)
            continue;
        PyObject *tuple = about_tuple(dump, i, counts[i]);
        if (tuple == NULL || PyList_Append(list, tuple) < 0)
            Py_CLEAR(list);
        Py_XDECREF(tuple);
    }
    rg_free(counts);
    return list;
}

static PyObject *number_list(const uint32_t *nodes, size_t count)
{
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *number = PyLong_FromUnsignedLong(nodes[i]);
        if (number == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, number);
    }
    return list;
}

/* Which abouts are meant; NULL with an exception set. */
static bool *wanted_of(const struct rg_dump *dump, PyObject *numbers)
{
    bool *wanted = rg_alloc_zeroed(dump->about_count, sizeof *wanted);
    if (wanted == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(numbers); i++) {
        size_t number = PyLong_AsSize_t(PyList_GET_ITEM(numbers, i));
        if (number < dump->about_count)
            wanted[number] = true;
    }
    if (!PyErr_Occurred())
        return wanted;
    rg_free(wanted);
    return NULL;
}

static PyObject *heap_instances(PyObject *self, PyObject *args)
{
    const struct rg_dump *dump = dump_of(self);
    PyObject *numbers;
    Py_ssize_t most;
    uint32_t *nodes = NULL;
    size_t node_count = 0, count;
    if (!PyArg_ParseTuple(args, "O!n:instances", &PyList_Type, &numbers, &most))
        return NULL;
    bool *wanted = wanted_of(dump, numbers);
    if (wanted == NULL)
        return NULL;
    PyObject *list = NULL;
    if (rg_dump_instances(dump, wanted, most < 0 ? SIZE_MAX : (size_t)most,
                          &nodes, &node_count, &count) == RG_OK)
        list = number_list(nodes, node_count);
    else
        PyErr_NoMemory();
    rg_free(nodes);
    rg_free(wanted);
    return list;
}

/* One object */

static PyObject *heap_describe(PyObject *self, PyObject *number)
{
    const struct rg_dump *dump = dump_of(self);
    uint32_t node = node_of_number(dump, number);
    if (node == RG_NONE)
        return NULL;
    const struct rg_dump_about *about = rg_dump_about_of(dump, node);
    return Py_BuildValue(
        "KNNNK", (unsigned long long)dump->address[node],
        dump_text(dump, about->module), dump_text(dump, about->qualname),
        dump_text(dump, about->name), (unsigned long long)dump->bytes[node]);
}

static PyObject *heap_at(PyObject *self, PyObject *address)
{
    unsigned long long wanted = PyLong_AsUnsignedLongLong(address);
    if (wanted == (unsigned long long)-1 && PyErr_Occurred())
        return NULL;
    return rg__node_or_none(
        rg_dump_heap_at(((struct heap_object *)self)->heap, wanted));
}

static PyObject *heap_module(PyObject *self, PyObject *name)
{
    PyObject *bytes = bytes_of(name);
    if (bytes == NULL)
        return NULL;
    uint32_t node = rg_dump_module(dump_of(self), PyBytes_AS_STRING(bytes),
                                   (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return rg__node_or_none(node);
}

typedef uint32_t looking(const struct rg_dump *dump, uint32_t node,
                         const char *name, size_t size);

static PyObject *look_up_node(PyObject *self, PyObject *args, looking *look)
{
    PyObject *number, *name;
    if (!PyArg_ParseTuple(args, "OO:attribute", &number, &name))
        return NULL;
    uint32_t node = node_of_number(dump_of(self), number);
    PyObject *bytes = node == RG_NONE ? NULL : bytes_of(name);
    if (bytes == NULL)
        return NULL;
    node = look(dump_of(self), node, PyBytes_AS_STRING(bytes),
                (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return rg__node_or_none(node);
}

static PyObject *heap_attribute(PyObject *self, PyObject *args)
{
    return look_up_node(self, args, rg_dump_attribute);
}

static PyObject *heap_class_attribute(PyObject *self, PyObject *args)
{
    return look_up_node(self, args, rg_dump_class_attribute);
}

static PyObject *heap_item(PyObject *self, PyObject *args)
{
    PyObject *number, *key;
    const char *type_name;
    if (!PyArg_ParseTuple(args, "OsO:item", &number, &type_name, &key))
        return NULL;
    unsigned type = 0;
    while (type < RG_KEY_TYPE_COUNT &&
           strcmp(rg_key_type_token(type), type_name) != 0)
        type++;
    uint32_t node = node_of_number(dump_of(self), number);
    PyObject *bytes = node == RG_NONE ? NULL : bytes_of(key);
    if (bytes == NULL)
        return NULL;
    node =
        rg_dump_item(dump_of(self), node, (enum rg_key_type)type,
                     PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return rg__node_or_none(node);
}

static PyObject *heap_position(PyObject *self, PyObject *args)
{
    const struct rg_dump *dump = dump_of(self);
    PyObject *number;
    long long position;
    if (!PyArg_ParseTuple(args, "OL:position", &number, &position))
        return NULL;
    uint32_t node = node_of_number(dump, number);
    if (node == RG_NONE)
        return NULL;
    if (position < 0)
        position += (long long)dump->items[node] - 1;
    return rg__node_or_none(
        position < 0 || position > UINT32_MAX
            ? RG_NONE
            : rg_dump_position(dump, node, (uint32_t)position));
}

static PyObject *heap_class(PyObject *self, PyObject *number)
{
    uint32_t node = node_of_number(dump_of(self), number);
    return node == RG_NONE
               ? NULL
               : rg__node_or_none(rg_dump_class(dump_of(self), node));
}

/* Graphs */

/* The question in the dump's terms; what it owns is in `parts`. */
struct parts {
    uint32_t *targets;
    uint64_t *excluded;
    struct rg_buffer *prefixes;
    size_t prefix_count;
};

static void parts_free(struct parts *parts)
{
    for (size_t i = 0; i < parts->prefix_count; i++)
        rg_buffer_free(&parts->prefixes[i]);
    rg_free(parts->prefixes);
    rg_free(parts->targets);
    rg_free(parts->excluded);
    *parts = (struct parts){0};
}

static int take_prefixes(const struct rg_query *query, struct parts *parts)
{
    parts->prefixes =
        rg_alloc_zeroed(query->prefix_count, sizeof *parts->prefixes);
    if (parts->prefixes == NULL)
        return -1;
    for (size_t i = 0; i < query->prefix_count; i++) {
        PyObject *bytes = bytes_of(query->prefixes[i]);
        if (bytes == NULL)
            return -1;
        int failed =
            rg_buffer_append(&parts->prefixes[i], PyBytes_AS_STRING(bytes),
                             (size_t)PyBytes_GET_SIZE(bytes));
        Py_DECREF(bytes);
        if (failed)
            return -1;
        parts->prefix_count = i + 1;
    }
    return 0;
}

static int translate(const struct rg_dump *dump,
                     struct rg__arguments *arguments, struct parts *parts,
                     struct rg_progress *progress, struct rg_dump_query *result)
{
    const struct rg_query *query = &arguments->query;
    parts_free(parts);
    if (rg__arguments_take_targets(arguments) < 0)
        return -1;
    parts->targets = rg_alloc(query->target_count, sizeof *parts->targets);
    parts->excluded = rg_alloc(query->excluded_count, sizeof *parts->excluded);
    if (parts->targets == NULL || parts->excluded == NULL ||
        take_prefixes(query, parts) < 0) {
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < query->excluded_count; i++)
        parts->excluded[i] = query->excluded[i];
    for (size_t i = 0; i < query->target_count; i++) {
        parts->targets[i] = node_of_number(dump, query->targets[i]);
        if (parts->targets[i] == RG_NONE)
            return -1;
    }
    *result = (struct rg_dump_query){.targets = parts->targets,
                                     .target_count = query->target_count,
                                     .excluded = parts->excluded,
                                     .excluded_count = query->excluded_count,
                                     .prefixes = parts->prefixes,
                                     .prefix_count = query->prefix_count,
                                     .all_modules = query->all_modules,
                                     .max_depth = query->max_depth,
                                     .max_untracked = query->max_untracked,
                                     .group_limit = query->group_limit,
                                     .object_limit = query->object_limit,
                                     .values = query->values,
                                     .weak = query->weak,
                                     .explain = query->explain,
                                     .sizes = query->sizes,
                                     .timeout = query->timeout,
                                     .ask = rg__look_ask,
                                     .ask_context = progress};
    return 0;
}

static PyObject *heap_graph(PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct heap_object *object = (struct heap_object *)self;
    struct rg__arguments arguments;
    struct parts parts = {0};
    struct rg_dump_query query;
    struct rg_error error = {0};
    struct rg_graph *graph = NULL;
    PyObject *result = NULL;
    struct rg_progress progress = {
        .descriptor = rg__state_of(PyType_GetModule(Py_TYPE(self)))->progress,
        .what = "searching"};
    if (rg__arguments_read(&arguments, args, kwargs) < 0)
        goto done;
    do {
        if (translate(dump_of(self), &arguments, &parts, &progress, &query) < 0)
            goto done;
        graph = rg_dump_graph(object->heap, &query, &error);
    } while (graph == NULL && error.status == RG_EINTERRUPT &&
             rg__look_interrupted() == 0);
    rg_progress_end(&progress);
    if (graph != NULL)
        result = rg__graph_object_take(object->graph_type, graph);
    else if (!PyErr_Occurred())
        rg__raise(&error);
done:
    parts_free(&parts);
    rg__arguments_release(&arguments);
    return result;
}

PyObject *rg__heap_object_take(const struct rg__state *state,
                               struct rg_dump_heap *heap)
{
    struct heap_object *object =
        (struct heap_object *)state->heap_type->tp_alloc(state->heap_type, 0);
    if (object == NULL) {
        rg_dump_close(heap);
        return NULL;
    }
    object->heap = heap;
    Py_INCREF(state->graph_type);
    object->graph_type = state->graph_type;
    return (PyObject *)object;
}

static PyObject *get_redacted(PyObject *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(dump_of(self)->is_redacted);
}

static PyObject *get_has_values(PyObject *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(dump_of(self)->has_values);
}

static PyObject *get_heap_object_count(PyObject *self, void *unused)
{
    (void)unused;
    const struct rg_dump *dump = dump_of(self);
    size_t count = 0;
    for (uint32_t n = 0; n < dump->node_count; n++)
        count += rg_dump_about_of(dump, n)->shape != RG_DUMP_SYNTHETIC;
    return PyLong_FromSize_t(count);
}

static void heap_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    rg_dump_close(((struct heap_object *)self)->heap);
    Py_XDECREF(((struct heap_object *)self)->graph_type);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"graph", (PyCFunction)(void (*)(void))heap_graph,
     METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("graph($self, targets, /, **options)\n--\n\nAs the function "
               "graph; the targets are numbers of objects.")},
    {"abouts", heap_abouts, METH_NOARGS,
     PyDoc_STR("abouts($self, /)\n--\n\nTuples of module, qualname, number and "
               "count: objects of a type may have\nseveral such numbers.")},
    {"instances", heap_instances, METH_VARARGS,
     PyDoc_STR(
         "instances($self, abouts, most, /)\n--\n\nThe objects with these "
         "numbers, newest first; most below 0: all.")},
    {"describe", heap_describe, METH_O,
     PyDoc_STR("describe($self, object, /)\n--\n\nAddress, module and qualname "
               "of the type, name, bytes.")},
    {"at", heap_at, METH_O,
     PyDoc_STR("at($self, address, /)\n--\n\nThe object there, or None.")},
    {"module", heap_module, METH_O,
     PyDoc_STR("module($self, name, /)\n--\n\nThe namespace of a module, or "
               "None.")},
    {"attribute", heap_attribute, METH_VARARGS,
     PyDoc_STR("attribute($self, object, name, /)\n--\n\nWhat the object has "
               "under a name, or None.")},
    {"class_attribute", heap_class_attribute, METH_VARARGS,
     PyDoc_STR("class_attribute($self, object, name, /)\n--\n\nWhat the "
               "instances of a class get from it under a name, or None.")},
    {"item", heap_item, METH_VARARGS,
     PyDoc_STR("item($self, object, key_type, key, /)\n--\n\nWhat is stored "
               "under a key, or None.")},
    {"position", heap_position, METH_VARARGS,
     PyDoc_STR("position($self, object, position, /)\n--\n\nWhat is at a "
               "position, or None.")},
    {"class_of", heap_class, METH_O,
     PyDoc_STR("class_of($self, object, /)\n--\n\nThe class of an object, or "
               "None when that is not clear.")},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] = {
    {"is_redacted", get_redacted, NULL,
     PyDoc_STR("Whether keys and values were hidden."), NULL},
    {"has_values", get_has_values, NULL,
     PyDoc_STR("Whether values were asked for."), NULL},
    {"object_count", get_heap_object_count, NULL,
     PyDoc_STR("Number of objects."), NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_dealloc, heap_dealloc},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, properties},
                              {Py_tp_doc, PyDoc_STR("A whole heap, detached.")},
                              {0, NULL}};

static PyType_Spec spec = {.name = "referrers._core.Heap",
                           .basicsize = sizeof(struct heap_object),
                           .flags = Py_TPFLAGS_DEFAULT |
                                    Py_TPFLAGS_DISALLOW_INSTANTIATION |
                                    Py_TPFLAGS_IMMUTABLETYPE,
                           .slots = slots};

PyTypeObject *rg__heap_type_new(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
