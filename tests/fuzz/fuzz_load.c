/* Any bytes into the reader of JSON, as referrers.load takes them: json.loads
 * of an embedded interpreter, then module/json_read.c.  Only for libFuzzer;
 * tests/python/test_json.py replays tests/fuzz/load. */
#include <Python.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "line/line.h"
#include "module/json_read.h"
#include "render/json.h"
#include "render/text.h"
#include "render/why.h"
#include "view/view.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
                    #holds); \
            abort(); \
        } \
    } while (0)

static PyObject *loads;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    Py_InitializeEx(0);
    PyObject *json = PyImport_ImportModule("json");
    loads = json == NULL ? NULL : PyObject_GetAttrString(json, "loads");
    PROMISE(loads != NULL);
    return 0;
}

static PyObject *document_of(const char *data, size_t size)
{
    PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)size);
    PyObject *document =
        bytes == NULL ? NULL : PyObject_CallOneArg(loads, bytes);
    Py_XDECREF(bytes);
    return document;
}

/* What is said of a file that is no graph: one line of some length. */
static void check_refusal(void)
{
    PyObject *type, *value, *traceback;
    PROMISE(PyErr_ExceptionMatches(PyExc_ValueError));
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *text = PyObject_Str(value);
    const char *words = text == NULL ? NULL : PyUnicode_AsUTF8(text);
    PROMISE(words != NULL && *words != '\0' && strchr(words, '\n') == NULL &&
            strlen(words) < RG_ERROR_TEXT_SIZE);
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

static struct rg_buffer lines_of(const struct rg_graph *graph)
{
    struct rg_buffer lines = {0};
    struct rg_sink sink = rg_sink_to_buffer(&lines);
    rg_line_write(graph, &sink);
    PROMISE(sink.status == RG_OK);
    return lines;
}

static struct rg_graph *again_by_json(const struct rg_graph *graph)
{
    const struct rg_view_options view_options = {0};
    const struct rg_json_options options = {.addresses = true};
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    struct rg_view *view = rg_view_new(graph, &view_options, NULL);
    PROMISE(view != NULL && rg_json_write(&sink, view, &options) == RG_OK);
    PyObject *document = document_of(text.data, text.size);
    PROMISE(document != NULL);
    struct rg_graph *again = rg__json_read(document);
    if (again == NULL)
        PyErr_Print();
    PROMISE(again != NULL);
    Py_DECREF(document);
    rg_view_free(view);
    rg_buffer_free(&text);
    return again;
}

/* What was read is written, and read the same again, both ways. */
static void check_round_trips(const struct rg_graph *graph)
{
    struct rg_buffer first = lines_of(graph);
    struct rg_graph *by_lines =
        rg_line_read(first.data, first.size, NULL, NULL);
    struct rg_graph *by_json = again_by_json(graph);
    PROMISE(by_lines != NULL);
    struct rg_buffer second = lines_of(by_lines), third = lines_of(by_json);
    PROMISE(first.size == second.size && first.size == third.size &&
            memcmp(first.data, second.data, first.size) == 0 &&
            memcmp(first.data, third.data, first.size) == 0);
    rg_buffer_free(&first);
    rg_buffer_free(&second);
    rg_buffer_free(&third);
    rg_graph_free(by_lines);
    rg_graph_free(by_json);
}

static void check_shown(const struct rg_graph *graph)
{
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    PROMISE(rg_text_tree(graph, RG_TEXT_LINES, &sink) == RG_OK);
    rg_explain_text(&sink, graph);
    PROMISE(sink.status == RG_OK);
    rg_buffer_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rg_error error = {0};
    PyObject *document = document_of((const char *)data, size);
    if (document == NULL) { /* no JSON: _json.py says so */
        PyErr_Clear();
        return 0;
    }
    struct rg_graph *graph = rg__json_read(document);
    Py_DECREF(document);
    if (graph == NULL) {
        check_refusal();
        return 0;
    }
    PROMISE(!PyErr_Occurred());
    PROMISE(rg_graph_check(graph, &error) == RG_OK);
    check_round_trips(graph);
    check_shown(graph);
    rg_graph_free(graph);
    return 0;
}
