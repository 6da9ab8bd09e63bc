#include "graph/graph.h"

#include <string.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "graph/record.h"

struct rg_graph *rg_graph_new(void)
{
    struct rg_graph *graph = rg_alloc_zeroed(1, sizeof *graph);
    if (graph == NULL)
        return NULL;
    graph->max_depth = -1;
    graph->text_key = rg_siphash_key_new();
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
    rg_free(graph->hints);
    rg_free(graph->natives);
    rg_free(graph->retained);
    rg_free(graph->text);
    rg_free(graph->words);
    rg_hash_free(&graph->word_index);
    rg_free(graph);
}

/* Where a word is looked for before it is hashed: most are one of a few. */
static struct rg_text *recent_word(struct rg_graph *graph, const char *data,
                                   size_t size)
{
    size_t mix =
        size * 7 + (unsigned char)data[0] * 3 + (unsigned char)data[size - 1];
    return &graph->recent_words[mix % RG_RECENT_WORDS];
}

struct sought_word {
    const struct rg_graph *graph;
    const char *data;
    size_t size;
};

static bool is_stored_word(const void *context, uint32_t index)
{
    const struct sought_word *sought = context;
    struct rg_text word = sought->graph->words[index];
    return word.size == sought->size &&
           memcmp(sought->graph->text + word.offset, sought->data, word.size) ==
               0;
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
    struct rg_text *recent = recent_word(graph, data, size);
    if (recent->size == size &&
        memcmp(graph->text + recent->offset, data, size) == 0) {
        *text = *recent;
        return RG_OK;
    }
    if (rg_hash_reserve(&graph->word_index) < 0)
        return RG_ENOMEM;
    const struct sought_word sought = {
        .graph = graph, .data = data, .size = size};
    uint32_t key = (uint32_t)rg_siphash(&graph->text_key, data, size);
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&graph->word_index, key, is_stored_word, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = store_word(graph, data, size);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&graph->word_index, slot, key,
                     (uint32_t)graph->word_index.count);
    }
    *text = *recent = graph->words[slot->index];
    return RG_OK;
}

const char *rg_graph_bytes(const struct rg_graph *graph, struct rg_text text)
{
    /* An empty graph has no text at all, and NULL plus 0 is not C. */
    return text.size == 0 ? "" : graph->text + text.offset;
}

int rg_graph_compare_texts(const struct rg_graph *graph, struct rg_text a,
                           struct rg_text b)
{
    if (a.offset == b.offset && a.size == b.size)
        return 0; /* most are the same text, kept once */
    return rg_decimal_compare_texts(rg_graph_bytes(graph, a), a.size,
                                    rg_graph_bytes(graph, b), b.size);
}

/* One more record; the index of the last is *index, which may be NULL. */
static enum rg_status add_unsealed(struct rg_graph *graph, int record,
                                   const void *added, uint32_t *index)
{
    const struct rg_record *row = &rg_graph_records[record];
    if (graph->sealed)
        return RG_EINTERNAL;
    enum rg_status status = rg_record_append(row, graph, added);
    if (status == RG_OK && index != NULL)
        *index = (uint32_t)rg_record_count(row, graph) - 1;
    return status;
}

enum rg_status rg_graph_add_object(struct rg_graph *graph,
                                   const struct rg_object *object,
                                   uint32_t *index)
{
    return add_unsealed(graph, RG_RECORD_OBJECT, object, index);
}

enum rg_status rg_graph_add_root(struct rg_graph *graph,
                                 const struct rg_root *root, uint32_t *index)
{
    return add_unsealed(graph, RG_RECORD_ROOT, root, index);
}

enum rg_status rg_graph_add_reference(struct rg_graph *graph,
                                      const struct rg_reference *reference)
{
    return add_unsealed(graph, RG_RECORD_REFERENCE, reference, NULL);
}

enum rg_status rg_graph_add_rest(struct rg_graph *graph,
                                 const struct rg_rest *rest)
{
    return add_unsealed(graph, RG_RECORD_REST, rest, NULL);
}

enum rg_status rg_graph_add_target(struct rg_graph *graph, uint32_t object)
{
    if (object >= graph->object_count)
        return RG_EINVAL;
    enum rg_status status =
        add_unsealed(graph, RG_RECORD_TARGET, &object, NULL);
    if (status == RG_OK)
        graph->objects[object].flags |= RG_OBJECT_TARGET;
    return status;
}
