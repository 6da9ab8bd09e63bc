/* dump_groups.c - the top of a dump: under what everything hangs
 *
 * Modules, threads with their frames and the interpreter's tables are where
 * chains end.  What has more references than were found is held by C code; so
 * is what is never freed.  What is left over then is reached from nothing. */
#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"
#include "heap/dump_live.h"
#include "heap/word.h"

static const char *const group_names[RG_DUMP_GROUP_COUNT] = {
    [RG_DUMP_MODULES] = "(modules)",
    [RG_DUMP_THREADS] = "(threads)",
    [RG_DUMP_INTERPRETER] = "(interpreter)",
    [RG_DUMP_NATIVE] = "(C code)",
    [RG_DUMP_UNREACHABLE] = "(unreachable)"};

enum { GRANULE = 16 };

static uint32_t node_of_group(const struct rg__recorder *recorder,
                              enum rg_dump_group group)
{
    return (uint32_t)(1 + recorder->snapshot->table.count + group);
}

/* A node that is neither an object nor a root of the table; these come first
 * among the addresses. */
static enum rg_status begin_group(struct rg__recorder *recorder,
                                  const char *name, uint64_t number)
{
    struct rg_dump_about about = {.shape = RG_DUMP_SYNTHETIC, .generation = -1};
    struct rg_dump_node node = {.address = number * GRANULE};
    enum rg_status status =
        rg_texts_add(&recorder->dump->texts, name, strlen(name), &about.name);
    if (status == RG_OK)
        status = rg_dump_about(recorder->dump, &about, &node.about);
    return status == RG_OK ? rg_dump_begin(recorder->dump, &node) : status;
}

enum rg_status rg__record_top(struct rg__recorder *recorder)
{
    enum rg_status status = begin_group(recorder, "", 1);
    for (int i = 0; status == RG_OK && i < RG_DUMP_GROUP_COUNT; i++)
        status = rg__record_below(
            recorder, node_of_group(recorder, (enum rg_dump_group)i),
            group_names[i], strlen(group_names[i]));
    return status;
}

/* Where chains end */

static enum rg_status hang(struct rg__recorder *recorder, uint32_t node,
                           const char *label)
{
    return rg__record_below(recorder, node, label, strlen(label));
}

static enum rg_status add_modules(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->namespaces.count; i++) {
        const struct rg__namespace *namespace = &snapshot->namespaces.items[i];
        uint32_t node =
            rg__place_of(&recorder->places, (uintptr_t)namespace->dict);
        if (node == RG_NONE)
            continue;
        recorder->words.size = 0;
        status = rg__word_str(namespace->name, &recorder->words);
        if (status == RG_OK)
            status = rg__record_below(recorder, node, recorder->words.data,
                                      recorder->words.size);
    }
    return status;
}

static const struct rg__root *root_at(const struct rg__recorder *recorder,
                                      size_t i)
{
    const struct rg_table *table = &recorder->snapshot->table;
    return table->flags[i] & RG_TABLE_ROOT
               ? &recorder->snapshot->roots.items[table->object[i]]
               : NULL;
}

/* Frames hang below their threads (rg__record_frames). */
static enum rg_status add_group_roots(struct rg__recorder *recorder,
                                      enum rg__root_kind kind,
                                      const char *label)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < recorder->snapshot->table.count;
         i++) {
        const struct rg__root *root = root_at(recorder, i);
        if (root != NULL && root->kind == kind)
            status = hang(recorder, (uint32_t)i + 1, label);
    }
    return status;
}

static enum rg_status add_interpreter(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    enum rg_status status =
        add_group_roots(recorder, RG__ROOT_TABLES, "single");
    for (size_t i = 0; status == RG_OK && i < snapshot->tables.container_count;
         i++) {
        uint32_t node =
            rg__place_of(&recorder->places,
                         (uintptr_t)snapshot->tables.containers[i].object);
        if (node != RG_NONE)
            status = hang(recorder, node, "table");
    }
    return status;
}

enum rg_status rg__record_frames(struct rg__recorder *recorder,
                                 const struct rg__root *thread)
{
    enum rg_status status = RG_OK;
    if (thread->kind != RG__ROOT_THREAD)
        return RG_OK;
    for (size_t i = recorder->first_root;
         status == RG_OK && i < recorder->snapshot->table.count; i++) {
        const struct rg__root *root = root_at(recorder, i);
        if (root == NULL)
            break;
        if (root->kind == RG__ROOT_FRAME && root->thread == thread->thread)
            status = hang(recorder, (uint32_t)i + 1, "frame");
    }
    return status;
}

/* Held by C code */

/* How often each node is referred to, as far as the references are counted. */
static enum rg_status count_references(struct rg__recorder *recorder,
                                       uint32_t *found)
{
    const struct rg_dump *dump = recorder->dump;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < dump->reference_count; i++) {
        status = rg_poll(&recorder->poll, 1);
        uint32_t flags = rg_dump_how_of(dump, i)->flags;
        if (flags & RG_DUMP_REAL && !(flags & RG_DUMP_UNCOUNTED))
            found[dump->to[i]]++;
    }
    return status;
}

static bool is_native(const struct rg_dump *dump, const uint32_t *found,
                      uint32_t node)
{
    return rg_dump_is_object(dump, node) &&
           !(rg_dump_about_of(dump, node)->flags & RG_DUMP_IMMORTAL) &&
           dump->references[node] > found[node];
}

static enum rg_status add_natives(struct rg__recorder *recorder,
                                  const uint32_t *found)
{
    const struct rg_dump *dump = recorder->dump;
    enum rg_status status = RG_OK;
    uint32_t end = node_of_group(recorder, RG_DUMP_MODULES);
    for (uint32_t n = 1; status == RG_OK && n < end; n++) {
        const struct rg_dump_about *about = rg_dump_about_of(dump, n);
        status = rg_poll(&recorder->poll, 1);
        if (status != RG_OK || about->role & RG_ROLE_STOP)
            continue; /* it hangs in a group of its own */
        if (is_native(dump, found, n))
            status = hang(recorder, n, "held by C code");
        else if (about->flags & RG_DUMP_IMMORTAL)
            status = hang(recorder, n, "immortal");
    }
    return status;
}

/* Who holds what has more references than were found (suspect.c). */
struct natives {
    struct rg_node *nodes;
    const struct rg_node **asked;
    struct rg_native *found;
    size_t count;
};

static enum rg_status list_natives(struct rg__recorder *recorder,
                                   const uint32_t *found,
                                   struct natives *natives)
{
    const struct rg_dump *dump = recorder->dump;
    uint32_t end = node_of_group(recorder, RG_DUMP_MODULES);
    enum rg_status status = RG_OK;
    for (uint32_t n = 1; status == RG_OK && n < end; n++) {
        natives->count += is_native(dump, found, n);
        status = rg_poll(&recorder->poll, 1);
    }
    if (status != RG_OK)
        return status;
    natives->nodes = rg_alloc(natives->count, sizeof *natives->nodes);
    natives->asked = rg_alloc(natives->count, sizeof *natives->asked);
    natives->found = rg_alloc_zeroed(natives->count, sizeof *natives->found);
    if (natives->nodes == NULL || natives->asked == NULL ||
        natives->found == NULL)
        return RG_ENOMEM;
    size_t i = 0;
    for (uint32_t n = 1; status == RG_OK && n < end; n++)
        if (is_native(dump, found, n)) {
            natives->nodes[i] = (struct rg_node){
                .address = (uintptr_t)dump->address[n], .object = n - 1};
            natives->asked[i] = &natives->nodes[i];
            i++;
            /* Arguments of calls are in use, too (calls.c). */
            PyObject *object = (PyObject *)(uintptr_t)dump->address[n];
            if (rg__called_with(recorder->snapshot, object) != NULL ||
                rg__set_aside_by(recorder->snapshot, object) != NULL)
                status = rg__record_stack(recorder, n);
            if (status == RG_OK)
                status = rg__record_call(recorder, object);
        }
    return status;
}

static enum rg_status find_holders(struct rg__recorder *recorder,
                                   const uint32_t *found)
{
    struct rg_graph *graph = recorder->snapshot->graph;
    struct natives natives = {0};
    enum rg_status status = list_natives(recorder, found, &natives);
    if (status == RG_OK && natives.count > 0)
        status =
            recorder->witness.suspect(recorder->witness.context, natives.asked,
                                      natives.count, graph, natives.found);
    for (size_t i = 0; status == RG_OK && i < natives.count; i++) {
        struct rg_text holder = natives.found[i].holder;
        struct rg_dump_native native = {.node = natives.nodes[i].object + 1,
                                        .offset = natives.found[i].offset};
        if (holder.size == 0)
            continue;
        status =
            rg_texts_add(&recorder->dump->texts, rg_graph_bytes(graph, holder),
                         holder.size, &native.holder);
        if (status == RG_OK)
            status = rg_dump_add_native(recorder->dump, &native);
    }
    rg_free(natives.nodes);
    rg_free(natives.asked);
    rg_free(natives.found);
    return status;
}

/* Reached from nothing */

struct flood {
    const struct rg_dump *dump;
    struct rg_poll *poll;
    bool *reached;
    uint32_t *queue;
    size_t tail;
};

static void reach(struct flood *flood, uint32_t node)
{
    if (flood->reached[node])
        return;
    flood->reached[node] = true;
    flood->queue[flood->tail++] = node;
}

/* Everything that what is in the queue leads to. */
static enum rg_status spread_flood(struct flood *flood)
{
    const struct rg_dump *dump = flood->dump;
    enum rg_status status = RG_OK;
    for (size_t head = 0; status == RG_OK && head < flood->tail; head++) {
        uint32_t node = flood->queue[head];
        size_t end = node + (size_t)1 < dump->node_count
                         ? dump->first[node + 1]
                         : dump->reference_count;
        for (size_t i = dump->first[node]; i < end; i++) {
            const struct rg_dump_how *how = rg_dump_how_of(dump, i);
            if (how->flags & RG_DUMP_REAL || how->mode == RG_DUMP_BELOW)
                reach(flood, dump->to[i]);
        }
        status = rg_poll(flood->poll, end - dump->first[node] + 1);
    }
    flood->tail = 0;
    return status;
}

/* Of what leads to each other the first is hung up. */
static enum rg_status add_unreachable(struct rg__recorder *recorder)
{
    const struct rg_dump *dump = recorder->dump;
    uint32_t end = node_of_group(recorder, RG_DUMP_MODULES);
    struct flood flood = {.dump = dump, .poll = &recorder->poll};
    flood.reached =
        rg_alloc_zeroed(end + RG_DUMP_GROUP_COUNT, sizeof *flood.reached);
    flood.queue = rg_alloc(end + RG_DUMP_GROUP_COUNT, sizeof *flood.queue);
    enum rg_status status =
        flood.reached == NULL || flood.queue == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK) {
        reach(&flood, 0);
        status = spread_flood(&flood);
    }
    for (uint32_t n = 1; status == RG_OK && n < end; n++) {
        if (flood.reached[n])
            continue;
        status = hang(recorder, n, "unreachable");
        reach(&flood, n);
        if (status == RG_OK)
            status = spread_flood(&flood);
    }
    rg_free(flood.reached);
    rg_free(flood.queue);
    return status;
}

enum rg_status rg__record_groups(struct rg__recorder *recorder)
{
    uint32_t *found = rg_alloc_zeroed(node_of_group(recorder, RG_DUMP_MODULES),
                                      sizeof *found);
    enum rg_status status = found == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK) {
        status = count_references(recorder, found);
        if (status == RG_OK)
            status = find_holders(recorder, found);
    }
    for (int i = 0; status == RG_OK && i < RG_DUMP_GROUP_COUNT; i++) {
        status = begin_group(recorder, group_names[i], (uint64_t)i + 2);
        if (status != RG_OK)
            break;
        switch ((enum rg_dump_group)i) {
        case RG_DUMP_MODULES:
            status = add_modules(recorder);
            break;
        case RG_DUMP_THREADS:
            status = add_group_roots(recorder, RG__ROOT_THREAD, "thread");
            break;
        case RG_DUMP_INTERPRETER:
            status = add_interpreter(recorder);
            break;
        case RG_DUMP_NATIVE:
            status = add_natives(recorder, found);
            break;
        default:
            status = add_unreachable(recorder);
        }
    }
    rg_free(found);
    return status;
}
