#include "draw/dot.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "draw/dot_common.h"
#include "draw/escape.h"
#include "draw/html.h"
#include "draw/style.h"
#include "draw/palette.h"
#include "render/words.h"
#include "render/label.h"

enum { TITLE_WIDTH = 200, BUSY_REFERENTS = 4 };

/* Frames that called each other stand straight below each other. */
#define CALL_WEIGHT "8"

struct builder {
    const struct rg_view *view;
    struct rg__dot_page page;
    Agnode_t **nodes;
    Agedge_t **edges;
    Agraph_t **clusters;
    uint32_t *members; /* twice as many as nodes */
    struct rg_rows rows;
    struct rg_buffer words; /* of one label, before they are escaped */
};

static struct rg_sink begin_dot_words(struct builder *builder)
{
    builder->words.size = 0;
    return rg_sink_to_buffer(&builder->words);
}

static void set_graph(struct builder *builder)
{
    rg__style_set(builder->page.graph, "class", "graphroot");
    rg__style_set(builder->page.graph, "rankdir",
                  builder->view->left_to_right ? "LR" : "TB");
    rg__style_set(builder->page.graph, "bgcolor",
                  builder->page.options->transparent
                      ? "transparent"
                      : rg__dot_hex(&builder->page, RG__CANVAS));
    rg__style_set(builder->page.graph, "fontcolor",
                  rg__dot_hex(&builder->page, RG__MUTED));
    rg__dot_effort(builder->page.graph, builder->view->node_count);
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    rg__html_header(&sink, builder->view, builder->page.options->title,
                    builder->page.options->addresses,
                    builder->page.options->dark);
    rg__dot_set_html(&builder->page, builder->page.graph, &sink);
}

static void add_dot_node(struct builder *builder, size_t i)
{
    const struct rg_view_node *node = &builder->view->nodes[i];
    unsigned flags = (builder->page.options->addresses ? RG_WORDS_ADDRESS : 0) |
                     (node->cluster != RG_NONE ? RG_WORDS_NO_THREAD : 0);
    Agnode_t *n = builder->nodes[i];
    enum rg_status status =
        rg_words_node(builder->view, node, flags, &builder->rows);
    if (status != RG_OK) {
        builder->page.status = status;
        return;
    }
    struct rg__ink ink = rg__style_node(n, node, builder->page.options->dark);
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    if (node->kind == RG_VIEW_STACK)
        rg__html_stack(&sink, &builder->rows,
                       node->flags & RG_VIEW_TARGET ? RG__ACCENT
                                                    : RG__OBJECT_LINE,
                       builder->page.options->dark);
    else
        rg__html_rows(&sink, &builder->rows, ink.strong, ink.other,
                      builder->page.options->dark);
    rg__dot_set_html(&builder->page, n, &sink);
}

/* A straight spine, as long as it does not drag a busy node to the side. */
static const char *path_weight(const struct rg_view *view, size_t i)
{
    const struct rg_view_edge *edge = &view->edges[i];
    size_t referrers = 0, referents = 0;
    for (size_t k = 0; k < view->edge_count; k++) {
        referrers += view->edges[k].referent == edge->referent;
        referents += view->edges[k].referrer == edge->referrer;
    }
    if (referents > BUSY_REFERENTS)
        return "1";
    return referrers <= 2 ? "8" : "2";
}

/* Edges that close a cycle are written the other way round and drawn
 * backwards: layout then never meets a cycle. */
static void add_dot_edge(struct builder *builder, size_t i)
{
    const struct rg_view *view = builder->view;
    const struct rg_view_edge *edge = &view->edges[i];
    bool is_reversed = (edge->flags & RG_VIEW_CYCLE) != 0;
    uint32_t tail = is_reversed ? edge->referent : edge->referrer;
    uint32_t head = is_reversed ? edge->referrer : edge->referent;
    Agedge_t *e = agedge(builder->page.graph, builder->nodes[tail],
                         builder->nodes[head], NULL, 1);
    builder->edges[i] = e;
    enum rg__tint colour = rg__style_edge(e, edge, builder->page.options->dark);
    bool on_path = (edge->flags & RG_VIEW_ON_PATH) != 0;
    if (is_reversed)
        rg__style_set(e, "dir", "back");
    if (on_path)
        rg__style_set(e, "weight", path_weight(view, i));
    struct rg_sink words = begin_dot_words(builder);
    rg_words_edge(&words, view, edge);
    if (words.status != RG_OK)
        builder->page.status = words.status;
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    if (builder->words.size == 0)
        return;
    rg__html_edge(&sink, builder->words.data, builder->words.size, colour,
                  on_path, builder->page.options->dark);
    rg__dot_set_html(&builder->page, e, &sink);
}

static void set_cluster(struct builder *builder, Agraph_t *g,
                        const struct rg_view_cluster *cluster)
{
    bool is_garbage = cluster->kind == RG_VIEW_GARBAGE;
    rg__style_set(g, "class", is_garbage ? "garbage" : "thread");
    rg__style_set(g, "style",
                  is_garbage ? "rounded,filled,dashed" : "rounded,filled");
    rg__style_set(g, "fillcolor",
                  rg__dot_hex(&builder->page, is_garbage ? RG__GARBAGE_FILL
                                                         : RG__CLUSTER_FILL));
    rg__style_set(
        g, "color",
        rg__dot_hex(&builder->page, is_garbage ? RG__CYCLE : RG__CLUSTER_LINE));
    if (is_garbage)
        rg__style_set(g, "fontcolor", rg__dot_hex(&builder->page, RG__CYCLE));
    rg__style_set(g, "fontsize", is_garbage ? "9" : "8");
    rg__style_set(g, "margin", is_garbage ? "16" : "7");
    struct rg_sink words = begin_dot_words(builder);
    rg_words_cluster(&words, builder->view, cluster);
    if (words.status != RG_OK)
        builder->page.status = words.status;
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    rg__escape_label(&sink, builder->words.data, builder->words.size);
    rg__dot_set_text(&builder->page, g, "label", &sink);
}

/* A box around nodes that belong together: the frames of a thread, garbage. */
static void add_clusters(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    for (uint32_t i = 0; i < view->cluster_count; i++) {
        char name[32];
        bool is_garbage = view->clusters[i].kind == RG_VIEW_GARBAGE;
        snprintf(name, sizeof name, "cluster_%c%u", is_garbage ? 'g' : 't',
                 (unsigned)i + 1);
        Agraph_t *cluster = agsubg(builder->page.graph, name, 1);
        builder->clusters[i] = cluster;
        set_cluster(builder, cluster, &view->clusters[i]);
        size_t count = rg_view_cluster_nodes(view, i, builder->members);
        for (size_t k = 0; k < count; k++)
            agsubnode(cluster, builder->nodes[builder->members[k]], 1);
    }
}

/* From left to right a rank is a column: layout keeps the order of what is
 * linked within a rank; it would not where it goes through all clusters once
 * more. */
static Agraph_t *one_rank(struct builder *builder, Agraph_t *cluster,
                          const uint32_t *nodes, size_t count)
{
    Agraph_t *rank = agsubg(cluster, NULL, 1);
    agsafeset(rank, "rank", "same", "");
    agsafeset(builder->page.graph, "remincross", "false", "");
    for (size_t i = 0; i < count; i++)
        agsubnode(rank, builder->nodes[nodes[i]], 1);
    return rank;
}

/* Frames stand one below the other, in the order in which they called each
 * other: a rank each, or one that goes down.  Nothing of the links is drawn. */
static void keep_call_order(struct builder *builder, Agraph_t *cluster,
                            const uint32_t *nodes, size_t count)
{
    bool is_column = builder->view->left_to_right;
    Agraph_t *within =
        is_column ? one_rank(builder, cluster, nodes, count) : cluster;
    for (size_t i = 1; i < count; i++) {
        Agedge_t *link = agedge(within, builder->nodes[nodes[i - !is_column]],
                                builder->nodes[nodes[i - is_column]], NULL, 1);
        rg__style_set(link, "style", "invis");
        if (!is_column)
            rg__style_set(link, "weight", CALL_WEIGHT);
    }
}

/* Threads stand in their own order.  Layout keeps none among boxes, but it does
 * among linked nodes of one rank: one above each box, unseen, and in one group
 * with its first frame, so that their link costs most to cross. */
static void keep_thread_order(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    Agraph_t *row = agsubg(builder->page.graph, NULL, 1);
    Agnode_t *last = NULL;
    agsafeset(row, "rank", "same", "");
    rg__dot_declare_one(builder->page.graph, AGNODE, "group", "");
    for (uint32_t i = 0; i < view->cluster_count; i++) {
        char name[32];
        if (view->clusters[i].kind != RG_VIEW_THREAD)
            continue;
        rg_view_cluster_nodes(view, i, builder->members);
        Agnode_t *frame = builder->nodes[builder->members[0]];
        snprintf(name, sizeof name, "t%u", (unsigned)i + 1);
        Agnode_t *pin = agnode(row, name, 1);
        rg__style_pin(pin);
        rg__style_set(pin, "group", name);
        rg__style_set(frame, "group", name);
        rg__style_set(agedge(builder->page.graph, pin, frame, NULL, 1), "style",
                      "invis");
        if (last != NULL)
            rg__style_set(agedge(row, last, pin, NULL, 1), "style", "invis");
        last = pin;
    }
}

static size_t count_threads(const struct rg_view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->cluster_count; i++)
        count += view->clusters[i].kind == RG_VIEW_THREAD;
    return count;
}

/* Behind all edges that are drawn, whose numbers are those of the view. */
static void keep_orders(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    for (uint32_t i = 0; i < view->cluster_count; i++) {
        if (view->clusters[i].kind != RG_VIEW_THREAD)
            continue;
        size_t count = rg_view_cluster_nodes(view, i, builder->members);
        keep_call_order(builder, builder->clusters[i], builder->members, count);
    }
    if (count_threads(view) > 1)
        keep_thread_order(builder);
}

static void name_node(struct builder *builder, uint32_t i)
{
    char name[32];
    snprintf(name, sizeof name, "n%u", (unsigned)i);
    builder->nodes[i] = agnode(builder->page.graph, name, 1);
}

/* Layout begins with the nodes in this order: that of the view, in which the
 * frames of a thread take each other's places. */
static void name_nodes(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    uint32_t *order = builder->members, *frames = order + view->node_count;
    for (uint32_t i = 0; i < view->node_count; i++)
        order[i] = i;
    for (uint32_t cluster = 0; cluster < view->cluster_count; cluster++) {
        const uint32_t *frame = frames;
        rg_view_cluster_nodes(view, cluster, frames);
        for (uint32_t i = 0; i < view->node_count; i++)
            if (view->nodes[i].cluster == cluster)
                order[i] = *frame++;
    }
    for (uint32_t i = 0; i < view->node_count; i++)
        name_node(builder, order[i]);
}

static void add_all(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    name_nodes(builder);
    set_graph(builder);
    add_clusters(builder);
    for (size_t i = 0; i < view->node_count; i++)
        add_dot_node(builder, i);
    for (size_t i = 0; i < view->edge_count; i++)
        add_dot_edge(builder, i);
    keep_orders(builder);
}

static void open_graph(struct builder *builder)
{
    struct rg_buffer title = {0};
    struct rg_sink to_title = rg_sink_to_buffer(&title);
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    if (builder->page.options->title == NULL)
        rg_words_title(&to_title, builder->view);
    else
        rg_label_safe(&to_title, builder->page.options->title,
                      strlen(builder->page.options->title), TITLE_WIDTH,
                      RG_ELIDE_MIDDLE);
    rg__escape_name(&sink, title.data, title.size);
    rg_buffer_free(&title);
    if (to_title.status != RG_OK)
        builder->page.status = to_title.status;
    else if (rg__dot_end_text(&builder->page, &sink))
        rg__dot_open(&builder->page);
}

/* The words that were written to builder->words, as a tooltip of a node or an
 * edge, under one or two names. */
static void set_tooltip(struct builder *builder, void *object,
                        const struct rg_sink *words, const char *also)
{
    if (words->status != RG_OK)
        builder->page.status = words->status;
    if (builder->words.size == 0)
        return;
    struct rg_sink sink = rg__dot_begin_text(&builder->page);
    rg__escape_tooltip(&sink, builder->words.data, builder->words.size);
    rg__dot_set_text(&builder->page, object, "tooltip", &sink);
    if (also != NULL && sink.status == RG_OK)
        rg__style_set(object, also, builder->page.text.data);
}

/* After the id, so that a picture has the same ids with and without them. */
static void add_tooltips(struct builder *builder)
{
    rg__dot_declare_one(builder->page.graph, AGNODE, "tooltip", "");
    rg__dot_declare_one(builder->page.graph, AGEDGE, "tooltip", "");
    rg__dot_declare_one(builder->page.graph, AGEDGE, "labeltooltip", "");
    for (size_t i = 0; i < builder->view->node_count; i++) {
        struct rg_sink words = begin_dot_words(builder);
        rg_words_node_tooltip(
            &words, builder->view, &builder->view->nodes[i],
            builder->page.options->addresses ? RG_WORDS_ADDRESS : 0);
        set_tooltip(builder, builder->nodes[i], &words, NULL);
    }
    for (size_t i = 0; i < builder->view->edge_count; i++) {
        struct rg_sink words = begin_dot_words(builder);
        rg_words_edge_tooltip(&words, builder->view, &builder->view->edges[i]);
        set_tooltip(builder, builder->edges[i], &words, "labeltooltip");
    }
}

Agraph_t *rg__dot_new(const struct rg_view *view,
                      const struct rg__dot_options *options,
                      struct rg_error *error)
{
    struct builder builder = {.view = view, .page.options = options};
    builder.nodes = rg_alloc(view->node_count, sizeof *builder.nodes);
    builder.edges = rg_alloc(view->edge_count, sizeof *builder.edges);
    builder.clusters = rg_alloc(view->cluster_count, sizeof(*builder.clusters));
    builder.members = rg_alloc(view->node_count, 2 * sizeof *builder.members);
    if (builder.nodes == NULL || builder.edges == NULL ||
        builder.clusters == NULL || builder.members == NULL)
        builder.page.status = RG_ENOMEM;
    else
        open_graph(&builder);
    if (builder.page.status == RG_OK) {
        rg__dot_declare(builder.page.graph, options->dark);
        add_all(&builder);
    }
    if (builder.page.status == RG_OK)
        builder.page.status =
            rg__dot_set_id(builder.page.graph, options->id_prefix);
    if (builder.page.status == RG_OK && options->tooltips)
        add_tooltips(&builder);
    rg_free(builder.members);
    rg_free(builder.clusters);
    rg_free(builder.edges);
    rg_free(builder.nodes);
    rg_buffer_free(&builder.rows.text);
    rg_buffer_free(&builder.words);
    return rg__dot_finish(&builder.page, error);
}
