/* The words of tooltips: whatever the box or the arrow had no room for. */
#include "render/words.h"

#include "render/label.h"

enum { KEY_WIDTH = 20, NAME_WIDTH = 28, STEP_WIDTH = 40 };

static void tell_whole_object(struct rg_sink *sink,
                              const struct rg_graph *graph,
                              const struct rg_view_node *node)
{
    const struct rg_retained *retained =
        rg_graph_retained_by(graph, node->object);
    if (node->references != 0) {
        rg_sink_text(sink, ", ");
        rg_words_count(sink, node->references, "reference", "references");
    }
    if (retained == NULL)
        return;
    rg_sink_text(sink, ", ");
    rg_words_count(sink, retained->bytes, "byte", "bytes");
    rg_sink_text(sink, " in ");
    rg_words_count(sink, retained->objects, "object", "objects");
    rg_sink_text(sink, " would go with it");
}

/* One of a stack of roots: its name. */
static void tell_root(struct rg_sink *sink, const struct rg_graph *graph,
                      const struct rg_root *root)
{
    rg_label_text(sink, graph, root->name, NAME_WIDTH);
    if (root->kind != RG_ROOT_FRAME)
        return;
    rg_sink_text(sink, "()");
    if (root->thread.size == 0)
        return;
    rg_sink_text(sink, " in ");
    rg_label_text(sink, graph, root->thread, NAME_WIDTH);
}

/* One of a stack of objects: what tells it from the others, its value, its own
 * name, or how it is referred to itself; nothing where there is none of it. */
static void tell_stack_member(struct rg_sink *sink,
                              const struct rg_graph *graph,
                              const struct rg_object *object)
{
    if (object->value.size != 0)
        rg_label_text(sink, graph, object->value, NAME_WIDTH);
    else if (object->detail.size != 0)
        rg_label_text(sink, graph, object->detail, NAME_WIDTH);
    else if (object->reference_count != 0)
        rg_label_step(sink, graph, &graph->references[object->first_reference],
                      KEY_WIDTH);
}

static void tell_members(struct rg_sink *sink, const struct rg_view *view,
                         const struct rg_view_node *node)
{
    const struct rg_graph *graph = view->graph;
    uint64_t named = 0;
    struct rg_buffer name = {0};
    struct rg_sink to_name = rg_sink_to_buffer(&name);
    for (uint32_t i = 0; i < node->member_count; i++) {
        uint32_t member = node->member[i];
        name.size = 0;
        if (node->object == RG_NONE)
            tell_root(&to_name, graph, &graph->roots[member]);
        else
            tell_stack_member(&to_name, graph, &graph->objects[member]);
        if (name.size == 0)
            continue;
        rg_sink_text(sink, named++ == 0 ? ": " : ", ");
        rg_sink_write(sink, name.data, name.size);
    }
    if (to_name.status != RG_OK)
        sink->status = to_name.status;
    rg_buffer_free(&name);
    if (named == 0 || named == node->count)
        return;
    rg_sink_text(sink, " and ");
    rg_label_count(sink, node->count - named);
    rg_sink_text(sink, " more");
}

void rg_words_node_tooltip(struct rg_sink *sink, const struct rg_view *view,
                           const struct rg_view_node *node, unsigned flags)
{
    struct rg_rows rows = {0};
    enum rg_status status = rg_words_node(view, node, flags, &rows);
    for (size_t i = 0; i < rows.count && status == RG_OK; i++) {
        if (i != 0)
            rg_sink_text(sink, ", ");
        rg_sink_write(sink, rows.text.data + rows.row[i].start,
                      rows.row[i].size);
    }
    rg_buffer_free(&rows.text);
    if (status != RG_OK)
        sink->status = status;
    if (node->kind == RG_VIEW_OBJECT)
        tell_whole_object(sink, view->graph, node);
    else if (node->kind == RG_VIEW_STACK)
        tell_members(sink, view, node);
}

/* "Session.payload (instance attribute) refers to list". */
void rg_words_edge_tooltip(struct rg_sink *sink, const struct rg_view *view,
                           const struct rg_view_edge *edge)
{
    const struct rg_graph *graph = view->graph;
    if (edge->label_count == 0) {
        rg_words_edge(sink, view, edge);
        return;
    }
    const struct rg_reference *first = &graph->references[edge->label[0]];
    struct rg_text type = graph->objects[first->referent].type;
    rg_label_name(sink, graph, first);
    if (edge->reference_count > 1) {
        rg_sink_text(sink, " and ");
        rg_label_count(sink, edge->reference_count - 1);
        rg_sink_text(sink, " more");
    }
    rg_sink_text(sink,
                 edge->reference_count > 1 ? " refer to " : " refers to ");
    if (type.size == 0)
        rg_sink_text(sink, "object");
    else
        rg_label_text(sink, graph, type, STEP_WIDTH);
    if (edge->flags & RG_VIEW_CYCLE)
        rg_sink_text(sink, ", a cycle");
    if (edge->flags & RG_VIEW_CUT)
        rg_sink_text(sink, "; without it the target would go");
}
