/* c_rows.c - which of the known C types are alive, for the tests
 *
 * A layout that changed with a version is silent: what it names loses its name,
 * and that is all.  So that a test can tell, each row is looked for. */
#include "base/format.h"
#include "heap/snapshot.h"

struct listing {
    struct rg__snapshot *snapshot;
    struct rg_buffer *lines;
};

static bool is_row_of(struct rg__snapshot *snapshot, const PyTypeObject *type,
                      const struct rg__c_type *row)
{
    return rg__c_row(&snapshot->c_types, type) == row;
}

/* Its type is met by itself, or as that of an object. */
static bool is_alive(struct rg__snapshot *snapshot,
                     const struct rg__c_type *row)
{
    const struct rg_table *table = &snapshot->table;
    for (size_t i = 0; i < snapshot->types.count; i++)
        if (is_row_of(snapshot, snapshot->types.items[i], row))
            return true;
    for (uint32_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT) &&
            is_row_of(snapshot, Py_TYPE((PyObject *)rg_table_address(table, i)),
                      row))
            return true;
    return false;
}

static enum rg_status list_row(void *context, const struct rg__c_type *row)
{
    struct listing *listing = context;
    char line[128];
    int size = rg_format(line, sizeof line, "%s %u %d\n", row->name, row->words,
                         is_alive(listing->snapshot, row));
    return rg_buffer_append(listing->lines, line, (size_t)size) < 0 ? RG_ENOMEM
                                                                    : RG_OK;
}

int rg_heap_c_rows(struct rg_buffer *lines, struct rg_error *error)
{
    struct rg_facts facts;
    const struct rg_query query = {
        .all_modules = true, .untracked = true, .facts = &facts};
    rg_heap_ask(&facts, 0);
    struct rg__snapshot snapshot = {.query = &query};
    struct listing listing = {&snapshot, lines};
    enum rg_status status = rg__read_heap(&snapshot);
    if (status == RG_OK)
        status = rg__c_rows_walk(list_row, &listing);
    if (status != RG_OK)
        rg__fail(status, error);
    rg__snapshot_free(&snapshot);
    rg_heap_asked(&facts);
    return status == RG_OK ? 0 : -1;
}
