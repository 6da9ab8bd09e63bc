#define PY_SSIZE_T_CLEAN
#include "module/graph_type.h"

#include "base/buffer.h"
#include "base/drill.h"
#include "base/sink.h"
#include "line/line.h"
#include "module/answers.h"
#include "module/picture.h"
#include "module/taken.h"
#include "render/reference_view.h"
#include "render/merged.h"
#include "render/text.h"

struct graph_object {
    PyObject_HEAD struct rg_graph *graph;
};

static const struct rg_graph *graph_of(PyObject *self)
{
    return ((struct graph_object *)self)->graph;
}

const struct rg_graph *rg__graph_borrow(PyObject *self)
{
    return graph_of(self);
}

PyObject *rg__raise(const struct rg_error *error)
{
    if (PyErr_Occurred())
        return NULL; /* a signal handler raised it: see rg__ask_signals */
    if (error->status == RG_ENOMEM)
        return PyErr_NoMemory();
    PyErr_SetString(PyExc_RuntimeError, error->text);
    return NULL;
}

/* The graph is a copy, so that a signal handler may do what it likes while it
 * is written.  What it raises ends the writing. */
enum rg_status rg__ask_signals(void *unused)
{
    (void)unused;
    if (rg_drill_ask() == RG_DRILL_INTERRUPT)
        PyErr_SetInterrupt();
    return PyErr_CheckSignals() < 0 ? RG_EINTERRUPT : RG_OK;
}

/* Writes so much of a graph at most, in one of the ways. */
typedef enum rg_status (*bounded_writer)(const struct rg_graph *graph,
                                         size_t most, struct rg_sink *sink);

static PyObject *write_bounded(PyObject *self, PyObject *most,
                               bounded_writer write)
{
    size_t limit = PyLong_AsSize_t(most);
    if (limit == (size_t)-1 && PyErr_Occurred())
        return NULL;
    struct rg_buffer buffer = {0};
    struct rg_poll poll = {.ask = rg__ask_signals};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    sink.poll = &poll;
    enum rg_status status =
        write(graph_of(self), limit == 0 ? RG_TEXT_ALL_LINES : limit, &sink);
    return rg__take_str(&buffer, status, NULL);
}

static PyObject *graph_text(PyObject *self, PyObject *max_lines)
{
    return write_bounded(self, max_lines, rg_text_tree);
}

static PyObject *graph_merged_text(PyObject *self, PyObject *max_lines)
{
    return write_bounded(self, max_lines, rg_merged_text);
}

static PyObject *graph_merged_chart(PyObject *self, PyObject *most)
{
    return write_bounded(self, most, rg_merged_chart);
}

static PyObject *graph_lines(PyObject *self, PyObject *unused)
{
    (void)unused;
    struct rg_buffer buffer = {0};
    struct rg_poll poll = {.ask = rg__ask_signals};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    sink.poll = &poll;
    rg_line_write(graph_of(self), &sink);
    return rg__take_bytes(&buffer, sink.status);
}

/* Puts the item into its place; NULL, and the list is gone, when there is no
 * item or a signal handler raised something. */
static PyObject *set_item(PyObject *list, size_t i, PyObject *item,
                          struct rg_poll *poll)
{
    if (item != NULL)
        PyList_SET_ITEM(list, (Py_ssize_t)i, item);
    if (item == NULL || rg_poll(poll, 1) != RG_OK)
        Py_CLEAR(list);
    return list;
}

static PyObject *node_list(const struct rg_reference_view *view)
{
    PyObject *list = PyList_New((Py_ssize_t)view->node_count);
    struct rg_poll poll = {.ask = rg__ask_signals};
    for (size_t i = 0; list != NULL && i < view->node_count; i++) {
        const struct rg_reference_node *node = &view->nodes[i];
        PyObject *item = Py_BuildValue(
            "(s#KsNN)", node->name, (Py_ssize_t)node->name_size,
            (unsigned long long)node->id, node->type,
            PyBool_FromLong(node->is_target), PyBool_FromLong(node->is_cycle));
        list = set_item(list, i, item, &poll);
    }
    return list;
}

static PyObject *edge_list(const struct rg_reference_view *view)
{
    PyObject *list = PyList_New((Py_ssize_t)view->edge_count);
    struct rg_poll poll = {.ask = rg__ask_signals};
    for (size_t i = 0; list != NULL && i < view->edge_count; i++) {
        PyObject *item =
            Py_BuildValue("(II)", (unsigned)view->edges[i].referent,
                          (unsigned)view->edges[i].referrer);
        list = set_item(list, i, item, &poll);
    }
    return list;
}

static PyObject *graph_reference_view(PyObject *self, PyObject *unused)
{
    (void)unused;
    struct rg_error error = {0};
    struct rg_poll poll = {.ask = rg__ask_signals};
    struct rg_reference_view *view =
        rg_reference_view_new(graph_of(self), &poll, &error);
    if (view == NULL)
        return rg__raise(&error);
    PyObject *nodes = node_list(view);
    PyObject *edges = nodes == NULL ? NULL : edge_list(view);
    rg_reference_view_free(view);
    if (edges == NULL) {
        Py_XDECREF(nodes);
        return NULL;
    }
    return Py_BuildValue("(NN)", nodes, edges);
}

static PyObject *graph_explanation(PyObject *self, PyObject *unused)
{
    (void)unused;
    return rg__explanation(graph_of(self));
}

static PyObject *graph_answers(PyObject *self, PyObject *names,
                               PyObject *keywords)
{
    return rg__answers(graph_of(self), names, keywords);
}

static PyObject *get_target_count(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromSize_t(graph_of(self)->target_count);
}

static PyObject *get_object_count(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromSize_t(graph_of(self)->object_count);
}

static PyObject *get_reference_count(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromSize_t(graph_of(self)->reference_count);
}

static PyObject *get_left_out(PyObject *self, void *unused)
{
    (void)unused;
    const struct rg_left_out *left_out = &graph_of(self)->left_out;
    return Py_BuildValue("(KK)", (unsigned long long)left_out->objects,
                         (unsigned long long)left_out->references);
}

static void graph_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    rg_graph_free(((struct graph_object *)self)->graph);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"text", graph_text, METH_O,
     PyDoc_STR("text($self, max_lines, /)\n--\n\nThe text tree of at most so "
               "many lines, or with 0 all of them, without a\nnewline at the "
               "end.")},
    {"merged_text", graph_merged_text, METH_O,
     PyDoc_STR("merged_text($self, max_lines, /)\n--\n\nAll targets as one "
               "tree from the roots down, by type and step.")},
    {"merged_chart", graph_merged_chart, METH_O,
     PyDoc_STR("merged_chart($self, most, /)\n--\n\nThe same of so many "
               "boxes, for the program that draws it.")},
    {"view_lines", (PyCFunction)(void (*)(void))rg__graph_view_lines,
     METH_VARARGS | METH_KEYWORDS, rg__view_lines_doc},
    {"lines", graph_lines, METH_NOARGS,
     PyDoc_STR("lines($self, /)\n--\n\nThe graph in the line format of "
               "src/line/line.h, as bytes.")},
    {"reference_view", graph_reference_view, METH_NOARGS,
     PyDoc_STR("reference_view($self, /)\n--\n\nA pair of lists: nodes as "
               "(name, id, type, is_target, is_cycle),\nand edges as pairs of "
               "indices, from an object to its referrer.")},
    {"explanation", graph_explanation, METH_NOARGS,
     PyDoc_STR("explanation($self, /)\n--\n\nWhy the targets are alive, in "
               "plain English; at most 25 lines.")},
    {"answers", (PyCFunction)(void (*)(void))graph_answers,
     METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("answers($self, *names, target=None, steps=True)\n--\n\nThe "
               "same as data: a dict of lists (_core.pyi), of all or of those\n"
               "named; of one target alone; of paths with each step, or not.")},
    {"mermaid", (PyCFunction)(void (*)(void))rg__graph_mermaid,
     METH_VARARGS | METH_KEYWORDS, rg__mermaid_doc},
    {"json", (PyCFunction)(void (*)(void))rg__graph_json,
     METH_VARARGS | METH_KEYWORDS, rg__json_doc},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] = {
    {"target_count", get_target_count, NULL,
     PyDoc_STR("Number of objects that were asked about."), NULL},
    {"object_count", get_object_count, NULL,
     PyDoc_STR("Number of objects in the graph."), NULL},
    {"reference_count", get_reference_count, NULL,
     PyDoc_STR("Number of references in the graph."), NULL},
    {"left_out", get_left_out, NULL,
     PyDoc_STR("Objects and references that object_limit left out."), NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, graph_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_tp_doc, PyDoc_STR("A detached referrer graph; it keeps no object of "
                          "the program alive.")},
    {0, NULL}};

static PyType_Spec spec = {.name = "referrers._core.Graph",
                           .basicsize = sizeof(struct graph_object),
                           .flags = Py_TPFLAGS_DEFAULT |
                                    Py_TPFLAGS_DISALLOW_INSTANTIATION |
                                    Py_TPFLAGS_IMMUTABLETYPE,
                           .slots = slots};

PyTypeObject *rg__graph_type_new(PyObject *module)
{
    return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}

PyObject *rg__graph_object_take(PyTypeObject *type, struct rg_graph *graph)
{
    struct graph_object *object =
        (struct graph_object *)type->tp_alloc(type, 0);
    if (object == NULL) {
        rg_graph_free(graph);
        return NULL;
    }
    object->graph = graph;
    return (PyObject *)object;
}
