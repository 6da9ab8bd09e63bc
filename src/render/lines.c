#include "render/lines.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sink.h"
#include "render/label.h"

/* FNV-1a: names are short. */
static uint64_t hash_node(uint64_t id, const char *name, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ id;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
    return hash;
}

struct sought_node {
    const struct rg__lines *lines;
    const struct rg__node *node;
};

static bool is_line_node(const void *context, uint32_t index)
{
    const struct sought_node *sought = context;
    const struct rg__node *node = sought->node;
    const struct rg__node *other = &sought->lines->nodes[index];
    const char *names = sought->lines->names.data;
    return node->id == other->id && node->name_size == other->name_size &&
           strcmp(node->type, other->type) == 0 &&
           memcmp(names + node->name, names + other->name, node->name_size) ==
               0;
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
    const struct sought_node sought = {.lines = lines, .node = &node};
    if (rg_hash_reserve(&lines->index) < 0)
        return RG_ENOMEM;
    uint32_t key =
        rg_hash_mix(hash_node(id, lines->names.data + start, node.name_size));
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&lines->index, key, is_line_node, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = append_node(lines, &node);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&lines->index, slot, key,
                     (uint32_t)(lines->node_count - 1));
    } else {
        lines->names.size = start;
    }
    *index = slot->index;
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
static enum rg_status name_in_lines(struct rg__lines *lines, uint32_t index,
                                    uint32_t *last_seen)
{
    const struct rg_object *object = &lines->graph->objects[index];
    uint32_t backs = 0;
    for (uint32_t i = 0; i < object->reference_count; i++) {
        uint32_t at = rg__lines_at(lines, object, i), node;
        enum rg_status status = rg_poll(lines->poll, 1);
        if (status == RG_OK)
            status =
                name_reference(lines, &lines->graph->references[at], &node);
        if (status != RG_OK)
            return status;
        bool is_new = last_seen[node] != index + 1;
        last_seen[node] = index + 1;
        bool is_back = lines->order != NULL && lines->order->leads_back[at];
        if (is_new && is_back && backs++ >= RG__MOST_BACK) {
            lines->back_count[index]++;
            continue;
        }
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
        status = name_in_lines(lines, (uint32_t)i, last_seen);
    rg_free(last_seen);
    return status;
}

/* Pieces of work (poll.h) that a name is: made, measured, and looked up. */
enum { PIECES_PER_NAME = 16 };

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
        if (object->who.size != 0) {
            rg_sink_text(&sink, " ");
            rg_label_text(&sink, graph, object->detail, RG_LABEL_NAME_WIDTH);
        }
        status = sink.status;
        if (status == RG_OK)
            status = intern_node(lines, object->id, "object", start,
                                 &lines->target_node[i]);
        if (status == RG_OK)
            status = rg_poll(lines->poll, PIECES_PER_NAME);
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
        uint32_t at = rg__lines_at(lines, object, i);
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
    lines->back_count = new_column(graph->object_count, 0);
    lines->is_native =
        rg_alloc_zeroed(graph->object_count, sizeof *lines->is_native);
    lines->target_node = new_column(graph->target_count, 0xff);
    lines->expanded_at = new_column(graph->object_count, 0xff);
    lines->expanded_node = new_column(graph->object_count, 0xff);
    return lines->node_of != NULL && lines->line_count != NULL &&
                   lines->back_count != NULL && lines->is_native != NULL &&
                   lines->target_node != NULL && lines->expanded_at != NULL &&
                   lines->expanded_node != NULL
               ? RG_OK
               : RG_ENOMEM;
}

enum rg_status rg__lines_init(struct rg__lines *lines,
                              const struct rg_graph *graph,
                              const struct rg__text_order *order,
                              struct rg_poll *poll)
{
    *lines = (struct rg__lines){.graph = graph, .order = order, .poll = poll};
    enum rg_status status = new_columns(lines);
    for (size_t i = 0; status == RG_OK && i < graph->native_count; i++)
        lines->is_native[graph->natives[i].object] = true;
    if (status == RG_OK)
        status = name_references(lines);
    if (status == RG_OK)
        status = name_targets(lines);
    if (status == RG_OK)
        status = expand_objects(lines);
    rg_hash_free(&lines->index);
    if (status != RG_OK)
        rg__lines_free(lines);
    return status;
}

void rg__lines_free(struct rg__lines *lines)
{
    rg_buffer_free(&lines->names);
    rg_free(lines->nodes);
    rg_hash_free(&lines->index);
    rg_free(lines->node_of);
    rg_free(lines->line_count);
    rg_free(lines->back_count);
    rg_free(lines->is_native);
    rg_free(lines->target_node);
    rg_free(lines->expanded_at);
    rg_free(lines->expanded_node);
    *lines = (struct rg__lines){0};
}
