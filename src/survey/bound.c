/* bound.c - places that cannot grow for ever
 *
 * A deque and a functools.lru_cache know their own bounds; some caches of the
 * standard library are emptied when they have so many items. */
#include <string.h>

#include "base/sort.h"
#include "survey/growing.h"

static const struct {
    const char *path;
    uint64_t most;
} caches[] = {{"re._cache", 512},
              {"re._cache2", 256},
              {"sre._cache", 512},
              {"_strptime._regex_cache", 5},
              {"urllib.parse._parse_cache", 20},
              {"fnmatch._cache", 100}};

/* A connection forgets dead cursors when it has made so many. */
enum { SQLITE_CURSORS = 200 };
static const char sqlite[] = "sqlite3.Connection";

static int by_bounded_node(const void *left, const void *right)
{
    const struct rg_dump_bound *a = left, *b = right;
    return (a->node > b->node) - (a->node < b->node);
}

static uint64_t own_bound(const struct rg_dump *dump, uint32_t node)
{
    const struct rg_dump_bound key = {.node = node};
    const struct rg_dump_bound *found = rg_sort_find(
        dump->bounds, dump->bound_count, sizeof key, &key, by_bounded_node);
    return found == NULL ? 0 : found->most;
}

enum rg_status rg__find_bound(struct rg_survey *survey,
                              struct rg_growth_row *row)
{
    size_t last = survey->look_count - 1;
    uint32_t parent = survey->places[row->place].parent;
    struct rg_buffer *words = &survey->scratch;
    if (row->owner != RG_NONE)
        row->bound = own_bound(survey->looks[last].dump, row->owner);
    if (row->weak == RG_GROWTH_DEAD && parent != RG_NONE &&
        rg__is_text(&survey->texts, survey->places[parent].type, sqlite))
        row->bound = SQLITE_CURSORS;
    words->size = 0;
    enum rg_status status = rg__put_path(survey, row->place, RG_NONE, words);
    for (size_t i = 0; status == RG_OK && i < sizeof caches / sizeof *caches;
         i++)
        if (words->size == strlen(caches[i].path) &&
            memcmp(words->data, caches[i].path, words->size) == 0)
            row->bound = caches[i].most;
    /* What is full does not grow; a figure beyond it means something else. */
    if (row->sizes[last] >= row->bound)
        row->bound = 0;
    return status;
}
