#include "dump/question.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "dump/answering.h"
#include "explain/closing.h"
#include "explain/shape.h"

/* Whether every structure is checked after every phase. */
#ifndef RG_DEBUG
#define RG_DEBUG 0
#endif

/* Opening */

/* A region of addresses is this many nodes. */
enum { REGION_NODES = 1 << 16 };

static enum rg_status number_regions(const struct rg_dump *dump,
                                     struct rg_table *table)
{
    enum rg_status status = RG_OK;
    for (size_t n = 0; status == RG_OK && n < dump->node_count;
         n += REGION_NODES) {
        uintptr_t address = (uintptr_t)n << RG__NODE_SHIFT;
        rg_code code;
        status = rg_regions_encode(table->regions, &address, 1, &code);
    }
    return status;
}

static enum rg_status add_object(const struct rg_dump *dump,
                                 struct rg_table *table, uint32_t n)
{
    enum { BATCH = 256 };
    const struct rg_dump_about *about = rg_dump_about_of(dump, n);
    bool is_root = about->shape == RG_DUMP_SYNTHETIC;
    uintptr_t referents[BATCH];
    size_t count = 0;
    enum rg_status status =
        is_root
            ? rg_table_begin_root(table, n)
            : rg_table_begin(
                  table, (uintptr_t)n << RG__NODE_SHIFT,
                  about->flags & RG_DUMP_UNTRACKED ? RG_TABLE_UNTRACKED : 0);
    for (size_t i = dump->first[n]; status == RG_OK && i < dump->first[n + 1];
         i++) {
        if (!(rg_dump_how_of(dump, i)->flags & RG_DUMP_REAL))
            continue;
        referents[count++] = (uintptr_t)dump->to[i] << RG__NODE_SHIFT;
        if (count < BATCH)
            continue;
        status = rg_table_refer(table, referents, count);
        count = 0;
    }
    return status == RG_OK && count > 0
               ? rg_table_refer(table, referents, count)
               : status;
}

static enum rg_status fill_table(struct rg_dump_heap *heap,
                                 struct rg_poll *poll)
{
    const struct rg_dump *dump = heap->dump;
    enum rg_status status = rg_table_init(&heap->table);
    if (status == RG_OK)
        status = number_regions(dump, &heap->table);
    for (uint32_t n = 0; status == RG_OK && n < dump->node_count; n++) {
        status = add_object(dump, &heap->table, n);
        if (status == RG_OK)
            status = rg_poll(poll, dump->first[n + 1] - dump->first[n] + 1);
    }
    if (status == RG_OK)
        status = rg_table_end(&heap->table);
    for (uint32_t i = 0; status == RG_OK && i < dump->stack_count; i++)
        if (rg_code_map_get(&heap->stack_of, dump->stacks[i].node) == RG_NONE &&
            rg_code_map_add(&heap->stack_of, dump->stacks[i].node, i) < 0)
            status = RG_ENOMEM;
    for (uint32_t i = 0; status == RG_OK && i < dump->native_count; i++)
        if (rg_code_map_get(&heap->native_of, dump->natives[i].node) ==
                RG_NONE &&
            rg_code_map_add(&heap->native_of, dump->natives[i].node, i) < 0)
            status = RG_ENOMEM;
    return status;
}

struct rg_dump_heap *rg_dump_open(struct rg_dump *dump, struct rg_poll *poll)
{
    struct rg_dump_heap *heap = rg_alloc_zeroed(1, sizeof *heap);
    if (heap == NULL) {
        rg_dump_free(dump);
        return NULL;
    }
    heap->dump = dump;
    if (fill_table(heap, poll) == RG_OK)
        return heap;
    rg_dump_close(heap);
    return NULL;
}

void rg_dump_close(struct rg_dump_heap *heap)
{
    if (heap == NULL)
        return;
    for (size_t i = 0; i < heap->row_count; i++)
        rg_free(heap->rows[i].keys);
    rg_free(heap->rows);
    rg_code_map_free(&heap->row_of);
    rg_code_map_free(&heap->stack_of);
    rg_code_map_free(&heap->native_of);
    rg_free(heap->weak_first);
    rg_free(heap->weak);
    rg_free(heap->places);
    rg_table_free(&heap->table);
    rg_dump_free(heap->dump);
    rg_free(heap);
}

const struct rg_dump *rg_dump_of(const struct rg_dump_heap *heap)
{
    return heap->dump;
}

/* Time */

enum rg_status rg__answering_poll(void *context)
{
    struct rg__answering *answering = context;
    const struct rg_dump_query *query = answering->query;
    enum rg_status status =
        query->ask == NULL ? RG_OK : query->ask(query->ask_context);
    if (status == RG_OK && answering->deadline > 0 &&
        rg_now() >= answering->deadline)
        status = RG_ETIMEOUT;
    if (status == RG_ETIMEOUT && answering->timed_out)
        return RG_OK; /* told already */
    answering->timed_out |= status == RG_ETIMEOUT;
    return status;
}

/* For the next phase. */
static void give_answer_time(struct rg__answering *answering)
{
    answering->graph->timed_out |= answering->timed_out;
    answering->timed_out &= answering->deadline == 0;
    answering->deadline = rg_deadline_with_grace(answering->deadline);
}

/* Searching and telling */

/* For struct rg_closing: nothing has to be made or ended. */
static enum rg_status lend_witness(void *context, struct rg_witness *witness)
{
    rg__witness(context, witness);
    return RG_OK;
}

static void keep_witness(void *context)
{
    (void)context;
}

static bool is_answer_late(void *context)
{
    const struct rg__answering *answering = context;
    return answering->timed_out || answering->graph->timed_out;
}

static enum rg_status find_dump_closure(struct rg__answering *answering,
                                        struct rg_error *error)
{
    size_t count = answering->query->target_count;
    uintptr_t *targets = rg_alloc(count, sizeof *targets);
    struct rg_finder finder;
    if (targets == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < count; i++)
        targets[i] = (uintptr_t)answering->query->targets[i] << RG__NODE_SHIFT;
    rg__finder(answering, &finder);
    const struct rg_closing closing = {.table = &answering->heap->table,
                                       .targets = targets,
                                       .target_count = count,
                                       .finder = &finder,
                                       .context = answering,
                                       .testify = lend_witness,
                                       .dismiss = keep_witness,
                                       .is_late = is_answer_late,
                                       .closure = &answering->closure,
                                       .target_nodes =
                                           &answering->target_count};
    enum rg_status status = rg_close(&closing);
    if (status == RG_OK && RG_DEBUG)
        status = rg_closure_check(&answering->closure, error);
    rg_free(targets);
    return status;
}

static enum rg_status shape_dump(struct rg__answering *answering,
                                 struct rg_error *error)
{
    const struct rg_dump_query *query = answering->query;
    struct rg_namer namer;
    struct rg_witness witness;
    const struct rg_shape_limits limits = {.max_depth = query->max_depth,
                                           .max_untracked =
                                               query->max_untracked,
                                           .group_limit = query->group_limit,
                                           .object_limit = query->object_limit,
                                           .witness = &witness};
    answering->graph->timeout = query->timeout;
    answering->graph->redacted = answering->dump->is_redacted;
    memcpy(answering->graph->unseen, answering->dump->unseen,
           sizeof answering->dump->unseen);
    give_answer_time(answering);
    rg__namer(answering, &namer);
    rg__witness(answering, &witness);
    enum rg_status status = rg_shape(
        &answering->heap->table, &answering->closure, answering->target_count,
        &namer, &limits, answering->graph, error);
    return status == RG_OK && RG_DEBUG ? rg_graph_check(answering->graph, error)
                                       : status;
}

static bool is_prefix(const struct rg_buffer *prefix, const char *data,
                      size_t size)
{
    return size >= prefix->size &&
           (prefix->size == 0 || memcmp(data, prefix->data, prefix->size) == 0);
}

static bool is_root_shown(const struct rg_dump *dump,
                          const struct rg_dump_query *query,
                          const struct rg_dump_root *root)
{
    if (query->all_modules || root->kind != RG_ROOT_MODULE)
        return true;
    for (size_t i = 0; i < query->prefix_count; i++)
        if (is_prefix(&query->prefixes[i],
                      rg_texts_data(&dump->texts, root->name),
                      rg_texts_size(&dump->texts, root->name)))
            return true;
    return false;
}

static enum rg_status prepare_answer(struct rg__answering *answering)
{
    const struct rg_dump *dump = answering->dump;
    answering->graph = rg_graph_new();
    answering->roots = rg_alloc(dump->root_count, sizeof *answering->roots);
    answering->is_shown =
        rg_alloc(dump->root_count, sizeof *answering->is_shown);
    if (answering->graph == NULL || answering->roots == NULL ||
        answering->is_shown == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < dump->root_count; i++) {
        answering->roots[i] = RG_NONE;
        answering->is_shown[i] =
            is_root_shown(dump, answering->query, &dump->roots[i]);
    }
    if (answering->query->timeout > 0)
        answering->deadline = rg_now() + answering->query->timeout;
    return RG_OK;
}

struct rg_graph *rg_dump_graph(struct rg_dump_heap *heap,
                               const struct rg_dump_query *query,
                               struct rg_error *error)
{
    struct rg__answering answering = {
        .heap = heap, .dump = heap->dump, .query = query};
    enum rg_status status = prepare_answer(&answering);
    if (status == RG_OK)
        status = find_dump_closure(&answering, error);
    if (status == RG_OK)
        status = shape_dump(&answering, error);
    rg_closure_free(&answering.closure);
    rg_free(answering.roots);
    rg_free(answering.is_shown);
    if (status == RG_OK)
        return answering.graph;
    rg_graph_free(answering.graph);
    if (status == RG_ENOMEM)
        rg_error_no_memory(error);
    else if (status == RG_EINTERRUPT)
        rg_error_set(error, status, "interrupted");
    else if (status == RG_ELIMIT)
        rg_error_set(error, status, "the answer is larger than can be counted");
    return NULL;
}
