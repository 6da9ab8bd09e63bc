#define PY_SSIZE_T_CLEAN
#include "module/live_forked.h"

#include <string.h>

#include "base/alloc.h"
#include "module/forked.h"

enum { OBJECT_BYTES = 150 }; /* of the child's own, while it looks for some */

/* What is asked. */
struct asked {
    const struct rg_query *how;
    const char *name;
    size_t most;
};

/* What the child says: this, the names, the objects, and their types. */
struct answer_head {
    size_t count, told, name_count, names_size;
    bool is_listable;
};

static void put_pointers(struct rg_sink *out, const void *pointers,
                         size_t count)
{
    rg_sink_write(out, pointers, count * sizeof(void *));
}

static enum rg_status list_in_child(void *context, struct rg_fork *child,
                                    const struct rg_tracked *tracked,
                                    struct rg_sink *out, struct rg_error *error)
{
    const struct asked *asked = context;
    struct rg_query how = *asked->how;
    struct rg_instances found;
    how.tracked = tracked;
    how.ask = rg_fork_ask;
    how.ask_context = child;
    if (rg_heap_instances(&how, asked->name, &found, error) != 0)
        return error->status;
    const struct answer_head head = {
        .count = found.count,
        .told = found.count < asked->most ? found.count : asked->most,
        .name_count = found.name_count,
        .names_size = found.names.size,
        .is_listable = found.is_listable};
    rg_sink_write(out, (const char *)&head, sizeof head);
    if (head.names_size > 0)
        rg_sink_write(out, found.names.data, head.names_size);
    if (head.told > 0)
        put_pointers(out, found.objects, head.told);
    for (size_t i = 0; i < head.told; i++) {
        PyTypeObject *type = Py_TYPE(found.objects[i]);
        put_pointers(out, &type, 1);
    }
    return out->status;
}

/* RG_ENOMEM. */
static enum rg_status read_answer(const char *data, struct rg_instances *found,
                                  size_t *held)
{
    struct answer_head head;
    memcpy(&head, data, sizeof head);
    data += sizeof head;
    size_t size = head.told * sizeof(void *);
    PyTypeObject **types = rg_alloc(head.told, sizeof *types);
    found->objects = rg_alloc(head.told, sizeof *found->objects);
    enum rg_status status =
        types == NULL || found->objects == NULL ||
                rg_buffer_append(&found->names, data, head.names_size) < 0
            ? RG_ENOMEM
            : RG_OK;
    data += head.names_size;
    if (status == RG_OK && size > 0) {
        memcpy(found->objects, data, size);
        memcpy(types, data + size, size);
    }
    if (status == RG_OK)
        status = rg_heap_hold(found->objects, types, head.told);
    rg_free(types);
    for (size_t i = 0; status == RG_OK && i < head.told; i++)
        if (found->objects[i] != NULL)
            found->objects[(*held)++] = found->objects[i];
    found->count = head.count - (head.told - *held);
    found->name_count = head.name_count;
    found->is_listable = head.is_listable;
    return status;
}

int rg__forked_instances(const struct rg_query *how, const char *name,
                         size_t most, int niceness,
                         struct rg_progress *progress,
                         struct rg_instances *found, size_t *held,
                         struct rg_error *error)
{
    struct asked asked = {how, name, most};
    struct rg_buffer answer = {0};
    const struct rg__forked_work work = {.run = list_in_child,
                                         .context = &asked,
                                         .misfits = how->misfits,
                                         .bytes_per_object = OBJECT_BYTES,
                                         .manner = {.niceness = niceness},
                                         .progress = progress};
    *found = (struct rg_instances){0};
    *held = 0;
    enum rg_status status = rg__run_forked(&work, &answer, error);
    if (status == RG_OK && read_answer(answer.data, found, held) != RG_OK)
        status = rg_error_no_memory(error);
    rg_buffer_free(&answer);
    return status == RG_OK ? 0 : -1;
}
