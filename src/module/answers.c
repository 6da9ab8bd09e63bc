#define PY_SSIZE_T_CLEAN
#include "module/answers.h"

#include <string.h>

#include "base/buffer.h"
#include "base/poll.h"
#include "base/sink.h"
#include "graph/record.h"
#include "module/graph_type.h"
#include "module/taken.h"
#include "render/why.h"
#include "render/expression.h"
#include "render/label.h"

PyObject *rg__explanation(const struct rg_graph *graph)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_explain_text(&sink, graph);
    return rg__take_str(&buffer, sink.status, "replace");
}

static PyObject *target_text(void (*write)(struct rg_sink *,
                                           const struct rg_graph *, uint32_t),
                             const struct rg_graph *graph, uint32_t target)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    write(&sink, graph, target);
    return rg__take_str(&buffer, sink.status, "replace");
}

static PyObject *
path_text(void (*write)(struct rg_sink *, const struct rg_graph *,
                        const struct rg_path *),
          const struct rg_graph *graph, const struct rg_path *path)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    write(&sink, graph, path);
    return rg__take_str(&buffer, sink.status, "replace");
}

static PyObject *shared_text(const struct rg_graph *graph,
                             const struct rg_path *path)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_expression_start(&sink, graph, path, path->shared_count);
    return rg__take_str(&buffer, sink.status, "replace");
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

/* What of the answers is asked for, and the poll for who waits for them. */
struct asking {
    const struct rg_graph *graph;
    PyObject *names; /* a tuple of str; an empty one: all lists */
    bool has_target; /* else of all */
    uint32_t target; /* what is said of this one, */
    int with_steps;  /* and of paths also each step */
    struct rg_poll poll;
};

/* Puts what `item` makes of the records that are asked for into a list. */
static PyObject *all_items(struct asking *asking, size_t first, size_t count,
                           uint32_t (*target_of)(const struct rg_graph *,
                                                 size_t),
                           PyObject *(*item)(struct asking *, size_t))
{
    PyObject *list = PyList_New(0);
    for (size_t i = first; list != NULL && i < first + count; i++) {
        if (asking->has_target && target_of != NULL &&
            target_of(asking->graph, i) != asking->target)
            continue;
        PyObject *one = item(asking, i);
        if (one == NULL || PyList_Append(list, one) < 0 ||
            rg_poll(&asking->poll, 1) != RG_OK)
            Py_CLEAR(list);
        Py_XDECREF(one);
    }
    return list;
}

static uint32_t target_of_verdict(const struct rg_graph *graph, size_t i)
{
    (void)graph;
    return (uint32_t)i;
}

static PyObject *verdict_item(struct asking *asking, size_t i)
{
    const struct rg_graph *graph = asking->graph;
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

static uint32_t target_of_entry(const struct rg_graph *graph, size_t i)
{
    return graph->entries[i].target;
}

static PyObject *entry_item(struct asking *asking, size_t i)
{
    return record_dict(asking->graph, RG_RECORD_ENTRY, i);
}

static PyObject *step_item(struct asking *asking, size_t i)
{
    return record_dict(asking->graph, RG_RECORD_STEP, i);
}

static uint32_t target_of_path(const struct rg_graph *graph, size_t i)
{
    return graph->paths[i].target;
}

static PyObject *path_item(struct asking *asking, size_t i)
{
    const struct rg_graph *graph = asking->graph;
    const struct rg_path *path = &graph->paths[i];
    PyObject *dict = record_dict(graph, RG_RECORD_PATH, i);
    if (dict == NULL ||
        set_in_dict(dict, "expression", path_text(rg_expression, graph, path)) <
            0 ||
        set_in_dict(dict, "place",
                    path_text(rg_expression_place, graph, path)) < 0 ||
        (asking->with_steps &&
         set_in_dict(dict, "steps",
                     all_items(asking, path->first_step, path->step_count, NULL,
                               step_item)) < 0) ||
        set_in_dict(dict, "shared", shared_text(graph, path)) < 0 ||
        set_in_dict(dict, "fingerprint",
                    path_text(rg_explain_fingerprint, graph, path)) < 0)
        Py_CLEAR(dict);
    return dict;
}

static uint32_t target_of_hint(const struct rg_graph *graph, size_t i)
{
    return graph->hints[i].target;
}

static PyObject *hint_item(struct asking *asking, size_t i)
{
    const struct rg_graph *graph = asking->graph;
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    PyObject *dict = record_dict(graph, RG_RECORD_HINT, i);
    rg_explain_hint(&sink, graph, &graph->hints[i]);
    PyObject *text = rg__take_str(&buffer, sink.status, "replace");
    if (dict == NULL || set_in_dict(dict, "text", text) < 0) {
        Py_XDECREF(dict == NULL ? text : dict);
        return NULL;
    }
    return dict;
}

static PyObject *native_item(struct asking *asking, size_t i)
{
    const struct rg_graph *graph = asking->graph;
    PyObject *dict = record_dict(graph, RG_RECORD_NATIVE, i);
    if (dict == NULL ||
        set_object_of(dict, graph, graph->natives[i].object) < 0)
        Py_CLEAR(dict);
    return dict;
}

static PyObject *retained_item(struct asking *asking, size_t i)
{
    const struct rg_graph *graph = asking->graph;
    PyObject *dict = record_dict(graph, RG_RECORD_RETAINED, i);
    uint32_t object = graph->retained[i].object;
    if (dict == NULL || set_object_of(dict, graph, object) < 0 ||
        set_in_dict(dict, "target",
                    PyBool_FromLong(graph->objects[object].flags &
                                    RG_OBJECT_TARGET)) < 0)
        Py_CLEAR(dict);
    return dict;
}

/* Whether a list is asked for; -1 with an exception set. */
static int is_asked_for(const struct asking *asking, const char *name)
{
    Py_ssize_t count = PyTuple_GET_SIZE(asking->names);
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *asked =
            PyUnicode_AsUTF8(PyTuple_GET_ITEM(asking->names, i));
        if (asked == NULL)
            return -1;
        if (strcmp(asked, name) == 0)
            return 1;
    }
    return count == 0;
}

/* Under the names that JSON has for the arrays. */
static PyObject *answer_dict(struct asking *asking)
{
    static const struct {
        int record;
        uint32_t (*target_of)(const struct rg_graph *graph, size_t i);
        PyObject *(*item)(struct asking *asking, size_t i);
    } lists[] = {{RG_RECORD_VERDICT, target_of_verdict, verdict_item},
                 {RG_RECORD_ENTRY, target_of_entry, entry_item},
                 {RG_RECORD_PATH, target_of_path, path_item},
                 {RG_RECORD_HINT, target_of_hint, hint_item},
                 {RG_RECORD_NATIVE, NULL, native_item},
                 {RG_RECORD_RETAINED, NULL, retained_item}};
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict != NULL && i < RG_COUNT_OF(lists); i++) {
        const struct rg_record *row = &rg_graph_records[lists[i].record];
        int asked = is_asked_for(asking, row->name);
        if (asked < 0 ||
            (asked > 0 &&
             set_in_dict(dict, row->name,
                         all_items(asking, 0,
                                   rg_record_count(row, asking->graph),
                                   lists[i].target_of, lists[i].item)) < 0))
            Py_CLEAR(dict);
    }
    return dict;
}

PyObject *rg__answers(const struct rg_graph *graph, PyObject *names,
                      PyObject *keywords)
{
    static char *words[] = {"target", "steps", NULL};
    struct asking asking = {.graph = graph,
                            .names = names,
                            .with_steps = 1,
                            .poll = {.ask = rg__ask_signals}};
    PyObject *none = PyTuple_New(0), *target = Py_None;
    int is_understood = none != NULL && PyArg_ParseTupleAndKeywords(
                                            none, keywords, "|$Op", words,
                                            &target, &asking.with_steps);
    Py_XDECREF(none);
    if (!is_understood)
        return NULL;
    asking.has_target = target != Py_None;
    if (asking.has_target)
        asking.target = (uint32_t)PyLong_AsUnsignedLong(target);
    return PyErr_Occurred() ? NULL : answer_dict(&asking);
}
