/* The rules of a view: of each record those of its row, then those that need
 * more than one of them. */
#include "view/view_records.h"

#define RULE(holds, record, index, words) \
    do { \
        if (!(holds)) \
            return rg_error_set(error, RG_EINTERNAL, "view %s %zu: %s", \
                                record, (size_t)(index), words); \
    } while (0)

/* What the table says of one record. */
static enum rg_status check_row(const struct rg_view *view,
                                const struct rg_record *row, size_t i,
                                struct rg_error *error)
{
    const struct rg_field *at;
    union rg_any copy;
    if (!rg_record_get(row, view, i, &copy))
        return RG_OK;
    const char *words = rg_record_wrong(row, view->graph, view, &copy, &at);
    return words == NULL ? RG_OK
                         : rg_error_set(error, RG_EINTERNAL,
                                        "view %s %zu: %s%s%s", row->word, i,
                                        at == NULL ? "" : rg_field_words(at),
                                        at == NULL ? "" : " ", words);
}

static enum rg_status check_rows(const struct rg_view *view,
                                 struct rg_error *error)
{
    enum rg_status status = RG_OK;
    for (int record = 0; record < RG_VIEW_RECORD_COUNT; record++) {
        const struct rg_record *row = &rg_view_records[record];
        size_t count = rg_record_count(row, view);
        for (size_t i = 0; i < count && status == RG_OK; i++)
            status = check_row(view, row, i, error);
    }
    return status;
}

static enum rg_status check_node(const struct rg_view *view, size_t i,
                                 struct rg_error *error)
{
    const struct rg_view_node *node = &view->nodes[i];
    bool has_object = node->object != RG_NONE;
    bool has_root = node->root != RG_NONE;
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
        break;
    case RG_VIEW_STEPS:
        RULE(node->count > 0, "node", i, "steps have a step");
        break;
    case RG_VIEW_MORE:
        RULE(node->count > 0 || (node->flags & RG_VIEW_DEPTH_LIMIT) != 0,
             "node", i, "what is left out has a count or a reason");
        break;
    default:
        RULE(node->count > 0 && node->native < view->graph->native_count,
             "node", i, "C code has references, and a record of them");
    }
    RULE(i == 0 || node->level >= view->nodes[i - 1].level, "node", i,
         "levels ascend");
    return RG_OK;
}

static enum rg_status check_edge(const struct rg_view *view, size_t i,
                                 struct rg_error *error)
{
    const struct rg_view_edge *edge = &view->edges[i];
    RULE(edge->label_count <= RG_VIEW_EDGE_LABELS &&
             edge->label_count <= edge->reference_count,
         "edge", i, "no more labels than references");
    RULE((edge->label_count == 0) == (edge->last == RG_NONE), "edge", i,
         "the last of no references is none");
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

/* Each reference of the path starts where the one before ends. */
static enum rg_status check_emphasis(const struct rg_view *view,
                                     struct rg_error *error)
{
    const struct rg_reference *references = view->graph->references;
    for (size_t i = 1; i < view->path_count; i++)
        RULE(references[view->path[i]].referrer ==
                 references[view->path[i - 1]].referent,
             "path", i, "it has no gap");
    RULE(view->path_count == 0 ||
             (view->graph
                  ->objects[references[view->path[view->path_count - 1]]
                                .referent]
                  .flags &
              RG_OBJECT_TARGET),
         "path", view->path_count, "it ends at a target");
    RULE(view->path_count == 0 || rg_view_emphasised(view) != NULL, "path",
         view->path_count, "it is one that the graph carries");
    return RG_OK;
}

enum rg_status rg_view_check(const struct rg_view *view, struct rg_error *error)
{
    enum rg_status status = check_rows(view, error);
    for (size_t i = 0; i < view->node_count && status == RG_OK; i++)
        status = check_node(view, i, error);
    for (size_t i = 0; i < view->edge_count && status == RG_OK; i++)
        status = check_edge(view, i, error);
    return status == RG_OK ? check_emphasis(view, error) : status;
}
