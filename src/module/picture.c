#define PY_SSIZE_T_CLEAN
#include "module/picture.h"

#include <string.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "line/line.h"
#include "view/view.h"
#include "module/graph_type.h"
#include "render/fit.h"
#include "render/json.h"
#include "render/mermaid.h"

#define OPTIONS_DOC "max_objects=0, rankdir='auto', title=None, addresses=False"

const char rg__mermaid_doc[] =
    "mermaid($self, /, *, " OPTIONS_DOC ")\n"
    "--\n"
    "\n"
    "The picture as a Mermaid flowchart.  0 objects stands for the default.";

const char rg__json_doc[] = "json($self, /, *, " OPTIONS_DOC ")\n"
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
    enum rg_direction direction;
    const char *title; /* borrowed from the argument */
    Py_ssize_t title_size;
    int addresses;
};

static int read_options(struct options *options, PyObject *args,
                        PyObject *kwargs)
{
    static char *names[] = {"max_objects", "rankdir", "title", "addresses",
                            NULL};
    Py_ssize_t max_objects = 0;
    const char *rankdir = "auto";
    *options = (struct options){0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$nsz#p", names,
                                     &max_objects, &rankdir, &options->title,
                                     &options->title_size, &options->addresses))
        return -1;
    options->view.max_objects = max_objects < 0 ? 0 : (size_t)max_objects;
    if (strcmp(rankdir, "auto") != 0)
        options->direction =
            strcmp(rankdir, "LR") == 0 ? RG_LEFT_TO_RIGHT : RG_TOP_TO_BOTTOM;
    return 0;
}

/* Writes a view in one of the formats. */
typedef enum rg_status writer(struct rg_sink *sink, const struct rg_view *view,
                              const struct options *options);

static enum rg_status write_mermaid(struct rg_sink *sink,
                                    const struct rg_view *view,
                                    const struct options *options)
{
    const struct rg_mermaid_options mermaid = {
        .title = options->title,
        .title_size = (size_t)options->title_size,
        .addresses = options->addresses != 0};
    return rg_mermaid_write(sink, view, &mermaid);
}

static enum rg_status write_json(struct rg_sink *sink,
                                 const struct rg_view *view,
                                 const struct options *options)
{
    const struct rg_json_options json = {.title = options->title,
                                         .title_size =
                                             (size_t)options->title_size,
                                         .addresses = options->addresses != 0};
    return rg_json_write(sink, view, &json);
}

/* The picture as text; takes the arguments that both formats have. */
static PyObject *write_picture(PyObject *graph, PyObject *args,
                               PyObject *kwargs, writer *write)
{
    struct options options;
    struct rg_error error = {0};
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    if (read_options(&options, args, kwargs) < 0)
        return NULL;
    struct rg_view *view =
        rg_view_new(rg__graph_borrow(graph), &options.view, &error);
    enum rg_status status =
        view == NULL ? error.status : rg_fit(view, options.direction, &error);
    if (status != RG_OK) {
        rg_view_free(view);
        return rg__raise(&error);
    }
    status = write(&sink, view, &options);
    rg_view_free(view);
    PyObject *result =
        status == RG_OK
            ? PyUnicode_DecodeUTF8(text.data, (Py_ssize_t)text.size, NULL)
            : PyErr_NoMemory();
    rg_buffer_free(&text);
    return result;
}

PyObject *rg__graph_mermaid(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    return write_picture(graph, args, kwargs, write_mermaid);
}

PyObject *rg__graph_json(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    return write_picture(graph, args, kwargs, write_json);
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
