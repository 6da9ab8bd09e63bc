/* place_roots.c - where the walk begins
 *
 * Modules first, and all that they lead to: a variable of a running function is
 * not what a person would look for as long as a module leads there too.  Then the
 * interpreter's tables, threads and frames; then what belongs to a test runner
 * or a debugger; then classes that only their instances lead to; and at last
 * what C code alone holds. */
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "survey/place.h"

struct start {
    const struct rg_survey *survey;
    struct rg__place key;
    uint32_t look, node, order;
    bool is_furniture;
};

struct starts {
    struct start *items;
    size_t count, capacity;
};

static enum rg_status add_start(struct starts *starts,
                                const struct start *start)
{
    void *items = starts->items;
    if (rg_grow(&items, &starts->capacity, starts->count + 1,
                sizeof *starts->items) < 0)
        return RG_ENOMEM;
    starts->items = items;
    starts->items[starts->count++] = *start;
    return RG_OK;
}

/* Whose modules and frames lead to everything that is under test, and grow by
 * their own work. */
static const char *const runners[] = {
    "_pytest", "pytest",    "pluggy",    "xdist",    "execnet",
    "IPython", "ipykernel", "traitlets", "coverage", "pydevd"};

static bool is_runner_word(const char *data, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(data, word, size) == 0;
}

/* A module's name, or a part of a file's path. */
static bool is_runner_path(const char *data, size_t size)
{
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
        if (is_runner_word(data, size, runners[i]))
            return true;
    return false;
}

/* Plugins of pytest have its name in theirs. */
bool rg__is_runners_name(const char *data, size_t size)
{
    static const char plugin[] = "pytest_";
    const char *dot = size == 0 ? NULL : memchr(data, '.', size);
    return is_runner_path(data, dot == NULL ? size : (size_t)(dot - data)) ||
           (size >= sizeof plugin - 1 &&
            memcmp(data, plugin, sizeof plugin - 1) == 0);
}

static bool is_runners_file(const char *data, size_t size)
{
    size_t start = 0;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && data[i] != '/')
            continue;
        if (is_runner_path(data + start, i - start))
            return true;
        start = i + 1;
    }
    return false;
}

/* `__main__` first; then what is not private, by the number of dots. */
static uint32_t module_order(const char *data, size_t size)
{
    uint32_t dots = 0;
    if (is_runner_word(data, size, "__main__"))
        return 0;
    for (size_t i = 0; i < size; i++)
        dots += data[i] == '.';
    return 1 + dots + (size > 0 && data[0] == '_' ? 1 << 10 : 0);
}

static enum rg_status start_modules(struct rg_survey *survey, uint32_t look,
                                    struct starts *starts)
{
    struct rg__look *at = &survey->looks[look];
    const struct rg_dump *dump = at->dump;
    static const char type[] = "module";
    uint32_t group = rg_dump_group_node(dump, RG_DUMP_MODULES);
    enum rg_status status = RG_OK;
    for (size_t i = dump->first[group];
         status == RG_OK && i < dump->first[group + 1]; i++) {
        struct start start = {
            .survey = survey,
            .key = {.parent = RG_NONE, .kind = RG_PLACE_MODULE},
            .look = look,
            .node = dump->to[i]};
        const char *name = rg_texts_data(&dump->texts, dump->label[i]);
        size_t size = rg_texts_size(&dump->texts, dump->label[i]);
        if (rg_dump_about_of(dump, start.node)->flags & RG_DUMP_OURS) {
            at->place[start.node] = RG__OURS;
            continue;
        }
        start.order = module_order(name, size);
        start.is_furniture = rg__is_runners_name(name, size);
        status =
            rg__survey_text(survey, look, dump->label[i], &start.key.label);
        if (status == RG_OK)
            status = rg_texts_add(&survey->texts, type, sizeof type - 1,
                                  &start.key.type);
        if (status == RG_OK)
            status = add_start(starts, &start);
    }
    return status;
}

/* What hangs below a node, each as a root of a kind. */
static enum rg_status add_below(struct rg_survey *survey, uint32_t look,
                                uint32_t node, uint32_t kind,
                                struct starts *starts)
{
    const struct rg_dump *dump = survey->looks[look].dump;
    enum rg_status status = RG_OK;
    for (size_t i = dump->first[node];
         status == RG_OK && i < dump->first[node + 1]; i++) {
        struct start start = {.survey = survey,
                              .key = {.parent = RG_NONE, .kind = kind},
                              .look = look,
                              .node = dump->to[i]};
        if (rg_dump_how_of(dump, i)->mode != RG_DUMP_BELOW)
            continue;
        if (kind == RG_PLACE_NATIVE)
            status = rg__survey_type(survey, look, start.node, &start.key.type);
        if (status == RG_OK)
            status = add_start(starts, &start);
    }
    return status;
}

/* The file of the function that a frame runs, by what its variables say. */
static bool runs_in_runner(const struct rg_dump *dump, uint32_t frame)
{
    for (size_t i = dump->first[frame]; i < dump->first[frame + 1]; i++) {
        uint32_t root = rg_dump_how_of(dump, i)->root;
        if (root == RG_NONE)
            continue;
        uint32_t file = dump->roots[root].file;
        return is_runners_file(rg_texts_data(&dump->texts, file),
                               rg_texts_size(&dump->texts, file));
    }
    return false;
}

static enum rg_status add_frames(struct rg_survey *survey, uint32_t look,
                                 uint32_t thread, struct starts *starts)
{
    const struct rg_dump *dump = survey->looks[look].dump;
    size_t before = starts->count;
    enum rg_status status =
        add_below(survey, look, thread, RG_PLACE_FRAME, starts);
    for (size_t i = before; status == RG_OK && i < starts->count; i++) {
        struct start *start = &starts->items[i];
        static const char word[] = "frame ";
        uint32_t name = rg_dump_about_of(dump, start->node)->name;
        size_t size = rg_texts_size(&dump->texts, name);
        const char *data = rg_texts_data(&dump->texts, name);
        size_t skip =
            size >= sizeof word - 1 && memcmp(data, word, sizeof word - 1) == 0
                ? sizeof word - 1
                : 0;
        start->is_furniture = runs_in_runner(dump, start->node);
        status = rg_texts_add(&survey->texts, data + skip, size - skip,
                              &start->key.label);
    }
    return status;
}

static enum rg_status add_threads(struct rg_survey *survey, uint32_t look,
                                  struct starts *starts)
{
    const struct rg_dump *dump = survey->looks[look].dump;
    uint32_t group = rg_dump_group_node(dump, RG_DUMP_THREADS);
    size_t before = starts->count;
    enum rg_status status =
        add_below(survey, look, group, RG_PLACE_THREAD, starts);
    size_t end = starts->count;
    for (size_t i = before; status == RG_OK && i < end; i++)
        status = add_frames(survey, look, starts->items[i].node, starts);
    return status;
}

static int starts_by_content(const void *left, const void *right)
{
    const struct start *a = left, *b = right;
    if (a->key.kind != b->key.kind)
        return a->key.kind < b->key.kind ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int order = rg__text_compare(&a->survey->texts, a->key.label, b->key.label);
    return order != 0
               ? order
               : rg__text_compare(&a->survey->texts, a->key.type, b->key.type);
}

static enum rg_status claim_start(struct rg_survey *survey,
                                  const struct start *start)
{
    uint32_t place;
    if (survey->looks[start->look].place[start->node] != RG_NONE)
        return RG_OK;
    enum rg_status status = rg__place_find(survey, &start->key, &place);
    if (status != RG_OK)
        return status;
    if (start->is_furniture) {
        survey->places[place].flags |= RG__IS_FURNITURE;
        survey->has_runner = true;
    }
    rg__claim_node(survey, start->look, place, start->node, RG_NONE, RG_NONE,
                   false);
    return start->is_furniture ? RG_OK : rg__queue_place(survey, place);
}

/* Furniture is nobody else's, and is not followed before its time. */
static enum rg_status claim_furniture(struct rg_survey *survey,
                                      const struct starts *starts)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < starts->count; i++)
        if (starts->items[i].is_furniture)
            status = claim_start(survey, &starts->items[i]);
    return status;
}

static enum rg_status begin_furniture(struct rg_survey *survey)
{
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; status == RG_OK && i < survey->place_count; i++)
        if (survey->places[i].flags & RG__IS_FURNITURE)
            status = rg__queue_place(survey, i);
    return status == RG_OK ? rg__spread(survey) : status;
}

/* Roots of these kinds, and all that they lead to. */
static enum rg_status begin_starts(struct rg_survey *survey,
                                   const struct starts *starts, uint32_t least,
                                   uint32_t most)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < starts->count; i++) {
        const struct start *start = &starts->items[i];
        if (start->key.kind >= least && start->key.kind <= most &&
            !start->is_furniture)
            status = claim_start(survey, start);
    }
    return status == RG_OK ? rg__spread(survey) : status;
}

enum rg_status rg__begin_at_roots(struct rg_survey *survey)
{
    struct starts starts = {0};
    enum rg_status status = RG_OK;
    for (uint32_t i = 0; status == RG_OK && i < survey->look_count; i++) {
        const struct rg_dump *dump = survey->looks[i].dump;
        status = start_modules(survey, i, &starts);
        if (status == RG_OK)
            status = add_below(survey, i,
                               rg_dump_group_node(dump, RG_DUMP_INTERPRETER),
                               RG_PLACE_TABLE, &starts);
        if (status == RG_OK)
            status = add_threads(survey, i, &starts);
        if (status == RG_OK)
            status =
                add_below(survey, i, rg_dump_group_node(dump, RG_DUMP_NATIVE),
                          RG_PLACE_NATIVE, &starts);
    }
    if (status == RG_OK)
        status = rg_sort(starts.items, starts.count, sizeof *starts.items,
                         starts_by_content, survey->poll);
    if (status == RG_OK)
        status = claim_furniture(survey, &starts);
    if (status == RG_OK)
        status =
            begin_starts(survey, &starts, RG_PLACE_MODULE, RG_PLACE_MODULE);
    if (status == RG_OK)
        status = begin_starts(survey, &starts, RG_PLACE_TABLE, RG_PLACE_FRAME);
    if (status == RG_OK)
        status = begin_furniture(survey);
    if (status == RG_OK)
        status = rg__spread_late(survey);
    if (status == RG_OK)
        status =
            begin_starts(survey, &starts, RG_PLACE_NATIVE, RG_PLACE_NATIVE);
    if (status == RG_OK)
        status = rg__spread_late(survey);
    rg_free(starts.items);
    return status;
}
