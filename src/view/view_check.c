/* The rules of a view, one function per record. */
#include "view/view.h"

#define RULE(holds, record, index, words) \
    do { \
        if (!(holds)) \
            return rg_error_set(error, RG_EINTERNAL, "view %s %zu: %s", \
                                record, (size_t)(index), words); \
    } while (0)

static bool in_range(uint32_t index, size_t count)
{
    return index < count;
}

static enum rg_status check_node(const struct rg_view *view, size_t i,
                                 struct rg_error *error)
{
    const struct rg_view_node *node = &view->nodes[i];
    const struct rg_graph *graph = view->graph;
    bool has_object = in_range(node->object, graph->object_count);
    bool has_root = in_range(node->root, graph->root_count);
    RULE(has_object || node->object == RG_NONE, "node", i,
         "its object is in the graph");
    RULE(has_root || node->root == RG_NONE, "node", i,
         "its root is in the graph");
    switch (node->kind) {
    case RG_VIEW_OBJECT:
        RULE(has_object && !has_root, "node", i, "an object is one object");
        break;
    case RG_VIEW_ROOT:
        RULE(has_root && !has_object, "node", i, "a root is one root");
        break;
    case RG_VIEW_STACK:
        RULE(has_object != has_root, "node", i,
             "a stack is of objects or of roots");
        RULE(node->count > 0, "node", i, "a stack has a member");
        RULE(node->member_count <= node->count &&
                 node->unfollowed <= node->count,
             "node", i, "no more is told of its members than there are");
        for (uint32_t k = 0; k < node->member_count; k++)
            RULE(in_range(node->member[k],
                          has_object ? graph->object_count : graph->root_count),
                 "node", i, "its members are in the graph");
        break;
    case RG_VIEW_STEPS:
        RULE(node->count > 0, "node", i, "steps have a step");
        break;
    case RG_VIEW_MORE:
        RULE(node->count > 0 || (node->flags & RG_VIEW_DEPTH_LIMIT) != 0,
             "node", i, "what is left out has a count or a reason");
        break;
    case RG_VIEW_NATIVE:
        RULE(node->count > 0 && in_range(node->native, graph->native_count),
             "node", i, "C code has references, and a record of them");
        break;
    default:
        RULE(false, "node", i, "its kind is known");
    }
    RULE(node->kind == RG_VIEW_STACK || node->member_count == 0, "node", i,
         "only a stack has members");
    RULE(node->cluster == RG_NONE || in_range(node->cluster, view->cluster_count),
         "node", i, "its cluster is there");
    RULE(i == 0 || node->level >= view->nodes[i - 1].level, "node", i,
         "levels ascend");
    return RG_OK;
}

static enum rg_status check_edge(const struct rg_view *view, size_t i,
                                 struct rg_error *error)
{
    const struct rg_view_edge *edge = &view->edges[i];
    size_t references = view->graph->reference_count;
    RULE(in_range(edge->referrer, view->node_count) &&
             in_range(edge->referent, view->node_count),
         "edge", i, "both ends are nodes");
    RULE(edge->label_count <= RG_VIEW_EDGE_LABELS &&
             edge->label_count <= edge->reference_count,
         "edge", i, "no more labels than references");
    for (uint32_t k = 0; k < edge->label_count; k++)
        RULE(in_range(edge->label[k], references), "edge", i,
             "its labels are references");
    RULE((edge->label_count == 0) == (edge->last == RG_NONE), "edge", i,
         "the last of no references is none");
    RULE(edge->last == RG_NONE || in_range(edge->last, references), "edge", i,
         "its last reference is in the graph");
    RULE(edge->rest == RG_NONE || in_range(edge->rest, view->graph->rest_count),
         "edge", i, "its rest is in the graph");
    RULE((edge->reference_count == 0) ==
             (view->nodes[edge->referrer].kind == RG_VIEW_MORE),
         "edge", i, "only what is not drawn has no references");
    RULE((edge->flags & (RG_VIEW_ON_PATH | RG_VIEW_CYCLE)) !=
             (RG_VIEW_ON_PATH | RG_VIEW_CYCLE),
         "edge", i, "the path closes no cycle");
    RULE(i == 0 || edge->referent >= view->edges[i - 1].referent, "edge", i,
         "edges stand in the order of their referents");
    return RG_OK;
}

static enum rg_status check_cluster(const struct rg_view *view, size_t i,
                                    struct rg_error *error)
{
    const struct rg_view_cluster *cluster = &view->clusters[i];
    RULE(cluster->kind == RG_VIEW_THREAD || cluster->kind == RG_VIEW_GARBAGE,
         "cluster", i, "its kind is known");
    RULE(cluster->kind == RG_VIEW_GARBAGE ||
             in_range(cluster->root, view->graph->root_count),
         "cluster", i, "a thread is known by a frame");
    return RG_OK;
}

/* Each reference of the path starts where the one before ends. */
static enum rg_status check_path(const struct rg_view *view,
                                 struct rg_error *error)
{
    const struct rg_reference *references = view->graph->references;
    for (size_t i = 0; i < view->path_count; i++) {
        RULE(in_range(view->path[i], view->graph->reference_count), "path", i,
             "it is made of references");
        RULE(i == 0 || references[view->path[i]].referrer ==
                           references[view->path[i - 1]].referent,
             "path", i, "it has no gap");
    }
    RULE(view->path_count == 0 ||
             (view->graph->objects[references[view->path[view->path_count - 1]]
                                       .referent].flags & RG_OBJECT_TARGET),
         "path", view->path_count, "it ends at a target");
    RULE(view->path_count == 0 || rg_view_emphasised(view) != NULL, "path",
         view->path_count, "it is one that the graph carries");
    return RG_OK;
}

enum rg_status rg_view_check(const struct rg_view *view, struct rg_error *error)
{
    const struct rg_view_counts *counts = &view->counts;
    enum rg_status status = RG_OK;
    RULE(counts->shown + counts->collapsed == counts->references, "counts", 0,
         "they add up");
    RULE(counts->objects_drawn <= counts->objects, "counts", 0,
         "no more objects are drawn than there are");
    for (size_t i = 0; i < view->node_count && status == RG_OK; i++)
        status = check_node(view, i, error);
    for (size_t i = 0; i < view->cluster_count && status == RG_OK; i++)
        status = check_cluster(view, i, error);
    for (size_t i = 0; i < view->edge_count && status == RG_OK; i++)
        status = check_edge(view, i, error);
    return status == RG_OK ? check_path(view, error) : status;
}
