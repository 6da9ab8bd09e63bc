/* What stands together in a picture: the frames of a thread, and the objects
 * that only cycles keep. */
#include "view/viewing.h"

#include "base/alloc.h"
#include "base/decimal.h"

/* Frames of a thread that get a box around them: fewer, and each says its
 * thread itself.  Around many nodes boxes make layout several times slower. */
enum { CLUSTER_FRAMES = 2, CLUSTER_MAX_NODES = 300 };

/* Adds a cluster; its index, or RG_NONE when memory is short. */
static uint32_t add_cluster(struct rg_view *view, uint8_t kind, uint32_t root)
{
    void *clusters = view->clusters;
    if (rg_grow(&clusters, &view->cluster_capacity, view->cluster_count + 1,
                sizeof *view->clusters) < 0)
        return RG_NONE;
    view->clusters = clusters;
    view->clusters[view->cluster_count] =
        (struct rg_view_cluster){.kind = kind, .root = root};
    return (uint32_t)view->cluster_count++;
}

/* The frame that a node is, if its thread is known. */
static const struct rg_root *frame_of(const struct rg_view *view, size_t i)
{
    const struct rg_view_node *node = &view->nodes[i];
    if (node->kind != RG_VIEW_ROOT)
        return NULL;
    const struct rg_root *root = &view->graph->roots[node->root];
    return root->kind == RG_ROOT_FRAME && root->thread.size != 0 ? root : NULL;
}

static bool same_thread(const struct rg_root *a, const struct rg_root *b)
{
    return b != NULL && a->thread.offset == b->thread.offset &&
           a->thread.size == b->thread.size;
}

static int compare_threads(const struct rg_view *view, uint32_t a, uint32_t b)
{
    const struct rg_graph *graph = view->graph;
    const struct rg_text x = graph->roots[view->clusters[a].root].thread;
    const struct rg_text y = graph->roots[view->clusters[b].root].thread;
    return rg_decimal_compare_texts(rg_graph_bytes(graph, x), x.size,
                                    rg_graph_bytes(graph, y), y.size);
}

static void swap_clusters(struct rg_view *view, uint32_t a, uint32_t b)
{
    struct rg_view_cluster swapped = view->clusters[a];
    view->clusters[a] = view->clusters[b];
    view->clusters[b] = swapped;
    for (size_t i = 0; i < view->node_count; i++) {
        uint32_t *cluster = &view->nodes[i].cluster;
        if (*cluster == a || *cluster == b)
            *cluster = *cluster == a ? b : a;
    }
}

/* Threads stand in the order of their names, `worker-2` before `worker-10`;
 * there is a limit to the nodes. */
static void order_threads(struct rg_view *view)
{
    for (uint32_t i = 1; i < view->cluster_count; i++)
        for (uint32_t k = i; k > 0 && compare_threads(view, k - 1, k) > 0; k--)
            swap_clusters(view, k - 1, k);
}

static enum rg_status gather_threads(struct rg_view *view)
{
    for (size_t i = 0; i < view->node_count; i++) {
        const struct rg_root *root = frame_of(view, i);
        size_t frames = 0;
        if (root == NULL || view->nodes[i].cluster != RG_NONE)
            continue;
        for (size_t k = i; k < view->node_count; k++)
            frames += same_thread(root, frame_of(view, k));
        if (frames < CLUSTER_FRAMES)
            continue;
        uint32_t cluster =
            add_cluster(view, RG_VIEW_THREAD, view->nodes[i].root);
        if (cluster == RG_NONE)
            return RG_ENOMEM;
        for (size_t k = i; k < view->node_count; k++)
            if (same_thread(root, frame_of(view, k)))
                view->nodes[k].cluster = cluster;
    }
    return RG_OK;
}

/* A stack is of objects alike, so its sample speaks for all of it. */
static bool is_in_garbage(const struct rg_view *view, size_t i)
{
    const struct rg_view_node *node = &view->nodes[i];
    return node->object != RG_NONE &&
           (view->graph->objects[node->object].flags & RG_OBJECT_GARBAGE) != 0;
}

static enum rg_status gather_garbage(struct rg_view *view)
{
    uint32_t cluster = RG_NONE;
    for (size_t i = 0; i < view->node_count; i++) {
        if (!is_in_garbage(view, i))
            continue;
        if (cluster == RG_NONE)
            cluster = add_cluster(view, RG_VIEW_GARBAGE, RG_NONE);
        if (cluster == RG_NONE)
            return RG_ENOMEM;
        view->nodes[i].cluster = cluster;
    }
    return RG_OK;
}

/* How many frames of its thread the frame waits for; 0 of what is none. */
static uint32_t inner_frames(const struct rg_view *view, uint32_t node)
{
    const struct rg_root *frame = frame_of(view, node);
    return frame == NULL ? 0 : frame->inner;
}

size_t rg_view_cluster_nodes(const struct rg_view *view, uint32_t cluster,
                             uint32_t *nodes)
{
    size_t count = 0;
    for (uint32_t i = 0; i < view->node_count; i++) {
        if (view->nodes[i].cluster != cluster)
            continue;
        size_t k = count++;
        for (;
             k > 0 && inner_frames(view, nodes[k - 1]) < inner_frames(view, i);
             k--)
            nodes[k] = nodes[k - 1];
        nodes[k] = i;
    }
    return count;
}

enum rg_status rg__view_gather(struct rg_view *view)
{
    for (size_t i = 0; i < view->node_count; i++)
        view->nodes[i].cluster = RG_NONE;
    if (view->node_count > CLUSTER_MAX_NODES)
        return RG_OK;
    enum rg_status status = gather_threads(view);
    if (status == RG_OK)
        order_threads(view);
    return status == RG_OK ? gather_garbage(view) : status;
}
