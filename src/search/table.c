#include "search/table.h"

#include <string.h>

#include "base/large.h"
#include "graph/graph.h"

enum { FIRST_OBJECTS = 1 << 14 };

enum rg_status rg_table_init(struct rg_table *table)
{
    *table = (struct rg_table){0};
    table->regions = rg_regions_new();
    return table->regions == NULL ? RG_ENOMEM : RG_OK;
}

void rg_table_free(struct rg_table *table)
{
    rg_regions_free(table->regions);
    rg_large_free(table->object, table->object_size);
    rg_large_free(table->first, table->first_size);
    rg_large_free(table->flags, table->flags_size);
    rg_large_free(table->referents, table->referents_size);
    *table = (struct rg_table){0};
}

static int resize_column(void **column, size_t *size, size_t wanted)
{
    void *resized = rg_large_resize(*column, size, wanted);
    if (resized != NULL)
        *column = resized;
    return resized == NULL ? -1 : 0;
}

/* Room for `count` more objects; the three columns grow together, and `first`
 * has one entry more than there are objects. */
static enum rg_status reserve_objects(struct rg_table *table, size_t count)
{
    if (count > RG_NONE - 1 - table->count)
        return RG_ELIMIT;
    if (table->count + count <= table->capacity)
        return RG_OK;
    size_t capacity = table->capacity + table->capacity / 2;
    if (capacity < FIRST_OBJECTS)
        capacity = FIRST_OBJECTS;
    if (capacity < table->count + count)
        capacity = table->count + count;
    void *object = table->object, *first = table->first, *flags = table->flags;
    int failed = resize_column(&object, &table->object_size,
                               capacity * sizeof *table->object) < 0 ||
                 resize_column(&first, &table->first_size,
                               (capacity + 1) * sizeof *table->first) < 0 ||
                 resize_column(&flags, &table->flags_size,
                               capacity * sizeof *table->flags) < 0;
    table->object = object;
    table->first = first;
    table->flags = flags;
    if (failed)
        return RG_ENOMEM;
    table->capacity = capacity;
    return RG_OK;
}

static enum rg_status reserve_referents(struct rg_table *table, size_t count)
{
    if (count > RG_NONE - 1 - table->referent_count)
        return RG_ELIMIT;
    size_t needed = (table->referent_count + count) * sizeof *table->referents;
    if (needed <= table->referents_size)
        return RG_OK;
    size_t wanted = table->referents_size + table->referents_size / 2;
    if (wanted < FIRST_OBJECTS)
        wanted = FIRST_OBJECTS;
    void *referents = table->referents;
    if (resize_column(&referents, &table->referents_size,
                      wanted < needed ? needed : wanted) < 0)
        return RG_ENOMEM;
    table->referents = referents;
    return RG_OK;
}

static enum rg_status begin_entry(struct rg_table *table, uint32_t object,
                                  unsigned flags)
{
    enum rg_status status = reserve_objects(table, 1);
    if (status != RG_OK)
        return status;
    table->object[table->count] = object;
    table->flags[table->count] = (uint8_t)flags;
    table->first[table->count] = (uint32_t)table->referent_count;
    table->count++;
    return RG_OK;
}

enum rg_status rg_table_begin(struct rg_table *table, uintptr_t address,
                              unsigned flags)
{
    rg_code code;
    enum rg_status status =
        rg_regions_encode(table->regions, &address, 1, &code);
    if (status != RG_OK)
        return status;
    return begin_entry(table, code,
                       flags | (address & RG_HALF_GRANULE ? RG_TABLE_ODD : 0));
}

enum rg_status rg_table_begin_root(struct rg_table *table, uint32_t number)
{
    return begin_entry(table, number, RG_TABLE_ROOT);
}

enum rg_status rg_table_refer(struct rg_table *table,
                              const uintptr_t *addresses, size_t count)
{
    enum rg_status status = reserve_referents(table, count);
    if (status == RG_OK && count > 0)
        status = rg_regions_encode(table->regions, addresses, count,
                                   table->referents + table->referent_count);
    if (status == RG_OK)
        table->referent_count += count;
    return status;
}

enum rg_status rg_table_add(struct rg_table *table,
                            const struct rg_table_batch *batch)
{
    enum rg_status status = reserve_objects(table, batch->object_count);
    if (status == RG_OK)
        status = reserve_referents(table, batch->referent_count);
    if (status != RG_OK)
        return status;
    memcpy(table->object + table->count, batch->objects,
           batch->object_count * sizeof *batch->objects);
    memcpy(table->referents + table->referent_count, batch->referents,
           batch->referent_count * sizeof *batch->referents);
    for (size_t i = 0; i < batch->object_count; i++) {
        size_t at = table->count + i;
        table->first[at] = (uint32_t)table->referent_count + batch->starts[i];
        table->flags[at] = batch->flags[i];
    }
    table->count += batch->object_count;
    table->referent_count += batch->referent_count;
    return RG_OK;
}

enum rg_status rg_table_end(struct rg_table *table)
{
    if (table->capacity == 0 && reserve_objects(table, 1) != RG_OK)
        return RG_ENOMEM;
    table->first[table->count] = (uint32_t)table->referent_count;
    return RG_OK;
}

uintptr_t rg_table_address(const struct rg_table *table, uint32_t index)
{
    uintptr_t address =
        rg_regions_address(table->regions, table->object[index]);
    return address | (table->flags[index] & RG_TABLE_ODD ? RG_HALF_GRANULE : 0);
}

uint32_t rg_table_owner_between(const struct rg_table *table, uint32_t k,
                                size_t low, size_t high)
{
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (table->first[middle] <= k)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

uint32_t rg_table_owner(const struct rg_table *table, uint32_t from, uint32_t k)
{
    size_t low = from, step = 1;
    while (low + step < table->count && table->first[low + step] <= k) {
        low += step;
        step *= 2;
    }
    return rg_table_owner_between(
        table, k, low, low + step < table->count ? low + step : table->count);
}
