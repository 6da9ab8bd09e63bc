/* How a thread starts is the same in every program: three frames of the module
 * threading, one inside the other, all of which hold the thread.  In a picture
 * they are one box. */
#include "view/viewing.h"

#include <string.h>

static bool ends_with(const struct rg_graph *graph, struct rg_text text,
                      const char *end)
{
    size_t size = strlen(end);
    return text.size >= size &&
           memcmp(rg_graph_bytes(graph, text) + text.size - size, end, size) ==
               0;
}

static bool reads_as(const struct rg_graph *graph, struct rg_text text,
                     const char *word)
{
    return text.size == strlen(word) && ends_with(graph, text, word);
}

static bool starts_thread(const struct rg_graph *graph,
                          const struct rg_root *root)
{
    return root->kind == RG_ROOT_FRAME && root->thread.size != 0 &&
           (ends_with(graph, root->file, "/threading.py") ||
            reads_as(graph, root->file, "threading.py")) &&
           (reads_as(graph, root->name, "_bootstrap") ||
            reads_as(graph, root->name, "_bootstrap_inner") ||
            reads_as(graph, root->name, "run"));
}

void rg__view_fold_start(struct rg__drawn *drawn, uint32_t index)
{
    const struct rg_graph *graph = drawn->view->graph;
    struct rg_view_node *node = &drawn->view->nodes[index];
    const struct rg_root *drawn_root = &graph->roots[node->root];
    if (!starts_thread(graph, drawn_root))
        return;
    for (uint32_t i = 0; i < graph->root_count; i++) {
        const struct rg_root *root = &graph->roots[i];
        if (!rg_text_is_same(root->thread, drawn_root->thread) ||
            !starts_thread(graph, root))
            continue;
        drawn->root_node[i] = index;
        node->count++;
        if (root->inner > graph->roots[node->root].inner)
            node->root = i;
    }
}
