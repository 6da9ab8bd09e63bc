#include "render/lines.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sink.h"
#include "render/label.h"

/* The hash of nodes starts with this many slots and doubles when half full. */
enum { FIRST_SLOTS = 256 };

/* FNV-1a: names are short. */
static uint64_t hash_node(uint64_t id, const char *name, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ id;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static bool is_node(const struct rg__lines *lines, const struct rg__node *node,
                    const struct rg__node *other)
{
    const char *names = lines->names.data;
    return node->id == other->id && node->name_size == other->name_size &&
           strcmp(node->type, other->type) == 0 &&
           memcmp(names + node->name, names + other->name,
                  node->name_size) == 0;
}

/* The slot that holds this node, or the free one it belongs in. */
static uint32_t *find_slot(const struct rg__lines *lines,
                           const struct rg__node *node)
{
    size_t mask = lines->slot_count - 1;
    size_t at = (size_t)hash_node(node->id, lines->names.data + node->name,
                                  node->name_size) & mask;
    while (lines->slots[at] != RG_NONE &&
           !is_node(lines, node, &lines->nodes[lines->slots[at]]))
        at = (at + 1) & mask;
    return &lines->slots[at];
}

static enum rg_status grow_slots(struct rg__lines *lines)
{
    size_t count = lines->slot_count == 0 ? FIRST_SLOTS : 2 * lines->slot_count;
    uint32_t *slots = rg_alloc(count, sizeof *slots);
    if (slots == NULL)
        return RG_ENOMEM;
    memset(slots, 0xff, count * sizeof *slots);
    rg_free(lines->slots);
    lines->slots = slots;
    lines->slot_count = count;
    for (size_t i = 0; i < lines->node_count; i++)
        *find_slot(lines, &lines->nodes[i]) = (uint32_t)i;
    return RG_OK;
}

static enum rg_status append_node(struct rg__lines *lines,
                                  const struct rg__node *node)
{
    void *nodes = lines->nodes;
    if (lines->node_count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&nodes, &lines->node_capacity, lines->node_count + 1,
                sizeof *node) < 0)
        return RG_ENOMEM;
    lines->nodes = nodes;
    lines->nodes[lines->node_count++] = *node;
    return RG_OK;
}

/* Takes the name from `start` to the end of lines->names; gives the bytes
 * back when the node is known. */
static enum rg_status intern_node(struct rg__lines *lines, uint64_t id,
                                  const char *type, size_t start,
                                  uint32_t *index)
{
    struct rg__node node = {id, type, start, lines->names.size - start};
    if (2 * lines->node_count >= lines->slot_count) {
        enum rg_status status = grow_slots(lines);
        if (status != RG_OK)
            return status;
    }
    uint32_t *slot = find_slot(lines, &node);
    if (*slot == RG_NONE) {
        enum rg_status status = append_node(lines, &node);
        if (status != RG_OK)
            return status;
        *slot = (uint32_t)(lines->node_count - 1);
    } else {
        lines->names.size = start;
    }
    *index = *slot;
    return RG_OK;
}

/* A variable has no object behind it: it shows the one it names. */
static uint64_t reference_id(const struct rg_graph *graph,
                             const struct rg_reference *reference)
{
    uint32_t object = reference->referrer != RG_NONE ? reference->referrer
                                                     : reference->referent;
    return graph->objects[object].id;
}

static enum rg_status name_reference(struct rg__lines *lines,
                                     const struct rg_reference *reference,
                                     uint32_t *index)
{
    struct rg_sink sink = rg_sink_to_buffer(&lines->names);
    size_t start = lines->names.size;
    rg_label_name(&sink, lines->graph, reference);
    if (sink.status != RG_OK)
        return sink.status;
    return intern_node(lines, reference_id(lines->graph, reference),
                       rg_kind_words(reference->kind)->node_type, start, index);
}

/* Names the references of one object; last_seen[node] is the object under
 * which a node was seen last, plus one. */
static enum rg_status name_object(struct rg__lines *lines, uint32_t index,
                                  uint32_t *last_seen)
{
    const struct rg_object *object = &lines->graph->objects[index];
    for (uint32_t i = 0; i < object->reference_count; i++) {
        uint32_t at = object->first_reference + i, node;
        enum rg_status status = rg_poll(lines->poll, 1);
        if (status == RG_OK)
            status =
                name_reference(lines, &lines->graph->references[at], &node);
        if (status != RG_OK)
            return status;
        bool is_new = last_seen[node] != index + 1;
        last_seen[node] = index + 1;
        lines->node_of[at] = is_new ? node : RG_NONE;
        lines->line_count[index] += is_new;
    }
    return RG_OK;
}

static enum rg_status name_references(struct rg__lines *lines)
{
    const struct rg_graph *graph = lines->graph;
    /* Each reference makes one node at most; targets come later. */
    uint32_t *last_seen =
        rg_alloc_zeroed(graph->reference_count, sizeof *last_seen);
    enum rg_status status = last_seen == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; i < graph->object_count && status == RG_OK; i++)
        status = name_object(lines, (uint32_t)i, last_seen);
    rg_free(last_seen);
    return status;
}

static enum rg_status name_targets(struct rg__lines *lines)
{
    const struct rg_graph *graph = lines->graph;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < graph->target_count && status == RG_OK; i++) {
        const struct rg_object *object = &graph->objects[graph->targets[i]];
        struct rg_sink sink = rg_sink_to_buffer(&lines->names);
        size_t start = lines->names.size;
        rg_label_text(&sink, graph, object->type, RG_LABEL_NAME_WIDTH);
        rg_sink_text(&sink, " instance");
        status = sink.status;
        if (status == RG_OK)
            status = intern_node(lines, object->id, "object", start,
                                 &lines->target_node[i]);
    }
    return status;
}

/* Expands the referrers of one object where no line has done so before. */
static void expand_object(struct rg__lines *lines, uint32_t index,
                          uint32_t *queue, size_t *queued)
{
    const struct rg_graph *graph = lines->graph;
    const struct rg_object *object = &graph->objects[index];
    for (uint32_t i = 0; i < object->reference_count; i++) {
        uint32_t at = object->first_reference + i;
        uint32_t referrer = graph->references[at].referrer;
        if (lines->node_of[at] == RG_NONE || referrer == RG_NONE ||
            lines->expanded_node[referrer] != RG_NONE)
            continue;
        lines->expanded_at[referrer] = at;
        lines->expanded_node[referrer] = lines->node_of[at];
        queue[(*queued)++] = referrer;
    }
}

/* Breadth first over the lines as they are printed: the first one that meets
 * an object is its first line among those of smallest depth. */
static enum rg_status expand_objects(struct rg__lines *lines)
{
    const struct rg_graph *graph = lines->graph;
    uint32_t *queue = rg_alloc(graph->object_count, sizeof *queue);
    size_t queued = 0;
    if (queue == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < graph->target_count; i++) {
        uint32_t target = graph->targets[i];
        if (lines->expanded_node[target] != RG_NONE)
            continue;
        lines->expanded_node[target] = lines->target_node[i];
        queue[queued++] = target;
    }
    for (size_t next = 0; next < queued; next++)
        expand_object(lines, queue[next], queue, &queued);
    rg_free(queue);
    return RG_OK;
}

static uint32_t *new_column(size_t count, int byte)
{
    uint32_t *column = rg_alloc(count, sizeof *column);
    if (column != NULL)
        memset(column, byte, count * sizeof *column);
    return column;
}

/* Bytes of 0xff make RG_NONE. */
static enum rg_status new_columns(struct rg__lines *lines)
{
    const struct rg_graph *graph = lines->graph;
    lines->node_of = new_column(graph->reference_count, 0xff);
    lines->line_count = new_column(graph->object_count, 0);
    lines->target_node = new_column(graph->target_count, 0xff);
    lines->expanded_at = new_column(graph->object_count, 0xff);
    lines->expanded_node = new_column(graph->object_count, 0xff);
    return lines->node_of != NULL && lines->line_count != NULL &&
                   lines->target_node != NULL && lines->expanded_at != NULL &&
                   lines->expanded_node != NULL
               ? RG_OK
               : RG_ENOMEM;
}

enum rg_status rg__lines_init(struct rg__lines *lines,
                              const struct rg_graph *graph,
                              struct rg_poll *poll)
{
    *lines = (struct rg__lines){.graph = graph, .poll = poll};
    enum rg_status status = new_columns(lines);
    if (status == RG_OK)
        status = name_references(lines);
    if (status == RG_OK)
        status = name_targets(lines);
    if (status == RG_OK)
        status = expand_objects(lines);
    rg_free(lines->slots);
    lines->slots = NULL;
    lines->slot_count = 0;
    if (status != RG_OK)
        rg__lines_free(lines);
    return status;
}

void rg__lines_free(struct rg__lines *lines)
{
    rg_buffer_free(&lines->names);
    rg_free(lines->nodes);
    rg_free(lines->slots);
    rg_free(lines->node_of);
    rg_free(lines->line_count);
    rg_free(lines->target_node);
    rg_free(lines->expanded_at);
    rg_free(lines->expanded_node);
    *lines = (struct rg__lines){0};
}
