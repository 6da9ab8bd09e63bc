/* The records of line_view.h, read from lines.  What needs the whole of them is
 * checked at the end (rg_view_check). */
#include "line/line_reader.h"

#include "base/alloc.h"
#include "view/view.h"

enum rg_status rg__line_read_view(struct reader *reader)
{
    struct rg_view_counts counts;
    uint64_t *const numbers[] = {&counts.references, &counts.shown,
                                 &counts.collapsed, &counts.weak,
                                 &counts.unseen};
    uint32_t drawn, roots, objects;
    STEP(rg__line_expect(reader, 9));
    if (reader->view != NULL)
        return rg__line_wrong(reader, "is a second view");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        STEP(rg__line_number(reader, i + 1, UINT64_MAX, numbers[i]));
    STEP(rg__line_small(reader, 6, UINT32_MAX, &drawn));
    STEP(rg__line_small(reader, 7, UINT32_MAX, &roots));
    STEP(rg__line_small(reader, 8, UINT32_MAX, &objects));
    counts.objects_drawn = drawn;
    counts.roots_drawn = roots;
    counts.objects = objects;
    reader->view = rg_alloc_zeroed(1, sizeof *reader->view);
    if (reader->view == NULL)
        return rg_error_no_memory(reader->error);
    reader->view->graph = reader->graph;
    reader->view->counts = counts;
    return RG_OK;
}

/* Room for one more record of a view; the view line comes first. */
static enum rg_status grow(struct reader *reader, void *items, size_t *capacity,
                           size_t count, size_t size, void **grown)
{
    *grown = items;
    if (count >= RG_NONE - 1)
        return rg__line_wrong(reader,
                              "more records or words than can be counted");
    return rg_grow(grown, capacity, count + 1, size) < 0
               ? rg_error_no_memory(reader->error)
               : RG_OK;
}

static enum rg_status expect(struct reader *reader, size_t count)
{
    if (reader->view == NULL)
        return rg__line_wrong(reader, "is of a view that is not there");
    return rg__line_expect(reader, count);
}

enum rg_status rg__line_read_cluster(struct reader *reader)
{
    struct rg_view *view = reader->view;
    struct rg_view_cluster cluster;
    uint32_t kind;
    void *items;
    STEP(expect(reader, 3));
    STEP(rg__line_small(reader, 1, UINT8_MAX, &kind));
    STEP(rg__line_index(reader, 2, reader->graph->root_count, &cluster.root));
    STEP(grow(reader, view->clusters, &view->cluster_capacity,
              view->cluster_count, sizeof *view->clusters, &items));
    cluster.kind = (uint8_t)kind;
    view->clusters = items;
    view->clusters[view->cluster_count++] = cluster;
    return RG_OK;
}

enum rg_status rg__line_read_node(struct reader *reader)
{
    struct rg_view *view = reader->view;
    struct rg_view_node node = {0};
    uint32_t kind, flags;
    void *items;
    STEP(expect(reader, 11));
    STEP(rg__line_small(reader, 1, UINT8_MAX, &kind));
    STEP(rg__line_small(reader, 2, UINT8_MAX, &flags));
    STEP(rg__line_index(reader, 3, reader->graph->object_count, &node.object));
    STEP(rg__line_index(reader, 4, reader->graph->root_count, &node.root));
    STEP(rg__line_small(reader, 5, RG_NONE - 1, &node.level));
    STEP(rg__line_small(reader, 6, RG_NONE - 1, &node.native));
    STEP(rg__line_index(reader, 7, view->cluster_count, &node.cluster));
    STEP(rg__line_number(reader, 8, UINT64_MAX, &node.count));
    STEP(rg__line_number(reader, 9, UINT64_MAX, &node.unfollowed));
    STEP(rg__line_number(reader, 10, UINT64_MAX, &node.references));
    STEP(grow(reader, view->nodes, &view->node_capacity, view->node_count,
              sizeof *view->nodes, &items));
    node.kind = (uint8_t)kind;
    node.flags = (uint8_t)flags;
    view->nodes = items;
    view->nodes[view->node_count++] = node;
    return RG_OK;
}

enum rg_status rg__line_read_member(struct reader *reader)
{
    uint32_t at, member;
    STEP(expect(reader, 3));
    STEP(rg__line_index(reader, 1, reader->view->node_count, &at));
    STEP(rg__line_small(reader, 2, RG_NONE - 1, &member));
    if (at == RG_NONE)
        return rg__line_wrong(reader, "names no node");
    struct rg_view_node *node = &reader->view->nodes[at];
    if (node->member_count == RG_VIEW_MEMBERS)
        return rg__line_wrong(reader, "is one member too many");
    node->member[node->member_count++] = member;
    return RG_OK;
}

/* The labels come first, what is left of their room is empty. */
static enum rg_status read_labels(struct reader *reader, size_t at,
                                  struct rg_view_edge *edge)
{
    for (uint32_t k = 0; k < RG_VIEW_EDGE_LABELS; k++) {
        STEP(rg__line_index(reader, at + k, reader->graph->reference_count,
                            &edge->label[k]));
        if (edge->label[k] == RG_NONE)
            continue;
        if (edge->label_count != k)
            return rg__line_wrong(reader, "has a label behind none");
        edge->label_count++;
    }
    return RG_OK;
}

enum rg_status rg__line_read_arrow(struct reader *reader)
{
    struct rg_view *view = reader->view;
    struct rg_view_edge edge = {0};
    uint32_t flags;
    void *items;
    STEP(expect(reader, 10));
    STEP(rg__line_small(reader, 1, RG_NONE - 1, &edge.referrer));
    STEP(rg__line_small(reader, 2, RG_NONE - 1, &edge.referent));
    if (edge.referrer >= view->node_count || edge.referent >= view->node_count)
        return rg__line_wrong(reader, "names a record that is not there");
    STEP(rg__line_small(reader, 3, UINT8_MAX, &flags));
    STEP(read_labels(reader, 4, &edge));
    STEP(rg__line_index(reader, 7, reader->graph->reference_count, &edge.last));
    STEP(rg__line_index(reader, 8, reader->graph->rest_count, &edge.rest));
    STEP(rg__line_number(reader, 9, UINT64_MAX, &edge.reference_count));
    STEP(grow(reader, view->edges, &view->edge_capacity, view->edge_count,
              sizeof *view->edges, &items));
    edge.flags = (uint8_t)flags;
    view->edges = items;
    view->edges[view->edge_count++] = edge;
    return RG_OK;
}

enum rg_status rg__line_read_way(struct reader *reader)
{
    struct rg_view *view = reader->view;
    uint32_t reference;
    void *items;
    STEP(expect(reader, 2));
    STEP(rg__line_index(reader, 1, reader->graph->reference_count, &reference));
    if (reference == RG_NONE)
        return rg__line_wrong(reader, "names no reference");
    STEP(grow(reader, view->path, &reader->path_capacity, view->path_count,
              sizeof *view->path, &items));
    view->path = items;
    view->path[view->path_count++] = reference;
    return RG_OK;
}
