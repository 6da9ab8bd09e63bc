/* bound.c - places that cannot grow for ever
 *
 * Of a container that never has more than so many items the dump says so; lists
 * of what is dead are swept when they have so many; a container whose length
 * stays has room for so many. */
#include <string.h>

#include "base/sort.h"
#include "search/witness.h"
#include "survey/growing.h"

/* Who sweeps dead weak references out of its list when there are so many:
 * a connection those to its cursors, a block those to what was cut from it. */
static const struct {
    const char *type;
    uint64_t most;
} sweepers[] = {{"sqlite3.Connection", 200},
                {"pandas._libs.internals.BlockValuesRefs", 500}};

/* A cache of one item for each value that a byte can have. */
static const char *const per_byte[] = {"urllib.parse._Quoter",
                                       "urllib.parse.Quoter"};
enum { BYTE_VALUES = 256 };

/* What was written to a text file waits in a list until it comes to so many
 * bytes. */
enum { PENDING_TEXT = 8192 };

/* An event loop sweeps out timers that were cancelled when it has so many, and
 * most of them were. */
enum { CANCELLED_TIMERS = 100 };

/* A cache has as many items as there are different questions; a deque that
 * keeps the last of what happens fills for sure.  Where it comes to so many
 * bytes until then, it is growth like any other: a process may be ended for it
 * long before. */
enum { LONG_LOG = 1 << 20 };

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

static bool is_pending_text(const struct rg_survey *survey, uint32_t place)
{
    const struct rg__place *at = &survey->places[place];
    return at->parent != RG_NONE &&
           rg__is_text(&survey->texts, at->type, "list") &&
           rg__is_text(&survey->texts, survey->places[at->parent].type,
                       "_io.TextIOWrapper");
}

static uint64_t bound_of_dead(const struct rg_survey *survey, uint32_t parent)
{
    for (size_t i = 0; i < sizeof sweepers / sizeof *sweepers; i++)
        if (parent != RG_NONE &&
            rg__is_text(&survey->texts, survey->places[parent].type,
                        sweepers[i].type))
            return sweepers[i].most;
    return 0;
}

/* Whether it has, in an attribute of this name, what is not None. */
static bool has_attribute(const struct rg_dump *dump, uint32_t node,
                          const char *name)
{
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++) {
        const struct rg_dump_how *how = rg_dump_how_of(dump, i);
        const struct rg_dump_about *about = rg_dump_about_of(dump, dump->to[i]);
        if (how->kind == RG_ATTRIBUTE && how->mode == RG_DUMP_TOLD &&
            rg__is_text(&dump->texts, dump->label[i], name) &&
            !rg__is_text(&dump->texts, about->qualname, "NoneType"))
            return true;
    }
    return false;
}

/* A timer that was cancelled has let go of what it was to call. */
static bool is_cancelled_timer(const struct rg_dump *dump, uint32_t node)
{
    const struct rg_dump_about *about = rg_dump_about_of(dump, node);
    return rg__is_text(&dump->texts, about->qualname, "TimerHandle") &&
           rg__is_text(&dump->texts, about->module, "asyncio.events") &&
           !has_attribute(dump, node, "_callback");
}

/* What stands in a container that always has the same length. */
static uint64_t bound_of_room(const struct rg_survey *survey,
                              const struct rg_growth_row *row)
{
    uint64_t length = rg__part(survey, row->place, 0)->length;
    if (row->sign != RG_GROWTH_CHILDREN ||
        (survey->places[row->child].kind != RG_ITEM &&
         survey->places[row->child].kind != RG_INDEX))
        return 0;
    for (size_t i = 1; i < survey->look_count; i++)
        if (rg__part(survey, row->place, i)->length != length)
            return 0;
    return length;
}

void rg__find_bound(struct rg_survey *survey, struct rg_growth_row *row)
{
    size_t last = survey->look_count - 1;
    uint32_t parent = survey->places[row->place].parent;
    const struct rg_dump *dump = survey->looks[last].dump;
    row->bound = bound_of_room(survey, row);
    if (row->owner != RG_NONE && row->bound == 0)
        row->bound = own_bound(dump, row->owner);
    if (row->weak == RG_GROWTH_DEAD && row->bound == 0)
        row->bound = bound_of_dead(survey, parent);
    for (size_t i = 0; i < sizeof per_byte / sizeof *per_byte; i++)
        if (rg__is_text(&survey->texts, survey->places[row->place].type,
                        per_byte[i]))
            row->bound = BYTE_VALUES;
    if (is_pending_text(survey, row->place))
        row->bound = PENDING_TEXT;
    if (row->newest != RG_NONE && is_cancelled_timer(dump, row->newest))
        row->bound = CANCELLED_TIMERS;
    /* What is full does not grow; a figure beyond it means something else. */
    if (row->sizes[last] >= row->bound)
        row->bound = 0;
}

/* What a deque with a bound comes to when it is full, by what its new items
 * keep alive. */
static bool is_long_log(const struct rg_survey *survey,
                        const struct rg_growth_row *row)
{
    size_t last = survey->look_count - 1;
    uint32_t type = survey->places[row->place].type;
    return rg__is_text(&survey->texts, type, "collections.deque") &&
           row->kept_after > row->kept_before &&
           (row->kept_after - row->kept_before) /
                   (row->sizes[last] - row->sizes[0]) >=
               LONG_LOG / row->bound;
}

void rg__judge_bound(const struct rg_survey *survey, struct rg_growth_row *row)
{
    row->is_bounded = row->bound != 0 && !is_long_log(survey, row);
}
