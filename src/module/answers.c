#define PY_SSIZE_T_CLEAN
#include "module/answers.h"

#include "base/buffer.h"
#include "base/sink.h"
#include "graph/record.h"
#include "render/why.h"
#include "render/expression.h"
#include "render/label.h"

/* What a writer wrote, as a str; NULL with an exception set. */
static PyObject *take_text(struct rg_buffer *buffer, const struct rg_sink *sink)
{
    PyObject *text =
        sink->status == RG_OK
            ? PyUnicode_DecodeUTF8(buffer->data == NULL ? "" : buffer->data,
                                   (Py_ssize_t)buffer->size, "replace")
            : PyErr_NoMemory();
    rg_buffer_free(buffer);
    return text;
}

PyObject *rg__explanation(const struct rg_graph *graph)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_explain_text(&sink, graph);
    return take_text(&buffer, &sink);
}

static PyObject *target_text(void (*write)(struct rg_sink *,
                                           const struct rg_graph *, uint32_t),
                             const struct rg_graph *graph, uint32_t target)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    write(&sink, graph, target);
    return take_text(&buffer, &sink);
}

static PyObject *
path_text(void (*write)(struct rg_sink *, const struct rg_graph *,
                        const struct rg_path *),
          const struct rg_graph *graph, const struct rg_path *path)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    write(&sink, graph, path);
    return take_text(&buffer, &sink);
}

static PyObject *shared_text(const struct rg_graph *graph,
                             const struct rg_path *path)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_expression_start(&sink, graph, path, path->shared_count);
    return take_text(&buffer, &sink);
}

/* Puts a new reference, which may be NULL, into a dict; 0, or -1. */
static int set_in_dict(PyObject *dict, const char *name, PyObject *value)
{
    int result = value == NULL ? -1 : PyDict_SetItemString(dict, name, value);
    Py_XDECREF(value);
    return result;
}

static PyObject *answer_text(const struct rg_graph *graph, struct rg_text text)
{
    return PyUnicode_DecodeUTF8(rg_graph_bytes(graph, text),
                                (Py_ssize_t)text.size, "surrogatepass");
}

/* The names of the flags that are set. */
static PyObject *flag_list(const struct rg_field *field, uint64_t flags)
{
    PyObject *list = PyList_New(0);
    const struct rg_flag *flag = field->flags;
    for (; list != NULL && flag->name != NULL; flag++) {
        if ((flags & flag->bit) == 0)
            continue;
        PyObject *name = PyUnicode_FromString(flag->name);
        if (name == NULL || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

static int tell_flags(PyObject *dict, const struct rg_field *field,
                      uint64_t flags)
{
    const struct rg_flag *flag = field->flags;
    if (field->name != NULL)
        return set_in_dict(dict, field->name, flag_list(field, flags));
    for (; flag->name != NULL; flag++)
        if (set_in_dict(dict, flag->name,
                        PyBool_FromLong((flags & flag->bit) != 0)) < 0)
            return -1;
    return 0;
}

/* A place in an array that only JSON has means nothing here: the target alone
 * is told by its place, in the list that was asked about. */
static bool is_told(const struct rg_field *field)
{
    return field->of == NULL ||
           field->of == &rg_graph_records[RG_RECORD_TARGET];
}

static int tell_field(PyObject *dict, const struct rg_graph *graph,
                      const struct rg_field *field, const void *copy)
{
    uint64_t value;
    if (field->type == RG_FIELD_TEXT)
        return set_in_dict(dict, field->name,
                           answer_text(graph, rg_field_text(field, copy)));
    bool is_there = rg_field_number(field, copy, &value);
    if (field->type == RG_FIELD_FLAGS)
        return tell_flags(dict, field, value);
    if (field->type == RG_FIELD_WORD)
        return set_in_dict(dict, field->name,
                           PyUnicode_FromString(field->word((unsigned)value)));
    return set_in_dict(dict, field->name,
                       is_there ? PyLong_FromUnsignedLongLong(value)
                                : Py_NewRef(Py_None));
}

/* The fields of one record, with their names; NULL with an exception set. */
static PyObject *record_dict(const struct rg_graph *graph, int record, size_t i)
{
    const struct rg_record *row = &rg_graph_records[record];
    PyObject *dict = PyDict_New();
    union rg_any copy;
    rg_record_get(row, graph, i, &copy);
    for (size_t k = 0; dict != NULL && k < row->field_count; k++)
        if (is_told(&row->fields[k]) &&
            tell_field(dict, graph, &row->fields[k], &copy) < 0)
            Py_CLEAR(dict);
    return dict;
}

/* What an object that is no record of its own here is known by. */
static int set_object_of(PyObject *dict, const struct rg_graph *graph,
                         uint32_t index)
{
    const struct rg_object *object = &graph->objects[index];
    if (set_in_dict(dict, "id", PyLong_FromUnsignedLongLong(object->id)) < 0)
        return -1;
    return set_in_dict(dict, "type", answer_text(graph, object->type));
}

static PyObject *verdict_item(const struct rg_graph *graph, size_t i)
{
    PyObject *dict = record_dict(graph, RG_RECORD_VERDICT, i);
    if (dict == NULL ||
        set_object_of(dict, graph, graph->verdicts[i].target) < 0 ||
        set_in_dict(dict, "text",
                    target_text(rg_explain_verdict, graph, (uint32_t)i)) < 0 ||
        set_in_dict(dict, "ledger_text",
                    target_text(rg_explain_ledger, graph, (uint32_t)i)) < 0)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *entry_item(const struct rg_graph *graph, size_t i)
{
    return record_dict(graph, RG_RECORD_ENTRY, i);
}

static PyObject *step_list(const struct rg_graph *graph,
                           const struct rg_path *path)
{
    PyObject *list = PyList_New((Py_ssize_t)path->step_count);
    for (uint32_t i = 0; list != NULL && i < path->step_count; i++) {
        PyObject *item =
            record_dict(graph, RG_RECORD_STEP, path->first_step + i);
        if (item == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    }
    return list;
}

static PyObject *path_item(const struct rg_graph *graph, size_t i)
{
    const struct rg_path *path = &graph->paths[i];
    PyObject *dict = record_dict(graph, RG_RECORD_PATH, i);
    if (dict == NULL ||
        set_in_dict(dict, "expression", path_text(rg_expression, graph, path)) <
            0 ||
        set_in_dict(dict, "place",
                    path_text(rg_expression_place, graph, path)) < 0 ||
        set_in_dict(dict, "steps", step_list(graph, path)) < 0 ||
        set_in_dict(dict, "shared", shared_text(graph, path)) < 0 ||
        set_in_dict(dict, "fingerprint",
                    path_text(rg_explain_fingerprint, graph, path)) < 0)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *native_item(const struct rg_graph *graph, size_t i)
{
    PyObject *dict = record_dict(graph, RG_RECORD_NATIVE, i);
    if (dict == NULL ||
        set_object_of(dict, graph, graph->natives[i].object) < 0)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *retained_item(const struct rg_graph *graph, size_t i)
{
    PyObject *dict = record_dict(graph, RG_RECORD_RETAINED, i);
    uint32_t object = graph->retained[i].object;
    if (dict == NULL || set_object_of(dict, graph, object) < 0 ||
        set_in_dict(dict, "target",
                    PyBool_FromLong(graph->objects[object].flags &
                                    RG_OBJECT_TARGET)) < 0)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *all_items(const struct rg_graph *graph, size_t count,
                           PyObject *(*item)(const struct rg_graph *, size_t))
{
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *one = item(graph, i);
        if (one == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, one);
    }
    return list;
}

/* Under the names that JSON has for the arrays. */
PyObject *rg__answers(const struct rg_graph *graph)
{
    static const struct {
        int record;
        PyObject *(*item)(const struct rg_graph *graph, size_t i);
    } lists[] = {{RG_RECORD_VERDICT, verdict_item},
                 {RG_RECORD_ENTRY, entry_item},
                 {RG_RECORD_PATH, path_item},
                 {RG_RECORD_NATIVE, native_item},
                 {RG_RECORD_RETAINED, retained_item}};
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < RG_COUNT_OF(lists); i++) {
        const struct rg_record *row = &rg_graph_records[lists[i].record];
        if (set_in_dict(dict, row->name,
                        all_items(graph, rg_record_count(row, graph),
                                  lists[i].item)) < 0)
            Py_CLEAR(dict);
    }
    return dict;
}
