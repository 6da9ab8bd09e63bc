#define PY_SSIZE_T_CLEAN
#include "module/answers.h"

#include "base/buffer.h"
#include "base/sink.h"
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

static PyObject *path_text(void (*write)(struct rg_sink *,
                                         const struct rg_graph *,
                                         const struct rg_path *),
                           const struct rg_graph *graph,
                           const struct rg_path *path)
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

static PyObject *word(const struct rg_graph *graph, struct rg_text text)
{
    return PyUnicode_DecodeUTF8(rg_graph_bytes(graph, text),
                                (Py_ssize_t)text.size, "surrogatepass");
}

/* The names of the flags that are set. */
static PyObject *flag_names(uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {RG_VERDICT_YOU, "caller"},
        {RG_VERDICT_CYCLE, "cycle"},
        {RG_VERDICT_UNEXPLAINED, "unexplained"},
        {RG_VERDICT_FROZEN, "frozen"},
        {RG_VERDICT_SAVE_ALL, "save_all"},
        {RG_VERDICT_NATIVE_INSIDE, "native_inside"},
        {RG_VERDICT_NOT_AUTOMATIC, "not_automatic"},
        {RG_VERDICT_IMMORTAL, "immortal"},
        {RG_VERDICT_DEFERRED, "deferred"},
        {RG_VERDICT_OVERCOUNTED, "overcounted"},
        {RG_VERDICT_TIMED_OUT, "timed_out"},
        {RG_VERDICT_EXCLUDED, "excluded"},
        {RG_VERDICT_ROOTS_NOT_COUNTED, "roots_not_counted"},
        {RG_VERDICT_EXPLAINED, "explained"},
        {RG_VERDICT_CUT_TOO_LARGE, "cut_too_large"},
        {RG_VERDICT_CUT_IMPOSSIBLE, "cut_impossible"},
        {RG_VERDICT_ON_STACK, "on_stack"},
    };
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < sizeof names / sizeof *names; i++) {
        if (!(flags & names[i].flag))
            continue;
        PyObject *name = PyUnicode_FromString(names[i].name);
        if (name == NULL || PyList_Append(list, name) < 0)
            Py_CLEAR(list);
        Py_XDECREF(name);
    }
    return list;
}

static PyObject *verdict_item(const struct rg_graph *graph, size_t i)
{
    const struct rg_verdict *verdict = &graph->verdicts[i];
    const struct rg_object *object = &graph->objects[verdict->target];
    return Py_BuildValue(
        "{sNsKsssNsNsNsKsKsKsKsi}", "type", word(graph, object->type), "id",
        (unsigned long long)object->id, "kind",
        rg_verdict_token((enum rg_verdict_kind)verdict->kind), "text",
        target_text(rg_explain_verdict, graph, (uint32_t)i), "ledger_text",
        target_text(rg_explain_ledger, graph, (uint32_t)i), "flags",
        flag_names(verdict->flags), "counted",
        (unsigned long long)verdict->counted, "unexplained",
        (unsigned long long)verdict->unexplained, "root_count",
        (unsigned long long)verdict->root_count, "cycle_objects",
        (unsigned long long)verdict->cycle_objects, "generation",
        (int)verdict->generation);
}

static PyObject *entry_item(const struct rg_graph *graph, size_t i)
{
    const struct rg_entry *entry = &graph->entries[i];
    return Py_BuildValue(
        "{sIsssKsNsNsN}", "target", (unsigned)entry->target, "kind",
        rg_kind_words((enum rg_kind)entry->kind)->token, "count",
        (unsigned long long)entry->count, "caller",
        PyBool_FromLong(entry->flags & RG_ENTRY_CALLER), "probable",
        PyBool_FromLong(entry->flags & RG_ENTRY_PROBABLE), "left_out",
        PyBool_FromLong(entry->flags & RG_ENTRY_LEFT_OUT));
}

static PyObject *step_item(const struct rg_graph *graph,
                           const struct rg_step *step)
{
    return Py_BuildValue(
        "{sssNsNsKsNsN}", "kind",
        rg_kind_words((enum rg_kind)step->kind)->token, "owner",
        word(graph, step->owner), "label", word(graph, step->label), "number",
        (unsigned long long)step->number, "type", word(graph, step->type),
        "cut", PyBool_FromLong(step->flags & RG_STEP_CUT));
}

static PyObject *step_list(const struct rg_graph *graph,
                           const struct rg_path *path)
{
    PyObject *list = PyList_New((Py_ssize_t)path->step_count);
    for (uint32_t i = 0; list != NULL && i < path->step_count; i++) {
        PyObject *item = step_item(graph, &graph->steps[path->first_step + i]);
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
    return Py_BuildValue(
        "{sIsssNsNsNsIsNsN}", "target", (unsigned)path->target, "kind",
        rg_path_token((enum rg_path_kind)path->kind), "expression",
        path_text(rg_expression, graph, path), "place",
        path_text(rg_expression_place, graph, path), "steps",
        step_list(graph, path), "targets", (unsigned)path->target_count,
        "shared", shared_text(graph, path), "fingerprint",
        path_text(rg_explain_fingerprint, graph, path));
}

static PyObject *native_item(const struct rg_graph *graph, size_t i)
{
    const struct rg_native *native = &graph->natives[i];
    const struct rg_object *object = &graph->objects[native->object];
    return Py_BuildValue("{sKsKsNsK}", "id", (unsigned long long)object->id,
                         "count", (unsigned long long)native->count, "holder",
                         word(graph, native->holder), "offset",
                         (unsigned long long)native->offset);
}

static PyObject *retained_item(const struct rg_graph *graph, size_t i)
{
    const struct rg_retained *retained = &graph->retained[i];
    const struct rg_object *object = &graph->objects[retained->object];
    return Py_BuildValue("{sKsNsKsKsN}", "id", (unsigned long long)object->id,
                         "type", word(graph, object->type), "bytes",
                         (unsigned long long)retained->bytes, "objects",
                         (unsigned long long)retained->objects, "target",
                         PyBool_FromLong(object->flags & RG_OBJECT_TARGET));
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

PyObject *rg__answers(const struct rg_graph *graph)
{
    return Py_BuildValue(
        "{sNsNsNsNsN}", "verdicts",
        all_items(graph, graph->verdict_count, verdict_item), "ledger",
        all_items(graph, graph->entry_count, entry_item), "paths",
        all_items(graph, graph->path_count, path_item), "natives",
        all_items(graph, graph->native_count, native_item), "retained",
        all_items(graph, graph->retained_count, retained_item));
}
