#include "line/line_view.h"

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

/* The records that may be left out. */
static const int kinds[] = {RG_RECORD_OBJECT, RG_RECORD_ROOT,
                            RG_RECORD_REFERENCE, RG_RECORD_REST};

static void release_excerpt(struct rg__excerpt *excerpt)
{
    for (int i = 0; i < RG_RECORD_COUNT; i++)
        rg_free(excerpt->places[i]);
}

static enum rg_status allocate_places(struct rg__excerpt *excerpt,
                                      const struct rg_graph *graph)
{
    for (size_t i = 0; i < RG_COUNT_OF(kinds); i++) {
        uint32_t *places =
            new_places(rg_record_count(&rg_graph_records[kinds[i]], graph));
        excerpt->places[kinds[i]] = places;
        if (places == NULL)
            return RG_ENOMEM;
    }
    return RG_OK;
}

/* Keeps a record, if there is one. */
static void keep_place(uint32_t *places, uint32_t index)
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
    excerpt->places[RG_RECORD_REFERENCE][index] = STAYS;
    keep_place(excerpt->places[RG_RECORD_OBJECT], reference->referent);
    keep_place(excerpt->places[RG_RECORD_OBJECT], reference->referrer);
    keep_place(excerpt->places[RG_RECORD_ROOT], reference->root);
}

/* A rest needs the reference that it stands behind. */
static void keep_rest(struct rg__excerpt *excerpt, const struct rg_graph *graph,
                      uint32_t index)
{
    if (index == RG_NONE)
        return;
    const struct rg_rest *rest = &graph->rests[index];
    excerpt->places[RG_RECORD_REST][index] = STAYS;
    keep_reference(excerpt, graph,
                   graph->objects[rest->referent].first_reference +
                       rest->after);
}

static void keep_members(struct rg__excerpt *excerpt,
                         const struct rg_graph *graph,
                         const struct rg_view_node *node)
{
    for (uint32_t i = 0; i < node->member_count; i++) {
        uint32_t member = node->member[i];
        if (node->object == RG_NONE) {
            keep_place(excerpt->places[RG_RECORD_ROOT], member);
            continue;
        }
        keep_place(excerpt->places[RG_RECORD_OBJECT], member);
        /* It may be called by what refers to it. */
        if (graph->objects[member].reference_count != 0)
            keep_reference(excerpt, graph,
                           graph->objects[member].first_reference);
    }
}

static void keep_shown(struct rg__excerpt *excerpt, const struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    for (size_t i = 0; i < view->node_count; i++) {
        keep_place(excerpt->places[RG_RECORD_OBJECT], view->nodes[i].object);
        keep_place(excerpt->places[RG_RECORD_ROOT], view->nodes[i].root);
        keep_members(excerpt, graph, &view->nodes[i]);
    }
    for (size_t i = 0; i < view->cluster_count; i++)
        keep_place(excerpt->places[RG_RECORD_ROOT], view->clusters[i].root);
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
        keep_place(excerpt->places[RG_RECORD_OBJECT], graph->targets[i]);
    for (size_t i = 0; i < graph->path_count; i++)
        keep_place(excerpt->places[RG_RECORD_ROOT], graph->paths[i].root);
    for (size_t i = 0; i < graph->step_count; i++)
        keep_place(excerpt->places[RG_RECORD_OBJECT], graph->steps[i].object);
    for (size_t i = 0; i < graph->hint_count; i++)
        keep_place(excerpt->places[RG_RECORD_OBJECT], graph->hints[i].object);
    for (size_t i = 0; i < graph->native_count; i++)
        keep_place(excerpt->places[RG_RECORD_OBJECT], graph->natives[i].object);
}

static size_t number_kept(uint32_t *places, size_t count)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++)
        if (places[i] != RG_NONE)
            places[i] = next++;
    return next;
}

void rg_line_write_view(const struct rg_view *view, struct rg_sink *sink)
{
    const struct rg_graph *graph = view->graph;
    struct rg__excerpt excerpt = {0};
    if (allocate_places(&excerpt, graph) != RG_OK) {
        sink->status = RG_ENOMEM;
    } else {
        keep_shown(&excerpt, view);
        keep_answers(&excerpt, graph);
        excerpt.object_count =
            number_kept(excerpt.places[RG_RECORD_OBJECT], graph->object_count);
        excerpt.reference_count = number_kept(
            excerpt.places[RG_RECORD_REFERENCE], graph->reference_count);
        number_kept(excerpt.places[RG_RECORD_ROOT], graph->root_count);
        number_kept(excerpt.places[RG_RECORD_REST], graph->rest_count);
        rg__line_write_graph(sink, graph, &excerpt);
        rg__line_write_view(sink, view, &excerpt);
        rg_sink_format(sink, "end\t%zu\t%zu\n", excerpt.object_count,
                       excerpt.reference_count);
    }
    release_excerpt(&excerpt);
}
