/* core.c - the extension module referrers._core
 *
 * Multi-phase, one state per module object, so that it loads in
 * subinterpreters; no state is shared. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#include "base/clock.h"
#include "base/drill.h"
#include "heap/heap.h"
#include "module/directory.h"
#include "module/drawing.h"
#include "module/dumping.h"
#include "module/forked.h"
#include "module/graph_type.h"
#include "module/heap_read.h"
#include "module/heap_type.h"
#include "module/json_read.h"
#include "module/live.h"
#include "module/look.h"
#include "module/misfit.h"
#include "module/picture.h"
#include "module/query.h"
#include "module/records.h"
#include "module/state.h"
#include "module/surveying.h"
#include "module/taken.h"
#include "module/tracer.h"

/* Of a forked child: the program, and all others, go first. */
enum { NICENESS = 19 };

/* Nothing else runs between the facts, the targets and the look; when a signal
 * handler has run after all, all three are taken anew. */
static struct rg_graph *find_graph(struct rg__arguments *arguments,
                                   int niceness, struct rg_progress *progress,
                                   struct rg_error *error)
{
    struct rg_query *query = &arguments->query;
    struct rg_graph *found = NULL;
    struct rg_facts facts;
    query->facts = &facts;
    query->ask = rg__look_ask;
    query->ask_context = progress;
    do {
        query->began = rg_now();
        rg_heap_ask(&facts, query->misfits);
        if (rg__arguments_take_targets(arguments) < 0) {
            rg_heap_asked(&facts);
            return NULL;
        }
        found = arguments->fork || rg_heap_needs_fork
                    ? rg__forked_graph(query, niceness, progress, error)
                    : rg_heap_graph(query, error);
        rg_heap_asked(&facts);
    } while (found == NULL && error->status == RG_EINTERRUPT &&
             rg__look_interrupted() == 0);
    return found;
}

static PyObject *graph(PyObject *module, PyObject *args, PyObject *kwargs)
{
    struct rg__arguments arguments;
    struct rg_error error = {0};
    PyObject *object = NULL;
    if (rg__arguments_read(&arguments, args, kwargs) < 0)
        goto done;
    arguments.query.misfits = rg__state_of(module)->misfits;
    struct rg_progress progress = {.descriptor = rg__state_of(module)->progress,
                                   .what = "searching"};
    struct rg_graph *found = find_graph(
        &arguments, rg__state_of(module)->niceness, &progress, &error);
    rg_progress_end(&progress);
    if (found != NULL)
        object = rg__graph_object_take(rg__state_of(module)->graph_type, found);
    else if (!PyErr_Occurred())
        rg__raise(&error);
done:
    rg__arguments_release(&arguments);
    return object;
}

PyDoc_STRVAR(
    graph_doc,
    "graph($module, targets, /, *, max_depth=None, exclude_object_ids=None,\n"
    "      module_prefixes=None, search_for_untracked_objects=False,\n"
    "      max_untracked_search_depth=None, timeout=None,\n"
    "      single_object_referrer_limit=None, object_limit=None, weak=False,\n"
    "      values=False, explain=False, sizes=False, many=False, given=0,\n"
    "      fork=False)\n"
    "--\n"
    "\n"
    "The referrer graph of the objects in the list `targets`.\n"
    "\n"
    "referrers.get_referrer_graph says what the options mean.  The list itself\n"
    "is not shown; with `many`, errors name the index in it.  Neither is the list\n"
    "whose id is `given`, where nothing but the frame that asks leads to it.");

static PyObject *misfit(PyObject *module, PyObject *names)
{
    struct rg__state *state = rg__state_of(module);
    if (rg__misfits_named(names, &state->misfits) < 0 ||
        rg__warn_of_misfits(state->misfits) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(
    misfit_doc,
    "_misfit($module, /, *layouts)\n"
    "--\n"
    "\n"
    "For tests: as if the self-test at import had found that these of \"lists\",\n"
    "\"attributes\", \"frames\" are not laid out as they should be.");

static PyObject *drill(PyObject *module, PyObject *args)
{
    Py_ssize_t at = 0;
    const char *what = "nothing";
    (void)module;
    if (!PyArg_ParseTuple(args, "|ns", &at, &what))
        return NULL;
    enum rg_drill kind = strcmp(what, "interrupt") == 0 ? RG_DRILL_INTERRUPT
                         : strcmp(what, "timeout") == 0 ? RG_DRILL_TIMEOUT
                                                        : RG_DRILL_NONE;
    return PyLong_FromSize_t(rg_drill_set((size_t)at, kind));
}

PyDoc_STRVAR(
    drill_doc,
    "_drill($module, at=0, what='nothing', /)\n"
    "--\n"
    "\n"
    "For tests: from now on 'interrupt' (Ctrl-C) or 'timeout' happens when the\n"
    "engine asks for the `at`-th time whether to go on.  Returns how often it\n"
    "asked since the last call; each thread for itself.");

static PyObject *c_rows(PyObject *module, PyObject *nothing)
{
    struct rg_buffer lines = {0};
    struct rg_error error = {0};
    (void)module;
    (void)nothing;
    if (rg_heap_c_rows(&lines, &error) < 0)
        rg__raise(&error);
    return rg__take_str(&lines, error.status, NULL);
}

PyDoc_STRVAR(
    c_rows_doc,
    "_c_rows($module, /)\n"
    "--\n"
    "\n"
    "For tests: a line for each layout of a C type known for this CPython: its\n"
    "name, its size in words (0: any), and 1 when such a type is alive, else 0.");

static PyObject *niceness(PyObject *module, PyObject *given)
{
    int number = (int)PyLong_AsLong(given);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    rg__state_of(module)->niceness = number;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(
    niceness_doc,
    "_niceness($module, number, /)\n"
    "--\n"
    "\n"
    "From now on forked children have this niceness.  At 19, as otherwise, they\n"
    "hardly come to their turn on a machine that is busy.");

static PyObject *show_progress(PyObject *module, PyObject *descriptor)
{
    int number = (int)PyLong_AsLong(descriptor);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    rg__state_of(module)->progress = number;
    Py_RETURN_NONE;
}

static PyObject *read_lines(PyObject *module, PyObject *lines)
{
    return rg__read_lines(rg__state_of(module)->graph_type, lines);
}

static PyObject *from_json(PyObject *module, PyObject *document)
{
    struct rg_graph *graph = rg__json_read(document);
    return graph == NULL
               ? NULL
               : rg__graph_object_take(rg__state_of(module)->graph_type, graph);
}

static PyMethodDef methods[] = {
    {"graph", (PyCFunction)(void (*)(void))graph, METH_VARARGS | METH_KEYWORDS,
     graph_doc},
    {"survey_types", rg__survey_types, METH_O, rg__survey_types_doc},
    {"survey_map", rg__survey_map, METH_VARARGS, rg__survey_map_doc},
    {"survey_map_chart", rg__survey_map_chart, METH_VARARGS,
     rg__survey_map_chart_doc},
    {"size_words", rg__size_words, METH_O, rg__size_words_doc},
    {"survey_growth", rg__survey_growth, METH_VARARGS, rg__survey_growth_doc},
    {"dump", rg__dump, METH_VARARGS, rg__dump_doc},
    {"dump_begin", rg__dump_begin, METH_O, rg__dump_begin_doc},
    {"dump_end", rg__dump_end, METH_O, rg__dump_end_doc},
    {"read_heap", rg__load_heap, METH_O, rg__load_heap_doc},
    {"draw", (PyCFunction)(void (*)(void))rg__draw,
     METH_VARARGS | METH_KEYWORDS, rg__draw_doc},
    {"from_json", from_json, METH_O,
     PyDoc_STR("from_json($module, document, /)\n--\n\nThe graph that "
               "Graph.json() wrote, after json.loads.")},
    {"records", rg__records, METH_NOARGS, rg__records_doc},
    {"_misfit", misfit, METH_VARARGS, misfit_doc},
    {"_drill", drill, METH_VARARGS, drill_doc},
    {"_c_rows", c_rows, METH_NOARGS, c_rows_doc},
    {"_niceness", niceness, METH_O, niceness_doc},
    {"show_progress", show_progress, METH_O,
     PyDoc_STR("show_progress($module, descriptor, /)\n--\n\nFrom now on a "
               "search or a drawing that takes more than a second says\nso on "
               "this terminal; below 0: no more.")},
    {"instances", rg__instances, METH_VARARGS, rg__instances_doc},
    {"variables", rg__variables, METH_O, rg__variables_doc},
    {"trace", rg__trace, METH_VARARGS, rg__trace_doc},
    {"untrace", rg__untrace, METH_NOARGS,
     PyDoc_STR("untrace($module, /)\n--\n\nEnds what trace began.")},
    {"read", read_lines, METH_O, rg__read_lines_doc},
    {"open_in_root", rg__open_in_root, METH_VARARGS, rg__open_in_root_doc},
    {"open_inside", rg__open_inside, METH_VARARGS, rg__open_inside_doc},
    {NULL, NULL, 0, NULL}};

/* The layouts of CPython's structs differ from minor version to minor version:
 * another one is refused.  Inside one they are read back by the self-test. */
static int check_interpreter(struct rg__state *state)
{
    unsigned major, minor;
    if (sscanf(Py_GetVersion(), "%u.%u", &major, &minor) != 2 ||
        major != PY_MAJOR_VERSION || minor != PY_MINOR_VERSION) {
        PyErr_Format(PyExc_ImportError,
                     "referrers._core was built for CPython %d.%d, and this is "
                     "%.40s: install the referrers built for it",
                     PY_MAJOR_VERSION, PY_MINOR_VERSION, Py_GetVersion());
        return -1;
    }
    if (rg_heap_self_test(&state->misfits) == RG_OK)
        return rg_heap_needs_fork ? rg__refuse_misfits(state->misfits)
                                  : rg__warn_of_misfits(state->misfits);
    if (!PyErr_Occurred())
        PyErr_NoMemory();
    return -1;
}

static int execute(PyObject *module)
{
    struct rg__state *state = rg__state_of(module);
    state->progress = -1;
    state->niceness = NICENESS;
    if (check_interpreter(state) < 0 ||
        PyModule_AddStringConstant(module, "__version__", PACKAGE_VERSION) < 0)
        return -1;
    state->graph_type = rg__graph_type_new(module);
    if (state->graph_type == NULL)
        return -1;
    state->heap_type = rg__heap_type_new(module);
    if (state->heap_type == NULL ||
        PyModule_AddType(module, state->heap_type) < 0)
        return -1;
    if (PyModule_AddType(module, state->graph_type) < 0)
        return -1;
    if (PyModule_AddIntConstant(module, "_needs_fork", rg_heap_needs_fork) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "_misfits", state->misfits);
}

static int traverse(PyObject *module, visitproc visit, void *arg)
{
    struct rg__state *state = rg__state_of(module);
    if (state != NULL) {
        Py_VISIT(state->graph_type);
        Py_VISIT(state->heap_type);
    }
    return 0;
}

static int clear(PyObject *module)
{
    struct rg__state *state = rg__state_of(module);
    if (state != NULL) {
        Py_CLEAR(state->graph_type);
        Py_CLEAR(state->heap_type);
    }
    return 0;
}

static void release_module(void *module)
{
    clear(module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
#ifdef Py_mod_gil
    /* Where there is none, objects are read in a forked child only. */
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "referrers._core",
    .m_doc = "The engine of referrers: snapshot, search, names, graph.",
    .m_size = sizeof(struct rg__state),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = release_module};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
