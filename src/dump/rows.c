/* rows.c - which reference of one object leads to another
 *
 * Most objects have few references, which are looked through.  Those of an
 * object with many are put in order when they are first asked about: each
 * question then costs what a search among them costs. */
#include "base/alloc.h"
#include "base/sort.h"
#include "dump/answering.h"

enum { FEW = 32 };

static int by_key(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static enum rg_status fill_row(const struct rg_dump *dump, uint32_t from,
                               struct rg__row *row)
{
    size_t first = dump->first[from], end = dump->first[from + 1];
    row->keys = rg_alloc(end - first, sizeof *row->keys);
    row->count = 0;
    if (row->keys == NULL)
        return RG_ENOMEM;
    for (size_t i = first; i < end; i++)
        if (rg_dump_how_of(dump, i)->flags & RG_DUMP_REAL)
            row->keys[row->count++] = (uint64_t)dump->to[i] << 32 | i;
    enum rg_status status =
        rg_sort(row->keys, row->count, sizeof *row->keys, by_key, NULL);
    if (status != RG_OK)
        rg_free(row->keys);
    return status;
}

/* The row of an object; NULL when memory is short. */
static const struct rg__row *row_of(struct rg_dump_heap *heap, uint32_t from)
{
    uint32_t place = rg_code_map_get(&heap->row_of, from);
    if (place != RG_NONE)
        return &heap->rows[place];
    void *rows = heap->rows;
    struct rg__row row;
    if (rg_grow(&rows, &heap->row_capacity, heap->row_count + 1,
                sizeof *heap->rows) < 0)
        return NULL;
    heap->rows = rows;
    if (fill_row(heap->dump, from, &row) != RG_OK)
        return NULL;
    if (rg_code_map_add(&heap->row_of, from, (uint32_t)heap->row_count) < 0) {
        rg_free(row.keys);
        return NULL;
    }
    heap->rows[heap->row_count] = row;
    return &heap->rows[heap->row_count++];
}

static bool leads_to(const struct rg_dump *dump, size_t reference, uint32_t to)
{
    return dump->to[reference] == to &&
           rg_dump_how_of(dump, reference)->flags & RG_DUMP_REAL;
}

/* The first REAL reference to `to` from place `i` of the object's list on;
 * without the memory for a row it is looked through. */
static size_t next_in_row(struct rg_dump_heap *heap, uint32_t from, uint32_t to,
                          size_t i)
{
    const struct rg_dump *dump = heap->dump;
    size_t end = dump->first[from + 1];
    const struct rg__row *row =
        end - dump->first[from] > FEW ? row_of(heap, from) : NULL;
    if (row == NULL) {
        while (i < end && !leads_to(dump, i, to))
            i++;
        return i;
    }
    uint64_t key = (uint64_t)to << 32 | i;
    size_t low = 0, high = row->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row->keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < row->count && row->keys[low] >> 32 == to
               ? (size_t)(row->keys[low] & UINT32_MAX)
               : end;
}

uint32_t rg__row_find(struct rg_dump_heap *heap, uint32_t from, uint32_t to)
{
    size_t i = next_in_row(heap, from, to, heap->dump->first[from]);
    return i < heap->dump->first[from + 1] ? (uint32_t)i : RG_NONE;
}

uint32_t rg__row_uncounted(struct rg_dump_heap *heap, uint32_t from,
                           uint32_t to)
{
    const struct rg_dump *dump = heap->dump;
    size_t i = next_in_row(heap, from, to, dump->first[from]);
    uint32_t count = 0;
    for (; i < dump->first[from + 1]; i = next_in_row(heap, from, to, i + 1))
        count += rg_dump_how_of(dump, i)->flags & RG_DUMP_UNCOUNTED ? 1 : 0;
    return count;
}

/* Weak references */

static bool is_weak_reference(const struct rg_dump *dump, size_t reference)
{
    return rg_dump_how_of(dump, reference)->mode == RG_DUMP_WEAK;
}

/* A counting sort by referent, last ones first: an object lists its newest weak
 * references first. */
enum rg_status rg__list_weak(struct rg_dump_heap *heap)
{
    const struct rg_dump *dump = heap->dump;
    size_t nodes = dump->node_count, count = 0;
    if (heap->has_weak)
        return RG_OK;
    for (size_t i = 0; i < dump->reference_count; i++)
        count += is_weak_reference(dump, i);
    uint32_t *first = rg_alloc_zeroed(nodes + 1, sizeof *first);
    uint32_t *weak = rg_alloc(count, sizeof *weak);
    if (first == NULL || weak == NULL) {
        rg_free(first);
        rg_free(weak);
        return RG_ENOMEM;
    }
    for (size_t i = 0; i < dump->reference_count; i++)
        first[dump->to[i]] += is_weak_reference(dump, i);
    for (size_t n = 1; n <= nodes; n++)
        first[n] += first[n - 1];
    for (size_t i = 0; i < dump->reference_count; i++)
        if (is_weak_reference(dump, i))
            weak[--first[dump->to[i]]] = (uint32_t)i;
    heap->weak_first = first;
    heap->weak = weak;
    heap->has_weak = true;
    return RG_OK;
}

uint32_t rg__dump_owner(const struct rg_dump *dump, uint32_t reference)
{
    size_t low = 0, high = dump->node_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (dump->first[middle] <= reference)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

bool rg__dump_watches(struct rg_dump_heap *heap, uint32_t key, uint32_t object)
{
    const struct rg_dump *dump = heap->dump;
    for (uint32_t i = dump->first[key]; i < dump->first[key + 1]; i++)
        if (dump->to[i] == object && is_weak_reference(dump, i))
            return true;
    if (rg__list_weak(heap) != RG_OK)
        return false;
    for (uint32_t i = heap->weak_first[object];
         i < heap->weak_first[object + 1]; i++)
        if (rg__row_find(heap, rg__dump_owner(dump, heap->weak[i]), key) !=
            RG_NONE)
            return true;
    return false;
}
