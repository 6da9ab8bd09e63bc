#include "line/line_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "line/line_writer.h"

/* First any number but RG_NONE stands for "stays"; the places come then. */
enum { STAYS = 0 };

static uint32_t *new_places(size_t count)
{
    uint32_t *places = rg_alloc(count, sizeof *places);
    if (places != NULL && count != 0)
        memset(places, 0xff, count * sizeof *places);
    return places;
}

static void release(struct rg__excerpt *excerpt)
{
    rg_free(excerpt->objects);
    rg_free(excerpt->roots);
    rg_free(excerpt->references);
    rg_free(excerpt->rests);
}

static enum rg_status allocate(struct rg__excerpt *excerpt,
                               const struct rg_graph *graph)
{
    excerpt->objects = new_places(graph->object_count);
    excerpt->roots = new_places(graph->root_count);
    excerpt->references = new_places(graph->reference_count);
    excerpt->rests = new_places(graph->rest_count);
    return excerpt->objects != NULL && excerpt->roots != NULL &&
                   excerpt->references != NULL && excerpt->rests != NULL
               ? RG_OK
               : RG_ENOMEM;
}

/* Keeps a record, if there is one. */
static void keep(uint32_t *places, uint32_t index)
{
    if (index != RG_NONE)
        places[index] = STAYS;
}

static void keep_reference(struct rg__excerpt *excerpt,
                           const struct rg_graph *graph, uint32_t index)
{
    if (index == RG_NONE)
        return;
    const struct rg_reference *reference = &graph->references[index];
    excerpt->references[index] = STAYS;
    keep(excerpt->objects, reference->referent);
    keep(excerpt->objects, reference->referrer);
    keep(excerpt->roots, reference->root);
}

/* A rest needs the reference that it stands behind. */
static void keep_rest(struct rg__excerpt *excerpt, const struct rg_graph *graph,
                      uint32_t index)
{
    if (index == RG_NONE)
        return;
    const struct rg_rest *rest = &graph->rests[index];
    excerpt->rests[index] = STAYS;
    keep_reference(excerpt, graph, graph->objects[rest->referent].first_reference +
                                       rest->after);
}

static void keep_members(struct rg__excerpt *excerpt,
                         const struct rg_graph *graph,
                         const struct rg_view_node *node)
{
    for (uint32_t i = 0; i < node->member_count; i++) {
        uint32_t member = node->member[i];
        if (node->object == RG_NONE) {
            keep(excerpt->roots, member);
            continue;
        }
        keep(excerpt->objects, member);
        /* It may be called by what refers to it. */
        if (graph->objects[member].reference_count != 0)
            keep_reference(excerpt, graph, graph->objects[member].first_reference);
    }
}

static void keep_shown(struct rg__excerpt *excerpt, const struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; i < view->node_count; i++) {
        keep(excerpt->objects, view->nodes[i].object);
        keep(excerpt->roots, view->nodes[i].root);
        keep_members(excerpt, graph, &view->nodes[i]);
    }
    for (size_t i = 0; i < view->cluster_count; i++)
        keep(excerpt->roots, view->clusters[i].root);
    for (size_t i = 0; i < view->edge_count; i++) {
        const struct rg_view_edge *edge = &view->edges[i];
        for (uint32_t k = 0; k < edge->label_count; k++)
            keep_reference(excerpt, graph, edge->label[k]);
        keep_reference(excerpt, graph, edge->last);
        keep_rest(excerpt, graph, edge->rest);
    }
    for (size_t i = 0; i < view->path_count; i++)
        keep_reference(excerpt, graph, view->path[i]);
}

/* What the words of answers name. */
static void keep_answers(struct rg__excerpt *excerpt,
                         const struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->target_count; i++)
        keep(excerpt->objects, graph->targets[i]);
    for (size_t i = 0; i < graph->path_count; i++)
        keep(excerpt->roots, graph->paths[i].root);
    for (size_t i = 0; i < graph->step_count; i++)
        keep(excerpt->objects, graph->steps[i].object);
    for (size_t i = 0; i < graph->native_count; i++)
        keep(excerpt->objects, graph->natives[i].object);
}

static size_t number(uint32_t *places, size_t count)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++)
        if (places[i] != RG_NONE)
            places[i] = next++;
    return next;
}

static void write_node(struct rg_sink *sink, const struct rg__excerpt *excerpt,
                       const struct rg_view_node *node)
{
    rg_sink_format(sink, "node\t%u\t%u", node->kind, node->flags);
    rg__line_write_index(sink, rg__line_place(excerpt->objects, node->object));
    rg__line_write_index(sink, rg__line_place(excerpt->roots, node->root));
    rg_sink_format(sink, "\t%" PRIu32 "\t%" PRIu32, node->level, node->native);
    rg__line_write_index(sink, node->cluster);
    rg_sink_format(sink, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
                   node->count, node->unfollowed, node->references);
}

/* Behind all nodes. */
static void write_members(struct rg_sink *sink,
                          const struct rg__excerpt *excerpt,
                          const struct rg_view *view, size_t i)
{
    const struct rg_view_node *node = &view->nodes[i];
    const uint32_t *places =
        node->object == RG_NONE ? excerpt->roots : excerpt->objects;
    for (uint32_t k = 0; k < node->member_count; k++) {
        rg_sink_format(sink, "member\t%zu", i);
        rg__line_write_index(sink, rg__line_place(places, node->member[k]));
        rg_sink_text(sink, "\n");
    }
}

static void write_edge(struct rg_sink *sink, const struct rg__excerpt *excerpt,
                       const struct rg_view_edge *edge)
{
    rg_sink_format(sink, "arrow\t%" PRIu32 "\t%" PRIu32 "\t%u",
                   edge->referrer, edge->referent, edge->flags);
    for (uint32_t k = 0; k < RG_VIEW_EDGE_LABELS; k++) {
        uint32_t label = k < edge->label_count ? edge->label[k] : RG_NONE;
        rg__line_write_index(sink, rg__line_place(excerpt->references, label));
    }
    rg__line_write_index(sink, rg__line_place(excerpt->references, edge->last));
    rg__line_write_index(sink, rg__line_place(excerpt->rests, edge->rest));
    rg_sink_format(sink, "\t%" PRIu64 "\n", edge->reference_count);
}

static void write_view(struct rg_sink *sink, const struct rg__excerpt *excerpt,
                       const struct rg_view *view)
{
    const struct rg_view_counts *counts = &view->counts;
    rg_sink_format(sink, "view\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                   "\t%" PRIu64 "\t%" PRIu64 "\t%zu\t%zu\t%zu\n",
                   counts->references, counts->shown, counts->collapsed,
                   counts->weak, counts->unseen, counts->objects_drawn,
                   counts->roots_drawn, counts->objects);
    for (size_t i = 0; i < view->cluster_count; i++) {
        const struct rg_view_cluster *cluster = &view->clusters[i];
        rg_sink_format(sink, "cluster\t%u", cluster->kind);
        rg__line_write_index(sink, rg__line_place(excerpt->roots, cluster->root));
        rg_sink_text(sink, "\n");
    }
    for (size_t i = 0; i < view->node_count; i++)
        write_node(sink, excerpt, &view->nodes[i]);
    for (size_t i = 0; i < view->node_count; i++)
        write_members(sink, excerpt, view, i);
    for (size_t i = 0; i < view->edge_count; i++)
        write_edge(sink, excerpt, &view->edges[i]);
    for (size_t i = 0; i < view->path_count; i++) {
        rg_sink_text(sink, "way");
        rg__line_write_index(sink, rg__line_place(excerpt->references, view->path[i]));
        rg_sink_text(sink, "\n");
    }
}

void rg_line_write_view(const struct rg_view *view, struct rg_sink *sink)
{
    const struct rg_graph *graph = view->graph;
    struct rg__excerpt excerpt = {0};
    if (allocate(&excerpt, graph) != RG_OK) {
        sink->status = RG_ENOMEM;
    } else {
        keep_shown(&excerpt, view);
        keep_answers(&excerpt, graph);
        excerpt.object_count = number(excerpt.objects, graph->object_count);
        excerpt.reference_count =
            number(excerpt.references, graph->reference_count);
        number(excerpt.roots, graph->root_count);
        number(excerpt.rests, graph->rest_count);
        rg__line_write_records(sink, graph, &excerpt);
        write_view(sink, &excerpt, view);
        rg_sink_format(sink, "end\t%zu\t%zu\n", excerpt.object_count,
                       excerpt.reference_count);
    }
    release(&excerpt);
}
