#define PY_SSIZE_T_CLEAN
#include "module/picture.h"

#include <string.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "graph/line.h"
#include "graph/view.h"
#include "module/graph_type.h"
#include "render/json.h"
#include "render/mermaid.h"

#define OPTIONS_DOC \
    "max_objects=0, rankdir='auto', title=None, addresses=False"

const char rg__mermaid_doc[] =
    "mermaid($self, /, *, " OPTIONS_DOC ")\n"
    "--\n"
    "\n"
    "The picture as a Mermaid flowchart.  0 objects stands for the default.";

const char rg__json_doc[] =
    "json($self, /, *, " OPTIONS_DOC ")\n"
    "--\n"
    "\n"
    "The graph and its picture as JSON text.";

const char rg__read_lines_doc[] =
    "read($module, lines, /)\n"
    "--\n"
    "\n"
    "The graph that Graph.lines() gave; ValueError when they are none.";

struct options {
    struct rg_view_options view;
    const char *rankdir;
    const char *title;          /* borrowed from the argument */
    Py_ssize_t title_size;
    int addresses;
};

static int read_options(struct options *options, PyObject *args,
                        PyObject *kwargs)
{
    static char *names[] = {"max_objects", "rankdir", "title", "addresses",
                            NULL};
    Py_ssize_t max_objects = 0;
    *options = (struct options){.rankdir = "auto"};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$nsz#p", names,
                                     &max_objects, &options->rankdir,
                                     &options->title, &options->title_size,
                                     &options->addresses))
        return -1;
    options->view.max_objects = max_objects < 0 ? 0 : (size_t)max_objects;
    return 0;
}

static bool is_across(const struct options *options,
                      const struct rg_view *view)
{
    if (strcmp(options->rankdir, "auto") == 0)
        return view->left_to_right;
    return strcmp(options->rankdir, "LR") == 0;
}

static PyObject *as_text(enum rg_status status, struct rg_buffer *text)
{
    PyObject *result =
        status == RG_OK
            ? PyUnicode_DecodeUTF8(text->data, (Py_ssize_t)text->size, NULL)
            : PyErr_NoMemory();
    rg_buffer_free(text);
    return result;
}

static struct rg_view *view_of(PyObject *graph, const struct options *options)
{
    struct rg_error error = {0};
    struct rg_view *view =
        rg_view_new(rg__graph_borrow(graph), &options->view, &error);
    if (view == NULL)
        rg__raise(&error);
    return view;
}

PyObject *rg__graph_mermaid(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    struct options options;
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    if (read_options(&options, args, kwargs) < 0)
        return NULL;
    struct rg_view *view = view_of(graph, &options);
    if (view == NULL)
        return NULL;
    const struct rg_mermaid_options mermaid = {
        .title = options.title, .title_size = (size_t)options.title_size,
        .left_to_right = is_across(&options, view),
        .addresses = options.addresses != 0};
    enum rg_status status = rg_mermaid_write(&sink, view, &mermaid);
    rg_view_free(view);
    return as_text(status, &text);
}

PyObject *rg__graph_json(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    struct options options;
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    if (read_options(&options, args, kwargs) < 0)
        return NULL;
    struct rg_view *view = view_of(graph, &options);
    if (view == NULL)
        return NULL;
    const struct rg_json_options json = {
        .title = options.title, .title_size = (size_t)options.title_size,
        .left_to_right = is_across(&options, view),
        .addresses = options.addresses != 0};
    enum rg_status status = rg_json_write(&sink, view, &json);
    rg_view_free(view);
    return as_text(status, &text);
}

PyObject *rg__read_lines(PyTypeObject *graph_type, PyObject *lines)
{
    struct rg_error error = {0};
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(lines, &data, &size) < 0)
        return NULL;
    struct rg_graph *graph = rg_line_read(data, (size_t)size, &error);
    if (graph != NULL)
        return rg__graph_object_take(graph_type, graph);
    if (error.status != RG_EFORMAT)
        return rg__raise(&error);
    PyErr_SetString(PyExc_ValueError, error.text);
    return NULL;
}
