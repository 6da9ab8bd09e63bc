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

struct builder {
    const struct rg_view *view;
    const struct rg__dot_options *options;
    Agraph_t *graph;
    Agnode_t **nodes;
    Agedge_t **edges;
    struct rg_rows rows;
    struct rg_buffer words; /* of one label, before they are escaped */
    struct rg_buffer text;  /* of one label */
    enum rg_status status;
};

static const char *hex(const struct builder *builder, enum rg__tint role)
{
    return rg__palette_hex(builder->options->dark, role);
}

static struct rg_sink begin_text(struct builder *builder)
{
    builder->text.size = 0;
    return rg_sink_to_buffer(&builder->text);
}

static struct rg_sink begin_dot_words(struct builder *builder)
{
    builder->words.size = 0;
    return rg_sink_to_buffer(&builder->words);
}

/* Closes the text; false when memory was short. */
static bool end_text(struct builder *builder, struct rg_sink *sink)
{
    rg_sink_write(sink, "", 1);
    if (sink->status != RG_OK)
        builder->status = sink->status;
    return sink->status == RG_OK;
}

static void set_html(struct builder *builder, void *object,
                     struct rg_sink *sink)
{
    if (!end_text(builder, sink))
        return;
    char *html = agstrdup_html(builder->graph, builder->text.data);
    agsafeset(object, (char *)"label", html, (char *)"");
}

static void set_text(struct builder *builder, void *object, const char *name,
                     struct rg_sink *sink)
{
    if (end_text(builder, sink))
        rg__style_set(object, name, builder->text.data);
}

static void set_graph(struct builder *builder)
{
    rg__style_set(builder->graph, "class", "graphroot");
    rg__style_set(builder->graph, "rankdir",
                  builder->view->left_to_right ? "LR" : "TB");
    rg__style_set(builder->graph, "bgcolor",
                  builder->options->transparent ? "transparent"
                                                : hex(builder, RG__CANVAS));
    rg__style_set(builder->graph, "fontcolor", hex(builder, RG__MUTED));
    rg__dot_effort(builder->graph, builder->view->node_count);
    struct rg_sink sink = begin_text(builder);
    rg__html_header(&sink, builder->view, builder->options->title,
                    builder->options->addresses, builder->options->dark);
    set_html(builder, builder->graph, &sink);
}

static void add_dot_node(struct builder *builder, size_t i)
{
    const struct rg_view_node *node = &builder->view->nodes[i];
    unsigned flags = (builder->options->addresses ? RG_WORDS_ADDRESS : 0) |
                     (node->cluster != RG_NONE ? RG_WORDS_NO_THREAD : 0);
    Agnode_t *n = builder->nodes[i];
    enum rg_status status =
        rg_words_node(builder->view, node, flags, &builder->rows);
    if (status != RG_OK) {
        builder->status = status;
        return;
    }
    struct rg__ink ink = rg__style_node(n, node, builder->options->dark);
    struct rg_sink sink = begin_text(builder);
    if (node->kind == RG_VIEW_STACK)
        rg__html_stack(&sink, &builder->rows,
                       node->flags & RG_VIEW_TARGET ? RG__ACCENT
                                                    : RG__OBJECT_LINE,
                       builder->options->dark);
    else
        rg__html_rows(&sink, &builder->rows, ink.strong, ink.other,
                      builder->options->dark);
    set_html(builder, n, &sink);
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
    Agedge_t *e = agedge(builder->graph, builder->nodes[tail],
                         builder->nodes[head], NULL, 1);
    builder->edges[i] = e;
    enum rg__tint colour = rg__style_edge(e, edge, builder->options->dark);
    bool on_path = (edge->flags & RG_VIEW_ON_PATH) != 0;
    if (is_reversed)
        rg__style_set(e, "dir", "back");
    if (on_path)
        rg__style_set(e, "weight", path_weight(view, i));
    struct rg_sink words = begin_dot_words(builder);
    rg_words_edge(&words, view, edge);
    if (words.status != RG_OK)
        builder->status = words.status;
    struct rg_sink sink = begin_text(builder);
    if (builder->words.size == 0)
        return;
    rg__html_edge(&sink, builder->words.data, builder->words.size, colour,
                  on_path, builder->options->dark);
    set_html(builder, e, &sink);
}

static void set_cluster(struct builder *builder, Agraph_t *g,
                        const struct rg_view_cluster *cluster)
{
    bool is_garbage = cluster->kind == RG_VIEW_GARBAGE;
    rg__style_set(g, "class", is_garbage ? "garbage" : "thread");
    rg__style_set(g, "style",
                  is_garbage ? "rounded,filled,dashed" : "rounded,filled");
    rg__style_set(
        g, "fillcolor",
        hex(builder, is_garbage ? RG__GARBAGE_FILL : RG__CLUSTER_FILL));
    rg__style_set(g, "color",
                  hex(builder, is_garbage ? RG__CYCLE : RG__CLUSTER_LINE));
    if (is_garbage)
        rg__style_set(g, "fontcolor", hex(builder, RG__CYCLE));
    rg__style_set(g, "fontsize", is_garbage ? "9" : "8");
    rg__style_set(g, "margin", is_garbage ? "16" : "7");
    struct rg_sink words = begin_dot_words(builder);
    rg_words_cluster(&words, builder->view, cluster);
    if (words.status != RG_OK)
        builder->status = words.status;
    struct rg_sink sink = begin_text(builder);
    rg__escape_label(&sink, builder->words.data, builder->words.size);
    set_text(builder, g, "label", &sink);
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
        Agraph_t *cluster = agsubg(builder->graph, name, 1);
        set_cluster(builder, cluster, &view->clusters[i]);
        for (size_t k = 0; k < view->node_count; k++)
            if (view->nodes[k].cluster == i)
                agsubnode(cluster, builder->nodes[k], 1);
    }
}

static void add_all(struct builder *builder)
{
    const struct rg_view *view = builder->view;
    for (size_t i = 0; i < view->node_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%zu", i);
        builder->nodes[i] = agnode(builder->graph, name, 1);
    }
    set_graph(builder);
    add_clusters(builder);
    for (size_t i = 0; i < view->node_count; i++)
        add_dot_node(builder, i);
    for (size_t i = 0; i < view->edge_count; i++)
        add_dot_edge(builder, i);
}

static enum rg_status open_graph(struct builder *builder)
{
    struct rg_buffer title = {0};
    struct rg_sink to_title = rg_sink_to_buffer(&title);
    struct rg_sink sink = begin_text(builder);
    if (builder->options->title == NULL)
        rg_words_title(&to_title, builder->view);
    else
        rg_label_safe(&to_title, builder->options->title,
                      strlen(builder->options->title), TITLE_WIDTH,
                      RG_ELIDE_MIDDLE);
    rg__escape_name(&sink, title.data, title.size);
    rg_buffer_free(&title);
    if (to_title.status != RG_OK || !end_text(builder, &sink))
        return RG_ENOMEM;
    builder->graph = agopen(builder->text.data, Agdirected, NULL);
    return builder->graph == NULL ? RG_ENOMEM : RG_OK;
}

/* The words that were written to builder->words, as a tooltip of a node or an
 * edge, under one or two names. */
static void set_tooltip(struct builder *builder, void *object,
                        const struct rg_sink *words, const char *also)
{
    if (words->status != RG_OK)
        builder->status = words->status;
    if (builder->words.size == 0)
        return;
    struct rg_sink sink = begin_text(builder);
    rg__escape_tooltip(&sink, builder->words.data, builder->words.size);
    set_text(builder, object, "tooltip", &sink);
    if (also != NULL && sink.status == RG_OK)
        rg__style_set(object, also, builder->text.data);
}

/* After the id, so that a picture has the same ids with and without them. */
static void add_tooltips(struct builder *builder)
{
    rg__dot_declare_one(builder->graph, AGNODE, "tooltip", "");
    rg__dot_declare_one(builder->graph, AGEDGE, "tooltip", "");
    rg__dot_declare_one(builder->graph, AGEDGE, "labeltooltip", "");
    for (size_t i = 0; i < builder->view->node_count; i++) {
        struct rg_sink words = begin_dot_words(builder);
        rg_words_node_tooltip(&words, builder->view, &builder->view->nodes[i],
                              builder->options->addresses ? RG_WORDS_ADDRESS
                                                          : 0);
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
    struct builder builder = {.view = view, .options = options};
    builder.nodes = rg_alloc(view->node_count, sizeof *builder.nodes);
    builder.edges = rg_alloc(view->edge_count, sizeof *builder.edges);
    if (builder.nodes == NULL || builder.edges == NULL)
        builder.status = RG_ENOMEM;
    else
        builder.status = open_graph(&builder);
    if (builder.status == RG_OK) {
        rg__dot_declare(builder.graph, options->dark);
        add_all(&builder);
    }
    if (builder.status == RG_OK)
        builder.status = rg__dot_set_id(builder.graph, options->id_prefix);
    if (builder.status == RG_OK && options->tooltips)
        add_tooltips(&builder);
    rg_free(builder.edges);
    rg_free(builder.nodes);
    rg_buffer_free(&builder.rows.text);
    rg_buffer_free(&builder.words);
    rg_buffer_free(&builder.text);
    if (builder.status == RG_OK)
        return builder.graph;
    rg_error_no_memory(error);
    if (builder.graph != NULL)
        agclose(builder.graph);
    return NULL;
}
