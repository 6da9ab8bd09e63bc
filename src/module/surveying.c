#define PY_SSIZE_T_CLEAN
#include "module/surveying.h"

#include "base/alloc.h"
#include "base/progress.h"
#include "module/charting.h"
#include "module/graph_type.h"
#include "module/heap_type.h"
#include "module/look.h"
#include "module/state.h"
#include "module/taken.h"
#include "render/label.h"
#include "survey/growth.h"
#include "survey/survey.h"

static PyObject *text_of(const struct rg_texts *texts, uint32_t text)
{
    return PyUnicode_DecodeUTF8(rg_texts_data(texts, text),
                                (Py_ssize_t)rg_texts_size(texts, text),
                                "surrogatepass");
}

/* Long work on dumps, which Ctrl-C ends: with a handler that raises nothing it
 * begins again.  0, or -1 with an exception set. */
static int run_survey(PyObject *module, const char *what,
                      enum rg_status (*work)(void *context,
                                             struct rg_poll *poll),
                      void *context)
{
    struct rg_progress progress = {.descriptor = rg__state_of(module)->progress,
                                   .what = what};
    struct rg_poll poll = {.ask = rg__look_ask, .context = &progress};
    enum rg_status status;
    do
        status = work(context, &poll);
    while (status == RG_EINTERRUPT && rg__look_interrupted() == 0);
    rg_progress_end(&progress);
    if (status == RG_OK)
        return 0;
    struct rg_error error = {0};
    if (status == RG_ENOMEM)
        rg_error_no_memory(&error);
    else
        rg_error_set(&error, status,
                     "the heap has more than referrers can count");
    rg__raise(&error);
    return -1;
}

/* Appends a new reference, or NULL, to the list, which is let go on failure. */
static void append_item(PyObject **list, PyObject *item)
{
    if (*list != NULL && (item == NULL || PyList_Append(*list, item) < 0))
        Py_CLEAR(*list);
    Py_XDECREF(item);
}

/* How many bytes, in words: one wording for text and pictures. */
PyObject *rg__size_words(PyObject *module, PyObject *number)
{
    unsigned long long bytes = PyLong_AsUnsignedLongLong(number);
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    (void)module;
    if (PyErr_Occurred())
        return NULL;
    rg_label_size(&sink, bytes);
    return rg__take_str(&words, sink.status, NULL);
}

const char rg__size_words_doc[] = "size_words($module, number, /)\n"
                                  "--\n"
                                  "\n"
                                  "Bytes in words: `9,999 B`, `61.2 MB`.";

/* Types */

struct types {
    const struct rg_dump *dump;
    struct rg_type_row *rows;
    size_t count;
};

static enum rg_status find_types(void *context, struct rg_poll *poll)
{
    struct types *types = context;
    return rg_survey_types(types->dump, poll, &types->rows, &types->count);
}

PyObject *rg__survey_types(PyObject *module, PyObject *heap)
{
    struct types types = {.dump = rg__heap_object_dump(module, heap)};
    if (types.dump == NULL ||
        run_survey(module, "adding up types", find_types, &types) < 0)
        return NULL;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < types.count; i++) {
        const struct rg_type_row *row = &types.rows[i];
        append_item(&list,
                    Py_BuildValue("NNKKK",
                                  text_of(&types.dump->texts, row->module),
                                  text_of(&types.dump->texts, row->qualname),
                                  (unsigned long long)row->count,
                                  (unsigned long long)row->own,
                                  (unsigned long long)row->retained));
    }
    rg_free(types.rows);
    return list;
}

const char rg__survey_types_doc[] =
    "survey_types($module, heap, /)\n"
    "--\n"
    "\n"
    "Tuples of module, qualname, how many, own bytes and bytes that go with\n"
    "them, for each type that has instances, heaviest first.";

/* Maps */

/* The heaviest places as rows, or in the lines of a chart. */
struct map {
    const struct rg_dump *dump;
    size_t most;
    bool is_chart;
    struct rg_survey *survey;
    struct rg_place_row *rows;
    size_t count;
    struct rg_buffer lines;
};

static void free_map(struct map *map)
{
    rg_free(map->rows);
    rg_buffer_free(&map->lines);
    rg_survey_free(map->survey);
    map->rows = NULL;
    map->survey = NULL;
}

static enum rg_status find_map(void *context, struct rg_poll *poll)
{
    struct map *map = context;
    enum rg_status status =
        rg_survey_new(&map->dump, 1, true, poll, &map->survey);
    if (status == RG_OK)
        status = rg_survey_weigh(map->survey);
    if (status == RG_OK && map->is_chart)
        status = rg__chart_map(map->survey, map->most, &map->lines);
    else if (status == RG_OK)
        status = rg_survey_heaviest(map->survey, 0, map->most, &map->rows,
                                    &map->count);
    if (status != RG_OK)
        free_map(map);
    return status;
}

/* A path as str; NULL with an exception set. */
static PyObject *path_of(const struct rg_survey *survey, uint32_t place,
                         uint32_t above)
{
    struct rg_buffer words = {0};
    enum rg_status status = rg_survey_path(survey, place, above, &words);
    return rg__take_str(&words, status, "surrogatepass");
}

static PyObject *place_tuple(const struct rg_survey *survey,
                             const struct rg_place_row *row, Py_ssize_t above,
                             uint32_t above_place)
{
    return Py_BuildValue(
        "nNNNKKKKK", above, path_of(survey, row->place, above_place),
        path_of(survey, row->place, RG_NONE),
        text_of(rg_survey_texts(survey), row->type),
        (unsigned long long)row->count, (unsigned long long)row->length,
        (unsigned long long)row->own, (unsigned long long)row->retained,
        (unsigned long long)row->retained_count);
}

static PyObject *map_rows(const struct map *map)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < map->count; i++) {
        const struct rg_place_row *row = &map->rows[i];
        bool is_top = row->above == RG_NONE;
        append_item(
            &list,
            place_tuple(map->survey, row, is_top ? -1 : (Py_ssize_t)row->above,
                        is_top ? RG_NONE : map->rows[row->above].place));
    }
    return list;
}

static PyObject *sum_tuple(const struct rg_survey *survey, size_t look)
{
    struct rg_survey_sum sum;
    if (rg_survey_sum(survey, look, &sum) != RG_OK)
        return PyErr_NoMemory();
    return Py_BuildValue(
        "KKKKK", (unsigned long long)sum.places,
        (unsigned long long)sum.objects, (unsigned long long)sum.bytes,
        (unsigned long long)sum.garbage, (unsigned long long)sum.garbage_bytes);
}

static PyObject *accumulation(const struct rg_survey *survey)
{
    uint32_t place = rg_survey_accumulation(survey, 0);
    if (place == RG_NONE)
        Py_RETURN_NONE;
    struct rg_place_row row = rg_survey_place(survey, place, 0);
    return place_tuple(survey, &row, -1, RG_NONE);
}

/* Weighs the places of a heap; -1 with an exception set. */
static int run_map(PyObject *module, PyObject *args, const char *format,
                   struct map *map)
{
    PyObject *heap;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, format, &heap, &most))
        return -1;
    map->most = map->is_chart && most < 1 ? 1
                : most < 0                ? SIZE_MAX
                                          : (size_t)most;
    map->dump = rg__heap_object_dump(module, heap);
    return map->dump == NULL
               ? -1
               : run_survey(module, "weighing places", find_map, map);
}

PyObject *rg__survey_map(PyObject *module, PyObject *args)
{
    struct map map = {0};
    if (run_map(module, args, "On:survey_map", &map) < 0)
        return NULL;
    PyObject *result = Py_BuildValue("NNN", sum_tuple(map.survey, 0),
                                     accumulation(map.survey), map_rows(&map));
    free_map(&map);
    return result;
}

const char rg__survey_map_doc[] =
    "survey_map($module, heap, most, /)\n"
    "--\n"
    "\n"
    "Where the memory is: sums (places, objects, bytes, garbage, its bytes),\n"
    "the place where much hangs together or None, and the places that keep most\n"
    "alive, each behind the one above it.  A place: position of the one above or\n"
    "-1, path below that, whole path, type, how many objects, items, own bytes,\n"
    "bytes and objects that go with them.";

PyObject *rg__survey_map_chart(PyObject *module, PyObject *args)
{
    struct map map = {.is_chart = true};
    if (run_map(module, args, "On:survey_map_chart", &map) < 0)
        return NULL;
    PyObject *chart = rg__take_bytes(&map.lines, RG_OK);
    free_map(&map);
    return chart;
}

const char rg__survey_map_chart_doc[] =
    "survey_map_chart($module, heap, most, /)\n"
    "--\n"
    "\n"
    "The places that most bytes go with, as what `draw` takes.";

/* Growth */

struct growing {
    const struct rg_dump **dumps;
    size_t count;
    uint64_t least;
    struct rg_survey *survey;
    struct rg_growth growth;
};

static enum rg_status find_growth(void *context, struct rg_poll *poll)
{
    struct growing *growing = context;
    enum rg_status status = rg_survey_new(growing->dumps, growing->count, false,
                                          poll, &growing->survey);
    if (status != RG_OK)
        return status;
    status =
        rg_survey_growth(growing->survey, growing->least, &growing->growth);
    if (status != RG_OK) {
        rg_growth_free(&growing->growth);
        rg_survey_free(growing->survey);
    }
    return status;
}

static PyObject *row_words(const struct growing *growing,
                           const struct rg_growth_row *row,
                           enum rg_status (*put)(const struct rg_survey *,
                                                 const struct rg_growth_row *,
                                                 struct rg_buffer *))
{
    struct rg_buffer words = {0};
    enum rg_status status = put(growing->survey, row, &words);
    return rg__take_str(&words, status, "surrogatepass");
}

static PyObject *sizes_list(const uint64_t *sizes, size_t count)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < count; i++)
        append_item(&list, PyLong_FromUnsignedLongLong(sizes[i]));
    return list;
}

static PyObject *items_list(const struct growing *growing,
                            const struct rg_growth_row *row)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < row->item_count; i++)
        append_item(&list,
                    Py_BuildValue("NKK",
                                  text_of(rg_survey_texts(growing->survey),
                                          row->items[i].type),
                                  (unsigned long long)row->items[i].before,
                                  (unsigned long long)row->items[i].after));
    return list;
}

static PyObject *growth_tuple(const struct growing *growing,
                              const struct rg_growth_row *row)
{
    static const char *const signs[] = {"length", "names", "children", "count"};
    static const char *const weak[] = {"strong", "weak", "dead"};
    struct rg_place_row place = rg_survey_place(
        growing->survey, row->child == RG_NONE ? row->place : row->child,
        growing->count - 1);
    return Py_BuildValue(
        "NNssONNKKNNNKO", row_words(growing, row, rg_growth_path),
        text_of(rg_survey_texts(growing->survey), place.type), signs[row->sign],
        weak[row->weak], row->is_slow ? Py_True : Py_False,
        sizes_list(row->sizes, growing->count), items_list(growing, row),
        (unsigned long long)row->kept_before,
        (unsigned long long)row->kept_after,
        row_words(growing, row, rg_growth_newest),
        rg__node_or_none(row->newest), rg__node_or_none(row->owner),
        (unsigned long long)row->bound, row->is_bounded ? Py_True : Py_False);
}

/* The dumps of a tuple of heaps; NULL with an exception set. */
static const struct rg_dump **dumps_of(PyObject *module, PyObject *heaps)
{
    size_t count = (size_t)PyTuple_GET_SIZE(heaps);
    const struct rg_dump **dumps = rg_alloc(count, sizeof *dumps);
    if (dumps == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        dumps[i] = rg__heap_object_dump(module,
                                        PyTuple_GET_ITEM(heaps, (Py_ssize_t)i));
        if (dumps[i] == NULL) {
            rg_free(dumps);
            return NULL;
        }
    }
    return dumps;
}

/* The lines of a chart, empty when nothing grows; NULL with an exception. */
static PyObject *growth_chart(const struct growing *growing)
{
    struct rg_buffer lines = {0};
    enum rg_status status = rg__chart_growth(growing->survey, &growing->growth,
                                             growing->count, &lines);
    return rg__take_bytes(&lines, status);
}

static PyObject *growth_result(const struct growing *growing)
{
    PyObject *rows = PyList_New(0), *sums = PyList_New(0);
    for (size_t i = 0; rows != NULL && i < growing->growth.row_count; i++)
        append_item(&rows, growth_tuple(growing, &growing->growth.rows[i]));
    for (size_t i = 0; sums != NULL && i < growing->count; i++)
        append_item(&sums, sum_tuple(growing->survey, i));
    if (rows == NULL || sums == NULL) {
        Py_XDECREF(rows);
        Py_XDECREF(sums);
        return NULL;
    }
    return Py_BuildValue("NNN", sums, rows, growth_chart(growing));
}

static PyObject *find_and_tell(PyObject *module, PyObject *heaps,
                               uint64_t least)
{
    PyObject *result = NULL;
    struct growing growing = {.dumps = dumps_of(module, heaps),
                              .count = (size_t)PyTuple_GET_SIZE(heaps),
                              .least = least};
    if (growing.dumps != NULL &&
        run_survey(module, "comparing heaps", find_growth, &growing) == 0) {
        result = growth_result(&growing);
        rg_growth_free(&growing.growth);
        rg_survey_free(growing.survey);
    }
    rg_free(growing.dumps);
    return result;
}

PyObject *rg__survey_growth(PyObject *module, PyObject *args)
{
    PyObject *list, *heaps, *result = NULL;
    unsigned long long least;
    if (!PyArg_ParseTuple(args, "O!K:survey_growth", &PyList_Type, &list,
                          &least))
        return NULL;
    heaps = PyList_AsTuple(list); /* a signal handler may change the list */
    if (heaps == NULL)
        return NULL;
    if (PyTuple_GET_SIZE(heaps) < 2)
        PyErr_SetString(PyExc_ValueError, "two heaps at least are compared");
    else
        result = find_and_tell(module, heaps, least);
    Py_DECREF(heaps);
    return result;
}

const char rg__survey_growth_doc[] =
    "survey_growth($module, heaps, least, /)\n"
    "--\n"
    "\n"
    "What grew from each heap to the next by `least` or by one: sums of each as\n"
    "survey_map has them, the places, and a chart of them for `draw`, empty when\n"
    "nothing grows.  A place: path, type, sign, 'strong' or\n"
    "'weak' or 'dead', whether it grew by less than `least`, sizes, what is new\n"
    "(type, before, after), bytes that it keeps before and after, expression of\n"
    "one of the newest, its number in the last heap or None, number of the one\n"
    "object that grew or None, how many items it has at most or 0.";
