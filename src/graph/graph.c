#include "graph/graph.h"

#include <string.h>

#include "base/alloc.h"

struct rg_graph *rg_graph_new(void)
{
    struct rg_graph *graph = rg_alloc_zeroed(1, sizeof *graph);
    if (graph != NULL)
        graph->max_depth = -1;
    return graph;
}

void rg_graph_free(struct rg_graph *graph)
{
    if (graph == NULL)
        return;
    rg_free(graph->objects);
    rg_free(graph->references);
    rg_free(graph->rests);
    rg_free(graph->roots);
    rg_free(graph->targets);
    rg_free(graph->verdicts);
    rg_free(graph->entries);
    rg_free(graph->paths);
    rg_free(graph->steps);
    rg_free(graph->natives);
    rg_free(graph->retained);
    rg_free(graph->text);
    rg_free(graph->words);
    rg_hash_free(&graph->word_index);
    rg_free(graph);
}

/* Eight bytes a step: words can be keys of some length. */
static uint64_t hash_word(const char *data, size_t size)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = size * odd;
    while (size != 0) {
        uint64_t piece = 0;
        size_t taken = size < sizeof piece ? size : sizeof piece;
        memcpy(&piece, data, taken);
        hash = (hash ^ piece) * odd;
        hash ^= hash >> 29;
        data += taken;
        size -= taken;
    }
    return hash;
}

struct sought {
    const struct rg_graph *graph;
    const char *data;
    size_t size;
};

static bool is_word(const void *context, uint32_t index)
{
    const struct sought *sought = context;
    struct rg_text word = sought->graph->words[index];
    return word.size == sought->size &&
           memcmp(sought->graph->text + word.offset, sought->data,
                  word.size) == 0;
}

/* Appends a new word.  `data` may point into graph->text itself. */
static enum rg_status store_word(struct rg_graph *graph, const char *data,
                                 size_t size)
{
    if (size > UINT32_MAX - graph->text_size)
        return RG_ELIMIT;
    size_t inside = SIZE_MAX;
    if (graph->text != NULL && data >= graph->text &&
        data < graph->text + graph->text_size)
        inside = (size_t)(data - graph->text);
    void *text = graph->text, *words = graph->words;
    if (rg_grow(&text, &graph->text_capacity, graph->text_size + size, 1) < 0)
        return RG_ENOMEM;
    graph->text = text;
    if (rg_grow(&words, &graph->word_capacity, graph->word_index.count + 1,
                sizeof *graph->words) < 0)
        return RG_ENOMEM;
    graph->words = words;
    if (inside != SIZE_MAX)
        data = graph->text + inside;
    memcpy(graph->text + graph->text_size, data, size);
    graph->words[graph->word_index.count] = (struct rg_text){
        .offset = (uint32_t)graph->text_size, .size = (uint32_t)size};
    graph->text_size += size;
    return RG_OK;
}

enum rg_status rg_graph_text(struct rg_graph *graph, const char *data,
                             size_t size, struct rg_text *text)
{
    *text = (struct rg_text){0};
    if (size == 0)
        return RG_OK;
    if (graph->sealed)
        return RG_EINTERNAL;
    if (size > UINT32_MAX)
        return RG_ELIMIT;
    if (rg_hash_reserve(&graph->word_index) < 0)
        return RG_ENOMEM;
    const struct sought sought = {.graph = graph, .data = data, .size = size};
    uint32_t key = rg_hash_mix(hash_word(data, size));
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&graph->word_index, key, is_word, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = store_word(graph, data, size);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&graph->word_index, slot, key,
                     (uint32_t)graph->word_index.count);
    }
    *text = graph->words[slot->index];
    return RG_OK;
}

const char *rg_graph_bytes(const struct rg_graph *graph, struct rg_text text)
{
    /* An empty graph has no text at all, and NULL plus 0 is not C. */
    return text.size == 0 ? "" : graph->text + text.offset;
}

/* Makes room for one more record, whose index must stay below RG_NONE. */
static enum rg_status reserve(const struct rg_graph *graph, void **items,
                              size_t count, size_t *capacity, size_t size)
{
    if (graph->sealed)
        return RG_EINTERNAL;
    if (count >= RG_NONE - 1)
        return RG_ELIMIT;
    return rg_grow(items, capacity, count + 1, size) < 0 ? RG_ENOMEM : RG_OK;
}

enum rg_status rg_graph_add_object(struct rg_graph *graph,
                                   const struct rg_object *object,
                                   uint32_t *index)
{
    void *items = graph->objects;
    enum rg_status status =
        reserve(graph, &items, graph->object_count, &graph->object_capacity,
                sizeof *graph->objects);
    graph->objects = items;
    if (status != RG_OK)
        return status;
    if (index != NULL)
        *index = (uint32_t)graph->object_count;
    graph->objects[graph->object_count++] = *object;
    return RG_OK;
}

enum rg_status rg_graph_add_root(struct rg_graph *graph,
                                 const struct rg_root *root, uint32_t *index)
{
    void *items = graph->roots;
    enum rg_status status =
        reserve(graph, &items, graph->root_count, &graph->root_capacity,
                sizeof *graph->roots);
    graph->roots = items;
    if (status != RG_OK)
        return status;
    if (index != NULL)
        *index = (uint32_t)graph->root_count;
    graph->roots[graph->root_count++] = *root;
    return RG_OK;
}

enum rg_status rg_graph_add_reference(struct rg_graph *graph,
                                      const struct rg_reference *reference)
{
    void *items = graph->references;
    enum rg_status status =
        reserve(graph, &items, graph->reference_count,
                &graph->reference_capacity, sizeof *graph->references);
    graph->references = items;
    if (status == RG_OK)
        graph->references[graph->reference_count++] = *reference;
    return status;
}

enum rg_status rg_graph_add_rest(struct rg_graph *graph,
                                 const struct rg_rest *rest)
{
    void *items = graph->rests;
    enum rg_status status =
        reserve(graph, &items, graph->rest_count, &graph->rest_capacity,
                sizeof *graph->rests);
    graph->rests = items;
    if (status == RG_OK)
        graph->rests[graph->rest_count++] = *rest;
    return status;
}

enum rg_status rg_graph_add_target(struct rg_graph *graph, uint32_t object)
{
    if (object >= graph->object_count)
        return RG_EINVAL;
    void *items = graph->targets;
    enum rg_status status =
        reserve(graph, &items, graph->target_count, &graph->target_capacity,
                sizeof *graph->targets);
    graph->targets = items;
    if (status != RG_OK)
        return status;
    graph->targets[graph->target_count++] = object;
    graph->objects[object].flags |= RG_OBJECT_TARGET;
    return RG_OK;
}
