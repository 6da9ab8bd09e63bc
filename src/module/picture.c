#define PY_SSIZE_T_CLEAN
#include "module/picture.h"

#include <string.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "line/line.h"
#include "line/line_view.h"
#include "view/view.h"
#include "module/graph_type.h"
#include "module/taken.h"
#include "render/fit.h"
#include "render/json.h"
#include "render/mermaid.h"

#define OPTIONS_DOC \
    "max_objects=0, paths_only=None, rankdir='auto', title=None, " \
    "addresses=False"

const char rg__mermaid_doc[] =
    "mermaid($self, /, *, " OPTIONS_DOC ")\n"
    "--\n"
    "\n"
    "The picture as a Mermaid flowchart.  0 objects stands for the default.";

const char rg__json_doc[] = "json($self, /, *, " OPTIONS_DOC ")\n"
                            "--\n"
                            "\n"
                            "The graph and its picture as JSON text.";

const char rg__view_lines_doc[] =
    "view_lines($self, /, *, " OPTIONS_DOC ")\n"
    "--\n"
    "\n"
    "The picture as lines, for the program that draws it.";

const char rg__read_lines_doc[] =
    "read($module, lines, /)\n"
    "--\n"
    "\n"
    "The graph that Graph.lines() gave; ValueError when they are none.";

struct options {
    struct rg_fit_options fit;
    const char *title; /* borrowed from the argument */
    Py_ssize_t title_size;
    int addresses;
};

static int read_options(struct options *options, PyObject *args,
                        PyObject *kwargs)
{
    static char *names[] = {"max_objects", "paths_only", "rankdir",
                            "title",       "addresses",  NULL};
    Py_ssize_t max_objects = 0;
    PyObject *paths_only = Py_None;
    const char *rankdir = "auto";
    *options = (struct options){0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$nOsz#p", names,
                                     &max_objects, &paths_only, &rankdir,
                                     &options->title, &options->title_size,
                                     &options->addresses))
        return -1;
    options->fit.max_objects = max_objects < 0 ? 0 : (size_t)max_objects;
    if (paths_only != Py_None)
        options->fit.paths =
            paths_only == Py_True ? RG_PATHS_ONLY : RG_PATHS_AND_ALL;
    if (strcmp(rankdir, "auto") != 0)
        options->fit.direction =
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

/* Writes the picture into `text`, which is the caller's, on failure too; takes
 * the arguments that all formats have, for rg__take_str and rg__take_bytes.
 * RG_EFORMAT: an exception is set already. */
static enum rg_status write_picture(PyObject *graph, PyObject *args,
                                    PyObject *kwargs, writer *write,
                                    struct rg_buffer *text)
{
    struct options options;
    struct rg_error error = {0};
    struct rg_poll poll = {.ask = rg__ask_signals};
    struct rg_sink sink = rg_sink_to_buffer(text);
    if (read_options(&options, args, kwargs) < 0)
        return RG_EFORMAT;
    sink.poll = options.fit.poll = &poll;
    struct rg_view *view =
        rg_fit_view(rg__graph_borrow(graph), &options.fit, &error);
    if (view == NULL) {
        rg__raise(&error);
        return RG_EFORMAT;
    }
    enum rg_status status = write(&sink, view, &options);
    rg_view_free(view);
    return status;
}

static PyObject *picture_text(PyObject *graph, PyObject *args, PyObject *kwargs,
                              writer *write)
{
    struct rg_buffer text = {0};
    enum rg_status status = write_picture(graph, args, kwargs, write, &text);
    return rg__take_str(&text, status, NULL);
}

static enum rg_status write_lines(struct rg_sink *sink,
                                  const struct rg_view *view,
                                  const struct options *options)
{
    (void)options;
    rg_line_write_view(view, sink);
    return sink->status;
}

PyObject *rg__graph_view_lines(PyObject *graph, PyObject *args,
                               PyObject *kwargs)
{
    struct rg_buffer lines = {0};
    enum rg_status status =
        write_picture(graph, args, kwargs, write_lines, &lines);
    return rg__take_bytes(&lines, status);
}

PyObject *rg__graph_mermaid(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    return picture_text(graph, args, kwargs, write_mermaid);
}

PyObject *rg__graph_json(PyObject *graph, PyObject *args, PyObject *kwargs)
{
    return picture_text(graph, args, kwargs, write_json);
}

PyObject *rg__read_lines(PyTypeObject *graph_type, PyObject *lines)
{
    struct rg_error error = {0};
    struct rg_poll poll = {.ask = rg__ask_signals};
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(lines, &data, &size) < 0)
        return NULL;
    struct rg_graph *graph = rg_line_read(data, (size_t)size, &poll, &error);
    if (graph != NULL)
        return rg__graph_object_take(graph_type, graph);
    if (error.status != RG_EFORMAT)
        return rg__raise(&error);
    PyErr_SetString(PyExc_ValueError, error.text);
    return NULL;
}
