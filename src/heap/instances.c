/* instances.c - the live objects of one type, found by its name
 *
 * The same walk as for a graph, untracked containers included.  What is no
 * container of any kind (str, int ...) is in no walk: is_listable says so. */
#include <string.h>

#include "base/alloc.h"
#include "heap/snapshot.h"
#include "heap/word.h"

/* One search for a type by its name. */
struct naming {
    struct rg_instances *found;
    struct rg_buffer word;
    PyTypeObject **types; /* those called so */
    size_t type_count, type_capacity;
    bool is_full; /* their full name is asked for */
};

static bool is_equal(const char *data, size_t size, const char *name)
{
    return size == strlen(name) && memcmp(data, name, size) == 0;
}

/* Puts module.qualname into the buffer; *start is where qualname begins. */
static enum rg_status put_full_name(PyTypeObject *type, struct rg_buffer *word,
                                    size_t *start)
{
    word->size = 0;
    enum rg_status status = rg__word_type_module(type, word);
    if (status == RG_OK && word->size == 0 &&
        rg_buffer_append(word, "builtins", 8) < 0)
        status = RG_ENOMEM;
    if (status == RG_OK && rg_buffer_append(word, ".", 1) < 0)
        status = RG_ENOMEM;
    *start = word->size;
    return status == RG_OK ? rg__word_type_qualname(type, word) : status;
}

/* Whether the name just put is new among `names`, which get it then. */
static enum rg_status list_name(struct naming *naming)
{
    struct rg_buffer *names = &naming->found->names;
    const char *line = names->data;
    size_t left = names->size;
    while (left > 0) {
        size_t size = (size_t)((char *)memchr(line, '\n', left) - line);
        if (size == naming->word.size &&
            memcmp(line, naming->word.data, size) == 0)
            return RG_OK;
        line += size + 1;
        left -= size + 1;
    }
    naming->found->name_count++;
    return rg_buffer_append(names, naming->word.data, naming->word.size) < 0 ||
                   rg_buffer_append(names, "\n", 1) < 0
               ? RG_ENOMEM
               : RG_OK;
}

static enum rg_status take_type(struct naming *naming, PyTypeObject *type)
{
    void *types = naming->types;
    if (rg_grow(&types, &naming->type_capacity, naming->type_count + 1,
                sizeof *naming->types) < 0)
        return RG_ENOMEM;
    naming->types = types;
    naming->types[naming->type_count++] = type;
    return list_name(naming);
}

/* A full name beats qualnames that are the same word. */
static enum rg_status consider_type(struct naming *naming, PyTypeObject *type,
                                    const char *name)
{
    size_t start;
    enum rg_status status = put_full_name(type, &naming->word, &start);
    if (status != RG_OK)
        return status;
    bool is_full = is_equal(naming->word.data, naming->word.size, name);
    bool is_short =
        is_equal(naming->word.data + start, naming->word.size - start, name);
    if (is_full && !naming->is_full) {
        naming->is_full = true;
        naming->type_count = naming->found->name_count = 0;
        naming->found->names.size = 0;
    }
    return is_full || (is_short && !naming->is_full) ? take_type(naming, type)
                                                     : RG_OK;
}

static bool has_type(const struct naming *naming, const PyTypeObject *type)
{
    for (size_t i = 0; i < naming->type_count; i++)
        if (naming->types[i] == type)
            return true;
    return false;
}

static enum rg_status list_objects(const struct rg__snapshot *snapshot,
                                   const struct naming *naming)
{
    struct rg_instances *found = naming->found;
    size_t capacity = 0;
    for (size_t i = 0; i < snapshot->table.count; i++) {
        if (snapshot->table.flags[i] & RG_TABLE_ROOT)
            continue;
        PyObject *object =
            (PyObject *)rg_table_address(&snapshot->table, (uint32_t)i);
        if (!has_type(naming, Py_TYPE(object)))
            continue;
        void *objects = found->objects;
        if (rg_grow(&objects, &capacity, found->count + 1,
                    sizeof *found->objects) < 0)
            return RG_ENOMEM;
        found->objects = objects;
        found->objects[found->count++] = object;
    }
    return RG_OK;
}

static enum rg_status name_types(struct rg__snapshot *snapshot,
                                 struct naming *naming, const char *name)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->types.count; i++)
        status = consider_type(naming, snapshot->types.items[i], name);
    for (size_t i = 0; i < naming->type_count; i++)
        if (PyType_IS_GC(naming->types[i]) ||
            rg__is_adapted(&snapshot->c_types, naming->types[i]))
            naming->found->is_listable = true;
    return status;
}

int rg_heap_instances(const struct rg_query *how, const char *name,
                      struct rg_instances *found, struct rg_error *error)
{
    struct rg_query query = *how;
    query.all_modules = query.untracked = true;
    struct rg__snapshot snapshot = {.query = &query};
    struct naming naming = {.found = found};
    *found = (struct rg_instances){0};
    enum rg_status status = rg__read_heap(&snapshot);
    if (status == RG_OK)
        status = name_types(&snapshot, &naming, name);
    if (status == RG_OK && found->name_count == 1)
        status = list_objects(&snapshot, &naming);
    if (status != RG_OK)
        rg__fail(status, error);
    rg_buffer_free(&naming.word);
    rg_free(naming.types);
    rg__snapshot_free(&snapshot);
    return status == RG_OK ? 0 : -1;
}

void rg_instances_free(struct rg_instances *found)
{
    rg_free(found->objects);
    rg_buffer_free(&found->names);
    *found = (struct rg_instances){0};
}
