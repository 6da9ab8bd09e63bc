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
        dump->roots,   dump->stacks, dump->natives};
    for (size_t i = 0; i < COLUMNS; i++)
        rg_large_free(columns[i], dump->sizes[i]);
    rg_free(dump->about_slots);
    rg_free(dump->how_slots);
    rg_texts_free(&dump->texts);
    rg_free(dump);
}

/* Room for one more at `count` in the array `field`, numbered `column`. */
#define RESERVE(dump, field, column, count) \
    reserve((dump), (void **)(void *)&(dump)->field, (column), (count), \
            sizeof *(dump)->field)

static int reserve(struct rg_dump *dump, void **field, enum column column,
                   size_t count, size_t width)
{
    void *items;
    memcpy(&items, field, sizeof items);
    int answer = rg__column(&items, &dump->sizes[column], count + 1, width);
    memcpy(field, &items, sizeof items);
    return answer;
}

/* Interning: a table of places in an array of records without padding */

enum { FIRST_SLOTS = 1 << 8 };

static size_t hash(const void *record, size_t size)
{
    const char *bytes = record;
    uint64_t state = size;
    for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, bytes + at, sizeof word);
        state = (state ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        state ^= state >> 29;
    }
    return (size_t)state;
}

struct intern {
    const char *records;
    size_t width;
    const uint32_t *slots; /* place + 1; 0: free */
    size_t slot_count;
};

static size_t find_slot(const struct intern *intern, const void *record)
{
    size_t slot = hash(record, intern->width) & (intern->slot_count - 1);
    while (intern->slots[slot] != 0 &&
           memcmp(intern->records +
                      (size_t)(intern->slots[slot] - 1) * intern->width,
                  record, intern->width) != 0)
        slot = (slot + 1) & (intern->slot_count - 1);
    return slot;
}

/* Makes sure that at most half of the slots are taken by `count` records and
 * one more. */
static enum rg_status spread(const struct intern *old, size_t count,
                             uint32_t **slots, size_t *slot_count)
{
    if ((count + 1) * 2 <= *slot_count)
        return RG_OK;
    struct intern grown = *old;
    grown.slot_count = *slot_count == 0 ? FIRST_SLOTS : *slot_count * 2;
    uint32_t *fresh = rg_alloc_zeroed(grown.slot_count, sizeof *fresh);
    if (fresh == NULL)
        return RG_ENOMEM;
    grown.slots = fresh;
    for (size_t i = 0; i < count; i++)
        fresh[find_slot(&grown, old->records + i * old->width)] =
            (uint32_t)i + 1;
    rg_free(*slots);
    *slots = fresh;
    *slot_count = grown.slot_count;
    return RG_OK;
}

enum rg_status rg_dump_about(struct rg_dump *dump,
                             const struct rg_dump_about *about,
                             uint32_t *number)
{
    struct intern intern = {(const char *)dump->abouts, sizeof *about, NULL, 0};
    if (dump->about_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, abouts, ABOUTS, dump->about_count) < 0)
        return RG_ENOMEM;
    intern.records = (const char *)dump->abouts;
    enum rg_status status = spread(&intern, dump->about_count,
                                   &dump->about_slots, &dump->about_slot_count);
    if (status != RG_OK)
        return status;
    intern.slots = dump->about_slots;
    intern.slot_count = dump->about_slot_count;
    size_t slot = find_slot(&intern, about);
    if (dump->about_slots[slot] == 0) {
        dump->abouts[dump->about_count++] = *about;
        dump->about_slots[slot] = (uint32_t)dump->about_count;
    }
    *number = dump->about_slots[slot] - 1;
    return RG_OK;
}

enum rg_status rg_dump_how(struct rg_dump *dump, const struct rg_dump_how *how,
                           uint32_t *number)
{
    struct intern intern = {NULL, sizeof *how, NULL, 0};
    if (dump->how_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (RESERVE(dump, hows, HOWS, dump->how_count) < 0)
        return RG_ENOMEM;
    intern.records = (const char *)dump->hows;
    enum rg_status status = spread(&intern, dump->how_count, &dump->how_slots,
                                   &dump->how_slot_count);
    if (status != RG_OK)
        return status;
    intern.slots = dump->how_slots;
    intern.slot_count = dump->how_slot_count;
    size_t slot = find_slot(&intern, how);
    if (dump->how_slots[slot] == 0) {
        dump->hows[dump->how_count++] = *how;
        dump->how_slots[slot] = (uint32_t)dump->how_count;
    }
    *number = dump->how_slots[slot] - 1;
    return RG_OK;
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
