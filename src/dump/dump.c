#include "dump/dump.h"

#include <string.h>

#include "base/alloc.h"
#include "dump/column.h"
#include "graph/graph.h"

/* The arrays, in the order of dump->sizes. */
enum column {
    ADDRESS,
    BYTES,
    REFERENCES,
    ABOUT,
    ITEMS,
    VALUE,
    FIRST,
    TO,
    HOW,
    LABEL,
    ABOUTS,
    HOWS,
    ROOTS,
    STACKS,
    NATIVES,
    BOUNDS,
    COLUMNS
};

_Static_assert(COLUMNS <= sizeof((struct rg_dump *)0)->sizes / sizeof(size_t),
               "each array has a place for its size");

struct rg_dump *rg_dump_new(void)
{
    struct rg_dump *dump = rg_alloc_zeroed(1, sizeof *dump);
    if (dump != NULL)
        dump->caller = dump->caller_locals = RG_NONE;
    return dump;
}

void rg_dump_free(struct rg_dump *dump)
{
    if (dump == NULL)
        return;
    void *const columns[COLUMNS] = {
        dump->address, dump->bytes,  dump->references, dump->about,
        dump->items,   dump->value,  dump->first,      dump->to,
        dump->how,     dump->label,  dump->abouts,     dump->hows,
        dump->roots,   dump->stacks, dump->natives,    dump->bounds};
    for (size_t i = 0; i < COLUMNS; i++)
        rg_large_free(columns[i], dump->sizes[i]);
    rg_hash_free(&dump->about_index);
    rg_hash_free(&dump->how_index);
    rg_texts_free(&dump->texts);
    rg_free(dump);
}

/* Room for one more at `count` in the array `field`, numbered `column`. */
#define RESERVE(dump, field, column, count) \
    reserve_column((dump), (void **)(void *)&(dump)->field, (column), (count), \
                   sizeof *(dump)->field)

static int reserve_column(struct rg_dump *dump, void **field,
                          enum column column, size_t count, size_t width)
{
    void *items;
    memcpy(&items, field, sizeof items);
    int answer = rg__column(&items, &dump->sizes[column], count + 1, width);
    memcpy(field, &items, sizeof items);
    return answer;
}

/* Interning: records without padding, each kept once */

static uint64_t hash_record(const void *record, size_t width)
{
    const char *bytes = record;
    uint64_t hash = width;
    for (size_t at = 0; at < width; at += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, bytes + at, sizeof word);
        hash = rg_hash_join(hash, word);
    }
    return hash;
}

struct sought_record {
    const char *records;
    const void *record;
    size_t width;
};

static bool is_known_record(const void *context, uint32_t number)
{
    const struct sought_record *sought = context;
    return memcmp(sought->records + (size_t)number * sought->width,
                  sought->record, sought->width) == 0;
}

/* The number of a record among `count`, or, when it is new, `count`.
 * RG_ENOMEM. */
static enum rg_status number_record(struct rg_hash *index, size_t count,
                                    const struct sought_record *sought,
                                    uint32_t *number)
{
    if (rg_hash_reserve(index) < 0)
        return RG_ENOMEM;
    uint32_t key = rg_hash_mix(hash_record(sought->record, sought->width));
    struct rg_hash_slot *slot =
        rg_hash_slot_of(index, key, is_known_record, sought);
    if (slot->index == RG_HASH_FREE)
        rg_hash_fill(index, slot, key, (uint32_t)count);
    *number = slot->index;
    return RG_OK;
}

enum rg_status rg_dump_about(struct rg_dump *dump,
                             const struct rg_dump_about *about,
                             uint32_t *number)
{
    if (dump->about_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, abouts, ABOUTS, dump->about_count) < 0)
        return RG_ENOMEM;
    const struct sought_record sought = {(const char *)dump->abouts, about,
                                         sizeof *about};
    enum rg_status status =
        number_record(&dump->about_index, dump->about_count, &sought, number);
    if (status == RG_OK && *number == dump->about_count)
        dump->abouts[dump->about_count++] = *about;
    return status;
}

enum rg_status rg_dump_how(struct rg_dump *dump, const struct rg_dump_how *how,
                           uint32_t *number)
{
    if (dump->how_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, hows, HOWS, dump->how_count) < 0)
        return RG_ENOMEM;
    const struct sought_record sought = {(const char *)dump->hows, how,
                                         sizeof *how};
    enum rg_status status =
        number_record(&dump->how_index, dump->how_count, &sought, number);
    if (status == RG_OK && *number == dump->how_count)
        dump->hows[dump->how_count++] = *how;
    return status;
}

enum rg_status rg_dump_append_about(struct rg_dump *dump,
                                    const struct rg_dump_about *about)
{
    if (dump->about_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, abouts, ABOUTS, dump->about_count) < 0)
        return RG_ENOMEM;
    dump->abouts[dump->about_count++] = *about;
    return RG_OK;
}

enum rg_status rg_dump_append_how(struct rg_dump *dump,
                                  const struct rg_dump_how *how)
{
    if (dump->how_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, hows, HOWS, dump->how_count) < 0)
        return RG_ENOMEM;
    dump->hows[dump->how_count++] = *how;
    return RG_OK;
}

/* Nodes and references */

static int reserve_node(struct rg_dump *dump, size_t count)
{
    return RESERVE(dump, address, ADDRESS, count) < 0 ||
                   RESERVE(dump, bytes, BYTES, count) < 0 ||
                   RESERVE(dump, references, REFERENCES, count) < 0 ||
                   RESERVE(dump, about, ABOUT, count) < 0 ||
                   RESERVE(dump, items, ITEMS, count) < 0 ||
                   (dump->has_values &&
                    RESERVE(dump, value, VALUE, count) < 0) ||
                   RESERVE(dump, first, FIRST, count + 1) < 0
               ? -1
               : 0;
}

enum rg_status rg_dump_begin(struct rg_dump *dump,
                             const struct rg_dump_node *node)
{
    size_t n = dump->node_count;
    if (n >= RG_NONE - 1)
        return RG_ELIMIT;
    if (reserve_node(dump, n) < 0)
        return RG_ENOMEM;
    dump->address[n] = node->address;
    dump->bytes[n] = node->bytes;
    dump->references[n] = node->references;
    dump->about[n] = node->about;
    dump->items[n] = node->items;
    if (dump->has_values)
        dump->value[n] = node->value;
    dump->first[n] = (uint32_t)dump->reference_count;
    dump->node_count++;
    return RG_OK;
}

enum rg_status rg_dump_refer(struct rg_dump *dump, uint32_t to, uint32_t how,
                             uint32_t label)
{
    size_t n = dump->reference_count;
    if (n >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, to, TO, n) < 0 || RESERVE(dump, how, HOW, n) < 0 ||
        RESERVE(dump, label, LABEL, n) < 0)
        return RG_ENOMEM;
    dump->to[n] = to;
    dump->how[n] = how;
    dump->label[n] = label;
    dump->reference_count++;
    return RG_OK;
}

enum rg_status rg_dump_end(struct rg_dump *dump)
{
    if (RESERVE(dump, first, FIRST, dump->node_count) < 0)
        return RG_ENOMEM;
    dump->first[dump->node_count] = (uint32_t)dump->reference_count;
    return RG_OK;
}

/* What is known of a few */

enum rg_status rg_dump_add_root(struct rg_dump *dump,
                                const struct rg_dump_root *root)
{
    if (dump->root_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, roots, ROOTS, dump->root_count) < 0)
        return RG_ENOMEM;
    dump->roots[dump->root_count++] = *root;
    return RG_OK;
}

enum rg_status rg_dump_add_stack(struct rg_dump *dump,
                                 const struct rg_dump_stack *stack)
{
    if (RESERVE(dump, stacks, STACKS, dump->stack_count) < 0)
        return RG_ENOMEM;
    dump->stacks[dump->stack_count++] = *stack;
    return RG_OK;
}

enum rg_status rg_dump_add_native(struct rg_dump *dump,
                                  const struct rg_dump_native *native)
{
    if (RESERVE(dump, natives, NATIVES, dump->native_count) < 0)
        return RG_ENOMEM;
    dump->natives[dump->native_count++] = *native;
    return RG_OK;
}

enum rg_status rg_dump_add_bound(struct rg_dump *dump,
                                 const struct rg_dump_bound *bound)
{
    if (RESERVE(dump, bounds, BOUNDS, dump->bound_count) < 0)
        return RG_ENOMEM;
    dump->bounds[dump->bound_count++] = *bound;
    return RG_OK;
}
